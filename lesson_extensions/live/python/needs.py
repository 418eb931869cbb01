"""What a text needs before it can run: cells above it, and packages that are loaded on demand.

A cell above is needed if it binds a name that the text uses, or changes the object behind it. That
a page's cells, each run with nothing but what this module names, print what the page says is proven
by `nox -s parity`.
"""

import ast
import contextlib
import importlib
import importlib.abc
import importlib.machinery
import sys
import types

PACKAGES = {"matplotlib", "mpl_toolkits"}  # loaded when a text uses them, not when it imports them
IN_PLACE = {"fill_diagonal", "put", "place", "copyto", "putmask", "shuffle"}  # change an argument
EVERYWHERE = {"set_printoptions", "seterr", "seed", "simplefilter", "filterwarnings"}


class Package(BaseException):
    """A package that is loaded on demand is used now. No Exception: nobody shall catch it."""


class Uses(ast.NodeVisitor):
    """The names that a text takes from others (`free`), gives (`bound`) and changes (`changed`)."""

    def __init__(self, source):
        self.free, self.bound, self.changed, self.imported = set(), set(), set(), {}
        self.everywhere = False  # it changes how all that follows prints or computes
        with contextlib.suppress(SyntaxError):  # it will say so when it is run
            self.visit(ast.parse(source))

    def visit_Name(self, node):
        if isinstance(node.ctx, ast.Load):
            if node.id not in self.bound:
                self.free.add(node.id)
        else:
            self.bound.add(node.id)

    def visit_Assign(self, node):
        self.visit(node.value)
        for target in node.targets:
            self.store(target)

    def visit_AnnAssign(self, node):
        if node.value:
            self.visit(node.value)
            self.store(node.target)

    def visit_AugAssign(self, node):
        self.visit(node.value)
        name = root(node.target)
        if name:
            self.free |= {name} - self.bound
            self.changed.add(name)
        self.generic_visit(node.target)

    def store(self, target):
        """An assignment to a name binds it, to an entry or an attribute changes what it names."""
        for part in ast.walk(target):
            if isinstance(part, (ast.Subscript, ast.Attribute)) and root(part):
                self.changed.add(root(part))
        self.visit(target)

    def visit_For(self, node):
        self.visit(node.iter)
        self.store(node.target)
        for part in (*node.body, *node.orelse):
            self.visit(part)

    def visit_Import(self, node):
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            self.bound.add(name)
            self.imported[name] = alias.name.partition(".")[0]

    def visit_ImportFrom(self, node):
        for alias in node.names:
            self.bound.add(alias.asname or alias.name)
            self.imported[alias.asname or alias.name] = (node.module or "").partition(".")[0]

    def visit_ExceptHandler(self, node):
        if node.name:
            self.bound.add(node.name)
        self.generic_visit(node)

    def visit_Call(self, node):
        if isinstance(node.func, ast.Attribute):
            if root(node.func):
                self.changed.add(root(node.func))  # a.sort(), rng.random(): may change it
            if node.func.attr in IN_PLACE and node.args and root(node.args[0]):
                self.changed.add(root(node.args[0]))
            self.everywhere = self.everywhere or node.func.attr in EVERYWHERE
        for keyword in node.keywords:
            if keyword.arg == "out" and root(keyword.value):
                self.changed.add(root(keyword.value))
        self.generic_visit(node)

    def scope(self, node, parameters, body):
        """A function: what it uses and does not bind itself is free when it is called."""
        for default in (*parameters.defaults, *filter(None, parameters.kw_defaults)):
            self.visit(default)
        inner = Uses("")
        inner.bound |= {part.arg for part in ast.walk(parameters) if isinstance(part, ast.arg)}
        for part in body:
            for name in ast.walk(part):  # a local name is local from the first line on
                if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store):
                    inner.bound.add(name.id)
        for part in body:
            inner.visit(part)
        self.free |= inner.free - self.bound
        self.changed |= inner.changed - inner.bound

    def visit_FunctionDef(self, node):
        for decorator in node.decorator_list:
            self.visit(decorator)
        self.bound.add(node.name)
        self.scope(node, node.args, node.body)

    def visit_Lambda(self, node):
        self.scope(node, node.args, [node.body])

    def visit_ClassDef(self, node):
        self.bound.add(node.name)
        inner = Uses("")
        for part in (*node.bases, *node.body):
            inner.visit(part)
        self.free |= inner.free - self.bound

    def comprehension(self, node):
        inner = Uses("")
        for generator in node.generators:
            inner.visit(generator.iter)
            inner.store(generator.target)
            for condition in generator.ifs:
                inner.visit(condition)
        for part in ("elt", "key", "value"):
            if hasattr(node, part):
                inner.visit(getattr(node, part))
        self.free |= inner.free - self.bound
        self.changed |= inner.changed - inner.bound

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = comprehension


def root(node):
    """The name at the beginning of a.b[c].d, or "" if it begins otherwise."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def cells(sources, target, done=()):
    """The indices of the sources to run, in order, so that `target` can be: `target` is the last.

    `done` are those that ran already, as they are now.
    """
    uses = [Uses(source) for source in sources[: target + 1]]
    modules = {name for use in uses for name in use.imported}
    needed, wanted = [target], set(uses[target].free)
    for index in reversed(range(target)):
        use = uses[index]
        if use.everywhere or wanted & (use.bound | use.changed - modules):
            wanted = wanted - use.bound | use.free
            if index not in done:
                needed.append(index)
    return needed[::-1]


def packages(sources, run):
    """The packages that the sources at the indices `run` use, and do not just bind."""
    names = set()
    for source in sources:
        imported = Uses(source).imported
        names |= {name for name, package in imported.items() if package in PACKAGES}
    used = set()
    for index in run:
        try:
            tree = ast.parse(sources[index])
        except SyntaxError:
            continue
        used |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return ["matplotlib"] if names & used else []


class Later(types.ModuleType):
    """Stands for a module whose package is not loaded; to use it is to ask for it."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise Package("matplotlib")


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports a Later for what can be loaded, and has not been."""

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in PACKAGES:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        return Later(spec.name)

    def exec_module(self, module):
        pass


finder = Finder()


def install():
    sys.meta_path.insert(0, finder)  # before Pyodide's own, which raises for what it could load


def loaded(namespace):
    """A package was loaded: put the modules where their stand-ins are."""
    sys.meta_path.remove(finder)
    for name in [name for name, module in sys.modules.items() if isinstance(module, Later)]:
        del sys.modules[name]
    importlib.invalidate_caches()
    for name, value in list(namespace.items()):
        if isinstance(value, Later):
            namespace[name] = importlib.import_module(value.__name__)
