"""The runtime that runs snippets in the reader's browser: its files, and how they are served.

fetch.py puts the files that runtime.toml pins into a folder that outlives builds; a build checks
every hash again and writes them, and a manifest that the worker reads, to _static/runtime/.
"""

import gzip
import hashlib
import io
import json
import os
import re
import shutil
import tarfile
import tomllib
import zipfile
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import Any

HERE = Path(__file__).parent
PINS = tomllib.loads((HERE / "runtime.toml").read_text("utf-8"))
FILES = [*PINS["core"], *PINS["packages"].values()]
# facts() → (address, bytes): `nox -s preview` hands it to the next build
known: dict[tuple[object, ...], tuple[str, int]] = {}
# not of what a reader's first run loads: matplotlib and what it needs follow when a cell draws
LATER = {package["file"] for name, package in PINS["packages"].items() if name != "numpy"}


class WrongHash(Exception):
    """A file is not the one that runtime.toml pins."""


def check(name: str, data: bytes) -> None:
    """Raise WrongHash unless `data`, in bytes, is what runtime.toml pins for the file `name`."""
    (wanted,) = (file["sha256"] for file in FILES if file["file"] == name)
    found = hashlib.sha256(data).hexdigest()
    if found != wanted:
        raise WrongHash(
            f"{name} has the sha256 {found},\nbut lesson_extensions/live/runtime.toml pins "
            f"{wanted}.\nDelete the file and run `nox -s runtime` to fetch it anew."
        )


def missing_from(folder: Path) -> list[str]:
    """The names of the pinned files that `folder` lacks."""
    return [file["file"] for file in FILES if not (folder / file["file"]).is_file()]


def python_files(modules: Iterable[str] = ()) -> dict[str, bytes]:
    """Name and bytes of the Python files that run inside the worker.

    IPython's pretty printer is among them: it made the built outputs, so it makes the reader's.
    So does the look of the pictures, which conf.py names. `modules` are those that features call
    there; their packages are empty, since what wires them to Sphinx is not for a browser.
    """
    paths = python_paths(modules)
    packages = {parent for name in paths for parent in PurePosixPath(name).parents[:-1]}
    empty = {f"{package}/__init__.py": b"" for package in sorted(packages)}
    return empty | {name: path.read_bytes() for name, path in paths.items()}


def python_paths(modules: Iterable[str] = ()) -> dict[str, Path]:
    look = [Path(os.environ["MATPLOTLIBRC"])] if "MATPLOTLIBRC" in os.environ else []
    flat = [*sorted((HERE / "python").glob("*.py")), source_of("IPython.lib.pretty"), *look]
    own = {f"{module.replace('.', '/')}.py": source_of(module) for module in modules}
    return {path.name: path for path in flat} | own


def source_of(module: str) -> Path:
    found = find_spec(module)
    if not found or not found.origin:
        raise ModuleNotFoundError(f"{module} is to run in the reader's browser, and is not there")
    return Path(found.origin)


def version(modules: Iterable[str]) -> str:
    """Another for each other runtime."""
    digest = hashlib.sha256((HERE / "runtime.toml").read_bytes())
    digest.update(archive(python_files(modules)))
    return digest.hexdigest()


def archive(files: dict[str, bytes]) -> bytes:
    """A zip of `files`, name → bytes, that is the same bytes at each build."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in files.items():
            package.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def served(folder: Path, modules: Iterable[str] = ()) -> dict[str, bytes]:
    """Name → bytes of each file as it is served; raises WrongHash.

    Two are compressed here, since not every host would: the WebAssembly, and NumPy, which a worker
    unpacks in a tenth of the time as one piece. (Not named .gz: some hosts would unpack that.)
    """
    files = {"console.zip": archive(python_files(modules))}
    for file in FILES:
        name = file["file"]
        data = (folder / name).read_bytes()
        check(name, data)
        if name.endswith(".wasm"):
            files[f"{name}.z"] = compressed(folder / f"{name}.z", data)
        elif name == PINS["packages"]["numpy"]["file"]:
            files["numpy.tar.z"] = compressed(folder / "numpy.tar.z", package_files(data))
        else:
            files[name] = data
    return files


def facts(folder: Path, outdir: Path | str, modules: Iterable[str] = ()) -> tuple[object, ...]:
    """What publish() depends on, but for the bytes of the files: their names, sizes and times."""
    paths = [*(folder / file["file"] for file in FILES), *python_paths(modules).values()]
    stats = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in paths]
    return (str(outdir), *stats)


def package_files(wheel: bytes) -> bytes:
    """A tar of what Python imports from a wheel: no headers, stubs or libraries to link with."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(wheel)) as package,
        tarfile.open(fileobj=target, mode="w", format=tarfile.USTAR_FORMAT) as packed,
    ):
        # like beside like, which compresses best
        for name in sorted(package.namelist(), key=lambda name: (name.rpartition(".")[2], name)):
            if name.endswith((".py", ".so", "METADATA")) and "/f2py/" not in name:
                content = package.read(name)
                if name.endswith(".so") and "/_multiarray_umath." in name:
                    content = reading_flags(content)
                member = tarfile.TarInfo(name)
                member.size = len(content)
                packed.addfile(member, io.BytesIO(content))
    return target.getvalue()


# npy_get_floatstatus_barrier() as Pyodide compiles it: it calls fetestexcept(0), drops the answer
# and returns 0, since C has no names for flags there. In as many bytes it returns the answer, which
# flags.js gives. To make room, the stack pointer is not set while nothing uses the stack.
STATUS = re.compile(
    rb"(?P<begin>\x23.\x41\x10\x6b\x22\x01)\x24.(?P<call>\x41\x00\x10[\x80-\xff]*[\x00-\x7f])\x1a"
    rb"(?P<rest>\x20\x00\x04\x40\x20\x01\x20\x00\x2d\x00\x00\x3a\x00\x0f\x0b\x20\x01\x41\x10\x6a\x24.)"
    rb"\x41\x00\x0b",
    re.DOTALL,
)


def reading_flags(core: bytes) -> bytes:
    """NumPy's core, which hands on the floating-point flags that it asks for."""
    patched, count = STATUS.subn(b"\\g<begin>\x1a\\g<call>\x21\x00\\g<rest>\x20\x00\x0b", core)
    if count != 1 or len(patched) != len(core):
        raise ValueError(
            f"lesson_extensions/live/runtime.py: reading_flags finds {count} places, not one, where"
            " this NumPy reads floating-point flags; see what it does there, or serve it unchanged"
        )
    return patched


def compressed(kept: Path, data: bytes) -> bytes:
    """`data` as gzip, from the file where it was kept if that holds the same."""
    if kept.is_file():
        try:
            if gzip.decompress(kept.read_bytes()) == data:
                return kept.read_bytes()
        except (OSError, EOFError):
            pass  # it was cut: make it again
    kept.write_bytes(gzip.compress(data, mtime=0))
    return kept.read_bytes()


def travelling(name: str, data: bytes) -> int:
    """How many bytes of a file a reader loads: every host compresses scripts."""
    return len(gzip.compress(data, mtime=0) if name.endswith((".js", ".mjs")) else data)


def manifest(files: dict[str, bytes]) -> dict[str, Any]:
    """What the worker must know: each file with its size in bytes and hash, and Pyodide's lock."""
    packages = {
        name: {
            "name": name,
            "version": package["version"],
            "file_name": package["file"],
            "sha256": package["sha256"],
            "depends": [needed for needed in package["depends"] if needed != "numpy"],
            "imports": [],
            "install_dir": "site",
            "package_type": "package",
            "unvendored_tests": False,
        }
        for name, package in PINS["packages"].items()
        if name != "numpy"  # the worker unpacks it itself
    }
    info = {"version": PINS["pyodide"], "python": PINS["python"], "arch": "wasm32"}
    info |= {"abi_version": PINS["abi"], "platform": PINS["platform"]}
    return {
        "files": {
            name: {
                "bytes": travelling(name, data),
                "sha256": hashlib.sha256(data).hexdigest(),
                "first": name not in LATER,
            }
            for name, data in files.items()
        },
        "lock": {"info": info, "packages": packages},
        "numpy": PINS["packages"]["numpy"]["version"],
    }


def publish(files: dict[str, bytes], outdir: Path | str) -> str:
    """Write the files below `outdir` and return where: a folder named after what it holds.

    What its name stands for never changes, so that a browser may keep it for good.
    """
    text = json.dumps(manifest(files), indent=1)
    digest = hashlib.sha256(text.encode()).hexdigest()[:10]
    address = f"_static/runtime/{PINS['pyodide']}-{digest}"
    target = Path(outdir) / address
    if not target.is_dir():
        shutil.rmtree(target.parent, ignore_errors=True)
        target.mkdir(parents=True)
        for name, data in files.items():
            (target / name).write_bytes(data)
        (target / "manifest.json").write_text(text, "utf-8")
    return f"{address}/"
