"""Notebooks that are executed before Sphinx reads their pages: on a cluster, or alone on a machine.

What they print goes into the cache, from which the readers take it.
"""

import re
from pathlib import Path

from myst_nb.core.read import create_nb_reader
from nbclient.exceptions import CellExecutionError, CellTimeoutError

from lesson_extensions.execution.kernel import NotebookClient
from lesson_extensions.execution.steps import Steps, expected

ALONE = re.compile(r"\A---\n(?:.*\n)*?varies: *true\b")
NOTEBOOK = re.compile(r"\A---\n(?:.*\n)*?(?:file_format: *[\"']?mystnb\b|jupytext:)")


def is_notebook(path):
    """Whether a page is executed, by its front matter: all of a page need not be parsed for it."""
    return Path(path).suffix == ".ipynb" or bool(NOTEBOOK.match(front_matter(path)))


def is_alone(path):
    """Whether a page measures the machine, so that nothing else may run beside it."""
    return bool(ALONE.match(front_matter(path)))


def front_matter(path):
    with open(path, encoding="utf-8") as file:
        return file.read(4000).partition("\n---\n")[0] + "\n"


def read(app, docname):
    """The notebook of a page, as myst-nb will read it; None where it cannot be read as one."""
    path = app.env.doc2path(docname)
    text = Path(path).read_text("utf-8")
    try:
        reader = create_nb_reader(str(path), app.env.myst_config, app.env.mystnb_config, text)
        return reader and reader.read(text)
    except Exception:  # the same will be raised, with its place, when Sphinx reads the page
        return None


def run(notebook, folder, timeout, limits):
    """Execute a notebook and what its {eval}s ask; an entry for the cache, or None if it failed.

    `folder` is where its kernel runs. What failed is executed again when Sphinx reads the page, so
    that it is said there, with file and line.
    """
    client = NotebookClient(notebook, resources={"metadata": {"path": str(folder)}})
    client.timeout, client.limits = timeout, limits
    steps = Steps(notebook, lambda: client)
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
        report = client.report() if steps.client else None
    except (CellExecutionError, CellTimeoutError):
        return None
    finally:
        steps.close()
    if report is None:
        return None
    return {"steps": steps.taken, "report": report, "expected": wanted,
            "language_info": notebook.metadata.get("language_info", {})}  # fmt: skip
