"""numpy.linalg in the browser raises and returns what it raises and returns on this computer."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

SOURCE = Path(__file__).parents[2] / "lesson_extensions" / "live" / "python" / "native_errors.py"

# Each case comes to the same in NumPy 2.0.2 and 2.4.6 and on each kind of x86 processor. So there
# is no QR of NaN and infinities. Nor is there what never ends on a computer: lstsq of some NaN,
# svd of some infinities. The sign of a vector is free, so vectors are compared without theirs.
SQUARE = [
    "inv(M)",
    "det(M)",
    "slogdet(M)",
    "cholesky(M)",
    "cholesky(M, upper=True)",
    "eigvals(M)",
    "unsigned(eig(M))",
    "eigvalsh(M)",
    "unsigned(eigh(M))",
    "unsigned(eigh(M, 'U'))",
    "matrix_power(M, -2)",
    "cond(M, 1)",
    "solve(M, np.ones(np.shape(M)[-1:]))",
    "solve(M, np.ones((*np.shape(M)[-1:], 2)))",
]
ANY_SHAPE = [
    "unsigned(svd(M))",
    "unsigned(svd(M, full_matrices=False))",
    "svdvals(M)",
    "pinv(M)",
    "np.minimum(cond(M), 1e15)",  # above that it is rounding
    "matrix_rank(M)",
    "norm(M, 2, axis=(-2, -1))",
    "norm(M, 'nuc', axis=(-2, -1))",
]
ALSO = ["qr(M, 'r')", "unsigned(qr(M))", "lstsq(M, np.ones(np.shape(M)[0]))"]

FINITE = [
    "[[2.0, 1.0], [1.0, 3.0]]",
    "[[2, 1], [1, 3]]",
    "np.float32([[2, 1], [1, 3]])",
    "[[2, 1j], [-1j, 3]]",
    "[[1.0, 2.0], [2.0, 4.0]]",
    "[[1, 2], [2, 4]]",
    "np.float32([[1, 2], [2, 4]])",
    "[[1, 1j], [1j, -1]]",
    "[[1.0, 2.0], [2.0, 1.0]]",
    "[[0.0, 0.0], [0.0, 0.0]]",
    "[[0.0]]",
    "[[-1.0]]",
    "[[0j]]",
    "[[2.0, 0.0, 1.0], [0.0, 0.0, 0.0], [1.0, 0.0, 3.0]]",
    "[[4.0, 2.0, 0.0], [2.0, 3.0, 1.0], [0.0, 1.0, 5.0]]",
    "[[1e308, 1e307], [1e307, 1e308]]",
    "[[1e-200, 0.0], [0.0, 2e200]]",
    "np.zeros((0, 0))",
]
STACKS = [
    "[[[2.0, 1.0], [1.0, 3.0]], [[5.0, 1.0], [1.0, 4.0]]]",
    "[[[2.0, 1.0], [1.0, 3.0]], [[1.0, 2.0], [2.0, 4.0]]]",
    "[[[0, 0], [0, 0]], [[2, 1], [1, 3]]]",
    "np.zeros((0, 2, 2))",
    "np.zeros((2, 0, 0))",
]
MISSHAPEN = ["[[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]]", "[1.0, 2.0]", "3.0"]
NOT_FINITE = [
    "[[nan]]",
    "[[inf]]",
    "[[-inf]]",
    "[[nan, 1.0], [1.0, 2.0]]",
    "[[2.0, nan], [nan, 1.0]]",
    "[[2.0, 1.0], [1.0, nan]]",
    "[[2.0, nan], [1.0, 2.0]]",
    "[[0.0, 1.0], [nan, 2.0]]",
    "[[0.0, nan], [0.0, 1.0]]",
    "[[nan, nan], [nan, nan]]",
    "[[inf, 1.0], [1.0, 2.0]]",
    "[[2.0, inf], [inf, 1.0]]",
    "[[inf, inf], [inf, inf]]",
    "[[nan, 1], [1, 2j]]",
    "np.float32([[nan, 1], [1, 2]])",
    "[[1.0, 0.0, 0.0], [0.0, nan, 0.0], [0.0, 0.0, 1.0]]",
    "[[1.0, 2.0, nan], [2.0, 4.0, 1.0], [1.0, 2.0, 3.0]]",
    "[[4.0, 0.0, 0.0], [0.0, nan, 0.0], [0.0, 0.0, -1.0]]",
    "np.full((3, 3), nan)",
    "[[[nan, 1.0], [1.0, 2.0]], [[2.0, 1.0], [1.0, 3.0]]]",
    "[[[nan, 1.0], [1.0, 2.0]], [[1.0, 2.0], [2.0, 4.0]]]",
    "[[[inf, 1.0], [1.0, 2.0]], [[2.0, 1.0], [1.0, 3.0]]]",
]
SINGLE = """
tensorinv(np.eye(4).reshape(2, 2, 2, 2))
tensorinv(np.zeros((2, 2, 2, 2)))
tensorinv(np.ones((4, 2, 2)), ind=1)
tensorinv(np.ones((3, 2, 2)), ind=1)
tensorsolve(np.eye(4).reshape(2, 2, 2, 2), np.ones((2, 2)))
tensorsolve(np.ones((2, 2, 2, 2)), np.ones((2, 2)))
matrix_power(np.array([[1, 2], [2, 4]]), -1)
matrix_power(np.array([[1, 2], [2, 4]]), 3)
matrix_power(np.zeros((2, 2)), 0)
multi_dot([np.ones((2, 3)), np.ones((3, 2)), np.full((2, 2), nan)])
multi_dot([np.ones((2, 3))])
solve(np.eye(2), np.ones(3))
solve(np.ones((2, 2, 2)), np.ones((2, 1)))
solve(np.array([np.eye(2), np.zeros((2, 2))]), np.ones((2, 2, 1)))
solve([[1, 2], [2, 4]], [1j, 2])
solve([[1.0, 2.0], [2.0, 4.0]], np.ones((0, 2, 1)))
solve([[1.0, 2.0], [2.0, 4.0]], [nan, 1.0])
solve([[2.0, 0.0], [0.0, 4.0]], [nan, 1.0])
solve([[2.0, 0.0], [0.0, 4.0]], [inf, 1.0])
lstsq(np.eye(2), [nan, 1.0])
lstsq(np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), [1.0, inf, 2.0])
lstsq(np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 7.0]]), [1.0, 2.0, 2.0])
lstsq([[nan, 1.0], [1.0, 2.0]], [1.0, 2.0])
lstsq([[inf]], [1.0])
lstsq([[1.0, 0.0], [nan, 2.0], [0.0, 1.0]], [1.0, 2.0, 3.0])
pinv([[1.0, 2.0], [2.0, 1.0]], hermitian=True)
svdvals(np.full((4, 3), nan))
svdvals([[1.0, 2.0, nan], [4.0, 5.0, 6.0]])
unsigned(eigh([[1.0, 0.0, inf], [0.0, 2.0, 0.0], [inf, 0.0, 1.0]]))
unsigned(svd([[1.0, 0.0, inf], [0.0, 2.0, 0.0], [inf, 0.0, 1.0]]))
np.linalg.cond([[1.0, 2.0], [2.0, 4.0]], 1)
np.roots([1.0, -3.0, 2.0])
np.roots([1.0, nan, 2.0])
np.polyfit([1.0, 2.0, nan], [1.0, 2.0, 3.0], 1)
np.polyfit([1.0, 2.0, 3.0], [1.0, 2.0, 4.0], 1)
inv([[1.0, 2.0], [2.0, 4.0 + 1e-12]])
inv([["a"]])
np.linalg.inv(np.array([[1, 2], [2, 4]], dtype=object))
""".strip().splitlines()

# Native NumPy itself has changed: 2.0 gives complex condition numbers, refuses to rank no rows.
CHANGED = {
    "cond([[2, 1j], [-1j, 3]], 1)",
    "cond([[1, 1j], [1j, -1]], 1)",
    "cond([[0j]], 1)",
    "cond([[nan, 1], [1, 2j]], 1)",
    "matrix_rank(np.zeros((0, 0)))",
    "matrix_rank(np.zeros((2, 0, 0)))",
    "norm(np.zeros((0, 0)), 2, axis=(-2, -1))",
    "norm(np.zeros((2, 0, 0)), 2, axis=(-2, -1))",
}

CASES = [
    *(
        function.replace("M", matrix)
        for functions, matrices in (
            (SQUARE, [*FINITE, *STACKS, *MISSHAPEN, *NOT_FINITE]),
            (ANY_SHAPE, [*FINITE, *STACKS, *MISSHAPEN, *NOT_FINITE]),
            (ALSO, [*FINITE, *MISSHAPEN]),
        )
        for function in functions
        for matrix in matrices
        if function.replace("M", matrix) not in CHANGED
    ),
    *SINGLE,
]

# Prints what each case comes to, a JSON text a line: the same program here and in the browser.
OUTCOMES = """
import json, warnings
import numpy as np
from numpy import inf, nan
from numpy.linalg import *

def unsigned(results):
    return tuple(abs(result) for result in results)

def describe(value):
    if isinstance(value, tuple):
        return [describe(part) for part in value]
    value = np.asarray(value)
    numbers = value.astype(complex).ravel()
    return {
        "shape": value.shape,
        "kind": value.dtype.kind,
        "values": [*numbers.real.tolist(), *numbers.imag.tolist()],
    }

def outcome(case):
    with warnings.catch_warnings(action="ignore"):  # they do not appear in the browser
        try:
            return describe(eval(case))
        except Exception as error:
            return f"{type(error).__name__}: {error}"
"""
PRINT = "print('\\n'.join(json.dumps(outcome(case)) for case in json.loads(CASES)))"


def same(here, there):
    """Whether two outcomes are the same error, or values that are close, of one shape and kind."""
    if isinstance(here, list) and isinstance(there, list):
        return len(here) == len(there) and all(map(same, here, there))
    if isinstance(here, dict) and isinstance(there, dict):
        form = all(here[key] == there[key] for key in ("shape", "kind"))
        return form and np.allclose(here["values"], there["values"], equal_nan=True)
    return here == there


@pytest.fixture(scope="module")
def browser_outcomes(python):
    """What each case comes to in the browser, all in one run."""
    lines = python.run(f"{OUTCOMES}\nCASES = {json.dumps(CASES)!r}\n{PRINT}").splitlines()
    assert len(lines) == len(CASES), lines[-1]
    return dict(zip(CASES, map(json.loads, lines), strict=True))


@pytest.fixture(scope="module")
def evaluate():
    """evaluate(case) → what it comes to on this computer."""
    names = {}
    exec(OUTCOMES, names)
    return lambda case: json.loads(json.dumps(names["outcome"](case)))


@pytest.mark.parametrize("case", CASES)
def test_numpy_linalg_comes_to_the_same_in_the_browser(case, browser_outcomes, evaluate):
    assert same(evaluate(case), browser_outcomes[case]), browser_outcomes[case]


def test_correction_removes_itself_where_numpy_raises_by_itself():
    spec = importlib.util.spec_from_file_location("native_errors", SOURCE)
    native_errors = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(native_errors)
    before = np.linalg._linalg._umath_linalg

    assert native_errors.install() is False
    assert np.linalg._linalg._umath_linalg is before


def test_browser_still_needs_the_correction(python):
    singular = "import numpy as np\nprint(np.linalg.inv([[1.0, 2.0], [2.0, 4.0]]))"

    assert python.run(singular, corrections=False).split() == ["[[nan", "nan]", "[nan", "nan]]"], (
        "NumPy in the browser raises by itself: native_errors.py can go"
    )
