"""Comparisons for what is unique only up to something, and properties; the tests of exercises.

Each takes what a reader's code gives, and gives a Verdict, which is true or false and says why. Two
numbers are the same if they differ by at most max(1e-9, 10 n eps) times the largest of their array,
where n is its longest axis and eps that of its type: the backward error of LAPACK grows with n eps.

Served to the reader's browser, and copied into notebooks: of what is not Python's, this imports
NumPy only.
"""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from lesson_extensions.shared.values import RTOL

Array = Any
Relation = Callable[[Any, Any], "Verdict"]
ROWS = "your vectors are in rows: they belong into columns, as NumPy gives them"


class Verdict:
    """Whether something holds of `got`, and if not what is wrong, as far as that can be said.

    `wanted` is what `got` was compared with, None where a property was asked for. `same` says
    whether two values that are wrong are so in the same way.
    """

    def __init__(
        self, holds: bool, said: str, got: Any, wanted: Any = None, same: Relation | None = None
    ) -> None:
        self.holds, self.said = bool(holds), "" if holds else said
        self.got, self.wanted, self.same = got, wanted, same

    def __bool__(self) -> bool:
        return self.holds


# -- Equal up to … ---------------------------------------------------------------------------------


def up_to_sign(got: Any, wanted: Any) -> Verdict:
    """got = ±wanted, of matrices each column by itself; of complex ones c wanted with |c| = 1."""
    return matched(up_to_sign, got, wanted, "sign", False)


def up_to_scale(got: Any, wanted: Any) -> Verdict:
    """got = c wanted with c ≠ 0; of matrices each column with a c of its own."""
    return matched(up_to_scale, got, wanted, "scale", False)


def up_to_order(got: Any, wanted: Any) -> Verdict:
    """The same entries of vectors, or columns of matrices, in any order."""
    return matched(up_to_order, got, wanted, "", True)


def up_to_sign_and_order(got: Any, wanted: Any) -> Verdict:
    """The same columns in any order, each with any sign."""
    return matched(up_to_sign_and_order, got, wanted, "sign", True)


def up_to_scale_and_order(got: Any, wanted: Any) -> Verdict:
    """The same columns in any order, each times any number but 0."""
    return matched(up_to_scale_and_order, got, wanted, "scale", True)


def same_span(got: Any, wanted: Any) -> Verdict:
    """The columns of both span the same space, however many they are; a vector is one column."""
    a, b = columns(got), columns(wanted)
    if a is None or b is None:
        return Verdict(False, "", got, wanted, same_span)
    if a.shape[0] != b.shape[0]:
        said = f"your vectors have {a.shape[0]} entries, where {b.shape[0]} are wanted"
        if a.shape[1] == b.shape[0] and spans(a.T, b):
            said = ROWS
        return Verdict(False, said, got, wanted, same_span)
    said = "your vectors span another space"
    if rank(a) != rank(b):
        said = f"your vectors span {rank(a)} dimensions, where {rank(b)} are wanted"
    elif a.shape[0] == a.shape[1] and spans(a.T, b):
        said = ROWS
    return Verdict(spans(a, b), said, got, wanted, same_span)


def row_equivalent(got: Any, wanted: Any) -> Verdict:
    """got = E wanted with an invertible E: the same shape, and rows that span the same space."""
    a, b = columns(got), columns(wanted)
    if a is None or b is None or np.shape(got) != np.shape(wanted):
        return Verdict(False, "", got, wanted, row_equivalent)
    said = "the rows of yours span another space: no row operations lead there"
    return Verdict(spans(a.T, b.T), said, got, wanted, row_equivalent)


def matched(relation: Relation, got: Any, wanted: Any, factor: str, any_order: bool) -> Verdict:
    a, b = columns(got, any_order and not factor), columns(wanted, any_order and not factor)
    if a is None or b is None:
        return Verdict(False, "", got, wanted, relation)
    if np.ndim(got) == np.ndim(wanted) and same_columns(a, b, factor, any_order):
        return Verdict(True, "", got, wanted, relation)
    said = ""
    if np.ndim(got) == 2 and same_columns(a.T, b, factor, any_order):
        said = ROWS
    elif a.shape == b.shape and same_columns(a, b, factor, True):
        said = "right, but in another order"
    elif len(a) == 1 or a.shape != b.shape:  # of a single number one cannot tell
        pass
    elif same_columns(a, b, "sign", any_order):
        said = "right but for the sign"
    elif same_columns(a, b, "scale", any_order):
        said = "right directions, but other lengths"
    return Verdict(False, said, got, wanted, relation)


def alike(relation: Relation, one: Any, other: Any) -> bool:
    """Whether two values are in relation, or would be if they were not transposed."""
    return bool(relation(one, other) or relation(np.transpose(one), np.transpose(other)))


def same_columns(a: Array, b: Array, factor: str, any_order: bool) -> bool:
    """Whether each column of a is one of b, in its place or in any; `factor`: sign, scale or ""."""
    if a.shape != b.shape:
        return False
    left = [*range(b.shape[1])]
    for index, column in enumerate(a.T):
        places = left if any_order else [index]
        found = [place for place in places if same_column(column, b[:, place], factor, b)]
        if not found:
            return False
        left.remove(found[0])
    return True


def same_column(a: Array, b: Array, factor: str, all_of_b: Array) -> bool:
    times: Any = 1
    if factor:
        product = np.vdot(b, a)
        size = abs(product) if factor == "sign" else np.vdot(b, b).real
        times = product / size if size else 1
        if not times:
            return False
    scale = abs(times) * np.abs(all_of_b).max(initial=0)
    return is_near(a, times * b, scale, max(all_of_b.shape))


# -- Properties ------------------------------------------------------------------------------------


def orthonormal(Q: Any) -> Verdict:
    """QᴴQ = I: the columns have length 1, and are at right angles to each other."""
    a = columns(Q)
    if a is None:
        return Verdict(False, "a matrix of numbers is wanted", Q)
    if is_orthonormal(a):
        return Verdict(True, "", Q)
    product = a.conj().T @ a
    lengths = is_near(np.diag(product), np.ones(len(product)), 1, len(a))
    angles = is_near(product, np.diag(np.diag(product)), np.abs(product).max(initial=0), len(a))
    said = "your columns are neither of length 1 nor at right angles"
    if angles:
        said = "your columns are at right angles, but not of length 1"
    elif is_orthonormal(a.T):
        said = ROWS
    elif lengths:
        said = "your columns have length 1, but are not at right angles"
    return Verdict(False, said, Q)


def upper_triangular(R: Any) -> Verdict:
    """Nothing but zeros below the diagonal."""
    return zero_off(R, np.triu, np.tril, "below", "lower")


def lower_triangular(L: Any) -> Verdict:
    """Nothing but zeros above the diagonal."""
    return zero_off(L, np.tril, np.triu, "above", "upper")


def diagonal(D: Any) -> Verdict:
    """Nothing but zeros off the diagonal."""
    a = columns(D)
    holds = a is not None and np.ndim(D) == 2 and is_zero(a - np.triu(np.tril(a)), a)
    return Verdict(holds, "there are entries other than 0 off the diagonal", D)


def echelon(R: Any) -> Verdict:
    """Each row begins with more zeros than the one above it; rows of zeros come last."""
    a = columns(R)
    if a is None or np.ndim(R) != 2:
        return Verdict(False, "a matrix of numbers is wanted", R)
    size = np.abs(a).max(initial=0)
    begins = [next((j for j, x in enumerate(row) if not is_zero(x, size)), np.inf) for row in a]
    pairs = itertools.pairwise(begins)
    holds = all(first < second or second == np.inf for first, second in pairs)
    return Verdict(holds, "a row begins no further to the right than the one above it", R)


def zero_off(M: Any, kept: Any, other: Any, where: str, name: str) -> Verdict:
    a = columns(M)
    if a is None or np.ndim(M) != 2:
        return Verdict(False, "a matrix of numbers is wanted", M)
    said = f"there are entries other than 0 {where} the diagonal"
    if is_zero(a - other(a), a):
        said = f"yours is {name} triangular"
    return Verdict(is_zero(a - kept(a), a), said, M)


# -- Factors of a matrix ---------------------------------------------------------------------------


def is_qr(A: Any, got: Any) -> Verdict:
    """got is (Q, R): Q R = A, the columns of Q are orthonormal, R is upper triangular."""
    a, parts = columns(A), several(got, 2)
    if parts is None:
        return Verdict(False, lacking(got, "two matrices are wanted, Q and R"), got)
    Q, R = parts
    said = ""
    if Q.ndim != 2 or R.ndim != 2 or Q.shape[1] != len(R):
        said = f"Q @ R does not fit, with shapes {Q.shape} and {R.shape}"
    elif not is_product(Q @ R, a):
        said = "Q @ R is not the matrix that was given"
    elif not orthonormal(Q):
        said = f"of Q, {orthonormal(Q).said}"
    elif not upper_triangular(R):
        said = f"of R, {upper_triangular(R).said}"
    fits = Q.ndim == R.ndim == 2 and R.shape[1] == len(Q)
    if said and fits and is_product(R @ Q, a) and orthonormal(R) and upper_triangular(Q):
        said = "right, but in another order: first Q, then R"

    def same(one: Any, other: Any) -> Verdict:
        (q, r), (p, s) = several(one, 2) or (0, 0), several(other, 2) or (1, 1)
        return Verdict(bool(alike(up_to_sign, q, p) and alike(up_to_sign, r, s)), "", one)

    return Verdict(not said, said, got, None, same)


def is_eig(A: Any, got: Any) -> Verdict:
    """got is (values, vectors): A v = λ v for each of n independent columns v."""
    a, parts = columns(A), several(got, 2)
    n = len(a)
    if parts is None:
        said = lacking(got, "the eigenvalues and a matrix of eigenvectors are wanted")
        return Verdict(False, said, got)
    values, vectors = parts
    said = ""
    if values.shape == (n, n) and vectors.shape == (n,):
        said = "the eigenvalues come first, then the eigenvectors"
    elif values.shape == (n, n) and is_zero(values - np.diag(np.diag(values)), values):
        said = "the eigenvalues are wanted as a vector, not as a matrix"
    elif values.shape != (n,) or vectors.shape != (n, n):
        said = f"{n} eigenvalues are wanted, and as many columns of {n} entries"
    elif not are_pairs(a, values, vectors):
        own = quotients(a, vectors)
        right = up_to_order(values, np.linalg.eigvals(a)) or same_values(values, a)
        said = "the values are right, the vectors are not" if right else "A v is not λ v"
        if are_pairs(a, values, vectors.T):
            said = ROWS
        elif are_pairs(a, own, vectors) and right:
            is_sorted = values.tolist() in (
                sorted(values.tolist(), key=abs), sorted(values.tolist(), key=abs, reverse=True),
                np.sort(values).tolist(), np.sort(values)[::-1].tolist(),
            )  # fmt: skip
            said = "the values and the vectors are not in the same order"
            if is_sorted:
                said = "the values are sorted, the vectors are not: give both the same order"
        elif are_pairs(a, own, vectors):
            said = "your vectors are eigenvectors, but the values are not theirs"
    elif rank(vectors) < n:
        said = "an eigenvector is there twice: they must be independent"

    def same(one: Any, other: Any) -> Verdict:
        (w, v), (x, u) = several(one, 2) or (0, 0), several(other, 2) or (1, 1)
        return Verdict(bool(up_to_order(w, x) and alike(up_to_scale_and_order, v, u)), "", one)

    return Verdict(not said, said, got, None, same)


def is_svd(A: Any, got: Any) -> Verdict:
    """got is (U, s, Vh): U diag(s) Vh = A, s ≥ 0 falls; columns of U, rows of Vh orthonormal."""
    a, parts = columns(A), several(got, 3)
    if parts is None:
        said = lacking(got, "three arrays are wanted: U, the singular values, and Vh")
        return Verdict(False, said, got)
    U, s, Vh = parts
    k = min(a.shape)
    said = ""
    if s.ndim == 0:
        said = "three arrays are wanted: U, the singular values, and Vh"
    elif s.ndim != 1:
        said = "the singular values are wanted as a vector, not as a matrix"
    elif len(s) != k or U.ndim != 2 or Vh.ndim != 2 or min(U.shape[1], *Vh.shape) < k:
        said = f"{k} singular values are wanted, as many columns of U, and as many rows of Vh"
    elif not rebuilds(a, U, s, Vh):
        said = "U S Vh is not the matrix that was given"
        if rebuilds(a, U, s, Vh.conj().T):
            said = "U S V: the third result is V, where Vh is wanted, which is already transposed"
        elif rebuilds(a, U, np.sqrt(np.abs(s)), Vh):
            said = "your values are the squares of the singular values: take the root"
        elif rebuilds(a, U.conj().T, s, Vh):
            said = f"of U, {ROWS}"
    elif (s < -1e-9 * np.abs(s).max(initial=0)).any():
        said = "a singular value is never negative"
    elif (np.diff(s) > 1e-9 * np.abs(s).max(initial=0)).any():
        said = "the singular values are wanted in order, the largest first"
    elif not orthonormal(U):
        said = f"of U, {orthonormal(U).said}"
    elif not orthonormal(Vh.conj().T):
        said = "the rows of Vh are not orthonormal"

    def same(one: Any, other: Any) -> Verdict:
        (U1, s1, V1), (U2, s2, V2) = several(one, 3) or 3 * (0,), several(other, 3) or 3 * (1,)
        both = alike(up_to_sign, U1, U2) and alike(up_to_sign, V1, V2)
        return Verdict(bool(both and up_to_order(s1, s2)), "", one)

    return Verdict(not said, said, got, None, same)


def is_null_space(A: Any, got: Any) -> Verdict:
    """The columns of got are a basis of all x with A x = 0; a vector is one column."""
    a, N = columns(A), columns(got)
    count = a.shape[1] - rank(a)
    said = ""
    if N is None:
        said = "vectors are wanted, as columns of a matrix"
    elif N.shape[0] != a.shape[1]:
        said = f"each vector has {a.shape[1]} entries: one for each column of the matrix"
        if N.shape[1] == a.shape[1] and is_zero(a @ N.T, np.abs(a).max() * np.abs(N).max()):
            said = ROWS
    elif N.size and not N.any():
        said = "the zero vector is in the null space of each matrix, and no part of a basis"
    elif not is_zero(a @ N, np.abs(a).max(initial=0) * np.abs(N).max(initial=0)):
        said = "A x is not 0"
        if N.shape == N.T.shape and is_zero(a @ N.T, np.abs(a).max() * np.abs(N).max()):
            said = ROWS
    elif N.shape[1] != count or rank(N) != count:
        said = f"{count} independent vectors are wanted, and yours are {rank(N)} among {N.shape[1]}"
    return Verdict(not said, said, got, None, same_span)


# -- Numbers ---------------------------------------------------------------------------------------


def columns(value: Any, flat: bool = False) -> Array:
    """A numeric array as a matrix: a vector is one column, or if `flat` one row; else None."""
    try:
        array = np.asarray(value)
    except ValueError:
        return None
    is_numeric = array.dtype.kind in "biufc" and array.ndim in (1, 2)
    if not is_numeric or not np.isfinite(array).all():
        return None
    array = array * 1.0
    return array if array.ndim == 2 else array[np.newaxis] if flat else array[:, np.newaxis]


def several(value: Any, count: int) -> tuple[Array, ...] | None:
    """As many numeric arrays; None for anything else."""
    if not isinstance(value, (tuple, list)) or len(value) != count:
        return None
    try:
        arrays = tuple(np.asarray(one) for one in value)
    except ValueError:
        return None
    are_numbers = all(one.dtype.kind in "biufc" and np.isfinite(one).all() for one in arrays)
    return tuple(one * 1.0 for one in arrays) if are_numbers else None


def lacking(value: Any, wanted: str) -> str:
    """Why there are not as many arrays of finite numbers."""
    if value is None:
        return "you returned None: is a `return` missing?"
    try:
        is_finite = all(np.isfinite(one).all() for one in value)
    except (TypeError, ValueError):
        return wanted
    return wanted if is_finite else "NaN or infinity came out: was something divided by zero?"


def tolerance(array: Any, n: int) -> float:
    dtype = np.asarray(array).dtype
    eps = np.finfo(dtype if dtype.kind in "fc" else float).eps
    return max(RTOL, 10 * n * float(eps))


def is_near(a: Array, b: Array, scale: Any, n: int) -> bool:
    return bool((np.abs(a - b) <= tolerance(a, n) * scale).all())


def is_zero(a: Array, beside: Array) -> bool:
    size = np.abs(beside).max(initial=0)
    return bool((np.abs(a) <= tolerance(a, max(np.shape(a), default=1)) * size).all())


def is_orthonormal(a: Array) -> bool:
    return is_near(a.conj().T @ a, np.eye(a.shape[1]), 1, len(a))


def is_product(product: Array, a: Array) -> bool:
    return product.shape == a.shape and is_near(product, a, np.abs(a).max(initial=0), max(a.shape))


def rank(a: Array) -> int:
    """The number of singular values above the tolerance times the largest."""
    if not a.size:
        return 0
    s = np.linalg.svd(a, compute_uv=False)
    return int((s > tolerance(a, max(a.shape)) * s[0]).sum())


def spans(a: Array, b: Array) -> bool:
    """rank a = rank b = rank [a b], where no column is lost beside a longer one."""
    a, b = (x / np.where(x.any(0), np.linalg.norm(x, axis=0), 1) for x in (a, b))
    return rank(a) == rank(b) == rank(np.hstack([a, b]))


def are_pairs(a: Array, values: Array, vectors: Array) -> bool:
    """‖A v − λ v‖ ≤ tolerance ‖A‖ ‖v‖ for each column v ≠ 0."""
    rest = np.linalg.norm(a @ vectors - vectors * values, axis=0)
    lengths = np.linalg.norm(vectors, axis=0)
    limit = tolerance(vectors, len(a)) * np.linalg.norm(a) * lengths
    return bool((rest <= limit).all() and lengths.all())


def quotients(a: Array, vectors: Array) -> Array:
    """vᴴAv / vᴴv of each column: its eigenvalue, if it is an eigenvector."""
    squares = (np.abs(vectors) ** 2).sum(0)
    return (vectors.conj() * (a @ vectors)).sum(0) / np.where(squares, squares, 1)


def same_values(values: Array, a: Array) -> bool:
    """Whether these are the eigenvalues; those of a defective matrix have half the digits only."""
    left = [*np.linalg.eigvals(a)]
    for value in values:
        nearest = min(left, key=lambda other: abs(other - value))
        if abs(nearest - value) > 1e-6 * np.linalg.norm(a):
            return False
        left.remove(nearest)
    return True


def rebuilds(a: Array, U: Array, s: Array, Vh: Array) -> bool:
    k = len(s)
    if U.shape[0] != a.shape[0] or Vh.shape[1] != a.shape[1]:
        return False
    return is_product(U[:, :k] * s @ Vh[:k], a)


RELATIONS: dict[str, Callable[..., Verdict]] = {
    function.__name__: function
    for function in (
        up_to_sign, up_to_scale, up_to_order, up_to_sign_and_order, up_to_scale_and_order,
        same_span, row_equivalent,
    )
}  # fmt: skip
TESTS = RELATIONS | {
    function.__name__: function
    for function in (
        orthonormal, upper_triangular, lower_triangular, diagonal, echelon,
        is_qr, is_eig, is_svd, is_null_space,
    )
}  # fmt: skip
