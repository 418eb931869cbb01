"""Before, while and after Sphinx reads: which notebooks are executed, where, and how it ends."""

import hashlib
import json
import os
import sysconfig
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import myst_nb.core.execute
import nbformat
from myst_nb.core.read import MystMetadataParsingError
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import SphinxParallelError
from sphinx.util import logging
from sphinx.util.typing import ExtensionMetadata

from lesson_extensions.execution import cluster, failure, forks, notebook, provenance, snippets
from lesson_extensions.execution.cache import Cache, our_digest
from lesson_extensions.execution.client import (
    Build,
    CellFailure,
    Execution,
    limits_of,
    note_page,
    options_of,
)
from lesson_extensions.execution.errors_as_warnings import ErrorsAsWarnings
from lesson_extensions.execution.progress import Progress, spread
from lesson_extensions.execution.steps import expected

logger = logging.getLogger(__name__)

LIMITS = {
    "showcase/*": {"seconds": 60, "gigabytes": 4, "strict": True},
    "**": {"gigabytes": 4},
}
PARALLEL = 5  # pages: Sphinx reads so many with one process
INHERITED = ("MATPLOTLIBRC", "BLAS_THREADS")  # of the environment, by a cluster's workers


def installed() -> str:
    """What is installed, by name and version: with another, pages are read again."""
    folders = {sysconfig.get_path(name) for name in ("purelib", "platlib")}
    names = [name for folder in folders for name in os.listdir(folder) if name.endswith("-info")]
    facts = [provenance.python(), provenance.environment(), sorted(names)]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def configure(app: Sphinx, config: Config) -> None:
    config.execution_installed = installed()
    client = ErrorsAsWarnings if config.execution_goes_on else Execution
    myst_nb.core.execute.NotebookClientInline = client  # myst-nb has no setting for it


def begin(app: Sphinx) -> None:
    """Before the first page is read."""
    doctrees = Path(app.doctreedir)  # the cache is beside them, but not in what is published
    folder = doctrees if doctrees.is_relative_to(app.outdir) else doctrees.parent
    folder /= "executed"
    build = Execution.build = Build(Progress(doctrees / "readers"))
    snippets.store = None
    if app.config.execution_cache:
        build.cache = Cache(folder, app.confdir, build.progress.say)
        facts = app.config.execution_installed + our_digest(Path(__file__).parents[1])
        snippets.store = (folder / "snippets", facts)
    forks.use_forks() if app.config.execution_forks else forks.use_ordinary()
    share_cores(1)


def before_reading(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Give each reader some of the notebooks; execute what is not for readers to execute."""
    build = Execution.build
    paths = {name: env.doc2path(name) for name in docnames}
    for path in paths.values():
        if said := failure.not_utf8(path, app.confdir):
            raise SystemExit(said)  # Sphinx would follow it with a report for its developers
    notebooks = {name for name, path in paths.items() if notebook.is_notebook(path)}
    build.progress.total = len(notebooks)
    docnames[:] = spread(docnames, notebooks)
    if notebooks and forks.server and not (build.cache and build.cache.holds_any()):
        forks.server.prepare()  # it gets ready while Sphinx does
    if app.config.nb_execution_mode != "inline":
        return
    address = app.config.execution_cluster
    if address and build.cache:
        on_cluster(app, build.cache, address, sorted(notebooks))
    if app.parallel > 1 and len(docnames) > PARALLEL:
        build.alone = [name for name in docnames if notebook.is_alone(paths[name])]
        for name in build.alone:
            docnames.remove(name)
            read_alone(app, env, name)
        share_cores(app.parallel)


def read_alone(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Read a page that measures the machine, as Sphinx reads one, while nothing else runs on it."""
    app.emit("env-purge-doc", env, docname)
    env.clear_doc(docname)
    app.builder.read_doc(docname)


def share_cores(readers: int) -> None:
    """Give BLAS in each kernel its share of the cores: threads that wait would slow all down."""
    if forks.server:
        forks.server.threads = max(len(os.sched_getaffinity(0)) // readers, 1)


def read_before(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    """Sphinx writes what it has read, and what this names."""
    return Execution.build.alone


def on_cluster(app: Sphinx, cache: Cache, address: str, docnames: list[str]) -> None:
    """Execute on a cluster what the cache does not hold."""
    root = Path(app.confdir)
    waiting = {name: found for name in docnames if (found := new_to_cache(app, cache, name))}
    environ = {name: os.environ[name] for name in INHERITED if name in os.environ}
    jobs = {
        name: {
            "root": str(root),
            "folder": Path(app.env.doc2path(name)).parent.relative_to(root).as_posix(),
            "environ": {key: value.replace(str(root), "{root}") for key, value in environ.items()},
            "cells": nbformat.writes(cells),
            "timeout": app.config.nb_execution_timeout,
            "limits": limits_of(app, name),
        }
        for name, (cells, _) in waiting.items()
    }
    done = []

    def take(name: str, entry: dict[str, Any] | None) -> None:
        done.append(name)
        if entry:
            cache.store(*waiting[name], entry)
        Execution.build.progress.show(f"notebooks: {len(done)} of {len(jobs)} back from {address}")

    def fail(name: str, why: object) -> None:
        Execution.build.progress.say(f"{name}: the cluster did not execute it: {why}")

    try:
        cluster.execute(address, jobs, take, fail)
    except cluster.ClusterError as error:
        raise SystemExit(f"execution_cluster: {error}") from None


def new_to_cache(
    app: Sphinx, cache: Cache, docname: str
) -> tuple[NotebookNode, dict[str, Any]] | None:
    """The notebook of a page and the options of its execution; None where it is in the cache."""
    cells = notebook.read(app, docname)
    if cells is None:
        return None
    options = options_of(app, cells, limits_of(app, docname))
    found = cache.find(cells, options)
    if found and found["expected"] == [list(step) for step in expected(cells)]:
        return None
    return cells, options


def name_the_cell(app: Sphinx, exception: Exception | None) -> None:
    """End the build with file, line, cell and error, in place of myst-nb's ExecutionError.

    Raises SystemExit, since Sphinx follows any other exception with a report for its developers.
    """
    progress = Execution.build.progress
    progress.finish()
    logger.info("notebooks: %s", progress.counts())
    if isinstance(exception, MystMetadataParsingError):
        page = app.env.doc2path(app.env.current_document.docname, base=False)
        raise SystemExit(
            f"{page}: {exception}\n\nThe options of this cell are no YAML: "
            "put quotes around a text that holds a colon."
        )
    if isinstance(exception, CellFailure):
        raise SystemExit(str(exception))
    places = progress.left_by_the_dead()
    progress.forget()
    if isinstance(exception, EOFError) and places:
        raise SystemExit(failure.killed(places))
    if isinstance(exception, SphinxParallelError):  # from a reader, as text
        kind, _, said = exception.message.partition(": ")
        if kind.endswith(CellFailure.__name__):
            raise SystemExit(said)


def setup(app: Sphinx) -> ExtensionMetadata:
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
