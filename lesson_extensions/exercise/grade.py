"""Grades a program: the same at build, in tests and in the reader's browser.

Served with differ.py and shared/values.py: of what is not Python's, these import NumPy only.
"""

import ast
import base64
import contextlib
import copy
import io
import json
import tokenize
import traceback
import types
import zlib
from collections.abc import Iterable
from typing import Any, NamedTuple, NotRequired, TypedDict

import numpy as np

from lesson_extensions.exercise.calls import PROGRAM, Called, Spy
from lesson_extensions.exercise.differ import cut, difference
from lesson_extensions.exercise.reader import Limited, Program, changed_words
from lesson_extensions.exercise.up_to import RELATIONS, TESTS, Verdict
from lesson_extensions.exercise.up_to import alike as alike_up_to
from lesson_extensions.shared import pristine
from lesson_extensions.shared.values import truth

CHECK = "a check"  # the name of its file, in tracebacks


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
    changes: NotRequired[
        list[str]
    ]  # parameters whose arguments the reader's functions are asked to change


class Outcome(NamedTuple):
    """What a check came to; `said` and `shown` are "" where it holds."""

    kind: str  # value, verdict, truth, calls or error
    value: Any  # what mistakes are known by
    said: str  # what is wrong
    shown: str  # the same, with what is wanted
    changed: tuple[str, ...] = ()  # parameters whose arguments were changed


def grade(program: str, exercise: Exercise) -> dict[str, Any]:
    """What the checks say of a program, and the feedback of the known mistake that it makes.

    {passed, tests: [{source, comment, hidden, passed, message}], feedback, printed, error}: `error`
    says why the program as a whole did not run, and then no test has a message.
    """
    with pristine.as_at_first():
        return graded(program, exercise)


def graded(program: str, exercise: Exercise) -> dict[str, Any]:
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
    """The feedback of the mistake whose program has the same outcome in every check, or "".

    A program that changes what it is given may make a mistake beside that, which does not.
    """
    runs = [Run(mistake["code"], exercise, checks) for mistake in exercise["mistakes"]]
    values = run.but_for_changes()
    for same in (run.same_as, values.same_as):
        for mistake, other in zip(exercise["mistakes"], runs, strict=True):
            if same(other):
                return mistake["feedback"]
    return ""


def grade_packed(packed: str, program: str) -> dict[str, Any]:
    """The same for an exercise that is packed: this is what the page calls."""
    exercise: Exercise = json.loads(zlib.decompress(base64.b64decode(packed)))
    return grade(program, exercise)


def pack(exercise: Exercise) -> str:
    """What is needed to grade, as text that cannot be read at a glance."""
    # mypy knows the keys of a TypedDict only where they are written out
    needed = {key: exercise[key] for key in Exercise.__annotations__ if key in exercise}  # type: ignore[literal-required]
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
            self.called_right = called_in(body.comparators)
            body = body.left
        elif isinstance(body, ast.Call) and getattr(body.func, "id", "") in RELATIONS:
            self.called_right = called_in(body.args[1:])
        self.left, self.left_source = expression(body), source_of(body, self.source)
        self.returns = isinstance(body, ast.Call) and isinstance(body.func, ast.Name)
        if isinstance(body, ast.Call) and getattr(body.func, "id", "") in TESTS:
            self.returns = any(isinstance(one, ast.Call) for one in body.args)

    def __str__(self) -> str:
        return f"`{self.source}`"

    def outcome(self, program: Program, known: Iterable[str] = ()) -> Outcome:
        """Raises what the reader's code raises. `known` are classes that the exercise names."""
        names = program.seen_by_a_check() | TESTS | {"np": np}
        # first, and a copy: the left may change what it takes
        try:
            wanted = self.right and copied(eval(self.right, names))
            value = eval(self.left, names)
        finally:
            pristine.set_aside()  # what methods of the reader's changed
        if self.right is None and isinstance(value, Verdict):
            kind, (said, shown) = "verdict", words_of(value, self.returns)
        elif self.right is None:
            value = truth(value)
            kind, said, shown = "truth", *2 * ["" if value else "this does not hold"]
        else:
            kind = "value"
            said, shown = difference(value, wanted, self.returns) or ("", "")
        given = value.got if isinstance(value, Verdict) else value
        stranger = not said and program.stranger(given, self.left, known)
        if stranger:
            said = f"your class {stranger.__name__} came out where Python's or NumPy's is wanted"
            shown = said
        words = changed_words(program.changed)
        said, shown = ("; ".join(filter(None, [text, words])) for text in (said, shown))
        return Outcome(kind, value, said, shown, tuple(program.changed))


class Calls:
    """Whether a function of NumPy is called, which `requires` and `forbids` ask."""

    hidden, place, called_right = False, ("tests", 0), frozenset[str]()

    def __init__(self, name: str, wanted: bool) -> None:
        self.source, self.name, self.wanted = "", name, wanted
        self.comment = f"calls `{name}`" if wanted else f"does not call `{name}`"

    def __str__(self) -> str:
        return f"“{self.comment}”"

    def outcome(self, program: str, call: Called | None) -> Outcome:
        """`call` is the first one, None if it was not called."""
        said = ""
        if self.wanted and call is None:
            said = f"your code never calls `{self.name}`"
        elif call is not None and not self.wanted:
            where = at(program, call.line)
            said = f"your code calls `{call.name}`{where}: find a way without it"
            if call.name != self.name:
                said = (
                    f"your code calls `{call.name}`{where}, which does what `{self.name}` does:"
                    " find a way without both"
                )
        return Outcome("calls", call is not None, said, said)


Checks = list[Check | Calls]


def split(line: str) -> tuple[str, str]:
    """The expression of a line, and its comment."""
    with contextlib.suppress(tokenize.TokenError, SyntaxError):
        for token in tokenize.generate_tokens(io.StringIO(line).readline):
            if token.type == tokenize.COMMENT:
                return line[: token.start[1]].strip(), token.string.lstrip("#").strip()
    return line.strip(), ""


def called_in(nodes: Iterable[ast.expr]) -> frozenset[str]:
    """The names of the functions that are called."""
    return frozenset(
        node.func.id
        for one in nodes
        for node in ast.walk(one)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    )


def source_of(node: ast.expr, source: str) -> str:
    return ast.get_source_segment(source, node) or ""


def names_in(checks: Checks) -> set[str]:
    """The names that stand in checks."""
    return {
        node.id
        for check in checks
        for node in ast.walk(ast.parse(check.source or "None"))
        if isinstance(node, ast.Name)
    }


def copied(value: Any) -> Any:
    """A value that stays what it is; other objects than NumPy's and Python's are left alone."""
    return copy.deepcopy(value) if type(value) in (np.ndarray, list) else value


def expression(node: ast.expr) -> types.CodeType:
    return compile(ast.Expression(node), CHECK, "eval", dont_inherit=True)


# -- Running -----------------------------------------------------------------------------------


class Run:
    """A program, run anew for each check: `outcomes`, `printed`, `error`, `functions`.

    To be made while Python is as it was at first.

    Anew, so that no check sees what another changed.
    `instead` are functions that the program finds in the place of NumPy's.
    """

    def __init__(
        self,
        program: str,
        exercise: Exercise,
        checks: Checks,
        instead: Iterable[pristine.Change] = (),
    ) -> None:
        self.program = program
        self.error, self.functions = "", set[str]()
        self.failed: Outcome | None = None  # of every check, if the program as a whole fails
        self.out = Limited()
        self.instead, self.may_change = [*instead], exercise.get("changes", ())
        self.known = names_in(checks)
        self.spy = Spy([*exercise["requires"], *exercise["forbids"]])
        for where, name, function in self.instead:
            counted = self.spy.counted.get(id(where.get(name)))
            if counted is not None:
                counted.__wrapped__ = function
        with (
            contextlib.redirect_stdout(self.out),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            ran: dict[Check | Calls, Outcome] = {
                check: self.outcome(check) for check in checks if isinstance(check, Check)
            }
        ran |= {
            check: check.outcome(program, self.spy.calls[check.name])
            for check in checks
            if isinstance(check, Calls)
        }
        self.outcomes = [self.failed or ran[check] for check in checks]
        self.printed = self.out.getvalue()

    @property
    def passed(self) -> bool:
        return not any(outcome.said for outcome in self.outcomes)

    def same_as(self, other: "Run") -> bool:
        """Whether every check has the same outcome with the other program."""
        return all(map(alike, self.outcomes, other.outcomes))

    def but_for_changes(self) -> "Run":
        """The same run, as if it had left its arguments alone."""
        run = copy.copy(self)
        run.outcomes = [outcome._replace(changed=()) for outcome in self.outcomes]
        return run

    def outcome(self, check: Check) -> Outcome:
        if self.failed:
            return self.failed
        pristine.seed()
        program = Program([*self.instead, *self.spy.stand_ins], self.spy.names, self.may_change)
        try:
            tree = self.spy.watched(ast.parse(self.program, PROGRAM))
            code = compile(tree, PROGRAM, "exec", dont_inherit=True)
            with program:
                exec(code, program.names)
        except (Exception, SystemExit) as error:
            self.failed = self.failure(error, {})
            self.error = self.failed.said
            return self.failed
        self.functions = program.functions
        self.out.listens = not check.hidden  # what a hidden check prints would give it away
        try:
            return check.outcome(program, self.known)
        except (Exception, SystemExit) as error:
            return self.failure(error, program.names)
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
    if one.kind != other.kind or len(one.changed) != len(other.changed):
        return False
    if one.kind == "value":
        return difference(one.value, other.value) is None
    if one.kind == "verdict":
        return same_verdict(one.value, other.value)
    return bool(one.value == other.value)


def words_of(verdict: Verdict, returned: bool) -> tuple[str, str]:
    """What is wrong, without what is wanted, and with it; "" where it holds."""
    if verdict:
        return "", ""
    if verdict.wanted is None:
        said = verdict.said or "this does not hold"
        return said, said
    said, shown = difference(verdict.got, verdict.wanted, returned) or ("", "")
    if not verdict.said:
        return said or "another value is wanted", shown
    return verdict.said, f"{verdict.said}; {shown.rpartition('; ')[2]}"


def same_verdict(one: Verdict, other: Verdict) -> bool:
    """Whether two values that are wrong are so alike, up to what their check leaves open."""
    if one.holds or other.holds or one.said != other.said:
        return one.holds and other.holds
    if difference(one.got, other.got) is None:
        return True
    try:
        if one.same and one.same in RELATIONS.values():
            return alike_up_to(one.same, one.got, other.got)
        return bool(one.same and one.same(one.got, other.got))
    except Exception:  # it has another shape
        return False


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
