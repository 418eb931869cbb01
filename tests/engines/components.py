"""Each component of a page does in other engines what it does in Chromium: one use of each."""

import json

VECTORS = "lessons/vectors.html"


def test_theme_is_chosen_and_kept(browser):
    browser.visit(VECTORS)
    before = browser.evaluate("document.body.dataset.theme")
    browser.click(".content-icon-container .theme-toggle")
    chosen = browser.evaluate("document.body.dataset.theme")
    browser.visit("index.html")

    assert before == "auto" and chosen in ("light", "dark")
    assert browser.evaluate("document.body.dataset.theme") == chosen
    browser.evaluate("() => localStorage.clear()")


def test_text_has_its_fonts_and_maths_are_maths(browser):
    browser.visit(VECTORS)
    fonts = browser.evaluate(
        "async () => (await document.fonts.ready, [...document.fonts])"
        ".filter((font) => font.status === 'loaded').map((font) => font.family)"
    )
    is_maths = "document.querySelector('math').namespaceURI.endsWith('MathML')"

    assert len(fonts) > 1
    assert browser.evaluate(is_maths)
    assert browser.evaluate("document.querySelector('math').getBoundingClientRect().width") > 4


def test_no_page_scrolls_sideways(browser):
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    for page in ("index.html", VECTORS, "errors/index.html", "practise.html"):
        browser.visit(page)
        assert not browser.evaluate(wide), page


def test_a_live_cell_runs_and_one_that_was_edited_prints_its_own(browser):
    browser.visit(VECTORS)
    browser.click(".la-live__run")
    browser.until("document.querySelector('.la-live').dataset.laVerdict")
    assert browser.evaluate("document.querySelector('.la-live').dataset.laVerdict") == "same"

    browser.click(".la-live__edit")
    browser.type(".la-live .cm-content", "print(6 * 7); ")
    browser.click(".la-live__run")
    browser.until("document.querySelector('.la-live').dataset.laVerdict === 'yours'")
    browser.until("document.querySelector('.la-live__output').textContent.includes('42')")
    browser.click(".la-live__undo")


def test_a_change_is_made_and_shows_what_its_fold_says(browser):
    browser.visit(VECTORS)
    browser.click(".la-change__answer summary")
    told = browser.text(".la-change__output pre").strip()
    browser.click(".la-change__make")

    browser.until(
        "[...document.querySelectorAll('.la-live__output')]"
        f".some((output) => output.textContent.trim() === {json.dumps(told)})"
    )
    browser.click(".la-live__undo:not([hidden])")


def test_a_check_says_right_and_is_remembered(browser):
    browser.visit(VECTORS)
    choice = browser.evaluate(
        "() => [...document.querySelectorAll('#dot-product li')]"
        ".findIndex((item) => item.textContent.trim() === '11') + 1"
    )
    browser.click(f"#dot-product li:nth-child({choice}) input")
    browser.click("#dot-product .la-check__tools button")
    browser.until("document.querySelector('#dot-product .la-check__status').textContent")
    browser.visit(VECTORS)
    browser.until("document.querySelector('#dot-product .la-check__passed')?.checkVisibility()")
    browser.evaluate("() => localStorage.clear()")


def test_an_exercise_is_graded(browser):
    browser.visit(VECTORS)
    browser.evaluate("() => document.querySelector('#midpoint').scrollIntoView()")
    browser.click("#midpoint .la-exercise__tools button")
    browser.until("document.querySelector('#midpoint .la-exercise__verdict')")
    assert "✗" in browser.text("#midpoint")  # its starter is no solution


def test_the_player_goes_on_by_press_and_by_key(browser):
    browser.visit("index.html")
    counter = ".la-player__counter"
    browser.until(f"document.querySelector('{counter}')")
    first = browser.text(counter)
    browser.send(".la-player", "new KeyboardEvent('keydown', {key: 'End', bubbles: true})")
    last = browser.text(counter)
    browser.send(".la-player", "new KeyboardEvent('keydown', {key: 'Home', bubbles: true})")

    assert first.startswith("1 / ") and last == f"{last.split()[-1]} / {last.split()[-1]}"
    assert browser.text(counter) == first


def test_the_search_finds_an_error_by_its_message(browser):
    browser.visit("index.html")
    browser.send("body", "new KeyboardEvent('keydown', {key: '/', bubbles: true})")
    browser.type(".la-search-dialog input", "np.linalg.LinAlgError: Singular matrix")
    browser.until(
        "document.querySelector('.la-search-dialog .la-search__title')"
        "?.href.endsWith('errors/singular-matrix.html')"
    )


def test_a_definition_shows_under_the_pointer(browser):
    browser.visit(VECTORS)
    browser.send("a.la-term", "new PointerEvent('pointerenter')")
    browser.until("document.querySelector('#la-definition:not([hidden])')")
    assert len(browser.text("#la-definition")) > 20


def test_what_is_copied_has_no_prompts(browser):
    browser.visit("faq/dot-or-star.html")
    browser.until("document.querySelector('button.copybtn')")
    copied = """() => {
      let text = "";
      document.execCommand = () => { // which obeys fingers alone
        text = document.activeElement.value;
        return true;
      };
      document.querySelector("button.copybtn").click();
      return text;
    }"""
    text = browser.evaluate(copied)
    assert text.startswith("import") and ">>>" not in text


def test_the_map_says_where_to_begin(browser):
    browser.visit("index.html")
    browser.until("document.querySelector('.la-skill-tree__now')?.textContent.length > 9")


def test_the_shape_calculator_answers_what_is_typed(browser):
    browser.visit("shapes.html")
    for field, shape in (("#la-shapes-a", "7, 3"), ("#la-shapes-b", "3, 5")):
        browser.until(f"document.querySelector('{field}')")
        browser.evaluate("(field) => { document.querySelector(field).value = ''; }", field)
        browser.type(field, shape)
    browser.until("document.querySelector('.la-shapes__result').textContent.includes('(7, 5)')")


def test_it_says_what_fits_in_memory(browser):
    browser.visit("will-it-fit.html")
    browser.until("document.querySelector('.la-fit__result dd')?.textContent.length > 1")


def test_a_reader_s_times_are_drawn_beside_those_of_the_build(browser):
    browser.visit("benchmarks.html")
    browser.click(".la-measure__tools button")
    browser.until("document.querySelector('.la-measure__picture .la-measure__yours polyline')")
