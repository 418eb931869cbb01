"""Our extensions serve another site too: tests/foreign/, with its own theme, pages and settings."""

import re
import shutil
import subprocess
import sys

import pytest
from bs4 import BeautifulSoup

from tests.conftest import BUILD, ROOT

OURS = ("Linear Algebra", "run-code", "lessons/", "BSD-3", "creativecommons")


def build(folder):
    """Copy the site to `folder` and build it there, without a warning; return where."""
    shutil.copytree(ROOT / "tests/foreign", folder, dirs_exist_ok=True)
    command = [sys.executable, "-m", "sphinx", "--quiet", "--fail-on-warning", "--keep-going"]
    command += ["-D", f"live_runtime={BUILD / 'runtime'}", ".", "_build"]
    built = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    return folder / "_build"


@pytest.fixture(scope="module")
def foreign(tmp_path_factory):
    return build(tmp_path_factory.mktemp("foreign"))


def page(site, name):
    return BeautifulSoup((site / f"{name}.html").read_text("utf-8"), "html.parser")


def test_another_site_shows_what_was_computed(foreign):
    assert page(foreign, "index").select_one(".la-player").find(string=re.compile(r"6\.0"))
    check = page(foreign, "practice").select_one(".la-check")
    assert "6.0" in check.select_one(".la-check__answer").get_text()
    assert "array([6., 3.])" in page(foreign, "cells").select(".cell_output")[-1].get_text()


def test_another_site_holds_nothing_of_this_one(foreign):
    for name in ("index.html", "practice.html", "cells.html", "cells.ipynb"):
        text = (foreign / name).read_text("utf-8")
        assert [word for word in OURS if word in text] == [], name


def test_every_token_of_our_sheets_has_a_value_there(foreign):
    sheets = "".join(sheet.read_text("utf-8") for sheet in foreign.glob("_static/*.css"))
    used = set(re.findall(r"var\((--la-[\w-]+)\)", sheets))  # with no value of its own to fall to

    assert used
    assert used <= set(re.findall(r"(--la-[\w-]+):", sheets))
    for name in ("index", "practice", "cells"):
        assert page(foreign, name).select_one('link[href^="_static/tokens.css"]')
