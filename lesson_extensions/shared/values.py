"""When two values are the same: one rule for checks, for exercises and for their notebooks.

Floats may differ by a relative 1e-9, since their last digits depend on the BLAS kernel. All else
must be equal, integers too. What is printed is compared in tests/compare.py, as text; what a reader
types, in static/guess.js, which forgives more.

Served to the reader's browser: of what is not Python's, this imports NumPy only.
"""

import contextlib
from typing import Any

import numpy as np

RTOL = 1e-9
ATOL = 1e-12  # so near to 0, a residual that was computed is 0


def is_close(a: Any, b: Any, atol: float = ATOL) -> bool:
    """Whether two arrays, or numbers, have the same shape and the same entries."""
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape:
        return False
    if is_numeric(a, b) and {a.dtype.kind, b.dtype.kind} - {"i", "u"}:
        return bool(np.allclose(a, b, RTOL, atol, equal_nan=True))
    return bool(np.all(a == b))


def same(a: Any, b: Any) -> bool:
    """Whether two values are the same for who asks what Python gives: 1.0 is not 1, nor (1,) [1].

    Beside a large entry, what is left of rounding is 0; alone, 6e-17 is not.
    """
    for kind in (tuple, list):
        if isinstance(a, kind) or isinstance(b, kind):
            both = isinstance(a, kind) and isinstance(b, kind)
            return both and len(a) == len(b) and all(map(same, a, b))
    numeric = [isinstance(x, (int, float, complex, np.generic, np.ndarray)) for x in (a, b)]
    if not all(numeric):
        with contextlib.suppress(Exception):  # such as a dictionary of arrays
            return not any(numeric) and bool(a == b)
        return False
    a, b = np.asarray(a), np.asarray(b)
    if a.dtype.kind != b.dtype.kind:
        return False
    if a.dtype.kind not in "fc":
        return is_close(a, b)
    sizes = np.abs(np.concatenate([a.ravel(), b.ravel()]))
    return is_close(a, b, 1e-14 * sizes[np.isfinite(sizes)].max(initial=0))


def truth(value: Any) -> bool:
    """Whether a value is true, and not merely something; an array, if it has entries and all are.

    Raises what the value itself raises.
    """
    if isinstance(value, np.ndarray):
        return bool(value.size and value.all())
    return value is not ... and bool(value)


def is_number(value: Any) -> bool:
    """A single number, True or False."""
    if isinstance(value, np.ndarray):
        return value.ndim == 0 and value.dtype.kind in "biufc"
    if isinstance(value, np.generic):
        return value.dtype.kind in "biufc"
    return isinstance(value, (int, float, complex))


def is_bool(value: Any) -> bool:
    return isinstance(value, bool) or getattr(getattr(value, "dtype", None), "kind", "") == "b"


def is_numeric(*arrays: Any) -> bool:
    return all(array.dtype.kind in "iufc" for array in arrays)
