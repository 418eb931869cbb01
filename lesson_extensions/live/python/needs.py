"""What a text needs before it can run: texts above it, and packages that are loaded on demand.

A text above is needed if it binds a name that the text uses, or changes the object behind it. That
a page's texts, each run with nothing but what this module names, print what the page says is proven
by `nox -s parity`.
"""

import ast
import contextlib
import dis
import functools
import importlib
import importlib.abc
import importlib.machinery
import inspect
import sys
import types
from collections.abc import Iterable, Sequence
from typing import NamedTuple

PACKAGES = {"matplotlib", "mpl_toolkits"}  # loaded when a text uses them, not when it imports them
IN_PLACE = {"fill_diagonal", "put", "place", "copyto", "putmask", "shuffle"}  # change an argument
EVERYWHERE = {"set_printoptions", "seterr", "seed", "simplefilter", "filterwarnings"}
SETTINGS = ""  # stands among names for what EVERYWHERE changes: how all that follows prints
NOTHING = "-"  # no name at all
LOADS = {"LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS"}
STORES = {"STORE_NAME", "STORE_GLOBAL", "DELETE_NAME", "DELETE_GLOBAL"}
MAY_SKIP = ast.If | ast.Try | ast.While | ast.Match  # what is in it may not run
AT_ONCE = {"<listcomp>", "<setcomp>", "<dictcomp>"}  # code of its own that runs where it stands


class Package(BaseException):
    """A package that is loaded on demand is used now. No Exception: nobody shall catch it."""


class Uses:
    """The names that a text takes from others (`free`), gives (`bound`) and changes (`changed`).

    `late` are those that its functions take when they are called, `imported` is name → package.
    What loads and what stores is read from the bytecode, since the compiler knows the scopes.
    """

    def __init__(self, source: str) -> None:
        self.free: set[str] = {SETTINGS}
        self.bound: set[str] = set()
        late: set[str] = set()
        seen = Seen()
        for statement in statements_of(source):
            seen.visit(statement)
            before = {*self.bound}
            with contextlib.suppress(SyntaxError):  # such as a return: it says so when it is run
                self.read(compiled(statement), late)
            if isinstance(statement, MAY_SKIP):
                self.free |= self.bound - before - caught(statement)  # else it stays as it was
        self.changed = seen.changed & (self.free | self.bound)
        self.imported = seen.imported
        self.late = frozenset(late)

    def read(self, code: types.CodeType, late: set[str]) -> None:
        """Note what the code of a statement, and all code inside it, loads and stores."""
        known = self.bound if code.co_name == "<module>" else {*self.bound}  # a class has its own
        for instruction in dis.get_instructions(code):
            name = instruction.argval
            if isinstance(name, types.CodeType):
                self.read(name, late)
            elif instruction.opname in STORES:
                known.add(name)
            elif instruction.opname in LOADS:
                self.free |= {name} - known
                if code.co_flags & inspect.CO_NEWLOCALS and code.co_name not in AT_ONCE:
                    late.add(name)


class Seen(ast.NodeVisitor):
    """What the bytecode does not tell: what is changed in place, and what is a package."""

    def __init__(self) -> None:
        self.changed: set[str] = set()
        self.imported: dict[str, str] = {}

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            package = alias.name.partition(".")[0]
            self.imported[alias.asname or package] = package

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            self.imported[alias.asname or alias.name] = (node.module or "").partition(".")[0]

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.changed.add(root(node.target))
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute | ast.Subscript) -> None:
        if not isinstance(node.ctx, ast.Load):
            self.changed.add(root(node))
        self.generic_visit(node)

    visit_Subscript = visit_Attribute

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Attribute):
            self.changed.add(root(node.func))  # a.sort(), rng.random(): may change it
            if node.func.attr in IN_PLACE and node.args:
                self.changed.add(root(node.args[0]))
            if node.func.attr in EVERYWHERE:
                self.changed.add(SETTINGS)
        for keyword in node.keywords:
            if keyword.arg == "out":
                self.changed.add(root(keyword.value))
        self.generic_visit(node)


uses = functools.lru_cache(maxsize=1000)(Uses)


def statements_of(source: str) -> list[ast.stmt]:
    """The statements of a text; none of what is no Python, which says so when it is run."""
    try:
        return ast.parse(source).body
    except SyntaxError:
        return []


def caught(statement: ast.stmt) -> set[str]:
    """The names of errors that are caught: no longer than their block."""
    return {n.name for n in ast.walk(statement) if isinstance(n, ast.ExceptHandler) and n.name}


def compiled(statement: ast.stmt) -> types.CodeType:
    return compile(ast.Module([statement], []), "", "exec", dont_inherit=True)


def root(node: ast.expr) -> str:
    """The name at the beginning of a.b[c].d, or NOTHING if it begins otherwise."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else NOTHING


class Value(NamedTuple):
    """What stands behind a name: equal if the same code made it of equal values."""

    number: int
    late: frozenset[str]  # the names that it takes when it is called
    is_module: bool


Values = dict[str, Value]


class Past:
    """What ran in a namespace, so that the next text sees what a run from the top would give it.

    Each value has a number, which stands for the code that made it and for the values that this
    code took. A run from the top is followed in numbers alone; where the namespace has others, what
    makes them runs again.
    """

    def __init__(self) -> None:
        self.numbers: dict[object, int] = {}
        self.now: Values = {}

    def order(self, sources: Sequence[str], target: int) -> list[int]:
        """The indices of the sources to run, in order, so that `target` can be, which is the last.

        They are those that it needs, but for what has run as it is now since all that it needs has.
        """
        fresh = self.from_the_top(sources[:target])
        planned = {target}
        while (missing := self.missing(sources, planned, fresh)) is not None:
            planned.add(missing)
        return sorted(planned)

    def missing(self, sources: Sequence[str], planned: set[int], fresh: list[Values]) -> int | None:
        """The text that makes the first value which one of the planned would find to be another."""
        values = self.now
        for index in sorted(planned):
            for name in reads(sources[index], fresh[index]):
                if values.get(name) != fresh[index][name]:
                    while fresh[index].get(name) == fresh[index - 1].get(name):
                        index -= 1
                    return index - 1
            values = self.after(values, sources[index], fresh[index])
        return None

    def from_the_top(self, sources: Sequence[str]) -> list[Values]:
        """The values before each of the sources, and after the last, if they ran one by one."""
        fresh: list[Values] = [{}]
        for source in sources:
            fresh.append(self.after(fresh[-1], source, fresh[-1]))
        return fresh

    def after(self, values: Values, source: str, fresh: Values, failed: bool = False) -> Values:
        """What becomes of the values when a text runs that finds `fresh` in a run from the top."""
        use = uses(source)
        taken = [(name, values.get(name)) for name in sorted(reads(source, fresh))]
        key = object() if failed else (source, *taken)  # what failed half-way is like nothing else
        number = self.numbers.setdefault(key, len(self.numbers))
        late = use.late.union(*(fresh[name].late for name, _ in taken))  # it may hold what it took
        made = {name: Value(number, late, name in use.imported) for name in use.bound}
        for name in use.changed - use.bound:
            if not (name in fresh and fresh[name].is_module):
                made[name] = Value(number, late, False)
        return values | made

    def note(self, sources: Sequence[str], index: int, failed: bool) -> None:
        """The source at `index` has run."""
        fresh = self.from_the_top(sources[:index])[-1]
        self.now = self.after(self.now, sources[index], fresh, failed)


def reads(source: str, values: Values) -> set[str]:
    """The names that a text takes from those above it, and so do the functions that it takes."""
    found: set[str] = set()
    new = uses(source).free & values.keys()
    while new:
        found |= new
        new = {name for taken in new for name in values[taken].late} & values.keys() - found
    return found


def packages(sources: Sequence[str], run: Iterable[int]) -> list[str]:
    """The packages that the sources at the indices `run` use, and do not just bind."""
    names = {
        name
        for source in sources
        for name, package in uses(source).imported.items()
        if package in PACKAGES
    }
    used = {
        node.id
        for index in run
        for statement in statements_of(sources[index])
        for node in ast.walk(statement)
        if isinstance(node, ast.Name)
    }
    return ["matplotlib"] if names & used else []


class Later(types.ModuleType):
    """Stands for a module whose package is not loaded; to use it is to ask for it."""

    def __getattr__(self, name: str) -> None:
        if name.startswith("__"):
            raise AttributeError(name)
        raise Package("matplotlib")


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports a Later for what can be loaded, and has not been."""

    def find_spec(
        self, name: str, path: object = None, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name.partition(".")[0] in PACKAGES:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> Later:
        return Later(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        pass


finder = Finder()


def install() -> None:
    sys.meta_path.insert(0, finder)  # before Pyodide's own, which raises for what it could load


def loaded(namespace: dict[str, object]) -> None:
    """A package was loaded: put the modules where their stand-ins are."""
    sys.meta_path.remove(finder)
    for name in [name for name, module in sys.modules.items() if isinstance(module, Later)]:
        del sys.modules[name]
    importlib.invalidate_caches()
    for name, value in list(namespace.items()):
        if isinstance(value, Later):
            namespace[name] = importlib.import_module(value.__name__)
