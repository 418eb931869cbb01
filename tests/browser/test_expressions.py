"""Expressions over all of NumPy print in the browser what the same NumPy prints on a computer.

expressions.py made them and recorded what a computer printed; what differs, and has to, stands in
differences.toml with its reason, and with what the browser prints.
"""

import json
import re
import tomllib
from doctest import DONT_ACCEPT_BLANKLINE
from pathlib import Path

import pytest
from pytest_doctestplus.output_checker import FLOAT_CMP, OutputChecker

from tests.browser.expressions import PRINT, PROGRAM, RECORD

RECORDED = json.loads(RECORD.read_text("utf-8"))
LISTED = tomllib.loads(Path(__file__).with_name("differences.toml").read_text("utf-8"))
DIFFERENCES = {
    expression: (difference["reason"], text)
    for difference in LISTED["difference"]
    for expression, text in difference["browser"].items()
}
BATCH = 1000  # expressions of one run of a cell

# A relative 1e-9, as in tests/compare.py, is less than the last digit of the narrower types: theirs
# is about 1e-7 and 1e-3, and the functions of a computer and of WebAssembly round it differently.
TOLERANCES = {"float16": 2e-3, "float32|complex64": 1e-6, "": 1e-9}


def same(here, there):
    """Whether two texts differ in no more than the last digits of their floats, and in padding."""
    checker = OutputChecker()
    checker.atol = 0
    checker.rtol = next(rtol for types, rtol in TOLERANCES.items() if re.search(types, here))
    here, there = (re.sub(r"\s*([][(),])\s*", r"\1 ", text) + "\n" for text in (here, there))
    return checker.check_output(here, there, FLOAT_CMP | DONT_ACCEPT_BLANKLINE)


@pytest.fixture(scope="module")
def in_the_browser(python):
    """What each expression prints there."""
    expressions, printed = list(RECORDED), []
    for start in range(0, len(expressions), BATCH):
        text = json.dumps(expressions[start : start + BATCH])
        lines = python.run(f"{PROGRAM}\nTEXT = {text!r}\n{PRINT}").splitlines()
        assert lines[-1:] and lines[-1].startswith('"'), lines[-1:]
        printed += [re.sub("0x[0-9a-f]+", "0x…", json.loads(line)) for line in lines]
    return dict(zip(expressions, printed, strict=True))


def test_expressions_print_in_the_browser_what_they_print_on_a_computer(in_the_browser):
    """A difference that nobody listed is to be mended; only what cannot be is to be listed."""
    wrong = [
        f"{expression}\n  a computer  {RECORDED[expression]!r}\n  the browser {there!r}"
        for expression, there in in_the_browser.items()
        if expression not in DIFFERENCES and not same(RECORDED[expression], there)
    ]

    assert not wrong, "\n" + "\n".join(wrong)


def test_what_is_listed_as_a_difference_differs_as_it_is_listed(in_the_browser):
    assert [name for name in DIFFERENCES if name not in RECORDED] == [], "no such expression"
    wrong = [
        f"{expression}: {'no longer differs' if same(RECORDED[expression], there) else there!r}"
        for expression, (_, text) in DIFFERENCES.items()
        for there in [in_the_browser[expression]]
        if same(RECORDED[expression], there) or not same(text, there)
    ]

    assert not wrong, "\n" + "\n".join(wrong)


def test_the_table_is_of_all_of_numpy_and_in_order():
    names = {name for text in RECORDED for name in re.findall(r"np\.(?:linalg\.)?\w+", text)}

    assert len(RECORDED) >= 500 and list(RECORDED) == sorted(RECORDED)
    assert len(names) > 400 and len([n for n in names if n.startswith("np.linalg.")]) >= 25
