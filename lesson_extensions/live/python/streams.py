"""stdout and stderr of a run, and what is shown between what they print: in the order written."""

import io
import time
from collections import deque
from collections.abc import Callable

Emit = Callable[[str, str], object]

LIMIT = 20_000_000  # characters of a stream that are kept of one run; an endless print must end
CHUNK = 65_536  # characters that travel together
INTERVAL = 0.05  # seconds after which what was printed travels, however short


class Line:
    """Where all that a run shows waits, in one line, until it travels.

    To hand on a piece may print again (a finaliser, another thread): that piece goes to the end of
    the line, for the loop that is at work to hand on, so nothing recurses and nothing overtakes.
    """

    def __init__(self, emit: Emit) -> None:
        self.emit = emit
        self.pieces: deque[tuple[str, str]] = deque()
        self.held, self.since, self.sending = 0, 0.0, False

    def add(self, kind: str, text: str) -> None:
        """Take a piece that was printed; it travels with its neighbours of the same stream."""
        self.pieces.append((kind, text))
        self.held += len(text)
        if self.held > CHUNK or time.monotonic() - self.since > INTERVAL:
            self.send()

    def send(self) -> None:
        if self.sending:
            return
        self.sending = True
        try:
            while self.pieces:
                kind, text = self.pieces.popleft()
                texts = [text]
                while kind in STREAMS and self.pieces and self.pieces[0][0] == kind:
                    texts.append(self.pieces.popleft()[1])
                self.emit(kind, "".join(texts))
        finally:
            self.sending = False
            self.held, self.since = 0, time.monotonic()

    def say(self, kind: str, text: str) -> None:
        """Hand on what is no stream's, after what was printed before it."""
        self.pieces.append((kind, text))
        self.send()


STREAMS = ("stdout", "stderr")


class Printed(io.TextIOBase):
    """stdout or stderr; counts what is too much."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, kind: str, line: Line) -> None:
        self.kind, self.line, self.total = kind, line, 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):  # as an io.TextIOWrapper says it
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        room = max(0, LIMIT - self.total)
        self.total += len(text)
        if room and text:
            self.line.add(self.kind, text[:room])
        return len(text)

    def flush(self) -> None:
        self.line.send()

    def close(self) -> None:
        """Stay open: the next text prints too."""

    def end_run(self) -> None:
        if self.total > LIMIT:
            self.line.add(self.kind, f"\n… {self.total - LIMIT:,} characters more were not kept\n")
        self.total = 0
