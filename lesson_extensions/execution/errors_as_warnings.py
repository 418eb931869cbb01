"""For who writes: a cell that fails is a warning, and the page is read to its end.

What the cells above it printed is shown, and what it printed itself, its error with it; those
below it are not executed, and what is asked of the notebook there is not answered, without a word.
"""

import nbformat
from nbformat import NotebookNode
from sphinx.util import logging

from lesson_extensions.execution.client import CellFailure, Execution
from lesson_extensions.execution.steps import Steps

logger = logging.getLogger(__name__)


class ErrorsAsWarnings(Execution):
    """For `execution_goes_on`."""

    has_failed = False

    def code_cell_outputs(self, cell_index: int) -> tuple[int | None, list[NotebookNode]]:
        if not self.has_failed:
            try:
                return super().code_cell_outputs(cell_index)
            except CellFailure as failure:
                self.has_failed = True
                self.warn(failure)
        cell = self.notebook.cells[cell_index]
        return cell.get("execution_count"), cell.get("outputs", [])

    def eval_variable(self, name: str) -> list[NotebookNode]:
        if not self.has_failed:
            return super().eval_variable(name)
        said = "True" if name.startswith("display(bool(") else "…"  # a claim, or a figure
        return [nbformat.v4.new_output("display_data", data={"text/plain": said})]

    def finish(self, steps: Steps) -> None:
        """Store what was executed, but nothing of a page that is read no further."""
        if self.has_failed:
            return
        try:
            super().finish(steps)
        except CellFailure as failure:
            self.warn(failure)

    def warn(self, failure: CellFailure) -> None:
        place, _, what = str(failure).partition(": ")
        line = place.rpartition(":")[2]
        location = (self.docname, int(line)) if line.isdigit() else self.docname
        logger.warning("%s", what, location=location, type="execution")
