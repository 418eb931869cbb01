"""Grades a program, and proves that an exercise is what its author says it is.

One file of Python and NumPy, since the same grades at build, in tests and in the reader's browser.
An exercise is a dict: `starter`, `solution`: code; `tests`, `hidden`: lines, each an expression;
`mistakes`: [{feedback, code}]; `requires`, `forbids`: names such as np.linalg.inv.
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
from collections import namedtuple

import numpy as np

RTOL, ATOL = 1e-9, 1e-12  # how close an entry must be
SHORT = 100  # characters of a value that are shown
PRINTED = 10_000  # characters that are kept of what a program prints
PROGRAM, CHECK = "your code", "a check"  # names of files, in tracebacks
MARK = "la-exercise "  # begins the line that the page looks for

# What a check came to: `kind` is value, truth, calls or error, and `value` what mistakes are known
# by. `said` and `shown` say what is wrong, the latter with what is wanted; both are "" if nothing.
Outcome = namedtuple("Outcome", "kind value said shown")


def grade(program, exercise):
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


def feedback_for(run, exercise, checks):
    """The feedback of the mistake whose program has the same outcome in every check, or ""."""
    for mistake in exercise["mistakes"]:
        if run.same_as(Run(mistake["code"], exercise, checks)):
            return mistake["feedback"]
    return ""


def serve(pack, program):
    """Print what grade() says, on a line of its own: this is what the page calls."""
    exercise = json.loads(zlib.decompress(base64.b64decode(pack)))
    print(MARK + json.dumps(grade(program, exercise)))


def pack(exercise):
    """What serve() needs of an exercise, as text that cannot be read at a glance."""
    needed = ("tests", "hidden", "mistakes", "requires", "forbids")
    text = json.dumps({key: exercise[key] for key in needed}, ensure_ascii=False)
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()


# -- What must hold of an exercise -------------------------------------------------------------


def prove(exercise):
    """What is wrong with an exercise: sentences for its author, none if all is proven."""
    return [sentence for _, _, sentence in problems(exercise)]


def problems(exercise):
    """[part, index, sentence] of each thing that is wrong, to find its line by."""
    wrong = [
        [part, 0, f"NumPy has no function `{name}`; write one such as np.linalg.inv"]
        for part in ("requires", "forbids")
        for name in exercise[part]
        if find(name) is None
    ]
    for part in ("tests", "hidden"):
        for index, line in enumerate(exercise[part]):
            wrong += [[part, index, sentence] for sentence in problems_of_line(line, part)]
    if wrong:
        return wrong

    checks = checks_of(exercise)
    solution = Run(exercise["solution"], exercise, checks)
    if solution.error:
        wrong.append(["solution", 0, f"the solution does not run: {solution.error}"])
    else:
        for check, outcome in zip(checks, solution.outcomes, strict=True):
            if outcome.said:
                wrong.append(["solution", 0, f"the solution fails {check}: {outcome.shown}"])
        for check in checks:
            for name in sorted(check.called_right & solution.functions):
                said = f"the right side of {check} calls `{name}`, which the reader writes"
                advice = "write what is wanted, or np.allclose(…, …) for a property"
                wrong.append([*check.place, f"{said}; {advice}"])

    starter = Run(exercise["starter"], exercise, checks)
    if starter.error:
        wrong.append(
            ["starter", 0, f"the starter does not run, nor would its notebook: {starter.error}"]
        )
    elif starter.passed:
        wrong.append(["starter", 0, "the starter passes all checks; leave something to do"])

    runs = [Run(mistake["code"], exercise, checks) for mistake in exercise["mistakes"]]
    for index, run in enumerate(runs):
        feedback = exercise["mistakes"][index]["feedback"]
        this = f"the mistake “{cut(feedback, 60)}”"
        if run.passed:
            wrong.append(["mistakes", index, f"{this} passes all checks; add one that it fails"])
        elif not run.same_as(Run(exercise["mistakes"][index]["code"], exercise, checks)):
            wrong.append(
                ["mistakes", index, f"{this} does not do the same twice: it cannot be known"]
            )
        elif run.same_as(starter):
            wrong.append(
                [
                    "mistakes",
                    index,
                    f"{this} does what the starter does in every check; readers who have not "
                    "begun would get its feedback: take it out, or add a check that tells",
                ]
            )
        for other in range(index):
            if not run.passed and run.same_as(runs[other]):
                that = f"“{cut(exercise['mistakes'][other]['feedback'], 60)}”"
                wrong.append(
                    [
                        "mistakes",
                        index,
                        f"{this} does what {that} does in every check; add one that tells them "
                        "apart",
                    ]
                )
    return wrong


def problems_of_line(line, part):
    try:
        check = Check(line)
    except SyntaxError as error:
        yield f"`{line}` is no Python expression ({error.msg}); a check is one, on one line"
        return
    if part == "hidden" and not check.comment:
        yield (
            f"`{check.source}` has no comment; end the line with `# what it is about`: of a hidden "
            "check, readers see nothing else"
        )


# -- Checks ------------------------------------------------------------------------------------


def checks_of(exercise):
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

    def __init__(self, line, hidden=False, place=("tests", 0)):
        self.source, self.comment = split(line)
        self.hidden, self.place = hidden, place
        body = ast.parse(self.source, CHECK, "eval").body
        self.right, self.called_right, self.right_source = None, set(), "True"
        if isinstance(body, ast.Compare) and [type(op) for op in body.ops] == [ast.Eq]:
            self.right = expression(body.comparators[0])
            self.right_source = ast.get_source_segment(self.source, body.comparators[0])
            self.called_right = {
                node.func.id
                for node in ast.walk(body.comparators[0])
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            }
            body = body.left
        self.left, self.left_source = expression(body), ast.get_source_segment(self.source, body)
        self.returns = isinstance(body, ast.Call) and isinstance(body.func, ast.Name)

    def __str__(self):
        return f"`{self.source}`"

    def outcome(self, namespace):
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

    hidden, called_right = False, frozenset()

    def __init__(self, name, wanted):
        self.source, self.name, self.wanted = "", name, wanted
        self.comment = f"calls `{name}`" if wanted else f"does not call `{name}`"

    def __str__(self):
        return f"“{self.comment}”"

    def outcome(self, program, line):
        """`line` is where it was called, 0 if no line did, None if it was not called."""
        called, said = line is not None, ""
        if self.wanted and not called:
            said = f"your code never calls `{self.name}`"
        elif called and not self.wanted:
            said = f"your code calls `{self.name}`{at(program, line)}: find a way without it"
        return Outcome("calls", called, said, said)


def split(line):
    """The expression of a line, and its comment."""
    with contextlib.suppress(tokenize.TokenError, SyntaxError):
        for token in tokenize.generate_tokens(io.StringIO(line).readline):
            if token.type == tokenize.COMMENT:
                return line[: token.start[1]].strip(), token.string.lstrip("#").strip()
    return line.strip(), ""


def expression(node):
    return compile(ast.Expression(node), CHECK, "eval", dont_inherit=True)


def truth(value):
    """Whether a value is true, and not merely something; an array, if it has entries and all are.

    Raises what the value itself raises.
    """
    if isinstance(value, np.ndarray):
        return bool(value.size and value.all())
    return value is not ... and bool(value)


# -- Running -----------------------------------------------------------------------------------


class Run:
    """A program, run anew for each check: `outcomes`, `printed`, `error`, `functions`.

    Anew, so that no check sees what another changed.
    """

    def __init__(self, program, exercise, checks):
        self.program = program
        self.error, self.functions = "", set()
        self.failed = None  # the outcome of every check, if the program as a whole fails
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
            code = self.compiled()
            outcomes = [isinstance(check, Check) and self.outcome(code, check) for check in checks]
        self.outcomes = [
            self.failed or outcome or check.outcome(program, calls[check.name])
            for check, outcome in zip(checks, outcomes, strict=True)
        ]
        self.printed = self.out.getvalue()

    @property
    def passed(self):
        return not any(outcome.said for outcome in self.outcomes)

    def same_as(self, other):
        """Whether every check has the same outcome with the other program."""
        return all(map(alike, self.outcomes, other.outcomes))

    def compiled(self):
        try:
            return compile(self.program, PROGRAM, "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:  # ValueError: a null character
            self.fail(error)

    def outcome(self, code, check):
        if self.failed:
            return self.failed
        namespace = {"__name__": "__main__", "__builtins__": builtins}
        try:
            exec(code, namespace)
        except (Exception, SystemExit) as error:
            self.fail(error)
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

    def fail(self, error):
        self.failed = self.failure(error, {})
        self.error = self.failed.said

    def failure(self, error, namespace):
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


def alike(one, other):
    if one.kind != other.kind:
        return False
    if one.kind == "value":
        return difference(one.value, other.value) is None
    return one.value == other.value


class Limited(io.StringIO):
    """Keeps what is printed while it `listens`, up to a limit."""

    listens, full = True, False

    def write(self, text):
        if self.listens and not self.full:
            room = PRINTED - self.tell()
            self.full = len(text) > room
            super().write(text[:room] + "\n… and more\n" if self.full else text)
        return len(text)


def text_of(error):
    try:
        return cut(str(error), 300)
    except Exception:
        return ""


def line_of(error):
    """The line of the reader's code that was running, 0 if none was."""
    lines = [
        line
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename == PROGRAM
    ]
    return lines[-1] if lines else 0


def at(program, line):
    """Such as ` (line 4: `return A @ x`)`."""
    lines = program.splitlines()
    if not 0 < line <= len(lines):
        return ""
    text = lines[line - 1].strip()
    return f" (line {line}: `{text}`)" if text else f" (line {line})"


# -- Calls -------------------------------------------------------------------------------------


def find(name):
    """(module, name) of a function such as np.linalg.inv; None if NumPy has none of that name."""
    root, *path = name.split(".")
    if root not in ("np", "numpy") or not path:
        return None
    module = np
    for part in path[:-1]:
        module = getattr(module, part, None)
    function = getattr(module, path[-1], None)
    return (module, path[-1]) if callable(function) and not isinstance(function, type) else None


class Counted:
    """Stands for a function of NumPy, and notes the line of the reader's code that calls it."""

    def __init__(self, function, note):
        self.__wrapped__, self.note = function, note
        self.__name__ = getattr(function, "__name__", "")
        self.__doc__ = function.__doc__

    def __call__(self, *args, **options):
        frame = sys._getframe(1)
        if self.counts(frame):
            while frame and frame.f_code.co_filename != PROGRAM:
                frame = frame.f_back
            self.note(frame.f_lineno if frame else 0)
        return self.__wrapped__(*args, **options)

    def counts(self, frame):
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

    def __getattr__(self, name):  # np.add.reduce
        return getattr(self.__wrapped__, name)


@contextlib.contextmanager
def counted(names):
    """{name: line}: of each function, the first line that called it; None until it is called."""
    calls, originals = dict.fromkeys(names), []
    try:
        for name in names:
            module, attribute = find(name)
            function = getattr(module, attribute)

            def note(line, name=name):
                if calls[name] is None:
                    calls[name] = line

            for alias in [key for key, value in vars(module).items() if value is function]:
                originals.append((module, alias, function))
                setattr(module, alias, Counted(function, note))
        yield calls
    finally:
        for module, alias, function in reversed(originals):
            setattr(module, alias, function)


# -- How two values differ ---------------------------------------------------------------------


def difference(got, wanted, returned=True):
    """None if they are the same; else what is wrong, without what is wanted, and with it."""
    try:
        with np.errstate(all="ignore"):
            found = compare(got, wanted)
    except Exception as error:
        found = f"{{you}} {noun(got)}, and to look at it raises {type(error).__name__}", False
    if found is None:
        return None
    said, values = found
    you = "you returned" if returned else "your value is"
    said = said.replace("{you}", you)
    if got is None and returned:
        said += ": is a `return` missing?"
    shown = f"{you} {short(got)} where {short(wanted)} is wanted"
    if not values:
        shown = said
    elif said:
        shown = f"{said} {shown}" if said.endswith("?") else f"{said}; {shown}"
    return said or "another value is wanted", shown


def compare(got, wanted):
    """None, or (what is wrong, whether to show both values with it)."""
    if got is ... and wanted is not ...:
        return "the dots `...` are still where your code belongs", False
    if got is None and wanted is not None:
        return "{you} None", False
    if is_number(wanted):
        return compare_number(got, wanted)
    if isinstance(wanted, np.ndarray):
        return compare_array(got, wanted)
    if isinstance(wanted, (tuple, list)):
        return compare_sequence(got, wanted)
    if got is wanted or truth(got == wanted):
        return None
    alike = isinstance(got, type(wanted)) or isinstance(wanted, type(got))
    return ("" if alike or isinstance(wanted, np.dtype) else f"{{you}} {noun(got)}"), True


def compare_sequence(got, wanted):
    kind = tuple if isinstance(wanted, tuple) else list
    if not isinstance(got, kind):
        return f"{{you}} {noun(got)} where a {kind.__name__} of {len(wanted)} is wanted", False
    if len(got) != len(wanted):
        return f"{{you}} {len(got)} values where {len(wanted)} are wanted", True
    for number, pair in enumerate(zip(got, wanted, strict=True), 1):
        found = compare(*pair)
        if found:
            said, values = found
            return f"value {number} of {len(wanted)}: {said or 'another is wanted'}", values
    return None


def compare_number(got, wanted):
    """A number, True or False where one is wanted; a 0-dimensional array is as good as a number."""
    truths = is_bool(wanted)
    thing = "True or False" if truths else "a number"
    if isinstance(got, np.ndarray) and got.ndim:
        right = got.size == 1 and is_close(got.ravel()[0], wanted)
        right = "right value, but " if right else ""
        return f"{right}{{you}} {noun(got)} where {thing} is wanted", False
    if not is_number(got):
        return f"{{you}} {noun(got)} where {thing} is wanted", False
    if is_bool(got) != truths:
        return f"{{you}} {short(got)} where {thing} is wanted", False
    if is_close(got, wanted):
        return None
    got, wanted = np.asarray(got), np.asarray(wanted)
    return how(got, wanted) if is_numeric(got, wanted) else "", True


def compare_array(got, wanted):
    thing = f"{named(wanted.shape)} is wanted"
    if isinstance(got, (list, tuple)):
        try:
            right = not compare_array(np.array(got), wanted)
        except ValueError:
            right = False
        right = "right values, but " if right else ""
        return f"{right}{{you}} {noun(got)} where an array is wanted: `np.array` makes one", False
    if is_number(got):
        return f"{{you}} a number, {short(got)}, where {thing}", False
    if not isinstance(got, np.ndarray):
        return f"{{you}} {noun(got)} where {thing}", False
    got = np.asarray(got)
    if got.dtype.kind == "O" != wanted.dtype.kind:
        return f"{{you}} {noun(got)} where {thing}: do its rows differ in length?", False
    if got.dtype.kind in "US" and wanted.dtype.kind not in "US":
        return "{you} an array of text where numbers are wanted", False
    if got.shape != wanted.shape:
        return compare_shape(got, wanted, thing), False
    if is_bool(got) != is_bool(wanted):
        kinds = ["numbers", "True and False"]
        return (
            f"{{you}} {kinds[is_bool(got)]} where {kinds[is_bool(wanted)]} are wanted",
            True,
        )
    if is_close(got, wanted):
        return None
    said = how(got, wanted) if is_numeric(got, wanted) else ""
    return said or entries(got, wanted), True


def compare_shape(got, wanted, thing):
    right = "right values, but " if is_close(got.ravel(), wanted.ravel()) else ""
    if got.ndim == wanted.ndim == 2 and got.shape == wanted.shape[::-1]:
        if is_close(got.T, wanted):
            return f"right values, but shape {got.shape}: {{you}} the transpose of what is wanted"
        right = ""
    if got.ndim == wanted.ndim == 1:
        return f"{{you}} {named(got.shape)} where one with {wanted.size} is wanted"
    name = name_of(got.shape)
    if name:
        return f"{right}shape {got.shape}: {{you}} a {name} where {thing}"
    return f"{right}{{you}} {noun(got)} where {thing}"


def how(got, wanted):
    """In which way numbers are wrong, in words of the subject; "" if in none that is known."""
    whole_type = got.dtype if got.ndim and got.dtype.kind in "iu" else None
    got, wanted = got * 1.0, wanted * 1.0  # small integers wrap around
    each, nothing = ("each entry", not got.any()) if got.ndim else ("this", not got)
    lost = ~np.isfinite(got) & np.isfinite(wanted)
    if lost.any():
        what = "NaN, not a number," if np.isnan(got[lost]).any() else "infinity"
        where = f" in {lost.sum()} of {lost.size} entries" if got.ndim else ""
        return f"{what} came out{where}: was something divided by zero?"
    if not np.isfinite(wanted).all():
        return ""
    if np.isrealobj(wanted) and np.iscomplexobj(got):
        if got.imag.any():
            real = "the real parts are right, but " if is_close(got.real, wanted) else ""
            return f"{real}complex numbers came out where real ones are wanted"
        got = got.real
    whole = [np.array_equal(np.trunc(values.real), values) for values in (got, wanted)]
    if np.isrealobj(wanted) and not whole[1] and (whole_type or not nothing):
        if is_close(got, np.trunc(wanted)) or is_close(got, np.floor(wanted)):
            why = f": an array of {whole_type} holds whole numbers only" if whole_type else ""
            return f"the fractions were cut off{why}"
        for digits in range(8):
            if is_close(got, np.round(wanted, digits)):
                places = ["whole numbers", "1 decimal"][digits:] or [f"{digits} decimals"]
                return f"right, but rounded to {places[0]}: give all of them"
    if is_close(got, -wanted):
        return "right but for the sign"
    if got.ndim == 2 and got.shape[0] == got.shape[1] and is_close(got.T, wanted):
        return "right values, but this is the transpose of what is wanted"
    scale = multiple(got, wanted)
    if scale:
        return scale
    if got.ndim and is_close(np.sort(got, None), np.sort(wanted, None)):
        return "the right numbers, but in another order"
    if is_close(got, wanted * wanted):
        return f"{each} is the square of what is wanted"
    if np.isrealobj(got) and (got >= 0).all() and is_close(got * got, wanted):
        return f"{each} is the square root of what is wanted"
    off = got - wanted
    if not all(whole) and np.abs(off).max(initial=0) <= 1e-3 * np.abs(wanted).max(initial=0):
        return f"close, but not close enough: the largest difference is {np.abs(off).max():.1e}"
    if off.size > 1 and np.isrealobj(off) and is_close(off, np.full(off.shape, off.flat[0])):
        size = "large" if off.flat[0] > 0 else "small"
        return f"every entry is {abs(off.flat[0]):.4g} too {size}"
    return ""


def multiple(got, wanted):
    """The same direction, but too long or too short; of a single number one cannot tell."""
    if np.count_nonzero(wanted) < 2:
        return ""
    factor = np.vdot(wanted, got) / np.vdot(wanted, wanted)
    if not (factor and np.isrealobj(factor) and is_close(got, factor * wanted)):
        return ""
    times = f"{abs(factor):.4g} times"
    if got.ndim != 1:
        return f"every entry is {'-' * bool(factor < 0)}{times} what is wanted"
    if factor < 0:
        return f"right line, but the other way, and {times} as long as what is wanted"
    return f"right direction, but {times} as long as what is wanted"


def entries(got, wanted):
    """How many entries are wrong, where some are right."""
    wrong = ~np.isclose(got, wanted, RTOL, ATOL, True) if is_numeric(got, wanted) else got != wanted
    wrong = np.asarray(wrong)
    if not wrong.any() or wrong.all():
        return ""
    first = ", ".join(map(str, np.argwhere(wrong)[0]))
    if wrong.sum() == 1:
        return f"1 of {wrong.size} entries is wrong, at [{first}]"
    return f"{wrong.sum()} of {wrong.size} entries are wrong, the first at [{first}]"


def is_number(value):
    """A single number, True or False."""
    if isinstance(value, np.ndarray):
        return value.ndim == 0 and value.dtype.kind in "biufc"
    if isinstance(value, np.generic):
        return value.dtype.kind in "biufc"
    return isinstance(value, (int, float, complex))


def is_bool(value):
    return isinstance(value, bool) or getattr(getattr(value, "dtype", None), "kind", "") == "b"


def is_numeric(*arrays):
    return all(array.dtype.kind in "iufc" for array in arrays)


def is_close(a, b):
    """Whether all entries are equal; for floats, up to rounding."""
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape:
        return False
    if is_numeric(a, b) and {a.dtype.kind, b.dtype.kind} - {"i", "u"}:
        return bool(np.allclose(a, b, RTOL, ATOL, equal_nan=True))
    return bool(np.all(a == b))


def name_of(shape):
    if len(shape) == 1:
        return "vector"
    if len(shape) == 2 and 1 in shape and shape != (1, 1):
        return "column" if shape[1] == 1 else "row"
    return ""


def named(shape):
    """Such as `a vector with 3 entries`."""
    name = name_of(shape)
    if not name:
        return f"an array of shape {shape}"
    count = max(shape) if 0 not in shape else 0
    text = f"a {name} with {count} {'entry' if count == 1 else 'entries'}"
    return text if name == "vector" else f"{text}, shape {shape},"


def noun(value):
    """What a value is, such as `a list`; for an array, its shape."""
    if value is None or isinstance(value, bool):
        return str(value)
    if isinstance(value, np.ndarray) and value.dtype.kind == "O":
        return "an array of objects"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if is_number(value):
        return "a number"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if callable(value) and hasattr(value, "__name__"):
        return f"the function {value.__name__} itself, not called,"
    kinds = {str: "text", dict: "a dictionary", range: "a range"}
    name = type(value).__name__
    return kinds.get(type(value)) or f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def short(value):
    """A value as text on one line that is never long, whatever it is."""
    try:
        if isinstance(value, np.ndarray):
            text = np.array2string(
                np.asarray(value), precision=6, threshold=24, edgeitems=2, separator=", "
            ).replace("[ ", "[")
        elif isinstance(value, float):  # np.float64 too
            text = f"{value:.10g}"
        elif isinstance(value, np.generic):
            text = str(value)
        elif type(value) in (tuple, list):
            inner = ", ".join(short(entry) for entry in value[:6])
            inner += ", …" if len(value) > 6 else "," if len(value) == 1 else ""
            text = f"({inner})" if isinstance(value, tuple) else f"[{inner.rstrip(',')}]"
        else:
            text = repr(value)
        return cut(" ".join(text.split()))
    except Exception:
        return noun(value)


def cut(text, length=SHORT):
    return text if len(text) <= length else text[: length - 1] + "…"


if __name__ == "__main__":
    from lesson_extensions.execution.snippets import answer

    answer(problems)
