"""A reader's program, in a Python of its own: what it changes there, its judge does not see.

Served to the reader's browser, with grade.py.
"""

import builtins
import contextlib
import functools
import io
import sys
import types
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from lesson_extensions.exercise.calls import PROGRAM, Counted
from lesson_extensions.shared import pristine

PRINTED = 10_000  # characters that are kept of what a program prints


class Program:
    """The names that a program defines, and what it changes.

    `with program:` is its own Python, in which NumPy may be another; outside of it, Python is as it
    was at first. `stand_ins` are there when it begins. `may_change` names parameters whose
    arguments its functions may change.
    """

    def __init__(
        self, stand_ins: pristine.Changes, names: dict[str, Any], may_change: Iterable[str] = ()
    ) -> None:
        self.names = {"__name__": "__main__", "__builtins__": builtins, **names}
        self.changed: list[str] = []  # parameters whose arguments a call changed
        self.returned: list[Any] = []
        self.may_change = set(may_change)
        self.aside = pristine.Aside([*stand_ins])
        self.streams = self.judges_streams = sys.stdout, sys.stderr
        self.runs = False

    def __enter__(self) -> None:
        self.judges_streams = sys.stdout, sys.stderr
        pristine.put_on(self.aside)
        sys.stdout, sys.stderr = self.streams
        self.runs = True

    def __exit__(self, *error: object) -> None:
        self.aside = pristine.set_aside()
        self.streams = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = self.judges_streams
        self.runs = False

    @property
    def functions(self) -> set[str]:
        return {
            name
            for name, value in self.names.items()
            if type(value) is types.FunctionType and value.__code__.co_filename == PROGRAM
        }

    def seen_by_a_check(self) -> dict[str, Any]:
        """Its names; a function among them runs in the program's own Python when it is called.

        A name that Python has by itself means what Python means, whatever the program made of it.
        """
        return {
            name: self.guarded(value) if isinstance(value, CALLED) else value
            for name, value in self.names.items()
            if name not in vars(builtins)
        } | {"__builtins__": builtins}

    def guarded(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """`function`, in the program's own Python; sees what it does to its arguments."""

        def call(*args: Any, **options: Any) -> Any:
            if self.runs:
                return function(*args, **options)
            given: list[tuple[int | str, Any]] = [*enumerate(args), *options.items()]
            before = [content(value) for _, value in given]
            with self:
                value = function(*args, **options)
            for (place, argument), content_before in zip(given, before, strict=True):
                if content(argument) != content_before:
                    name = parameter(function, place)
                    if name not in self.may_change and name not in self.changed:
                        self.changed.append(name)
            self.returned.append(value)
            return plain(value)

        with contextlib.suppress(AttributeError, TypeError):
            functools.update_wrapper(call, function)
        return call

    def stranger(self, value: Any, code: types.CodeType, known: Iterable[str]) -> type | None:
        """A class of the program's own that hands a check its values: what they say of themselves
        may be anything. Those that an exercise names, in `known`, are what it asks for.
        """
        seen = [value, *self.returned, *(self.names.get(name) for name in code.co_names)]
        kinds = (kind for one in seen for kind in kinds_of(one))
        return next((k for k in kinds if not is_known(k) and k.__name__ not in known), None)


CALLED = (
    types.FunctionType,
    functools.partial,
    type(functools.lru_cache(id)),
    np.vectorize,
    Counted,
)


# -- What a check is given -------------------------------------------------------------------------


def plain(value: Any) -> Any:
    """A value whose class says nothing else of it than NumPy does."""
    if isinstance(value, np.ndarray) and type(value) is not np.ndarray:
        return np.ndarray.view(value, np.ndarray)
    if type(value) in (tuple, list):
        return type(value)(map(plain, value))
    return value


def kinds_of(value: Any) -> list[type]:
    """Its class, and the classes of what it holds."""
    kind = type(value)
    if kind in (tuple, list) and len(value) < 1000:
        return [kind, *(inner for entry in value for inner in kinds_of(entry))]
    if kind is dict and len(value) < 1000:
        return [kind, *(inner for entry in value.values() for inner in kinds_of(entry))]
    return [kind]


def is_known(kind: type) -> bool:
    """Whether a class is Python's, NumPy's or another module's: none that a program made."""
    if not kind.__flags__ & pristine.HEAP:
        return True
    found: Any = sys.modules.get(str(kind.__module__))
    for part in str(kind.__qualname__).split("."):
        found = getattr(found, part, None)
    return found is kind


# -- Arguments -------------------------------------------------------------------------------------


def content(value: Any, above: tuple[int, ...] = ()) -> Any:
    """What a value holds, in a form that stays when the value changes, to be compared with ==."""
    if id(value) in above:  # it holds itself
        return id(value)
    above = (*above, id(value))
    kind = type(value)
    if isinstance(value, np.ndarray):
        array = np.ndarray.view(value, np.ndarray)
        root = array
        while isinstance(root.base, np.ndarray):
            root = root.base
        entries = [
            [content(entry, above) for entry in one.flat] if one.dtype.hasobject else one.tobytes()
            for one in ([array] if array.nbytes == root.nbytes else [array, root])
        ]
        return id(value), array.dtype.str, array.shape, entries
    if kind in (list, tuple):
        return kind, [content(entry, above) for entry in value]
    if kind is dict:
        return kind, [(content(k, above), content(v, above)) for k, v in value.items()]
    if kind in (set, frozenset):
        return kind, sorted(map(repr, value))
    if kind in (int, float, complex, str, bool, bytes, bytearray) or isinstance(value, np.generic):
        return kind, repr(value)  # not the value: nan is not nan
    return id(value)


def parameter(function: Any, place: int | str) -> str:
    """The name of what is passed at `place`, in the definition of a function."""
    code = getattr(getattr(function, "__wrapped__", function), "__code__", None)
    if isinstance(place, str):
        return place
    if code is None:
        return f"argument {place + 1}"
    names = code.co_varnames
    if place < code.co_argcount:
        return str(names[place])
    return str(names[code.co_argcount + code.co_kwonlyargcount])  # that of *args


def changed_words(names: list[str]) -> str:
    """Such as: you changed `p`; whoever passed it finds it changed."""
    if not names:
        return ""
    *most, last = [f"`{name}`" for name in names]
    named = f"{', '.join(most)} and {last}" if most else last
    it = "them" if most else "it"
    return f"you changed {named}; whoever passed {it} finds {it} changed"


class Limited(io.StringIO):
    """Keeps what is printed while it `listens`, up to a limit."""

    listens, full = True, False

    def write(self, text: str) -> int:
        if self.listens and not self.full:
            room = PRINTED - self.tell()
            self.full = len(text) > room
            super().write(text[:room] + "\n… and more\n" if self.full else text)
        return len(text)
