"""What notebooks printed, kept by jupyter-cache, and used only while it is still what they print.

An entry is found by the code of all cells, the kernel and the options of execution. It is used if
what it came from is unchanged: Python, BLAS and the packages that were imported, the files that
were read, the environment; and if its checksum says that it is whole. Text and tags are no part of
it. jupyter-cache's own key is the code and the kernel's name, so that its entries outlive a change
of NumPy; it takes whatever else stands in the kernel's metadata into its hash, which is where the
options are put.
"""

import contextlib
import hashlib
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from functools import cache as once
from pathlib import Path
from typing import Any

import nbformat
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.cache.main import JupyterCacheBase
from nbformat import NotebookNode
from sqlalchemy.exc import SQLAlchemyError

from lesson_extensions.execution import provenance

MOST = 10_000  # entries, of which the oldest go first
OURS = Path(__file__).parent
BROKEN = (
    SQLAlchemyError,
    OSError,
    AttributeError,
    KeyError,
    TypeError,
    ValueError,
)  # what a damaged cache raises

Entry = dict[str, Any]  # as notebook.execute() makes it
Report = dict[str, Any]  # as provenance.report() makes it, as JSON
Options = dict[str, Any]  # of execution, as JSON


class Cache:
    """The entries in `folder`; paths below `root` are kept relative to it. `say` gets notices."""

    def __init__(self, folder: Path, root: str | Path, say: Callable[[str], None]) -> None:
        self.folder, self.root, self.say = Path(folder), Path(root).resolve(), say

    def holds_any(self) -> bool:
        return (self.folder / "global.db").is_file()

    def find(self, notebook: NotebookNode, options: Options) -> Entry | None:
        """What store() was given for such a notebook, if it is still so; else None."""
        with self.locked():
            entry = self.entry(notebook, options)
            if entry is None:
                return None
            if changes := self.changes(entry["report"]):
                self.say(f"executed anew: {', '.join(changes)}")
                return None
            return entry

    def entry(self, notebook: NotebookNode, options: Options) -> Entry | None:
        try:
            store = self.opened()
            record = store.match_cache_notebook(keyed(notebook, options))
        except KeyError:
            return None
        except BROKEN as error:
            self.discard(error)
            return None
        try:
            kept = store.get_cache_bundle(record.pk).nb.metadata["lesson"]
            if checksum(kept) != record.data["checksum"]:
                raise ValueError("its checksum is another")
            return json.loads(kept)
        except BROKEN as error:
            self.say(f"an entry of {self.folder} is damaged ({error}) and was left out")
            return None

    def store(self, notebook: NotebookNode, options: Options, entry: Entry) -> None:
        """Store an entry as notebook.execute() makes it. A full disk stores nothing; that is said.

        What may have read a file that nobody saw is not stored.
        """
        if entry["report"]["untraced"]:
            return
        entry = entry | {"report": portable(entry["report"], self.root)}
        copy = keyed(notebook, options)
        copy.metadata["lesson"] = text = json.dumps(entry)  # jupyter-cache copies and checks nodes
        data = {"checksum": checksum(text)}
        with self.locked():
            try:
                self.opened().cache_notebook_bundle(
                    CacheBundleIn(copy, uri="notebook", data=data),
                    check_validity=False,
                    overwrite=True,
                )
            except BROKEN as error:
                self.discard(error)

    def opened(self) -> JupyterCacheBase:
        is_new = not self.holds_any()
        store = get_cache(self.folder)
        if is_new:
            store.change_cache_limit(MOST)
        return store

    def discard(self, error: Exception) -> None:
        what = str(error).splitlines()[0] if str(error) else type(error).__name__
        self.say(f"the cache in {self.folder} is damaged or full ({what}) and was emptied")
        for path in self.folder.glob("*"):
            if path.name != "lock":
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """One process at a time: jupyter-cache writes in several steps."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / "lock", "w") as lock:
            try:
                import fcntl
            except ImportError:  # Windows, where Sphinx reads with one process only
                yield
                return
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def changes(self, report: Report) -> list[str]:
        """What of a report is no longer so, in words."""

        def each(kind: str, look: Callable[[Path], str | None]) -> dict[str, str | None]:
            return {name: look(located(name, self.root)) for name in report[kind]}

        now: Report = {
            "python": provenance.python(),
            "environment": provenance.environment(),
            "packages": {name: provenance.version(name) for name in report["packages"]},
            "libraries": each("libraries", provenance.cached_digest),
            "files": each("files", provenance.digest),
            "folders": each("folders", provenance.names),
        }
        found = []
        for kind, current in now.items():
            before = report[kind]
            if isinstance(current, str):
                found += [f"{before} is now {current}"] if before != current else []
                continue
            for name in sorted(before.keys() | current.keys()):
                if before.get(name) != current.get(name):
                    is_named = kind in ("packages", "environment")
                    versions = f" {before.get(name)} is now {current.get(name)}"
                    found.append(name + (versions if is_named else " has changed"))
        return found


# -- Paths that mean the same in another checkout and another environment -------------------------


def roots(root: str | Path) -> list[tuple[str, Path]]:
    return [("environment", Path(sys.prefix).resolve()), ("site", Path(root).resolve())]


def portable(report: Report, root: str | Path) -> Report:
    """A report with paths below the environment and the site's root made relative to them."""
    moved = {
        kind: {shortened(path, root): value for path, value in report[kind].items()}
        for kind in ("files", "folders", "libraries")
    }
    return report | moved


def shortened(path: str, root: str | Path) -> str:
    for name, folder in roots(root):
        if Path(path).is_relative_to(folder):
            return f"{{{name}}}/{Path(path).relative_to(folder).as_posix()}"
    return path


def located(name: str, root: str | Path) -> Path:
    """The path that shortened() has made into a name."""
    for place, folder in roots(root):
        if name.startswith(f"{{{place}}}/"):
            return folder / name.removeprefix(f"{{{place}}}/")
    return Path(name)


# -- What is there now ---------------------------------------------------------------------------


@once
def our_digest(folder: Path = OURS) -> str:
    """The SHA-256 of the Python files of a folder; of this one, they say what executing is."""
    files = sorted(folder.rglob("*.py"))
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def keyed(notebook: NotebookNode, options: Options) -> NotebookNode:
    """The code of a notebook, and the options of its execution where jupyter-cache hashes them."""
    copy = nbformat.v4.new_notebook()
    codes = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    copy.cells = [nbformat.v4.new_code_cell(json.dumps(codes), id="all")]  # one is checked quickly
    name = notebook.metadata.get("kernelspec", {}).get("name", "")
    options = options | {"executed by": our_digest()}
    copy.metadata["kernelspec"] = {"name": name, "display_name": name, "options": options}
    return copy


def checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
