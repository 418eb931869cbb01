"""Make numpy.linalg raise LinAlgError in the browser where NumPy on a computer raises it.

LAPACK says that it failed by a number, `info`; NumPy then fills the result with NaN and sets the
processor's flag for an invalid operation, and the flag makes numpy.linalg raise. WebAssembly has
no such flags, so there the NaN come out in silence (pyodide#4859, mended by numpy#32036).

numpy.linalg calls LAPACK through the functions of `_umath_linalg`, inside
`np.errstate(invalid="call", call=<raise the error>)`. `install` puts a proxy in the place of that
module; it finds out whether LAPACK failed, and makes the call that the flag would have made.
A matrix that holds NaN or infinities gets what OpenBLAS, NumPy's LAPACK on computers, makes of
it: those rules were measured, with NumPy 2.0.2 and 2.4.6.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def install() -> bool:
    """True if numpy.linalg had to be corrected, False if NumPy raises by itself."""
    try:
        np.linalg.inv([[1.0, 2.0], [2.0, 4.0]])
    except np.linalg.LinAlgError:
        return False
    np.linalg._linalg._umath_linalg = Corrected(np.linalg._linalg._umath_linalg)
    return True


class Corrected:
    """The functions of `module`, raising where the flag would have been set."""

    def __init__(self, module: Any) -> None:
        self.module = module

    def __getattr__(self, name: str) -> Any:
        function = getattr(self.module, name)
        correct = CORRECTIONS.get(name.split("_")[0])  # eigh_lo and svd_n_f are kinds of eigh, svd
        doubted = VERDICTS.get(name)

        def corrected(a: Array, *others: Any, **options: Any) -> Any:
            with np.errstate(all="ignore"):
                if not a.size:  # nothing to fail at
                    return function(a, *others, **options)
                result, failed = correct(self.module, function, a, *others, **options)
                if doubted and not failed and on_the_edge(self.module, a):
                    for tell in doubts:
                        tell(doubted)
            if failed and np.geterr()["invalid"] == "call":
                np.geterrcall()("invalid value", INVALID)
            if correct is determinant:
                set_flags(function, a, result)
            return result

        return corrected if correct else function


OVERFLOW, INVALID = 2, 8  # as NumPy numbers them
dictates: list[Callable[[int], object]] = []  # by which NumPy is told what flags it finds next


def set_flags(function: Any, a: Array, result: Any) -> None:
    """Let `function`, det or slogdet, find the flags that this result would have set."""
    results = result if isinstance(result, tuple) else (result,)
    found = INVALID if any(np.isnan(numbers).any() for numbers in (a, *results)) else 0
    too_large = np.isinf if len(results) == 1 else np.isposinf  # log 0 is -inf
    if too_large(results[-1]).any() and np.isfinite(a).all():
        found |= OVERFLOW
    one = np.eye(1)
    for dictate in dictates if found else []:
        dictate(found)
        function(one)  # warns, raises, calls, as np.errstate says
        dictate(0)


# What a page says of a result that hangs on the last bit, by the function of LAPACK.
EDGE = "This matrix is singular, or as near to it as rounding: 1 / cond(A) is at most n * eps."
OTHERS = f"{EDGE} On another computer, the last bit of a pivot may be another, and"
VERDICTS = dict.fromkeys(
    ["inv", "solve", "solve1"],
    f"{OTHERS} NumPy may raise LinAlgError there instead of returning these numbers."
    " np.linalg.matrix_rank(A) < n tells that it is singular.",
)
VERDICTS |= dict.fromkeys(
    ["det", "slogdet"],
    f"{OTHERS} this determinant may be exactly 0, or another tiny number."
    " np.linalg.matrix_rank(A) < n tells that it is singular.",
)
LARGEST = 200  # rows of a matrix that is looked at: beyond that it would take too long
NEAR = 1e4  # what the quick look may be wrong by
doubts: list[Callable[[str], object]] = []  # who is told


def on_the_edge(module: Any, a: Array) -> bool:
    """Whether a matrix of the stack is, in units that suit it, singular to within rounding.

    The rule is that of the site's page on singular matrices: each row and column brought to one
    length, then 1 / cond at most n * eps. Where elimination rounds nothing, nothing hangs on that.
    One solution more tells first, in less time, whether it can be so.
    """
    n = a.shape[-1]
    if n > LARGEST or not_finite(a).any():
        return False
    given = a = a.astype(np.result_type(a.dtype, np.float32 if a.dtype.char in "fF" else float))
    for axis in (-1, -2):
        length = np.sqrt((abs(a) ** 2).sum(axis=axis, keepdims=True))
        a = a / np.where(length > 0, length, 1)
    tolerance = n * np.finfo(a.dtype).eps
    probe = np.cos(np.arange(n) ** 2 + 1.0)  # of no pattern that a matrix would have
    x = module.solve1(a, np.broadcast_to(probe, a.shape[:-1]).astype(a.dtype))
    near = np.isnan(x) | (abs(x) * tolerance * NEAR >= 1)
    if not near.any():
        return False
    values = np.linalg.svd(a, compute_uv=False)  # named otherwise in each NumPy
    edge = values[..., -1] <= tolerance * values[..., 0]
    return any(not exact(given[at]) for at in places(edge))


def exact(a: Array) -> bool:
    """Whether elimination rounds nothing, as in a small matrix of small integers it may."""
    if len(a) > 8 or np.iscomplexobj(a):
        return False
    lu, order, _ = factor(a)
    rows = [[Fraction(float(number)) for number in row] for row in a[order]]
    for k, pivots in enumerate(rows):
        for row in rows[k + 1 :] if pivots[k] else []:
            row[k] /= pivots[k]
            row[k + 1 :] = [
                x - row[k] * y for x, y in zip(row[k + 1 :], pivots[k + 1 :], strict=True)
            ]
    return all(
        Fraction(float(x)) == y
        for floats, fractions in zip(lu, rows, strict=True)
        for x, y in zip(floats, fractions, strict=True)
    )


def solve(module: Any, function: Any, a: Array, *b: Any, **options: Any) -> tuple[Any, Any]:
    """inv, solve and solve1 fail at a pivot of zero, where slogdet gives the sign 0."""
    result = function(a, *b, **options)
    x = result[..., None] if function is module.solve1 else result
    b = (b[0][..., None] if function is module.solve1 else b[0]) if b else np.eye(a.shape[-1])
    a, b = (np.broadcast_to(m, x.shape[:-2] + m.shape[-2:]) for m in (a, b))
    wrong = not_finite(a)
    failed = np.isnan(x).any() and (module.slogdet(a[~wrong])[0] == 0).any()
    for at in places(wrong):
        lu, order, singular = factor(a[at].astype(x.dtype))
        y = b[at][order].astype(x.dtype)
        for k in range(len(y)):
            y[k + 1 :] -= np.outer(lu[k + 1 :, k], y[k])
        for k in reversed(range(len(y))):
            y[k] /= lu[k, k]
            y[:k] -= np.outer(lu[:k, k], y[k])
        x[at] = np.nan if singular else y
        failed |= singular
    return result, failed


def determinant(module: Any, function: Any, a: Array, **options: Any) -> tuple[Any, Any]:
    """det and slogdet never fail; both are the product of the pivots."""
    wrong = not_finite(a)
    if not wrong.any():
        return function(a, **options), False
    det, sign, log = map(np.array, (module.det(a), *module.slogdet(a)))
    for at in places(wrong):
        lu, order, singular = factor(a[at].astype(det.dtype))
        pivots = lu.diagonal()
        signs = pivots / abs(pivots) if np.iscomplexobj(lu) else np.where(pivots < 0, -1, 1)
        sign[at] = 0 if singular else signs.prod() * module.det(np.eye(len(lu))[order])
        log[at] = -np.inf if singular else np.log(abs(pivots)).sum()
        det[at] = 0 if singular else sign[at] * np.exp(log[at])
    return (det[()] if function is module.det else (sign[()], log[()])), False


def cholesky(module: Any, function: Any, a: Array, **options: Any) -> tuple[Any, Any]:
    """A pivot that is not positive fails, but NaN passes for one that is."""
    result, upper = function(a, **options), function is module.cholesky_up
    wrong = not_finite(a)
    failed = np.isnan(result[~wrong]).any()
    for at in places(wrong):
        low = np.tril(a[at].conj().T if upper else a[at]).astype(result.dtype)
        for j in range(len(low)):
            low[j:, j] -= low[j:, :j] @ low[j, :j].conj()
            failed |= low[j, j].real <= 0
            low[j, j] = np.sqrt(low[j, j].real)
            low[j + 1 :, j] = divided(low[j + 1 :, j], low[j, j])
        result[at] = low.conj().T if upper else low
    return result, failed


def eigen(module: Any, function: Any, a: Array, **options: Any) -> tuple[Any, Any]:
    """A failure leaves nothing but NaN; up to 2 by 2, eigenvalues have a formula, NaN or not."""
    try:
        result = function(a, **options)
    except ValueError:  # eigvalsh of an infinity: LAPACK itself refuses the norm
        if a.ndim == 2:
            return np.full(len(a), np.nan), False
        each = [eigen(module, function, m, **options) for m in a.reshape(-1, *a.shape[-2:])]
        values, failed = zip(*each, strict=True)
        return np.reshape(values, a.shape[:-1]), any(failed)
    return result, a.shape[-1] > 2 and lost(result)


def svd(module: Any, function: Any, a: Array, **options: Any) -> tuple[Any, Any]:
    """NaN fails; so, from 3 by 3, do vectors of infinities: OpenBLAS may never come to an end."""
    wrong = not_finite(a)
    if np.isnan(a).any() or (function.nout == 3 and min(a.shape[-2:]) > 2 and wrong.any()):
        return None, True
    if function.nout == 1:
        values = function(np.where(wrong[..., None, None], 0, a), **options)
        values[wrong] = np.nan
        return values, np.isnan(values[~wrong]).any()
    result = function(a, **options)
    return result, not wrong.any() and lost(result)


def lstsq(module: Any, function: Any, a: Array, *others: Any, **options: Any) -> tuple[Any, Any]:
    """A matrix that is not finite fails; what else LAPACK makes of it is an endless loop."""
    if not_finite(a).any():
        return None, True
    result = function(a, *others, **options)
    return result, np.isnan(result[3]).any()


def not_finite(a: Array) -> Array:
    """For each matrix of a stack, whether it holds NaN or an infinity."""
    return ~np.isfinite(a).all(axis=(-2, -1))


def places(mask: Array) -> Iterator[tuple[int, ...]]:
    """The indices where mask is true."""
    return map(tuple, np.argwhere(mask))


def lost(result: Any) -> Any:
    """Whether all results of some matrix of a stack are nothing but NaN."""
    results = result if isinstance(result, tuple) else (result,)
    depth = results[-1].ndim - (1 if len(results) == 1 else 2)
    nan = [np.isnan(r).all(axis=tuple(range(depth, r.ndim))) for r in results]
    return np.all(nan, axis=0).any()


def divided(column: Array, pivot: Any) -> Any:
    """column / pivot; as in OpenBLAS 1 / pivot first, and if that is 0 all is 0, even NaN."""
    return column * (1 / pivot) if 1 / pivot else np.zeros_like(column)


def factor(a: Array) -> tuple[Array, Array, Any]:
    """(L and U in one matrix, order of the rows, whether a pivot is 0), as OpenBLAS has them.

    NaN is the largest of a column if it stands first, else passed over; it divides nothing.
    """
    lu, order = a.copy(), np.arange(len(a))
    for k in range(len(lu)):
        size = abs(lu[k:, k].real) + abs(lu[k:, k].imag)
        largest = 0 if np.isnan(size[0]) else np.argmax(np.where(np.isnan(size), -1, size))
        swap = [k, k + largest]
        lu[swap], order[swap] = lu[swap[::-1]], order[swap[::-1]]
        if lu[k, k] != 0 and not np.isnan(lu[k, k]):
            lu[k + 1 :, k] = divided(lu[k + 1 :, k], lu[k, k])
        lu[k + 1 :, k + 1 :] -= np.outer(lu[k + 1 :, k], lu[k, k + 1 :])
    return lu, order, (lu.diagonal() == 0).any()


CORRECTIONS: dict[str, Any] = {"inv": solve, "solve": solve, "solve1": solve, "cholesky": cholesky}
CORRECTIONS |= {"det": determinant, "slogdet": determinant, "svd": svd, "lstsq": lstsq}
CORRECTIONS |= dict.fromkeys(["eig", "eigh", "eigvals", "eigvalsh"], eigen)
