"""Make NumPy's default integer 64 bits wide in the browser, as it is on a 64-bit machine.

In wasm32, C's `long` and `npy_intp` have 32 bits. NumPy makes its default integer of `long`, and
`np.int32` too; C's `int`, which has 32 bits as well and prints as int32, it calls `np.intc`. So
here `np.int32` becomes C's `int`, and a `long` can then be nothing but a default integer:

1. `rename`: `np.int32` is C's `int`, `np.int_` and its like are `np.int64`, and prints leave out
   the type of int64 arrays;
2. `retype_python_int`: a Python int, in a list or beside an array, is int64 to NumPy. Three entries
   in a table of C functions say so, and are replaced;
3. `widen_…`: where C still makes a `long` (indices, sums of Booleans, `dtype=int`), the function or
   method is wrapped, and turns it into an int64 on the way out.

Not reached: `dtype=int` in the call of most ufuncs, in a structured type and in `np.ndarray(…)`; an
int64 array as `out=` of what returns indices. An int beyond 64 bits that meets an int64 array is
"int too big to convert", not "Python int too large to convert to C long".
"""

import contextlib
import ctypes
import functools
import types
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

WIDE = {"l": np.int64, "L": np.uint64}  # by character: np.dtype("l") == np.dtype("i")
MEANT: dict[type | str, type] = {int: np.int64}
MEANT |= {order + "i4": np.intc for order in ("", "<", "=")}
MEANT |= {order + "u4": np.uintc for order in ("", "<", "=")}
SUMS = {"i": np.int64, "u": np.uint64}  # by the kind of what is added

# Methods that return indices, or take indices or a type; the others stay as quick as they are.
METHODS = (
    "argmax argmin argpartition argsort astype choose nonzero put repeat searchsorted take view"
)
# Where C takes indices it refuses int64, which might not fit: position and name of that argument.
INDICES = {
    "bincount": (0, "x"),
    "choose": (0, "a"),
    "put": (1, "ind"),
    "reduceat": (2, "indices"),
    "repeat": (1, "repeats"),
    "searchsorted": (3, "sorter"),
    "take": (1, "indices"),
}
# Given nothing but Python ints, these ufuncs take the first type that holds a C long: int32.
SEARCHING = (
    "bitwise_and bitwise_left_shift bitwise_or bitwise_right_shift bitwise_xor divmod floor_divide"
    " fmod left_shift mod pow power remainder right_shift"
)

WORD = ctypes.sizeof(ctypes.c_size_t)
NAME, FLAGS, IMMUTABLE = 3, 21, 1 << 8  # words of a PyTypeObject, and a flag
SINGLETON, FUNCTIONS = 0, 5  # words that a NumPy type has after those of a Python type
DISCOVER, DEFAULT, COMMON = 0, 2, 3  # words of the table of functions

# Python passes over frames of such a file, as over those of an import, when it looks for who is to
# be warned: so no wrapper stands between a warning and the reader's line.
INTERNAL = "importlib/_bootstrap.py, wide_integers.py"

astype = np.ndarray.astype  # as it was before it is wrapped
kept: list[Any] = []  # what C points to must not be collected
# np.random.binomial and its like fill arrays of np.long with C longs: they go on with this one
legacy_numpy = types.ModuleType("numpy")


def install() -> bool:
    """True if NumPy's default integer was made int64, False if it has 64 bits by itself."""
    if np.dtype(int).itemsize == 8:
        return False
    rename()
    retype_python_int()
    widen_functions(np)  # numpy.linalg gives no long once np.intp is int64
    widen_methods(np.ndarray, METHODS.split())
    widen_methods(np.ufunc, ["reduceat"])
    widen_ufuncs()
    widen_classes()
    return True


def rename() -> None:
    """Give the names of types their meaning on a 64-bit machine, and arrays their printed form."""
    names = {"int32": np.intc, "uint32": np.uintc}
    names |= dict.fromkeys(["int_", "intp", "long"], np.int64)
    names |= dict.fromkeys(["uint", "uintp", "ulong"], np.uint64)
    vars(legacy_numpy).update({**vars(np), **names, "int_": np.int_, "long": np.long})
    vars(np).update(names)
    np.sctypeDict.update(names, int=np.int64)  # dtype="int32"
    np._core.arrayprint._typelessdata[:] = [np.int64, np.float64, np.complex128, np.bool]
    for scalar_type, name in ((np.intc, b"numpy.int32"), (np.uintc, b"numpy.uint32")):
        kept.append(ctypes.create_string_buffer(name))
        word(id(scalar_type), NAME).value = ctypes.addressof(kept[-1])


def word(address: int, index: int) -> ctypes.c_size_t:
    """The word of memory that stands `index` words after `address`."""
    return ctypes.c_size_t.from_address(address + index * WORD)


def retype_python_int() -> None:
    """Make C take a Python int for int64: alone, in a list, and beside an array of Booleans."""
    wide = np.dtype("q")
    int64, boolean = type(wide), type(np.dtype("?"))
    python_int = next(t for t in int64.__base__.__subclasses__() if t.__name__ == "_PyLongDType")
    if word(id(int64) + type.__basicsize__, SINGLETON).value != id(wide):
        raise RuntimeError("wide_integers: this NumPy lays out its types in another way")
    table = word(id(python_int) + type.__basicsize__, FUNCTIONS).value

    def replace(index: int, arguments: int, function: Callable[..., Any]) -> None:
        prototype = ctypes.PYFUNCTYPE(ctypes.py_object, *[ctypes.py_object] * arguments)
        original = prototype(word(table, index).value)
        kept.append(prototype(functools.partial(function, original)))
        word(table, index).value = ctypes.cast(kept[-1], ctypes.c_void_p).value

    def discover(original: Any, cls: Any, number: int) -> Any:
        return wide if -(2**63) <= number < 2**63 else original(cls, number)

    def common(original: Any, cls: Any, other: Any) -> Any:
        return int64 if other is boolean else original(cls, other)

    replace(DISCOVER, 2, discover)
    replace(DEFAULT, 1, lambda original, cls: wide)
    replace(COMMON, 2, common)


def widened(result: Any) -> Any:
    """`result`, in which each C long became an int64; looks into tuples and lists."""
    dtype = result if isinstance(result, np.dtype) else getattr(result, "dtype", None)
    if isinstance(dtype, np.dtype) and dtype.char in WIDE and dtype.isnative:
        wide = WIDE[dtype.char]
        if isinstance(result, np.ndarray):
            return astype(result, wide)
        return np.dtype(wide) if result is dtype else wide(result)
    if type(result) in (tuple, list):
        return type(result)(widened(item) for item in result)
    return result


def meant(argument: Any) -> Any:
    """`argument`, or if it is `int` or "i4" the type that this means on a 64-bit machine."""
    return MEANT.get(argument, argument) if isinstance(argument, (type, str)) else argument


def narrowed(indices: Any) -> Any:
    """`indices`, as npy_intp if they are int64 and fit."""
    if getattr(indices, "dtype", None) != np.int64:
        return indices
    narrow = astype(np.asarray(indices), "l")
    return narrow if (narrow == indices).all() else indices


def wrap(function: Callable[..., Any]) -> Any:
    """`function`, taking and giving default integers of 64 bits."""
    position, keyword = INDICES.get(function.__name__, (None, None))

    @functools.wraps(function)
    def wrapper(*given: Any, **kwargs: Any) -> Any:
        args = [meant(argument) for argument in given]
        kwargs = {name: meant(argument) for name, argument in kwargs.items()}
        if keyword is None:
            return widened(function(*args, **kwargs))
        if keyword in kwargs:
            kwargs[keyword] = narrowed(kwargs[keyword])
        elif position < len(args):
            args[position] = narrowed(args[position])
        try:
            return widened(function(*args, **kwargs))
        except TypeError as error:  # "Cannot cast array data from …": indices are int64 natively
            error.args = (str(error).replace("to dtype('int32')", "to dtype('int64')"),)
            raise

    wrapper.__code__ = wrapper.__code__.replace(co_filename=INTERNAL)
    return wrapper


def wrap_sum(method: Callable[..., Any]) -> Any:
    """np.ufunc.reduce or accumulate; adds and multiplies in 64 bits what is narrower than that."""
    method = wrap(method)

    @functools.wraps(method)
    def wrapper(
        ufunc: Any,
        array: Any,
        axis: Any = 0,
        dtype: Any = None,
        out: Any = None,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        if dtype is None and out is None and ufunc in (np.add, np.multiply):
            dtype = SUMS.get(getattr(getattr(array, "dtype", None), "kind", None))
        return method(ufunc, array, axis, dtype, out, *args, **kwargs)

    wrapper.__code__ = wrapper.__code__.replace(co_filename=INTERNAL)
    return wrapper


def wrap_error(init: Callable[..., None]) -> Any:
    """The `__init__` of an error that is told the types of operands."""

    @functools.wraps(init)
    def wrapper(self: Any, *args: Any) -> None:
        init(self, *widened(args))

    return wrapper


class Ufunc:
    """`ufunc`, for which Python ints are int64 when there are no other arguments."""

    __class__ = np.ufunc  # what isinstance sees

    def __init__(self, ufunc: Any) -> None:
        self.ufunc = ufunc
        functools.update_wrapper(self, ufunc)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if all(type(number) is int and -(2**63) <= number < 2**63 for number in args):
            args = tuple(np.int64(number) for number in args)
        return self.ufunc(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.ufunc, name)

    def __repr__(self) -> str:
        return repr(self.ufunc)


def install_random() -> None:
    """The same for np.random, which NumPy loads when it is used: a tenth of a second, so later."""
    if hasattr(legacy_numpy, "int_") and np.random.mtrand.np is not legacy_numpy:
        np.random.mtrand.np = legacy_numpy
        legacy = [name for name in np.random.__all__ if name in vars(np.random.RandomState)]
        widen_functions(np.random)
        widen_methods(np.random.RandomState, legacy)


def widen_functions(namespace: types.ModuleType) -> None:
    for name, function in list(vars(namespace).items()):
        public = callable(function) and hasattr(function, "__name__") and name[0] != "_"
        if public and not isinstance(function, (type, np.ufunc)) and name != "frompyfunc":
            setattr(namespace, name, wrap(function))


def widen_methods(cls: type, names: Iterable[str]) -> None:
    with mutable(cls):
        for name in names:
            setattr(cls, name, wrap(vars(cls)[name]))


def widen_ufuncs() -> None:
    for name in SEARCHING.split():
        setattr(np, name, Ufunc(getattr(np, name)))
    with mutable(np.ufunc):  # sum, prod, cumsum, cumprod and trace end here
        np.ufunc.reduce = wrap_sum(np.ufunc.reduce)
        np.ufunc.accumulate = wrap_sum(np.ufunc.accumulate)
    np._core._methods.umr_sum = np.add.reduce
    np._core._methods.umr_prod = np.multiply.reduce


def widen_classes() -> None:
    with mutable(type(np.dtype)):  # np.dtype(int)
        type(np.dtype).__call__ = wrap(type.__call__)
    for cls in (type(np.dtype(np.int64)), type(np.dtype(np.int32))):
        with mutable(cls):  # a.dtype == int
            cls.__eq__, cls.__ne__ = wrap(cls.__eq__), wrap(cls.__ne__)
    error = np._core._exceptions._UFuncNoLoopError  # np.array(["x"]) + 1
    error.__init__ = wrap_error(error.__init__)


@contextlib.contextmanager
def mutable(cls: type) -> Iterator[None]:
    """Let the attributes of a class that is written in C be set."""
    flags = word(id(cls), FLAGS)
    if flags.value != cls.__flags__:
        raise RuntimeError("wide_integers: this Python lays out its types in another way")
    flags.value &= ~IMMUTABLE
    try:
        yield
    finally:
        flags.value |= IMMUTABLE
