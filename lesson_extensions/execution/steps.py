"""The steps that a page takes through its notebook: each cell, and each {eval} between cells.

They are what is executed, kept and replayed: an {eval} sees the notebook as of the cells above it,
and might change it. A page whose steps are those of an entry in the cache executes nothing.
"""

import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import nbformat
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from lesson_extensions.execution.kernel import Client

ROLE = re.compile(r"\{eval(?::\w+)?\}(`+)(.+?)\1(?!`)", re.DOTALL)
DIRECTIVE = re.compile(r"^ *(?:`{3,}|:{3,}|~{3,})\{(eval|claim)(?::\w+)?\} *(.+)$", re.MULTILINE)


def expected(notebook: NotebookNode) -> list[tuple[str, str]]:
    """The steps that a notebook will take, as [(kind, source)], without rendering its page.

    An {eval} within a text that is itself the argument of a directive may be missed, and one that
    is only quoted be found; then the steps turn out to be others, and are executed as they come.
    """
    steps = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            steps.append(("cell", cell.source))
        elif cell.cell_type == "markdown":
            steps += [("eval", text) for text in expressions(cell.source)]
    return steps


def expressions(text: str) -> list[str]:
    found = [(match.start(), match[2].strip()) for match in ROLE.finditer(text)]
    for match in DIRECTIVE.finditer(text):
        condition = " ".join(match[2].split())
        shown = f"display(bool({condition}))" if match[1] == "claim" else condition
        found.append((match.start(), shown))
    return [expression for _, expression in sorted(found)]


class Steps:
    """Answers as nbclient's client does, from the steps of an entry or by a kernel.

    `recorded` are the steps of the entry, or None. At the first step that is not the recorded one
    a kernel is started, which takes all steps so far again. `reach` is told of each cell that is
    executed, with the line of its fence.
    """

    owns_km = True

    def __init__(
        self,
        notebook: NotebookNode,
        start_client: Callable[[], Client],
        recorded: list[dict[str, Any]] | None = None,
        reach: Callable[[str, int], None] = lambda source, line: None,
    ) -> None:
        self.nb = notebook
        self.start_client = start_client
        self.recorded = recorded
        self.reach = reach
        self.client: Client | None = None  # while nothing had to be executed
        self.taken: list[dict[str, Any]] = []
        self.code_cells_executed = 0
        self.last_cell = 0
        self.is_mixed = False  # whether what was replayed came out otherwise when executed again

    def execute_cell(
        self, cell: NotebookNode, index: int, execution_count: int | None = None
    ) -> NotebookNode:
        if cell.cell_type != "code" or not cell.source.strip():
            return cell
        self.code_cells_executed += 1
        cell["outputs"] = self.take("cell", cell.source, index)
        cell["execution_count"] = self.code_cells_executed
        return cell

    def eval_expression(self, name: str) -> list[NotebookNode]:
        return self.take("eval", name)

    def take(self, kind: str, source: str, index: int | None = None) -> list[NotebookNode]:
        """The outputs of a step."""
        step = {"kind": kind, "source": source, "index": index}
        if self.client is None:
            kept = self.recorded_step(step)
            if kept is not None:
                self.taken.append(kept)
                return [nbformat.from_dict(output) for output in deepcopy(kept["outputs"])]
            self.start()
        outputs = self.execute(step)
        self.taken.append(step | {"outputs": deepcopy(outputs)})
        return outputs

    def recorded_step(self, step: dict[str, Any]) -> dict[str, Any] | None:
        position = len(self.taken)
        if self.recorded is None or position >= len(self.recorded):
            return None
        kept = self.recorded[position]
        return kept if all(kept[name] == step[name] for name in step) else None

    def start(self) -> None:
        """Start a kernel, and bring it to where the page is."""
        self.client = self.start_client()
        taken, self.taken = self.taken, []
        for step in taken:
            outputs = self.execute(step)
            self.is_mixed |= outputs != step["outputs"]
            self.taken.append(step | {"outputs": deepcopy(outputs)})

    def execute(self, step: dict[str, Any]) -> list[NotebookNode]:
        """Execute one step. Raises CellExecutionError or CellTimeoutError, with the cell in it."""
        index = self.last_cell if step["index"] is None else step["index"]
        self.last_cell = index
        cell = self.nb.cells[index]
        fence = self.nb.metadata.get("source_map", {index: 1})[index]  # an .ipynb has no lines
        self.reach(cell.source, fence)
        assert self.client is not None
        try:
            if step["kind"] == "eval":
                return self.client.eval_expression(step["source"])
            return self.client.execute_cell(cell, index)["outputs"]
        except (CellExecutionError, CellTimeoutError, KeyboardInterrupt) as error:
            failed: Any = error
        except DeadKernelError:
            failed = CellExecutionError("", "DeadKernelError", "Python ended in it")
        failed.cell = cell.source
        failed.line = fence
        raise failed

    def set_widgets_metadata(self) -> None:
        if self.client is not None:
            self.client.set_widgets_metadata()

    def close(self) -> None:
        if self.client is not None:
            self.client.end()

    _cleanup_kernel = close  # as nbclient names it
