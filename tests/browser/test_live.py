"""Live cells in Chromium: run, edit, stop; without a network; and all that can go wrong."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import new_context
from tests.conftest import SITE, Handler, serve

MINUTE = 60_000  # in milliseconds, as Playwright counts
LESSON = "lessons/vectors.html"
ERROR = "errors/singular-matrix.html"
PART = re.compile(r"_static/(runtime/|features/\w+/(worker|editor)\.js)")


class Host(Handler):
    """Serves with the headers that the site asks its host for, a policy that binds the worker too.

    Notes each request; can break off in the middle of a file.
    """

    requests = []
    cut = ""
    policy = ""

    def end_headers(self):
        self.send_header("Content-Security-Policy", self.policy)
        super().end_headers()

    def do_GET(self):
        self.requests.append(self.path)
        if self.cut and self.path.endswith(self.cut):
            body = SITE.joinpath(self.translate_path(self.path)).read_bytes()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
            return
        super().do_GET()


@pytest.fixture(scope="module")
def host():
    """A host of our own, whose requests are counted."""
    headers = (SITE / "_headers").read_text("utf-8")
    Host.policy = headers.partition("Policy: ")[2].splitlines()[0]
    assert Host.policy
    with serve(SITE, Host) as address:
        yield address


@pytest.fixture
def requests():
    """The paths that were asked for since the test began."""
    Host.requests.clear()
    yield Host.requests
    Host.cut = ""


@pytest.fixture(scope="module")
def reader(chromium):
    """A reader who has been here before: the runtime is in the browser's cache."""
    context = new_context(chromium, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(MINUTE)
    yield context
    context.close()


@pytest.fixture
def newcomer(chromium):
    """A reader whose browser has kept nothing."""
    context = new_context(chromium)
    context.set_default_timeout(MINUTE)
    yield context
    context.close()


@pytest.fixture(scope="module")
def regular(chromium, host):
    """A reader whose browser has kept what one visit brought."""
    context = new_context(chromium)
    context.set_default_timeout(MINUTE)
    page = visit(context, host)
    expect_state(run(page, 1), "done")
    kept(page)
    page.close()
    yield context
    context.close()


def visit(context, host, path=LESSON):
    page = context.new_page()
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on(
        "console",
        lambda message: message.type == "error" and page.problems.append(message.text),
    )
    page.goto(f"{host}/{path}")
    return page


@pytest.fixture(scope="module")
def read_page(reader, host):
    return visit(reader, host)


@pytest.fixture
def lesson(read_page):
    """A lesson that other tests ran before, restored to what was built; Python may be running.

    What they left in Python does not matter: what a text needs is run again where it has to be.
    """
    yield read_page
    restore = read_page.locator(".la-live__undo:visible")
    while restore.count():
        restore.first.click()
    assert read_page.problems == []


def live(page, number):
    """The runnable text of this number, from 1."""
    return page.locator(".la-live").nth(number - 1)


def run(page, number):
    live(page, number).locator(".la-live__run").click()
    return live(page, number)


def write(page, number, code):
    """Replace the code of a text, as a person does."""
    live(page, number).locator(".la-live__edit").click()
    editor = page.get_by_label(re.compile(rf"^Code of \w+ {number}$"))
    expect(editor).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(code)


def expect_state(text, state):
    expect(text).to_have_attribute("data-la-state", state, timeout=MINUTE)


def kept(page):
    expect(page.locator("html")).to_have_attribute("data-la-kept", "yes", timeout=MINUTE)


def bar(page):
    return page.get_by_role("region", name="Python on this page")


# -- Before a press, and without what a press needs ------------------------------------------------


def test_before_a_press_nothing_of_the_runtime_or_the_editor_is_loaded(newcomer, host, requests):
    page = visit(newcomer, host)
    live(page, 1).locator(".la-live__run").hover()
    page.wait_for_load_state("networkidle")

    assert [path for path in requests if PART.search(path)] == []
    live(page, 1).locator(".la-live__edit").click()
    expect(page.get_by_label("Code of cell 1")).to_be_focused()
    assert len([path for path in requests if PART.search(path)]) == 1, (
        "the editor, which is asked for"
    )


def test_without_javascript_there_is_no_button_and_no_hidden_text(chromium, host):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{host}/{LESSON}")

    assert page.locator("article .la-live button").count() == 0
    expect(live(page, 1).locator(".cell_output")).to_be_visible()
    context.close()


@pytest.mark.parametrize(
    "missing", ["delete WebAssembly", "delete DecompressionStream", "delete Worker"]
)
def test_a_browser_that_cannot_run_python_gets_no_button(missing, newcomer, host):
    newcomer.add_init_script(missing.replace("delete ", "delete window."))
    page = visit(newcomer, host)

    assert page.locator(".la-live__run").count() == 0
    assert page.problems == []


# -- Running --------------------------------------------------------------------------------------


# What the status says when it is put into the page, and then.
WATCH = """new MutationObserver(() => {
  const status = document.querySelector(".la-live-bar [role=status]");
  if (status && !window.laSaid) window.laSaid = [status.textContent];
}).observe(document.body, {childList: true})"""
# The buttons whose name does not hold what they show, which those who speak to a page would say.
MISNAMED = """[...document.querySelectorAll(".la-live button, .la-live-bar button")]
  .filter(({ariaLabel, textContent}) => ariaLabel && !ariaLabel.includes(textContent))
  .map(({ariaLabel, textContent}) => `${textContent}: ${ariaLabel}`)"""


def test_a_press_on_run_says_what_it_loads_and_shows_that_python_agrees(newcomer, host):
    page = visit(newcomer, host)
    page.evaluate(WATCH)
    text = run(page, 1)

    expect(page.locator(".la-live-bar").get_by_role("status")).to_contain_text(
        re.compile(r"once: \d+\.\d MB")
    )
    expect_state(text, "done")
    expect(text.locator(".la-live__status")).to_have_text("as on this page")
    expect(text.locator(".cell_output")).to_be_visible()
    assert page.problems == []
    assert page.evaluate("window.laSaid") == [""], "a status is announced if it was there before"
    assert page.evaluate(MISNAMED) == []


def test_what_has_the_focus_is_not_below_the_bar(lesson):
    page = lesson
    page.set_viewport_size({"width": 390, "height": 600})
    page.evaluate("document.documentElement.style.scrollBehavior = 'auto'")
    expect_state(run(page, 1), "done")
    for button in live(page, 9).get_by_role("button").all():
        page.evaluate("scrollTo(0, 0)")
        button.focus()
        edge = bar(page).bounding_box()["y"]
        box = button.bounding_box()
        assert box["y"] + box["height"] <= edge
    page.set_viewport_size({"width": 1280, "height": 900})


def test_the_keyboard_alone_edits_runs_and_leaves(lesson):
    live(lesson, 5).locator(".la-live__edit").focus()
    lesson.keyboard.press("Enter")
    editor = lesson.get_by_label("Code of cell 5")
    expect(editor).to_be_focused()
    lesson.keyboard.press("Control+a")
    lesson.keyboard.type("3 * a")
    lesson.keyboard.press("Shift+Enter")

    expect_state(live(lesson, 5), "done")
    expect(live(lesson, 5).locator(".la-live__output")).to_contain_text("array([12,  3])")
    expect(live(lesson, 5).locator(".la-live__status")).to_contain_text("your output")
    expect(live(lesson, 5).locator(".cell_output")).to_be_hidden()

    lesson.keyboard.press("Escape")
    lesson.keyboard.press("Tab")
    expect(editor).not_to_be_focused()


def test_restore_brings_back_the_code_and_the_output_of_the_page(lesson):
    write(lesson, 5, "a - a")
    expect_state(run(lesson, 5), "done")
    live(lesson, 5).locator(".la-live__undo").click()
    expect(live(lesson, 5).locator(".la-live__edit")).to_be_focused()

    expect(live(lesson, 5).locator(".cell_input pre")).to_contain_text("2 * a")
    expect(live(lesson, 5).locator(".cell_output")).to_be_visible()
    expect(live(lesson, 5).locator(".la-live__output")).to_be_hidden()


def test_an_edited_cell_is_run_again_before_one_that_needs_it(lesson):
    expect_state(run(lesson, 4), "done")
    write(lesson, 1, "import numpy as np\na, b = np.array([1, 1]), np.array([1, 2])\na")
    run(lesson, 4)

    expect(live(lesson, 4).locator(".la-live__output")).to_contain_text("array([2, 3])")


def test_what_was_computed_from_an_older_matrix_is_computed_again(lesson):
    write(lesson, 1, "import numpy as np\nA, b = np.diag([2, 4]), np.array([2, 4])")
    write(lesson, 4, "x = np.linalg.solve(A, b)")
    write(lesson, 5, "A @ x - b")
    expect_state(run(lesson, 5), "done")
    write(lesson, 1, "import numpy as np\nA, b = np.diag([1, 1]), np.array([2, 4])")
    expect_state(run(lesson, 1), "done")
    text = run(lesson, 5)

    expect(text.locator(".la-live__status")).to_contain_text("ran 1 above first")
    expect(text.locator(".la-live__output")).to_have_text("array([0., 0.])\n")


def test_reset_forgets_the_variables_and_a_text_runs_after_those_above_that_it_needs(lesson):
    page = lesson
    write(page, 5, "stranger = 1")
    expect_state(run(page, 5), "done")
    reset = bar(page).get_by_role("button", name="Forget all variables")
    reset.click()
    expect(reset).to_be_focused()  # and the page stays where it is
    write(page, 5, "stranger")
    run(page, 5)

    expect(live(page, 5).locator(".la-live__output")).to_contain_text("NameError")
    text = run(page, 4)  # a + b, which the first cell makes

    expect_state(text, "done")
    expect(text.locator(".la-live__status")).to_have_text("as on this page · ran 1 above first")
    expect_state(live(page, 1), "done")
    assert not live(page, 2).get_attribute("data-la-state")


def test_a_session_is_shown_with_its_prompts(reader, host):
    page = visit(reader, host, "faq/dot-or-star.html")
    write(page, 1, "import numpy as np\nfor k in (1, 2):\n    print(k * np.eye(1))\n\nnp.dot(2, 3)")
    text = run(page, 1)

    expect_state(text, "done")
    assert text.locator(".la-live__output pre").inner_text().splitlines() == [
        ">>> import numpy as np",
        ">>> for k in (1, 2):",
        "...     print(k * np.eye(1))",
        "[[1.]]",
        "[[2.]]",
        ">>> np.dot(2, 3)",
        "np.int64(6)",
    ]


def test_axe_finds_no_violation_while_python_is_at_work(lesson):
    page = lesson
    write(page, 5, "1 / 0")
    expect_state(run(page, 5), "failed")
    write(page, 4, "print('x' * 30000)")
    expect_state(run(page, 4), "done")
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        result = Axe().run(page)
        assert result.violations_count == 0, f"{theme}: {result.generate_report()}"
    page.emulate_media(color_scheme="light")


# -- What goes wrong ------------------------------------------------------------------------------


def test_an_endless_loop_stops_within_a_second_and_the_page_runs_on(lesson):
    expect_state(run(lesson, 1), "done")
    write(lesson, 5, "while True:\n    pass")
    expect_state(run(lesson, 5), "running")
    (worker,) = lesson.workers
    stop = bar(lesson).get_by_role("button", name="Stop Python")
    stop.focus()
    with worker.expect_event("close"):  # Chromium grants it two seconds to end
        state = "document.querySelectorAll('.la-live')[4].dataset.laState"
        assert stop.evaluate(f"stop => (stop.click(), {state})") == "stopped", "it waits"
    expect(stop).to_be_focused()  # and says that there is nothing to stop
    expect(stop).to_have_attribute("aria-disabled", "true")

    write(lesson, 5, "a @ b")
    expect_state(run(lesson, 5), "done")
    expect(live(lesson, 5).locator(".la-live__output")).to_contain_text("np.int64(11)")


def test_ten_megabytes_of_output_are_cut_and_the_page_stays_responsive(lesson):
    write(lesson, 5, "for _ in range(100_000):\n    print('x' * 99)")
    text = run(lesson, 5)

    expect_state(text, "done")
    shown = len(text.locator(".la-live__output pre").inner_text())
    assert 10_000 < shown < 50_000
    expect(text.locator(".la-live__rest")).to_contain_text("characters more")
    text.locator(".la-live__more").click()
    more = len(text.locator(".la-live__output pre").inner_text())
    assert shown < more < shown + 250_000, "a press adds a piece, and not all"
    with lesson.expect_download() as download:
        text.locator(".la-live__save").click()
    assert len(download.value.path().read_bytes()) == 10_000_000


@pytest.mark.parametrize(
    "hog", ["np.ones((50000, 50000))", "[np.empty((10_000, 1_000)) for _ in range(100)]"]
)
def test_a_memory_hog_gets_a_memory_error_and_python_starts_anew(hog, lesson):
    write(lesson, 5, f"import numpy as np\nhoard = {hog}")
    text = run(lesson, 5)

    expect_state(text, "failed")
    expect(text.locator(".la-live__output")).to_contain_text("MemoryError")
    expect(lesson.locator(".la-live-bar").get_by_role("status")).to_contain_text("Memory was full")
    expect_state(run(lesson, 4), "done")


LONG = """import traceback
def refuse(*_, **__):
    raise ValueError("long\\n" * 30_000 + "and short")
traceback.TracebackException.from_exception = refuse
1 / 0"""


def test_a_breakdown_is_told_in_two_lines_and_a_fold_and_what_was_typed_is_kept(lesson):
    write(lesson, 5, LONG)
    text = run(lesson, 5)

    expect_state(text, "stopped")
    said = bar(lesson).get_by_role("status")
    expect(said).to_contain_text("Python broke down: and short\nIts variables are lost")
    assert bar(lesson).bounding_box()["height"] < 120
    fold = bar(lesson).get_by_text("What Python said")
    fold.click()
    expect(bar(lesson).locator("pre")).to_contain_text("long")
    assert bar(lesson).bounding_box()["height"] < 400
    fold.click()
    expect(bar(lesson).get_by_role("button", name="Run again")).to_be_visible()
    expect(lesson.get_by_label("Code of cell 5")).to_contain_text("def refuse")

    write(lesson, 5, "a @ b")
    bar(lesson).get_by_role("button", name="Run again").click()
    expect_state(text, "done")
    expect(text.locator(".la-live__output")).to_contain_text("np.int64(11)")
    expect(fold).to_be_hidden()


def test_what_was_typed_is_there_again_on_return_until_restore(newcomer, host):
    page = visit(newcomer, host)
    write(page, 5, "3 * a")
    kept_note, typed = live(page, 5).locator(".la-live__kept"), page.locator(".la-live__editor")
    expect(kept_note).to_have_text("What you type is kept for this visit.")
    page.goto(f"{host}/run-code.html")
    for come_back in (page.go_back, page.reload):
        come_back()
        expect(typed).to_have_text("3 * a")
        expect(live(page, 5).locator(".cell_input pre")).to_be_hidden()
        expect(kept_note).to_contain_text("This is what you typed before.")
    live(page, 5).locator(".la-live__edit").click()
    expect(page.get_by_label("Code of cell 5")).to_have_text("3 * a")

    keys = "Object.keys(sessionStorage).filter((key) => key.startsWith('la-draft'))"
    (key,) = page.evaluate(keys)
    page.goto(f"{host}/run-code.html")
    page.evaluate('key => sessionStorage.setItem(key, \'["another text", "5 * a"]\')', key)
    page.goto(f"{host}/{LESSON}")
    expect(live(page, 5).locator(".la-live__edit")).to_be_visible()
    expect(typed).to_have_count(0)

    write(page, 5, "4 * a")
    page.reload()
    expect(typed).to_have_text("4 * a")
    live(page, 5).locator(".la-live__undo").click()
    expect(live(page, 5).locator(".cell_input pre")).to_contain_text("2 * a")
    expect(kept_note).to_have_count(0)
    page.reload()
    expect(live(page, 5).locator(".la-live__edit")).to_be_visible()
    expect(typed).to_have_count(0)
    assert page.evaluate(keys) == []
    assert page.problems == []


def test_where_nothing_can_be_kept_nothing_is_said_of_what_is_typed(newcomer, host):
    newcomer.add_init_script(
        "Object.defineProperty(window, 'sessionStorage', {get() { throw new Error('refused') }})"
    )
    page = visit(newcomer, host)
    write(page, 5, "3 * a")
    page.keyboard.press("End")

    expect(page.get_by_label("Code of cell 5")).to_have_text("3 * a")
    expect(live(page, 5).locator(".la-live__kept")).to_have_count(0)
    assert page.problems == []


def test_input_is_refused(lesson):
    write(lesson, 5, "input('how much?')")

    expect(run(lesson, 5).locator(".la-live__output")).to_contain_text("RuntimeError: input()")


def test_without_the_editor_a_plain_one_does_and_a_download_that_is_cut_can_be_tried_again(
    newcomer, host, requests
):
    newcomer.route("**/editor.js", lambda route: route.abort())
    Host.cut = "pyodide.asm.wasm.z"
    page = visit(newcomer, host)
    text = live(page, 5)
    text.locator(".la-live__edit").click()
    area = page.get_by_role("textbox", name="Code of cell 5")
    expect(area).to_be_focused()
    area.fill("2 + 3")
    area.press("Shift+Enter")
    expect(page.locator(".la-live-bar").get_by_role("status")).to_contain_text(
        "The download was cut short"
    )
    expect_state(text, "stopped")

    expect(text.locator(".la-live__status")).to_have_text("not loaded")
    Host.cut = ""
    retry = bar(page).get_by_role("button", name="Retry the download")
    retry.click()
    expect_state(text, "done")
    expect(text.locator(".la-live__output")).to_have_text("5\n")
    expect(retry).to_be_hidden()


def test_what_was_restored_while_a_package_came_is_as_the_page_has_it_and_pictures_are_drawn(
    newcomer, host
):
    gate = []
    newcomer.route(
        re.compile("/matplotlib-"), lambda route: gate.append(route)
    )  # held until it is continued
    page = visit(newcomer, host)
    expect_state(run(page, 1), "done")
    write(page, 4, "import matplotlib.pyplot as plt\nplt.plot(a)\na = 'drawn'")
    run(page, 4)
    expect(bar(page)).to_contain_text("Loading matplotlib")
    live(page, 4).locator(".la-live__undo").click()
    for route in gate:
        route.continue_()
    expect(bar(page)).to_have_attribute("data-la-busy", "no", timeout=MINUTE)
    expect(live(page, 4).locator(".la-live__output")).to_be_hidden()
    expect(live(page, 4).locator(".la-live__status")).to_be_empty()

    expect_state(run(page, 4), "done")  # a is what the first cell made, not what ran meanwhile
    expect(live(page, 4).locator(".la-live__status")).to_have_text(
        "as on this page · ran 1 above first"
    )

    text = run(page, 7)
    expect_state(text, "done")
    picture = text.locator(".la-live__output img")
    expect(picture).to_be_visible()
    assert picture.evaluate("picture => picture.naturalWidth") > 1000, "160 dots an inch"
    corner = picture.evaluate(
        """picture => {
          const context = document.createElement("canvas").getContext("2d");
          context.drawImage(picture, 0, 0);
          return [...context.getImageData(0, 0, 1, 1).data];
        }"""
    )
    assert corner == [0x12, 0x16, 0x1D, 255], "the look is not that of docs/_static/matplotlibrc"
    assert picture.get_attribute("alt") == text.locator(".cell_output img").get_attribute("alt")
    assert page.problems == []


def test_an_error_shows_the_readers_lines_and_leads_to_its_page_if_the_gallery_can_be_read(
    chromium, host
):
    context = new_context(chromium, service_workers="block")  # which would answer for the routes
    context.set_default_timeout(MINUTE)
    page = visit(context, host)
    page.route("**/errors.json", lambda route: route.fulfill(body="<!doctype html>Not found"))
    write(page, 5, "import numpy as np\n\nnp.linalg.inv(np.array([[1, 2], [2, 4]]))")
    with page.expect_request_finished(lambda request: "errors.json" in request.url):
        text = run(page, 5)
    expect_state(text, "failed")
    lines = text.locator(".la-live__output pre").inner_text().splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[1] == '  File "cell 5", line 3, in <module>'
    assert lines[-1] == "numpy.linalg.LinAlgError: Singular matrix"
    assert not any("site-packages" in line for line in lines)
    assert page.problems == []

    page.unroute("**/errors.json")
    gate = []
    page.route("**/errors.json", lambda route: gate.append(route))
    for _ in range(2):
        with page.expect_request("**/errors.json"):
            run(page, 5)
        expect(bar(page)).to_have_attribute("data-la-busy", "no")
    for route in gate:
        route.continue_()
    assert len(gate) == 2
    expect(text.locator(".la-live__gallery a")).to_have_text("Singular matrix")
    page.evaluate("new Promise((resolve) => setTimeout(resolve))")
    expect(text.locator(".la-live__gallery")).to_have_count(1)

    page.unroute("**/errors.json")
    link = text.locator(".la-live__gallery a")
    write(
        page, 5, "try:\n    np.linalg.inv(np.eye(2) * 0)\nexcept ValueError as e:\n    print(e)\nx"
    )
    expect_state(run(page, 5), "failed")
    expect(text.locator(".la-live__output")).to_contain_text("Singular matrix\nTraceback")
    expect(link).to_have_count(0)
    write(page, 5, "np.polyfit([1, 2], [1, 2], 3)\nnp.zeros(2)[[True]]")
    run(page, 5)
    mask = "boolean index did not match indexed array along axis 0"
    expect(link).to_have_text(["RankWarning: Polyfit may be poorly conditioned", mask])
    link.first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("RankWarning")
    context.close()


def test_a_change_can_be_made_by_a_button_and_shows_what_its_fold_says(lesson):
    change = lesson.locator(".la-change").first
    change.locator("summary").click()
    change.get_by_role("button", name="Make this change").click()
    text = lesson.locator(".la-live", has=lesson.locator(".la-live__editor"))

    expect_state(text, "done")
    expect(text.locator(".la-live__editor")).to_contain_text("-2 * a")
    expect(text.locator(".la-live__output pre")).to_have_text(
        change.locator(".la-change__output pre").inner_text().strip() + "\n"
    )
    expect(lesson.get_by_label("Code of cell 6")).to_be_focused()


def search_for_norm(page):
    page.keyboard.press("/")
    page.get_by_role("dialog", name="Search").get_by_role("textbox").fill("norm")
    expect(page.locator(".la-search__title").first).to_have_text("Norm")


def test_a_second_visit_loads_nothing_and_also_works_without_a_network(regular, host, requests):
    page = visit(regular, host)
    text = run(page, 1)
    expect(page.locator(".la-live-bar").get_by_role("status")).not_to_contain_text("MB")
    expect_state(text, "done")
    assert [path for path in requests if "_static/runtime/" in path] == []
    search_for_norm(page)  # what the search looks in is kept as a page is
    page.close()

    regular.set_offline(True)
    page = visit(regular, host)
    search_for_norm(page)
    page.keyboard.press("Escape")
    write(page, 4, "a @ b")
    expect_state(run(page, 4), "done")
    expect(live(page, 4).locator(".la-live__output")).to_contain_text("np.int64(11)")
    page.close()
    regular.set_offline(False)


def test_a_damaged_cache_is_fetched_anew(regular, host, requests):
    page = visit(regular, host)
    damaged = page.evaluate(
        """async () => {
          const name = (await caches.keys()).find((name) => name.startsWith("la-runtime"));
          const cache = await caches.open(name);
          const keys = await cache.keys();
          for (const key of keys) await cache.put(key, new Response("damaged"));
          return keys.map(({url}) => url.replace(/.*[/]/, ""));
        }"""
    )
    assert {"pyodide.asm.js", "pyodide.asm.wasm.z", "python_stdlib.zip", "snapshot"} <= {*damaged}

    expect_state(run(page, 1), "done")
    expect(live(page, 1).locator(".la-live__status")).to_have_text("as on this page")
    assert any("pyodide.asm.wasm.z" in path for path in requests)
