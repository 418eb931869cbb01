"""The kernels' own IPython profile: a contributor's startup files cannot change an output."""

import os
import runpy
from pathlib import Path

c = get_config()  # noqa: F821 - IPython provides it
c.HistoryManager.enabled = False  # cells are in the repository, not in a history
if "BLAS_THREADS" in os.environ:  # `nox -s numpy` builds with one and with two
    c.InteractiveShellApp.exec_lines = [
        "from threadpoolctl import threadpool_limits as _limits; import numpy as _",
        f"_limits({os.environ['BLAS_THREADS']}); del _, _limits",
    ]
c.IPKernelApp.log_level = "ERROR"  # else each kernel warns that its loopback is not encrypted
runpy.run_path(str(Path(__file__).with_name("limits.py")))
