"""What a sheet of ours does with the room of a page, measured where a reader sees it."""

import io

import pytest
from PIL import Image

WIDE = "benchmarks.html"  # holds lines of code from short to long
BOXES = """() => {
  const box = (element) => element.getBoundingClientRect();
  const all = (selector) => [...document.querySelectorAll(selector)].map(box);
  return {
    page: document.documentElement.scrollWidth,
    prose: Math.max(...all("article section > p").map(({ width }) => width)),
    panes: all("article section > .la-live").map(({ right }) => right),
    contents: Math.min(...all(".toc-drawer").filter(({ width }) => width).map(({ left }) => left)),
    measure: parseFloat(getComputedStyle(document.querySelector("article section > p")).maxWidth),
  };
}"""


@pytest.mark.parametrize("width", [1024, 1280, 1600])
def test_long_code_takes_the_room_that_prose_leaves(width, open_page):
    page = open_page(WIDE, viewport={"width": width, "height": 900})
    boxes = page.evaluate(BOXES)

    assert boxes["page"] <= width
    assert boxes["prose"] <= boxes["measure"] + 1
    assert max(boxes["panes"]) > min(boxes["panes"]) + 40
    assert max(boxes["panes"]) <= min(width, boxes["contents"] or width)


def redness(pane, side):
    """How much more red than blue the edge of a pane is."""
    picture = Image.open(io.BytesIO(pane.screenshot(animations="disabled"))).convert("RGB")
    x = 2 if side == "left" else picture.width - 3
    edge = [picture.getpixel((x, y)) for y in range(4, picture.height - 4)]
    return max(red - blue for red, _, blue in edge)


def test_code_that_goes_on_behind_an_edge_glows_there(open_page):
    page = open_page("cheat-sheet.html", viewport={"width": 390, "height": 900})
    short, long = page.locator("article section > .la-live pre").all()[:2]

    assert long.evaluate("pane => pane.scrollWidth - pane.clientWidth") > 0
    assert [redness(short, side) > 20 for side in ("left", "right")] == [False, False]
    assert [redness(long, side) > 20 for side in ("left", "right")] == [False, True]
    long.evaluate("pane => { pane.scrollLeft = pane.scrollWidth; }")
    assert [redness(long, side) > 20 for side in ("left", "right")] == [True, False]
