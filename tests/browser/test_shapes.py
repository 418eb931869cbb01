"""The shape calculator as a reader uses it: by keyboard, by address, without sight, on a phone."""

import itertools
import re

import pytest
from playwright.sync_api import expect

from lesson_extensions.shapes import numpy_says
from tests.browser.conftest import faults, script_url

PAGE = "shapes.html"
ROWS = [  # what is in the address, the result or the error, what is said of an axis
    (
        "op=matmul&a=3,4&b=4,2",
        "a @ b has the shape (3, 2)6 numbers, 48 bytes",
        "k: a.shape[1] is 4 and b.shape[0] is 4; they meet and go.",
    ),
    (
        "op=matmul&a=(3, 4)&b=4",
        "a @ b has the shape (3,)",
        "n: a.shape[0] is 3; it stays, as axis 0 of the result.",
    ),
    (
        "op=matmul&a=1 3 4&b=5x4x2",
        "has the shape (5, 3, 2)",
        "s: a.shape[0] is 1 and b.shape[0] is 5; 1 is stretched to 5, axis 0 of the result.",
    ),
    (
        "op=matmul&a=3,4&b=3,4",
        "(size 3 is different from 4)What it means: matmul: Input operand 1",
        "k: a.shape[1] is 4 and b.shape[0] is 3; these do not fit.",
    ),
    ("op=matmul&a=()&b=3", "does not have enough dimensions", None),
    (
        "op=einsum&a=3,4&b=4,2&subscripts=ij,jk->",
        'np.einsum("ij,jk->", a, b) has the shape ()1 number',
        "i: a.shape[0] is 3; it is summed and goes.",
    ),
    (
        "op=kron&a=100000000&b=900000000",
        "has the shape (90000000000000000,)",
        "multiplied they are axis 0 of the result, 90000000000000000.",
    ),
    (
        "op=tensordot&a=5,3&b=5,3&axes=2",
        "np.tensordot(a, b, axes=2) has the shape ()",
        "i: a.shape[0] is 5 and b.shape[0] is 5; they meet and go.",
    ),
    (
        "op=nonsense&a=2&b=3",
        "a @ b raises",
        "k: a.shape[0] is 2 and b.shape[0] is 3; these do not fit.",
    ),
]
MENDS = [  # the field, what is typed, what is said
    ("Shape of a", "", "Write a shape, such as 3, 4; () stands for a single number."),
    ("Shape of a", "(3, -4)", "A length is a whole number from 0 on: write 3, 4."),
    ("Shape of a", "three", "Write the lengths with commas between them"),
    ("Shape of a", "(3, 4", "Write the lengths with commas between them"),
    ("Shape of b", "1 " * 17, "Write at most 16 lengths."),
    ("Shape of b", "1234567890", "Write lengths of at most 9 digits."),
    ("Subscripts", "αβ,β", "NumPy takes the letters a to z and A to Z"),
    ("axes", "two", "Write a whole number from 0 on, such as 2."),
]


@pytest.fixture
def form(open_page):
    page = open_page(PAGE)
    form = page.get_by_role("form", name="Shape calculator")
    expect(form).to_be_visible()
    return form


def test_the_address_says_which_shapes_and_the_page_what_comes_of_them(form):
    page = form.page
    for state, result, axis in ROWS:
        page.evaluate("state => { location.hash = state }", state)
        expect(page.get_by_role("status").first).to_contain_text(result)
        if axis:
            expect(page.locator(".la-shapes__list li", has_text=axis)).to_have_count(1)
    page.evaluate("location.hash = 'products'")  # a heading: the shapes stay
    expect(form.get_by_label("Shape of a")).to_have_value("2")

    page.evaluate("location.hash = 'op=dot&a=3,4&b=3,4'")
    link = page.locator(".la-shapes").get_by_role("link", name="not aligned")
    assert page.request.get(link.evaluate("link => link.href")).ok
    assert page.problems == [] and page.blocked == []


def test_all_is_done_by_keyboard_and_the_address_follows(form):
    page, status = form.page, form.page.get_by_role("status").first
    form.get_by_label("Operation").focus()
    page.keyboard.type("einsum")
    expect(form.get_by_label("Subscripts")).to_be_visible()
    for name, text in (("Subscripts", "ij,kj"), ("Shape of a", "2,3"), ("Shape of b", "(5, 3)")):
        page.keyboard.press("Tab")
        expect(form.get_by_label(name)).to_be_focused()
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type(text)
    expect(status).to_contain_text("has the shape (2, 5)")
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Link to these shapes")
    expect(link).to_be_focused()
    assert page.url.endswith("#op=einsum&a=2,3&b=%285,3%29&subscripts=ij,kj")
    assert link.evaluate("link => link.href") == page.url

    page.reload()
    expect(status).to_contain_text('np.einsum("ij,kj", a, b) has the shape (2, 5)')
    form.get_by_label("Shape of b").press("Enter")  # sends nothing
    expect(form.get_by_label("Shape of b")).to_have_value("(5,3)")


def test_what_is_no_shape_is_said_at_its_field_with_what_to_write(form):
    for label, typed, mend in MENDS:
        op = {"Subscripts": "einsum", "axes": "tensordot"}.get(label, "matmul")
        form.get_by_label("Operation").select_option(op)
        field = form.get_by_label(label, exact=True)
        before = field.input_value()
        field.fill(typed)
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_accessible_description(re.compile(re.escape(mend)))
        expect(form.page.get_by_role("status").first).to_have_text("")
        field.fill(before)
        expect(field).to_have_attribute("aria-invalid", "false")
    field.fill("x")
    assert faults(form.page, ".la-shapes") == []
    assert faults(form.page, ".la-shapes", theme="dark") == []


def test_a_phone_shows_all_of_it(form):
    page = form.page
    page.set_viewport_size({"width": 390, "height": 844})
    for state in ("op=matmul&a=3,4&b=3,4", "op=kron&a=" + ",".join("9" * 16) + "&b=123456789"):
        page.evaluate("state => { location.hash = state }", state)
        expect(page.locator(".la-shapes__picture")).to_contain_text("9" if "kron" in state else "4")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, state
        boxes = page.locator(".la-shapes__axis").evaluate_all(
            "boxes => boxes.map((box) => box.getBoundingClientRect().right)"
        )
        assert boxes and max(boxes) <= 390
    assert faults(page, ".la-shapes") == []


def test_what_the_site_serves_says_what_numpy_says(form):
    """All of a small grid, by the rules as they are served and the words of the build's NumPy."""
    lengths = [s for axes in range(3) for s in itertools.product((1, 2, 3), repeat=axes)]
    options = {"einsum": "ij,jk", "tensordot": "1"}
    rows = [
        (op, a, b, options.get(op))
        for op in numpy_says.available()
        for a, b in itertools.product(lengths, repeat=2)
    ]
    said = form.page.evaluate(
        """async ([url, rows]) => {
          const {RULES} = await import(url);
          const words = await (await fetch(new URL("../../shapes.json", url))).json();
          return rows.map(([op, a, b, option]) => {
            const {shape, error} = RULES[op](a, b, words, option ?? "");
            return error ?? shape.map(Number);
          });
        }""",
        [script_url(form.page, "shape_rules.js"), rows],
    )

    right = [numpy_says.outcome(*row) for row in rows]
    assert said == [text if isinstance(text, str) else list(text) for text in right]
