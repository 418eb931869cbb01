"""How a page has its notebook executed: myst-nb's client, whose steps may come from the cache."""

import time
from dataclasses import dataclass, field
from typing import Any

from myst_nb.core.execute.base import ExecutionError
from myst_nb.core.execute.inline import NotebookClientInline
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.util.matching import patmatch

from lesson_extensions.execution import failure, kernel
from lesson_extensions.execution.cache import Cache, Entry, located
from lesson_extensions.execution.progress import Progress
from lesson_extensions.execution.steps import Steps, expected

TAGS = {"raises-exception", "skip-execution"}  # nbclient's and myst-nb's, part of the key


class CellFailure(ExecutionError):
    """A cell failed; its text is the whole message, for who wrote the cell."""


@dataclass
class Build:
    """What holds for all notebooks of a build."""

    progress: Progress
    cache: Cache | None = None
    alone: list[str] = field(default_factory=list)  # pages that were read while nothing else ran


class Execution(NotebookClientInline):
    """myst-nb makes one for each page, and tells it of no more than the notebook and its path.

    `app` and `docname` are those of the page that Sphinx reads.
    """

    build: Build
    app: Sphinx
    docname: str

    def start_client(self) -> None:
        self._tmp_path = None
        self._time_start = time.perf_counter()
        self._last_cell_executed = -1
        self._cell_error = self._exc_string = None
        self.build.progress.begin(self.docname)
        self.limits = limits_of(self.app, self.docname)
        self.options = options_of(self.app, self.notebook, self.limits)
        self.wanted = [list(step) for step in expected(self.notebook)]
        self.entry: Entry | None = None
        if cache := self.build.cache:
            found = cache.find(self.notebook, self.options)
            # a page with other {eval}s takes other steps
            self.entry = found if found and found["expected"] == self.wanted else None
        if self.entry:
            self.notebook.metadata["language_info"] = self.entry["language_info"]
        recorded = self.entry["steps"] if self.entry else None
        self._client = Steps(self.notebook, self.start_kernel, recorded, self.reach)

    def reach(self, source: str, fence: int) -> None:
        place = failure.location(source, fence, self.path, self.app.confdir)
        self.build.progress.reach(place)

    def start_kernel(self) -> kernel.Client:
        return kernel.start(
            self.notebook,
            self.path.parent,
            self.nb_config.execution_timeout,
            self.limits,
            self.nb_config.execution_allow_errors,
        )

    def code_cell_outputs(self, cell_index: int) -> tuple[int | None, list[NotebookNode]]:
        try:
            return super().code_cell_outputs(cell_index)
        except ExecutionError as error:
            raise self.failed(error.__cause__) from error.__cause__

    def eval_variable(self, name: str) -> list[NotebookNode]:
        try:
            return super().eval_variable(name)
        except (CellExecutionError, CellTimeoutError) as error:
            raise self.failed(error) from error

    def failed(self, error: Any) -> CellFailure:
        return CellFailure(failure.message(error, self.path, self.app.confdir, self.limits))

    def close_client(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        steps = self._client
        try:
            if exc_type is KeyboardInterrupt and hasattr(exc_val, "cell"):
                place = failure.location(exc_val.cell, exc_val.line, self.path, self.app.confdir)
                self.build.progress.say(f"{place}: stopped in this cell")
            elif exc_type is None:
                self.finish(steps)
        finally:
            was_executed = steps.client is not None
            self.build.progress.end(was_executed)
            super().close_client(exc_type, exc_val, exc_tb)

    def finish(self, steps: Steps) -> None:
        """Store what was executed, and tell Sphinx which files it read.

        Raises CellFailure where the page is of two runs.
        """
        report = self.entry and self.entry["report"]
        if steps.client is not None:
            report = None if self._cell_error else steps.client.report()
            self.store(steps, report)
            if steps.is_mixed:
                raise CellFailure(
                    f"{self.path}: what this page asks of its notebook has changed, and when the "
                    "notebook was executed again it printed something else. Build once more, so "
                    "that all of the page comes from one run."
                )
        for name in report["files"] if report else ():
            path = located(name, self.app.confdir)
            if path.is_file():
                self.app.env.note_dependency(path, docname=self.docname)

    def store(self, steps: Steps, report: dict[str, Any] | None) -> None:
        if self.build.cache and report:
            entry = {
                "steps": steps.taken,
                "report": report,
                "expected": self.wanted,
                "language_info": self.notebook.metadata["language_info"],
            }
            self.build.cache.store(self.notebook, self.options, entry)


def note_page(app: Sphinx, docname: str, content: list[str]) -> None:
    """Sphinx reads one page at a time in a process."""
    Execution.app, Execution.docname = app, docname


def limits_of(app: Sphinx, docname: str) -> kernel.Limits:
    """What execution_limits says of a page; the first pattern that it matches counts."""
    patterns = app.config.execution_limits.items()
    return next((limits for pattern, limits in patterns if patmatch(docname, pattern)), {})


def options_of(app: Sphinx, notebook: NotebookNode, limits: kernel.Limits) -> dict[str, Any]:
    """What changes the outputs of a notebook besides its code and what it reads."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return {
        "timeout": app.config.nb_execution_timeout,
        "allow errors": app.config.nb_execution_allow_errors,
        "limits": limits,
        "tags": [sorted(TAGS & set(cell.metadata.get("tags", []))) for cell in cells],
    }
