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
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

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

# Python's own, which look for modules and packages: of what they find, report() knows
IMPORT = ("<frozen importlib", importlib.metadata.__file__)

opened: dict[str, bool] = {}  # path → whether it was read before it was written
listed: set[str] = set()  # folders
untraced: list[str] = []  # events after which nobody knows what was read
is_asleep = False  # while this file itself looks for what there is
distributions: dict[str, list[str]] = {}  # package → what it came in; found once: 0.1 seconds
seen: set[str] = set()  # names of modules that a fork server has imported, and that are no news
blas: Any = None  # threadpoolctl's controller of the loaded BLAS libraries


def hook(event: str, arguments: Any) -> None:
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


def is_harmless(event: str, arguments: Any) -> bool:
    if event != "subprocess.Popen":
        return False
    command = arguments[1] if isinstance(arguments[1], list | tuple) else [arguments[1]]
    return os.path.basename(os.fsdecode(command[0])) in HARMLESS


def note_file(path: Any, mode: str | None, flags: int | None) -> None:
    if isinstance(path, int) or is_import():
        return
    reads = bool(set(mode) & set("r+")) if isinstance(mode, str) else not (flags or 0) & os.O_WRONLY
    opened.setdefault(absolute(path), reads)


def absolute(path: Any) -> str:
    return os.path.realpath(os.fsdecode(path))


def is_import() -> bool:
    """Whether Python does this to import something, or to find out what is installed."""
    frame: FrameType | None = sys._getframe(2)
    while frame and frame.f_code.co_filename == __file__:
        frame = frame.f_back
    return frame is not None and frame.f_code.co_filename.startswith(IMPORT)


# -- The report ----------------------------------------------------------------------------------


def report() -> str:
    """As JSON: what there is, with SHA-256s for files and folders, and what went untraced."""
    global is_asleep
    is_asleep = True
    if blas is None and "numpy" in sys.modules:
        prepare()
    read = modules() | {path for path, was_read in opened.items() if was_read}
    return json.dumps(
        {
            "python": python(),
            "environment": environment(),
            "packages": packages(),
            "libraries": {path: cached_digest(path) for path in libraries()},
            "files": {path: digest(path) for path in own(read)},
            "folders": {path: names(path) for path in own(listed)},
            "untraced": sorted(set(untraced)),
        }
    )


def modules() -> set[str]:
    """The paths of the modules that are imported and neither Python's nor installed."""
    news = [module for name, module in list(sys.modules.items()) if name not in seen]
    sources = (getattr(module, "__file__", None) for module in news)
    return {absolute(path) for path in sources if path and not path.startswith(LIBRARY)}


def prepare() -> Any:
    """Find out what takes long, once: the BLAS libraries and what each package came in."""
    global is_asleep, blas
    is_asleep = True
    from threadpoolctl import ThreadpoolController

    blas = ThreadpoolController()
    distributions.update(importlib.metadata.packages_distributions())
    packages()
    for path in libraries():
        cached_digest(path)
    is_asleep = False
    return blas


def settle() -> None:
    """In a fork server: what is read and imported until now is not looked at in each fork."""
    news = modules() | {path for path, was_read in opened.items() if was_read}
    seen.update(sys.modules)
    opened.clear()
    opened.update(dict.fromkeys(own(news, passing=[]), True))
    folders = own(listed, passing=[])
    listed.clear()
    listed.update(folders)


def python() -> str:
    return f"{platform.python_implementation()} {sys.version} {platform.machine()}"


def environment() -> dict[str, str]:
    return {name: os.environ[name] for name in sorted(os.environ) if name.startswith(ENVIRONMENT)}


def packages() -> dict[str, str | None]:
    """The versions of the distributions of all that is imported."""
    imported = {name.partition(".")[0] for name in list(sys.modules)}
    found = {name for package in imported for name in distributions.get(package, ())}
    return {name: version(name) for name in sorted(found)}


@cache
def version(name: str) -> str | None:
    """The version of an installed distribution; None where it is not there."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def libraries() -> list[str]:
    """The paths of the loaded BLAS libraries."""
    return sorted(library["filepath"] for library in blas.info()) if blas else []


def own(paths: Iterable[str], passing: list[str] | None = None) -> list[str]:
    """Of files and folders, which are the notebook's affair: not Python's, the system's, ours.

    Nor is what passes: in its temporary folder, in caches.
    """
    if passing is None:
        passing = [tempfile.gettempdir(), os.path.expanduser("~/.cache")]
        passing += [argument for argument in sys.argv if argument.endswith(".json")]  # connection
    elsewhere = {*INSTALLED, *SYSTEM, *map(os.path.realpath, passing)}
    below = tuple(place + os.sep for place in elsewhere)
    return sorted(path for path in paths if path not in elsewhere and not path.startswith(below))


def digest(path: str | Path) -> str | None:
    """The SHA-256 of a file; None where there is none."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


cached_digest = cache(digest)  # for large files that nobody changes meanwhile


def names(path: str | Path) -> str | None:
    """The SHA-256 of what a folder holds, by name; None where there is none."""
    try:
        return hashlib.sha256("\0".join(sorted(os.listdir(path))).encode()).hexdigest()
    except OSError:
        return None


if __name__ == NAME:  # in a kernel, or in the server that forks them
    sys.addaudithook(hook)
