"""Notebooks are executed by myst-nb; here is what makes it fast, and what it leaves open.

A page has its notebook executed by client.py, in a process of its own (kernel.py), forked from one
in which NumPy is imported (forks.py, fork_server.py, forked_kernel.py), within limits (limits.py).
What it printed is stored, and used while it is still what it prints (steps.py, cache.py,
provenance.py). A cell that fails ends the build and is named (failure.py); while one writes it is a
warning (errors_as_warnings.py). Sphinx reads with as many processes as `-j` says, and so many
notebooks run at once (build.py, progress.py); some are executed before (notebook.py), on a cluster
where `execution_cluster` names one (cluster.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # snippets.py is used where no Sphinx is
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


def setup(app: Sphinx) -> ExtensionMetadata:
    from lesson_extensions.execution import build

    return build.setup(app)
