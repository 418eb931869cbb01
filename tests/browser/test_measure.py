"""On the benchmark page, a reader's own times are drawn and tabled beside the built ones."""

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import ANSWER, new_context

PAGE = "benchmarks.html"
NAME = "Measure on your machine"
WAIT = 120_000  # ms; a busy machine loads Python in twenty seconds and measures in ten
COMPARED = re.compile(
    r"In your browser, @ took 1/[\d,.]+ of the loops’ time at n = \d+; "
    r"when this page was built, it took 1/[\d,.]+\."
)
TIMES = {"loops": {"8": 1e-4, "64": 0.04}, "@ float64": {"8": 1e-5, "64": 4e-4, "256": 0.05}}


def answer(page, value=None, **answer):
    """Let the measurements come to this; nothing leaves them running."""
    page.evaluate(ANSWER, answer | ({"value": value} if value else {}))


def rows(figure):
    return [row.locator("th, td").all_inner_texts() for row in figure.locator("tr").all()]


@pytest.fixture
def figure(open_page):
    return open_page(PAGE).locator("figure.la-measure")


def test_a_press_draws_the_reader_s_times_beside_the_built_ones(figure):
    button = figure.get_by_role("button", name=NAME)
    status = figure.get_by_role("status")
    before = rows(figure)

    button.press("Enter")
    expect(status).to_contain_text("Measuring")
    expect(status).to_have_text(COMPARED, timeout=WAIT)

    after = rows(figure)
    assert after[0] == [*before[0], "loops, yours", "@\u00a0float64, yours"]
    assert [row[:-2] for row in after] == before
    assert all(cell[0].isdigit() for cell in after[1][-2:]), after[1]  # n = 8 is always timed
    expect(figure.locator("svg[role=img] > .la-measure__yours")).to_have_count(2)
    expect(figure.get_by_role("listitem")).to_have_text(
        ["loops, as built", "@ float64, as built", "loops, yours", "@ float64, yours"]
    )
    expect(figure.get_by_role("img").first).to_have_accessible_name(COMPARED)
    expect(button).to_be_focused()
    assert figure.page.problems == [] and figure.page.blocked == []


def test_a_reader_s_point_lies_where_a_built_one_would(figure):
    """The times of the build, given as the reader's, draw the built curves again."""
    answer(figure.page, json.loads(figure.locator("svg[role=img]").get_attribute("data-la-times")))
    figure.get_by_role("button", name=NAME).click()
    expect(figure.get_by_role("status")).to_have_text(COMPARED)

    for name in ("loops", "@ float64"):
        both = figure.locator(f"svg[role=img] > [data-la-series='{name}']")
        built, yours = both.locator("polyline").all()
        assert points(built) == pytest.approx(points(yours), abs=0.11)
        built, yours = both.all()
        assert built.locator("path").count() == yours.locator("path").count()
    for row in rows(figure)[1:]:
        assert row[1:3] == row[3:5]  # durations are written as Python writes them


def points(line):
    return [float(number) for number in re.findall(r"[\d.]+", line.get_attribute("points"))]


def test_a_second_press_replaces_the_first(figure):
    button = figure.get_by_role("button", name=NAME)
    answer(figure.page, TIMES)
    button.click()
    button.click()

    expect(figure.locator("svg[role=img] > .la-measure__yours")).to_have_count(2)
    assert len(rows(figure)[0]) == 5
    expect(figure.get_by_role("status")).to_contain_text("took 1/100 of the loops’ time at n = 64")


def test_a_press_while_it_measures_does_nothing(figure):
    figure.page.evaluate(ANSWER)
    button = figure.get_by_role("button", name=NAME)
    button.press("Enter")
    button.press("Enter")

    assert figure.page.evaluate("window.laAsked.length") == 1
    expect(button).to_be_focused()


def test_what_goes_wrong_is_a_sentence_and_draws_nothing(figure):
    button = figure.get_by_role("button", name=NAME)
    for said, sentence in (
        ({"cause": "stopped"}, "The measurement was stopped. Press the button to measure again."),
        ({"cause": "not loaded"}, "Python could not be loaded, so nothing was measured."),
        ({"cause": "broken"}, "Python broke down while it measured."),
        ({"cause": "error", "error": "MemoryError"}, "The measurement failed (MemoryError)."),
        ({"value": {}}, "The measurement failed. Press the button to try again."),
        ({"value": {"loops": {"8": 0}, "@ float64": {}}}, "The measurement failed."),
    ):
        figure.page.evaluate(ANSWER, said)
        button.click()
        expect(figure.get_by_role("status")).to_contain_text(sentence)
        expect(figure.locator(".la-measure__yours")).to_have_count(0)
    assert figure.page.problems == []


def test_stop_ends_the_measurement_with_a_sentence(figure):
    figure.get_by_role("button", name=NAME).click()
    figure.page.get_by_role("button", name="Stop Python").click()

    expect(figure.get_by_role("status")).to_contain_text("The measurement was stopped.")


@pytest.mark.parametrize("width", [390, 1280])
def test_the_whole_figure_fits_and_axe_finds_nothing(width, open_page):
    page = open_page(PAGE, viewport={"width": width, "height": 900})
    figure = page.locator("figure.la-measure")
    answer(page, TIMES)
    figure.get_by_role("button", name=NAME).click()
    expect(figure.get_by_role("status")).to_have_text(COMPARED)

    wrapper = figure.locator(".table-wrapper")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert wrapper.evaluate("element => element.scrollWidth - element.clientWidth") <= 0
    letters = figure.locator("svg[role=img] text").first
    assert letters.evaluate("text => text.getBoundingClientRect().height") >= 12
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        result = Axe().run(page, context="figure.la-measure")
        assert result.violations_count == 0, f"{theme}: {result.generate_report()}"


def test_without_javascript_the_figure_is_whole_and_has_no_button(open_page):
    figure = open_page(PAGE, java_script_enabled=False).locator("figure.la-measure")

    expect(figure.get_by_role("img").first).to_be_visible()
    expect(figure.get_by_role("table")).to_be_visible()
    expect(figure.locator("button")).to_have_count(0)


def test_where_python_cannot_run_there_is_no_button(chromium, address):
    context = new_context(chromium)
    page = context.new_page()
    page.add_init_script("delete window.WebAssembly")
    page.goto(f"{address}/{PAGE}")

    expect(page.locator("figure.la-measure table")).to_be_visible()
    expect(page.locator("figure.la-measure button")).to_have_count(0)
    context.close()
