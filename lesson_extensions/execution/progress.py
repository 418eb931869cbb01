"""Which notebooks are executed and how many are left, said while Sphinx reads; and in what order.

Sphinx's readers are processes of their own: the counts are shared memory, and where a reader is
stands in a file of its own, for the case that it is killed.
"""

import contextlib
import multiprocessing
import os
import shutil
import sys
from pathlib import Path

ERASE = "\r\x1b[K"


class Progress:
    """The notebooks of a build, of which `folder` holds where each reader is."""

    def __init__(self, folder: Path, total: int = 0) -> None:
        self.total = total
        self.executed = multiprocessing.Value("i", 0)
        self.from_cache = multiprocessing.Value("i", 0)
        self.is_shown = sys.stderr.isatty()
        self.folder = folder
        self.forget()

    def begin(self, docname: str) -> None:
        left = self.total - self.executed.value - self.from_cache.value
        self.show(f"notebooks: {self.counts()}, {max(left, 1)} left; now {docname}")

    def reach(self, place: str) -> None:
        """Note the cell that this process executes now, as file and line."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / str(os.getpid())).write_text(place, "utf-8")

    def forget(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def left_by_the_dead(self) -> list[str]:
        """The places that processes had reached which no longer run."""
        alive = {os.getpid(), *(child.pid for child in multiprocessing.active_children())}
        files = self.folder.glob("*")
        found = [file.read_text("utf-8") for file in files if int(file.name) not in alive]
        return sorted(found)

    def end(self, was_executed: bool) -> None:
        with contextlib.suppress(FileNotFoundError):
            (self.folder / str(os.getpid())).unlink()
        counter = self.executed if was_executed else self.from_cache
        with counter.get_lock():
            counter.value += 1
        self.show(f"notebooks: {self.counts()}")

    def counts(self) -> str:
        return f"{self.executed.value} executed, {self.from_cache.value} from the cache"

    def show(self, text: str) -> None:
        """The line that a terminal shows, in place of the one before."""
        if self.is_shown:
            print(ERASE + text[:100], end="", file=sys.stderr, flush=True)

    def say(self, text: str) -> None:
        """A line that stays."""
        print(f"{ERASE if self.is_shown else ''}{text}", file=sys.stderr, flush=True)

    def finish(self) -> None:
        if self.is_shown and self.total:
            print(ERASE, end="", file=sys.stderr, flush=True)


def spread(docnames: list[str], notebooks: set[str]) -> list[str]:
    """The names with the notebooks evenly among them: Sphinx gives each reader a run of names."""
    executed = [name for name in docnames if name in notebooks]
    others = [name for name in docnames if name not in notebooks]
    places = [(number + 0.5) / len(executed) for number in range(len(executed))]
    places += [number / len(others) for number in range(len(others))]
    named = zip(places, executed + others, strict=True)
    return [name for _, name in sorted(named, key=lambda pair: pair[0])]
