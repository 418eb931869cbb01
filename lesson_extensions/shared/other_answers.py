"""Answers that are as right as those of NumPy: another sign, another order, another basis.

The columns of Q of a QR decomposition, eigenvectors and singular vectors are unique up to a factor
of size 1 only, those of one eigenvalue even up to a rotation, and the eigenvalues of `eig` have no
order. Which one LAPACK gives differs between machines. Who compares digits finds out here: under
another answer, as right, his comparison must hold as well.
"""

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

Array = Any
NEAR = 1e-9  # eigenvalues that differ by less have one space


class Way(NamedTuple):
    """Another answer of a function of NumPy: of `holder`, `name`."""

    full_name: str
    freedom: str  # what is not unique
    holder: Any
    name: str
    change: Callable[..., Any]  # takes the result of the function, and what the function took


def signs(count: int, every: int) -> Array:
    return np.where(np.arange(count) % every == 0, -1.0, 1.0)


def turned(count: int, every: int) -> Array:
    """An orthogonal matrix: −1 for one vector, a reflection that mixes several."""
    if count == 1:
        return np.full((1, 1), signs(1, every)[0])
    v = np.arange(1.0, count + 1)
    return np.eye(count) - 2 * np.outer(v, v) / (v @ v)


def turn(values: Array, every: int) -> Array:
    """A block for each group of equal values; `every` how manieth single vector is turned round."""
    size = len(values)
    matrix, start, alone = np.eye(size), 0, 0
    scale = np.abs(values).max(initial=0) or 1.0
    while start < size:
        end = start + 1
        while end < size and abs(values[end] - values[start]) <= NEAR * scale:
            end += 1
        if end - start == 1:
            matrix[start, start] = -1.0 if alone % every == 0 else 1.0
            alone += 1
        else:
            matrix[start:end, start:end] = turned(end - start, every)
        start = end
    return matrix


def other_qr(result: Any, every: int, A: Any, mode: str = "reduced") -> Any:
    if mode == "r":
        return result * signs(result.shape[-2], every)[:, np.newaxis]
    if mode == "raw":
        return result
    Q, R = result
    Q = Q * signs(Q.shape[-1], every)
    return type(result)(Q, R * signs(R.shape[-2], every)[:, np.newaxis])


def other_eigh(result: Any, every: int, *args: Any, **options: Any) -> Any:
    values, vectors = result
    if vectors.ndim > 2 or not vectors.size:
        return type(result)(values, vectors * signs(vectors.shape[-1], every))
    return type(result)(values, vectors @ turn(values, every))


def other_eig(result: Any, every: int, *args: Any, **options: Any) -> Any:
    return type(result)(result[0], result[1] * signs(result[1].shape[-1], every))


def reordered_eig(result: Any, every: int, *args: Any, **options: Any) -> Any:
    return type(result)(result[0][..., ::-1], result[1][..., ::-1])


def reordered(result: Any, every: int, *args: Any, **options: Any) -> Any:
    return result[..., ::-1]


def other_svd(result: Any, every: int, *args: Any, **options: Any) -> Any:
    if isinstance(result, np.ndarray):  # singular values alone
        return result
    U, s, Vh = result
    if U.ndim > 2 or not s.size:
        return result
    count = int((s > NEAR * s.max()).sum())
    block = turn(s[:count], every)
    U, Vh = U.copy(), Vh.copy()
    U[:, :count], Vh[:count] = U[:, :count] @ block, block.T @ Vh[:count]
    for rest in (U[:, count:].T, Vh[count:]):  # bases of the null spaces
        if len(rest):
            rest[...] = turned(len(rest), every) @ rest
    return type(result)(U, s, Vh)


SIGN, ORDER = "sign", "order"
WAYS = [
    Way("np.linalg.qr", SIGN, np.linalg, "qr", other_qr),
    Way("np.linalg.eigh", SIGN, np.linalg, "eigh", other_eigh),
    Way("np.linalg.eig", SIGN, np.linalg, "eig", other_eig),
    Way("np.linalg.eig", ORDER, np.linalg, "eig", reordered_eig),
    Way("np.linalg.eigvals", ORDER, np.linalg, "eigvals", reordered),
    Way("np.linalg.svd", SIGN, np.linalg, "svd", other_svd),
    Way("np.roots", ORDER, np, "roots", reordered),
]


def recorders(called: set[str]) -> list[tuple[dict[str, Any], str, Any]]:
    """(namespace, name, function) of functions that do what they did, and note that in `called`."""

    def recorder(way: Way) -> Any:
        function = getattr(way.holder, way.name)

        @functools.wraps(function)
        def recorded(*args: Any, **options: Any) -> Any:
            called.add(way.full_name)
            return function(*args, **options)

        return recorded

    return [(vars(way.holder), way.name, recorder(way)) for way in WAYS]


def others(called: set[str]) -> Iterator[tuple[Way, list[tuple[dict[str, Any], str, Any]]]]:
    """Each way in which the functions that were `called` could answer, and what does so."""
    for way in WAYS:
        if way.full_name in called:
            for every in (1, 2) if way.freedom == SIGN else (1,):
                yield way, [(vars(way.holder), way.name, answering(way, every))]


def answering(way: Way, every: int) -> Any:
    function = getattr(way.holder, way.name)

    @functools.wraps(function)
    def other(*args: Any, **options: Any) -> Any:
        return way.change(function(*args, **options), every, *args, **options)

    return other


@contextlib.contextmanager
def put_in(changes: list[tuple[dict[str, Any], str, Any]]) -> Iterator[None]:
    """Have NumPy's functions be others meanwhile."""
    before = [(where, name, where[name]) for where, name, _ in changes]
    try:
        for where, name, value in changes:
            where[name] = value
        yield
    finally:
        for where, name, value in before:
            where[name] = value
