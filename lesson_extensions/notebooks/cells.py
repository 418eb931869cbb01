"""The blocks of a page → a notebook: valid, and the same bytes whenever the page is the same."""

import hashlib
import json
import os
import re
from collections.abc import Iterable
from pathlib import Path

import nbformat
from docutils import nodes
from nbformat import NotebookNode

from lesson_extensions.shared.markdown import Block
from lesson_extensions.shared.notebook_cells import code_cell

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}
PAGE = "This is [a page of {project}]({page}) as a notebook."
NO_PAGE = "This is a page of {project} as a notebook."
NEEDS = "It needs {names}: where an import fails, run `%pip install {packages}` in a new cell."
PACKAGES = {  # as it is imported: as it is called
    "numpy": "NumPy",
    "matplotlib": "matplotlib",
    "scipy": "SciPy",
    "dask": "Dask",
    "distributed": "distributed",
    "array_api_compat": "array-api-compat",
}
LOOK = """\
# The look of the pictures: they are drawn in light colours on dark ground.
import matplotlib

matplotlib.rcParams.update({settings})"""
NO_LOOK = {"svg.hashsalt"}  # settings that nobody sees
HIDES = {  # JupyterLab's word: myst-nb's tags
    "source_hidden": {"hide-cell", "hide-input", "remove-input", "remove_input"},
    "outputs_hidden": {"hide-cell", "hide-output", "remove-output", "remove_output"},
}


def notebook_of(blocks: Iterable[Block], executed: NotebookNode, origin: str) -> NotebookNode:
    """A notebook of what Writer.blocks yields; `executed` is that which the build ran.

    `origin` is the sentences that say where it is from.
    """
    ran = [(place, cell) for place, cell in enumerate(executed.cells) if cell.cell_type == "code"]
    cells: list[NotebookNode] = []
    texts: list[str] = []

    def end_text() -> None:
        if texts:
            cells.append(nbformat.v4.new_markdown_cell("\n\n".join(texts)))
            texts.clear()

    def add_ran(last: int) -> None:
        """The cells up to this one: those that a page does not show, later ones may need."""
        while ran and ran[0][0] <= last:
            cells.append(cell_that_ran(ran.pop(0)[1]))

    for block in blocks:
        if isinstance(block, str):
            texts.append(block)
            continue
        end_text()
        if isinstance(block, code_cell):
            cells.append(nbformat.v4.new_code_cell(block["source"]))
        elif isinstance(block, nodes.container):
            add_ran(block["cell_index"])
    end_text()
    add_ran(len(executed.cells))
    draw_alike(cells)
    introduce(cells, origin)
    name_cells(cells)
    notebook: NotebookNode = nbformat.v4.new_notebook(metadata=METADATA, cells=cells)
    nbformat.validate(notebook)
    return notebook


def cell_that_ran(ran: NotebookNode) -> NotebookNode:
    """A cell as it ran, without what only the page needs."""
    tags = ran.metadata.get("tags", [])
    hidden = {word: True for word, those in HIDES.items() if those & set(tags)}
    metadata = {"tags": tags, "jupyter": hidden}
    cell: NotebookNode = nbformat.v4.new_code_cell(
        ran.source,
        execution_count=ran.execution_count,
        outputs=ran.outputs,
        metadata={key: value for key, value in metadata.items() if value},
    )
    alt = ran.metadata.get("mystnb", {}).get("image", {}).get("alt")
    for output in cell.outputs:
        for kind in output.get("data", {}):
            if alt and kind.startswith("image/"):
                output.metadata.setdefault(kind, {})["alt"] = alt
    return cell


def origin(project: str, page: str, licence: str) -> str:
    """Where a notebook is from; `page` may be "", and so may `licence`, if the text says it."""
    first = (PAGE if page else NO_PAGE).format(project=project, page=page)
    return f"{first} {licence}".strip()


def imports(cells: list[NotebookNode], package: str) -> bool:
    source = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    return re.search(rf"^\s*(import|from)\s+{package}\b", source, re.MULTILINE) is not None


def introduce(cells: list[NotebookNode], origin: str) -> None:
    """Say below the title where the notebook is from, and how to get what it imports."""
    wanted = [package for package in PACKAGES if imports(cells, package)]
    *names, last = [PACKAGES[package] for package in wanted] or [""]
    named = f"{', '.join(names)} and {last}" if names else last
    packages = " ".join(wanted).replace("_", "-")
    needs = NEEDS.format(names=named, packages=packages) if wanted else ""
    note = f"> {origin}\n> {needs}".removesuffix("\n> ")
    title, _, rest = cells[0].source.partition("\n\n")
    if cells[0].cell_type == "markdown" and title.startswith("# "):
        cells[0].source = "\n\n".join(filter(None, (title, note, rest)))
    else:
        cells.insert(0, nbformat.v4.new_markdown_cell(note))


def draw_alike(cells: list[NotebookNode]) -> None:
    """Let pictures look as on the page: without that, light lines would stand on light ground."""
    look = Path(os.environ.get("MATPLOTLIBRC", ""))  # as the kernels read it
    if not look.is_file() or not imports(cells, "matplotlib"):
        return
    lines = (line.partition(" #")[0].strip() for line in look.read_text("utf-8").splitlines())
    pairs = (line.partition(":") for line in lines if line and not line.startswith("#"))
    settings = {key.strip(): value.strip() for key, _, value in pairs if key.strip() not in NO_LOOK}
    text = json.dumps(settings, indent=4, ensure_ascii=False)
    cell = nbformat.v4.new_code_cell(LOOK.replace("{settings}", text))
    cell.metadata["jupyter"] = {"source_hidden": True}
    first = next(place for place, cell in enumerate(cells) if cell.cell_type == "code")
    cells.insert(first, cell)


def name_cells(cells: list[NotebookNode]) -> None:
    """Give each cell a name made of what it holds, and no two the same."""
    taken: set[str] = set()
    for cell in cells:
        content = f"{cell.cell_type} {cell.source}"
        while True:
            cell["id"] = hashlib.sha256(content.encode()).hexdigest()[:8]
            if cell["id"] not in taken:
                break
            content += " again"
        taken.add(cell["id"])
