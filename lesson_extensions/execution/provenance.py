"""What a kernel's answers come from: the files that it read, what it imported, and its BLAS.

Loaded in each kernel before its first cell, under the name NAME, and by the fork server before all
else. `report()` is asked after the last cell; cache.py compares it with what is there now.
"""

import hashlib
import importlib.metadata
import json
import os
import platform
import sys
import sysconfig
import tempfile
from functools import cache

NAME = "_lesson_provenance"
INSTALLED = [
    os.path.realpath(sysconfig.get_path(name))
    for name in ("stdlib", "platstdlib", "purelib", "platlib")
]
INSTALLED += [os.path.dirname(INSTALLED[0])]  # where Python looks for its library as an archive
LIBRARY = tuple({sysconfig.get_path(name) + os.sep for name in ("stdlib", "purelib", "platlib")})
SYSTEM = ["/dev", "/proc", "/sys", os.path.dirname(os.path.realpath(__file__))]
# What the outputs of NumPy, Python and Matplotlib depend on
ENVIRONMENT = (
    "BLAS_THREADS", "BLIS_", "LANG", "LC_", "MKL_", "NPY_", "OMP_", "OPENBLAS_",
    "PYTHONHASHSEED", "PYTHONUTF8", "TZ",
)  # fmt: skip
UNTRACED = {  # what might read a file that no hook sees
    "os.exec", "os.posix_spawn", "os.spawn", "os.system", "pty.spawn", "subprocess.Popen",
    "socket.connect", "sqlite3.connect",
}  # fmt: skip
HARMLESS = {"fc-list", "uname"}  # programs that libraries ask about the machine

opened = {}  # path → whether it was read before it was written
listed = set()  # folders
untraced = []  # events after which nobody knows what was read
is_asleep = False  # while this file itself looks for what there is
distributions = {}  # package → names of what it came in; found once, since that takes 0.1 seconds
blas = None  # threadpoolctl's controller of the loaded BLAS libraries


def hook(event, arguments):
    if is_asleep:
        return
    if event == "open":
        note_file(*arguments)
    elif event in ("os.listdir", "os.scandir") and not is_import():
        path = arguments[0]
        if not isinstance(path, int):
            listed.add(absolute("." if path is None else path))
    elif event in UNTRACED and not is_import() and not is_harmless(event, arguments):
        untraced.append(event)


def is_harmless(event, arguments):
    if event != "subprocess.Popen":
        return False
    command = arguments[1] if isinstance(arguments[1], list | tuple) else [arguments[1]]
    return os.path.basename(os.fsdecode(command[0])) in HARMLESS


def note_file(path, mode, flags):
    if isinstance(path, int) or is_import():
        return
    reads = set(mode) & set("r+") if isinstance(mode, str) else not (flags or 0) & os.O_WRONLY
    opened.setdefault(absolute(path), bool(reads))


def absolute(path):
    return os.path.realpath(os.fsdecode(path))


def is_import():
    """Whether Python's import does this: of what it finds, report() knows."""
    frame = sys._getframe(2)
    while frame and frame.f_code.co_filename == __file__:
        frame = frame.f_back
    return frame is not None and frame.f_code.co_filename.startswith("<frozen importlib")


# -- The report ----------------------------------------------------------------------------------


def report():
    """As JSON: what there is, with SHA-256s for files and folders, and what went untraced."""
    global is_asleep
    is_asleep = True
    if blas is None and "numpy" in sys.modules:
        prepare()
    own = modules() | {path for path, was_read in opened.items() if was_read}
    return json.dumps(
        {
            "python": python(),
            "environment": environment(),
            "packages": packages(),
            "libraries": {path: kept_digest(path) for path in libraries()},
            "files": {path: digest(path) for path in sorted(own) if is_own(path)},
            "folders": {path: names(path) for path in sorted(listed) if is_own(path)},
            "untraced": sorted(set(untraced)),
        }
    )


def modules():
    """The paths of the modules that are imported and neither Python's nor installed."""
    sources = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    return {absolute(path) for path in sources if path and not path.startswith(LIBRARY)}


def prepare():
    """Find out what takes long, once: the BLAS libraries and what each package came in."""
    global is_asleep, blas
    is_asleep = True
    from threadpoolctl import ThreadpoolController

    blas = ThreadpoolController()
    distributions.update(importlib.metadata.packages_distributions())
    packages()
    for path in libraries():
        kept_digest(path)
    is_asleep = False
    return blas


def python():
    return f"{platform.python_implementation()} {sys.version} {platform.machine()}"


def environment():
    return {name: os.environ[name] for name in sorted(os.environ) if name.startswith(ENVIRONMENT)}


def packages():
    """The versions of the distributions of all that is imported."""
    imported = {name.partition(".")[0] for name in list(sys.modules)}
    found = {name for package in imported for name in distributions.get(package, ())}
    return {name: version(name) for name in sorted(found)}


@cache
def version(name):
    """The version of an installed distribution; None where it is not there."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def libraries():
    """The paths of the loaded BLAS libraries."""
    return sorted(library["filepath"] for library in blas.info()) if blas else []


def is_own(path):
    """Whether a file is the notebook's affair: not Python's, the system's, ours, nor passing."""
    passing = [tempfile.gettempdir(), os.path.expanduser("~/.cache")]
    passing += [argument for argument in sys.argv if argument.endswith(".json")]  # its connection
    elsewhere = [*INSTALLED, *SYSTEM, *map(os.path.realpath, passing)]
    return not any(path == place or path.startswith(place + os.sep) for place in elsewhere)


def digest(path):
    """The SHA-256 of a file; None where there is none."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


kept_digest = cache(digest)  # for large files that nobody changes meanwhile


def names(path):
    """The SHA-256 of what a folder holds, by name; None where there is none."""
    try:
        return hashlib.sha256("\0".join(sorted(os.listdir(path))).encode()).hexdigest()
    except OSError:
        return None


if __name__ == NAME:  # in a kernel, or in the server that forks them
    sys.addaudithook(hook)
