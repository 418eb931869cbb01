"""Pages that are notebooks: which they are, and how they are read and executed without Sphinx.

A cluster executes them so, before Sphinx reads their pages; what they print goes into the cache,
from which the readers take it.
"""

import re
from pathlib import Path
from typing import Any

from myst_nb.core.read import create_nb_reader
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from nbformat import NotebookNode
from sphinx.application import Sphinx

from lesson_extensions.execution import kernel
from lesson_extensions.execution.steps import Steps, expected

ALONE = re.compile(r"\A---\n(?:.*\n)*?varies: *true\b")
NOTEBOOK = re.compile(r"\A---\n(?:.*\n)*?(?:file_format: *[\"']?mystnb\b|jupytext:)")


def is_notebook(path: Path) -> bool:
    """Whether a page is executed, by its front matter: all of a page need not be parsed for it."""
    return path.suffix == ".ipynb" or bool(NOTEBOOK.match(front_matter(path)))


def is_alone(path: Path) -> bool:
    """Whether a page measures the machine, so that nothing else may run beside it."""
    return bool(ALONE.match(front_matter(path)))


def front_matter(path: Path) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read(4000).partition("\n---\n")[0] + "\n"


def read(app: Sphinx, docname: str) -> NotebookNode | None:
    """The notebook of a page, as myst-nb will read it; None where it cannot be read as one."""
    path = app.env.doc2path(docname)
    try:
        text = Path(path).read_text("utf-8")
        env: Any = app.env  # to which myst-nb adds its settings
        reader = create_nb_reader(str(path), env.myst_config, env.mystnb_config, text)
        return reader and reader.read(text)
    except Exception:  # the same will be raised, with its place, when Sphinx reads the page
        return None


def execute(
    notebook: NotebookNode, folder: str | Path, timeout: float | None, limits: kernel.Limits
) -> dict[str, Any] | None:
    """Execute a notebook and what its {eval}s ask; an entry for the cache, or None if it failed.

    `folder` is where its kernel runs. What failed is executed again when Sphinx reads the page, so
    that it is said there, with file and line.
    """
    steps = Steps(notebook, lambda: kernel.start(notebook, folder, timeout, limits))
    try:
        index = -1
        wanted = expected(notebook)
        for kind, source in wanted:
            if kind == "eval":
                steps.eval_expression(source)
                continue
            index = next(
                number
                for number in range(index + 1, len(notebook.cells))
                if notebook.cells[number].cell_type == "code"
            )
            steps.execute_cell(notebook.cells[index], index)
        report = steps.client.report() if steps.client else None
    except (CellExecutionError, CellTimeoutError):
        return None
    finally:
        steps.close()
    if report is None:
        return None
    return {"steps": steps.taken, "report": report, "expected": wanted,
            "language_info": notebook.metadata.get("language_info", {})}  # fmt: skip
