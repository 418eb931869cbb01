"""What a reader has passed is kept in the browser, whatever the browser does, and never lost."""

import itertools
import json

import pytest

from tests.browser.conftest import script_url
from tests.conftest import Site, serve

KEY = "la-progress"
STATE = {
    "version": 1,
    "passed": {"v-add": "2026-01-02T03:04:05.006Z"},
    "visited": {"lessons/vectors": "2026-01-02T03:00:00.000Z"},
    "last": {"page": "lessons/vectors", "anchor": "add"},
}
TEXT = json.dumps(STATE)
LATER = json.dumps(STATE | {"version": 2, "stars": 3})
EMPTY = {"version": 1, "passed": {}, "visited": {}, "last": None}
REFUSE = """for (const name of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(window, name, { get() { throw new DOMException("no", "SecurityError"); } });
}"""
FULL = """Storage.prototype.setItem = function () {
  throw new DOMException("full", "QuotaExceededError");
};"""
LOCAL_FULL = """const setItem = Storage.prototype.setItem;
Storage.prototype.setItem = function (key, text) {
  if (this === localStorage) throw new DOMException("full", "QuotaExceededError");
  setItem.call(this, key, text);
};"""
FILL = """() => {
  for (let size = 2 ** 23, n = 0; size >= 1; size /= 2) {
    try { for (;;) localStorage.setItem(`fill-${n++}`, "x".repeat(size)); } catch {}
  }
}"""
IS_FULL = """() => {
  try { localStorage.setItem("probe", "x".repeat(50)); } catch { return true; }
  localStorage.removeItem("probe");
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    files = {"index.md": "# Start\n"}
    site = Site(tmp_path_factory.mktemp("progress"), files, {"extensions": [
        "myst_nb", "sphinx_design", "lesson_extensions.cards", "lesson_extensions.skill_tree",
    ]})  # fmt: skip
    site.app.cleanup()
    with serve(site.app.outdir) as address:
        yield address


class Tab:
    """A page, and what its progress.js says."""

    numbers = itertools.count()

    def __init__(self, page, address):
        self.page, self.module = page, script_url(page, "progress.js")
        self.file = self.module

    def __call__(self, expression, argument=None):
        """The value of an expression in which `p` is the module and `x` the argument."""
        return self.page.evaluate(
            f"""async ([module, x]) => {{
              const p = await import(module);
              return ({expression}) ?? null;
            }}""",
            [self.module, argument],
        )

    def stored(self):
        text = self.page.evaluate("key => localStorage.getItem(key)", KEY)
        return text and json.loads(text)

    def asides(self):
        """The texts that were set aside, by their keys."""
        return self.page.evaluate(
            """() => Object.fromEntries(Object.entries(localStorage)
              .filter(([key]) => key.startsWith("la-progress-aside-")))"""
        )

    def reload(self):
        self.page.reload()
        return self

    def another(self):
        page = self.page.context.new_page()
        page.goto(self.page.url)
        return Tab(page, self.module.partition("/_static")[0])

    def begin(self):
        """Load the module anew, as the next page does, beside those that were loaded before."""
        self.module = f"{self.file}?{next(self.numbers)}"
        self.page.evaluate("delete globalThis.laModules['progress.js']")
        self("p")

    def without_us(self):
        """A page of the same site on which none of its scripts runs."""
        page = self.page.context.new_page()
        page.goto(self.file)
        return page


@pytest.fixture
def tab(open_page, address):
    """tab(text that is stored, script that runs before all others) → Tab"""

    def tab(text=None, script=None, own=False):
        stored = None if text is None else {KEY: text}
        return Tab(open_page("index.html", stored=stored, script=script or "", own=own), address)

    return tab


def test_what_is_passed_and_visited_is_there_after_a_reload(tab):
    one = tab()
    assert one("p.read()") == EMPTY and one("p.trouble()") == ""
    one("p.pass('v-add')")
    one("p.visit({page: 'lessons/vectors', anchor: 'add'})")
    one.reload()

    assert one("[p.passed('v-add'), p.passed('v-dot')]") == [True, False]
    state = one("p.read()")
    assert state["last"] == {"page": "lessons/vectors", "anchor": "add"}
    assert list(state["visited"]) == ["lessons/vectors"]
    assert state == one.stored() and state["passed"]["v-add"].endswith("Z")


def test_to_load_the_module_writes_nothing(tab):
    one = tab()
    one("p.read()")

    assert one.page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_a_change_is_announced_and_a_second_pass_is_none(tab):
    one = tab()
    one("document.addEventListener('la-progress', () => (window.heard = (window.heard ?? 0) + 1))")
    one("p.pass('v-add')")
    first = one("p.read()")
    one("p.pass('v-add')")

    assert one("window.heard") == 1 and one("p.read()") == first


def test_what_is_read_is_a_copy(tab):
    one = tab(TEXT)
    one("delete p.read().passed['v-add']")

    assert one("p.passed('v-add')") is True


@pytest.mark.parametrize("label", ["constructor", "to-string", "__proto__", "toString"])
def test_no_label_is_passed_by_its_name_alone(label, tab):
    assert tab()("p.passed(x)", label) is False


def test_a_label_of_any_name_survives(tab):
    one = tab()
    one("p.pass('constructor')")

    assert one.reload()("p.passed('constructor')") is True and one.asides() == {}


# -- A file of it ------------------------------------------------------------------------------


def test_export_clear_import_gives_the_same_state(tab):
    one = tab(TEXT)
    text = one("p.exportText()")
    one("p.clear()")
    assert one("p.read()") == EMPTY and one.stored() is None

    one("p.importText(x)", text)
    assert one("p.read()") == STATE == one.stored()


def test_an_import_adds_and_takes_nothing_away(tab):
    one = tab(TEXT)
    other = {"v-add": "2020-01-01T00:00:00.000Z", "v-dot": "2020-01-01T00:00:00.000Z"}
    file = {"passed": other, "visited": {}, "last": {"page": "lessons/systems", "anchor": ""}}
    one("p.importText(x)", json.dumps(STATE | file))

    state = one("p.read()")
    assert state["passed"] == {**other, **STATE["passed"]}
    assert state["last"] == STATE["last"] and state["visited"] == STATE["visited"]


BAD = {
    "no JSON": "{",
    "nothing": "",
    "a list": "[]",
    "null": "null",
    "a number": "3",
    "no version": "{}",
    "a version that is no number": TEXT.replace('"version": 1', '"version": "1"'),
    "version 0": TEXT.replace('"version": 1', '"version": 0'),
    "passed is a list": json.dumps(STATE | {"passed": ["v-add"]}),
    "passed is null": json.dumps(STATE | {"passed": None}),
    "a time that is no text": json.dumps(STATE | {"passed": {"v-add": True}}),
    "visited is a text": json.dumps(STATE | {"visited": "all"}),
    "visited is missing": json.dumps({key: STATE[key] for key in ("version", "passed")}),
    "last is a text": json.dumps(STATE | {"last": "lessons/vectors"}),
    "last has no anchor": json.dumps(STATE | {"last": {"page": "lessons/vectors"}}),
}


def test_a_file_that_is_none_is_refused_with_a_sentence(tab, subtests):
    one = tab(TEXT)
    refuse = "(() => { try { p.importText(x) } catch (error) { return error.message } })()"
    for name, text in BAD.items():
        with subtests.test(name):
            assert one(refuse, text) == "That is no progress of this site."
            assert one("p.read()") == STATE == one.stored()


def test_a_file_of_a_later_version_is_refused_with_another(tab):
    one = tab(TEXT)
    said = one(
        "(() => { try { p.importText(x) } catch (error) { return error.message } })()", LATER
    )

    assert said.startswith("That progress is from a later version of this site")
    assert one("p.read()") == STATE == one.stored()


def test_undo_brings_back_what_was_cleared_and_keeps_what_came_since(tab):
    one = tab(TEXT)
    state = one("""(() => {
      const undo = p.clear();
      p.pass("v-dot");
      undo();
      return p.read();
    })()""")

    assert set(state["passed"]) == {"v-add", "v-dot"}
    assert state["passed"]["v-add"] == STATE["passed"]["v-add"]
    assert state == one.stored() == one.reload()("p.read()") and state["last"] == STATE["last"]


# -- What cannot be read -----------------------------------------------------------------------


def test_what_cannot_be_read_is_set_aside_and_the_page_works(tab, subtests):
    one = tab()
    for name, text in {**BAD, "a later version": LATER}.items():
        with subtests.test(name):
            one.page.evaluate("localStorage.clear()")
            one.page.evaluate("([key, text]) => localStorage.setItem(key, text)", [KEY, text])
            one.begin()

            assert list(one.asides().values()) == [text] and one.stored() is None
            (key,) = one.asides()
            assert f"set aside in this browser, as {key}" in one("p.trouble()")
            one("p.pass('v-dot')")
            one.begin()
            assert one("p.passed('v-dot')") is True and list(one.asides().values()) == [text]
            assert one.page.problems == []


def test_what_was_set_aside_before_is_never_overwritten(tab):
    """Even in the same millisecond."""
    one = tab(own=True)
    one.page.clock.set_fixed_time("2026-01-01T00:00:00Z")
    for text in ("first", "second", "third"):
        one.page.evaluate("([key, text]) => localStorage.setItem(key, text)", [KEY, text])
        one.reload()("p.read()")

    assert sorted(one.asides().values()) == ["first", "second", "third"]


def test_clear_removes_what_was_set_aside_and_undo_brings_it_back(tab):
    one = tab("{")
    assert one("[p.clear()] && p.trouble()") == "" and one.asides() == {}

    two = tab("{")
    two("p.pass('v-dot')")
    said = two("[p.clear()].forEach((undo) => undo()) ?? p.trouble()")
    assert "set aside" in said and list(two.asides().values()) == ["{"]
    assert two("p.passed('v-dot')") is True and list(two.stored()["passed"]) == ["v-dot"]


def test_with_no_room_to_set_it_aside_it_stays_untouched(tab):
    one = tab(own=True)
    elsewhere = one.without_us()
    elsewhere.evaluate("([key, text]) => localStorage.setItem(key, text)", [KEY, "{" * 3000])
    elsewhere.evaluate(FILL)
    one.page.wait_for_function(IS_FULL)  # what another tab has written is on its way for a while
    one.reload()

    assert "What this browser has kept cannot be read: your progress is kept" in one("p.trouble()")
    one("p.pass('v-dot')")
    assert one("p.passed('v-dot')") is True and one.asides() == {}
    assert "kept in this tab only. Export it to keep it." in one("p.trouble()")
    assert one.page.evaluate("key => localStorage.getItem(key)", KEY) == "{" * 3000
    assert one.reload()("p.passed('v-dot')") is True


def test_a_later_version_at_work_in_another_tab_is_left_alone(tab):
    one = tab(TEXT)
    one.without_us().evaluate("([key, text]) => localStorage.setItem(key, text)", [KEY, LATER])
    one.page.wait_for_function("key => localStorage.getItem(key).includes('stars')", arg=KEY)
    one("p.pass('v-dot')")

    assert one("p.passed('v-dot') && p.passed('v-add')") is True and one.asides() == {}
    assert one.page.evaluate("key => localStorage.getItem(key)", KEY) == LATER
    assert "kept in this tab only" in one("p.trouble()")


# -- Storage that is full or refused -------------------------------------------------------------


def test_with_full_storage_it_works_for_the_visit_and_says_so(tab):
    one = tab(TEXT, own=True)
    one.page.evaluate(FILL)
    for label in range(60):  # until the last bytes are used up
        one("p.pass(x)", f"a-rather-long-label-of-a-check-{label}")

    said = one("p.trouble()")
    assert said == (
        "This browser’s storage is full or switched off: your progress is kept in this tab only. "
        "Export it to keep it."
    )
    one.reload()  # the next page of the visit
    assert one("p.passed('a-rather-long-label-of-a-check-59') && p.passed('v-add')") is True
    assert one("p.trouble()") == said and "v-add" in one.stored()["passed"]

    one.page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('fill')).forEach("
                      "key => localStorage.removeItem(key))")  # fmt: skip
    one.reload()
    assert one("p.trouble()") == "" and len(one.stored()["passed"]) == 61
    assert one.page.evaluate("sessionStorage.length") == 0


def test_what_failed_to_be_stored_is_stored_as_soon_as_it_can_be(tab):
    one = tab(TEXT, "window.isFull = true;" + LOCAL_FULL.replace("if (", "if (window.isFull && "))
    one("p.pass('v-dot')")
    assert "in this tab only" in one("p.trouble()") and set(one.stored()["passed"]) == {"v-add"}

    one("window.isFull = false")
    one("p.pass('v-norm')")
    assert one("p.trouble()") == "" and set(one.stored()["passed"]) == {"v-add", "v-dot", "v-norm"}


@pytest.mark.parametrize("script", [FULL, REFUSE], ids=["full", "refused"])
def test_where_nothing_can_be_stored_it_works_on_the_page_and_says_so(script, tab):
    one = tab(None, script)
    one("p.pass('v-dot')")
    one("p.visit({page: 'lessons/vectors', anchor: ''})")

    assert one("p.passed('v-dot')") is True
    assert one("p.read().last") == {"page": "lessons/vectors", "anchor": ""}
    assert "storage is full or switched off: your progress is kept on this page only" in one(
        "p.trouble()"
    )
    text = one("p.exportText()")
    one("[p.clear()] && p.importText(x)", text)
    assert one("p.exportText()") == text
    if script is FULL:  # where it is refused, the theme's own script stumbles
        assert one.page.problems == []


def test_where_storage_is_refused_it_is_said_before_anything_is_passed(tab):
    assert "kept on this page only" in tab(None, REFUSE)("p.trouble()")


# -- Two tabs ------------------------------------------------------------------------------------


def heard(tab, condition):
    """Wait until the tab has heard of what another did."""
    tab("window.p = p")
    tab.page.wait_for_function(condition)


def test_what_is_passed_in_one_tab_is_known_in_the_other(tab):
    one = tab()
    two = one.another()
    two("document.addEventListener('la-progress', () => (window.heard = true))")
    one("p.pass('v-add')")

    heard(two, "p.passed('v-add') && window.heard")


def test_two_tabs_lose_no_pass_of_each_other(tab):
    one = tab()
    two = one.another()
    both = (one, two)
    for number in range(10):
        both[number % 2]("p.pass(x)", f"check-{number}")

    for tab_ in both:
        heard(tab_, "Object.keys(p.read().passed).length === 10")
    assert len(one.stored()["passed"]) == 10


def test_when_both_write_at_once_the_one_that_came_first_writes_again(tab):
    """The other has not seen it yet, and stores a state without it."""
    one = tab(TEXT)
    two = one.without_us()
    one("p.pass('v-dot')")
    two.evaluate(
        "([key, text]) => localStorage.setItem(key, text)",
        [KEY, json.dumps(STATE | {"passed": STATE["passed"] | {"v-norm": "2026-01-03"}})],
    )

    heard(one, "p.passed('v-norm') && p.passed('v-dot')")
    two.wait_for_function("key => localStorage.getItem(key).includes('v-dot')", arg=KEY)
    assert set(one.stored()["passed"]) == {"v-add", "v-dot", "v-norm"}


def test_what_is_cleared_in_one_tab_is_gone_in_the_other(tab):
    one = tab(TEXT)
    two = one.another()
    assert two("p.passed('v-add')") is True
    one("[p.clear()]")
    heard(two, "!p.passed('v-add')")
    two("p.pass('v-dot')")

    assert list(two.stored()["passed"]) == ["v-dot"]


def test_what_the_browser_clears_for_the_whole_site_is_gone(tab):
    one = tab(TEXT)
    assert one("p.passed('v-add')") is True
    one.without_us().evaluate("localStorage.clear()")

    heard(one, "!p.passed('v-add')")


def test_a_page_from_the_back_forward_cache_reads_anew(tab):
    """It heard nothing of the tab that cleared what it still holds."""
    one = tab(TEXT)
    one("p.read()")
    text = json.dumps(EMPTY | {"passed": {"v-dot": "2026-01-03"}})
    one("localStorage.setItem('la-progress', x)", text)
    one("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")

    assert one("p.read()") == json.loads(text) == one.stored()
