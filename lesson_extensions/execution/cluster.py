"""Notebooks executed by the workers of a Dask cluster, whose scheduler the user has started.

Each worker runs in a checkout of the same commit, with the same packages; it forks kernels as a
build does, or starts ordinary ones. A notebook whose worker is lost is given to another. What comes
back is checked like any entry of the cache: from a worker with another NumPy nothing is taken.
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

CONNECTING = 10  # seconds within which a scheduler must answer
RETRIES = 3  # times that a notebook is begun again after its worker was lost


class ClusterError(Exception):
    """The cluster cannot be used; the text says why and what to do."""


def execute(
    address: str,
    jobs: dict[str, dict[str, Any]],
    take: Callable[[str, dict[str, Any] | None], None],
    fail: Callable[[str, object], None],
) -> None:
    """Execute `jobs`, {name: arguments of there()}, on the cluster at `address`.

    Calls take(name, entry) for each, in the order in which they end, or fail(name, why).
    Raises ClusterError where no scheduler answers, or none of its workers.
    """
    try:
        import cloudpickle
        from distributed import Client, as_completed
    except ImportError:
        raise ClusterError(
            "a cluster needs Dask: install the dependency group “cluster” of pyproject.toml"
        ) from None
    # else the workers would look for lesson_extensions before they know where it is
    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    try:
        client = Client(address, timeout=CONNECTING, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise ClusterError(f"no Dask scheduler answers at {address}: {error}") from None
    with client, client.as_current():
        if not client.scheduler_info()["workers"]:
            raise ClusterError(f"the scheduler at {address} has no worker")
        futures = {
            client.submit(there, retries=RETRIES, pure=False, **job): name
            for name, job in jobs.items()
        }
        for future in as_completed(list(futures)):
            name = futures[future]
            # waits: what a worker had finished is made again elsewhere, if that worker is lost
            failure = future.exception()
            if failure is None:
                take(name, json.loads(future.result()))
            else:
                fail(name, failure)


# -- On a worker ---------------------------------------------------------------------------------


def there(
    root: str,
    folder: str,
    environ: dict[str, str],
    cells: str,
    timeout: float | None,
    limits: dict[str, Any],
) -> str:
    """Execute a notebook, given as JSON; the entry for the cache as JSON, or null if it failed.

    `root` is the folder of conf.py where the build is, and is used where the worker's own is no
    checkout; `folder`, where the kernel runs, is relative to it, and so are the paths in `environ`.
    """
    here = Path.cwd() if Path("lesson_extensions/execution").is_dir() else Path(root)
    if str(here) not in sys.path:
        sys.path.insert(0, str(here))
    import nbformat

    from lesson_extensions.execution import forks, notebook
    from lesson_extensions.execution.cache import portable

    for name, value in environ.items():
        os.environ[name] = value.replace("{root}", str(here))
    forks.use_forks()
    entry = notebook.execute(nbformat.reads(cells, 4), here / folder, timeout, limits)
    if entry:
        entry["report"] = portable(entry["report"], here)
    return json.dumps(entry)
