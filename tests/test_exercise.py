"""An exercise is graded in words of its subject, proven at build, and whole without JavaScript."""

import ast
import base64
import contextlib
import copy
import io
import json
import pickle
import re
import warnings
import zlib

import numpy as np
import pytest

from lesson_extensions.execution import snippets
from lesson_extensions.exercise import differ, grade, prove, reader
from lesson_extensions.exercise.nodes import exercise
from lesson_extensions.shared import values
from lesson_extensions.shared.assets import python_modules
from tests.cells import cells_of
from tests.conftest import DOCTREES, one_site

EXTENSIONS = [
    "myst_nb",
    "lesson_extensions.execution",
    "lesson_extensions.exercise",
    "lesson_extensions.page.mathml",
]
PAGE = """# Projections

## Exercises

::::{exercise} Project one `vector` onto another
:label: project-onto-a-line
:forbids: np.linalg.inv

Write `project(v, u)`: the projection of `v` onto the line along $u$.
See {doc}`this <index>`, or [that](index.md).

:::{starter}
import numpy as np

def project(v, u):
    ...
:::
:::{tests}
project(np.array([1, 3]), np.array([4, 2])) == np.array([2, 1])
project(np.array([0, 5]), np.array([1, 0])) == np.array([0, 0])   # a right angle has no shadow
:::
:::{hidden-tests}
project(np.array([1., 2, 3]), np.array([0, 0, 2.])) == np.array([0, 0, 3])   # three `entries`
:::
:::{hint}
The shadow is a multiple of `u`.
:::
:::{hint}
Which number times `u` leaves a rest that is orthogonal to `u`?
:::
:::{solution}
import numpy as np

def project(v, u):
    return (u @ v) / (u @ u) * u
:::
:::{mistake} You divided by the length of `u`; the formula divides by its square, `u @ u`.
import numpy as np

def project(v, u):
    return (u @ v) / np.linalg.norm(u) * u
:::
:::{mistake} That is the rest, not the shadow.
import numpy as np

def project(v, u):
    return v - (u @ v) / (u @ u) * u
:::
::::

The end.
"""


def replaced(text, *changes):
    """The text with each (old, new) replaced; old must be there, once."""
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def parts_of(text):
    """The code of each part of PAGE, by name, in order."""
    found = {}
    for name, code in re.findall(r"^:::\{([\w-]+)\}.*\n((?:.*\n)*?):::$", text, re.MULTILINE):
        found.setdefault(name, []).append(code.strip("\n"))
    return found


PARTS = parts_of(PAGE)
STARTER, SOLUTION = PARTS["starter"][0], PARTS["solution"][0]
SPEC = {
    "starter": STARTER,
    "tests": PARTS["tests"][0].splitlines(),
    "hidden": PARTS["hidden-tests"][0].splitlines(),
    "hints": ["The shadow is a multiple of u."],
    "solution": SOLUTION,
    "mistakes": [
        {"feedback": "the length", "code": PARTS["mistake"][0]},
        {"feedback": "the rest", "code": PARTS["mistake"][1]},
    ],
    "requires": [],
    "forbids": [],
    "changes": [],
}


def spec(**changes):
    return copy.deepcopy(SPEC) | changes


def messages(program, exercise=SPEC):
    return [test["message"] for test in grade.grade(program, exercise)["tests"]]


def body(line, before=""):
    """A program whose function is this line."""
    return f"import numpy as np\n{before}\ndef project(v, u):\n    {line}\n"


# -- What is wrong with a value ------------------------------------------------------------------


class Odd:
    def __repr__(self):
        raise RuntimeError("no")

    def __eq__(self, other):
        raise RuntimeError("no")

    __hash__ = None


A = np.array
DIFFERENT = [
    # the right values in the wrong shape
    (
        A([[1], [2], [3]]),
        A([1, 2, 3]),
        "right values, but shape (3, 1): you returned a column where a vector with 3 entries is"
        " wanted",
    ),
    (
        A([[1, 2, 4]]),
        A([1, 2, 3]),
        "shape (1, 3): you returned a row where a vector with 3 entries is wanted",
    ),
    (
        A([1, 2]),
        A([[1], [2]]),
        "right values, but shape (2,): you returned a vector where a column with 2 entries, shape"
        " (2, 1), is wanted",
    ),
    (
        A([[1, 2], [3, 4], [5, 6]]),
        A([[1, 3, 5], [2, 4, 6]]),
        "right values, but shape (3, 2): you returned the transpose of what is wanted",
    ),
    (
        A([[1, 2], [3, 4], [5, 6]]),
        A([[1, 2, 3], [4, 5, 6]]),
        "you returned an array of shape (3, 2) where an array of shape (2, 3) is wanted",
    ),
    (
        A([[1, 2], [3, 4]]),
        A([1, 2, 3, 4]),
        "right values, but you returned an array of shape (2, 2) where a vector with 4 entries is"
        " wanted",
    ),
    (A([1, 2, 3]), A([1, 2]), "you returned a vector with 3 entries where one with 2 is wanted"),
    (A([7]), 7, "right value, but you returned an array of shape (1,) where a number is wanted"),
    (A([7, 8]), 7, "you returned an array of shape (2,) where a number is wanted"),
    # the right shape with wrong values
    (
        A([[1, 2], [3, 4]]),
        A([[1, 3], [2, 4]]),
        "right values, but this is the transpose of what is wanted; you returned [[1, 2], [3, 4]]"
        " where [[1, 3], [2, 4]] is wanted",
    ),
    (
        A([-1, 2]),
        A([1, -2]),
        "right but for the sign; you returned [-1, 2] where [1, -2] is wanted",
    ),
    (-3, 3, "right but for the sign; you returned -3 where 3 is wanted"),
    (
        A([2, 4]),
        A([1, 2]),
        "right direction, but 2 times as long as what is wanted; you returned [2, 4] where [1, 2]"
        " is wanted",
    ),
    (
        A([-0.5, -1]),
        A([1, 2]),
        "right line, but the other way, and 0.5 times as long as what is wanted; you returned"
        " [-0.5, -1. ] where [1, 2] is wanted",
    ),
    (
        A([[-2, 4], [6, 8]]),
        A([[1, -2], [-3, -4]]),
        "every entry is -2 times what is wanted; you returned [[-2, 4], [6, 8]] where [[1, -2],"
        " [-3, -4]] is wanted",
    ),
    (
        A([3, 1, 2]),
        A([1, 2, 3]),
        "the right numbers, but in another order; you returned [3, 1, 2] where [1, 2, 3] is wanted",
    ),
    (
        A([4, 4]),
        A([1, 1.5]),
        "you returned [4, 4] where [1. , 1.5] is wanted",
    ),
    (
        A([2, 3]),
        A([1, 2]),
        "every entry is 1 too large; you returned [2, 3] where [1, 2] is wanted",
    ),
    (25, 5, "this is the square of what is wanted; you returned 25 where 5 is wanted"),
    (5, 25, "this is the square root of what is wanted; you returned 5 where 25 is wanted"),
    (
        A([1, 0]),
        A([1.5, 0.2]),
        "the fractions were cut off: an array of int64 holds whole numbers only; you returned"
        " [1, 0] where [1.5, 0.2] is wanted",
    ),
    (2.0, 2.5, "the fractions were cut off; you returned 2 where 2.5 is wanted"),
    (
        A([0.33, 0.67]),
        A([1 / 3, 2 / 3]),
        "right, but rounded to 2 decimals: give all of them; you returned [0.33, 0.67] where"
        " [0.333333, 0.666667] is wanted",
    ),
    (
        1.000001,
        1,
        "close, but not close enough: the largest difference is 1.0e-06; you returned 1.000001"
        " where 1 is wanted",
    ),
    (
        A([np.nan, 1]),
        A([1, 1]),
        "NaN, not a number, came out in 1 of 2 entries: was something divided by zero? you"
        " returned [nan, 1.] where [1, 1] is wanted",
    ),
    (
        np.inf,
        1,
        "infinity came out: was something divided by zero? you returned inf where 1 is wanted",
    ),
    (
        A([1, 2, 4]),
        A([1, 2, 3]),
        "1 of 3 entries is wrong, at [2]; you returned [1, 2, 4] where [1, 2, 3] is wanted",
    ),
    (
        A([[1, 7], [8, 4]]),
        A([[1, 2], [3, 4]]),
        "2 of 4 entries are wrong, the first at [0, 1]; you returned [[1, 7], [8, 4]] where"
        " [[1, 2], [3, 4]] is wanted",
    ),
    (1001, 1000, "you returned 1001 where 1000 is wanted"),
    (2**63 - 1, 2**63 - 2, "you returned 9223372036854775807 where 9223372036854775806 is wanted"),
    (10**400, 1, f"you returned 1{'0' * 98}… where 1 is wanted"),
    # another kind of thing
    (None, A([1, 2]), "you returned None: is a `return` missing?"),
    (None, 3, "you returned None: is a `return` missing?"),
    (..., 3, "the dots `...` are still where your code belongs"),
    (
        [1, 2],
        A([1, 2]),
        "right values, but you returned a list where an array is wanted: `np.array` makes one",
    ),
    ((1, 3), A([1, 2]), "you returned a tuple where an array is wanted: `np.array` makes one"),
    ([1, [2]], A([1, 2]), "you returned a list where an array is wanted: `np.array` makes one"),
    (3, A([1, 2]), "you returned a number, 3, where a vector with 2 entries is wanted"),
    (
        3,
        A([[1, 2]]),
        "you returned a number, 3, where a row with 2 entries, shape (1, 2), is wanted",
    ),
    ("ab", A([1, 2]), "you returned text where a vector with 2 entries is wanted"),
    (
        A([A([1]), A([1, 2])], dtype=object),
        A([1, 2]),
        "you returned an array of objects where a vector with 2 entries is wanted: do its rows"
        " differ in length?",
    ),
    (A(["1", "2"]), A([1, 2]), "you returned an array of text where numbers are wanted"),
    (
        A([True, False]),
        A([1, 0]),
        "you returned True and False where numbers are wanted; you returned [True, False] where"
        " [1, 0] is wanted",
    ),
    (
        A([1, 0]),
        A([True, False]),
        "you returned numbers where True and False are wanted; you returned [1, 0] where"
        " [True, False] is wanted",
    ),
    (1, True, "you returned 1 where True or False is wanted"),
    (True, 1, "you returned True where a number is wanted"),
    (
        A([1 + 2j, 2]),
        A([1, 2]),
        "the real parts are right, but complex numbers came out where real ones are wanted; you"
        " returned [1.+2.j, 2.+0.j] where [1, 2] is wanted",
    ),
    (len, 3, "you returned the function len itself, not called, where a number is wanted"),
    (int, 3, "you returned the class int where a number is wanted"),
    ({}, 3, "you returned a dictionary where a number is wanted"),
    ([2, 3], (2, 3), "you returned a list where a tuple of 2 is wanted"),
    (
        (2, 3, 1),
        (2, 3),
        "you returned 3 values where 2 are wanted; you returned (2, 3, 1) where (2, 3) is wanted",
    ),
    (
        (2, 4),
        (2, 3),
        "value 2 of 2: another is wanted; you returned (2, 4) where (2, 3) is wanted",
    ),
    (
        (A([1, 2]), A([3])),
        (A([1, 2]), A([[3]])),
        "value 2 of 2: right values, but shape (1,): you returned a vector where an array of shape"
        " (1, 1) is wanted",
    ),
    ("a", "b", "you returned 'a' where 'b' is wanted"),
    (
        np.dtype("i8"),
        np.dtype("f8"),
        "you returned dtype('int64') where dtype('float64') is wanted",
    ),
    (3, None, "you returned a number; you returned 3 where None is wanted"),
    (Odd(), 3, "you returned an Odd where a number is wanted"),
    (Odd(), "a", "you returned an Odd where text is wanted"),
]


@pytest.mark.parametrize(("got", "wanted", "said"), DIFFERENT, ids=[one[2] for one in DIFFERENT])
def test_a_wrong_value_gets_a_message_that_says_in_which_way(got, wanted, said):
    assert differ.difference(got, wanted)[1] == said


@pytest.mark.parametrize(
    ("got", "wanted"),
    [
        (A([2.0, 1.0]), A([2, 1])),
        (A([0.1 + 0.2]), A([0.3])),
        (np.float64(3), 3),
        (A(5.0), 5),
        (A([1 + 0j, 2]), A([1, 2])),
        (A([np.nan, np.inf]), A([np.nan, np.inf])),
        (np.True_, True),
        (A([True]), A([True])),
        (A(["a"]), A(["a"])),
        ((2, 3), (2, 3)),
        ((A([1.0]), 2), (A([1]), 2)),
        ([1, 2], [1, 2]),
        ("a", "a"),
        (None, None),
        (np.dtype(float), "float64"),
        (np.array([]), np.array([])),
    ],
)
def test_equal_values_are_equal(got, wanted):
    assert differ.difference(got, wanted) is None


def test_what_a_value_is_compared_with_is_kept_from_hidden_checks():
    """Nothing that is wanted is in the first text, which is the one for hidden checks."""
    for got, wanted, _ in DIFFERENT:
        said, shown = differ.difference(got, wanted)
        assert said and "returned" not in said.partition(";")[2]
        if shown.endswith(f"where {differ.short(wanted)} is wanted"):
            assert f"where {differ.short(wanted)} is wanted" not in said


def test_the_message_of_a_hidden_check_does_not_tell_what_is_wanted():
    exercise = spec(tests=["f() == 12345"], hidden=["f() == 12345  # the number"])

    shown, hidden = messages("def f():\n    return 1", exercise)
    assert "12345" in shown
    assert hidden and "12345" not in hidden


def test_a_variable_is_not_said_to_be_returned():
    exercise = spec(tests=["x == np.array([1, 2])"], hidden=["x.sum() == 3  # the sum"])

    (first, second) = messages("import numpy as np\nx = np.array([[1], [2]])", exercise)
    assert first == (
        "right values, but shape (2, 1): your value is a column where a vector with 2 entries is"
        " wanted"
    )
    assert second == ""
    assert messages("x = None", exercise)[0] == "your value is None"


def test_what_is_shown_of_a_value_is_never_long():
    values = (np.zeros((300, 300)), list(range(10**5)), "x" * 10**6, {i: i for i in range(10**4)})
    for value in values:
        assert len(differ.short(value)) <= differ.SHORT


# -- What is wrong with a program ----------------------------------------------------------------


def test_an_error_names_its_line_in_the_reader_s_code():
    assert messages(body("return v @ np.ones((3, 3))", "# two\n"))[0].endswith(
        "(line 5: `return v @ np.ones((3, 3))`)"
    )
    assert messages(body("return 1 / 0"))[0] == (
        "ZeroDivisionError: division by zero (line 4: `return 1 / 0`)"
    )
    assert messages(body("raise SystemExit"))[0] == "SystemExit (line 4: `raise SystemExit`)"


def test_an_error_that_cannot_be_read_is_named():
    code = body("raise E", "class E(Exception):\n    def __str__(self): raise self\n")

    assert messages(code)[0] == "E (line 6: `raise E`)"


@pytest.mark.parametrize(
    ("program", "error"),
    [
        (
            "x = 1\nretrun x",
            r"SyntaxError: invalid syntax.* \(line 2: `retrun x`\)",
        ),
        ("def f():\nreturn", r"IndentationError: expected .*\(line 2: `return`\)"),
        ("x = 1\nx.y", r"AttributeError: 'int' object has no attribute 'y' \(line 2: `x\.y`\)"),
        (
            "x = np.array([1])",
            r"NameError: name 'np' is not defined; `import numpy as np` is missing"
            r" \(line 1: `x = np\.array\(\[1\]\)`\)",
        ),
        ("x = '\0'", r"(SyntaxError|ValueError): source code .*cannot contain null bytes"),
    ],
)
def test_a_program_that_does_not_run_says_so_once(program, error):
    result = grade.grade(program, SPEC)

    assert re.fullmatch(error, result["error"])
    assert not result["passed"] and not any(test["passed"] for test in result["tests"])
    assert {test["message"] for test in result["tests"]} == {""}


def test_what_is_not_defined_is_named():
    assert messages("import numpy as np") == ["your code defines no `project`"] * 3
    assert messages(body("return w"))[0].startswith("NameError: name 'w' is not defined (line 4")
    assert messages("def project(v): ...")[0].startswith("TypeError: project() takes 1 positional")


def test_what_a_program_prints_is_kept_once_and_not_what_hidden_checks_print():
    result = grade.grade(body("print(v)", "print('begin')"), SPEC)

    assert result["printed"] == "begin\n[1 3]\n[0 5]\n"


def test_endless_printing_is_cut():
    printed = grade.grade("for i in range(10_000): print(i, end=' ')", SPEC)["printed"]

    assert len(printed) <= reader.PRINTED + 20 and printed.endswith("… and more\n")


def test_warnings_and_settings_stay_in_the_program():
    before = np.geterr(), np.get_printoptions(), warnings.filters.copy()
    code = body("return np.array([1]) / 0", "np.seterr(all='ignore'); np.set_printoptions(3)")

    assert messages(code)[0].startswith("you returned a vector with 1 entry where one with 2")
    assert messages(body("return v / 0"))[0].startswith("infinity came out in 2 of 2 entries")
    assert (np.geterr(), np.get_printoptions(), warnings.filters) == before


def test_no_check_sees_what_another_changed():
    exercise = spec(
        tests=["grow(1) == [1]", "grow(2) == [2]", "values.append(5) == None", "values == []"],
        hidden=["values == []  # nothing is left over"],
    )

    assert grade.grade(
        "values = []\ndef grow(x):\n    values.append(x)\n    return values", exercise
    )["passed"]


def test_a_program_begins_anew_for_each_check():
    exercise = spec(tests=["seen == False", "seen == False"], hidden=["seen == False  # again"])

    assert grade.grade("seen = 'seen' in globals()", exercise)["passed"]


def test_what_is_wanted_is_what_it_was_before_the_reader_s_code_changed_it():
    exercise = spec(tests=["double(values) == 2 * values"], hidden=["len(values) == 2  # two"])
    program = (
        "from numpy import array\nvalues = array([1, 2])\ndef double(x):\n    x *= 2\n    return x"
    )

    assert grade.grade(program, exercise | {"changes": ["x"]})["passed"]


def test_a_program_that_hides_numpy_does_not_change_the_checks():
    assert grade.grade(SOLUTION + "\nnp = None\narray = sum = len = None", SPEC)["passed"]


def test_an_expression_must_be_true_and_not_merely_something():
    for value, holds in (
        ("True", True), ("np.True_", True), ("np.array([True, True])", True), ("[0]", True),
        ("False", False), ("None", False), ("...", False), ("np.array([True, False])", False),
        ("np.array([])", False),
    ):  # fmt: skip
        exercise = spec(tests=["project(1, 2)"], hidden=["project(1, 2) # it"], mistakes=[])
        result = grade.grade(body(f"return {value}"), exercise)
        assert result["passed"] is holds, value
        assert result["tests"][0]["message"] == ("" if holds else "this does not hold")


def test_a_hash_in_a_string_begins_no_comment():
    check = grade.Check("f('#') == '#'  # a hash # twice")

    assert (check.source, check.comment) == ("f('#') == '#'", "a hash # twice")


# -- A judgement of its own ---------------------------------------------------------------------

MIDPOINT = {
    "tests": ["midpoint(np.array([2, 8]), np.array([6, 4])) == np.array([4, 6])"],
    "hidden": [
        "np.allclose(midpoint(np.array([1, 2]), np.array([4, 6])), [2.5, 4])  # a half",
        "abs(midpoint(np.array([3]), np.array([6]))[0] - 4.5) < 1e-9  # one entry",
    ],
    "mistakes": [{"feedback": "halved", "code": "def midpoint(p, q):\n    return p + q / 2"}],
    "requires": [],
    "forbids": [],
}
LIAR = """
class Liar{0}:
    __array_ufunc__ = __array_function__ = lambda self, *args, **options: True
    __eq__ = __lt__ = __sub__ = __abs__ = __getitem__ = lambda self, *other: self
    __bool__ = lambda self: True
    __array__ = lambda self, *args, **options: np.array([4, 6])
"""
TRICKS = {  # what a program does before it gives a wrong answer
    "NumPy's comparisons": "np.allclose = np.array_equal = np.isclose = lambda *a, **k: True",
    "NumPy's reductions": "np.all = lambda *a, **k: True\nnp.abs = lambda x: 0 * x",
    "inside of NumPy": "from numpy._core import numeric as n\nn.isclose = lambda *a, **k: True",
    "asarray": "np.asarray = lambda *a, **k: np.array([4, 6])",
    "deleted": "del np.allclose, np.dot, np.linalg",
    "another NumPy": "import sys\nsys.modules['numpy'] = sys.modules['numpy.linalg'] = None",
    "builtins": "import builtins\nbuiltins.abs = lambda x: 0\nbuiltins.len = builtins.all = None",
    "shadows": "abs = lambda x: 0\n__builtins__ = {}",
    "grader": "import lesson_extensions.exercise.grade as g\ng.difference = lambda *a: None",
    "values": "from lesson_extensions.shared import values as v\nv.is_close = lambda *a: True",
    "an error": "np.linalg.LinAlgError.__str__ = None",
    "a patched class": "np.errstate.__exit__ = lambda *a: True",
    "settings": "np.seterr(all='raise')\nnp.set_printoptions(2, formatter={'all': lambda x: 'x'})",
    "streams": "import sys\nsys.stdout = sys.stderr = None",
    "the depth of calls": "import sys\nsys.setrecursionlimit(170)",
    "warnings": "import warnings\nwarnings.simplefilter('error')\nwarnings.warn = None",
    "the system": "import os\nos.environ.clear()\nos.chdir('/')",
    "decimals": "import decimal\ndecimal.getcontext().prec = 2",
    "random numbers": "import random\nrandom.seed(5)\nnp.random.seed(5)\nrandom.random = None",
}  # fmt: skip


def indented(code):
    return "".join(f"    {line}\n" for line in code.splitlines())


@pytest.mark.parametrize("when", ["before", "in a call"])
@pytest.mark.parametrize("name", TRICKS)
def test_what_a_program_does_to_python_reaches_no_judgement(name, when):
    trick = TRICKS[name]
    code = "import numpy as np\n" + (trick if when == "before" else "")
    inside = indented(trick) if when == "in a call" else ""
    before = state_of_python()
    try:
        wrong, right = (
            grade.grade(f"{code}\ndef midpoint(p, q):\n{inside}    return {value}", MIDPOINT)
            for value in ("p", "(p + q) / 2")
        )
    finally:
        after = state_of_python()

    assert [test["passed"] for test in wrong["tests"]] == [False] * 3
    assert right["passed"] and after == before
    assert grade.grade("def midpoint(p, q): return (p + q) / 2", MIDPOINT)["passed"]


def state_of_python():
    """Names and settings that a program could change, by what they are."""
    import builtins
    import os
    import sys

    modules = (np, np.linalg, builtins, sys, values, grade, warnings)
    names = {
        (module.__name__, name): id(value)
        for module in modules
        for name, value in vars(module).items()
        if not name.startswith(("last_", "_filters"))
    }
    settings = repr((np.geterr(), np.get_printoptions(), sys.getrecursionlimit(), os.getcwd()))
    return names, settings, {**os.environ}, [*warnings.filters], np.random.get_state()[1].tolist()


@pytest.mark.parametrize("base", ["", "(np.ndarray)", "(float)", "(list)", "(str)", "(dict)"])
@pytest.mark.parametrize(
    "tests", [MIDPOINT["tests"], MIDPOINT["hidden"], ["midpoint(1, 1) == 'a'"]]
)
def test_a_value_is_not_asked_whether_it_is_right(tests, base):
    code = f"import numpy as np\n{LIAR.format(base)}\ndef midpoint(p, q):\n    return VALUE"
    value = "np.ones(2).view(Liar)" if "array" in base else "Liar()"
    result = grade.grade(code.replace("VALUE", value), MIDPOINT | {"tests": tests})

    assert not any(test["passed"] for test in result["tests"])


def test_a_class_that_an_exercise_asks_for_may_say_what_equals_it():
    exercise = MIDPOINT | {"tests": ["Point(1) + Point(2) == Point(3)", "Point(1).x == 1"]}
    exercise |= {"hidden": ["add(Point(1), Point(3)) == Point(4)  # a function"], "mistakes": []}
    code = """class Point:
    def __init__(self, x): self.x = x
    def __add__(self, other): return Point(self.x + other.x)
    def __eq__(self, other): return self.x == other.x
def add(p, q): return p + q"""

    assert grade.grade(code, exercise)["passed"]


def test_what_a_cell_of_the_page_did_to_numpy_is_neither_seen_nor_lost(monkeypatch):
    def false(*args, **options):
        return True

    monkeypatch.setattr(np, "allclose", false)
    monkeypatch.setattr(np, "all", false)
    with np.errstate(all="raise"), np.printoptions(precision=3):
        assert not grade.grade("def midpoint(p, q): return p", MIDPOINT)["passed"]
        assert grade.grade("def midpoint(p, q): return (p + q) / 2", MIDPOINT)["passed"]
        assert (np.allclose, np.geterr()["over"]) == (false, "raise")
        assert np.get_printoptions()["precision"] == 3


def test_a_program_runs_in_the_numpy_that_it_made():
    code = """import numpy as np
np.seterr(divide="raise")
np.half_way = lambda p, q: (p + q) / 2
def midpoint(p, q):
    try:
        p / 0
    except FloatingPointError:
        return np.half_way(p, q)"""

    assert grade.grade(code, MIDPOINT)["passed"]


def test_a_mistake_with_random_numbers_is_the_same_each_time():
    exercise = spec(mistakes=mistakes(body("return np.random.random(2)")))

    assert prove.prove(exercise) == []


# -- Arguments ----------------------------------------------------------------------------------

CHANGED = [
    ("p += q\n    return p / 2", "p"),
    ("q[0] += p[0]; s = p + q; s[0] -= p[0]\n    return s / 2", "q"),
    ("m = (p + q) / 2; p.sort(); p[::-1].sort(); p.fill(0); q *= 0\n    return m", "p` and `q"),
    ("m = (p + q) / 2; p.shape = (-1, 1)\n    return m", "p"),
    ("m = (p + q) / 2; p.dtype = 'u8'\n    return m", "p"),
    ("m = (p + q) / 2; p[...] = m\n    return m", "p"),
    ("p, m = p.astype(float), (p + q) / 2; p += 1\n    return m", ""),
    ("p = p + q\n    return p / 2", ""),
    ("return np.mean([p, q], axis=0)", ""),
]


@pytest.mark.parametrize(("line", "names"), CHANGED, ids=[one[0] for one in CHANGED])
def test_a_program_that_changes_its_argument_is_told(line, names):
    code = f"import numpy as np\ndef midpoint(p, q):\n    {line}"
    it = "them" if " and " in names else "it"
    said = f"you changed `{names}`; whoever passed {it} finds {it} changed" if names else ""
    result = grade.grade(code, MIDPOINT | {"mistakes": []})

    assert result["passed"] is not bool(names)
    assert result["tests"][0]["message"] == said
    assert grade.grade(code, MIDPOINT | {"changes": ["p", "q"]})["passed"]


@pytest.mark.parametrize(
    ("call", "line"),
    [
        ("f([3, 1, 2])", "x.sort()"),
        ("f([[3], [1, 2]])", "x[1].append(3)"),
        ("f({'a': [1]})", "x['a'].clear()"),
        ("f((1, [2]))", "x[1][0] = 3"),
        ("f([np.zeros(2)])", "x[0][1] = 3"),
        ("f(np.zeros((2, 2))[0])", "x[1] = 3"),
        ("f(np.zeros((2, 2))[0])", "x.base[1] = 3"),
        ("f(np.zeros((2, 2)).T)", "x[1, 0] = 3"),
        ("f(np.array([[1], 2], dtype=object))", "x[0].append(3)"),
        ("f(x=[1])", "x *= 2"),
        ("f({1, 2})", "x.add(3)"),
        ("[f(row) for row in np.eye(2)][0]", "x[1] = 3"),
    ],
)
def test_a_change_is_found_wherever_it_is(call, line):
    exercise = MIDPOINT | {"tests": [f"{call} == 1"], "hidden": [f"{call} == 1  # it"]}
    same, other = (f"def f(x):\n    {one}\n    return 1" for one in ("...", line))

    assert grade.grade(same, exercise)["passed"]
    result = grade.grade(other, exercise)
    assert [test["message"] for test in result["tests"]] == [
        "you changed `x`; whoever passed it finds it changed"
    ] * 2


def test_a_known_mistake_is_known_although_an_argument_was_changed_too():
    exercise = spec(mistakes=[*SPEC["mistakes"], {"feedback": "changed", "code": body("v *= 2")}])

    changing = body("v -= 1; v += 1; w = v - (u @ v) / (u @ u) * u; v[0] += 1\n    return w")
    assert grade.grade(changing, exercise)["feedback"] == "the rest"
    assert grade.grade(body("v += v"), exercise)["feedback"] == "changed"
    assert grade.grade(body("pass"), exercise)["feedback"] == ""
    assert "; you changed `v`; whoever passed it finds it changed" in messages(changing)[0]


def test_what_may_be_changed_is_a_parameter_that_the_solution_changes():
    sentence = "the solution changes no `w`; delete it from `:changes:`, or have the solution do so"

    assert prove.problems(spec(changes=["w"])) == [("changes", 0, sentence)]


# -- Known mistakes ------------------------------------------------------------------------------


def test_a_known_mistake_gets_its_feedback_however_it_is_written():
    longer = body(
        "length = (u ** 2).sum() ** 0.5\n    return u * sum(a * b for a, b in zip(u, v)) / length"
    )

    assert grade.grade(longer, SPEC)["feedback"] == "the length"
    assert grade.grade(PARTS["mistake"][1], SPEC)["feedback"] == "the rest"
    assert grade.grade(body("return v"), SPEC)["feedback"] == ""
    assert grade.grade(SOLUTION, SPEC)["feedback"] == ""


def test_a_mistake_is_known_by_its_error_too():
    exercise = spec(mistakes=[{"feedback": "shapes", "code": body("return v @ np.ones((9, 9))")}])

    assert grade.grade(body("w = np.ones((9, 9))\n    return v @ w"), exercise)["feedback"]
    assert not grade.grade(body("return v @ np.ones((8, 8))"), exercise)["feedback"]
    assert not grade.grade(body("raise ValueError"), exercise)["feedback"]


def test_a_mistake_in_one_check_alone_is_not_that_mistake():
    code = body("return (u @ v) / np.linalg.norm(u) * u if len(u) == 2 else u")

    assert messages(code)[0] == messages(PARTS["mistake"][0])[0]
    assert grade.grade(code, SPEC)["feedback"] == ""


# -- Functions that must or must not be called ---------------------------------------------------

SOLVE = {
    "starter": "import numpy as np\n\ndef solve(A, b):\n    ...",
    "tests": ["solve(np.array([[2., 0], [0, 4]]), np.array([2., 4])) == np.array([1, 1])"],
    "hidden": ["np.linalg.inv(np.eye(2)) @ solve(np.eye(2), np.ones(2)) == np.ones(2)  # I"],
    "hints": ["h"],
    "solution": "import numpy as np\n\ndef solve(A, b):\n    return np.linalg.solve(A, b)",
    "mistakes": [
        {
            "feedback": "no inverse",
            "code": "import numpy as np\n\ndef solve(A, b):\n    return np.linalg.inv(A) @ b",
        }
    ],
    "requires": ["np.linalg.solve"],
    "forbids": ["np.linalg.inv"],
    "changes": [],
}


def test_a_call_is_seen_by_what_runs_and_not_by_the_text():
    assert prove.prove(SOLVE) == []
    assert grade.grade("from numpy.linalg import solve  # no np.linalg.inv", SOLVE)["passed"]
    assert messages("import numpy.linalg as la\ndef solve(A, b): return la.inv(A) @ b", SOLVE) == [
        "",
        "your code never calls `np.linalg.solve`",
        "your code calls `np.linalg.inv` (line 2: `def solve(A, b): return la.inv(A) @ b`): find a"
        " way without it",
        "",
    ]


def test_a_call_has_a_comment_that_says_what_is_asked():
    tests = grade.grade(SOLVE["solution"], SOLVE)["tests"]

    assert [test["comment"] for test in tests] == [
        "",
        "calls `np.linalg.solve`",
        "does not call `np.linalg.inv`",
        "I",
    ]
    assert [test["hidden"] for test in tests] == [False, False, False, True]


def test_a_right_answer_by_a_forbidden_way_is_a_mistake_that_is_known():
    result = grade.grade(SOLVE["mistakes"][0]["code"], SOLVE)

    assert (result["passed"], result["feedback"]) == (False, "no inverse")


@pytest.mark.parametrize(
    ("forbidden", "program", "called"),
    [
        ("np.linalg.inv", "np.linalg.solve(A, A); np.linalg.matrix_power(A, 2)", 0),
        ("np.linalg.inv", "np.apply_along_axis(np.linalg.inv, 0, A)", 1),
        ("np.linalg.norm", "np.polynomial.polynomial.polyfit([1, 2], [1, 2], 1)", 0),
        ("np.linalg.norm", "np.apply_along_axis(np.linalg.norm, 1, A)", 1),
        ("np.linalg.lstsq", "np.polyfit([1, 2], [1, 2], 1)", 0),
        ("np.dot", "A @ A; np.cov(A)", 0),
        ("np.abs", "np.absolute(A)", 1),
        ("np.add", "np.add(A, A)", 1),
        ("np.dot", "list(map(np.dot, A, A))", 1),
    ],
)
def test_what_numpy_calls_inside_is_not_what_the_reader_calls(forbidden, program, called):
    exercise = SOLVE | {"requires": [], "forbids": [forbidden]}
    body = f"    try:\n        {program}\n    except np.linalg.LinAlgError: ...\n    return b"
    code = f"import numpy as np\ndef solve(A, b):\n{body}"

    assert messages(code, exercise)[1].startswith("your code calls" if called else "") is True
    assert bool(messages(code, exercise)[1]) is bool(called)


def test_functions_that_are_counted_work_as_before_and_are_put_back():
    before = np.add, np.linalg.norm
    exercise = SOLVE | {"requires": ["np.add", "np.linalg.norm"], "forbids": []}
    code = """import numpy as np
def solve(A, b):
    assert np.add.reduce([1, 2]) == 3 and np.linalg.norm.__name__ == "norm" and np.add(1, 2) == 3
    return b / b * np.linalg.norm([1])"""

    assert messages(code, exercise)[1:3] == ["", ""]
    assert (np.add, np.linalg.norm) == before


# -- What is proven of an exercise ---------------------------------------------------------------


def test_a_right_exercise_has_no_problems():
    assert prove.prove(SPEC) == []


def mistakes(*codes):
    return [{"feedback": f"number {i}", "code": code} for i, code in enumerate(codes, 1)]


NOT_BEGUN = mistakes(body("pass  # nothing is returned"))
PROBLEMS = [
    (
        {"solution": PARTS["mistake"][1]},
        "the solution fails `project(np.array([1, 3]), np.array([4, 2])) == np.array([2, 1])`: ",
    ),
    ({"solution": "x ="}, "the solution does not run: SyntaxError: invalid syntax (line 1: `x =`)"),
    ({"starter": SOLUTION}, "the starter passes all checks; leave something to do"),
    (
        {"starter": "import numpy as np\nnp.eye(2) @ None"},
        "the starter does not run, nor would its notebook: ",
    ),
    ({"mistakes": mistakes(SOLUTION)}, "the mistake “number 1” passes all checks"),
    (
        {"mistakes": mistakes(PARTS["mistake"][0], body("return u * (u @ v) / (u @ u) ** 0.5"))},
        "the mistake “number 2” does what “number 1” does in every check; ",
    ),
    ({"mistakes": NOT_BEGUN}, "the mistake “number 1” does what the starter does in every check"),
    (
        {"mistakes": mistakes(body("return np.random.default_rng().random(2)"))},
        "the mistake “number 1” does not do the same twice: it cannot be known",
    ),
    (
        {"tests": ["x = 1"]},
        "`x = 1` is no Python expression (invalid syntax); a check is one, on one line",
    ),
    ({"tests": ["f(1", "f(2)"]}, "`f(1` is no Python expression ('(' was never closed)"),
    ({"tests": ["# only a comment"]}, "`# only a comment` is no Python expression"),
    (
        {"hidden": ["project(1, 1) == 1"]},
        "`project(1, 1) == 1` has no comment; end the line with `# what it is about`",
    ),
    (
        {"tests": ["project(np.ones(2), np.ones(2)) == project(np.ones(2), 2 * np.ones(2))"]},
        "the right side of `project(np.ones(2), np.ones(2)) == project(np.ones(2), 2 *"
        " np.ones(2))` calls `project`, which the reader writes; ",
    ),
    (
        {"requires": ["np.linalg.invert"]},
        "NumPy has no function `np.linalg.invert`; write one such as np.linalg.inv",
    ),
    ({"forbids": ["linalg.inv"]}, "NumPy has no function `linalg.inv`"),
    ({"forbids": ["np.matrix"]}, "NumPy has no function `np.matrix`"),
    (
        {"requires": ["np.linalg.inv"]},
        "the solution fails “calls `np.linalg.inv`”: your code never",
    ),
]


@pytest.mark.parametrize(("changes", "sentence"), PROBLEMS, ids=[one[1] for one in PROBLEMS])
def test_what_is_wrong_with_an_exercise_is_said(changes, sentence):
    assert any(problem.startswith(sentence) for problem in prove.prove(spec(**changes)))


def test_a_mistake_that_is_first_is_not_blamed_for_its_double():
    changes = {"mistakes": mistakes(PARTS["mistake"][0], PARTS["mistake"][0])}

    assert [problem[:2] for problem in prove.problems(spec(**changes))] == [("mistakes", 1)]


OTHER = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.MatMult: ast.Mult,
    ast.FloorDiv: ast.Div, ast.Mod: ast.Mult, ast.Pow: ast.Mult,
}  # fmt: skip


def changed(code):
    """Yield the code with one number or one operator changed, for each in it."""
    for index, _ in enumerate(ast.walk(ast.parse(code))):
        tree = ast.parse(code)
        node = list(ast.walk(tree))[index]
        if isinstance(node, ast.BinOp) and type(node.op) in OTHER:
            node.op = OTHER[type(node.op)]()
        elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
            node.value += 1
        else:
            continue
        yield ast.unparse(tree)


def changed_exercises(original):
    """Yield (what, exercise) for each change that proof must not survive."""
    for code in changed(original["solution"]):
        yield code, original | {"solution": code}
    for part in ("tests", "hidden"):
        for index, line in enumerate(original[part]):
            check = grade.Check(line)
            for right in changed(check.right_source):
                wrong = f"{check.left_source} == {right}  # {check.comment}"
                lines = [*original[part][:index], wrong, *original[part][index + 1 :]]
                yield wrong, original | {part: lines}
    for index, mistake in enumerate(original["mistakes"]):
        wrong = original["mistakes"].copy()
        wrong[index] = mistake | {"code": original["solution"]}
        yield mistake["feedback"], original | {"mistakes": wrong}


@pytest.mark.parametrize("original", [SPEC, SOLVE], ids=["project", "solve"])
def test_each_change_of_a_solution_a_right_side_or_a_mistake_is_found(original):
    everything = list(changed_exercises(original))

    assert len(everything) >= 4
    for what, one in everything:
        assert prove.prove(one) != [], what


# -- The directive -------------------------------------------------------------------------------


@pytest.fixture
def page(shared_site):
    """A site with the page, built with no warning."""
    link = "[text](#project-onto-a-line), {ref}`project-onto-a-line`"
    other = f"---\norphan: true\n---\n# P\n\n{link}\n\n:::{{hint}}\nTry it.\n:::\n"
    site = shared_site({"index.md": PAGE, "other.md": other})
    assert site.warnings == ""
    return site


def test_without_javascript_everything_is_on_the_page(page):
    section = page.html("index").select_one("section#project-onto-a-line.la-exercise")

    assert section.h3.get_text() == "Exercise Project one vector onto another"
    assert section["aria-labelledby"] == section.h3["id"]
    assert section.select_one(".la-exercise__starter pre").get_text().strip() == STARTER
    checks = section.select_one(".la-exercise__checks")
    assert [item.get_text(strip=True, separator=" ") for item in checks.select("li")] == [
        "project(np.array([1, 3]), np.array([4, 2])) == np.array([2, 1])",
        "project(np.array([0, 5]), np.array([1, 0])) == np.array([0, 0]) : a right angle has no"
        " shadow",
        "does not call np.linalg.inv",
    ]
    assert checks.select("p")[-1].get_text() == "One more is hidden."
    folds = [fold.summary.get_text() for fold in section.select("details")]
    assert folds == ["Hint 1", "Hint 2", "Solution"]
    assert section.select_one("details:last-of-type pre").get_text().strip() == SOLUTION
    assert not section.select("details[open]")


def test_the_title_is_below_that_of_its_section_and_not_in_the_contents(page):
    site = page
    text = (site.app.outdir / "index.html").read_text("utf-8")

    assert "la-exercise__title" in text
    assert text.count("Project one") == 1  # the page's own contents list sections only


def test_hidden_checks_and_mistakes_are_not_there_to_be_read(page):
    html = str(page.html("index"))

    assert "three `entries`" not in html and "the formula divides" not in html
    assert "That is the rest" not in html


def test_the_script_gets_what_the_grader_needs(page):
    site = page
    data = json.loads(site.html("index").select_one(".la-exercise > script").string)
    kept = json.loads(zlib.decompress(base64.b64decode(data["pack"])))

    assert data["label"] == "project-onto-a-line"
    assert grade.grade(SOLUTION, kept)["passed"]
    assert grade.grade(PARTS["mistake"][0], kept)["feedback"].startswith("You divided")
    assert grade.grade_packed(data["pack"], SOLUTION)["passed"]
    assert set(python_modules(site.app)) >= {grade.__name__, differ.__name__, values.__name__}


def test_its_label_can_be_linked_to(page):
    links = page.html("other").select("p a")
    assert [one["href"] for one in links] == ["index.html#project-onto-a-line"] * 2
    assert links[0].get_text() == "text" and "Project one" in links[1].get_text()


def test_the_neutral_attributes_are_there(page):
    (node,) = page.app.env.get_doctree("index").findall(exercise)

    assert (node["task"], node["task_kind"]) == ("project-onto-a-line", "exercise")
    assert node["ids"] == ["project-onto-a-line"]
    assert node["spec"]["forbids"] == ["np.linalg.inv"]
    assert prove.prove(pickle.loads(pickle.dumps(node))["spec"]) == []


def test_python_in_it_lies_in_a_container_that_says_so(page):
    site = page
    for block in site.app.env.get_doctree("index").findall():
        if block.tagname == "literal_block":
            above = block
            while "la-exercise" not in above.get("classes", []):
                above = above.parent


def line_of(old, page=PAGE):
    return page[: page.index(old)].count("\n") + 1


HIDDEN = ":::{hidden-tests}\n" + PARTS["hidden-tests"][0] + "\n:::\n"
HINTS = "".join(f":::{{hint}}\n{hint}\n:::\n" for hint in PARTS["hint"])
WARNINGS = [
    (
        (":forbids: np.linalg.inv", ":forbids: np.linalg.invert"),
        5,
        "NumPy has no function `np.linalg.invert`",
    ),
    (
        (HIDDEN, ""),
        5,
        "this exercise has no {hidden-tests}; add `:::{hidden-tests}`: an exercise has a starter",
    ),
    ((HINTS, ""), 5, "this exercise has no {hint}; add `:::{hint}`"),
    (
        (HIDDEN + HINTS, ""),
        5,
        "this exercise has no {hidden-tests} and no {hint}; add `:::{hidden-tests}` and"
        " `:::{hint}`: an exercise has",
    ),
    (
        (HIDDEN, HIDDEN + ":::{solution}\nx\n:::\n"),
        ":::{solution}\nimport",
        "a second {solution}; leave one of them",
    ),
    (
        (HIDDEN, HIDDEN + ":::{mistake} F.\n:::\n"),
        ":::{mistake} F.",
        "this {mistake} is empty; write its code",
    ),
    (
        (" That is the rest, not the shadow.", ""),
        ":::{mistake}\n",
        "this mistake has no feedback; write what its maker should read",
    ),
    (
        ("== np.array([0, 0, 3])", "== np.array([0, 0, 4])"),
        ":::{solution}",
        "the solution fails `project(np.array([1., 2, 3]), np.array([0, 0, 2.])) == np.array([0,"
        " 0, 4])`: 1 of 3 entries is wrong, at [2]; you returned [0., 0., 3.] where [0, 0, 4] is"
        " wanted",
    ),
    (
        ("project(np.array([0, 5])", "x = project(np.array([0, 5])"),
        "x = project(",
        "is no Python expression",
    ),
    (("   # three `entries`", ""), "project(np.array([1., 2, 3])", "has no comment; end the line"),
    (("    ...\n", "    ...\n\nproject(1)\n"), ":::{starter}", "the starter does not run"),
    (
        ("return v - (u @ v) / (u @ u) * u", "return (u @ v) / (u @ u) * u"),
        ":::{mistake} That",
        "the mistake “That is the rest, not the shadow.” passes all checks; add one that it fails",
    ),
    (
        ("The end.", ":::{tests}\nx\n:::\n\nThe end."),
        ":::{tests}\nx",
        "{tests} belongs into an {exercise}; put it between its `::::{exercise}` and `::::`",
    ),
]  # fmt: skip


@pytest.fixture
def wrong(shared_site):
    """A site with a page for each exercise that is wrong."""
    pages = {}
    for number, (change, _, _) in enumerate(WARNINGS):
        text = replaced(PAGE, change).replace("<index>", f"<page{number}>")
        text = text.replace("(index.md)", f"(page{number}.md)")
        pages[f"page{number}.md"] = text.replace("project-onto-a-line", f"project-{number}")
    return shared_site(one_site(pages))


@pytest.mark.parametrize("number", range(len(WARNINGS)), ids=[one[2][:60] for one in WARNINGS])
def test_what_is_wrong_is_said_with_its_line(number, wrong):
    change, line, text = WARNINGS[number]
    page = f"page{number}.md"
    said = wrong.warnings_of(page)
    if isinstance(line, str):
        line = line_of(line, replaced(PAGE, change))

    assert re.search(rf"{page}:{line}: WARNING: .*{re.escape(text)}", said), said
    assert said.count("WARNING: ") == 1


def test_an_endless_loop_is_a_warning(build_site, monkeypatch):
    monkeypatch.setattr(snippets.ask, "__defaults__", (2,))
    page = replaced(PAGE, ("    return v - (u @ v) / (u @ u) * u", "    while True: pass"))
    warnings = build_site({"index.md": page}).warnings

    assert "index.md:5: WARNING: this exercise could not be proven: it ran for more than 2 seconds;"
    assert "look for an endless loop" in warnings


def test_a_hint_outside_an_exercise_is_what_docutils_makes_of_it(page):
    hint = page.html("other").select_one(".admonition.hint")

    assert hint.get_text(strip=True) == "HintTry it."


@pytest.mark.parametrize("builder", ["text", "latex", "epub", "man", "texinfo", "dummy", "xml"])
def test_other_formats_have_its_parts_one_after_the_other(builder, shared_site):
    app = shared_site({"index.md": PAGE}, suppress_warnings=["epub"]).written_by(builder)

    warnings = [line for line in app.warning.getvalue().splitlines() if "WARNING" in line]
    assert [line for line in warnings if "conf" not in line] == []
    if builder == "text":
        text = (app.outdir / "index.txt").read_text("utf-8")
        order = ["Project one", "Write", "def project", "Checks", "Hint 1", "Solution"]
        assert sorted(order, key=text.index) == order


# -- The notebook --------------------------------------------------------------------------------


def notebook(site):
    (node,) = site.app.env.get_doctree("index").findall(exercise)
    kinds, sources = zip(*cells_of(site, node), strict=True)
    assert kinds == ("markdown", "code", "code", "markdown")
    return sources


def printed_by(*sources):
    out, names = io.StringIO(), {}
    with contextlib.redirect_stdout(out):
        for source in sources:
            exec(source, names)
    return out.getvalue()


def test_the_notebook_has_text_starter_checks_and_solution(page):
    story, starter, checks, solution = notebook(page)

    assert story.startswith("**Exercise: Project one `vector` onto another**\n\nWrite")
    assert "along $u$.\nSee this, or that." in story
    assert ":::" not in story and story.count("<details>") == 2
    assert starter == STARTER
    assert SOLUTION in solution and solution.startswith("<details>\n<summary>Solution</summary>")
    assert "three" not in story + checks


def test_the_notebook_runs_to_its_end_and_says_what_holds(page):
    _, starter, checks, _ = notebook(page)
    first, second = SPEC["tests"][0], SPEC["tests"][1].partition("   #")[0]

    unfinished = printed_by(starter, checks)
    assert unfinished.splitlines()[::2] == [first, second]
    assert all(line.startswith("    not yet: ") for line in unfinished.splitlines()[1::2])
    assert printed_by(SOLUTION, checks) == f"{first}\n    holds\n{second}\n    holds\n"
    wrong = printed_by(PARTS["mistake"][0], checks).splitlines()
    assert wrong[1].startswith("    not yet: yours gives [8.94") and wrong[3] == "    holds"


@pytest.mark.parametrize(
    ("value", "test", "holds"),
    [
        ("(2, 3)", "project(1, 1) == (2, 3)", True),
        ("(np.ones(2), 3.)", "project(1, 1) == (np.array([1, 1]), 3)", True),
        ("(np.ones(2), 3.)", "project(1, 1) == (np.array([1, 2]), 3)", False),
        ("np.ones((2, 1))", "project(1, 1) == np.ones(2)", False),
        ("2**62", "project(1, 1) == 2**62 + 1", False),
        ("0.1 + 0.2", "project(1, 1) == 0.3", True),
        ("3.0", "project(1, 1) == 3", True),
        ("'a'", "project(1, 1) == 'a'", True),
        ("True", "project(1, 1)", True),
        ("np.False_", "project(1, 1)", False),
        ("None", "project(1, 1) == 3", False),
    ],
)
def test_the_notebook_compares_as_the_page_does(value, test, holds):
    from lesson_extensions.exercise import notebook

    assert grade.grade(body(f"return {value}"), spec(tests=[test]))["tests"][0]["passed"] == holds
    cell = notebook.checks(spec(tests=[test]))
    printed = printed_by(body(f"return {value}"), cell)

    assert printed.splitlines()[0] == test
    assert printed.splitlines()[1].startswith("    holds" if holds else "    not yet: ")


# -- The exercises of the site -------------------------------------------------------------------


def exercises_of_the_site():
    """Each exercise of the built site, as a case: its label, and what prove.py calls one."""
    for path in sorted(DOCTREES.rglob("*.doctree")):
        for node in pickle.loads(path.read_bytes()).findall(exercise):
            yield pytest.param(node["spec"], id=node["label"])


SITE_EXERCISES = list(exercises_of_the_site())


def test_there_are_exercises_to_grade(doctrees):
    assert len(SITE_EXERCISES) >= 18


@pytest.mark.parametrize("one", SITE_EXERCISES)
def test_its_solution_passes_and_its_starter_fails(one):
    solved, begun = (grade.grade(one[part], one) for part in ("solution", "starter"))

    assert solved["passed"], solved
    assert not begun["passed"] and begun["error"] == begun["feedback"] == ""


@pytest.mark.parametrize("one", SITE_EXERCISES)
def test_each_of_its_mistakes_fails_and_gets_its_own_feedback(one):
    for mistake in one["mistakes"]:
        result = grade.grade(mistake["code"], one)
        assert (result["passed"], result["feedback"]) == (False, mistake["feedback"])
