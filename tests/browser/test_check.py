"""Each kind of check is answered by keyboard, wrongly and rightly, and stays passed."""

import re

import pytest
from playwright.sync_api import expect

from lesson_extensions.check.directive import shuffled
from tests.browser.conftest import NO_STORAGE, faults, script_url
from tests.conftest import ROOT, Site, serve
from tests.test_check import NUMBER, ORDER, RAISES, SEVERAL, SHAPE

FIRST = next(label for n in range(99) if shuffled(label := f"dot-{n}", 3, False)[0] == 0)
ONE = f""":::{{check}}
:label: {FIRST}
:answer: np.dot([1, 2], [3, 4])

What does `np.dot([1, 2], [3, 4])` give?

- `11`
- `np.array([3, 8])`: 3 and 8 are the products; the `dot` product adds them, and $x$.
- `21`: you multiplied the sums.

Each entry of one vector meets the entry in the same place of the other.
:::
"""
SHAPE = SHAPE.replace("---", "- `(2, 3)`: you changed nothing.\n- `(3,)`: you lost an axis.")
PAGE = "# Checks\n\n" + "\n".join([ONE, SEVERAL, NUMBER, SHAPE, ORDER, RAISES])
EXACT = """# Exact numbers

:::{check}
:label: exact
:kind: number
:answer: -u / 4

How much is `-u / 4`?

```python
u = 5000
```

---

A quarter.
:::
"""
LOOK = {
    "extensions": ["myst_nb", "lesson_extensions.check", "lesson_extensions.page.mathml"],
    "html_static_path": [str(ROOT / "docs/_static")],
    "html_css_files": ["fonts.css", "site.css"],
    "html_favicon": str(ROOT / "docs/_static/favicon.svg"),
    "html_title": "Checks",
    "pygments_style": "github-dark",
}


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A small site with a check of each kind, in the place of the built one."""
    files = {"index.md": PAGE, "exact.md": "---\norphan: true\n---\n" + EXACT}
    site = Site(tmp_path_factory.mktemp("check"), files, LOOK)
    assert site.warnings == ""
    with serve(site.app.outdir) as address:
        yield address
    site.app.cleanup()


@pytest.fixture
def page(open_page):
    page = open_page("index.html")
    yield page
    assert page.problems == [] and page.blocked == []


def check(page, label):
    return page.locator(f"form#{label}")


def tab_to(control):
    """Reach a control by the Tab key, from where the focus is."""
    for _ in range(80):
        if control.evaluate("element => element === document.activeElement"):
            return control
        control.page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {control}")


def submit(form):
    tab_to(form.get_by_role("button", name="Check", exact=True)).press("Enter")


def status(form):
    return form.get_by_role("status")


def badge(form):
    return form.get_by_text("passed", exact=True)


def expect_passed(form, explanation):
    expect(status(form)).to_contain_text("Right.")
    expect(status(form)).to_contain_text(explanation)
    expect(badge(form)).to_be_visible()
    form.page.reload()
    expect(badge(form)).to_be_visible()
    expect(status(form)).to_be_empty()


# -- Each kind, by keyboard alone -----------------------------------------------------------------


def test_one_of_many(page):
    form = check(page, FIRST)
    expect(form.get_by_role("group")).to_have_accessible_description(
        "What does np.dot([1, 2], [3, 4]) give?"
    )
    submit(form)
    expect(status(form)).to_have_text("Nothing is chosen yet.")

    page.reload()
    tab_to(form.get_by_role("radio").first).press("ArrowUp")  # round to the last
    chosen = form.get_by_role("radio").last
    expect(chosen).to_be_checked()
    chosen.press("Enter")

    expect(status(form)).to_have_text(
        re.compile(
            r"^(21: you multiplied the sums|np\.array\(\[3, 8\]\): 3 and 8 are the products)"
        )
    )
    expect(chosen).to_have_accessible_name(re.compile(" wrong$"))
    expect(badge(form)).to_be_hidden()

    chosen.press("ArrowDown")
    form.get_by_role("radio").first.press("Enter")
    expect(chosen).not_to_have_accessible_name(re.compile(" wrong$"))
    expect(form.get_by_role("radio").first).to_have_accessible_name("11 right")
    expect_passed(form, "Each entry of one vector meets")


def test_a_wrong_choice_gets_the_misconception_behind_it(page):
    form = check(page, FIRST)
    for said in ("21: you multiplied", "np.array([3, 8]): 3 and 8 are the products"):
        form.get_by_role("radio", name=said.partition(":")[0]).press("Space")
        submit(form)
        expect(status(form)).to_contain_text(said)


def test_first_choice_can_be_the_answer(page):
    """Index 0 must be taken neither for "nothing chosen" nor for "wrong"."""
    form = check(page, FIRST)
    expect(form.get_by_role("radio").first).to_have_accessible_name("11")
    tab_to(form.get_by_role("radio").first).press("Space")
    submit(form)

    expect_passed(form, "Each entry")


def test_a_misconception_keeps_its_code_and_its_maths(page):
    form = check(page, FIRST)
    form.get_by_role("radio", name="np.array([3, 8])").press("Space")
    submit(form)

    expect(status(form).locator("code")).to_have_text(["np.array([3, 8])", "dot"])
    expect(status(form).locator("math")).to_be_visible()


def test_several_of_many_counts_what_is_right_and_missing(page):
    form = check(page, "orthogonal")

    def toggle(name):
        tab_to(form.get_by_role("checkbox", name=name, exact=True)).press("Space")

    page.keyboard.press("Tab")
    form.get_by_role("checkbox").first.focus()
    toggle("np.array([-3, 2])")
    submit(form)
    expect(status(form)).to_have_text("Of the 1 that you chose, 1 is right; 1 is missing.")
    expect(badge(form)).to_be_hidden()

    for name in ("np.array([3, 2])", "-u"):
        form.get_by_role("checkbox", name=name, exact=True).press("Space")
    submit(form)
    expect(status(form)).to_contain_text("Of the 3 that you chose, 1 is right; 1 is missing.")
    expect(status(form)).to_contain_text("-u: you turned it round.")
    expect(status(form)).to_contain_text("np.array([3, 2]): you swapped, and kept the signs.")

    for name in ("np.array([3, 2]) wrong", "-u wrong", "np.array([6, -4])"):
        form.get_by_role("checkbox", name=name, exact=True).press("Space")
    submit(form)
    expect_passed(form, "Swap, and change one sign.")


def test_several_needs_all_and_only_the_right_ones(page):
    form = check(page, "orthogonal")
    for box in form.get_by_role("checkbox").all():
        box.press("Space")
    submit(form)

    expect(status(form)).to_contain_text("Of the 4 that you chose, 2 are right; none is missing.")
    expect(badge(form)).to_be_hidden()


def test_a_number(page):
    form = check(page, "half")
    field = form.get_by_role("textbox", name="Your answer")
    expect(form).to_contain_text("to within 0.01")

    tab_to(field).press_sequentially("a half")
    field.press("Enter")
    expect(status(form)).to_have_text("Type a number, such as 12, -0.5 or 1e-3.")
    field.fill("1.495")
    field.press("Enter")
    expect(status(form)).to_have_text("1.5: you divided the other way round.")
    field.fill("0,68")
    field.press("Enter")
    expect(status(form)).to_have_text("It is not 0.68. Try again.")
    expect(badge(form)).to_be_hidden()
    field.fill("0.66")
    field.press("Enter")
    expect_passed(form, "Two thirds.")


def test_a_number_may_be_written_in_several_ways(open_page, subtests):
    form = check(open_page("exact.html"), "exact")
    field = form.get_by_role("textbox")
    for text in ("-1250", "−1250", "-1250.0", " -1250, ", "-1.25e3", "-1,25E+3"):
        field.fill("0")
        field.press("Enter")
        expect(status(form)).to_have_text("It is not 0. Try again.")
        with subtests.test(text):
            field.fill(text)
            field.press("Enter")

            expect(status(form)).to_contain_text("Right.")


def test_what_is_not_that_number_is_not_right(open_page, subtests):
    form = check(open_page("exact.html"), "exact")
    field = form.get_by_role("textbox")
    for text in ("1250", "-1250.001", "-1.250", "--1250", "", "-", "1e", "0x4e2", "NaN"):
        field.fill("-1250")
        field.press("Enter")
        expect(status(form)).to_contain_text("Right.")
        with subtests.test(text):
            field.fill(text)
            field.press("Enter")

            expect(status(form)).to_have_text(re.compile("^(It is not|Type a number)"))


def test_a_shape(page):
    form = check(page, "a-shape")
    field = form.get_by_role("textbox", name="Your answer")

    tab_to(field).press_sequentially("two, three")
    field.press("Enter")
    expect(status(form)).to_have_text("Type the lengths, such as 2, 3 or (4,).")
    for text in ("3", "(3,)", "[3]"):
        field.fill(text)
        field.press("Enter")
        expect(status(form)).to_have_text("(3,): you lost an axis.")
    for text, read in (("()", "()"), ("(1, 3, 2)", "(1, 3, 2)")):
        field.fill(text)
        field.press("Enter")
        expect(status(form)).to_have_text(f"It is not {read}. Try again.")
    expect(badge(form)).to_be_hidden()
    for text in ("3 2", "3x2", "(3, 2)", "3 × 2", "[3,2]", "(3,2,)", "3, 2"):
        field.fill("")
        field.press("Enter")
        field.fill(text)
        field.press("Enter")
        expect(status(form)).to_contain_text("Right.")
    expect_passed(form, "The axes change places.")


def lines(form):
    return form.locator(".la-check__choices code").all_inner_texts()


def test_lines_in_order(page):
    form = check(page, "lines")
    before = lines(form)
    first = form.get_by_role("button", name=f"Move up: {before[0]}")
    tab_to(first).press("Enter")
    assert lines(form) == before  # it is the first already
    expect(first).to_have_attribute("aria-disabled", "true")
    submit(form)
    expect(status(form)).to_have_text(re.compile(r"^In this order, line \d raises NameError: name"))
    expect(form.get_by_text("raises", exact=True)).to_have_count(1)
    expect(badge(form)).to_be_hidden()

    for place, code in enumerate(["a = 1", "b = a + 1", "c = 3 * b"]):
        button = form.get_by_role("button", name=f"Move up: {code}")
        button.focus()
        while lines(form)[place] != code:
            button.press("Enter" if place else "Alt+ArrowUp")
            expect(button).to_be_focused()
            expect(status(form)).to_have_text(re.compile(r"^Line \d of 3 now\.$"))
    submit(form)
    expect_passed(form, "Each needs the one before.")
    assert lines(form) == before


def test_lines_move_down_too_and_stop_at_the_end(page):
    form = check(page, "lines")
    before = lines(form)
    down = form.get_by_role("button", name=f"Move down: {before[0]}")
    for _ in range(4):
        down.press("Alt+ArrowDown")

    assert lines(form) == [*before[1:], before[0]]
    expect(down).to_have_attribute("aria-disabled", "true")
    expect(down).to_be_focused()


def test_lines_can_be_dragged_with_the_mouse(page):
    form = check(page, "lines")
    before = lines(form)
    form.get_by_role("button", name="Check", exact=True).scroll_into_view_if_needed()
    boxes = [form.get_by_text(line, exact=True).bounding_box() for line in before]
    places = [(box["x"] + 5, box["y"] + box["height"] / 2) for box in boxes]
    page.mouse.move(*places[0])
    page.mouse.down()
    page.mouse.move(*places[2], steps=5)
    page.mouse.up()
    page.mouse.move(*places[0])  # let go: it stays where it is

    assert lines(form) == [before[1], before[2], before[0]]


def test_what_raises_and_which_error(page):
    form = check(page, "singular")
    error = form.get_by_role("combobox", name="The error")
    options = error.locator("option").all_inner_texts()
    assert options == ["choose", "TypeError", "ValueError", "LinAlgError", "IndexError"]

    def answer(choice, name):
        form.get_by_role("radio", name=choice).press("Space")
        error.focus()
        error.press_sequentially(name)
        submit(form)

    answer("np.linalg.det(A)", "c")
    expect(status(form)).to_have_text("Choose the error, too.")
    answer("np.linalg.det(A)", "LinAlg")
    expect(status(form)).to_have_text(
        "np.linalg.det(A): you thought that a singular matrix has no determinant."
    )
    answer("np.linalg.inv(A)", "Type")
    expect(status(form)).to_contain_text(
        "This one raises, but another error. A TypeError would mean"
    )
    expect(form.get_by_role("radio", name="np.linalg.inv(A) raises", exact=True)).to_be_checked()
    answer("np.linalg.inv(A)", "Value")
    expect(status(form)).to_contain_text("It is a ValueError too, but")
    expect(badge(form)).to_be_hidden()
    answer("np.linalg.inv(A)", "LinAlg")
    expect_passed(form, "Nothing undoes it.")


# -- All kinds ------------------------------------------------------------------------------------


def test_the_answer_can_be_shown_and_hidden_which_passes_nothing(page):
    for form in page.locator("form.la-check").all():
        answer = form.locator(".la-check__answer")
        expect(answer).to_be_hidden()
        form.get_by_role("button", name="Show the answer").press("Enter")
        expect(answer).to_be_visible()
        expect(badge(form)).to_be_hidden()
        form.get_by_role("button", name="Hide the answer").press("Enter")
        expect(answer).to_be_hidden()


def test_a_passed_check_can_be_answered_again(page):
    form = check(page, FIRST)
    for name, said in (("11", "Right."), ("21", "21: you multiplied the sums."), ("11", "Right.")):
        form.get_by_role("radio", name=name).press("Space")
        submit(form)
        expect(status(form)).to_contain_text(said)
        expect(badge(form)).to_be_visible()


def test_another_choice_takes_right_away(page):
    form = check(page, FIRST)
    form.get_by_role("radio", name="11").press("Space")
    submit(form)
    expect(status(form)).to_contain_text("Right.")
    form.get_by_role("radio", name="21").press("Space")

    expect(status(form)).to_be_empty()
    expect(form.get_by_role("radio", name="11", exact=True)).to_be_visible()  # no longer marked


def test_progress_that_is_cleared_elsewhere_is_no_longer_shown(page):
    form = check(page, FIRST)
    form.get_by_role("radio", name="11").press("Space")
    submit(form)
    expect(badge(form)).to_be_visible()
    url = script_url(page, "progress.js")
    page.evaluate("url => import(url).then(progress => void progress.clear())", url)

    expect(badge(form)).to_be_hidden()


def test_without_storage_a_check_works_for_the_visit(open_page):
    page = open_page("exact.html", script=NO_STORAGE)
    form = check(page, "exact")
    expect(badge(form)).to_be_hidden()
    form.get_by_role("textbox").fill("-1250")
    form.get_by_role("textbox").press("Enter")

    expect(badge(form)).to_be_visible()
    expect(status(form)).to_contain_text("Right.")
    assert page.evaluate("try { localStorage } catch { 'refused' }") == "refused"


def test_without_javascript_the_answer_lies_in_a_fold(open_page):
    page = open_page("index.html", java_script_enabled=False)

    for form in page.locator("form.la-check").all():
        expect(form.locator("button, input, select")).to_have_count(0)
        expect(form.locator(".la-check__question")).to_be_visible()
        answer = form.locator(".la-check__explanation")
        expect(answer).to_be_hidden()
        form.locator("summary").press("Enter")
        expect(answer).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_no_violation_in_any_state(width, open_page):
    page = open_page("index.html", viewport={"width": width, "height": 900})
    forms = page.locator("form.la-check").all()

    def audit():
        for theme in ("light", "dark"):
            assert faults(page, "article", theme=theme) == []  # the rest is Furo's
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    audit()
    for form in forms:
        for control in form.get_by_role("radio").or_(form.get_by_role("checkbox")).all():
            control.check()
        for select in form.get_by_role("combobox").all():
            select.select_option("TypeError")
        for field in form.get_by_role("textbox").all():
            field.fill("7")
        form.get_by_role("button", name="Check", exact=True).click()
        expect(status(form)).not_to_be_empty()
        form.get_by_role("button", name="Show the answer").click()
    audit()
    check(page, FIRST).get_by_role("radio", name="11").check()
    check(page, FIRST).get_by_role("button", name="Check", exact=True).click()
    expect(badge(check(page, FIRST))).to_be_visible()
    audit()
    assert page.problems == []


def test_controls_are_large_enough_for_a_finger(open_page):
    page = open_page(
        "index.html", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    small = page.locator(
        ".la-check :is(button, select, input:not([type]), label:has([type]))"
    ).evaluate_all(
        "all => all.filter(e => e.offsetHeight < 40 || e.offsetWidth < 40).map(e => e.outerHTML)"
    )

    assert small == []
