"""The search opens above any page; what it finds, tests/test_search.py asks without a page."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import faults

LESSON = "lessons/matrices.html"
FIELD = "Words, a name, or a whole message"
ABOUT = re.compile(r"/_static/(search/|search\.css|features/\w+/(search|rank)\.js)")
# What moves on the page, in the browser's own measure, from the beginning.
SHIFTS = """new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) (window.laShifts ??= []).push(entry.value);
}).observe({type: "layout-shift"});"""
# Places in which one types, as a page may have them.
PLACES = """() => document.querySelector("article").insertAdjacentHTML("afterbegin", `
  <textarea aria-label="text"></textarea>
  <div aria-label="cell" role="textbox" contenteditable></div>`)"""


def search(page):
    return page.get_by_role("dialog", name="Search")


def titles(page):
    return search(page).locator(".la-search__title")


def test_it_opens_by_a_key_is_used_by_keys_and_closes_where_it_was_opened(open_page):
    page = open_page(LESSON, own=True)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    origin = page.locator("article p a").first
    origin.focus()
    assert [url for url in asked if ABOUT.search(url)] == []
    page.evaluate(SHIFTS)

    page.keyboard.press("/")
    field = search(page).get_by_label(FIELD)
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    page.keyboard.type("transpose of a vector does nothing")
    expect(titles(page).first).to_contain_text("do nothing to my vector")
    expect(search(page).get_by_role("status")).to_have_text(re.compile(r"^\d+ results$"))
    expect(search(page).get_by_role("heading").first).to_have_text("Best matches")
    kinds = re.compile("Lessons|Questions|Terms|Errors and warnings|Pages")
    expect(search(page).get_by_role("heading").nth(1)).to_have_text(kinds)
    expect(search(page).locator("li").first.locator(".la-search__kind")).to_have_text("Questions")
    expect(search(page).locator("mark").first).to_be_visible()

    for place in (0, 1):
        page.keyboard.press("ArrowDown")
        expect(titles(page).nth(place)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(field).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.type("s")  # back to the field
    expect(field).to_have_value("transpose of a vector does nothings")
    page.keyboard.press("Escape")
    expect(search(page)).to_be_hidden()
    expect(origin).to_be_focused()

    page.keyboard.press("Control+k")
    field.fill("determinent")
    expect(titles(page).first).to_have_text("Determinant")
    assert page.evaluate("window.laShifts ?? []") == []
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"glossary/determinant\.html$"))
    assert page.locator(".highlighted").count() == 0
    assert page.blocked == [] and page.problems == []


def test_no_key_opens_it_where_one_types_and_the_box_at_the_side_does(open_page):
    page = open_page(LESSON)
    page.evaluate(PLACES)
    for name in ("text", "cell"):
        page.get_by_label(name, exact=True).press("/")
    expect(page.get_by_label("text", exact=True)).to_have_value("/")
    expect(page.get_by_label("cell", exact=True)).to_have_text("/")
    expect(search(page)).to_have_count(0)

    box = page.locator(".sidebar-search")
    box.focus()
    page.keyboard.type("np.linalg.solve")  # some of it comes to the box, the rest to the field
    field = search(page).get_by_label(FIELD)
    expect(field).to_be_focused()
    expect(field).to_have_value("np.linalg.solve")
    expect(titles(page).first).to_have_text("np.linalg.solve()")
    search(page).get_by_role("button", name="Close").click()
    expect(box).to_be_focused()
    expect(box).to_have_value("")
    box.click()
    expect(field).to_be_focused()
    page.mouse.click(2, 2)  # beside it
    expect(search(page)).to_be_hidden()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_it_fits_and_is_without_fault_in_both_themes(width, open_page):
    page = open_page(LESSON, viewport={"width": width, "height": 700})
    page.keyboard.press("/")
    search(page).get_by_label(FIELD).fill(
        "ValueError: matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc "
        "signature (n?,k),(k,m?)->(n?,m?) (size 3 is different from 2)"
    )
    expect(titles(page).first).to_contain_text("matmul: Input operand 1 has a mismatch")
    expect(search(page).locator("mark").first).to_be_visible()
    wide = """dialog => [dialog, ...dialog.querySelectorAll("*")].filter((one) =>
      one.getBoundingClientRect().right > innerWidth + 0.5).map((one) => one.className)"""
    assert search(page).evaluate(wide) == []
    assert faults(page, "dialog") == []
    assert faults(page, "dialog", theme="dark") == []


def test_the_page_of_the_search_follows_what_is_typed(open_page):
    page = open_page("search.html?q=singular+matrix", own=True)
    found, status = page.locator("article .la-search__title"), page.locator("article [role=status]")
    expect(found.first).to_have_text("Singular matrix")
    expect(status).to_contain_text("results")

    box = page.get_by_role("searchbox", name=FIELD)
    box.fill("xyzzy")
    expect(status).to_contain_text("No page is about that")
    expect(found).to_have_count(0)
    page.locator("h1").click()
    page.keyboard.press("/")  # there is one here already
    expect(box).to_be_focused()
    box.fill("brodcasting")
    expect(found.first).to_contain_text("Broadcasting")
    assert page.url.endswith("?q=brodcasting")
    found.first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Broadcasting")
    assert page.locator(".highlighted").count() == 0
    assert page.blocked == [] and page.problems == []


def test_what_cannot_be_loaded_is_said_and_tried_again(open_page):
    page = open_page(LESSON, own=True)
    page.route("**/_static/search/index.js", lambda route: route.abort())
    page.keyboard.press("/")
    field = search(page).get_by_label(FIELD)
    field.fill("nor")
    expect(search(page).get_by_role("status")).to_contain_text("could not be loaded")
    page.unroute("**/_static/search/index.js")
    field.press("End")
    field.press("m")
    expect(titles(page).first).to_have_text("Norm")


def test_without_scripts_or_where_they_cannot_be_loaded_the_form_leads_to_its_page(open_page):
    page = open_page(LESSON, java_script_enabled=False)
    page.locator(".sidebar-search").fill("norm")
    page.locator(".sidebar-search").press("Enter")
    expect(page).to_have_url(re.compile(r"/search\.html\?q=norm"))
    expect(page.locator("article").get_by_role("link", name="Glossary")).to_be_visible()

    page = open_page(LESSON, own=True)
    page.route("**/features/*/search.js", lambda route: route.abort())
    page.keyboard.press("/")
    expect(page).to_have_url(re.compile(r"/search\.html\?q="))
