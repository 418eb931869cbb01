"""What is unique only up to a sign, an order or a basis is compared so, and never by its digits."""

import contextlib
import io

import numpy as np
import pytest

from lesson_extensions.check import prover
from lesson_extensions.exercise import grade, notebook, prove, up_to
from lesson_extensions.shared import other_answers

S = np.array([[2.0, 1], [1, 2]])
N = np.array([[1.0, 2, 3], [2, 4, 6]])
A = np.random.default_rng(3).random((4, 3))
B = np.random.default_rng(4).random((4, 4))
w, V = np.linalg.eig(B)
U, s, Vh = np.linalg.svd(A, full_matrices=False)
Q, R = np.linalg.qr(A)
basis = np.linalg.svd(N)[2][1:].T
ROWS = up_to.ROWS
ORDER = "right, but in another order"

HOLD = [
    up_to.up_to_sign([-1, 2], [1, -2]),
    up_to.up_to_sign(Q * [1, -1, 1], Q),
    up_to.up_to_sign(V * np.exp(1j), V),
    up_to.up_to_sign(V.astype("F"), V),
    up_to.up_to_scale([3, 6], [1, 2]),
    up_to.up_to_scale(V * [2, -3, 1, 5], V),
    up_to.up_to_order([3, 1, 2], [1, 2, 3]),
    up_to.up_to_order(w[::-1], w),
    up_to.up_to_order(B[:, [2, 0, 1, 3]], B),
    up_to.up_to_sign_and_order(-Q[:, ::-1], Q),
    up_to.up_to_scale_and_order(-3 * V[:, ::-1], V),
    up_to.same_span(basis @ [[1, 2], [3, 4]], basis),
    up_to.same_span([2, 4], [[1], [2]]),
    up_to.same_span(np.c_[basis, basis], basis),
    up_to.row_equivalent(N, [[1, 2, 3], [0, 0, 0]]),
    up_to.orthonormal(Q),
    up_to.orthonormal(Q.astype("f")),
    up_to.orthonormal(np.array([1, 1j]) / 2**0.5),
    up_to.upper_triangular(R),
    up_to.lower_triangular(R.T),
    up_to.diagonal(np.eye(3) * 4),
    up_to.echelon([[0, 1, 2], [0, 0, 3], [0, 0, 0]]),
    up_to.is_qr(A, np.linalg.qr(A)),
    up_to.is_qr(A, np.linalg.qr(A, mode="complete")),
    up_to.is_eig(B, np.linalg.eig(B)),
    up_to.is_eig(B, (w[::-1], 3 * V[:, ::-1])),
    up_to.is_eig(S, np.linalg.eigh(S)),
    up_to.is_svd(A, np.linalg.svd(A)),
    up_to.is_svd(A, (-U, s, -Vh)),
    up_to.is_svd(N, np.linalg.svd(N)),
    up_to.is_null_space(N, basis @ [[1, 2], [3, 4]]),
    up_to.is_null_space([[1, 1]], [-2, 2]),
]
BROKEN = [
    (up_to.up_to_sign([1, 2], [1, -2]), ""),
    (up_to.up_to_sign(2 * Q, Q), "right directions, but other lengths"),
    (up_to.up_to_sign(Q[:, ::-1], Q), ORDER),
    (up_to.up_to_sign(Q.T, Q), ROWS),
    (up_to.up_to_order(-Q, Q), "right but for the sign"),
    (up_to.up_to_order([1, 2, 2], [1, 1, 2]), ""),
    (up_to.up_to_scale([0, 0], [1, 2]), ""),
    (up_to.same_span(basis[:, :1], basis), "your vectors span 1 dimensions, where 2 are wanted"),
    (up_to.same_span(basis.T, basis), ROWS),
    (up_to.same_span([1, 2], [2, 1]), "your vectors span another space"),
    (up_to.row_equivalent(N, [[1, 2, 4], [0, 0, 0]]), "the rows of yours span another space: no"),
    (up_to.orthonormal(2 * Q), "your columns are at right angles, but not of length 1"),
    (up_to.orthonormal(Q.T), ROWS),
    (up_to.orthonormal(S / 5**0.5), "your columns have length 1, but are not at right angles"),
    (up_to.upper_triangular(R.T), "yours is lower triangular"),
    (up_to.upper_triangular(S), "there are entries other than 0 below the diagonal"),
    (up_to.echelon([[0, 2], [1, 3]]), "a row begins no further to the right than the one above"),
    (up_to.is_qr(A, (R, Q)), "right, but in another order: first Q, then R"),
    (up_to.is_qr(A, (Q, -R)), "Q @ R is not the matrix that was given"),
    (up_to.is_qr(A, (2 * Q, R / 2)), "of Q, your columns are at right angles, but not of length"),
    (up_to.is_qr(A, (A, np.eye(3))), "of Q, your columns are neither of length 1 nor at right"),
    (up_to.is_qr(A, Q), "two matrices are wanted, Q and R"),
    (up_to.is_qr(A, None), "you returned None: is a `return` missing?"),
    (up_to.is_qr(A, (Q, R / np.inf * np.nan)), "NaN or infinity came out"),
    (up_to.is_eig(B, (w, V.T)), ROWS),
    (up_to.is_eig(B, (V, w)), "the eigenvalues come first, then the eigenvectors"),
    (up_to.is_eig(B, (np.diag(w), V)), "the eigenvalues are wanted as a vector, not as a matrix"),
    (
        up_to.is_eig(np.diag([2.0, 3, 1]), (np.array([1.0, 2, 3]), np.eye(3))),
        "the values are sorted, the vectors are not: give both the same order",
    ),
    (up_to.is_eig(B, (w, np.eye(4))), "the values are right, the vectors are not"),
    (up_to.is_eig(B, (w**2, V)), "your vectors are eigenvectors, but the values are not theirs"),
    (up_to.is_eig(np.eye(2), (np.ones(2), np.ones((2, 2)))), "an eigenvector is there twice"),
    (up_to.is_eig(S, ([3, 1], 0 * S)), "the values are right, the vectors are not"),
    (
        up_to.is_svd(A, (U, s, Vh.T)),
        "U S V: the third result is V, where Vh is wanted, which is already transposed",
    ),
    (up_to.is_svd(A, (U, s**2, Vh)), "your values are the squares of the singular values"),
    (up_to.is_svd(A, (U, np.diag(s), Vh)), "the singular values are wanted as a vector"),
    (up_to.is_svd(A, (U[:, ::-1], s[::-1], Vh[::-1])), "the singular values are wanted in order"),
    (up_to.is_svd(A, (-U, s, Vh)), "U S Vh is not the matrix that was given"),
    (up_to.is_svd(A, (-U, -s, Vh)), "a singular value is never negative"),
    (up_to.is_null_space(N, basis.T), ROWS),
    (up_to.is_null_space(N, [0, 0, 0]), "the zero vector is in the null space of each matrix"),
    (up_to.is_null_space(N, basis[:, 0]), "2 independent vectors are wanted, and yours are 1"),
    (up_to.is_null_space(N, [1, 1, 1]), "A x is not 0"),
]


def test_what_is_right_up_to_what_is_left_open_holds():
    assert [index for index, verdict in enumerate(HOLD) if not verdict or verdict.said] == []


@pytest.mark.parametrize(("verdict", "said"), BROKEN, ids=[one[1] for one in BROKEN])
def test_what_is_wrong_is_said_in_words_of_the_subject(verdict, said):
    assert not verdict
    assert verdict.said.startswith(said) and bool(verdict.said) is bool(said)


def test_whatever_is_given_is_judged_and_raises_nothing():
    odd = [
        None,
        "a",
        [],
        {},
        3,
        [[1], [1, 2]],
        np.zeros((0, 0)),
        np.ones((2, 2, 2)),
        np.full(2, np.nan),
    ]
    for name, test in up_to.TESTS.items():
        for thing in (*odd, (None, None), ([1], "a"), (1, 2), (1, 2, 3), (odd[0],) * 3):
            args = {"is_": (S, thing), "up_": (thing, S), "sam": (thing, S), "row": (thing, S)}
            assert not test(*args.get(name[:3], (thing,))) or np.size(thing) < 4, (name, thing)


# -- In exercises ----------------------------------------------------------------------------------

PROGRAM = "import numpy as np\n\ndef pairs(A):\n    {}\n"
RIGHT = PROGRAM.format("return np.linalg.eigh(A)")
TRANSPOSED = PROGRAM.format("w, V = np.linalg.eigh(A)\n    return w, V.T")


def exercise(test, solution=RIGHT, *wrong):
    mistakes = [
        {"feedback": f"number {i}", "code": code} for i, code in enumerate(wrong or [TRANSPOSED])
    ]
    starter = PROGRAM.format("...")
    parts = {"starter": starter, "tests": [test], "hidden": [f"{test}  # again"]}
    return parts | {"solution": solution, "mistakes": mistakes, "requires": [], "forbids": []}


M = "np.array([[4, 1, 0], [1, 3, 1], [0, 1, 2]])"
EIG = exercise(f"is_eig({M}, pairs({M}))")


def test_an_exercise_says_what_is_wrong_up_to_what_it_leaves_open():
    assert prove.prove(EIG) == []
    other = PROGRAM.format("w, V = np.linalg.eig(A)\n    return w[::-1], -2 * V[:, ::-1]")
    assert grade.grade(other, EIG)["passed"]
    result = grade.grade(TRANSPOSED, EIG)
    assert [test["message"] for test in result["tests"]] == [ROWS, ROWS]


def test_a_known_mistake_is_known_up_to_the_same():
    assert grade.grade(TRANSPOSED, EIG)["feedback"] == "number 0"
    same = PROGRAM.format("w, V = np.linalg.eigh(A)\n    return w, ([-1, 2, 3] * V).T")
    assert grade.grade(same, EIG)["feedback"] == "number 0"

    right, wrong = (PROGRAM.format(f"return {code}") for code in ("-np.arange(1, 4)", "[1, 2, 4]"))
    one = exercise(f"up_to_sign(pairs({M}), np.array([1., 2, 3]))", right, wrong)
    assert prove.prove(one) == []
    assert grade.grade(PROGRAM.format("return [-1, -2, -4]"), one)["feedback"] == "number 0"
    assert grade.grade(PROGRAM.format("return [1, 2, -4]"), one)["feedback"] == ""
    shown, hidden = (
        test["message"] for test in grade.grade(PROGRAM.format("return np.ones(3)"), one)["tests"]
    )
    assert shown.endswith("you returned [1., 1., 1.] where [1., 2., 3.] is wanted")
    assert "3." not in hidden
    assert grade.grade(PROGRAM.format("return np.ones((3, 1))"), one)["tests"][0][
        "message"
    ].startswith("shape (3, 1): you returned a column where a vector with 3 entries is wanted")


ONES, NULL = "np.ones((2, 3))", "np.array([[1., 0], [-1, 1], [0, -1]])"
D = "np.diag([3, 1, 2])"
DIGITS = [
    (
        f"pairs({M})[1][:, 0] == np.linalg.eigh({M})[1][:, 0]",
        RIGHT,
        "`np.linalg.eigh` may as well answer with another sign, and then the solution fails; write"
        f" `up_to_sign(pairs({M})[1][:, 0], np.linalg.eigh({M})[1][:, 0])`",
    ),
    (
        f"pairs({M}) == np.linalg.qr({M})[0]",
        PROGRAM.format("return np.linalg.qr(A)[0]"),
        f"write `up_to_sign(pairs({M}), np.linalg.qr({M})[0])`",
    ),
    (
        "pairs(np.diag([3, 1, 2])) == np.array([3, 1, 2])",
        PROGRAM.format("return np.linalg.eigvals(A)"),
        "`np.linalg.eigvals` may as well answer with another order, and then the solution fails;"
        " write `up_to_order(pairs(",
    ),
    (
        f"pairs({M}) == np.linalg.svd({M})",
        PROGRAM.format("U, s, Vh = np.linalg.svd(A)\n    return U, s, Vh"),
        f"write what holds of each right answer, such as `is_svd(A, pairs({M}))`",
    ),
    (
        "np.allclose(pairs(np.ones((2, 3))), np.linalg.svd(np.ones((2, 3)))[2][1:])",
        PROGRAM.format("from numpy.linalg import svd\n    return svd(A)[2][1:]"),
        "`np.linalg.svd` may as well answer with another sign",
    ),
    (
        f"pairs({M})[0, 0] > 0 if np.linalg.eigh({M})[1][0, 0] > 0 else pairs({M})[0, 0] < 0",
        PROGRAM.format("return np.linalg.eigh(A)[1]"),
        "write what holds of each right answer, such as `is_eig(A, …)`",
    ),
]


@pytest.mark.parametrize(
    ("test", "solution", "sentence"), DIGITS, ids=[one[2][:70] for one in DIGITS]
)
def test_an_exercise_that_compares_digits_that_are_not_unique_is_refused(test, solution, sentence):
    found = prove.problems(exercise(test, solution))

    assert ["tests", 0] in [[*one[:2]] for one in found if sentence in one[2]], found


@pytest.mark.parametrize(
    ("test", "line"),
    [
        (f"is_eig({M}, pairs({M}))", "return np.linalg.eigh(A)"),
        (f"is_svd({M}, pairs({M}))", "return np.linalg.svd(A)"),
        (f"is_qr({M}, pairs({M}))", "return np.linalg.qr(A)"),
        (f"same_span(pairs({ONES}), {NULL})", "return np.linalg.svd(A)[2][1:].T"),
        (f"pairs({M}) == {M}", "U, s, Vh = np.linalg.svd(A)\n    return U * s @ Vh"),
        (f"abs(pairs({M})) > 0", "return np.linalg.eigh(A)[1][0, 0]"),
        (f"pairs({D}) == np.array([1, 2, 3])", "return np.sort(np.linalg.eigvals(A))"),
        (f"pairs({D}) == np.array([1, 2, 3])", "return np.linalg.eigvalsh(A)"),
    ],
)  # fmt: skip
def test_an_exercise_that_asks_for_what_is_unique_is_not(test, line):
    said = [text for _, _, text in prove.problems(exercise(test, PROGRAM.format(line)))]

    assert [text for text in said if "unique" in text or "solution" in text] == []


def test_a_refusal_names_the_line_of_the_test(build_site):
    from tests.test_exercise import PAGE, line_of, replaced

    sign = "np.sign(np.linalg.qr(np.array([[3.], [4]]))[0][0, 0])"
    solution = "    return (u @ v) / (u @ u) * u\n:::\n:::{mistake} You"
    page = replaced(PAGE, (solution, solution.replace("* u\n", f"* u * -{sign}\n")))
    warnings = build_site({"index.md": page}).warnings
    for test in ("project(np.array([1, 3])", "project(np.array([1., 2"):
        assert f"index.md:{line_of(test, page)}: WARNING: `{test}" in warnings
    assert "compares digits that are not unique: `np.linalg.qr` may as well answer" in warnings


def test_the_notebook_brings_the_tests_with_it():
    cell = notebook.checks(EIG)
    printed = io.StringIO()
    for program in (RIGHT, TRANSPOSED):
        with contextlib.redirect_stdout(printed):
            names = {"__name__": "__main__"}
            exec(program, names)
            exec(cell, names)

    assert "lesson_extensions" not in cell and '"""' not in cell
    assert printed.getvalue().splitlines()[1::2] == [
        "    holds",
        f"    not yet: yours gives {ROWS}",
    ]


# -- In checks -------------------------------------------------------------------------------------


def check(kind="one", answer="", holds="", tolerance="", setup="", choices=()):
    listed = [{"code": c, "misconception": m, "words": False} for c, m in choices]
    return {
        "kind": kind, "answer": answer, "holds": holds, "tolerance": tolerance, "shown": [answer],
        "setup": f"A = np.array([[2., 1], [1, 2]])\n{setup}", "choices": listed,
    }  # fmt: skip


LAST, WRONG = "np.linalg.eigh(A)[1][:, 1]", ("A[0]", "no")
TYPED, COMPUTED = ("0.5**0.5 * np.ones(2)", ""), ("np.linalg.eigh(A).eigenvectors.T[1]", "")
ALL = [("np.ones(2)", ""), ("-np.ones(2)", ""), (LAST, ""), WRONG]
CHECKS = [
    (check(answer=LAST, choices=[TYPED, WRONG]), "eigh"),
    (check("number", "np.linalg.eigh(A)[1][0, 0]", tolerance="0.01"), "eigh"),
    (check("number", "np.linalg.eig(A).eigenvalues[0]", setup="A = np.diag([3, 1])"), "eig"),
    (check("number", "abs(np.linalg.eigh(A)[1][0, 0])", tolerance="0.01"), ""),
    (check("shape", "np.linalg.svd(A)[0].shape"), ""),
    (check("several", holds="np.allclose(A @ choice, 3 * choice)", choices=ALL), ""),
    (check(answer=LAST, choices=[COMPUTED, WRONG]), ""),
]


@pytest.mark.parametrize(
    ("spec", "function"), CHECKS, ids=[one[0]["answer"] or "several" for one in CHECKS]
)
def test_a_check_whose_answer_hangs_on_a_sign_or_an_order_is_refused(spec, function):
    problems = prover.prove(spec)["problems"]

    said = f"the answer is not unique: `np.linalg.{function}` may as well answer with another "
    assert len(problems) == bool(function)
    assert not function or problems[0].startswith(said)


def test_other_answers_are_as_right():
    ones, zero = np.ones((3, 5)), np.zeros((3, 3))
    for matrix in (B, np.eye(3), np.diag([2.0, 2, 5]), ones, ones.T, zero):
        square = matrix @ matrix.T
        for way, [(_, name, function)] in other_answers.others(
            {w.full_name for w in other_answers.WAYS}
        ):
            taken = {"roots": np.array([1.0, 2, -3])}.get(name, square if "eig" in name else matrix)
            result, first = function(taken), getattr(way.holder, name)(taken)
            if name == "qr":
                assert up_to.is_qr(taken, result)
            elif name == "svd":
                assert up_to.is_svd(taken, result)
            elif name in ("eig", "eigh"):
                assert up_to.is_eig(taken, result)
            else:
                assert up_to.up_to_order(result, first)
            if way.freedom == "sign":
                pairs = zip(result, first, strict=True)
                assert any(np.abs(one - other).max() > 1e-6 for one, other in pairs)
