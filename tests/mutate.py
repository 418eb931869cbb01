"""Change what the site says, one truth at a time, and see that a check catches each change.

`nox -s mutate` samples; `nox -s mutate -- --all` leaves none out. Mutation tools change programs;
what has to be changed here is the text of pages, so this is our own. What is changed:

- each number, each True and False, and else a letter, of each output that a `>>>` example expects;
- the same of each output and each computed sentence in tests/outputs/;
- in each {claim}, each comparison (turned into its opposite) and each number that is compared for
  equality (others are bounds, not truths). A claim that compares nothing is negated;
- in each {check}, each number of the key; a wrong choice put in the place of the right one, and the
  right one in that of a wrong one; the order of lines;
- in each {exercise}, each number and each arithmetic operator of the solution, each number that a
  test expects, and the solution in place of the starter and of each known mistake.

Pages are changed in a scratch copy, and checked by the code that the tests and the build use.
"""

import ast
import copy
import functools
import itertools
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from docutils import nodes
from sybil.example import SybilFailure

from lesson_extensions.check import prover
from lesson_extensions.exercise import prove
from lesson_extensions.exercise.up_to import RELATIONS
from tests.compare import same
from tests.conftest import ROOT, sources
from tests.test_outputs import executed_pages, record_of, recorded
from tests.test_site import doctree_of
from tests.test_snippets import FILES, examples

SAMPLE = 0.2  # of the changes of each kind, where --all is not asked for
CLAIM = re.compile(r"^```\{claim\} (.+)$", re.MULTILINE)
OPPOSITE = {
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
COMPARE_FOR_EQUALITY = {"isclose", "allclose", "array_equal"}


def changes(text):
    """Yield `text` with one truth changed, for each in it."""
    truths = list(re.finditer(r"True|False|(\d+(?:\.\d*)?)(?:(e[+-])(\d+))?", text))
    for truth in truths or list(re.finditer(r"[^\W\d]", text))[-1:]:
        for wrong in wrongs(truth):
            yield text[: truth.start()] + wrong + text[truth.end() :]


def wrongs(truth):
    """What may stand in place of a match: another word, letter, first digit or exponent."""
    if truth[0] in ("True", "False"):
        yield "False" if truth[0] == "True" else "True"
    elif not truth[0][0].isdigit():
        yield "q" if truth[0] != "q" else "z"
    else:
        digits, e, exponent = truth.groups(default="")
        first = digits.lstrip("0.")[:1] or "0"  # the last digits of a float may differ
        at = digits.index(first)
        other = int(first) + (1 if first < "9" else -1)
        yield f"{digits[:at]}{other}{digits[at + 1 :]}{e}{exponent}"
        if e and first != "0":
            yield f"{digits}{e}{int(exponent) + 1:02}"


# -- Examples -------------------------------------------------------------------------------------


def changed_examples():
    """Yield (what, check) for each change of an expected output; check() says if it is caught."""
    for path in FILES:
        text = path.read_text("utf-8")
        if examples_fail(text)():
            raise SystemExit(f"{path}: fails as it is; see `nox -s doctest`")
        for example in examples(path):
            want = example.parsed.want.rstrip()
            if not want:
                continue
            code = text[example.start :].splitlines(keepends=True)[
                : example.parsed.source.count("\n")
            ]
            start = example.start + len("".join(code))
            assert text.startswith(want, start), f"{path}:{example.line}"
            for wrong in changes(want):
                changed = text[:start] + wrong + text[start + len(want) :]
                yield f"{path.relative_to(ROOT)}:{example.line}: {wrong!r}", examples_fail(changed)


def examples_fail(text):
    def check():
        with tempfile.TemporaryDirectory() as folder:
            page = Path(folder) / "page.md"
            page.write_text(text, "utf-8")
            try:
                for example in examples(page):
                    example.evaluate()
            except SybilFailure:
                return True
            return False

    return check


# -- Records --------------------------------------------------------------------------------------


def changed_records():
    """Yield (what, check) for each change of a recorded output or computed sentence."""
    for path in executed_pages():
        built = record_of(path)
        text = recorded(path).read_text("utf-8")
        if not same(text, built):
            raise SystemExit(f"{path}: the record is not what was built; see `nox -s outputs`")
        position = 0
        for line in text.splitlines(keepends=True):
            if not line.startswith((">>> ", "...", "(folded")):
                for wrong in changes(line):
                    changed = text[:position] + wrong + text[position + len(line) :]
                    place = recorded(path).relative_to(ROOT)
                    yield (
                        f"{place}: {wrong.strip()!r}",
                        lambda changed=changed, built=built: not same(changed, built),
                    )
            position += len(line)


# -- Claims ---------------------------------------------------------------------------------------


def changed_conditions(condition):
    """Yield the condition with one comparison or one compared number changed, for each in it."""
    tree = ast.parse(condition, mode="eval")
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            for number, operator in enumerate(node.ops):
                node.ops[number] = OPPOSITE[type(operator)]()
                yield ast.unparse(tree)
                node.ops[number] = operator
    for constant in compared_numbers(tree):
        value = constant.value
        constant.value = value * 2 + 1  # never the same, and never close
        yield ast.unparse(tree)
        constant.value = value
    if not any(isinstance(node, ast.Compare) for node in ast.walk(tree)):
        yield f"not ({condition})"


def compared_numbers(tree):
    denied = {
        below
        for node in ast.walk(tree)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
        for below in ast.walk(node)
    }
    for node in [node for node in ast.walk(tree) if node not in denied]:
        compared = []
        if isinstance(node, ast.Compare) and all(isinstance(op, ast.Eq) for op in node.ops):
            compared = [node.left, *node.comparators]
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") in COMPARE_FOR_EQUALITY:
            compared = node.args[:2]
        for operand in compared:
            yield from numbers(operand)


def numbers(node):
    """The numbers of an operand that is a number, or a list or tuple of such."""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield node
    elif isinstance(node, ast.UnaryOp):
        yield from numbers(node.operand)
    elif isinstance(node, (ast.Tuple, ast.List)):
        for element in node.elts:
            yield from numbers(element)


def rounds_of_claims():
    """Yield {(path, line): changed condition}: the first change of each claim, the second, …"""
    everything = {
        (path, text.count("\n", 0, match.start()) + 1): list(changed_conditions(match[1]))
        for path in executed_pages()
        for text in [path.read_text("utf-8")]
        for match in CLAIM.finditer(text)
    }
    for number in range(max(map(len, everything.values()), default=0)):
        yield {
            place: conditions[number]
            for place, conditions in everything.items()
            if number < len(conditions)
        }


def false_claims(changed):
    """The places, of those in `changed`, that a build of the changed pages names as false."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder).resolve()
        shutil.copytree(ROOT / "lesson_extensions", copy / "lesson_extensions")
        shutil.copytree(
            ROOT / "docs", copy / "docs", ignore=shutil.ignore_patterns("*.md", "_build")
        )
        shutil.copy(ROOT / "conf.py", copy)
        (copy / "docs/index.md").write_text("# Only the changed pages\n", "utf-8")
        for path in {path for path, _ in changed}:
            lines = path.read_text("utf-8").split("\n")
            for page, line in changed:
                if page == path:
                    lines[line - 1] = "```{claim} " + changed[page, line]
            (copy / path.relative_to(ROOT)).write_text("\n".join(lines), "utf-8")
        build = subprocess.run(
            [sys.executable, "-m", "sphinx", "-b", "dummy", "-c", ".", "-q", "docs", "out"],
            cwd=copy, capture_output=True, text=True, check=False,
            env=os.environ | {"NO_COLOR": "1"},
        )  # fmt: skip
        named = {
            (ROOT / Path(path).relative_to(copy), int(line), condition)
            for path, line, condition in re.findall(
                r"^(.+?):(\d+): WARNING: this claim is false: `(.+)`; mend",
                build.stderr,
                re.MULTILINE,
            )
        }
        if build.returncode:
            raise SystemExit(f"the scratch copy could not be built:\n{build.stderr}")
        # right below the front matter, myst-nb counts the lines from one too far down
        return {
            (path, line)
            for (path, line), condition in changed.items()
            for said in [" ".join(condition.split())]
            if {(path, line, said), (path, line + 1, said)} & named
        }


# -- Checks and exercises -------------------------------------------------------------------------

OPERATORS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
             ast.MatMult: ast.Mult, ast.Pow: ast.Mult}  # fmt: skip


def specs(kind):
    """Yield (page, label, spec) of each check, or each exercise, as the build read it."""
    for path in sources():
        for node in doctree_of(path).findall(nodes.Element):
            if node.get("task_kind") == kind:
                yield path.relative_to(ROOT), node["task"], node["spec"]


def changed_specs(kind, prove, changes):
    """Yield (what, check) for each change of a check or an exercise."""
    for page, label, spec in specs(kind):
        if problems := prove(spec):
            raise SystemExit(f"{page}: {label}: fails as it is: {problems}")
        for what, changed in changes(copy.deepcopy(spec)):
            yield f"{page}: {label}: {what}", lambda changed=changed: bool(prove(changed))


def changed_code(source, operators=True):
    """Yield `source` with one number, or one arithmetic operator, changed, for each in it."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            value, node.value = node.value, node.value * 2 + 1
            yield ast.unparse(tree)
            node.value = value
        elif operators and isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
            operator, node.op = node.op, OPERATORS[type(node.op)]()
            yield ast.unparse(tree)
            node.op = operator


def checks_problems(check):
    return prover.prove(check)["problems"]


def changed_checks(check):
    """Yield (what, check) with its key changed: a number, or a right choice for a wrong one."""
    for code in changed_code(check["answer"], operators=False):
        yield f"answer {code!r}", check | {"answer": code}
    choices = check["choices"]
    right = [choice for choice in choices if not choice["misconception"]]
    wrong = [choice for choice in choices if choice["misconception"]]
    if check["kind"] == "order":
        lines = [*choices[1:], choices[0]]
        yield "the first line last", check | {"choices": lines}
        return
    for one, other in itertools.product(right, wrong):
        for ours, theirs in ((one, other), (other, one)):
            code = {"code": theirs["code"], "words": theirs["words"]}
            changed = [choice | code if choice is ours else choice for choice in choices]
            yield f"{theirs['code']} for {ours['code']}", check | {"choices": changed}
    for one in right if check["kind"] == "one" and check["answer"] else ():
        for code in changed_code(one["code"], operators=False):
            changed = [choice | {"code": code} if choice is one else choice for choice in choices]
            yield f"choice {code!r}", check | {"choices": changed}


def changed_exercises(exercise):
    """Yield (what, exercise) with one truth changed, for each in the exercise."""
    for code in changed_code(exercise["solution"]):
        yield f"solution {code!r}", exercise | {"solution": code}
    for part in ("tests", "hidden"):
        for index, line in enumerate(exercise[part]):
            for changed in changed_tests(line):
                lines = [*exercise[part][:index], changed, *exercise[part][index + 1 :]]
                yield f"test {changed!r}", exercise | {part: lines}
    yield "the solution as starter", exercise | {"starter": exercise["solution"]}
    for index, mistake in enumerate(exercise["mistakes"]):
        mistakes = list(exercise["mistakes"])
        for what, code in [("solution", exercise["solution"]), ("starter", exercise["starter"])]:
            mistakes[index] = mistake | {"code": code}
            yield f"the {what} as mistake {index + 1}", exercise | {"mistakes": list(mistakes)}


def changed_tests(line):
    """Yield a test with one number that it expects changed: right of ==, in allclose or up_to_…"""
    tree = ast.parse(line, mode="eval")
    body, constants = tree.body, compared_numbers(tree)
    if isinstance(body, ast.Compare) and isinstance(body.ops[0], ast.Eq):
        constants = list(ast.walk(body.comparators[-1]))
    elif isinstance(body, ast.Call) and getattr(body.func, "id", "") in RELATIONS:
        constants = list(ast.walk(body.args[1]))
    for constant in constants:
        if isinstance(constant, ast.Constant) and type(constant.value) in (int, float):
            value, constant.value = constant.value, constant.value * 2 + 1
            yield ast.unparse(tree)
            constant.value = value


# -- Report ---------------------------------------------------------------------------------------


def main(everything):
    chosen = random.Random(0)
    survivors, counts = [], {}
    kinds = {
        "examples": changed_examples,
        "records": changed_records,
        "checks": functools.partial(changed_specs, "check", checks_problems, changed_checks),
        "exercises": functools.partial(changed_specs, "exercise", prove.prove, changed_exercises),
    }
    for kind, changed in kinds.items():
        tried = [change for change in changed() if everything or chosen.random() < SAMPLE]
        survivors += [what for what, caught in tried if not caught()]
        counts[kind] = len(tried)
    counts["claims"] = 0
    for changed in rounds_of_claims():
        counts["claims"] += len(changed)
        for path, line in set(changed) - false_claims(changed):
            survivors.append(f"{path.relative_to(ROOT)}:{line}: {changed[path, line]}")
        if not everything:
            break
    for survivor in survivors:
        print(f"not caught: {survivor}")
    print(", ".join(f"{number} {kind}" for kind, number in counts.items()), "changed;", end=" ")
    print(f"{sum(counts.values()) - len(survivors)} of {sum(counts.values())} changes were caught")
    return 1 if survivors or not all(counts.values()) else 0


if __name__ == "__main__":
    sys.exit(main("--all" in sys.argv))
