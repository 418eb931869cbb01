"""A site in another language, beside the English one: what a reader of it sees and does.

Run by `nox -s languages`, which builds it; no file of this name is found by pytest alone.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import faults
from tests.conftest import SITE, serve, soup

LANGUAGE = SITE.name
VECTORS = "lessons/vectors.html"
NOT_YET = "lessons/svd.html"  # a page that nobody has translated
# Of each language: what a check says to a right answer, and a search in its words with its page.
SAYS = {"es": ("Correcto", "producto escalar", "glossary/dot-product.html")}


@pytest.fixture(scope="session")
def address():
    """That of the language, as a host serves it: below the English site."""
    with serve(SITE.parent) as english:
        yield f"{english}/{LANGUAGE}"


@pytest.fixture
def open_here(open_page, address):
    """open_page(), of pages that may ask for what they share with the English ones."""

    def open_here(path, **options):
        page = open_page(path, own=True, **options)
        page.blocked = [
            url for url in page.blocked if not url.startswith(address.rpartition("/")[0])
        ]
        return page

    return open_here


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("path", ["index.html", VECTORS, NOT_YET, "practise.html", "search.html"])
def test_a_page_fits_and_axe_finds_nothing(path, width, open_here):
    page = open_here(path, viewport={"width": width, "height": 800})

    assert page.locator("html").get_attribute("lang") == LANGUAGE
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert faults(page) == [] and faults(page, theme="dark") == []
    assert page.problems == [] and page.blocked == []


def test_the_switch_leads_to_the_same_page_and_back(open_here, address):
    page = open_here(VECTORS)
    switch = page.locator(".content-icon-container .la-language")
    box = switch.bounding_box()
    assert min(box["width"], box["height"]) >= 24
    switch.press("Enter")
    expect(page).to_have_url(f"{address.rpartition('/')[0]}/{VECTORS}")
    page.locator(f".content-icon-container .la-language[lang={LANGUAGE}]").press("Enter")
    expect(page).to_have_url(f"{address}/{VECTORS}")


def test_without_scripts_the_switch_is_there(open_page):
    page = open_page(VECTORS, java_script_enabled=False)

    expect(page.locator(".content-icon-container .la-language")).to_be_visible()


def test_a_cell_prints_what_it_prints_in_english(open_here):
    page = open_here(VECTORS)
    cell = page.locator(".la-live").first
    cell.locator(".la-live__run").click()

    expect(cell).to_have_attribute("data-la-verdict", "same", timeout=180_000)


def test_a_check_answers_in_the_language_and_counts_in_english_too(open_here, address):
    page = open_here(VECTORS)
    check = page.locator("#dot-product")
    check.get_by_role("radio", name="11", exact=True).check()
    check.locator(".la-check__tools button").first.click()
    expect(check).to_contain_text(SAYS[LANGUAGE][0])
    page.goto(f"{address.rpartition('/')[0]}/{VECTORS}")
    page.evaluate("dispatchEvent(new Event('pointermove'))")

    expect(page.locator("#dot-product .la-check__passed")).to_be_visible()


def test_the_search_knows_the_words_of_the_language(open_here):
    page = open_here("index.html")
    page.keyboard.press("/")
    _, asked, found = SAYS[LANGUAGE]
    page.locator(".la-search-dialog input").fill(asked)
    first = page.locator(".la-search-dialog .la-search__title").first

    expect(first).to_have_attribute("href", re.compile(f"/{LANGUAGE}/{re.escape(found)}$"))


def test_a_page_that_is_not_translated_says_so():
    page = soup(NOT_YET)

    assert page.select_one(".la-untranslated")
    assert page.select_one("article [lang=en] h1")
    assert f"/{LANGUAGE}/" not in page.select_one("link[rel=canonical]")["href"]
    assert not page.select("link[hreflang]")


def test_a_translation_names_itself_and_the_others():
    page = soup(VECTORS)
    alternates = {link["hreflang"]: link["href"] for link in page.select("link[hreflang]")}

    assert not page.select("article > .la-untranslated, article > [lang=en]")
    assert page.select_one("link[rel=canonical]")["href"] == alternates[LANGUAGE]
    assert alternates.keys() == {"en", LANGUAGE, "x-default"}
