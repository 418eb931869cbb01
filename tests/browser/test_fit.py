"""Will it fit? What an operation costs, for the sizes that a reader types."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ANSWER, faults

PAGE = "will-it-fit.html"


@pytest.fixture
def form(open_page):
    page = open_page(PAGE)
    form = page.get_by_role("form", name="Will it fit?")
    expect(form).to_be_visible()
    return form


def result(form):
    return form.page.locator(".la-fit__result")


def rates(form):
    costs = json.loads(form.page.locator(".la-fit").get_attribute("data-la-costs"))
    return costs["inv"]["rates"]


def test_memory_and_operations_follow_what_is_typed(form):
    rows = [  # operation, dtype, fields, what is said
        ("matmul", "float64", {"m": "1000", "n": "1000", "k": "1000"}, ["24 MB", "2.0e+9", "It fits."]),
        ("matmul", "float32", {"m": "1000", "n": "1000", "k": "1000"}, ["12 MB", "2.0e+9"]),
        ("inv", "float64", {"n": "20,000"}, ["13 GB", "1.6e+13", "It does not fit into 8 GB. In float32 it does, with 6.4 GB. With solve in place of inv"]),
        ("inv", "float32", {"n": "1e5"}, ["160 GB", "2.0e+15", "It does not fit into 8 GB. With solve"]),
        ("cholesky", "float64", {"n": "1e5"}, ["240 GB", "Nor does it in float32."]),
        ("lstsq", "float64", {"m": "1000000", "n": "10", "k": "1"}, ["180 MB", "2.2e+8"]),
    ]  # fmt: skip
    for operation, dtype, fields, said in rows:
        form.get_by_label("Operation").select_option(operation)
        form.get_by_label("dtype").select_option(dtype)
        for name, text in fields.items():
            form.get_by_label(f"{name}, ").fill(text)
        for text in said:
            expect(result(form)).to_contain_text(text)
    form.get_by_label("Operation").select_option("eigh")
    expect(form.get_by_label("m, rows")).to_be_hidden()
    expect(form.get_by_label("n, rows and columns of A")).to_be_visible()
    form.get_by_label("Memory of your machine").fill("0.5")
    form.get_by_label("n, ").fill("10000")
    link = result(form).get_by_role("link", name="What to do instead")
    link.click()
    expect(form.page.get_by_role("heading", name="What to do instead")).to_be_in_viewport()
    assert form.page.problems == [] and form.page.blocked == []


def test_seconds_are_operations_by_the_rate_of_the_build(form):
    form.get_by_label("Operation").select_option("inv")
    form.get_by_label("n, ").fill("3000")
    seconds = 2 * 3000**3 / rates(form)["float64"]
    unit, size = (
        ("minutes", 60) if seconds >= 60 else ("seconds", 1) if seconds >= 1 else ("ms", 1e-3)
    )
    two_digits = float(f"{seconds / size:.2g}")

    expect(result(form)).to_contain_text(f"about {two_digits:g} {unit}, if the rates hold")


def test_what_is_no_length_is_said_at_its_field(form):
    form.get_by_label("Operation").select_option("svd")
    rows = [
        ("m, ", "ten", "Write a whole number from 1 on, such as 10000 or 1e5."),
        ("n, ", "0", "Write a whole number from 1 on, such as 10000 or 1e5."),
        ("m, ", "5", "Here m is at least n: write the longer side first."),
        ("Memory of your machine", "-1", "Write gigabytes, such as 8."),
    ]
    for label, typed, mend in rows:
        field = form.get_by_label(label)
        before = field.input_value()
        field.fill(typed)
        expect(field).to_have_accessible_description(mend)
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(result(form)).to_have_text("")
        field.fill(before)
        expect(field).to_have_attribute("aria-invalid", "false")
    form.get_by_label("m, ").fill("x")
    form.page.set_viewport_size({"width": 390, "height": 844})
    assert form.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert faults(form.page, ".la-fit") == []
    assert faults(form.page, ".la-fit", theme="dark") == []


def test_a_press_puts_the_browser_s_own_seconds_beside_those_of_the_build(form):
    page = form.page
    button = page.get_by_role("button", name="Measure on your machine")
    form.get_by_label("Operation").select_option("inv")
    form.get_by_label("n, ").fill("1000")
    page.evaluate(ANSWER, {"cause": "not loaded"})
    button.press("Enter")
    said = page.locator(".la-fit__measured")
    expect(said).to_have_text("Nothing was measured. Press the button to try again.")

    times = {"inv": {"float64": [100, 0.01], "float32": [100, 0.02]}}
    page.evaluate(ANSWER, {"value": times})
    button.press("Enter")
    expect(said).to_contain_text("Measured: your browser’s times")
    expect(result(form)).to_contain_text("In your browserabout 10 seconds, by a run with n = 100")
    form.get_by_label("dtype").select_option("float32")
    expect(result(form)).to_contain_text("about 20 seconds")
    expect(button).to_be_visible()
