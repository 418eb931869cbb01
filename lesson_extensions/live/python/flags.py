"""What static/flags.js must know of NumPy to set the flags that WebAssembly lacks."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from wide_integers import INTERNAL, mutable

# The ufuncs that set a flag somewhere; the others never do.
FLAGGED = (
    "absolute add arccos arccosh arcsin arctanh cos cosh degrees divide divmod exp exp2 expm1"
    " float_power floor_divide fmod hypot ldexp log log10 log1p log2 logaddexp logaddexp2 matmul"
    " multiply power rad2deg reciprocal remainder sin sinh sqrt square subtract tan"
)
INVALID = 8  # as NumPy numbers it

Addresses = tuple[list[tuple[str, int]], list[tuple[str, int]], list[int]]


def addresses() -> Addresses:
    """Ufuncs by name, types of scalars by character, and Python's own among them."""
    umath = np._core.umath
    ufuncs = [(name, id(getattr(umath, name))) for name in FLAGGED.split()]
    scalars = [(char, id(np.dtype(char).type)) for char in "edfDFbBhHiIqQ?"]
    own = [("d", id(float)), ("D", id(complex)), ("int", id(int)), ("int", id(bool))]
    return ufuncs, scalars + own, [id(float), id(complex)]


def watch_casts(dictate: Callable[[int], object]) -> None:
    """Have `a.astype(int)` warn of what no integer is; NumPy reads next what `dictate` is told."""
    with mutable(np.ndarray):
        np.ndarray.astype = watching(np.ndarray.astype, dictate)


def watching(astype: Callable[..., Any], dictate: Callable[[int], object]) -> Any:
    @functools.wraps(astype)
    def wrapper(array: Any, dtype: Any, *args: Any, **kwargs: Any) -> Any:
        if array.dtype.kind != "f" or not fits_not(array, dtype):
            return astype(array, dtype, *args, **kwargs)
        dictate(INVALID)
        try:
            return astype(array, dtype, *args, **kwargs)
        finally:
            dictate(0)

    wrapper.__code__ = wrapper.__code__.replace(co_filename=INTERNAL)
    return wrapper


def fits_not(array: Any, dtype: Any) -> bool:
    """Whether a number of the array is none of the integers that it is to become."""
    try:
        kind = np.dtype(dtype)
    except TypeError:
        return False
    if kind.kind not in "iu" or not array.size:
        return False
    low, high = np.iinfo(kind).min, np.iinfo(kind).max
    with np.errstate(all="ignore"):
        return not bool(((array > low - 1.0) & (array < high + 1.0)).all())
