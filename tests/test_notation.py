"""Whatever the formulas of the lessons use is explained in docs/notation.md, and runs in NumPy."""

import re

import pytest

from tests.conftest import ROOT, sources

PAGE = ROOT / "docs/notation.md"
LESSONS = [path for path in sources() if path.parent.name == "lessons"]
CODE = re.compile(r"^(`{3,}).*?^\1`*$", re.MULTILINE | re.DOTALL)
FORMULA = re.compile(r"\$\$(.*?)\$\$|(?<![\\$])\$([^$\n]+)\$", re.DOTALL)
# How a formula is set, and not what it says: fences, blanks, words and the type of letters.
SET = re.compile(r"\\(?:begin|end|text|mathrm)\{[^}]*\}|\\(?:[,;:!\\ ]|q?quad|left|right)(?![a-z])")
SYMBOL = re.compile(
    r"\\operatorname\{(?P<name>\w+)\}"
    r"|\^\{?\\mathsf\{?\s*(?P<above>\w+)|\^\{?(?P<power>-1|[+*]|\\\w+)|(?P<raised>\^)"
    r"|(?P<command>\\[A-Za-z]+)|(?P<below>_)|(?P<capital>[A-Z])|(?P<small>[a-z])"
)
LETTERS = {"capital": "capital letters", "small": "small letters"}  # any of them will do
ROW = re.compile(r"^\| (?!symbol|---)(.*) \|$", re.MULTILINE)


def formulas(text):
    """(line, formula) for each formula of a page, but for what stands in fences of backticks."""
    prose = CODE.sub(lambda code: "\n" * code[0].count("\n"), text)
    for match in FORMULA.finditer(prose):
        yield prose.count("\n", 0, match.start()) + 1, match[1] or match[2]


def symbols(formula):
    """What a formula says, symbol by symbol; one letter is as good as another of its kind."""
    for match in SYMBOL.finditer(SET.sub(" ", formula)):
        kind = match.lastgroup
        if kind in LETTERS:
            yield LETTERS[kind]
        elif kind in ("above", "power"):
            yield f"^{match[kind]}"
        else:
            yield match[kind]


EXPLAINED = {
    symbol for _, formula in formulas(PAGE.read_text("utf-8")) for symbol in symbols(formula)
}


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_what_a_lesson_writes_in_formulas_is_explained(path):
    unknown = [
        f"{path.relative_to(ROOT)}:{line}: {symbol} in ${formula.strip()}$"
        for line, formula in formulas(path.read_text("utf-8"))
        for symbol in symbols(formula)
        if symbol not in EXPLAINED
    ]

    assert unknown == [], "add a row for it to docs/notation.md, or write it as that page does"


def test_a_symbol_that_no_row_explains_is_found():
    told = [*symbols(r"\lVert A^{-1} b_i \rVert \, \text{or} \kappa(C^{\mathsf T}) \odd D^n")]

    assert told == [
        *(r"\lVert", "capital letters", "^-1", "small letters", "_", "small letters", r"\rVert"),
        *(r"\kappa", "capital letters", "^T", r"\odd", "capital letters", "^", "small letters"),
    ]
    assert r"\odd" not in EXPLAINED and {"^T", r"\lVert"} <= EXPLAINED
    assert len(ROWS) > 20


# -- The rows ----------------------------------------------------------------------------------

ROWS = [row[1].split(" | ") for row in ROW.finditer(PAGE.read_text("utf-8"))]
each_row = pytest.mark.parametrize("cells", ROWS, ids=lambda cells: cells[0])


@each_row
def test_a_row_leads_to_a_term_and_its_code_is_run_on_the_page(cells):
    _, _, meaning, code, _ = cells
    run = re.findall(r"^>>> (.*)", PAGE.read_text("utf-8"), re.MULTILINE)

    assert "{term}`" in meaning
    assert any(code.strip("`") in line for line in run), f"{code} is in no `>>>` line"


def first_to_use(wanted):
    """The first lesson with a formula that has all of these symbols, or None."""
    for path in sorted(LESSONS, key=order):
        for _, formula in formulas(path.read_text("utf-8")):
            if wanted <= {*symbols(formula)}:
                return path.stem
    return None


def order(path):
    return float(re.search(r"^order: (.*)", path.read_text("utf-8"), re.MULTILINE)[1])


@each_row
def test_a_row_leads_to_the_first_lesson_that_writes_it(cells):
    linked = re.search(r"\(/lessons/([\w-]+)\.md\)", cells[4])[1]
    _, formula = next(formulas(cells[0]))
    wanted = {*symbols(formula)}

    if not wanted <= {*LETTERS.values()}:
        first = first_to_use(wanted)
        assert first in (linked, None), f"{cells[0]} is first in lessons/{first}.md: link that one"
