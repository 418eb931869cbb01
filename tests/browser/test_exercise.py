"""An exercise is worked with the keyboard: checked by the page's own Python, helped, and passed."""

import json
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from lesson_extensions.exercise.grade import grade
from tests.browser.conftest import ANSWER, new_context
from tests.conftest import ROOT, Site, serve
from tests.test_exercise import PAGE, PARTS, SITE_EXERCISES, SOLUTION, body

LENGTH, REST = PARTS["mistake"]
RUNTIME = ROOT / "docs/_build/runtime"
KEYS = "Shift-Enter checks; Escape, then Tab, leaves the editor"


@pytest.fixture(scope="module")
def practice(tmp_path_factory):
    """The address of a small site with one exercise, which looks as the real one does."""
    if not RUNTIME.is_dir():
        pytest.fail("there is no runtime: see what `nox -s runtime` says")
    look = {
        "html_static_path": [str(ROOT / "docs/_static")],
        "html_css_files": ["fonts.css", "site.css"],
        "pygments_style": "github-dark",
        "live_runtime": str(RUNTIME),
    }
    files = {"index.md": PAGE, "conf.py": "pygments_dark_style = 'github-dark'\n"}
    site = Site(tmp_path_factory.mktemp("practice"), files, look)
    with serve(Path(site.app.outdir)) as address:
        yield address
    site.app.cleanup()


@pytest.fixture(scope="module")
def reader(chromium):
    """One reader, whose browser keeps the runtime from test to test, but answers no request."""
    context = new_context(chromium, reduced_motion="reduce", service_workers="block")
    yield context
    context.close()


@pytest.fixture
def visit(reader, practice):
    """visit(prepare) → the exercise on a page that was just opened, with no progress."""
    pages = []

    def visit(prepare=lambda page: None):
        page = reader.new_page()
        pages.append(page)
        page.problems, page.asked = [], []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url.rpartition("/")[2]))
        prepare(page)
        page.goto(f"{practice}/index.html")
        page.evaluate("localStorage.clear()")
        page.reload()
        return page.get_by_role("region", name="Project one vector onto another")

    yield visit
    for page in pages:
        assert page.problems == []
        page.close()


@pytest.fixture
def exercise(visit):
    return visit()


def write(exercise, code):
    """Replace all code in the editor, which has the focus then."""
    keyboard = exercise.page.keyboard
    exercise.get_by_role("textbox").focus()
    expect(exercise.locator(".cm-content")).to_be_focused()
    keyboard.press("Control+A")
    keyboard.insert_text(code)


def check(exercise, code):
    write(exercise, code)
    exercise.page.keyboard.press("Shift+Enter")


def press(exercise, name):
    exercise.get_by_role("button", name=name).press("Enter")


def status(exercise):
    return exercise.get_by_role("status")


def items(exercise):
    return exercise.locator(".la-exercise__checks").get_by_role("listitem")


# -- Checking ------------------------------------------------------------------------------------


def test_wrong_code_gets_a_message_beside_each_check(exercise):
    check(exercise, body("return np.array([[2.0], [1.0]])"))

    expect(status(exercise)).to_have_text("1 of 4 checks hold.")
    expect(items(exercise)).to_have_count(4)
    for number, sentence in (
        (0, "right values, but shape (2, 1): you returned a column where a vector with 2 entries"),
        (1, "shape (2, 1): you returned a column"),
        (3, "hidden: three entries"),
    ):
        expect(items(exercise).nth(number)).to_contain_text(sentence)
        wrong = items(exercise).nth(number).get_by_role("img", name="does not hold")
        expect(wrong).to_have_text("✗")
    expect(items(exercise).nth(2).get_by_role("img", name="holds")).to_have_text("✓")
    expect(exercise.locator(".cm-content")).to_be_focused()  # to go on writing


def test_an_error_says_what_python_says_and_where(exercise):
    check(exercise, "import numpy as np\n\ndef project(v u):\n    return v")

    expect(status(exercise)).to_contain_text("Your code did not run. SyntaxError: ")
    expect(status(exercise)).to_contain_text("(line 3: def project(v u):)")

    check(exercise, body("return np.linalg.inv(np.ones((2, 2)))"))
    error = "LinAlgError: Singular matrix (line 4: return np.linalg.inv(np.ones((2, 2))))"
    expect(items(exercise).first).to_contain_text(error)
    expect(items(exercise).nth(2)).to_contain_text("your code calls np.linalg.inv (line 4: ")


def test_a_known_mistake_gets_its_feedback_first(exercise):
    check(exercise, LENGTH.replace("np.linalg.norm(u)", "(u @ u) ** 0.5"))

    expect(status(exercise).locator("p")).to_have_text(
        [
            "You divided by the length of u; the formula divides by its square, u @ u.",
            "2 of 4 checks hold.",
        ]
    )
    expect(status(exercise).locator("code")).to_have_text(["u", "u @ u"])


def test_what_the_code_prints_is_shown_as_text(exercise):
    check(exercise, body("print('<b>', v, '</b>')"))

    expect(exercise.locator(".la-exercise__printed pre")).to_have_text(
        "<b> [1 3] </b>\n<b> [0 5] </b>\n", use_inner_text=True
    )
    check(exercise, SOLUTION)
    expect(status(exercise)).to_contain_text("Passed")
    expect(exercise.locator(".la-exercise__printed")).to_be_empty()


def test_right_code_passes_and_stays_passed(exercise):
    page = exercise.page
    write(exercise, SOLUTION)
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    button = exercise.get_by_role("button", name="Check my code")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")

    expect(status(exercise)).to_have_text("Passed: all checks hold, the hidden ones too.")
    expect(exercise.get_by_role("heading")).to_contain_text("Exercise, passed")
    expect(exercise.get_by_role("img", name="does not hold")).to_have_count(0)
    expect(exercise.get_by_role("img", name="holds")).to_have_count(4)
    expect(button).to_be_focused()
    page.reload()
    expect(exercise.get_by_role("heading")).to_contain_text("Exercise, passed")
    expect(exercise.get_by_role("textbox")).to_have_value(SOLUTION)  # kept for the visit

    page.evaluate("localStorage.clear(); location.reload()")
    expect(exercise.get_by_role("heading")).not_to_contain_text("passed")


def test_an_endless_loop_ends_with_stop(exercise):
    check(exercise, body("while True: pass"))
    expect(status(exercise)).to_have_text("Checking your code…")
    expect(exercise.page.get_by_role("region", name="Python on this page")).to_contain_text(
        "Running your exercise", timeout=120_000
    )
    exercise.page.get_by_role("button", name="Stop Python").press("Enter")

    expect(status(exercise)).to_have_text(
        "Python was stopped before your code came to its end. Is there a loop that never ends?"
    )
    check(exercise, SOLUTION)
    expect(status(exercise)).to_contain_text("Passed")


AGAIN = "so your code was not checked. Press the button to try again."


def test_each_end_has_a_cause_and_a_sentence(exercise):
    for answer, sentence in (
        ({"cause": "not loaded"}, f"Python could not be loaded, {AGAIN}"),
        ({"cause": "broken"}, f"Python broke down, {AGAIN}"),
        (
            {"cause": "error", "error": "MemoryError: "},
            f"Python broke off (MemoryError: ), {AGAIN}",
        ),
        ({"cause": ""}, f"Python broke off (no answer), {AGAIN}"),
    ):
        exercise.page.evaluate(ANSWER, answer)
        press(exercise, "Check my code")
        expect(status(exercise)).to_have_text(sentence)


def test_a_second_press_does_not_ask_twice_and_a_second_check_clears_the_first(exercise):
    count = "window.laCount = 0; addEventListener('la-call', () => window.laCount++, true)"
    exercise.page.evaluate(count)
    button = exercise.get_by_role("button", name="Check my code")
    button.press("Enter")
    button.press("Enter")
    expect(status(exercise)).to_contain_text("1 of 4 checks hold.")
    assert exercise.page.evaluate("window.laCount") == 1

    button.press("Enter")
    expect(status(exercise)).to_contain_text("1 of 4 checks hold.")
    expect(exercise.get_by_role("img")).to_have_count(4)
    expect(items(exercise).first.locator(".la-exercise__message")).to_have_count(1)
    assert exercise.page.evaluate("window.laCount") == 2


def test_the_variables_of_the_page_are_left_alone(exercise):
    check(exercise, SOLUTION + "\n\nprobe = 1")
    expect(status(exercise)).to_contain_text("Passed")
    seen = """new Promise((resolve) => document.dispatchEvent(new CustomEvent("la-call", {detail: {
      module: "builtins", function: "eval", name: "the probe",
      args: ["[name for name in __import__('page').state['console'].namespace if name[0] != '_']"],
      done: ({value, cause, error}) => resolve(value ?? cause + error) }})))"""

    assert exercise.page.evaluate(seen) == ["display"]


# -- Without network -----------------------------------------------------------------------------


def test_nothing_is_loaded_before_the_reader_begins(exercise):
    late = re.compile(r"editor\.js|worker\.js|manifest\.json")
    assert not list(filter(late.match, exercise.page.asked))

    exercise.get_by_role("textbox").focus()
    expect(exercise.locator(".cm-content")).to_be_focused()
    assert [late.match(name)[0] for name in exercise.page.asked if late.match(name)] == [
        "editor.js"
    ]


def test_what_furnishes_an_exercise_comes_when_it_is_in_view(visit):
    script = """document.addEventListener("readystatechange", () => {
      document.querySelector("h1").style.marginBottom = "9000px";
    })"""
    exercise = visit(lambda page: page.add_init_script(script))
    page = exercise.page
    expect(page.get_by_role("heading", name="Projections")).to_be_visible()
    page.evaluate("new Promise(requestAnimationFrame)")
    assert "exercise_desk.js" not in page.asked

    exercise.scroll_into_view_if_needed()
    expect(exercise.get_by_role("button", name="Check my code")).to_be_visible()
    assert page.asked.count("exercise_desk.js") == 1


def test_where_there_is_no_editor_the_textarea_stays(visit):
    exercise = visit(lambda page: page.route("**/editor.js*", lambda route: route.abort()))
    box = exercise.get_by_role("textbox", name="Your code: Project one vector onto another")
    expect(box).to_have_accessible_description(KEYS)
    box.fill(SOLUTION)
    box.press("Shift+Enter")

    expect(status(exercise)).to_contain_text("Passed")
    expect(box).to_have_value(SOLUTION)


def test_where_python_cannot_be_loaded_the_next_press_tries_again(visit):
    cut = re.compile(r"/worker\.js")
    exercise = visit(lambda page: page.route(cut, lambda route: route.abort()))
    press(exercise, "Check my code")
    expect(status(exercise)).to_have_text(f"Python could not be loaded, {AGAIN}")
    retry = exercise.page.get_by_role("button", name="Retry the download")
    expect(retry).to_be_visible()

    exercise.page.unroute(cut)
    press(exercise, "Check my code")
    expect(status(exercise)).to_contain_text("1 of 4 checks hold.")
    expect(retry).to_be_hidden()


def test_where_what_furnishes_an_exercise_cannot_be_loaded_it_says_so(visit):
    exercise = visit(lambda page: page.route("**/exercise_desk.js*", lambda route: route.abort()))

    expect(exercise.get_by_text("What checks your code could not be loaded.")).to_be_visible()
    expect(exercise.locator(".la-exercise__starter pre")).to_be_visible()


# -- Writing -------------------------------------------------------------------------------------


def test_the_editor_keeps_what_was_typed_and_the_place(exercise):
    box = exercise.get_by_role("textbox")
    box.evaluate("box => { box.setSelectionRange(22, 27); box.focus(); }")  # in the fourth line
    expect(exercise.locator(".cm-content")).to_be_focused()
    exercise.page.keyboard.insert_text("new")

    expect(exercise.locator(".cm-line").nth(2)).to_have_text("denewf project(v, u):")


def test_what_was_typed_is_there_after_a_reload_until_the_start_over(exercise):
    expect(exercise.get_by_text("What you type is kept for this visit.")).to_be_visible()
    write(exercise, "mine = 1")
    exercise.page.reload()
    expect(exercise.get_by_role("textbox")).to_have_value("mine = 1")
    expect(status(exercise)).to_contain_text("This is what you typed before.")
    press(exercise, "Start over")
    starter = exercise.get_by_role("textbox").input_value()
    exercise.page.reload()

    expect(exercise.get_by_role("textbox")).to_have_value(starter)
    expect(status(exercise)).to_be_empty()


def test_starting_over_can_be_taken_back(exercise):
    write(exercise, SOLUTION)
    press(exercise, "Start over")
    expect(status(exercise)).to_have_text("This is the starter again.")
    expect(exercise.get_by_role("textbox")).to_have_value(PARTS["starter"][0])

    press(exercise, "Bring my code back")
    expect(status(exercise)).to_have_text("Your code is back.")
    expect(exercise.get_by_role("textbox")).to_have_value(SOLUTION)
    expect(exercise.get_by_role("button", name="Start over")).to_be_focused()
    press(exercise, "Check my code")
    expect(status(exercise)).to_contain_text("Passed")
    press(exercise, "Start over")
    expect(items(exercise)).to_have_count(3)
    expect(exercise.get_by_role("img")).to_have_count(0)


# -- Help ----------------------------------------------------------------------------------------


def test_hints_come_one_at_a_time(exercise):
    first, second = exercise.locator(".la-exercise__hint").all()
    expect(first).to_be_hidden()

    press(exercise, "Hint 1 of 2")
    expect(first).to_contain_text("a multiple of u")
    expect(second).to_be_hidden()
    press(exercise, "Hint 2 of 2")
    expect(second.get_by_text("Which number times u")).to_be_visible()
    last = exercise.get_by_role("button", name="No more hints")
    expect(last).to_be_focused()
    expect(last).to_have_attribute("aria-disabled", "true")
    last.press("Enter")
    expect(first.get_by_text("The shadow")).to_be_visible()


def test_the_solution_comes_at_the_second_press_and_passes_nothing(exercise):
    solution = exercise.locator(".la-exercise__solution")
    press(exercise, "Solution")
    expect(status(exercise)).to_contain_text("You have not tried yet.")
    expect(solution).to_be_hidden()

    press(exercise, "Solution")
    expect(solution.locator("pre")).to_be_visible()
    expect(exercise.get_by_role("heading")).not_to_contain_text("passed")
    press(exercise, "Solution")
    expect(solution.locator("pre")).to_be_hidden()


def test_the_solution_comes_at_once_after_a_try(exercise):
    check(exercise, body("return v"))
    expect(status(exercise)).to_contain_text("checks hold")

    press(exercise, "Solution")
    expect(exercise.locator(".la-exercise__solution pre")).to_be_visible()


# -- Other readers -------------------------------------------------------------------------------


def test_without_javascript_the_exercise_is_whole(chromium, practice):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{practice}/index.html")
    exercise = page.get_by_role("region", name="Project one vector onto another")

    expect(exercise.get_by_role("button")).to_have_count(0)
    expect(exercise.locator(".la-exercise__starter pre")).to_contain_text("def project(v, u):")
    expect(items(exercise)).to_have_count(3)
    exercise.get_by_text("Hint 1").press("Enter")
    expect(exercise.get_by_text("The shadow is a multiple")).to_be_visible()
    exercise.get_by_text("Solution").press("Enter")
    expect(exercise.get_by_text("(u @ v) / (u @ u) * u")).to_be_visible()
    context.close()


def test_where_python_cannot_run_the_page_says_so_and_is_whole(visit):
    exercise = visit(lambda page: page.add_init_script("delete window.WebAssembly"))

    expect(
        exercise.get_by_text("Python cannot run here, so nothing checks your code")
    ).to_be_visible()
    expect(exercise.get_by_role("textbox")).to_have_count(0)
    expect(exercise.locator(".la-exercise__starter pre")).to_be_visible()
    exercise.get_by_text("Solution").press("Enter")
    expect(exercise.get_by_text("(u @ v) / (u @ u) * u")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_and_axe_finds_nothing(width, visit):
    exercise = visit()
    page = exercise.page
    page.set_viewport_size({"width": width, "height": 900})
    for when in ("before", "after"):
        if when == "after":
            check(exercise, LENGTH.replace("def", "print('x' * 200)\n\ndef"))
            expect(status(exercise)).to_contain_text("checks hold")
            press(exercise, "Hint 1 of 2")
            press(exercise, "Solution")
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            result = Axe().run(page, context=".la-exercise")
            assert result.violations_count == 0, f"{when}, {theme}: {result.generate_report()}"


# -- The exercises of the site ---------------------------------------------------------------------

GRADE = """
import builtins, json, sys
import numpy as np

def false(*args, **options):
    return True

def spoil():
    np.allclose = np.all = np.isclose = np.array_equal = np.linalg.norm = builtins.abs = false
    np.seterr(all="raise"), np.set_printoptions(precision=2), np.random.seed(3)

kept = np.allclose, np.all, np.isclose, np.array_equal, np.linalg.norm, builtins.abs
options = np.get_printoptions()
spoil()
try:
    from lesson_extensions.exercise.grade import grade
    graded = [[grade(program, one) for program in programs] for one, programs in TASKS]
    assert np.allclose is np.all is builtins.abs is false and np.geterr()["over"] == "raise"
    assert np.get_printoptions()["precision"] == 2
finally:
    np.allclose, np.all, np.isclose, np.array_equal, np.linalg.norm, builtins.abs = kept
    np.seterr(all="warn", under="ignore"), np.set_printoptions(**options)
print(json.dumps(graded))
"""
# Right by its values; each would pass where names of NumPy's reach who judges
TRICKS = [
    "import numpy as np\nnp.allclose = np.all = lambda *a, **k: True\ndef f(p): return p",
    "import numpy as np\ndef f(p):\n    np.allclose = np.all = lambda *a, **k: True\n    return p",
    "def f(p):\n    p += 1\n    return p",
    "import numpy as np\ndef f(p): return p + np.linalg.vector_norm(p) / p.dot(p) ** 0.5",
    "import numpy as np\ndef f(p): return p + p.argmax() / 2",
    "def f(p): return p + 1",
]
TRICKED = {
    "starter": "", "solution": TRICKS[-1], "mistakes": [],
    "tests": ["f(np.array([3, 4])) == np.array([4, 5])", "up_to_sign(f(np.ones(2)), [-2, -2])"],
    "hidden": ["np.allclose(f(np.array([1, 0])), [2, 1])  # a test in NumPy's own words"],
    "requires": [], "forbids": ["np.linalg.norm", "np.dot", "np.argmax"],
}  # fmt: skip


def test_the_browser_grades_as_the_build_does(python):
    specs = [case.values[0] for case in SITE_EXERCISES]
    tasks = [
        (one, [one["solution"], one["starter"], *(m["code"] for m in one["mistakes"])])
        for one in specs
    ]
    printed = python.run(GRADE.replace("TASKS", repr([*tasks, (TRICKED, TRICKS)])))
    *graded, tricked = json.loads(printed)

    assert tricked == [grade(program, TRICKED) for program in TRICKS]
    assert [result["passed"] for result in tricked] == [False] * 5 + [True]
    wrong = [
        sentence
        for one, results in zip(specs, graded, strict=True)
        for sentence in differences(one, *results)
    ]
    assert specs and wrong == []


def differences(one, solved, begun, *mistaken):
    """What the browser says of an exercise that the build does not."""
    if not solved["passed"]:
        yield f"the solution does not pass: {solved}"
    if begun["passed"] or begun["error"] or begun["feedback"]:
        yield f"the starter is more than wrong: {begun}"
    for mistake, result in zip(one["mistakes"], mistaken, strict=True):
        if (result["passed"], result["feedback"]) != (False, mistake["feedback"]):
            yield f"{mistake['feedback']}: {result}"
