"""Each page in Chromium: whole, alone, without scripts, narrow and wide, and open to everyone."""

import doctest
import functools
import gzip

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NO_STORAGE, faults, new_page
from tests.conftest import SITE, Handler, pages, serve

NARROW = {"width": 390, "height": 844}
WIDE = {"width": 1280, "height": 900}
WEIGHT = 100_000  # bytes of a lesson over the wire, pictures apart
REQUESTS = 16  # of a lesson, pictures apart
# As over a slow mobile network: bytes a second, and milliseconds there and back.
SLOW = {"offline": False, "downloadThroughput": 200_000, "uploadThroughput": 90_000, "latency": 150}
MOVED = 0.01  # of the cumulative layout shift, of which 0.1 counts as good
SHIFTS = """window.shifts = [];
new PerformanceObserver((list) => {
  for (const {value, sources} of list.getEntries())
    window.shifts.push([value, ...sources.map(({node}) => node?.parentElement?.className ?? "")]);
}).observe({type: "layout-shift", buffered: true});"""

LESSONS = [page for page in pages() if page.startswith("lessons/")]
ONE_OF_A_KIND = [
    "index.html", "faq/index.html", "faq/at-or-dot.html", "errors/index.html",
    "glossary/index.html", "glossary/norm.html", "warnings/index.html", "showcase/index.html",
    "benchmarks.html", "cheat-sheet.html", "clinic.html", "shapes.html", "will-it-fit.html",
    "from-matlab.html", "practise.html", "run-code.html", "search.html", "paths/matlab.html",
]  # fmt: skip
SHOWN = """() => [...document.body.querySelectorAll(":not(.theme-toggle *)")]
  .filter((element) => element.checkVisibility({visibilityProperty: true}))
  .map((element) => element.cloneNode().outerHTML)"""

# What each button copies, beside what its block shows; only of Python.
COPY = """() => {
  const blocks = [];
  const before = document.execCommand;
  for (const button of document.querySelectorAll(".copybtn")) {
    if (!button.closest(".highlight-python, .highlight-ipython3, .highlight-default")) continue;
    document.execCommand = () => {
      const shown = document.querySelector(button.dataset.clipboardTarget).textContent;
      blocks.push([shown, document.activeElement.value]);
      return true;
    };
    button.click();
  }
  document.execCommand = before;
  return blocks;
}"""
# What is wider than its box, and what lies in a closed fold and is not shown.
CUT = """() => [
  ...[...document.querySelectorAll("article pre")]
    .filter((pre) => pre.checkVisibility() && pre.scrollWidth > pre.clientWidth + 1),
  ...[...document.querySelectorAll("article details > :not(summary)")]
    .filter((child) => !child.checkVisibility() && getComputedStyle(child).display !== "none"),
].map((element) => element.outerHTML.slice(0, 200))"""


# -- One visit a page ------------------------------------------------------------------------------


@functools.cache
def kinds():
    """A page of each kind: all that lie in no folder, of a folder its index and the first other."""
    kinds = {}
    for page in pages():
        folder, _, name = page.rpartition("/")
        kinds.setdefault((folder, not folder or name == "index.html", not folder and name), page)
    return sorted(kinds.values())


def of_interest(page):
    """What axe is to look at: the list of pages at the side on one page of each kind only.

    It is the same in a folder, and has most of what a short page has to look at.
    """
    path = page.url.removeprefix(f"{page.address}/")
    return None if path in kinds() else {"exclude": [".sidebar-tree"]}


@pytest.fixture(scope="module")
def window(chromium, address):
    """The page in which all pages are visited, one after the other."""
    window = new_page(chromium)
    window.address = address
    yield window
    window.context.close()


@pytest.fixture(scope="module", params=pages())
def visit(request, window):
    """A visit to a page of the site, which the tests below share: pytest runs them in a row."""
    window.blocked, window.problems = [], []
    window.set_viewport_size(WIDE)
    window.emulate_media(color_scheme="light")
    window.goto(f"{window.address}/{request.param}")
    return window


def test_page_is_whole_with_every_other_host_blocked(visit):
    visit.evaluate("document.fonts.ready")
    broken = visit.evaluate("[...document.images].filter(i => !i.naturalWidth).map(i => i.src)")
    loads = "[...document.fonts].filter(f => f.status === 'error').map(f => f.family)"
    unloaded = [name for name in visit.evaluate(loads) if " by " not in name]  # stand-ins

    assert visit.blocked == []
    assert broken == [] and unloaded == []
    assert visit.problems == []


def test_on_paper_no_line_is_cut_and_no_fold_is_closed(visit):
    visit.set_viewport_size({"width": 700, "height": 1000})  # A4 within its margins
    visit.emulate_media(media="print")
    cut = visit.evaluate(CUT)
    visit.emulate_media(media="screen")
    visit.set_viewport_size(WIDE)

    assert cut == []


def test_axe_finds_no_violation(visit):
    assert faults(visit, of_interest(visit)) == []


def test_axe_finds_no_violation_in_the_dark(visit):
    assert faults(visit, of_interest(visit), theme="dark") == []


def test_both_themes_show_the_same(visit):
    """So that what axe has found in one of them need not be looked for in the other."""
    light, dark = [
        visit.emulate_media(color_scheme=theme) or visit.evaluate(SHOWN)
        for theme in ("light", "dark")
    ]

    assert light == dark


def test_no_page_scrolls_sideways_on_a_phone(visit):
    visit.set_viewport_size(NARROW)
    width = visit.evaluate("document.documentElement.scrollWidth")
    visit.set_viewport_size(WIDE)

    assert width <= NARROW["width"]


def test_what_is_copied_runs(visit):
    """Every block of Python: a session without its prompts and outputs, but with all its lines.

    The last on a page, whose buttons say for a while that they were pressed.
    """
    blocks = visit.evaluate(COPY)

    for shown, copied in blocks:
        if ">>> " in shown:
            examples = doctest.DocTestParser().get_examples(shown + "\n")
            lines = "".join(example.source for example in examples).splitlines()
            assert [line for line in copied.splitlines() if line.strip()] == [
                line for line in lines if line.strip()
            ]
        compile(copied, "copied", "exec")


# -- Some of each kind -----------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted({*kinds()} - {"search.html"}))
def test_page_can_be_read_and_left_without_javascript(path, open_page):
    page = open_page(path, viewport=WIDE, java_script_enabled=False)

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("navigation", name="Pages").get_by_role("link").first).to_be_visible()
    for block in page.locator("article pre").all()[:3]:
        folded = block.locator("xpath=ancestor::details").count()
        assert folded or block.is_visible()


@pytest.mark.parametrize("path", ["index.html", *LESSONS[:2], "faq/index.html"])
def test_axe_finds_no_violation_on_a_phone(path, open_page):
    """On the pages whose layouts differ there, which are wide enough when they are loaded there."""
    page = open_page(path, viewport=NARROW)

    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    assert faults(page) + faults(page, theme="dark") == []


@pytest.fixture
def visit_slowly(chromium, address):
    """visit_slowly(path, viewport) → a page that nobody has touched yet, over a slow network."""
    contexts = []

    def visit(path, viewport):
        contexts.append(chromium.new_context(viewport=viewport))
        page = contexts[-1].new_page()
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", SLOW)
        page.add_init_script(SHIFTS)
        page.goto(f"{address}/{path}")
        page.wait_for_load_state("networkidle")
        return page

    yield visit
    for context in contexts:
        context.close()


def moved(page):
    """The layout shift, and what moved: after the next two frames, in which a change is shown."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    shifts = page.evaluate("shifts")
    return sum(shift[0] for shift in shifts), shifts


@pytest.mark.parametrize("path", [*LESSONS, *ONE_OF_A_KIND])
def test_nothing_moves_while_a_page_loads(path, visit_slowly, address):
    """And a lesson weighs little: all that is fetched; tests/test_site.py weighs all declared."""
    page = visit_slowly(path, NARROW)
    amount, shifts = moved(page)
    assert amount <= MOVED, shifts
    if path not in LESSONS:
        amount, shifts = moved(visit_slowly(path, WIDE))
        assert amount <= MOVED, shifts
        return

    fetched = page.evaluate("performance.getEntriesByType('resource').map(({name}) => name)")
    weights = {}
    for url in {page.url, *fetched}:
        file = SITE / url.removeprefix(f"{address}/").partition("?")[0]
        if file.suffix not in {".png", ".webp"}:
            data = file.read_bytes()
            weights[url] = len(data if file.suffix == ".woff2" else gzip.compress(data))

    assert any(url.endswith(".woff2") for url in weights), "the fonts were not seen"
    assert any("/page-live-" in url for url in weights), "the scripts were not seen"
    assert sum(weights.values()) <= WEIGHT, weights
    assert len(weights) <= REQUESTS, sorted(weights)


def test_what_nobody_has_touched_yet_waits_for_its_scripts(visit_slowly):
    page = visit_slowly("lessons/vectors.html", NARROW)
    later = page.locator("script[src*='page-check-']"), page.locator("script[src*=copybutton]")
    assert [script.count() for script in later] == [0, 0]
    assert page.locator(".la-check button").count() == 0
    assert faults(page) + faults(page, theme="dark") == [], "it reads as well as with them"

    page.keyboard.press("Tab")
    expect(page.locator(".la-check button", has_text="Check").first).to_be_attached()
    expect(page.locator("button.copybtn").first).to_be_attached()


# What measures in the face of a computer how wide and high a text is in each of its stand-ins.
STAND_INS = """async ([text, families]) => {
  const box = document.body.appendChild(document.createElement("p"));
  box.style.cssText = "position: absolute; white-space: nowrap; font-size: 100px";
  box.style.lineHeight = "normal";
  box.textContent = text;
  const measured = {};
  for (const family of families) {
    const face = [...document.fonts].find((one) => one.family.replaceAll('"', "") === family);
    if (!await face.load().then(() => true, () => false)) continue;
    box.style.fontFamily = `"${family}"`;
    measured[family] = [box.offsetWidth, box.offsetHeight];
  }
  box.remove();
  return measured;
}"""


def test_a_font_s_stand_ins_take_its_room(open_page):
    page = open_page("lessons/vectors.html")
    text = page.locator("article p").evaluate_all("all => all.map((p) => p.textContent).join(' ')")
    names = page.evaluate("[...document.fonts].map(({family}) => family.replaceAll('\"', ''))")
    found = 0
    for family in ("LA Serif", "LA Mono"):
        stand_ins = [name for name in names if name.startswith(f"{family} by ")]
        sizes = page.evaluate(STAND_INS, [text[:600], [family, *stand_ins]])
        width, height = sizes.pop(family)
        found += len(sizes)
        for name, (its_width, its_height) in sizes.items():
            assert abs(its_width / width - 1) < 0.03, name
            assert abs(its_height - height) <= 2, name

    assert found, "this computer has none of the fonts that may stand in"


# -- What only some pages have ---------------------------------------------------------------------


def test_brackets_stretch_around_a_matrix(open_page):
    page = open_page("lessons/matrices.html", viewport=WIDE)
    page.evaluate("document.fonts.ready")
    bracket, table = page.evaluate(
        """() => {
          const table = document.querySelector("math mtable");
          const bracket = table.parentElement.querySelector("mo");
          return [bracket, table].map(element => element.getBoundingClientRect().height);
        }"""
    )

    assert bracket >= 0.9 * table > 0


def test_a_definition_shows_on_focus_and_goes_with_escape(open_page):
    page = open_page("lessons/vectors.html", viewport=WIDE)
    link = page.locator("a.la-term").first
    definition = page.get_by_role("tooltip")
    expect(definition).to_be_hidden()

    link.focus()
    expect(definition).to_be_visible()
    expect(link).to_have_accessible_description(definition.inner_text())

    page.keyboard.press("Escape")
    expect(definition).to_be_hidden()


def test_a_definition_shows_under_the_pointer_and_stays_inside_a_phone(open_page):
    page = open_page("lessons/vectors.html", viewport=NARROW)
    page.locator("a.la-term").first.hover()
    definition = page.get_by_role("tooltip")

    expect(definition).to_be_visible()
    box = definition.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= NARROW["width"]


def test_without_javascript_a_term_has_its_definition_as_a_title(open_page):
    page = open_page("lessons/vectors.html", java_script_enabled=False)

    assert len(page.locator("a.la-term").first.get_attribute("title")) > 20


def test_nothing_moves_where_the_reader_wants_no_motion(open_page):
    """As the readers of these tests do; others see the ribbon drift in."""
    ribbon = open_page("index.html").locator(".la-ribbon ul")
    moving = "ribbon => ribbon.getAnimations().length"

    assert ribbon.evaluate(moving) == 0
    ribbon.page.emulate_media(reduced_motion="no-preference")
    assert ribbon.evaluate(moving) == 1


def test_on_paper_code_and_what_it_prints_are_dark_on_white(open_page):
    page = open_page("faq/dot-or-star.html")
    page.emulate_media(media="print")
    code = page.locator("article div.highlight").first

    expect(code).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(code.locator("pre")).to_have_css("color", "rgb(0, 0, 0)")
    expect(code.locator(".go").first).to_have_css("color", "rgb(107, 48, 0)")


class Elsewhere(Handler):
    """Serves below another path than the site was built for, and 404.html where nothing is."""

    def __init__(self, *args, path, **kwargs):
        super().__init__(*args, path="/another/place/", **kwargs)

    def send_error(self, code, *args, **kwargs):
        if code != 404 or self.command == "HEAD":
            super().send_error(code, *args, **kwargs)
            return
        body = (SITE / "404.html").read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def test_what_does_not_exist_leads_back_also_where_the_site_was_moved(chromium):
    with serve(SITE, Elsewhere) as address:
        host = address.removesuffix("/site")
        page = new_page(chromium)
        page.address = host
        page.goto(f"{host}/another/place/lessons/deep/nothing.html")
        expect(page.locator("body")).to_have_attribute("data-theme", "auto")
        expect(page.locator("body")).to_have_css("background-color", "rgb(252, 251, 248)")
        page.get_by_role("button", name="Toggle Light / Dark / Auto color theme").last.click()
        expect(page.locator("body")).not_to_have_attribute("data-theme", "auto")
        page.locator("article").get_by_role("link", name="questions").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Questions")
        assert page.url == f"{host}/another/place/faq/index.html"
        page.context.close()


def test_where_site_data_are_refused_all_works_and_progress_says_so(open_page):
    page = open_page("search.html?q=condition+number", script=NO_STORAGE, color_scheme="dark")
    expect(page.locator(".la-search__found li").first).to_contain_text("Condition number")
    toggle = page.get_by_role("button", name="Toggle Light / Dark / Auto color theme").last
    expect(toggle).to_be_visible()
    expect(page.locator("body")).to_have_css("background-color", "rgb(12, 15, 19)")
    toggle.click()
    expect(page.locator("body")).to_have_css("background-color", "rgb(252, 251, 248)")
    page.goto(f"{page.address}/index.html")
    expect(page.locator("article")).to_contain_text("storage is full or switched off")
    assert page.problems == []


def test_a_page_that_does_not_exist_leads_back(open_page):
    """404.html is served at any depth, so its links start at the root of the host."""
    page = open_page("404.html")
    links = page.locator("article a").evaluate_all(
        "links => links.map(a => a.getAttribute('href'))"
    )

    assert links and all(link.startswith(("/", "#")) for link in links)


def test_the_theme_can_be_chosen_by_keyboard_and_is_kept(open_page):
    page = open_page("index.html", viewport=WIDE, color_scheme="light")
    toggle = page.get_by_role("button", name="Toggle Light / Dark / Auto color theme").last
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    for _ in range(3):
        toggle.focus()
        page.keyboard.press("Enter")
        if page.evaluate("document.body.dataset.theme") == "dark":
            break
    page.reload()

    assert page.evaluate("document.body.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before


def test_copying_a_session_leaves_the_prompts_out(open_page):
    page = open_page("faq/dot-or-star.html", own=True, viewport=WIDE)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("div.highlight").first.hover()
    page.locator("button.copybtn").first.click()

    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("import numpy as np") and ">>>" not in copied
