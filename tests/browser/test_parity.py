"""Every runnable text of every page, in the reader's own Python, prints what the build printed.

Each page is run from top to bottom, as a reader does with "Run all". Each text of it is run alone
too, after no more than those above that it needs: on this computer, since what a text needs is
found out by the same module, and on a few pages in the browser. What cannot be equal says why, in
the page's source.
"""

import json
import os
import re
import subprocess
import sys

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import expect

from tests.browser.conftest import PARITY
from tests.compare import same
from tests.conftest import ROOT, SITE, pages

FRAMES = re.compile(r"(Traceback \(most recent call last\):\n)(?: .*\n)*")


def texts_of(path):
    """The runnable texts of a page, as its HTML has them: a list of dicts."""
    soup = BeautifulSoup((SITE / path).read_text("utf-8"), "html.parser")
    return [text_of(element) for element in soup.select(".la-live")]


def text_of(element):
    session = element["data-la-kind"] == "session"
    code = element.select_one("pre" if session else ".cell_input pre").get_text()
    outputs = [code] if session else map(printed, element.select(".cell_output :is(pre, img)"))
    return {
        "kind": element["data-la-kind"],
        "code": without_prompts(code) if session else code,
        "built": "".join(outputs),
        "runs": element["data-la-runs"] == "yes",
        "reason": element["data-la-reason"],
    }


def printed(part):
    return "[picture]\n" if part.name == "img" else part.get_text()


def without_prompts(session):
    lines = session.splitlines()
    return "\n".join(line[4:] for line in lines if line.startswith((">>>", "...")))


PAGES = {path: texts for path in pages() if (texts := texts_of(path))}
CARDS = [path for path in PAGES if path.endswith("/index.html")]  # show what stands on other pages
RUN = [path for path in PAGES if path not in CARDS]
# In them all occurs that needs.py knows: names, also those that a function takes when it is called,
# changes in place, settings that hold for all that follows, packages, cells and sessions.
ALONE = [
    "changes-in-numpy-2.html",
    "clinic.html",
    "faq/integer-overflow.html",
    "lessons/matrices.html",
]


def changes_of(path):
    """(index of the text above, its code as the reader is asked to change it, what that shows)"""
    soup = BeautifulSoup((SITE / path).read_text("utf-8"), "html.parser")
    for change in soup.select(".la-change"):
        index = len(change.find_all_previous(class_="la-live")) - 1
        before, after = change["data-la-from"], change["data-la-to"]
        code = PAGES[path][index]["code"].replace(before, after)
        yield index, code, change.select_one(".la-change__output pre").get_text()


def own(events, index):
    """What the text at `index` printed, among what the worker sent."""
    return "".join(
        "[picture]\n" if event["kind"] == "image" else event["text"]
        for event in events
        if event["type"] == "output" and event["index"] == index
    )


def says_the_same(built, own):
    """The rule for recorded outputs; of a traceback, the last line counts, as in a doctest."""
    built, own = (FRAMES.sub(r"\1", text).rstrip() + "\n" for text in (built, own))
    own = re.sub(r" +$", "", own, flags=re.MULTILINE)  # the page has none at the end of a line
    built = re.sub(r"\n\n(?=>>>)", "\n", built)  # an author may set statements apart
    return same(built, own) or matches(built, own)


def matches(built, own):
    """An expected output may hold `...`, which stands for anything on its line."""
    lines, own_lines = built.splitlines(), own.splitlines()
    return len(lines) == len(own_lines) and all(
        same(f"{line}\n", f"{other}\n")
        or re.fullmatch(re.escape(line).replace(r"\.\.\.", ".*"), other)
        for line, other in zip(lines, own_lines, strict=True)
    )


def differences(path, run):
    """What each text that should print the same printed, where it did not; counts them all."""
    texts = PAGES[path]
    for index, text in enumerate(texts):
        if not text["runs"]:
            yield index, "not runnable, and say why", ""
            continue
        mine = own(run(index), index)
        if says_the_same(text["built"], mine):
            yield index, "print the same", ""
        elif text["reason"]:
            yield index, "differ, and say why", ""
        else:
            told = f"{text['code']}\n-- built --\n{text['built']}-- in the browser --\n{mine}"
            yield index, "DIFFER", f"{path}: {told}"


@pytest.mark.parametrize("path", RUN)
def test_page_prints_in_the_browser_what_the_build_printed(path, python):
    first = next((i for i, text in enumerate(PAGES[path]) if text["runs"]), 0)
    run = [text if text["runs"] else text | {"code": ""} for text in PAGES[path]]
    found = list(differences(path, lambda i: python.events(run, i, fresh=i == first)))
    PARITY.update(what for _, what, _ in found)

    assert "".join(told for _, _, told in found) == ""


@pytest.mark.parametrize("path", [path for path in RUN if path.startswith("lessons/")])
def test_a_changed_cell_shows_in_the_browser_what_its_fold_says(path, python, subtests):
    for index, code, shown in changes_of(path):
        texts = [*PAGES[path][:index], {"kind": "cell", "code": code, "runs": True}]
        mine = own(python.events(texts, index, fresh=True), index)
        with subtests.test(code):
            assert says_the_same(shown, last_line_of_an_error(mine))


def last_line_of_an_error(text):
    """As the fold shows it: without the frames."""
    return FRAMES.sub("", text)


@pytest.mark.parametrize("path", CARDS)
def test_cards_show_texts_that_stand_on_other_pages_too(path):
    elsewhere = [text for other in RUN for text in PAGES[other]]

    assert [text for text in PAGES[path] if text not in elsewhere] == []


@pytest.mark.parametrize("path", ALONE)
def test_each_text_alone_runs_after_no_more_than_it_needs(path, python):
    found = differences(path, lambda index: python.events(PAGES[path], index))

    assert "".join(told for _, _, told in found) == ""


# What the worker does for each text alone, with this computer's Python: prints a list for each.
WORKER = """
import json, os, sys
import IPython.lib.pretty, numpy as np
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # LAPACK complains there of a NaN, past Python
sys.modules["pretty"] = IPython.lib.pretty
import console, needs

printing = np.get_printoptions()
for texts in json.load(sys.stdin):
    codes = [text["code"] for text in texts]
    for target in range(len(texts)):
        np.set_printoptions(**printing)
        order, events = needs.Past().order(codes, target), []
        emit = lambda kind, text: events.append([index, kind, text if kind != "image" else ""])
        own = console.Console(emit)
        for index in order if texts[target]["runs"] else []:
            kind = texts[index]["kind"]
            error = own.run(kind, codes[index], f"{kind} {index + 1}")
            if error and index != target and kind == "cell":
                break
        print(json.dumps(events), file=answers)
"""


def test_each_text_alone_needs_no_more_than_what_is_run_for_it(subtests):
    env = os.environ | {"PYTHONPATH": str(ROOT / "lesson_extensions/live/python")}
    env |= {"MPLBACKEND": "agg"}
    printed = subprocess.run(
        [sys.executable, "-c", WORKER],
        input=json.dumps([PAGES[path] for path in RUN]),
        env=env,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    lines = iter(printed.splitlines())
    for path in RUN:
        events = [
            [{"type": "output", "index": i, "kind": kind, "text": text} for i, kind, text in line]
            for line in (json.loads(next(lines)) for _ in PAGES[path])
        ]
        with subtests.test(path):
            assert "".join(told for _, _, told in differences(path, events.__getitem__)) == ""


def test_a_text_that_differs_or_does_not_run_says_why():
    for path, texts in PAGES.items():
        for text in texts:
            assert text["runs"] or text["reason"], f"{path}: {text['code']}"


@pytest.mark.parametrize("path", ["faq/index.html", "lessons/matrices.html"])
def test_run_all_on_a_page_finds_that_all_is_as_on_the_page(path, open_page):
    page = open_page(path)
    page.locator(".la-live__run").first.click()
    page.get_by_role("button", name="Run all of this page").click()
    bar = page.get_by_role("region", name="Python on this page")
    expect(bar).to_have_attribute("data-la-busy", "no", timeout=180_000)

    for text in page.locator(".la-live").all():
        pictures = text.locator("img").count()
        expect(text).to_have_attribute("data-la-verdict", "yours" if pictures else "same")
    assert page.problems == [] and page.blocked == []
