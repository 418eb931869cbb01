"""Which notebooks are executed and how many are left, said while Sphinx reads; and in what order.

Sphinx's readers are processes of their own, so the counts are shared memory.
"""

import multiprocessing
import sys

ERASE = "\r\x1b[K"


class Progress:
    def __init__(self, total=0):
        self.total = total
        self.executed = multiprocessing.Value("i", 0)
        self.kept = multiprocessing.Value("i", 0)
        self.is_shown = sys.stderr.isatty()

    def begin(self, docname):
        left = self.total - self.executed.value - self.kept.value
        self.show(f"notebooks: {self.counts()}, {max(left, 1)} left; now {docname}")

    def end(self, was_executed):
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
