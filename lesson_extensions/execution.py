"""Notebooks are executed by myst-nb; here is what it leaves open.

What a cell prints is one text however the kernel cut it up, and a failing cell is named.

Each page runs in a process of its own, with the profile in ipython/, and reaches no network. A page
that `execution_limits` names (each showcase notebook: others wrote it) has limits besides: so many
seconds in all, so much memory, no address at all, and no other process. ipython/…/limits.py sets
them, and says what they do not stop.
"""

import json
import os
from pathlib import Path
from time import monotonic

from myst_nb.core.execute import inline
from myst_nb.core.execute.base import ExecutionError
from myst_nb.core.read import MystMetadataParsingError
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbclient.util import run_sync
from sphinx.util.matching import patmatch

IPYTHON = Path(__file__).parent / "ipython"
LIMITS = {"showcase/*": {"seconds": 60, "gigabytes": 4}}
QUOTED = 20  # lines of a failing cell

ADVICE = (
    "Mend the cell. Where the error is what you want to show, catch it and print it, "
    "as CONTRIBUTING.md shows under “An intended error”."
)
NETWORK = (
    "Put the data into docs/_data/, with its source and licence, and read it from there: "
    "then the page says the same when the other host is gone."
)
PROCESS = (
    "Do the work in the notebook's own Python, "
    "without `!` commands, subprocess and multiprocessing."
)
SMALLER = "Make it smaller: fewer rows, fewer steps, one block at a time."


class Client(inline.ModifiedNotebookClient):
    """A kernel sends what was printed every 0.2 seconds, in the middle of a line if need be.

    nbclient joins the pieces; myst-nb's nb_merge_streams would end a line after each. By default it
    drops, in silence, what comes 4 seconds late: a busy machine is slow, and no output may be lost.
    """

    coalesce_streams = True
    iopub_timeout = 60  # seconds
    raise_on_iopub_timeout = True
    shutdown_kernel = "immediate"  # asked politely, a kernel often takes three seconds to end
    limits = {}  # of the page that is being read: note_limits
    deadline = None  # when the notebook, not the cell, must have ended

    async def async_start_new_kernel(self, **kwargs):
        if "seconds" in self.limits:
            self.deadline = monotonic() + self.limits["seconds"]
        limits = {"gigabytes": self.limits.get("gigabytes"), "strict": bool(self.limits)}
        ours = {"IPYTHONDIR": str(IPYTHON), "LA_LIMITS": json.dumps(limits)}
        await super().async_start_new_kernel(env=os.environ | ours, **kwargs)

    start_new_kernel = run_sync(async_start_new_kernel)

    def _get_timeout(self, cell):
        timeout = super()._get_timeout(cell)
        if self.deadline is None:
            return timeout
        left = max(self.deadline - monotonic(), 0.001)  # 0 would mean no limit
        return left if timeout is None else min(timeout, left)

    async def async_execute_cell(self, cell, cell_index, **kwargs):
        """As nbclient's; what it raises holds the cell, and the line at which its fence stands."""
        try:
            return await super().async_execute_cell(cell, cell_index, **kwargs)
        except (CellExecutionError, CellTimeoutError) as error:
            failure = error
        except DeadKernelError:
            failure = CellExecutionError("", "DeadKernelError", "Python ended in it")
        failure.cell = cell.source
        failure.line = self.nb.metadata["source_map"][cell_index]
        raise failure

    execute_cell = run_sync(async_execute_cell)


def note_limits(app, docname, content):
    """Sphinx reads one page at a time in a process, and myst-nb tells a client of none."""
    Client.limits = limits_of(app, docname)


def limits_of(app, docname):
    """What execution_limits says of a page, as {"seconds": …, "gigabytes": …}; {} for no limits."""
    patterns = app.config.execution_limits.items()
    return next((limits for pattern, limits in patterns if patmatch(docname, pattern)), {})


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
    failure = exception.__cause__  # as Client raised it
    what, advice = diagnosis(failure, limits_of(app, app.env.path2doc(page)))
    line = line_of(failure.cell, page.read_text("utf-8"), failure.line)
    source = failure.cell.splitlines()
    cell = "\n".join(f"    {line}" for line in source[:QUOTED] + ["…"] * (len(source) > QUOTED))
    place = page.relative_to(app.confdir) if page.is_relative_to(app.confdir) else page
    raise SystemExit(f"{place}:{line}: this cell failed: {what}\n\n{cell}\n\n{advice}")


def diagnosis(failure, limits):
    """What happened to a cell, and how to mend it."""
    if isinstance(failure, CellTimeoutError):
        if "seconds" not in limits:
            return "it took too long", ADVICE
        return f"the notebook may run for {limits['seconds']} seconds in all", SMALLER
    what = f"{failure.ename}: {failure.evalue}"
    if "gigabytes" in limits and failure.ename.endswith(("MemoryError", "DeadKernelError")):
        return f"{what}; the notebook may use {limits['gigabytes']} GiB of memory", SMALLER
    if "has no network" in failure.evalue:  # ipython/…/limits.py says so
        return what, NETWORK
    if "may start no process" in failure.evalue:
        return what, PROCESS
    return what, ADVICE


def line_of(source, text, fence):
    """The line of a page on which the code of a cell begins, whose fence stands at line `fence`."""
    before = "".join(text.splitlines(keepends=True)[: fence - 1])
    start = text.find(source, len(before))
    return text.count("\n", 0, start) + 1 if start >= 0 else fence  # a cell may `:load:` its code


def setup(app):
    app.add_config_value("execution_limits", LIMITS, "env", dict)
    inline.ModifiedNotebookClient = Client  # myst-nb has no setting for it
    app.connect("source-read", note_limits)
    app.connect("build-finished", name_the_cell)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
