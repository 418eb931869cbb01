"""Grades a program: the same at build, in tests and in the reader's browser.

Served with differ.py and shared/values.py: of what is not Python's, these import NumPy only.
"""

import ast
import base64
import builtins
import contextlib
import io
import json
import sys
import tokenize
import traceback
import types
import warnings
import zlib
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypedDict

import numpy as np

from lesson_extensions.exercise.differ import cut, difference
from lesson_extensions.shared.values import truth

PRINTED = 10_000  # characters that are kept of what a program prints
PROGRAM, CHECK = "your code", "a check"  # names of files, in tracebacks


class Mistake(TypedDict):
    """A wrong program, and what its maker should read."""

    feedback: str
    code: str


class Exercise(TypedDict):
    """What is needed to grade: lines of `tests`, each an expression, and names of functions."""

    tests: list[str]
    hidden: list[str]
    mistakes: list[Mistake]
    requires: list[str]  # such as np.linalg.solve
    forbids: list[str]


class Outcome(NamedTuple):
    """What a check came to; `said` and `shown` are "" where it holds."""

    kind: str  # value, truth, calls or error
    value: Any  # what mistakes are known by
    said: str  # what is wrong
    shown: str  # the same, with what is wanted


def grade(program: str, exercise: Exercise) -> dict[str, Any]:
    """What the checks say of a program, and the feedback of the known mistake that it makes.

    {passed, tests: [{source, comment, hidden, passed, message}], feedback, printed, error}: `error`
    says why the program as a whole did not run, and then no test has a message.
    """
    checks = checks_of(exercise)
    run = Run(program, exercise, checks)
    passed = run.passed
    results = [
        {
            "source": check.source,
            "comment": check.comment,
            "hidden": check.hidden,
            "passed": not outcome.said,
            "message": "" if run.error else outcome.said if check.hidden else outcome.shown,
        }
        for check, outcome in zip(checks, run.outcomes, strict=True)
    ]
    feedback = "" if passed else feedback_for(run, exercise, checks)
    return {
        "passed": passed,
        "tests": results,
        "feedback": feedback,
        "printed": run.printed,
        "error": run.error,
    }


def feedback_for(run: "Run", exercise: Exercise, checks: "Checks") -> str:
    """The feedback of the mistake whose program has the same outcome in every check, or ""."""
    for mistake in exercise["mistakes"]:
        if run.same_as(Run(mistake["code"], exercise, checks)):
            return mistake["feedback"]
    return ""


def grade_packed(packed: str, program: str) -> dict[str, Any]:
    """The same for an exercise that is packed: this is what the page calls."""
    exercise: Exercise = json.loads(zlib.decompress(base64.b64decode(packed)))
    return grade(program, exercise)


def pack(exercise: Exercise) -> str:
    """What is needed to grade, as text that cannot be read at a glance."""
    # mypy knows the keys of a TypedDict only where they are written out
    needed = {key: exercise[key] for key in Exercise.__annotations__}  # type: ignore[literal-required]
    text = json.dumps(needed, ensure_ascii=False)
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()


# -- Checks ------------------------------------------------------------------------------------


def checks_of(exercise: Exercise) -> "Checks":
    """All checks, in the order in which they are shown: public ones, calls, hidden ones."""
    return [
        *(Check(line, False, ("tests", i)) for i, line in enumerate(exercise["tests"])),
        *(Calls(name, True) for name in exercise["requires"]),
        *(Calls(name, False) for name in exercise["forbids"]),
        *(Check(line, True, ("hidden", i)) for i, line in enumerate(exercise["hidden"])),
    ]


class Check:
    """A line of tests: `left == right` or an expression that must be true, and a comment.

    Raises SyntaxError where the line is no expression.
    """

    def __init__(
        self, line: str, hidden: bool = False, place: tuple[str, int] = ("tests", 0)
    ) -> None:
        self.source, self.comment = split(line)
        self.hidden, self.place = hidden, place
        body = ast.parse(self.source, CHECK, "eval").body
        self.right: types.CodeType | None = None
        self.right_source, self.called_right = "True", frozenset[str]()
        if isinstance(body, ast.Compare) and [type(op) for op in body.ops] == [ast.Eq]:
            self.right = expression(body.comparators[0])
            self.right_source = source_of(body.comparators[0], self.source)
            self.called_right = frozenset(
                node.func.id
                for node in ast.walk(body.comparators[0])
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            )
            body = body.left
        self.left, self.left_source = expression(body), source_of(body, self.source)
        self.returns = isinstance(body, ast.Call) and isinstance(body.func, ast.Name)

    def __str__(self) -> str:
        return f"`{self.source}`"

    def outcome(self, namespace: dict[str, Any]) -> Outcome:
        """Raises what the reader's code raises."""
        names = {**namespace, "np": np}
        wanted = self.right and eval(self.right, names)  # first: the left may change what it takes
        value = eval(self.left, names)
        if self.right is None:
            value = truth(value)
            said = "" if value else "this does not hold"
            return Outcome("truth", value, said, said)
        said, shown = difference(value, wanted, self.returns) or ("", "")
        return Outcome("value", value, said, shown)


class Calls:
    """Whether a function of NumPy is called, which `requires` and `forbids` ask."""

    hidden, place, called_right = False, ("tests", 0), frozenset[str]()

    def __init__(self, name: str, wanted: bool) -> None:
        self.source, self.name, self.wanted = "", name, wanted
        self.comment = f"calls `{name}`" if wanted else f"does not call `{name}`"

    def __str__(self) -> str:
        return f"“{self.comment}”"

    def outcome(self, program: str, line: int | None) -> Outcome:
        """`line` is where it was called, 0 if no line did, None if it was not called."""
        said = ""
        if self.wanted and line is None:
            said = f"your code never calls `{self.name}`"
        elif line is not None and not self.wanted:
            said = f"your code calls `{self.name}`{at(program, line)}: find a way without it"
        return Outcome("calls", line is not None, said, said)


Checks = list[Check | Calls]


def split(line: str) -> tuple[str, str]:
    """The expression of a line, and its comment."""
    with contextlib.suppress(tokenize.TokenError, SyntaxError):
        for token in tokenize.generate_tokens(io.StringIO(line).readline):
            if token.type == tokenize.COMMENT:
                return line[: token.start[1]].strip(), token.string.lstrip("#").strip()
    return line.strip(), ""


def source_of(node: ast.expr, source: str) -> str:
    return ast.get_source_segment(source, node) or ""


def expression(node: ast.expr) -> types.CodeType:
    return compile(ast.Expression(node), CHECK, "eval", dont_inherit=True)


# -- Running -----------------------------------------------------------------------------------


class Run:
    """A program, run anew for each check: `outcomes`, `printed`, `error`, `functions`.

    Anew, so that no check sees what another changed.
    """

    def __init__(self, program: str, exercise: Exercise, checks: Checks) -> None:
        self.program = program
        self.error, self.functions = "", set[str]()
        self.failed: Outcome | None = None  # of every check, if the program as a whole fails
        self.out = Limited()
        with (
            contextlib.redirect_stdout(self.out),
            contextlib.redirect_stderr(io.StringIO()),
            warnings.catch_warnings(),
            np.errstate(),
            np.printoptions(),
            counted([*exercise["requires"], *exercise["forbids"]]) as calls,
        ):
            warnings.simplefilter("ignore")
            ran: dict[Check | Calls, Outcome] = {
                check: self.outcome(check) for check in checks if isinstance(check, Check)
            }
        ran |= {c: c.outcome(program, calls[c.name]) for c in checks if isinstance(c, Calls)}
        self.outcomes = [self.failed or ran[check] for check in checks]
        self.printed = self.out.getvalue()

    @property
    def passed(self) -> bool:
        return not any(outcome.said for outcome in self.outcomes)

    def same_as(self, other: "Run") -> bool:
        """Whether every check has the same outcome with the other program."""
        return all(map(alike, self.outcomes, other.outcomes))

    def outcome(self, check: Check) -> Outcome:
        if self.failed:
            return self.failed
        namespace: dict[str, Any] = {"__name__": "__main__", "__builtins__": builtins}
        try:
            exec(compile(self.program, PROGRAM, "exec", dont_inherit=True), namespace)
        except (Exception, SystemExit) as error:
            self.failed = self.failure(error, {})
            self.error = self.failed.said
            return self.failed
        self.functions = {
            name for name, value in namespace.items() if type(value) is types.FunctionType
        }
        self.out.listens = not check.hidden  # what a hidden check prints would give it away
        try:
            return check.outcome(namespace)
        except (Exception, SystemExit) as error:
            return self.failure(error, namespace)
        finally:
            self.out.listens = False  # the program prints the same again

    def failure(self, error: BaseException, namespace: dict[str, Any]) -> Outcome:
        kind, text = type(error).__name__, text_of(error)
        said, line = f"{kind}: {text}" if text else kind, line_of(error)
        if isinstance(error, SyntaxError) and error.filename == PROGRAM:
            said, line = f"{kind}: {error.msg}", error.lineno or 0
        elif isinstance(error, NameError) and error.name == "np":
            said += "; `import numpy as np` is missing"
        elif isinstance(error, NameError) and not line and error.name not in namespace:
            said = f"your code defines no `{error.name}`"
        said += at(self.program, line)
        return Outcome("error", (kind, text), said, said)


def alike(one: Outcome, other: Outcome) -> bool:
    if one.kind != other.kind:
        return False
    if one.kind == "value":
        return difference(one.value, other.value) is None
    return bool(one.value == other.value)


class Limited(io.StringIO):
    """Keeps what is printed while it `listens`, up to a limit."""

    listens, full = True, False

    def write(self, text: str) -> int:
        if self.listens and not self.full:
            room = PRINTED - self.tell()
            self.full = len(text) > room
            super().write(text[:room] + "\n… and more\n" if self.full else text)
        return len(text)


def text_of(error: BaseException) -> str:
    try:
        return cut(str(error), 300)
    except Exception:
        return ""


def line_of(error: BaseException) -> int:
    """The line of the reader's code that was running, 0 if none was."""
    lines = [
        line
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename == PROGRAM
    ]
    return lines[-1] if lines else 0


def at(program: str, line: int) -> str:
    """Such as ` (line 4: `return A @ x`)`."""
    lines = program.splitlines()
    if not 0 < line <= len(lines):
        return ""
    text = lines[line - 1].strip()
    return f" (line {line}: `{text}`)" if text else f" (line {line})"


# -- Calls -------------------------------------------------------------------------------------


def find(name: str) -> tuple[Any, str] | None:
    """(module, name) of a function such as np.linalg.inv; None if NumPy has none of that name."""
    root, *path = name.split(".")
    if root not in ("np", "numpy") or not path:
        return None
    module: Any = np
    for part in path[:-1]:
        module = getattr(module, part, None)
    function = getattr(module, path[-1], None)
    return (module, path[-1]) if callable(function) and not isinstance(function, type) else None


class Counted:
    """Stands for a function of NumPy, and notes the line of the reader's code that calls it."""

    def __init__(self, function: Any, note: Callable[[int], None]) -> None:
        self.__wrapped__, self.note = function, note
        self.__name__ = getattr(function, "__name__", "")
        self.__doc__ = function.__doc__

    def __call__(self, *args: Any, **options: Any) -> Any:
        frame: types.FrameType | None = sys._getframe(1)
        if frame and self.counts(frame):
            while frame and frame.f_code.co_filename != PROGRAM:
                frame = frame.f_back
            self.note(frame.f_lineno if frame else 0)
        return self.__wrapped__(*args, **options)

    def counts(self, frame: types.FrameType) -> bool:
        """Whether this call is the reader's: NumPy calls its own functions, and so may a check.

        Both then name the function. What calls it by another name, as np.apply_along_axis does,
        was given it by the reader; so was a check that finds it among the reader's names.
        """
        code = frame.f_code
        if code.co_filename == PROGRAM or self.__name__ not in code.co_names:
            return True
        return code.co_filename == CHECK and any(
            value is self for value in frame.f_globals.values()
        )

    def __getattr__(self, name: str) -> Any:  # np.add.reduce
        return getattr(self.__wrapped__, name)


@contextlib.contextmanager
def counted(names: list[str]) -> Iterator[dict[str, int | None]]:
    """{name: line}: of each function, the first line that called it; None until it is called."""
    calls: dict[str, int | None] = dict.fromkeys(names)
    originals: list[tuple[Any, str, Any]] = []
    try:
        for name in names:
            if not (found := find(name)):
                raise ValueError(f"NumPy has no function {name}")
            module, attribute = found
            function = getattr(module, attribute)

            def note(line: int, name: str = name) -> None:
                if calls[name] is None:
                    calls[name] = line

            for alias in [key for key, value in vars(module).items() if value is function]:
                originals.append((module, alias, function))
                setattr(module, alias, Counted(function, note))
        yield calls
    finally:
        for module, alias, function in reversed(originals):
            setattr(module, alias, function)
