"""A path says how far the reader has come on it, and leads on; without scripts it says the way."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import dressed, faults, script_url
from tests.test_paths import EXTENSIONS, FILES


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with dressed(tmp_path_factory.mktemp("paths"), FILES, EXTENSIONS) as address:
        yield address


def kept(page):
    return json.loads(page.evaluate("localStorage.getItem('la-progress')"))


def test_a_reader_who_follows_a_path_is_led_along_it(open_page, address):
    page = open_page("all.html")
    card = page.locator("[data-la-path='paths/solve']")
    facts, onward = card.locator(".la-path__facts"), card.locator(".la-path__next")
    ways = page.get_by_role("navigation", name="Reading paths")
    done = card.locator("li[data-la-done]")
    expect(facts).to_have_text("3 steps · 1 h 15 min")
    expect(onward).to_have_text("Begin with: Add a")
    onward.get_by_role("link").press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Add a")
    assert kept(page)["path"] == "paths/solve"
    page.evaluate(
        "async (url) => (await import(url)).pass('add-up')", script_url(page, "progress.js")
    )
    ways.get_by_role("link", name="Why?").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Why?")
    ways.get_by_role("link", name="Solve", exact=True).click()
    expect(ways.get_by_role("listitem")).to_have_text(["The path “I must solve” ends here."])
    assert kept(page)["visited"].keys() == {"ask"}  # with no script of the map, lessons are not

    page.goto(f"{address}/all.html")
    expect(facts).to_have_text("2 of 3 steps · 1 h 15 min · your path")
    expect(onward).to_have_text("Next: Solve")
    expect(done).to_have_count(2)
    page.locator("[data-la-path='paths/short'] h3 a").click()  # another path: that one is followed
    page.goto(f"{address}/lessons/solve.html")
    expect(ways.get_by_role("listitem")).to_have_text(["The path “I have no time” ends here."])

    for viewport in ({"width": 390, "height": 844}, {"width": 1280, "height": 720}):
        page.set_viewport_size(viewport)
        for path in ("all.html", "paths/solve.html", "lessons/solve.html"):
            page.goto(f"{address}/{path}")
            assert faults(page, "article") + faults(page, "article", theme="dark") == []
    assert page.problems == [] and page.blocked == []


def test_without_scripts_a_path_shows_its_steps_and_each_page_what_comes_next(open_page, address):
    page = open_page("all.html", java_script_enabled=False)
    card = page.locator("[data-la-path='paths/solve']")
    expect(card.get_by_role("link", name="Why?")).to_be_visible()  # side by side, all is shown
    page.set_viewport_size({"width": 390, "height": 844})
    expect(card.get_by_role("link", name="Why?")).to_be_hidden()
    card.get_by_text("Its steps").click()
    expect(card.get_by_role("link", name="Why?")).to_be_visible()
    card.locator(".la-path__next a").click()

    line = page.get_by_role("navigation", name="Reading paths").get_by_role("listitem")
    expect(line).to_have_text("On the path “I must solve”, next: Why?")
    page.goto(f"{address}/lessons/solve.html")
    expect(line).to_have_count(2)
