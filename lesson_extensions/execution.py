"""Notebooks are executed by myst-nb; here is what it leaves open.

What a cell prints is one text however the kernel cut it up, and a failing cell is named.
"""

import re
from pathlib import Path

from myst_nb.core.execute import inline
from myst_nb.core.execute.base import ExecutionError
from myst_nb.core.read import MystMetadataParsingError

ADVICE = (
    "Mend the cell. Where the error is what you want to show, catch it and print it, "
    "as CONTRIBUTING.md shows under “An intended error”."
)


class Client(inline.ModifiedNotebookClient):
    """A kernel sends what was printed every 0.2 seconds, in the middle of a line if need be.

    nbclient joins the pieces; myst-nb's nb_merge_streams would end a line after each. By default it
    drops, in silence, what comes 4 seconds late: a busy machine is slow, and no output may be lost.
    """

    coalesce_streams = True
    iopub_timeout = 60  # seconds
    raise_on_iopub_timeout = True


def name_the_cell(app, exception):
    """End the build with file, line, cell and error, in place of myst-nb's ExecutionError.

    Raises SystemExit, since Sphinx follows any other exception with a report for its developers.
    """
    if isinstance(exception, MystMetadataParsingError):
        page = app.env.doc2path(app.env.current_document.docname, base=False)
        raise SystemExit(
            f"{page}: {exception}\n\nThe options of this cell are no YAML: "
            "put quotes around a text that holds a colon."
        )
    if not isinstance(exception, ExecutionError):
        return
    page = Path(str(exception))
    failure = exception.__cause__  # nbclient's: a CellExecutionError or a CellTimeoutError
    source = quoted_cell(str(failure))
    line = page.read_text("utf-8").partition(source)[0].count("\n") + 1
    what = f"{failure.ename}: {failure.evalue}" if hasattr(failure, "ename") else "it took too long"
    cell = "\n".join(f"    {line}" for line in source.splitlines())
    place = page.relative_to(app.confdir) if page.is_relative_to(app.confdir) else page
    raise SystemExit(f"{place}:{line}: this cell failed: {what}\n\n{cell}\n\n{ADVICE}")


def quoted_cell(message):
    """The cell, or its beginning, which nbclient's message holds between two dashed lines."""
    found = re.search(r"^-{3,}\n(.*?)\n-{3,}$", message, re.DOTALL | re.MULTILINE)
    return found[1] if found else ""


def setup(app):
    inline.ModifiedNotebookClient = Client  # myst-nb has no setting for it
    app.connect("build-finished", name_the_cell)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
