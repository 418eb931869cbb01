"""The Logic Matrix lights up as checks are passed, on any screen, and forgets nothing."""

import gzip
import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import dressed, faults, script_url
from tests.test_skill_tree import EXTENSIONS, lesson, task

NARROW = {"width": 390, "height": 844}
WIDE = {"width": 1280, "height": 900}
WEIGHT = 5_000  # bytes over the wire that a lesson pays for its place in the tree
PARAGRAPH = "A word, and one more. " * 120
SECTIONS = f"## Add\n\n{PARAGRAPH}\n\n## Scale\n\n{PARAGRAPH}\n\n## Project\n\n{PARAGRAPH}\n\n"
FILES = {
    "index.md": """---
hide-toc: true
---
# Start

:::{skill-tree}
:::

:::{toctree}
:glob:

lessons/*
:::
""",
    "lessons/vectors.md": lesson(
        "Work with vectors",
        body=SECTIONS + task("v-add") + task("v-dot") + task("v-plot", "exercise"),
        more=", formerly: [arrows]",
    ),
    "lessons/matrices.md": lesson("Build a matrix", "[vectors]", task("m-read"), order=2),
    "lessons/history.md": lesson("Read the history", "[vectors]", SECTIONS, order=3),
    "lessons/products.md": lesson("Multiply with `@`", "[matrices]", task("p-shape"), order=4),
    "lessons/stacks.md": lesson("Stack them", "[history]", task("s-shape"), order=5),
}
TREE = "nav.la-skill-tree"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with dressed(tmp_path_factory.mktemp("tree"), FILES, EXTENSIONS) as address:
        yield address


class Tree:
    """A page with the Logic Matrix, as a reader finds it."""

    def __init__(self, page, address):
        self.page, self.address = page, address
        self.nav = page.locator(TREE)
        self.status = self.nav.get_by_role("status")
        self.lead = self.nav.locator(".la-skill-tree__now")

    def box(self, name):
        link = self.page.locator(f"p:first-child a[href='lessons/{name}.html']")
        return self.nav.locator("ol > li").filter(has=link)

    def link(self, name):
        return self.box(name).locator("p:first-child a")

    def states(self):
        """Of each lesson, and as it says it."""
        names = self.nav.locator("ol > li").evaluate_all(
            "boxes => boxes.map(box => [box.querySelector('a').getAttribute('href'),"
            " box.dataset.laState, box.querySelector('.la-skill-tree__state').textContent])"
        )
        return {re.search(r"(\w+)\.html", href)[1]: (state, text) for href, state, text in names}

    def button(self, name):
        return self.nav.get_by_role("button", name=name)

    def progress(self, call, page=None):
        """Call the store, as a check does; in another page, if one is given."""
        return (page or self.page).evaluate(
            f"async (module) => {{ const p = await import(module); return {call}; }}",
            script_url(page or self.page, "progress.js"),
        )

    def another(self):
        page = self.page.context.new_page()
        page.goto(self.page.url)
        return Tree(page, self.address)

    def tab_to(self, locator):
        """Press Tab until it has the focus."""
        for _ in range(80):
            self.page.keyboard.press("Tab")
            if locator.evaluate("element => element === document.activeElement"):
                return
        pytest.fail(f"Tab does not lead to {locator}")


@pytest.fixture
def tree(open_page, address):
    """tree(progress that is stored, context options) → Tree"""

    def tree(progress=None, **options):
        stored = progress and {"la-progress": progress}
        page = open_page("index.html", stored=stored, **({"viewport": WIDE} | options))
        found = Tree(page, address)
        if options.get("java_script_enabled", True):
            expect(found.nav.locator("label")).to_be_visible()
        return found

    return tree


def stored(*labels, visited=(), last=None):
    passed, seen = (dict.fromkeys(names, "2026-01-01T00:00:00Z") for names in (labels, visited))
    return json.dumps({"version": 1, "passed": passed, "visited": seen, "last": last})


# -- What it says --------------------------------------------------------------------------------


def test_before_any_progress_it_is_calm_and_says_where_to_begin(tree):
    page = tree()

    assert page.states() == {
        "vectors": ("open", "open, next · 15 min"),
        "matrices": ("later", "later · 15 min"),
        "history": ("later", "later · 15 min"),
        "products": ("later", "later · 15 min"),
        "stacks": ("later", "later · 15 min"),
    }
    expect(page.lead).to_have_text("Begin with: Work with vectors.")
    expect(page.nav.locator("label")).to_have_text("Import progress")
    for name in ("Export progress", "Clear progress", "Undo"):
        expect(page.button(name)).to_be_hidden()
    expect(page.status).to_have_text("")
    assert page.page.problems == [] and page.page.blocked == []


def test_a_lesson_is_in_progress_when_a_check_is_passed_and_mastered_when_all_are(tree):
    page = tree()
    page.progress("p.pass('v-dot')")
    box, link = page.box("vectors"), page.link("vectors")

    expect(link).to_have_accessible_name(
        "Work with vectors: in progress, next, 1 of 2 checks, 1 exercise"
    )
    expect(link).to_have_accessible_description("Learn of Work with vectors.")
    expect(box).to_contain_text("in progress, next · 15 min")
    expect(box).to_contain_text("1 of 2 checks")
    page.progress("p.pass('v-plot')")
    expect(box).to_contain_text("1 of 1 exercise")
    page.progress("p.pass('v-add')")
    expect(link).to_have_accessible_name(
        "Work with vectors: mastered, 2 of 2 checks, 1 of 1 exercise"
    )


def test_an_exercise_alone_is_neither_progress_of_the_checks_nor_mastery(tree):
    page = tree(stored("v-plot"))

    assert page.states()["vectors"] == ("open", "open, next · 15 min")
    expect(page.box("vectors")).to_contain_text("1 of 1 exercise")


def test_a_lesson_that_was_visited_is_in_progress(tree):
    page = tree(stored(visited=["lessons/products"]))

    assert page.states()["products"] == ("in progress", "in progress · 15 min")
    assert page.states()["matrices"][0] == "later"


def test_mastery_lights_the_next_and_says_so(tree):
    page = tree(stored("v-add"))
    page.progress("p.pass('v-dot')")

    expect(page.status).to_have_text(
        "“Work with vectors” is mastered now. “Build a matrix” is open now. "
        "“Read the history” is open now. “Stack them” is open now."
    )
    assert {name: state for name, (state, _) in page.states().items()} == {
        "vectors": "mastered",
        "matrices": "open",
        "history": "open",  # asks nothing, and so holds up nobody
        "products": "later",
        "stacks": "open",
    }
    expect(page.nav.locator("svg path[data-la-state=mastered]")).to_have_count(2)
    expect(page.link("products")).to_have_accessible_name(
        "Multiply with @: later, after Build a matrix, 1 check"
    )
    expect(page.link("products")).to_have_accessible_description(
        "Learn of Multiply with `@`. Builds on Build a matrix."
    )
    page.progress("p.pass('m-read')")
    expect(page.status).to_have_text(
        "“Build a matrix” is mastered now. “Multiply with @” is open now."
    )


def test_a_lesson_without_checks_is_never_mastered(tree):
    page = tree(stored("v-add", "v-dot", visited=["lessons/history"]))

    assert page.states()["history"] == ("open", "open · 15 min")


def test_when_all_is_mastered_nothing_is_next(tree):
    labels = ("v-add", "v-dot", "m-read", "p-shape", "s-shape")
    page = tree(stored(*labels, last={"page": "lessons/history", "anchor": ""}))

    expect(page.lead).to_have_text("Continue where you left off: Read the history.")


def test_later_is_no_lock(tree):
    page = tree()
    page.box("products").click(position={"x": 5, "y": 5})  # all of a box is the link

    expect(page.page.get_by_role("heading", level=1)).to_contain_text("Multiply with")


def test_each_state_looks_its_own_way_without_its_colour(tree):
    page = tree(stored("v-add", "v-dot", visited=["lessons/products"]))
    looks = """box => {
      const badge = getComputedStyle(box, "::before");
      const isHalf = badge.backgroundImage.startsWith("linear-gradient");
      return [getComputedStyle(box).borderTopStyle, badge.content, isHalf].join(" ");
    }"""
    found = [page.box(name).evaluate(looks) for name in ("vectors", "matrices", "products")]

    assert found == ['solid "✓" false', 'solid "" false', 'solid "" true']
    page.progress("[p.clear()]")
    expect(page.box("products")).to_have_attribute("data-la-state", "later")
    assert page.box("products").evaluate(looks) == "dashed none false"


def test_what_is_next_stands_out(tree):
    page = tree(stored("v-add", "v-dot"))

    expect(page.nav.locator("[data-la-next]")).to_have_count(1)
    expect(page.box("matrices")).to_contain_text("open, next · 15 min")
    expect(page.box("matrices")).to_have_css("border-top-width", "2px")
    page.progress("p.pass('m-read')")
    expect(page.box("matrices")).to_have_css("border-top-width", "1px")
    expect(page.box("history")).to_contain_text("open, next")


# -- Where the reader was ------------------------------------------------------------------------


def test_it_leads_back_to_the_heading_where_the_reader_left(tree, address):
    page = tree()
    page.box("vectors").click()
    page.page.wait_for_url("**/vectors.html")
    page.page.get_by_role("heading", name="Scale").evaluate(
        "h => h.scrollIntoView({ behavior: 'instant' })"
    )
    page.page.goto(f"{address}/index.html")

    link = page.lead.get_by_role("link").first
    expect(page.lead).to_have_text("Continue where you left off: Work with vectors.")
    assert link.get_attribute("href") == f"{address}/lessons/vectors.html#scale"
    link.click()
    expect(page.page.get_by_role("heading", name="Scale")).to_be_in_viewport()


def test_what_is_next_is_not_where_the_reader_is(tree):
    page = tree(stored("v-add", "v-dot", last={"page": "lessons/matrices", "anchor": ""}))

    expect(page.lead).to_have_text(
        "Continue where you left off: Build a matrix. Next: Read the history."
    )


def test_a_page_that_is_gone_or_no_lesson_leads_nowhere(tree):
    page = tree(stored("v-add", last={"page": "lessons/gone", "anchor": "there"}))

    expect(page.lead).to_have_text("Next: Work with vectors.")


def test_progress_survives_a_page_that_was_renamed(tree, address):
    where = {"page": "lessons/arrows", "anchor": "add"}
    page = tree(stored("s-shape", visited=["lessons/arrows"], last=where))

    assert page.states()["vectors"][0] == "in progress"
    expect(page.lead).to_have_text("Continue where you left off: Work with vectors.")
    link = page.lead.get_by_role("link")
    assert link.get_attribute("href") == f"{address}/lessons/vectors.html#add"


def test_a_lesson_says_how_many_of_its_checks_are_passed(tree, address):
    page = tree(stored("v-add"))
    page.page.goto(f"{address}/lessons/vectors.html")
    facts = page.page.locator(".la-lesson")

    expect(facts).to_have_text("15 minutes · 1 of 2 checks passed")
    page.progress("p.pass('v-dot')")
    expect(facts).to_have_text("15 minutes · 2 of 2 checks passed")
    page.page.goto(f"{address}/lessons/matrices.html")
    expect(facts).to_have_text("15 minutes · builds on Work with vectors")


def test_a_page_that_is_no_lesson_is_not_where_the_reader_left(tree):
    page = tree()

    assert page.progress("p.read()")["last"] is None
    assert page.page.evaluate("localStorage.length") == 0


# -- By keyboard alone ---------------------------------------------------------------------------


def test_tab_leads_through_the_lessons_in_their_order_and_enter_opens_one(tree):
    page = tree(stored("v-add"))
    page.tab_to(page.link("vectors"))
    for name in ("matrices", "history", "products", "stacks"):
        page.page.keyboard.press("Tab")
        expect(page.link(name)).to_be_focused()
    for control in (page.lead.get_by_role("link"), page.button("Export progress"),
                    page.nav.locator("input"), page.button("Clear progress")):  # fmt: skip
        page.page.keyboard.press("Tab")
        expect(control).to_be_focused()
    page.tab_to(page.link("matrices"))
    page.page.keyboard.press("Enter")

    expect(page.page.get_by_role("heading", level=1)).to_contain_text("Build a matrix")


def test_export_clear_import_by_keyboard_gives_the_same_state(tree, tmp_path):
    last = {"page": "lessons/matrices", "anchor": ""}
    page = tree(stored("v-add", "v-dot", "m-read", last=last), own=True)
    before, kept = page.states(), page.progress("p.exportText()")
    # from the start: Chromium is told to hand over its choosers only when somebody listens, and a
    # key pressed right after that is often too early
    page.page.on("filechooser", lambda chooser: None)
    page.tab_to(page.button("Export progress"))
    with page.page.expect_download() as download:
        page.page.keyboard.press("Enter")
    assert download.value.suggested_filename == "linear-algebra-progress.json"
    download.value.save_as(tmp_path / "progress.json")

    page.tab_to(page.button("Clear progress"))
    page.page.keyboard.press("Enter")
    expect(page.status).to_have_text("Your progress is cleared.")
    expect(page.lead).to_have_text("Begin with: Work with vectors.")
    assert page.states() != before
    page.page.reload()
    expect(page.lead).to_have_text("Begin with: Work with vectors.")

    page.tab_to(page.nav.get_by_label("Import progress"))
    with page.page.expect_file_chooser() as chooser:
        page.page.keyboard.press("Enter")
    chooser.value.set_files(tmp_path / "progress.json")
    expect(page.status).to_have_text("Your progress is imported.")
    assert page.states() == before and page.progress("p.exportText()") == kept
    assert page.page.problems == []


def test_undo_has_the_focus_after_clear_and_brings_it_back(tree):
    page = tree(stored("v-add", "v-dot"))
    before = page.states()
    page.button("Clear progress").press("Enter")
    expect(page.button("Undo")).to_be_focused()
    expect(page.button("Clear progress")).to_be_hidden()
    page.page.keyboard.press("Enter")

    expect(page.status).to_have_text("Your progress is back.")
    expect(page.button("Clear progress")).to_be_focused()
    expect(page.button("Undo")).to_be_hidden()
    assert page.states() == before
    page.page.reload()
    expect(page.box("matrices")).to_have_attribute("data-la-state", "open")
    assert page.states() == before


def test_undo_stays_for_the_visit_and_undoes_each_clear(tree):
    page = tree(stored("v-add"))
    page.button("Clear progress").click()
    page.progress("p.pass('m-read')")
    page.button("Clear progress").click()
    page.progress("p.pass('p-shape')")
    for _ in range(2):
        page.button("Undo").click()

    expect(page.button("Undo")).to_be_hidden()
    assert set(page.progress("p.read()")["passed"]) == {"v-add", "m-read", "p-shape"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("no progress", "That is no progress of this site."),
        ('{"version": 2}', "That progress is from a later version of this site"),
    ],
)
def test_a_file_that_cannot_be_imported_is_said_and_changes_nothing(text, sentence, tree):
    page = tree(stored("v-add", "v-dot"))
    before = page.states()
    file = {"name": "progress.json", "mimeType": "application/json", "buffer": text.encode()}
    for label in ("v-plot", "other"):  # the same file again is a new try
        page.nav.get_by_label("Import progress").set_input_files(file)
        expect(page.status).to_contain_text(sentence)
        page.progress(f"p.pass('{label}')")
        expect(page.status).to_have_text("")

    assert page.states() == before and page.page.problems == []


# -- When the browser does not keep it -----------------------------------------------------------


def test_what_cannot_be_read_is_said_and_the_tree_works(tree):
    page = tree("{corrupt")

    expect(page.status).to_contain_text("set aside in this browser, as la-progress-aside-2")
    page.progress("['v-add', 'v-dot'].map(p.pass)")
    expect(page.box("matrices")).to_have_attribute("data-la-state", "open")
    page.button("Clear progress").click()
    expect(page.status).to_have_text("Your progress is cleared.")


def test_what_is_of_a_later_version_is_said_and_kept(tree):
    page = tree('{"version": 2}')

    expect(page.status).to_contain_text("set aside in this browser")
    kept = page.page.evaluate("Object.values(localStorage)")
    assert kept == ['{"version": 2}']


@pytest.mark.parametrize(
    "script",
    [
        "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); }",
        """for (const name of ["localStorage", "sessionStorage"]) {
          Object.defineProperty(window, name, { get() { throw new DOMException("no"); } });
        }""",
    ],
    ids=["full", "refused"],
)
def test_where_nothing_can_be_stored_the_tree_lights_up_and_says_so(script, tree):
    page = tree(script=script)
    page.progress("['v-add', 'v-dot'].map(p.pass)")

    expect(page.box("matrices")).to_have_attribute("data-la-state", "open")
    expect(page.status).to_contain_text("your progress is kept on this page only. Export it")
    expect(page.button("Export progress")).to_be_visible()


def test_a_pass_in_another_tab_lights_the_tree_and_is_announced(tree):
    page = tree(stored("v-add"))
    other = page.another()
    other.progress("p.pass('v-dot')")

    expect(page.status).to_contain_text("“Work with vectors” is mastered now.")
    expect(page.box("matrices")).to_have_attribute("data-la-state", "open")
    other.button("Clear progress").click()
    expect(page.box("matrices")).to_have_attribute("data-la-state", "later")


# -- On any screen -------------------------------------------------------------------------------


NAMES = ("vectors", "matrices", "history", "products", "stacks")
ENDS = """nav => {
  const side = (box, edge) => Math.round(box.getBoundingClientRect()[edge]);
  const [boxes, gaps] = [[...nav.querySelectorAll("li")], [...nav.querySelectorAll("svg")]];
  return gaps.map(gap => [
    boxes.some(box => side(box, "bottom") === side(gap, "top")),
    boxes.some(box => side(box, "top") === side(gap, "bottom"))]);
}"""


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_it_is_a_picture_on_each_screen_and_a_list_where_there_is_no_room(script, tree):
    page = tree(viewport=WIDE, java_script_enabled=script)
    for viewport in (WIDE, NARROW, {"width": 320, "height": 700}):
        page.page.set_viewport_size(viewport)
        boxes = {name: page.box(name).bounding_box() for name in NAMES}
        assert boxes["matrices"]["y"] == boxes["history"]["y"] > boxes["vectors"]["y"]
        assert boxes["matrices"]["x"] + boxes["matrices"]["width"] < boxes["history"]["x"]
        assert page.nav.evaluate(ENDS) == [[True, True]] * 2  # lines meet boxes at both ends
        assert page.page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    page.page.evaluate("document.documentElement.style.fontSize = '200%'")  # as some have it

    expect(page.nav.locator("svg").first).to_be_hidden()
    expect(page.box("vectors")).to_contain_text("Learn of Work with vectors.")
    expect(
        page.box("products").get_by_role("link", name="Build a matrix", exact=True)
    ).to_be_visible()


def test_without_javascript_there_is_no_state_and_no_control(tree):
    page = tree(java_script_enabled=False)

    expect(page.box("vectors")).to_contain_text("15 min · 2 checks · 1 exercise")
    expect(page.link("products")).to_have_accessible_description(
        "Learn of Multiply with `@`. Builds on Build a matrix."
    )
    expect(page.nav.locator("button, input, [role=status], [data-la-state]")).to_have_count(0)
    assert (
        page.box("vectors").evaluate("box => getComputedStyle(box, '::before').content") == "none"
    )


def test_on_paper_it_is_the_list_without_the_buttons(tree):
    page = tree(stored("v-add"))
    page.page.emulate_media(media="print")

    expect(page.nav.locator("svg").first).to_be_hidden()
    expect(page.box("matrices")).to_contain_text("Learn of Build a matrix.")
    expect(page.box("matrices")).to_contain_text("builds on Work with vectors")
    expect(page.button("Export progress")).to_be_hidden()


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_letters_stay_inside_their_box_and_are_not_small(viewport, tree):
    visited = [f"lessons/{name}" for name in ("matrices", "stacks")]
    page = tree(stored("v-add", "v-plot", visited=visited), viewport=viewport)
    boxes = page.nav.locator("li").evaluate_all(
        """boxes => boxes.map((box) => [box.clientWidth - box.scrollWidth,
          box.clientHeight - box.scrollHeight,
          ...[...box.querySelectorAll("p, p *")].filter((text) => text.checkVisibility())
            .map((text) => parseFloat(getComputedStyle(text).fontSize) - 11)])"""
    )

    assert len(boxes) == 5 and all(min(rest) >= 0 for rest in boxes), boxes


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_axe_finds_nothing_in_any_state(viewport, tree):
    page = tree(stored("v-add", "v-dot", visited=["lessons/products"]), viewport=viewport)
    for name in ("Clear progress", "Undo"):
        assert faults(page.page, TREE) + faults(page.page, TREE, theme="dark") == []
        page.button(name).click()


def test_a_finger_can_hit_each_button(tree):
    page = tree(stored("v-add"), viewport=NARROW, has_touch=True, is_mobile=True)
    page.button("Clear progress").click()
    for control in (page.button("Undo"), page.nav.locator("label")):
        assert control.bounding_box()["height"] >= 40


def test_a_lesson_pays_little_for_it(open_page):
    """Its script with all that this imports, which is also in the page's one script."""
    page = open_page("lessons/vectors.html")
    script = page.evaluate(
        "url => fetch(url).then((it) => it.text())", script_url(page, "skill_tree.js")
    )

    assert 'laRun("progress.js"' in script
    assert len(gzip.compress(script.encode())) <= WEIGHT
