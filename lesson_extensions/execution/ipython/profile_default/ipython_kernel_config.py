"""The kernels' own IPython profile: a contributor's startup files cannot change an output."""

import importlib.util
import json
import os
import sys
from pathlib import Path
from typing import Any

c = get_config()  # type: ignore[name-defined]  # noqa: F821 - IPython provides it
c.HistoryManager.enabled = False  # cells are in the repository, not in a history
if "BLAS_THREADS" in os.environ:  # `nox -s numpy` builds with one and with two
    c.InteractiveShellApp.exec_lines = [
        "from threadpoolctl import threadpool_limits as _limits; import numpy as _",
        f"_limits({os.environ['BLAS_THREADS']}); del _, _limits",
    ]
c.IPKernelApp.log_level = "ERROR"  # else each kernel warns that its loopback is not encrypted


def load(name: str) -> Any:
    """A file of ours, under a name that no notebook imports."""
    name, path = f"_lesson_{name}", Path(__file__).parents[2] / f"{name}.py"
    if name not in sys.modules:  # else the fork server has loaded it
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec and spec.loader
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


load("provenance")
limits = load("limits")
if "LA_LIMITS" in os.environ:  # else this is the fork server, which sets them in each kernel
    limits.limit(**json.loads(os.environ.pop("LA_LIMITS")))
