"""Notebooks are executed by myst-nb; here is what makes it fast, and what it leaves open.

Each notebook runs in a process of its own, forked from one in which NumPy is imported
(fork_server.py, provisioner.py, kernel.py), within limits (limits.py). What it printed is kept,
and used while it is still what it prints (steps.py, cache.py, provenance.py). A cell that fails
ends the build and is named (failure.py); while one writes it is a warning (going_on.py). Sphinx
reads with as many processes as `-j` says, and so many notebooks run at once (progress.py); some are
executed before (ahead.py), on a cluster where `execution_cluster` names one (cluster.py).
"""


def setup(app):
    from lesson_extensions.execution import build  # here: snippets.py is used where no Sphinx is

    return build.setup(app)
