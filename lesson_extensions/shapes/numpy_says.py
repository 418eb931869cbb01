"""What NumPy makes of two shapes, and the words in which it says so.

The rules themselves stand in static/shape_rules.js, without a word of NumPy's. tests/test_shapes.py
asks NumPy about each pair of shapes in a grid, and compares.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

Shape = tuple[int, ...]
Array = np.ndarray[Any, np.dtype[np.float64]]


OPERATIONS: dict[str, Callable[..., Any]] = {
    "matmul": lambda a, b: np.matmul(a, b),
    "dot": lambda a, b: np.dot(a, b),
    "matvec": lambda a, b: np.matvec(a, b),  # NumPy has it since 2.2
    "vecdot": lambda a, b: np.vecdot(a, b),
    "solve": lambda a, b: np.linalg.solve(a, b),
    "lstsq": lambda a, b: np.linalg.lstsq(a, b, rcond=None)[0],
    "broadcast": lambda a, b: np.add(a, b),
    "einsum": lambda a, b, subscripts: np.einsum(subscripts, a, b),
    "kron": lambda a, b: np.kron(a, b),
    "tensordot": lambda a, b, axes: np.tensordot(a, b, axes=int(axes)),
}
WITH_OPTION = {"einsum": "subscripts", "tensordot": "axes"}


def available() -> list[str]:
    """The operations that this NumPy has."""
    return [name for name in OPERATIONS if name != "matvec" or hasattr(np, name)]


def array(shape: Shape) -> Array:
    """One without values that matter: where it is square it can be inverted."""
    square = len(shape) > 1 and shape[-1] == shape[-2]
    return np.broadcast_to(np.eye(shape[-1]) if square else np.float64(0), shape)


def outcome(name: str, a: Shape, b: Shape, option: str | None = None) -> Shape | str:
    """The shape that the operation gives, or the last line of its traceback."""
    options = [] if option is None else [option]
    try:
        result = OPERATIONS[name](array(a), array(b), *options)
    except Exception as error:
        return said(error)
    return tuple(np.shape(result))


def said(error: Exception) -> str:
    kind = type(error)
    module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    return f"{module}{kind.__qualname__}: {error}"


class OtherWords(Exception):
    """NumPy says it otherwise than it did; the text says what it says now."""


def template(message: Shape | str, parts: list[tuple[str, str]]) -> str:
    """The message with names in braces for its parts: (name, text), in the order of the message.

    >>> template("ValueError: 2 is not 3", [("size", "2"), ("other", "3")])
    'ValueError: {size} is not {other}'
    """
    made, rest = "", str(message)
    for name, text in parts:
        before, found, rest = rest.partition(text)
        if not found:
            raise OtherWords(f"no {text} ({name}) in “{message}”")
        made += f"{before}{{{name}}}"
    return made + rest


def messages() -> dict[str, str]:
    """Each thing that NumPy says of shapes: one case of it, with names for what another has."""
    signature = np.matmul.signature

    def of(name: str, a: Shape, b: Shape, option: str | None = None, /, **parts: str) -> str:
        return template(outcome(name, a, b, option), list(parts.items()))

    return {
        "few": of(
            "matmul", (7,), (), f="matmul", operand="1", has="0", signature=signature, requires="1"
        ),
        "core": of(
            "matmul",
            (5, 7),
            (8, 6),
            f="matmul",
            operand="1",
            axis="0",
            signature=signature,
            size="8",
            other="7",
        ),
        "stack": of(
            "matmul",
            (8, 5, 7),
            (9, 7, 6),
            a="(8,5,7)",
            a_mapped="(8,newaxis,newaxis)",
            b="(9,7,6)",
            b_mapped="(9,newaxis,newaxis)",
            core="(5,6)",
        ),
        "broadcast": of("broadcast", (5, 7), (8,), a="(5,7)", b="(8,)"),
        "aligned": of(
            "dot",
            (9, 5, 7),
            (8, 6),
            a="(9,5,7)",
            b="(8,6)",
            size="7",
            axis="2",
            other="8",
            other_axis="0",
        ),
        "vector": of("solve", (7,), (7,), axes="1"),
        "square": of("solve", (5, 7), (7,)),
        "matrix": of("lstsq", (8, 5, 7), (7,), axes="3"),
        "incompatible": of("lstsq", (5, 7), (6,)),
        "sum": of("tensordot", (5, 7), (7, 5), "2"),
        "index": of("tensordot", (7,), (7,), "2"),
        "remapped": of(
            "einsum",
            (5, 7),
            (8, 6),
            "ij,jk",
            a="(5,7)",
            a_mapped="(5,newaxis,7)",
            b="(8,6)",
            b_mapped="(6,8)",
        ),
        "more_arrays": of("einsum", (), (), ",,"),
        "fewer_arrays": of("einsum", (), (), "->"),
        "letters": of("einsum", (7,), (7,), "i,jk", operand="1"),
        "axes": of("einsum", (5, 7), (7,), "i,j"),
        "dot": of("einsum", (7,), (7,), "i,j.", operand="1"),
        "dot_after": of("einsum", (7,), (7,), "i,j->."),
        "no_letter": of("einsum", (7,), (7,), "i,?", letter="?"),
        "no_arrow": of("einsum", (7,), (7,), "i,j-"),
        "twice": of("einsum", (7,), (7,), "i,j->xx", letter="x"),
        "unknown": of("einsum", (7,), (7,), "i,j->x", letter="x"),
        "axes_after": of("einsum", (7,), (7,), "...,...->"),
        "diagonal": of(
            "einsum", (5, 7), (7,), "ZZ,j", operand="0", letter="Z", size="5", other="7"
        ),
    }


def signatures() -> dict[str, str]:
    """Of those that work on a stack: which axes of its members meet."""
    found = {name: getattr(np, name, None) for name in ("matmul", "matvec", "vecdot")}
    signatures = {name: function.signature for name, function in found.items() if function}
    for f, b in (("solve1", (6,)), ("solve", (6, 8))):  # NumPy says them only where b does not fit
        said = str(outcome("solve", (7, 7), b))
        signatures[f] = said.partition(f"{f}: ")[2].partition("signature ")[2].partition(" (")[0]
        if "->" not in signatures[f]:
            raise OtherWords(f"no signature in “{said}”")
    return signatures


def words() -> dict[str, Any]:
    """What the script is to know of this NumPy."""
    return {
        "numpy": np.__version__,
        "operations": available(),
        "signatures": signatures(),
        "messages": messages(),
    }
