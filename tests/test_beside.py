"""A task in Octave and in NumPy: Octave's results are recorded, and both hold the same numbers."""

import doctest
import os
import re
import sys
import tomllib
import warnings

import numpy as np
import pytest

from lesson_extensions.beside.directive import beside
from tests.conftest import ROOT, one_site
from tests.test_site import doctree_of
from tools import octave

EXTENSIONS = ["myst_nb", "lesson_extensions.beside"]
PAGE = """# Page

[Down](#the-sum)

:::{beside} Add `a` to itself
:label: the-sum
:differs: b

```octave
a = [1 2];
b = a + a'
```
```python
>>> a = np.array([1, 2])
>>> b = a + a
```

Octave's `'` makes a column.
:::
"""
RESULT = {"code": "a = [1 2];\nb = a + a'", "printed": "b =\n   2   3\n   3   4", "values": {}}
BROKEN = [  # what is replaced, by what, what the build says
    ("a + a'", "a - a'", "no result of this Octave code: it is new, or was changed since; `nox -s"),
    ("```octave\n", "```text\n", "there are 0 ```octave fences; write one ```octave fence, then"),
    ("```python", "```octave\n1\n```\n```python", "there are 2 ```octave fences"),
    ("```python", "```pycon", "there are 0 ```python fences"),
    (">>> a = np", "a = np", "the ```python fence holds no `>>>` lines"),
    ("Octave's `'` makes a column.\n", "", "`:differs:` without a word; say in a sentence"),
]


@pytest.fixture(scope="module")
def built(shared_site):
    pages = {"row.md": PAGE} | {
        f"broken{number}.md": PAGE.replace("the-sum", f"sum-{number}").replace(old, new)
        for number, (old, new, _) in enumerate(BROKEN)
    }
    record = octave.written("9.8.7", [RESULT])
    return shared_site(one_site(pages) | {"_data/octave.toml": record})


def test_both_sides_stand_side_by_side_with_what_octave_printed(built):
    page = built.html("row")
    drawn = page.select_one("#the-sum.la-beside")
    left, right = drawn.select(".la-beside__pair > .la-beside__side")

    assert built.warnings_of("row.md") == ""
    assert drawn.select_one("h3").get_text() == "Add a to itself"
    assert drawn.select_one(".la-beside__differs").get_text() == "Not the same"
    assert left.p.get_text() == "Octave 9.8.7"
    assert [pre.get_text().strip("\n") for pre in left.select("pre")] == [
        RESULT["code"],
        RESULT["printed"],
    ]
    assert right.p.get_text() == "NumPy"
    assert right.select_one("pre").get_text().startswith(">>> a = np.array")
    assert drawn.select("p")[-1].get_text() == "Octave’s ' makes a column."
    assert page.find("a", string="Down")["href"] == "#the-sum"


@pytest.mark.parametrize("number", range(len(BROKEN)), ids=lambda number: BROKEN[number][2][:40])
def test_what_cannot_be_shown_is_refused_with_file_line_and_remedy(number, built):
    assert BROKEN[number][0] in PAGE
    told = built.warnings_of(f"broken{number}.md")

    assert f"broken{number}.md:5: WARNING: " in told
    assert BROKEN[number][2] in told


# -- The record ---------------------------------------------------------------------------------


def test_the_record_is_read_as_it_was_written():
    results = [
        RESULT,
        {"code": "c = a''", "printed": 'c =\n\\ "', "values": {"c": "[1;2]", "e": "1e-05"}},
        {"code": "d = a'''", "printed": "", "values": {}},
    ]
    read = tomllib.loads(octave.written("9.8.7", results))

    assert read["version"] == "9.8.7"
    assert [{"values": {}} | result for result in read["result"]] == results


@pytest.fixture
def pretend_octave(tmp_path):
    """pretend_octave(script) → the path of an Octave that is a shell script."""

    def write(script):
        path = tmp_path / "octave-cli"
        path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        path.chmod(0o755)
        return str(path)

    return write


def test_octave_is_given_the_code_and_asked_what_it_printed(pretend_octave):
    answers = pretend_octave("""printf '["9.8.7", "x = %s\\\\n", {"x": "3"}]' "$LA_CODE" """)

    assert octave.run(answers, "1 + 2") == (
        "9.8.7",
        {"code": "1 + 2", "printed": "x = 1 + 2", "values": {"x": "3"}},
    )


def test_code_that_octave_cannot_run_is_named(pretend_octave):
    with pytest.raises(SystemExit, match=r"x = \[1 2\n\nerror: parse error"):
        octave.run(pretend_octave("echo 'error: parse error' >&2; exit 1"), "x = [1 2")


def test_without_octave_one_is_told_where_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", os.fspath(tmp_path))

    with pytest.raises(SystemExit, match="apt-get install octave"):
        octave.main()


def test_what_is_recorded_is_what_the_pages_hold_and_nothing_else():
    recorded = [result["code"] for result in RECORD["result"]]

    assert recorded == octave.codes(ROOT / "docs"), "run `nox -s octave`"


# -- Whether both sides agree --------------------------------------------------------------------

RECORD = tomllib.loads(octave.RECORD.read_text("utf-8"))
SHOWN = re.compile(r"^(\w+) =", re.MULTILINE)  # what Octave prints has a name


def numbers(text):
    """The array that Octave wrote as [1 2;3 4]."""
    rows = text.strip("[]").replace("i", "j").replace("true", "1").replace("false", "0").split(";")
    return np.array([[complex(entry) for entry in row.split()] for row in rows])


def values_after(session):
    """The variables after a `>>>` session; `ans` is what it showed last."""
    values = {"np": np}

    def show(value):
        if value is not None:
            values["ans"] = value

    for example in doctest.DocTestParser().get_examples(session):
        with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
            patch.setattr(sys, "displayhook", show)
            warnings.simplefilter("ignore")
            try:
                exec(compile(example.source, "session", "single"), values)
            except Exception:
                assert example.exc_msg, f"this raises: {example.source}"
    return values


def agree(theirs, ours, up_to_sign=False):
    """Whether these are the same numbers; a vector of ours may be a row or a column of theirs."""
    theirs, ours = np.squeeze(numbers(theirs)), np.squeeze(np.asarray(ours))
    if ours.dtype.kind not in "biufc" or ours.shape != theirs.shape:
        return False
    if up_to_sign:
        theirs, ours = abs(theirs), abs(ours)
    return np.allclose(theirs, ours, rtol=1e-9, atol=1e-12, equal_nan=True)


def untrue(node, result):
    """What a row says of its two sides, and is not so: sentences."""
    theirs, ours = result["values"], values_after(node["numpy"])
    for name in sorted({*theirs, *node["differs"]}):
        if name in theirs and name in ours:
            same = agree(theirs[name], ours[name], name in node["up_to_sign"])
            if same == (name in node["differs"]):
                yield f"{name} is {theirs[name]} in Octave and {ours[name]!r} in NumPy"
        elif name in node["differs"]:
            if name not in theirs and name not in ours:
                yield f"`:differs:` names {name}, which neither side has"
        elif name in SHOWN.findall(result["printed"]):
            yield f"Octave shows {name}, which the NumPy side does not have"
    for name in node["up_to_sign"]:
        if not (name in theirs and name in ours):
            yield f"`:up-to-sign:` names {name}, which one side does not have"


def test_both_sides_of_each_row_hold_the_same_numbers_or_the_row_says_so(subtests, doctrees):
    results = {result["code"]: result for result in RECORD["result"]}
    rows = list(doctree_of(ROOT / "docs/from-matlab.md").findall(beside))

    assert len(rows) >= 40
    for node in rows:
        with subtests.test(f"docs/from-matlab.md:{node.line}"):
            assert list(untrue(node, results[node["octave"]])) == []


RAISED = "Traceback (most recent call last):\n    ...\nZeroDivisionError: division by zero\n"


def a_row(numpy, differs="", up_to_sign=""):
    node = beside(numpy=numpy, differs=differs.split(), up_to_sign=up_to_sign.split())
    values = {"a": "[1 2;3 4]", "b": "-0.5", "c": "[1+2i;Inf]", "ans": "[true false]", "k": "7"}
    return node, {"printed": "a =\n1 2\nb = -0.5\n", "values": values}


@pytest.mark.parametrize(
    "row",
    [
        a_row(">>> a, b = np.array([[1, 2], [3, 4]]), -0.5 + 1e-13\n>>> [1 > 0, False]\n"),
        a_row(">>> a, b, c = [[1, 2], [3, 4]], np.float64(-0.5), np.array([1 + 2j, np.inf])\n"),
        a_row(">>> a, b = [[1, 3], [2, 4]], 0.5\n", "a", "b"),
        a_row(f">>> a, b = [1, 2, 3, 4], -0.5\n>>> 1 / 0\n{RAISED}", "a k"),
    ],
)
def test_numbers_that_agree_pass(row):
    assert list(untrue(*row)) == []


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (a_row(">>> a, b = [[1, 3], [2, 4]], -0.5\n"), "a is [1 2;3 4] in Octave and [[1, 3]"),
        (a_row(">>> a, b = [[1, 2], [3, 4]], -0.5\n", "a"), "a is [1 2;3 4] in Octave and [[1, 2]"),
        (a_row(">>> a, b = [1, 2, 3, 4], -0.5\n"), "a is [1 2;3 4]"),
        (a_row(">>> a, b = 'text', -0.5\n"), "a is [1 2;3 4]"),
        (a_row(">>> a, b = [[1, 2], [3, 4]], 0.5\n"), "b is -0.5 in Octave and 0.5"),
        (a_row(">>> a = [[1, 2], [3, 4]]\n"), "Octave shows b, which"),
        (a_row(">>> a, b = [[1, 2], [3, 4]], -0.5\n>>> b\n"), "ans is [true false] in Octave"),
        (a_row(">>> a, b = [[1, 2], [3, 4]], -0.5\n", "z"), "names z, which neither"),
        (a_row(">>> a, b = [[1, 2], [3, 4]], -0.5\n", "", "c"), "names c, which one"),
    ],
)
def test_numbers_that_do_not_are_named(row, what):
    (told,) = untrue(*row)

    assert what in told
