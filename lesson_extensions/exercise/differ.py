"""How two values differ, in words of the subject; served to the reader's browser."""

from typing import Any

import numpy as np

from lesson_extensions.shared.values import (
    ATOL,
    RTOL,
    is_bool,
    is_close,
    is_number,
    is_numeric,
    truth,
)

SHORT = 100  # characters of a value that are shown

Array = np.ndarray[Any, Any]
Found = tuple[str, bool] | None  # what is wrong, and whether to show both values with it


def difference(got: Any, wanted: Any, returned: bool = True) -> tuple[str, str] | None:
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


def compare(got: Any, wanted: Any) -> Found:
    """What is wrong in a value, in words that say {you}; None if nothing is.

    A value of a class that the reader made is not asked whether it is what is wanted.
    """
    if got is ... and wanted is not ...:
        return "the dots `...` are still where your code belongs", False
    if got is None and wanted is not None:
        return "{you} None", False
    if isinstance(got, np.ndarray):
        got = np.ndarray.view(got, np.ndarray)
    if is_number(wanted):
        return compare_number(got, wanted)
    if isinstance(wanted, np.ndarray):
        return compare_array(got, wanted)
    if isinstance(wanted, (tuple, list)):
        return compare_sequence(got, wanted)
    if isinstance(wanted, dict):
        return compare_dictionary(got, wanted)
    if got is wanted or equals(got, wanted):
        return None
    if short(got) == noun(got) and got is not None:
        return f"{{you}} {noun(got)} where {noun(wanted)} is wanted", False
    alike = isinstance(got, type(wanted)) or isinstance(wanted, type(got))
    return ("" if alike or isinstance(wanted, np.dtype) else f"{{you}} {noun(got)}"), True


def equals(got: Any, wanted: Any) -> bool:
    if isinstance(got, np.dtype):
        return bool(got == wanted)
    kind: Any = type(wanted)
    is_equal = kind.__eq__(wanted, got)
    return is_equal is not NotImplemented and truth(is_equal)


def compare_dictionary(got: Any, wanted: dict[Any, Any]) -> Found:
    if not isinstance(got, dict):
        return f"{{you}} {noun(got)} where a dictionary is wanted", False
    if {*dict.keys(got)} != {*wanted}:
        return "{you} a dictionary with other keys", True
    for key, value in wanted.items():
        found = compare(dict.__getitem__(got, key), value)
        if found:
            return f"at {short(key)}: {found[0] or 'another value is wanted'}", found[1]
    return None


def compare_sequence(got: Any, wanted: Any) -> Found:
    kind: Any = tuple if isinstance(wanted, tuple) else list
    if not isinstance(got, kind):
        return f"{{you}} {noun(got)} where a {kind.__name__} of {len(wanted)} is wanted", False
    got = [*kind.__iter__(got)]
    if len(got) != len(wanted):
        return f"{{you}} {len(got)} values where {len(wanted)} are wanted", True
    for number, pair in enumerate(zip(got, wanted, strict=True), 1):
        found = compare(*pair)
        if found:
            said, values = found
            return f"value {number} of {len(wanted)}: {said or 'another is wanted'}", values
    return None


def compare_number(got: Any, wanted: Any) -> Found:
    """A number, True or False where one is wanted; a 0-dimensional array is as good as a number."""
    truths = is_bool(wanted)
    thing = "True or False" if truths else "a number"
    if isinstance(got, np.ndarray) and got.ndim:
        is_right = got.size == 1 and is_close(got.ravel()[0], wanted)
        right = "right value, but " if is_right else ""
        return f"{right}{{you}} {noun(got)} where {thing} is wanted", False
    if not is_number(got):
        return f"{{you}} {noun(got)} where {thing} is wanted", False
    if is_bool(got) != truths:
        return f"{{you}} {short(got)} where {thing} is wanted", False
    if is_close(got, wanted):
        return None
    got, wanted = np.asarray(got), np.asarray(wanted)
    return how(got, wanted) if is_numeric(got, wanted) else "", True


def compare_array(got: Any, wanted: Any) -> Found:
    thing = f"{named(wanted.shape)} is wanted"
    if isinstance(got, (list, tuple)):
        try:
            is_right = not compare_array(np.array(got), wanted)
        except ValueError:
            is_right = False
        right = "right values, but " if is_right else ""
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


def compare_shape(got: Array, wanted: Array, thing: str) -> str:
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


def how(got: Array, wanted: Array) -> str:
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


def multiple(got: Array, wanted: Array) -> str:
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


def entries(got: Array, wanted: Array) -> str:
    """How many entries are wrong, where some are right."""
    wrong = ~np.isclose(got, wanted, RTOL, ATOL, True) if is_numeric(got, wanted) else got != wanted
    wrong = np.asarray(wrong)
    if not wrong.any() or wrong.all():
        return ""
    first = ", ".join(map(str, np.argwhere(wrong)[0]))
    if wrong.sum() == 1:
        return f"1 of {wrong.size} entries is wrong, at [{first}]"
    return f"{wrong.sum()} of {wrong.size} entries are wrong, the first at [{first}]"


def name_of(shape: tuple[int, ...]) -> str:
    if len(shape) == 1:
        return "vector"
    if len(shape) == 2 and 1 in shape and shape != (1, 1):
        return "column" if shape[1] == 1 else "row"
    return ""


def named(shape: tuple[int, ...]) -> str:
    """Such as `a vector with 3 entries`."""
    name = name_of(shape)
    if not name:
        return f"an array of shape {shape}"
    count = max(shape) if 0 not in shape else 0
    text = f"a {name} with {count} {'entry' if count == 1 else 'entries'}"
    return text if name == "vector" else f"{text}, shape {shape},"


def noun(value: Any) -> str:
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
    kinds: dict[type, str] = {str: "text", dict: "a dictionary", range: "a range"}
    name = type(value).__name__
    return kinds.get(type(value)) or f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def short(value: Any) -> str:
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


def cut(text: str, length: int = SHORT) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
