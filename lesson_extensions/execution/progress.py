"""Which notebooks are executed and how many are left, said while Sphinx reads; and in what order.

Sphinx's readers are processes of their own: the counts are shared memory, and where a reader is
stands in a file of its own, for the case that it is killed.
"""

import contextlib
import multiprocessing
import os
import shutil
import sys

ERASE = "\r\x1b[K"


class Progress:
    """The notebooks of a build, of which `folder` holds where each reader is."""

    def __init__(self, folder, total=0):
        self.total = total
        self.executed = multiprocessing.Value("i", 0)
        self.kept = multiprocessing.Value("i", 0)
        self.is_shown = sys.stderr.isatty()
        self.folder = folder
        self.forget()

    def begin(self, docname):
        left = self.total - self.executed.value - self.kept.value
        self.show(f"notebooks: {self.counts()}, {max(left, 1)} left; now {docname}")

    def reach(self, place):
        """Note the cell that this process executes now, as file and line."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / str(os.getpid())).write_text(place, "utf-8")

    def forget(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def left_by_the_dead(self):
        """The places that processes had reached which no longer run."""
        alive = {os.getpid(), *(child.pid for child in multiprocessing.active_children())}
        files = self.folder.glob("*")
        found = [file.read_text("utf-8") for file in files if int(file.name) not in alive]
        return sorted(found)

    def end(self, was_executed):
        with contextlib.suppress(FileNotFoundError):
            (self.folder / str(os.getpid())).unlink()
        counter = self.executed if was_executed else self.kept
        with counter.get_lock():
            counter.value += 1
        self.show(f"notebooks: {self.counts()}")

    def counts(self):
        return f"{self.executed.value} executed, {self.kept.value} from the cache"

    def show(self, text):
        """The line that a terminal shows, in place of the one before."""
        if self.is_shown:
            print(ERASE + text[:100], end="", file=sys.stderr, flush=True)

    def say(self, text):
        """A line that stays."""
        print(f"{ERASE if self.is_shown else ''}{text}", file=sys.stderr, flush=True)

    def finish(self):
        if self.is_shown and self.total:
            print(ERASE, end="", file=sys.stderr, flush=True)


def spread(docnames, notebooks):
    """The names with the notebooks evenly among them: Sphinx gives each reader a run of names."""
    notebooks = [name for name in docnames if name in notebooks]
    others = [name for name in docnames if name not in set(notebooks)]
    places = [(number + 0.5) / len(notebooks) for number in range(len(notebooks))]
    places += [number / len(others) for number in range(len(others))]
    named = zip(places, notebooks + others, strict=True)
    return [name for _, name in sorted(named, key=lambda pair: pair[0])]
