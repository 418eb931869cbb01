"""Runs a page's texts inside the worker, and says what Python and IPython would say.

A cell shows the value of its last expression, by IPython's own pretty printer; a session shows the
value of each statement, by repr, as `>>>` does. What is shown leaves through `emit(kind, text)`:
kind is source, stdout, stderr, result, error or image (base64 of a PNG).
"""

import ast
import base64
import builtins
import contextlib
import io
import linecache
import random
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator

import needs
from pretty import pretty

Emit = Callable[[str, str], object]

LIMIT = 20_000_000  # characters that are kept of one run; an endless print must end somewhere
CHUNK = 65_536  # characters that travel together
INTERVAL = 0.05  # seconds after which what was printed travels, however short
TOLD = 20  # errors and warnings of one run that are remembered


class Printed(io.TextIOBase):
    """stdout or stderr: hands on what is printed in few pieces, and counts what is too much."""

    def __init__(self, kind: str, emit: Emit) -> None:
        self.kind, self.emit = kind, emit
        self.pieces: list[str] = []
        self.held, self.total, self.since = 0, 0, 0.0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        room = max(0, LIMIT - self.total)
        self.total += len(text)
        if room:
            self.pieces.append(text[:room])
            self.held += len(text)
            if self.held > CHUNK or time.monotonic() - self.since > INTERVAL:
                self.flush()
        return len(text)

    def flush(self) -> None:
        if self.pieces:
            self.emit(self.kind, "".join(self.pieces))
        self.pieces, self.held, self.since = [], 0, time.monotonic()

    def close_run(self) -> None:
        self.flush()
        if self.total > LIMIT:
            self.emit(self.kind, f"\n… {self.total - LIMIT:,} characters more were not kept\n")
        self.total = 0


class Console:
    """The namespace that the texts of a page share, and the ways to run them."""

    def __init__(self, emit: Emit) -> None:
        self.emit = emit
        self.stdout, self.stderr = Printed("stdout", self.say), Printed("stderr", self.say)
        self.told: dict[str, None] = {}
        self.reset()

    def say(self, kind: str, text: str) -> None:
        """Hand on one piece, after what was printed before it."""
        for stream in (self.stdout, self.stderr):
            if stream.kind != kind:
                stream.flush()
        self.emit(kind, text)

    def note(self, line: str) -> None:
        """Remember what Python said of an error or a warning of this run, each once, in order."""
        self.told.pop(line, None)
        self.told[line] = None
        while len(self.told) > TOLD:
            del self.told[next(iter(self.told))]

    def reset(self) -> None:
        """Forget all variables; the random module starts anew (a snapshot froze its state)."""
        self.namespace: dict[str, object] = {"__name__": "__main__", "__builtins__": builtins}
        self.namespace["display"] = self.display
        builtins.input = refuse_input
        random.seed()

    def display(self, *values: object) -> None:
        """What IPython's display() does, for plain text."""
        for value in values:
            self.say("result", pretty(value) + "\n")

    def show_value(self, value: object) -> None:
        """What `>>>` does with the value of a statement."""
        if value is not None:
            self.namespace["_"] = value
            self.say("result", repr(value) + "\n")

    def run(self, kind: str, source: str, name: str) -> str:
        """Run a cell or a session; return the name of the error that ended it, or "".

        Raises needs.Package, before anything of it is seen, where a package has to be loaded first.
        """
        linecache.cache[name] = len(source), None, source.splitlines(keepends=True), name
        shown, sys.displayhook = sys.displayhook, self.show_value
        self.told.clear()
        with (
            contextlib.redirect_stdout(self.stdout),
            contextlib.redirect_stderr(self.stderr),
            warnings.catch_warnings(),
        ):
            warnings.formatwarning = self.format_warning
            try:
                return (self.run_cell if kind == "cell" else self.run_session)(source, name)
            finally:
                sys.displayhook = shown
                for stream in (self.stdout, self.stderr):
                    stream.close_run()

    def format_warning(self, text: object, kind: type[Warning], *_: object) -> str:
        """A warning as it is shown, without the file and the line of some library."""
        line = f"{kind.__name__}: {text}"
        self.note(line)
        return f"{line}\n"

    def run_cell(self, source: str, name: str) -> str:
        error = ""
        try:
            tree = ast.parse(source, name)
            last = None
            if tree.body and isinstance(expression := tree.body[-1], ast.Expr):
                last = ast.Expression(expression.value)
                del tree.body[-1]
            exec(compile(tree, name, "exec", dont_inherit=True), self.namespace)
            if last is not None:
                value = eval(compile(last, name, "eval", dont_inherit=True), self.namespace)
                if value is not None and not source.rstrip().endswith(";"):
                    self.namespace["_"] = value
                    self.display(value)
        except needs.Package:
            raise
        except BaseException as raised:
            error = self.report(raised)
        return self.show_figures() or error

    def run_session(self, source: str, name: str) -> str:
        """Run statement by statement, as at a prompt: an error ends one statement, not the rest."""
        error, lines = "", source.splitlines()
        try:
            statements = ast.parse(source, name).body
        except SyntaxError as raised:
            self.say("source", prompted(lines))
            return self.report(raised)
        for first, last, group in by_line(statements):
            self.say("source", prompted(lines[first:last]))
            try:
                code = compile(ast.Interactive(group), name, "single", dont_inherit=True)
                exec(code, self.namespace)
            except needs.Package:
                raise
            except BaseException as raised:
                error = self.report(raised)
        return self.show_figures() or error

    def report(self, error: BaseException) -> str:
        """Show a traceback of the reader's own lines; return the name of the error's type."""
        error = as_native(error)
        told = traceback.TracebackException.from_exception(error)
        keep_readers_frames(told)
        self.say("error", "".join(told.format()))
        self.note(last_lines(told))
        return type(error).__name__

    def show_figures(self) -> str:
        """Send what matplotlib drew, as the inline backend would; return an error's name, or ""."""
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is None or isinstance(pyplot, needs.Later):
            return ""
        try:
            for number in pyplot.get_fignums():
                picture = io.BytesIO()
                pyplot.figure(number).savefig(picture, format="png", bbox_inches="tight")
                self.say("image", base64.b64encode(picture.getvalue()).decode())
        except Exception as raised:  # what is wrong with a figure may show when it is drawn only
            return self.report(raised)
        finally:
            pyplot.close("all")
        return ""


def by_line(statements: list[ast.stmt]) -> Iterator[tuple[int, int, list[ast.stmt]]]:
    """Yield first line, line after the last, and statements, for those that a prompt takes at once.

    Lines count from 0. Comments and blank lines above a statement belong to it.
    """
    first = 0
    while statements:
        count = 1
        while count < len(statements) and statements[count].lineno == statements[0].end_lineno:
            count += 1
        group, statements = statements[:count], statements[count:]
        last = group[-1].end_lineno or first  # of what was parsed it is always there
        yield first, last, group
        first = last


def prompted(lines: list[str]) -> str:
    """Lines as they stand behind prompts; the blank ones between two statements are left out."""
    while lines and not lines[0].strip():
        lines = lines[1:]
    marked, inside = [], False
    for line in lines:
        marked.append(f"{'...' if inside else '>>>'} {line}".rstrip())
        inside = inside or not line.startswith("#")
    return "\n".join(marked) + "\n" if marked else ""


def keep_readers_frames(told: traceback.TracebackException) -> None:
    """Drop the frames of libraries and of this file from a traceback, and from its causes."""
    own = [frame for frame in told.stack if frame.filename in linecache.cache and is_own(frame)]
    told.stack = traceback.StackSummary.from_list(own)
    for cause in (told.__cause__, told.__context__):
        if cause is not None:
            keep_readers_frames(cause)
    if told.__context__ is not None and not told.__context__.stack:
        told.__suppress_context__ = True
    if told.__cause__ is not None and not told.__cause__.stack:
        told.__cause__ = None


def last_lines(told: traceback.TracebackException) -> str:
    """The error's type and message: no causes, no source lines of a syntax error, no notes."""
    lines = (line for line in told.format_exception_only() if not line.startswith(" "))
    return next(lines, "").rstrip()


def is_own(frame: traceback.FrameSummary) -> bool:
    return frame.filename.startswith(("cell ", "session "))


def as_native(error: BaseException) -> BaseException:
    """The error that a 64-bit NumPy would raise; here it counts in 32 bits before it allocates."""
    if isinstance(error, ValueError) and str(error).startswith("array is too big"):
        return MemoryError(
            "Unable to allocate an array of this size: Python has 2 GiB at most in a browser"
        ).with_traceback(error.__traceback__)
    return error


def refuse_input(prompt: object = "") -> str:
    """Stands for input(): a page has no terminal."""
    raise RuntimeError("input() cannot ask anything on this page; assign a value instead")
