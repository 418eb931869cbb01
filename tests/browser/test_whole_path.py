"""A whole path through the site, by keyboard: land, step, pass, light up, keep, and bring back."""

import base64
import json

from docutils import nodes
from playwright.sync_api import expect

from tests.conftest import ROOT
from tests.test_site import doctree_of

VECTORS = ROOT / "docs/lessons/vectors.md"


def checks(path):
    """{label: spec} of the checks of a page, as the build proved them."""
    return {
        node["task"]: node["spec"]
        for node in doctree_of(path).findall(nodes.Element)
        if node.get("task_kind") == "check"
    }


def answer(form, spec):
    """Answer a check rightly, from its first control on by keys alone."""
    keyboard = form.page.keyboard
    key = json.loads(base64.b64decode(form.get_attribute("data-la-key")))
    if spec["kind"] == "order":
        for place, choice in enumerate(spec["choices"]):
            lines = form.get_by_role("listitem")
            at = [line.locator("code").inner_text().strip() for line in lines.all()]
            at = at.index(choice["code"])
            lines.nth(at).get_by_role("button").first.focus()
            for _ in range(at - place):
                keyboard.press("Alt+ArrowUp")
    elif spec["kind"] in ("number", "shape"):
        form.get_by_role("textbox").focus()
        value = key["value"]
        keyboard.type(", ".join(map(str, value)) if isinstance(value, list) else str(value))
    else:
        boxes = form.locator("input")
        for index in key["right"]:
            boxes.nth(index).focus()
            keyboard.press("Space")
        if spec["kind"] == "raises":
            form.get_by_role("combobox").focus()
            keyboard.type(key["error"])
    form.get_by_role("button", name="Check", exact=True).focus()
    keyboard.press("Enter")


def state(page, title):
    """What the Logic Matrix says of a lesson, to a screen reader."""
    links = page.locator(".la-skill-tree li > p:first-child a")
    return links.filter(has_text=title).get_attribute("aria-label")


def kept(page):
    return page.evaluate("localStorage.getItem('la-progress')")


def test_from_the_landing_page_to_the_next_topic_and_back_after_a_clear(open_page, tmp_path):
    page = open_page("index.html", viewport={"width": 1280, "height": 900})
    tree = page.get_by_role("navigation", name="Logic Matrix")
    expect(tree.locator("label")).to_be_visible()  # its script has come
    assert "later" in state(page, "Build and read")

    player = page.locator(".la-player")
    player.get_by_role("button", name="Next").focus()
    for _ in range(30):  # a guess that waits takes a second press
        page.keyboard.press("ArrowRight")
    expect(player).to_contain_text("9 / 9")

    page.get_by_role("link", name="Start with vectors").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Work with vectors")
    specs = checks(VECTORS)
    for label, spec in specs.items():
        form = page.locator(f"form#{label}")
        answer(form, spec)
        expect(form.get_by_role("status")).to_contain_text("Right.")
        expect(form.locator("legend")).to_contain_text("passed")

    page.goto(page.url.replace("lessons/vectors.html", "index.html").partition("#")[0])
    expect(tree.get_by_text("Continue where you left off")).to_be_visible()
    assert "mastered" in state(page, "Work with vectors")
    assert f"{len(specs)} of {len(specs)} checks" in state(page, "Work with vectors")
    assert "open" in state(page, "Build and read") and "later" in state(page, "Multiply")

    page.reload()
    expect(tree.get_by_text("Continue where you left off")).to_be_visible()
    assert "mastered" in state(page, "Work with vectors")
    before = json.loads(kept(page))
    assert before["passed"].keys() == specs.keys()

    with page.expect_download() as download:
        tree.get_by_role("button", name="Export progress").press("Enter")
    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)

    tree.get_by_role("button", name="Clear progress").press("Enter")
    expect(tree.get_by_role("status")).to_contain_text("cleared")
    assert "open" in state(page, "Work with vectors") and "later" in state(page, "Build and read")
    page.reload()
    expect(tree.locator("label")).to_be_visible()
    assert "later" in state(page, "Build and read")

    tree.get_by_label("Import progress").set_input_files(saved)
    expect(tree.get_by_role("status")).to_contain_text("imported")
    assert "mastered" in state(page, "Work with vectors")
    assert "open" in state(page, "Build and read")
    assert json.loads(kept(page)) == before
    assert page.problems == [] and page.blocked == []
