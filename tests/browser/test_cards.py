"""A long list of cards: what is not near yet waits to be laid out, and can be had all the same."""

from io import BytesIO

from playwright.sync_api import expect
from pypdf import PdfReader

LAID_OUT = "element => element.checkVisibility({contentVisibilityAuto: true})"


def test_a_card_that_waits_is_found_focused_printed_and_there_again_after_back(open_page):
    page = open_page("errors/index.html", own=True, viewport={"width": 390, "height": 844})
    cards = page.locator(".la-card")
    last, middle = cards.last, cards.nth(cards.count() // 2).get_by_role("link").first
    words = last.locator("p").first.text_content()[:60]
    assert [card.locator("a").first.evaluate(LAID_OUT) for card in (cards.first, last)] == [
        True, False,
    ]  # fmt: skip

    paper = PdfReader(BytesIO(page.pdf()))
    assert words[:20] in " ".join(paper.pages[-1].extract_text().split())

    assert page.evaluate("words => find(words)", words)
    expect(last).to_be_in_viewport()

    middle.focus()
    expect(middle).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(f"{page.url.partition('/errors/')[0]}/errors/index.html")
    page.go_back()
    expect(middle).to_be_in_viewport()


def test_what_scrolls_in_a_card_can_be_scrolled_by_keyboard_near_or_not(open_page):
    page = open_page("warnings/index.html", viewport={"width": 600, "height": 640})
    boxes = page.locator(".la-card pre")
    fits = boxes.evaluate_all("(all) => all.map((box) => box.scrollWidth <= box.clientWidth)")
    assert {*fits} == {True, False}, "none is too wide or all are, and this test says nothing"

    for box, fit in zip(boxes.all(), fits, strict=True):
        if not fit:
            expect(box).to_have_attribute("tabindex", "0")
    narrow = boxes.nth(max(i for i, fit in enumerate(fits) if fit))
    narrow.scroll_into_view_if_needed()
    expect(narrow).not_to_have_attribute("tabindex", "0")
