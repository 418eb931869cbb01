"""Sees whether a program calls a function of NumPy, or one that does the same.

Served to the reader's browser, with grade.py.
"""

import ast
import math
import operator
import re
import sys
import types
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from lesson_extensions.shared.pristine import Changes

PROGRAM = "your code"  # the name of the reader's file, in tracebacks

# Who forbids one of the names before a bar forbids the others, and those behind the bar, which do
# that and more. Beside these, a function stands for its namesakes: np.linalg.trace and a.trace for
# np.trace. tests/test_calls.py tries all names of NumPy, and has a reason for each that is missing.
GROUPS = """
np.linalg.norm np.linalg.vector_norm np.linalg.matrix_norm | np.hypot.reduce math.hypot math.dist
np.dot np.vdot np.inner np.vecdot np.matmul np.matvec np.vecmat np.linalg.multi_dot |
    np.tensordot np.einsum np.correlate np.convolve np.polymul math.sumprod
np.outer np.multiply.outer | np.tensordot np.einsum np.kron
np.tensordot | np.einsum np.dot np.matmul np.inner np.vdot
np.kron | np.outer np.einsum
np.trace | np.einsum
np.diagonal np.diag np.diagflat | np.einsum
np.transpose np.matrix_transpose np.permute_dims | np.swapaxes np.moveaxis np.rollaxis np.einsum
np.linalg.inv np.linalg.pinv | np.linalg.tensorinv np.linalg.matrix_power np.matrix np.asmatrix
    np.bmat
np.linalg.solve np.linalg.lstsq np.linalg.tensorsolve |
np.linalg.eig np.linalg.eigh np.linalg.eigvals np.linalg.eigvalsh |
np.linalg.svd np.linalg.svdvals |
np.linalg.matrix_power | np.matrix np.asmatrix np.bmat
np.sum np.nansum np.add.reduce | np.einsum math.fsum
np.prod np.nanprod np.multiply.reduce | math.prod
np.mean np.nanmean np.average |
np.cumsum np.nancumsum np.cumulative_sum np.add.accumulate |
np.cumprod np.nancumprod np.cumulative_prod np.multiply.accumulate |
np.max np.amax np.nanmax np.maximum.reduce np.fmax.reduce |
np.min np.amin np.nanmin np.minimum.reduce np.fmin.reduce |
np.maximum np.fmax | np.clip
np.minimum np.fmin | np.clip
np.all np.logical_and.reduce |
np.any np.logical_or.reduce |
np.abs np.fabs |
np.std np.nanstd |
np.var np.nanvar |
np.median np.nanmedian |
np.quantile np.nanquantile np.percentile np.nanpercentile |
np.argmax np.nanargmax |
np.argmin np.nanargmin |
np.round np.around np.rint |
np.fix np.trunc | np.modf
np.mod np.fmod np.remainder | np.divmod
np.floor_divide | np.divmod
np.power np.float_power |
np.add np.polyadd |
np.subtract np.polysub |
np.flip np.flipud np.fliplr |
np.diff np.ediff1d |
np.trapezoid np.trapz |
np.sort np.sort_complex |
np.unique np.unique_all np.unique_counts np.unique_inverse np.unique_values |
np.histogram np.histogram_bin_edges |
np.ravel np.ndarray.flatten | np.reshape np.hstack np.concatenate
np.sqrt np.emath.sqrt | math.sqrt
np.degrees np.rad2deg | math.degrees
np.radians np.deg2rad | math.radians
"""
# The operator is forbidden only by its own name
OPERATOR = "@"
METHODS = ("__matmul__", "__rmatmul__", "__imatmul__")
OF_OPERATOR = [
    "operator.matmul", "np.matmul", "np.linalg.matmul", *(f"np.ndarray.{name}" for name in METHODS),
]  # fmt: skip
# A call that does the same only with some arguments
ONLY_WHERE: dict[tuple[str, str], Callable[..., bool]] = {
    ("np.linalg.inv", "np.linalg.matrix_power"): lambda M, n: n < 0,
}
OTHER_ROOMS = ("numpy.ma", "numpy.ma.core", "numpy.ma.extras")  # loaded only when they are used
ROOTS = {"np": np, "numpy": np, "math": math, "operator": operator}


class Called(NamedTuple):
    """A call: its line, 0 if no line of the program did it, and the name of what was called."""

    line: int
    name: str


def find(name: str) -> Any:
    """What a name such as np.linalg.inv or np.ndarray.dot stands for; None if nothing can be called
    by it.
    """
    root, *path = name.split(".")
    thing: Any = ROOTS.get(root)
    for part in path:
        thing = getattr(thing, part, None)
    return thing if path and callable(thing) else None


def is_function(name: str) -> bool:
    """Whether an exercise may ask for calls of it."""
    return name == OPERATOR or not (find(name) is None or isinstance(find(name), type))


def groups() -> list[tuple[set[str], set[str]]]:
    lines = re.sub(r"\n +", " ", GROUPS).strip().splitlines()
    halves = (line.partition("|") for line in lines)
    return [({*same.split()}, {*more.split()}) for same, _, more in halves]


def stands_for(name: str) -> list[str]:
    """The names of all that does what `name` does: itself, then the others."""
    if name == OPERATOR:
        return [OPERATOR, *(one for one in OF_OPERATOR if find(one))]
    own = {name, *namesakes(name)}
    wanted = [find(one) for one in own]
    found = {*own}
    for same, more in groups():
        if same & own or any(find(one) in wanted for one in same if is_function(one)):
            found |= same | more
    found |= {other for one in found for other in namesakes(one)}
    return [name, *sorted(one for one in found - {name} if find(one) is not None)]


def namesakes(name: str) -> set[str]:
    """np.linalg.trace and np.ndarray.trace, for np.trace."""
    root, *path = name.split(".")
    if root not in ("np", "numpy") or path[:-1] not in ([], ["linalg"], ["ndarray"]):
        return set()
    names = {f"{place}.{path[-1]}" for place in ("np", "np.linalg", "np.ndarray")}
    return {one for one in names if find(one) is not None}


class Spy:
    """Whether functions are called: `calls` has, by name, the first call, None until there is one.

    `stand_ins` take the place of the functions while the program runs, and `watched` makes the
    program ask of what it calls, since a method has no place where something else could stand.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.calls: dict[str, Called | None] = dict.fromkeys(names)
        self.stand_ins: Changes = []
        self.names = {"<call>": self.seen, "<operator>": self.operated}
        self.namesakes: dict[str, list[tuple[str, str]]] = {}  # by the last part of the name
        self.counted: dict[int, Counted] = {}  # by id of what is counted
        self.methods: dict[tuple[int, str], list[tuple[str, str]]] = {}
        for name in self.calls:
            if not is_function(name):
                raise ValueError(f"NumPy has no function {name}")
            for one in stands_for(name):
                self.watch(name, one)

    def watch(self, name: str, one: str) -> None:
        """Count calls of `one` as such of `name`."""
        function = find(one)
        holder = find(one.rpartition(".")[0])
        if one.startswith("np.") and not isinstance(holder, (np.ufunc, type)):
            last = one.rpartition(".")[2]
            self.namesakes.setdefault(last, []).append((name, f"np.ma.{last}"))
        if isinstance(holder, (np.ufunc, type)):  # a.dot, np.add.reduce: made anew when looked up
            kind = 0 if isinstance(holder, type) else id(holder)
            self.methods.setdefault((kind, one.rpartition(".")[2]), []).append((name, one))
        while function is not None:
            counted = self.counted.setdefault(id(function), Counted(function, self.note))
            counted.stands_for.append((name, one))
            if counted.places is None:
                counted.places = places_of(function)
                self.stand_ins += [(where, alias, counted) for where, alias in counted.places]
                counted.aliases |= {alias for _, alias in counted.places}
            function = getattr(function, "__wrapped__", None)

    def note(self, names: list[tuple[str, str]], args: tuple[Any, ...] = ()) -> None:
        frame: types.FrameType | None = sys._getframe(1)
        while frame and frame.f_code.co_filename != PROGRAM:
            frame = frame.f_back
        for name, one in names:
            holds = ONLY_WHERE.get((name, one))
            if self.calls[name] is None and (holds is None or (len(args) > 1 and holds(*args[:2]))):
                self.calls[name] = Called(frame.f_lineno if frame else 0, one)

    def seen(self, value: Any) -> Any:
        """What stands for a value that the program calls, or hands to what it calls."""
        counted = self.counted.get(id(value))
        if counted is not None:
            return counted
        called = getattr(value, "__name__", None)
        owner = getattr(value, "__self__", None)
        if owner is not None and isinstance(owner, (np.ndarray, np.generic, np.ufunc)):
            kind = id(owner) if isinstance(owner, np.ufunc) else 0
            names = self.methods.get((kind, str(called)))
            if names:
                return Counted(value, self.note, names)
        elif called in self.namesakes and str(getattr(value, "__module__", "")) in OTHER_ROOMS:
            return Counted(value, self.note, self.namesakes[called])
        return value

    def operated(self, value: Any) -> Any:
        """The right side of an operator @."""
        self.note([(OPERATOR, OPERATOR)] if OPERATOR in self.calls else [])
        return value

    def watched(self, tree: ast.Module) -> ast.Module:
        """A program that tells of its calls; its lines stay what they are."""
        return ast.fix_missing_locations(Watched().visit(tree)) if self.calls else tree


def places_of(function: Any) -> list[tuple[dict[str, Any], str]]:
    """(namespace, name) of all public names of a function; none of a class, which is more."""
    if isinstance(function, type):
        return []
    return [
        (vars(module), alias)
        for module in (np, np.linalg, math, operator)
        for alias, value in vars(module).items()
        if value is function
    ]


class Watched(ast.NodeTransformer):
    """Passes what is called, and what is handed on, through `<call>`; what @ gets, through
    `<operator>`.
    """

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        is_super = isinstance(node.func, ast.Name) and node.func.id == "super"
        if not is_super:  # which Python knows by its name
            node.func = through("<call>", node.func)
        node.args = [through("<call>", one) if is_named(one) else one for one in node.args]
        for keyword in node.keywords:
            if keyword.arg and is_named(keyword.value):
                keyword.value = through("<call>", keyword.value)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.MatMult):
            node.right = through("<operator>", node.right)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.MatMult):
            node.value = through("<operator>", node.value)
        return node


def is_named(node: ast.expr) -> bool:
    return isinstance(node, (ast.Name, ast.Attribute, ast.Subscript, ast.Call))


def through(name: str, node: ast.expr) -> ast.Call:
    call = ast.Call(ast.Name(name, ast.Load()), [node], [])
    return ast.copy_location(ast.copy_location(call, node), node)


class Counted:
    """Stands for a function, and notes its calls by the program."""

    def __init__(
        self,
        function: Any,
        note: Callable[[list[tuple[str, str]], tuple[Any, ...]], None],
        stands_for: list[tuple[str, str]] | None = None,
    ) -> None:
        self.__wrapped__, self.note, self.stands_for = function, note, stands_for or []
        self.__name__ = getattr(function, "__name__", "")
        self.__doc__ = function.__doc__
        self.aliases = {self.__name__}
        self.places: list[tuple[dict[str, Any], str]] | None = None

    def __call__(self, *args: Any, **options: Any) -> Any:
        if self.counts(sys._getframe(1)):
            self.note(self.stands_for, (*args, *options.values()))
        return self.__wrapped__(*args, **options)

    def counts(self, frame: types.FrameType) -> bool:
        """Whether this call is the reader's: NumPy calls its own functions too, and names them.

        What calls it by another name, as np.apply_along_axis does, was given it by the reader.
        """
        is_numpys = str(frame.f_globals.get("__name__")).partition(".")[0] == "numpy"
        return not is_numpys or not self.aliases & {*frame.f_code.co_names}

    def __getattr__(self, name: str) -> Any:  # np.add.reduce
        return getattr(self.__wrapped__, name)
