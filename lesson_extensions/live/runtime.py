"""The runtime that runs snippets in the reader's browser: its files, and how they are served.

fetch.py puts the files that runtime.toml pins into a folder that outlives builds; a build checks
every hash again and writes them, and a manifest that the worker reads, to _static/runtime/.
"""

import gzip
import hashlib
import io
import json
import shutil
import tomllib
import zipfile
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent
PINS = tomllib.loads((HERE / "runtime.toml").read_text("utf-8"))
FILES = [*PINS["core"], *PINS["packages"].values()]
# What a reader's first run loads; matplotlib and what it needs follow when a cell draws.
FIRST = {file["file"] for file in PINS["core"]} | {PINS["packages"]["numpy"]["file"]}


class WrongHash(Exception):
    """A file is not the one that runtime.toml pins."""


def check(name, data):
    """Raise WrongHash unless `data`, in bytes, is what runtime.toml pins for the file `name`."""
    (wanted,) = (file["sha256"] for file in FILES if file["file"] == name)
    found = hashlib.sha256(data).hexdigest()
    if found != wanted:
        raise WrongHash(
            f"{name} has the sha256 {found},\nbut lesson_extensions/live/runtime.toml pins "
            f"{wanted}.\nDelete the file and run `nox -s runtime` to fetch it anew."
        )


def missing_from(folder):
    """The names of the pinned files that `folder` lacks."""
    return [file["file"] for file in FILES if not (folder / file["file"]).is_file()]


def python_files():
    """Name and bytes of the Python files that run inside the worker.

    IPython's pretty printer is among them: it made the built outputs, so it makes the reader's.
    """
    spec = find_spec("IPython.lib.pretty")
    paths = [*sorted((HERE / "python").glob("*.py")), Path(spec.origin)]
    return {path.name: path.read_bytes() for path in paths}


def archive(files):
    """A zip of `files`, name → bytes, that is the same bytes at each build."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in files.items():
            package.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def served(folder):
    """Name → bytes of each file as it is served; raises WrongHash.

    The WebAssembly is compressed here, since not every host would; the wheels are already.
    """
    files = {"console.zip": archive(python_files())}
    for file in FILES:
        name = file["file"]
        data = (folder / name).read_bytes()
        check(name, data)
        if name.endswith(".wasm"):
            name, data = f"{name}.gz", compressed(folder / f"{name}.gz", data)
        files[name] = data
    return files


def compressed(kept, data):
    """`data` as gzip, from the file where it was kept if that holds the same."""
    if kept.is_file():
        try:
            if gzip.decompress(kept.read_bytes()) == data:
                return kept.read_bytes()
        except (OSError, EOFError):
            pass  # it was cut: make it again
    kept.write_bytes(gzip.compress(data, mtime=0))
    return kept.read_bytes()


def travelling(name, data):
    """How many bytes of a file a reader loads: every host compresses scripts."""
    return len(gzip.compress(data, mtime=0) if name.endswith((".js", ".mjs")) else data)


def manifest(files):
    """What the worker must know: each file with its size in bytes and hash, and Pyodide's lock."""
    packages = {
        name: {
            "name": name,
            "version": package["version"],
            "file_name": package["file"],
            "sha256": package["sha256"],
            "depends": package["depends"],
            "imports": [],
            "install_dir": "site",
            "package_type": "package",
            "unvendored_tests": False,
        }
        for name, package in PINS["packages"].items()
    }
    info = {"version": PINS["pyodide"], "python": PINS["python"], "arch": "wasm32"}
    info |= {"abi_version": PINS["abi"], "platform": PINS["platform"]}
    return {
        "files": {
            name: {
                "bytes": travelling(name, data),
                "sha256": hashlib.sha256(data).hexdigest(),
                "first": name.removesuffix(".gz") in FIRST or name == "console.zip",
            }
            for name, data in files.items()
        },
        "lock": {"info": info, "packages": packages},
        "numpy": PINS["packages"]["numpy"]["version"],
    }


def publish(files, outdir):
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
