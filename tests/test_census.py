"""Each message of NumPy in tests/census.toml leads to one page of the gallery, or says why not.

The pages give wordings of messages (`messages` in their front matter); here each of them is raised
for real, or quoted with the NumPys that have it.
"""

import ast
import contextlib
import math
import re
import tomllib
import traceback
import warnings

import numpy as np
import pytest
from myst_parser.config.main import read_topmatter
from numpy.lib import NumpyVersion

from lesson_extensions.shared.gallery import pattern_of
from tests.conftest import ROOT

CENSUS = tomllib.loads((ROOT / "tests/census.toml").read_text("utf-8"))["message"]
LED = [row for row in CENSUS if "entry" in row]
PAGES = {
    f"{folder}/{path.stem}": (read_topmatter(path.read_text("utf-8")) or {}).get("messages")
    for folder in ("errors", "warnings")
    for path in sorted((ROOT / "docs" / folder).glob("*.md"))
    if path.stem != "index"
}
PATTERNS = {page: pattern_of(wordings) for page, wordings in PAGES.items() if wordings}


def led_to(said):
    return [page for page, pattern in PATTERNS.items() if re.search(pattern, said)]


def said_by(code):
    """The last lines of the warnings and of the error that `code` brings."""
    said = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            exec(code.replace("; ", "\n"), {"np": np, "math": math})
        except Exception as error:
            said = traceback.format_exception_only(error)[-1:]
    return [f"{one.category.__name__}: {one.message}" for one in caught] + [
        line.strip() for line in said
    ]


def has(row):
    """Whether the NumPy that is installed says it: since 2.2, say, and until 2.3."""
    version = np.__version__
    return NumpyVersion(f"{row.get('since', '2.0')}.0") <= version and (
        "until" not in row or tuple(map(int, version.split(".")[:2])) <= minor(row["until"])
    )


def minor(version):
    return tuple(map(int, version.split(".")))


@pytest.mark.parametrize("row", LED, ids=[f"{row['entry']}: {row['message']}" for row in LED])
def test_a_message_is_raised_and_leads_to_its_page_and_no_other(row):
    wanted = re.compile(pattern_of([row["message"]]))
    quoted = [row["said"]] if "said" in row else []
    said = [line for line in said_by(row["code"]) if wanted.search(line)] if has(row) else quoted

    assert said, f"{row['code']} says {said_by(row['code'])}"
    assert {tuple(led_to(line)) for line in said + quoted} == {(row["entry"],)}


@pytest.mark.parametrize("page", PAGES)
def test_each_wording_of_a_page_is_proven(page):
    listed = {row["message"] for row in LED if row["entry"] == page}

    assert PAGES[page], f"docs/{page}.md: name the wordings of the message, under `messages:`"
    assert set(PAGES[page]) == listed, "each wording needs a line in tests/census.toml"


def test_a_message_that_leads_nowhere_says_why():
    for row in CENSUS:
        assert ("entry" in row) != ("reason" in row), row
        if "reason" in row:
            assert row["reason"] and led_to(f"ValueError: {row['message']}") == [], row


def test_the_most_asked_stand_first_and_the_gallery_has_them():
    asked = [row.get("asked", -1) for row in LED]

    assert asked == sorted(asked, reverse=True)
    assert len(PAGES) >= 45


def raised_in(module):
    """The messages that a module of NumPy raises, with some value where it fills one in."""
    tree = ast.parse((ROOT / module.__file__).read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
            yield "ValueError: " + written(node.exc.args[0])


def written(text):
    match text:
        case ast.Constant():
            return str(text.value)
        case ast.JoinedStr():
            return "".join(map(written, text.values))
        case ast.FormattedValue(conversion=conversion):
            return "'x'" if conversion == ord("r") else "x"
        case ast.BinOp(left, ast.Add(), right):
            return written(left) + written(right)
        case ast.BinOp(left, ast.Mod(), _):
            return re.sub("%r", "'x'", re.sub("%[^r]", "x", written(left)))
        case ast.Call(ast.Attribute(value, "format")):
            return re.sub(r"\{[^}]*\}", "x", written(value))
    raise TypeError(ast.dump(text))


def test_what_numpy_raises_in_its_linear_algebra_is_listed():
    listed = re.compile("|".join(pattern_of([row["message"]]) for row in CENSUS))
    modules = np.linalg._linalg, np._core.einsumfunc, np._core.shape_base
    raised = {" ".join(said.split()) for module in modules for said in raised_in(module)}

    assert len(raised) > 50
    assert [said for said in raised if not listed.search(said)] == []


def test_each_ufunc_warns_in_words_that_lead_to_one_page():
    numbers = [-2.0, 0.0, 0.5, 2.0, 1e308, np.inf, -np.inf, np.nan]
    said = set()
    for ufunc in (value for value in vars(np).values() if isinstance(value, np.ufunc)):
        if ufunc.signature is None:
            for dtype in (float, complex):
                operands = np.meshgrid(*[np.array(numbers, dtype)] * ufunc.nin)
                said |= set(said_by_call(ufunc, operands))

    assert len(said) > 50
    assert {line: led_to(line) for line in said if len(led_to(line)) != 1} == {}


def said_by_call(ufunc, operands):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with contextlib.suppress(TypeError):  # the ufunc is none for these types
            ufunc(*operands)
    return [f"{one.category.__name__}: {one.message}" for one in caught]
