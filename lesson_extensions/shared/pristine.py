"""Python as it was before a reader's code ran, so that who judges that code judges by his own.

A program may give np.allclose another meaning, or have NumPy raise where it warns. This remembers,
when it is imported, what the names of NumPy and of the standard modules that mathematics uses stood
for, and the settings of both. `set_aside` makes it so again and returns what was otherwise, and
`put_on` brings that back.

Not remembered: what lies inside of a function, such as its code; a module that is imported later
counts as it is when it is first seen here.

Served to the reader's browser, where it is imported before anything of the reader's runs: of what
is not Python's, this imports NumPy only.
"""

import builtins
import contextlib
import os
import re
import sys
import types
import warnings
from collections.abc import Callable, Iterator
from operator import is_
from typing import Any

import numpy as np

OURS = ("lesson_extensions.exercise", "lesson_extensions.shared.values")
STANDARD = re.findall(
    r"\w+",
    """ast base64 cmath collections contextlib copy decimal fractions functools io itertools
    json math numbers operator os random re statistics string sys time tokenize traceback types
    typing warnings zlib""",
)
# what Python itself changes, or the one who redirects it
RESTLESS = {
    "sys": {
        "last_exc", "last_traceback", "last_type", "last_value", "modules", "stderr", "stdout"
    },
    "warnings": {"_filters_version", "filters"},
}  # fmt: skip
HEAP, IMMUTABLE = 1 << 9, 1 << 8  # flags of a class: made by Python code; cannot be changed
MISSING = object()
SILENT = [("ignore", None, Warning, None, 0)]  # who judges has no use for warnings
PLAIN = (dict, int, list, str, tuple)

Namespace = Any  # the dictionary of a module, or a class
Change = tuple[Namespace, str, Any]  # where, name, value; MISSING where there is none
Changes = list[Change]
Setting = tuple[str, Callable[[], Any], Callable[[Any], object]]  # its module, how to get, to set


class Aside:
    """How Python differs from what it was at first."""

    def __init__(self, changes: Changes | None = None) -> None:
        self.built_in: dict[str, Any] | None = None
        self.changes: Changes = changes or []
        self.settings: list[tuple[Callable[[Any], object], Any]] = []


# -- Settings --------------------------------------------------------------------------------------


def set_environment(names: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(names)


def folder() -> str:
    try:
        return os.getcwd()
    except OSError:  # it was deleted
        return ""


def go(path: str) -> None:
    with contextlib.suppress(OSError):
        os.chdir(path)


def set_filters(filters: list[Any]) -> None:
    kept: Any = warnings.filters
    kept[:] = filters
    warnings._filters_mutated()  # type: ignore[attr-defined]


def set_path(path: list[str]) -> None:
    sys.path[:] = path


def arithmetic() -> Any:
    """The settings of decimal, which are compared by what they print."""
    return sys.modules["decimal"].getcontext().copy()


def set_locale(name: str) -> None:
    locale = sys.modules["locale"]
    with contextlib.suppress(locale.Error):
        locale.setlocale(locale.LC_ALL, name)


SETTINGS: list[Setting] = [
    ("numpy", np.geterr, lambda errors: np.seterr(**errors)),
    ("numpy", np.geterrcall, np.seterrcall),
    ("numpy", np.get_printoptions, lambda options: np.set_printoptions(**options)),
    ("numpy", np.getbufsize, np.setbufsize),
    ("sys", sys.getrecursionlimit, sys.setrecursionlimit),
    ("sys", sys.gettrace, sys.settrace),
    ("sys", lambda: [*sys.path], set_path),
    ("os", lambda: {**os.environ}, set_environment),
    ("os", folder, go),
    ("warnings", lambda: [*warnings.filters], set_filters),
    ("decimal", arithmetic, lambda context: sys.modules["decimal"].setcontext(context)),
    ("locale", lambda: sys.modules["locale"].setlocale(0), set_locale),
]


# -- Names -----------------------------------------------------------------------------------------


class Pristine:
    """What names stand for and how settings are, as of when each was first seen."""

    def __init__(self) -> None:
        self.built_in = {**vars(builtins)}
        self.modules: dict[str, types.ModuleType] = {}
        self.seen: list[tuple[Namespace, str, dict[str, Any]]] = []  # where, module, what it holds
        self.loaded: list[str] = []  # as of the last look
        self.settings: dict[int, Any] = {}  # by index in SETTINGS
        self.look()

    def look(self) -> None:
        """Remember what was loaded since the last look."""
        loaded = [*sys.modules]
        if loaded == self.loaded:
            return
        self.loaded = loaded
        for name in {*loaded} - {*self.modules}:
            module = sys.modules[name]
            if is_remembered(name) and is_whole(module):
                self.modules[name] = module
                self.seen.append((vars(module), name, {**vars(module)}))
                self.seen += [
                    (thing, "", {**vars(thing)})
                    for thing in vars(module).values()
                    if isinstance(thing, type)
                    and thing.__module__ == name
                    and thing.__flags__ & (HEAP | IMMUTABLE) == HEAP
                ]
        for index, (module_name, get, _) in enumerate(SETTINGS):
            if index not in self.settings and module_name in sys.modules:
                self.settings[index] = SILENT if module_name == "warnings" else get()

    def set_aside(self) -> Aside:
        """Make Python what it was at first; what it was until now."""
        aside = Aside()
        # no name of builtins is used here before they are as they were
        now = builtins.__dict__
        built_in = {**now}
        now.update(self.built_in)
        for name in built_in:
            if name not in self.built_in:
                del now[name]
        if len(built_in) != len(now) or any(now[name] is not built_in.get(name) for name in now):
            aside.built_in = built_in
        for name, module in self.modules.items():
            if sys.modules.get(name) is not module:
                aside.changes.append((sys.modules, name, sys.modules.get(name, MISSING)))
                sys.modules[name] = module
        self.look()
        first: Changes = []
        for where, module_name, then in self.seen:
            now = where if isinstance(where, dict) else where.__dict__
            if len(now) != len(then) or not all(map(is_, now.values(), then.values())):
                for name, value in changed(now, then, module_name):
                    aside.changes.append((where, name, value))
                    first.append((where, name, then.get(name, MISSING)))
        put(first)
        for index, value in self.settings.items():
            _, get, set_again = SETTINGS[index]
            current = get()
            if not is_same(current, value):
                aside.settings.append((set_again, current))
                set_again(value)
        return aside


def is_same(one: Any, other: Any) -> bool:
    """Whether a setting is unchanged; asks no object of a reader's whether it equals another."""
    if one is other or type(one) is not type(other):
        return one is other
    return bool(one == other) if isinstance(one, PLAIN) else repr(one) == repr(other)


def is_whole(module: Any) -> bool:
    """Whether a module is there, and was imported to its end."""
    spec = getattr(module, "__spec__", None)
    return spec is not None and not getattr(spec, "_initializing", False)


def is_remembered(name: str) -> bool:
    return name in STANDARD or name == "numpy" or name.startswith("numpy.") or name.startswith(OURS)


def changed(now: dict[str, Any], then: dict[str, Any], module: str) -> Iterator[tuple[str, Any]]:
    """(name, value) of what is otherwise than it was, MISSING for what is gone."""
    restless = RESTLESS.get(module, ())
    for name in {**then, **now}:
        value, old = now.get(name, MISSING), then.get(name, MISSING)
        is_new_module = old is MISSING and value is sys.modules.get(f"{module}.{name}", now)
        if value is not old and name not in restless and not is_new_module:
            yield name, value


def put(changes: Changes) -> None:
    for where, name, value in changes:
        if isinstance(where, dict):
            if value is MISSING:
                where.pop(name, None)
            else:
                where[name] = value
        elif value is not MISSING:
            type.__setattr__(where, name, value)
        elif name in where.__dict__:
            type.__delattr__(where, name)


pristine = Pristine()
set_aside = pristine.set_aside


def put_on(aside: Aside) -> None:
    """Make Python what it was before that was set aside."""
    put(aside.changes)
    for set_again, value in aside.settings:
        set_again(value)
    if aside.built_in is not None:
        theirs = aside.built_in
        now = builtins.__dict__
        for name in [*now]:
            if name not in theirs:
                del now[name]
        now.update(theirs)


@contextlib.contextmanager
def as_at_first() -> Iterator[None]:
    """Python as it was at first; afterwards it is again what it was before.

    Whatever random numbers come meanwhile are the same each time.
    """
    aside = set_aside()
    random = sys.modules.get("random"), sys.modules.get("numpy.random")
    states = [
        random[0] and (random[0].setstate, random[0].getstate()),
        random[1] and (random[1].set_state, random[1].get_state()),
    ]
    try:
        yield
    finally:
        set_aside()
        for state in states:
            if state:
                state[0](state[1])
        put_on(aside)


def seed() -> None:
    """Have random numbers begin anew, where their modules are loaded."""
    for name in ("random", "numpy.random"):
        if name in sys.modules:
            sys.modules[name].seed(0)
