"""What axe leaves to others: small screens, wide text, small targets, forced colours, the order.

docs/accessibility.md says what is tested, here and in test_pages.py.
"""

import re

import pytest

from tests.browser.conftest import axe_script, new_page

NARROW = {"width": 320, "height": 640}  # as 1280 pixels at 400 %
WIDE = {"width": 1280, "height": 900}
# One page of each kind, as far as kinds have parts of their own.
KINDS = [
    "errors/singular-matrix.html",
    "faq/index.html",
    "from-matlab.html",
    "index.html",
    "lessons/vectors.html",
    "run-code.html",
    "search.html",
    "shapes.html",
    "will-it-fit.html",
]
# WCAG 1.4.12: nothing may be lost with these.
SPACING = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
  word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }"""
# Text that is cut off, and that nobody can scroll to. What is hidden on purpose is a pixel large.
CUT = """() => [...document.querySelectorAll("body *")].filter((element) => {
  if (element.clientWidth < 2 || !element.checkVisibility() || !element.innerText?.trim()) return;
  const {overflowX, overflowY} = getComputedStyle(element);
  const cut = (overflow) => overflow === "hidden" || overflow === "clip";
  return cut(overflowX) && element.scrollWidth > element.clientWidth + 1
    || cut(overflowY) && element.scrollHeight > element.clientHeight + 1;
}).map((element) => element.outerHTML.slice(0, 160))"""
# Controls that show neither letters nor an edge nor a drawing in a colour other than their ground.
UNSEEN = """() => {
  const ground = (element) => {
    for (; element; element = element.parentElement) {
      const {backgroundColor} = getComputedStyle(element);
      if (!/, 0[)]$|transparent/.test(backgroundColor)) return backgroundColor;
    }
    return getComputedStyle(document.documentElement).backgroundColor;
  };
  const isDrawn = (picture, behind) => {
    const {color, fill, stroke} = getComputedStyle(picture);
    const seen = [color, fill, stroke].some((one) => one !== "none" && one !== behind);
    return picture.checkVisibility() && (picture.tagName === "IMG" || seen);
  };
  const isSeen = (element) => {
    const behind = ground(element.parentElement);
    const {appearance, borderTopWidth, borderTopColor, color} = getComputedStyle(element);
    return element.matches("input, select, textarea") && appearance !== "none"
      || parseFloat(borderTopWidth) > 0 && borderTopColor !== behind
      || element.innerText?.trim() && color !== ground(element)
      || [...element.querySelectorAll("svg, img")].some((picture) => isDrawn(picture, behind));
  };
  const shown = {visibilityProperty: true, opacityProperty: true};
  for (const {style} of document.querySelectorAll(".la-card")) style.contentVisibility = "visible";
  return [...document.querySelectorAll("a[href], button, input, select, textarea, summary, label")]
    .filter((element) => element.type !== "hidden" && element.checkVisibility(shown))
    .filter((element) => !isSeen(element))
    .map((element) => element.outerHTML.slice(0, 160));
}"""
TARGETS = """axe.run(document, {resultTypes: ["violations"], runOnly: ["target-size"],
  rules: {"target-size": {enabled: true}}}).then(({violations}) => violations
    .flatMap(({nodes}) => nodes.map(({html, failureSummary}) => [html, failureSummary])))"""
# What one comes to when going through a page from part to part.
PART = re.compile(
    r" *- '?(banner|navigation|main|complementary|contentinfo|region|search|form|group|radiogroup"
    r"|heading|button|link|textbox|searchbox|combobox|radio|checkbox|table|figure|math|list)\b(.*)"
)
LANDMARKS = {"navigation", "complementary", "region", "search"}
NAME = re.compile(r' "\w+')  # the first word says what it is; of an exercise, the rest is its title


@pytest.fixture(scope="module")
def window(chromium, address):
    window = new_page(chromium)
    window.address = address
    yield window
    window.context.close()


@pytest.fixture(scope="module", params=KINDS)
def visit(request, window):
    """A visit to a page of each kind, which the tests below share: pytest runs them in a row."""
    window.set_viewport_size(WIDE)
    window.goto(f"{window.address}/{request.param}")
    window.evaluate("document.fonts.ready.then(() => null)")
    return window


def parts(snapshot: str) -> str:
    """Each part of a tree once, where it is first met; what repeats with other words is the same.

    Names are those of landmarks: the rest are words of the page, which change.
    """
    lines: list[str] = []
    seen: set[tuple[str, ...]] = set()
    path: list[str] = []
    depths: list[int] = []
    for line in snapshot.splitlines():
        depth = len(line) - len(line.lstrip(" "))
        while depths and depths[-1] >= depth:
            depths.pop()
            path.pop()
        found = PART.match(line)
        if not found:
            continue
        role, rest = found[1], found[2]
        name = NAME.match(rest)
        level = re.search(r" \[level=\d\]", rest)
        part = (
            role
            + (f'{name[0]}"' if name and role in LANDMARKS else "")
            + (level[0] if level else "")
        )
        depths.append(depth)
        path.append(part)
        if tuple(path) not in seen:
            seen.add(tuple(path))
            lines.append("  " * (len(path) - 1) + part)
    return "\n".join(lines) + "\n"


def test_at_320_pixels_and_with_wide_text_nothing_is_cut_off_or_scrolls_sideways(visit):
    style = visit.add_style_tag(content=SPACING)
    cut = visit.evaluate(CUT)
    visit.set_viewport_size(NARROW)
    cut += visit.evaluate(CUT)
    spaced = visit.evaluate("document.documentElement.scrollWidth")
    style.evaluate("style => style.remove()")
    width = visit.evaluate("document.documentElement.scrollWidth")

    assert max(width, spaced) <= NARROW["width"]
    assert cut == []


def test_targets_are_24_pixels_large_or_as_far_apart(visit):
    """At 320 pixels, where they are closest; WCAG 2.5.8, with its exceptions."""
    if visit.evaluate("typeof axe") == "undefined":
        visit.evaluate(axe_script())

    assert visit.evaluate(TARGETS) == []


def test_with_forced_colours_each_control_is_seen(visit):
    visit.set_viewport_size(WIDE)
    visit.emulate_media(forced_colors="active")
    unseen = visit.evaluate(UNSEEN)
    visit.emulate_media(forced_colors="none")

    assert unseen == []


def test_a_screen_reader_meets_the_parts_of_a_page_in_this_order(visit, file_regression):
    """What comes first, and in what: `--force-regen` records it anew, to be looked at."""
    kind = visit.url.removeprefix(f"{visit.address}/").removesuffix(".html").replace("/", "-")
    found = parts(visit.locator("body").aria_snapshot())

    file_regression.check(found, basename=kind, extension=".txt")
