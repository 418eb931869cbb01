"""Which way the doors between our rooms open: what a file imports of ours, and what it may."""

import ast
import re
from importlib.util import resolve_name

from tests.conftest import ROOT

OURS = ROOT / "lesson_extensions"
SNIPPETS = "lesson_extensions.execution.snippets"  # the one door of the engine
OUTSIDE = ("benchmarks", "conf", "noxfile", "tests", "tools")  # beside OURS, not for its use
# as in `import … from "./progress.js"`, `export … from` and `import("./skill_tree_map.js")`
IMPORTED = re.compile(r"""\b(?:from|import)\s*\(?\s*["'`][^"'`\n]*?([\w.-]+\.js)["'`]""")


def room(path):
    """The folder, or the file, directly in lesson_extensions/ that a file of ours is part of."""
    return path.relative_to(OURS).parts[0].removesuffix(".py")


def may_import(path):
    own = f"lesson_extensions.{room(path)}"
    is_feature = room(path) not in ("shared", "execution", "page")
    return [own, "lesson_extensions.shared", *([SNIPPETS] if is_feature else [])]


def imports(path):
    """The full name of each module, or of what is taken from one, that a Python file imports."""
    package = ".".join(path.relative_to(ROOT).parent.parts)
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = resolve_name("." * node.level + (node.module or ""), package)
            yield from (f"{module}.{alias.name}" for alias in node.names)


def imports_of(path, roots):
    return [name for name in imports(path) if name.split(".")[0] in roots]


def test_a_file_imports_of_ours_what_its_floor_may():
    files = sorted(OURS.rglob("*.py"))

    assert {"shared", "execution", "page", "check"} <= {room(file) for file in files}
    for file in files:
        doors = tuple(f"{name}." for name in may_import(file))
        for name in imports_of(file, ["lesson_extensions", *OUTSIDE]):
            assert f"{name}.".startswith(doors), f"{file} imports {name}"


def test_a_script_imports_those_of_its_own_room_and_shared_ones():
    scripts = sorted(OURS.rglob("static/**/*.js"))
    rooms = {script.name: room(script) for script in scripts}
    imported = [
        (script, name) for script in scripts for name in IMPORTED.findall(script.read_text())
    ]

    assert len(rooms) == len(scripts), "two scripts have one name, and are served from one folder"
    assert imported
    for script, name in imported:
        if name in rooms:  # else it is what the runtime brings
            assert rooms[name] in ("shared", room(script)), f"{script} imports {name}"


def test_nothing_imports_the_settings_and_the_tasks_import_nothing_of_ours():
    for folder in ("benchmarks", "tests", "tools"):
        for file in (ROOT / folder).rglob("*.py"):
            assert imports_of(file, ["conf", "noxfile"]) == [], file
    assert imports_of(ROOT / "noxfile.py", ["lesson_extensions", *OUTSIDE]) == []
