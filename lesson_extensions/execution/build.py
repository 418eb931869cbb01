"""Before, while and after Sphinx reads: which notebooks are executed, where, and how it ends."""

import hashlib
import json
import os
import sysconfig
import time
from pathlib import Path

import myst_nb.core.execute
import nbformat
from myst_nb.core.execute.base import ExecutionError
from myst_nb.core.execute.inline import NotebookClientInline
from myst_nb.core.read import MystMetadataParsingError
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from sphinx.errors import SphinxParallelError
from sphinx.util import logging
from sphinx.util.matching import patmatch

from lesson_extensions.execution import ahead, cluster, failure, provenance, snippets
from lesson_extensions.execution.cache import Cache, located, our_digest
from lesson_extensions.execution.going_on import GoingOn
from lesson_extensions.execution.kernel import NotebookClient
from lesson_extensions.execution.progress import Progress, spread
from lesson_extensions.execution.provisioner import ForkProvisioner, use_forks, use_ordinary
from lesson_extensions.execution.steps import Steps, expected

logger = logging.getLogger(__name__)

LIMITS = {
    "showcase/*": {"seconds": 60, "gigabytes": 4, "strict": True},
    "**": {"gigabytes": 4},
}
TAGS = {"raises-exception", "skip-execution"}  # nbclient's and myst-nb's, part of the key
PARALLEL = 5  # pages: Sphinx reads so many with one process
INHERITED = ("MATPLOTLIBRC", "BLAS_THREADS")  # of the environment, by a cluster's workers


class CellFailure(ExecutionError):
    """A cell failed; its text is the whole message, for who wrote the cell."""


class Execution(NotebookClientInline):
    """myst-nb's inline client, whose steps may come from the cache.

    myst-nb makes one for each page and tells it of no more than the notebook and its path: `app`
    and `docname` are those of the page that Sphinx reads.
    """

    app = docname = None

    def start_client(self):
        self._tmp_path = None
        self._time_start = time.perf_counter()
        self._last_cell_executed = -1
        self._cell_error = self._exc_string = None
        self.app.execution_progress.begin(self.docname)
        self.limits = limits_of(self.app, self.docname)
        self.options = options_of(self.app, self.notebook, self.limits)
        self.wanted = [list(step) for step in expected(self.notebook)]
        self.entry = None
        if cache := self.app.execution_cache:
            found = cache.find(self.notebook, self.options)
            # a page with other {eval}s takes other steps
            self.entry = found if found and found["expected"] == self.wanted else None
        if self.entry:
            self.notebook.metadata["language_info"] = self.entry["language_info"]
        recorded = self.entry and self.entry["steps"]
        self._client = Steps(self.notebook, self.new_client, recorded, self.reach)

    def reach(self, source, fence):
        place = failure.place(source, fence, self.path, self.app.confdir)
        self.app.execution_progress.reach(place)

    def new_client(self):
        folder = str(self.path.parent)
        client = NotebookClient(self.notebook, resources={"metadata": {"path": folder}})
        client.timeout = self.nb_config.execution_timeout
        client.allow_errors = self.nb_config.execution_allow_errors
        client.limits = self.limits
        return client

    def code_cell_outputs(self, cell_index):
        try:
            return super().code_cell_outputs(cell_index)
        except ExecutionError as error:
            raise self.failed(error.__cause__) from error.__cause__

    def eval_variable(self, name):
        try:
            return super().eval_variable(name)
        except (CellExecutionError, CellTimeoutError) as error:
            raise self.failed(error) from error

    def failed(self, error):
        return CellFailure(failure.message(error, self.path, self.app.confdir, self.limits))

    def close_client(self, exc_type, exc_val, exc_tb):
        steps = self._client
        try:
            if exc_type is KeyboardInterrupt and hasattr(exc_val, "cell"):
                place = failure.place(exc_val.cell, exc_val.line, self.path, self.app.confdir)
                self.app.execution_progress.say(f"{place}: stopped in this cell")
            elif exc_type is None:
                self.finish(steps)
        finally:
            was_executed = steps.client is not None
            self.app.execution_progress.end(was_executed)
            super().close_client(exc_type, exc_val, exc_tb)

    def finish(self, steps):
        """Keep what was executed, and tell Sphinx which files it read."""
        report = self.entry and self.entry["report"]
        if steps.client is not None:
            report = None if self._cell_error else steps.client.report()
            self.keep(steps, report)
        for name in report["files"] if report else ():
            path = located(name, self.app.confdir)
            if path.is_file():
                self.app.env.note_dependency(path, docname=self.docname)

    def keep(self, steps, report):
        """Keep what was executed. Raises CellFailure where the page is of two runs."""
        self.keep_steps(steps, report)
        if steps.is_mixed:
            raise CellFailure(
                f"{self.path}: what this page asks of its notebook has changed, and when the "
                "notebook was executed again it printed something else. Build once more, so that "
                "all of the page comes from one run."
            )

    def keep_steps(self, steps, report):
        if self.app.execution_cache and report:
            entry = {
                "steps": steps.taken,
                "report": report,
                "expected": self.wanted,
                "language_info": self.notebook.metadata["language_info"],
            }
            keep(self.app, self.notebook, self.options, entry)


class ExecutionThatGoesOn(GoingOn, Execution):
    """For `execution_goes_on`."""


# -- What holds for a page -----------------------------------------------------------------------


def note_page(app, docname, content):
    """Sphinx reads one page at a time in a process."""
    Execution.app, Execution.docname = app, docname


def limits_of(app, docname):
    """What execution_limits says of a page; the first pattern that it matches counts."""
    patterns = app.config.execution_limits.items()
    return next((limits for pattern, limits in patterns if patmatch(docname, pattern)), {})


def options_of(app, notebook, limits):
    """What changes the outputs of a notebook besides its code and what it reads."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return {
        "timeout": app.config.nb_execution_timeout,
        "allow errors": app.config.nb_execution_allow_errors,
        "limits": limits,
        "tags": [sorted(TAGS & set(cell.metadata.get("tags", []))) for cell in cells],
    }


# -- The build -----------------------------------------------------------------------------------


def installed():
    """What is installed, by name and version: with another, pages are read again."""
    folders = {sysconfig.get_path(name) for name in ("purelib", "platlib")}
    names = [name for folder in folders for name in os.listdir(folder) if name.endswith("-info")]
    facts = [provenance.python(), provenance.environment(), sorted(names)]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def configure(app, config):
    config.execution_installed = installed()
    client = ExecutionThatGoesOn if config.execution_goes_on else Execution
    myst_nb.core.execute.NotebookClientInline = client  # myst-nb has no setting for it


def begin(app):
    """Before the first page is read."""
    app.execution_progress = Progress(Path(app.doctreedir) / "readers")
    app.execution_alone = []
    doctrees = Path(app.doctreedir)  # the cache is beside them, but not in what is published
    folder = doctrees if doctrees.is_relative_to(app.outdir) else doctrees.parent
    folder /= "executed"
    app.execution_cache = snippets.store = None
    if app.config.execution_cache:
        app.execution_cache = Cache(folder, app.confdir, app.execution_progress.say)
        facts = app.config.execution_installed + our_digest(Path(__file__).parents[1])
        snippets.store = (folder / "snippets", facts)
    use_forks() if app.config.execution_forks else use_ordinary()
    share_cores(1)


def before_reading(app, env, docnames):
    """Give each reader some of the notebooks; execute what is not for readers to execute."""
    paths = {name: env.doc2path(name) for name in docnames}
    notebooks = {name for name, path in paths.items() if ahead.is_notebook(path)}
    app.execution_progress.total = len(notebooks)
    docnames[:] = spread(docnames, notebooks)
    if (
        notebooks
        and ForkProvisioner.server
        and not (app.execution_cache and app.execution_cache.holds_any())
    ):
        ForkProvisioner.server.launch()  # it gets ready while Sphinx does
    if app.config.nb_execution_mode != "inline":
        return
    address = app.config.execution_cluster
    if address and app.execution_cache:
        on_cluster(app, address, sorted(notebooks))
    if app.parallel > 1 and len(docnames) > PARALLEL:
        app.execution_alone = [name for name in docnames if ahead.is_alone(paths[name])]
        for name in app.execution_alone:
            docnames.remove(name)
            read_alone(app, env, name)
        share_cores(app.parallel)


def read_alone(app, env, docname):
    """Read a page that measures the machine, as Sphinx reads one, while nothing else runs on it."""
    app.emit("env-purge-doc", env, docname)
    env.clear_doc(docname)
    app.builder.read_doc(docname)


def share_cores(readers):
    """Give BLAS in each kernel its share of the cores: threads that wait would slow all down."""
    if server := ForkProvisioner.server:
        server.threads = max(len(os.sched_getaffinity(0)) // readers, 1)


def read_before(app, env):
    """Sphinx writes what it has read, and what this names."""
    return app.execution_alone


def on_cluster(app, address, docnames):
    """Execute on a cluster what the cache does not hold."""
    root = Path(app.confdir)
    waiting = {name: found for name in docnames if (found := new_to_cache(app, name))[0]}
    environ = {name: os.environ[name] for name in INHERITED if name in os.environ}
    jobs = {
        name: {
            "root": str(root),
            "folder": Path(app.env.doc2path(name)).parent.relative_to(root).as_posix(),
            "environ": {key: value.replace(str(root), "{root}") for key, value in environ.items()},
            "notebook": nbformat.writes(notebook),
            "timeout": app.config.nb_execution_timeout,
            "limits": limits_of(app, name),
        }
        for name, (notebook, _) in waiting.items()
    }
    done = []

    def take(name, entry):
        done.append(name)
        keep(app, *waiting[name], entry)
        app.execution_progress.show(f"notebooks: {len(done)} of {len(jobs)} back from {address}")

    def fail(name, why):
        app.execution_progress.say(f"{name}: the cluster did not execute it: {why}")

    try:
        cluster.execute(address, jobs, take, fail)
    except cluster.ClusterError as error:
        raise SystemExit(f"execution_cluster: {error}") from None


def new_to_cache(app, docname):
    """The notebook of a page and the options of its execution; (None, None) where it is kept."""
    notebook = ahead.read(app, docname)
    if notebook is None:
        return None, None
    options = options_of(app, notebook, limits_of(app, docname))
    found = app.execution_cache.find(notebook, options)
    if found and found["expected"] == [list(step) for step in expected(notebook)]:
        return None, None
    return notebook, options


def keep(app, notebook, options, entry):
    if entry and not entry["report"]["untraced"]:
        app.execution_cache.keep(notebook, options, entry)


def name_the_cell(app, exception):
    """End the build with file, line, cell and error, in place of myst-nb's ExecutionError.

    Raises SystemExit, since Sphinx follows any other exception with a report for its developers.
    """
    app.execution_progress.finish()
    logger.info("notebooks: %s", app.execution_progress.counts())
    if isinstance(exception, MystMetadataParsingError):
        page = app.env.doc2path(app.env.current_document.docname, base=False)
        raise SystemExit(
            f"{page}: {exception}\n\nThe options of this cell are no YAML: "
            "put quotes around a text that holds a colon."
        )
    if isinstance(exception, CellFailure):
        raise SystemExit(str(exception))
    places = app.execution_progress.left_by_the_dead()
    app.execution_progress.forget()
    if isinstance(exception, EOFError) and places:
        raise SystemExit(failure.killed(places))
    if isinstance(exception, SphinxParallelError):  # from a reader, as text
        kind, _, said = exception.message.partition(": ")
        if kind.endswith(CellFailure.__name__):
            raise SystemExit(said)


def setup(app):
    app.add_config_value("execution_limits", LIMITS, "env", dict)
    app.add_config_value("execution_cache", True, "", bool)
    app.add_config_value("execution_forks", True, "", bool)
    app.add_config_value("execution_goes_on", False, "", bool)
    app.add_config_value("execution_cluster", os.environ.get("EXECUTION_CLUSTER", ""), "", str)
    app.add_config_value("execution_installed", "", "env", str)  # configure() fills it in
    app.connect("config-inited", configure)
    app.connect("builder-inited", begin)
    app.connect("env-before-read-docs", before_reading)
    app.connect("source-read", note_page)
    app.connect("env-updated", read_before)
    app.connect("build-finished", name_the_cell)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
