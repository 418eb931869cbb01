"""The cell of checks in the notebook of a page: plain Python and NumPy."""

import ast
import copy
from pathlib import Path

from lesson_extensions.exercise import up_to
from lesson_extensions.exercise.grade import Check, Exercise, checks_of
from lesson_extensions.shared.values import RTOL

# What it takes for the same is what shared/values.py does.
CHECKS = """\
# Run this after your own cell: does each check hold?
import numpy as np

for exercise_check in [
{lines}
]:
    print(" == ".join(exercise_check).removesuffix(" == True"))
    try:
        exercise_value, exercise_wanted = map(eval, exercise_check)
        if hasattr(exercise_value, "holds"):
            exercise_value = exercise_value.said or exercise_value.holds
        exercise_pairs = [(exercise_value, exercise_wanted)]
        if isinstance(exercise_wanted, tuple):
            exercise_pairs = zip(exercise_value, exercise_wanted, strict=True)
        exercise_holds = all(
            np.shape(value) == np.shape(wanted)
            and (
                np.allclose(value, wanted, rtol=1e-9, atol=1e-12, equal_nan=True)
                if {*"fc"} & {np.asarray(value).dtype.kind, np.asarray(wanted).dtype.kind}
                else np.array_equal(value, wanted)
            )
            for value, wanted in exercise_pairs
        )
        print("    holds" if exercise_holds else f"    not yet: yours gives {exercise_value}")
    except Exception as error:
        print(f"    not yet: {type(error).__name__}: {error}")
"""


def checks(spec: Exercise) -> str:
    """A cell that runs to its end whatever the one above it does, and prints what holds."""
    shown = [check for check in checks_of(spec) if isinstance(check, Check) and not check.hidden]
    sides = [f"    ({check.left_source!r}, {check.right_source!r})," for check in shown]
    cell = CHECKS.replace("{lines}", "\n".join(sides)).strip()
    used = {name for check in shown for name in names_of(check.source)} & {*up_to.TESTS}
    return f"{VERDICTS}\n\n{source_for(used)}\n\n\n{cell}" if used else cell


VERDICTS = "# What the checks below ask for."


def names_of(source: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}


def source_for(used: set[str]) -> str:
    """The part of up_to.py that these functions need, without what explains it."""
    tree = ast.parse(Path(up_to.__file__).read_text("utf-8"))
    parts: dict[str, ast.stmt] = {}
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            parts[node.name] = node
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            parts[node.targets[0].id] = node
    needed, new = set[str](), {*used, "Verdict"}
    while new:
        needed |= new
        found = {name for one in new for name in names_of(ast.unparse(bare(parts[one])))}
        new = found & {*parts} - needed
    lines = [ast.unparse(bare(node)) for name, node in parts.items() if name in needed]
    head = ["import itertools", "import numpy as np", f"RTOL = {RTOL}"]
    return "\n\n".join(["\n".join(head), *lines])


def bare(node: ast.stmt) -> ast.stmt:
    """A definition without types and docstrings."""
    node = copy.deepcopy(node)
    for inner in ast.walk(node):
        if isinstance(inner, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(inner):
            inner.body = inner.body[1:]
        if isinstance(inner, ast.FunctionDef):
            inner.returns = None
        if isinstance(inner, ast.arg):
            inner.annotation = None
    for inner in ast.walk(node):
        for field in ("body", "orelse"):
            body = getattr(inner, field, None)
            if isinstance(body, list):
                plain = [without_type(one) for one in body]
                setattr(inner, field, [one for one in plain if one is not None])
    return node


def without_type(node: ast.stmt) -> ast.stmt | None:
    if not isinstance(node, ast.AnnAssign):
        return node
    if node.value is None:
        return None
    return ast.copy_location(ast.Assign([node.target], node.value, lineno=node.lineno), node)
