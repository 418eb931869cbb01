"""Runs a page's texts inside the worker, and says what Python and IPython would say.

A cell shows the value of its last expression, by IPython's own pretty printer; a session shows the
value of each statement, by repr, as `>>>` does. What is shown leaves through `emit(kind, text)`:
kind is source, stdout, stderr, result, error, image (base64 of a PNG), or note: what the page
has to say of it.
"""

import ast
import base64
import builtins
import contextlib
import io
import linecache
import random
import sys
import traceback
import warnings
from collections.abc import Iterator
from typing import Any, ClassVar

import missing
import needs
from pretty import pretty
from streams import Emit, Line, Printed

TOLD = 20  # errors and warnings of one run that are remembered


class Console:
    """The namespace that the texts of a page share, and the ways to run them."""

    current: ClassVar["Console | None"] = None  # the one that inline.py shows figures in

    def __init__(self, emit: Emit) -> None:
        Console.current = self
        self.line = Line(emit)
        self.say = self.line.say
        self.stdout, self.stderr = Printed("stdout", self.line), Printed("stderr", self.line)
        self.first_filters = warnings.filters[:]
        self.notes: list[str] = []
        self.told: dict[str, None] = {}
        self.reset()

    def reset(self) -> None:
        """Forget all variables; the random module starts anew (a snapshot froze its state)."""
        self.filters = self.first_filters[:]
        self.namespace: dict[str, object] = {"__name__": "__main__", "__builtins__": builtins}
        self.namespace["display"] = self.display
        builtins.input = refuse_input
        random.seed()

    def display(self, *values: object) -> None:
        """What IPython's display() does, for plain text and for pictures."""
        figures = sys.modules.get("matplotlib.figure")
        for value in values:
            if figures and isinstance(value, figures.Figure):
                self.show_figure(value)
            else:
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
        self.notes = []
        self.told.clear()
        linecache.cache[name] = len(source), None, source.splitlines(keepends=True), name
        shown, sys.displayhook = sys.displayhook, self.show_value
        with (
            contextlib.redirect_stdout(self.stdout),
            contextlib.redirect_stderr(self.stderr),
            self.warnings(),
        ):
            try:
                return (self.run_cell if kind == "cell" else self.run_session)(source, name)
            finally:
                sys.displayhook = shown
                for stream in (self.stdout, self.stderr):
                    stream.end_run()
                self.line.send()
                for sentence in self.notes:
                    self.say("note", sentence)

    @contextlib.contextmanager
    def warnings(self) -> Iterator[None]:
        """As in IPython, a text warns of what one before it did, and keeps the filters of that."""
        for name in {"wide_integers", "flags"} & sys.modules.keys():  # they stand for NumPy's own
            vars(sys.modules[name]).pop("__warningregistry__", None)
        self.namespace.pop("__warningregistry__", None)
        filters: Any = warnings.filters
        own, wording = filters[:], warnings.formatwarning
        filters[:] = self.filters
        warnings.formatwarning = self.format_warning
        try:
            yield
        finally:
            self.filters, filters[:] = filters[:], own
            warnings.formatwarning = wording

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
        self.tell(last_lines(told))
        self.note(missing.sentence(error))
        return type(error).__name__

    def tell(self, line: str) -> None:
        """Remember what Python said of an error or a warning of this run, each once, in order."""
        self.told.pop(line, None)
        self.told[line] = None
        while len(self.told) > TOLD:
            del self.told[next(iter(self.told))]

    def format_warning(
        self, message: Warning | str, category: type[Warning], *_: Any, **__: Any
    ) -> str:
        """A warning as it is shown, without the file and the line of some library."""
        line = f"{category.__name__}: {message}"
        self.tell(line)
        return f"{line}\n"

    def note(self, sentence: str) -> None:
        """What the page says of what Python showed, once below it; no part of that."""
        if sentence and sentence not in self.notes:
            self.notes.append(sentence)

    def show_figures(self) -> str:
        """Send what matplotlib drew, as the inline backend would; return an error's name, or ""."""
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is None or isinstance(pyplot, needs.Later):
            return ""
        try:
            for number in pyplot.get_fignums():
                self.show_figure(pyplot.figure(number))
        except Exception as raised:  # what is wrong with a figure may show when it is drawn only
            return self.report(raised)
        finally:
            pyplot.close("all")
        return ""

    def show_figure(self, figure: Any) -> None:
        picture = io.BytesIO()
        figure.savefig(picture, format="png", bbox_inches="tight")
        self.say("image", base64.b64encode(picture.getvalue()).decode())


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
    """The error that Python on a computer would raise.

    Here NumPy counts in 32 bits before it allocates, and Pyodide tells how to install a module,
    which no page lets it do.
    """
    if type(error) is ModuleNotFoundError and error.name and str(error).startswith("The module"):
        plain = ModuleNotFoundError(f"No module named {error.name!r}", name=error.name)
        return plain.with_traceback(error.__traceback__)
    if type(error) is ValueError and str(error).startswith("array is too big"):
        return MemoryError(
            "Unable to allocate an array of this size: Python has 2 GiB at most in a browser"
        ).with_traceback(error.__traceback__)
    return error


def refuse_input(prompt: object = "") -> str:
    """Stands for input(): a page has no terminal."""
    raise RuntimeError("input() cannot ask anything on this page; assign a value instead")
