"""What was timed is drawn and tabled when the page is built; what cannot be is named."""

import ast
import itertools
import json
import re

import pytest

from lesson_extensions.measure import timing
from lesson_extensions.measure.directive import duration
from lesson_extensions.shared.assets import python_modules
from tests.conftest import ROOT

PAGE = """---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3}
---
# Notebook

```{code-cell}
import numpy as np

times = {
    '"<int>"': {4: 5e-8},
    "loops": {np.int64(32): 0.004, 8: np.float32(3e-5)},
    "@ float64": {8: 1.234e-6, 512: 25.0},
}
```

```{on-your-machine} EXPRESSION
```
"""
EXTENSIONS = ["myst_nb", "lesson_extensions.execution", "lesson_extensions.measure"]
WHOLE = "times"
TWO = "dict(list(times.items())[1:])"


@pytest.fixture
def figure(shared_site):
    """figure(expression) → the figure that it becomes."""

    def build(expression=TWO):
        site = shared_site({"index.md": PAGE.replace("EXPRESSION", expression)})
        assert site.warnings == ""
        return site.html("index").select_one("figure.la-measure")

    return build


def rows(figure):
    return [
        [cell.get_text(strip=True) for cell in row.find_all(["th", "td"])]
        for row in figure.table.find_all("tr")
    ]


def test_each_series_becomes_a_curve_with_a_marker_for_each_n(figure):
    curves = figure().select("svg[role=img] g[data-la-series]")

    assert [curve["data-la-series"] for curve in curves] == ["loops", "@ float64"]
    for curve in curves:
        points = [tuple(point.split(",")) for point in curve.polyline["points"].split()]
        marks = [re.findall(r"[\d.]+", mark["transform"]) for mark in curve.find_all("path")]
        assert points == [tuple(mark) for mark in marks] and len(points) == 2
        (left, low), (right, high) = [(float(x), float(y)) for x, y in points]
        assert left < right and low > high  # from 8 on, up


def test_a_point_lies_where_its_scales_say(figure):
    picture = figure().select_one("svg[role=img]")
    scale = json.loads(picture["data-la-scale"])
    x, y = (
        picture.select_one("[data-la-series='@ float64'] polyline")["points"].split()[1].split(",")
    )

    # 8, 16, … 512 are six equal steps; the seconds reach from 100 ns to 100 s, in nine
    assert scale["n"] == [8, 512] and scale["seconds"] == [1e-7, 100]
    assert float(x) == scale["x"][1]
    bottom, top = scale["y"]
    assert abs((bottom - float(y)) / (bottom - top) - 8.398 / 9) < 1e-3  # log10(25 / 1e-7) = 8.398


def test_the_reader_s_own_times_have_room_in_the_picture(figure):
    scale = json.loads(figure().select_one("svg[role=img]")["data-la-scale"])

    assert scale["n"][0] <= min(timing.SIZES) and scale["n"][1] >= max(timing.SIZES)
    assert scale["seconds"][0] <= 1e-7 and scale["seconds"][1] >= 10


def test_what_was_measured_goes_to_the_script_unrounded(figure):
    picture = figure().select_one("svg[role=img]")

    assert json.loads(picture["data-la-times"])["@ float64"] == {"8": 1.234e-6, "512": 25.0}


def test_the_table_has_the_same_numbers_and_a_row_for_what_readers_time(figure):
    assert rows(figure()) == [
        ["n", "loops, as built", "@\u00a0float64, as built"],
        ["8", "30\u00a0µs", "1.2\u00a0µs"],
        ["16", "–", "–"],
        ["32", "4\u00a0ms", "–"],
        ["64", "–", "–"],
        ["128", "–", "–"],
        ["256", "–", "–"],
        ["512", "–", "25\u00a0s"],
    ]


def test_the_picture_and_the_caption_say_what_one_sees(figure):
    page = figure()
    label = page.select_one("svg[role=img]")["aria-label"]

    assert "loops from 30\u00a0µs at n = 8 to 4\u00a0ms at n = 32; @ float64 from" in label
    assert "no BLAS" in page.figcaption.get_text()
    assert [item.get_text() for item in page.select("ul li")] == [
        "loops, as built",
        "@ float64, as built",
    ]


def test_without_javascript_there_is_no_control(figure):
    page = figure()

    assert page.find(["button", "input"]) is None and page.select("[role=status]") == []


def test_a_third_series_is_drawn_too_and_its_name_escaped(figure):
    page = figure(WHOLE)
    curves = page.select("svg[role=img] g")

    assert [curve["data-la-series"] for curve in curves] == ['"<int>"', "loops", "@ float64"]
    assert rows(page)[1] == ["4", "50\u00a0ns", "–", "–"]


REFUSED = [
    ("times[", "SyntaxError"),
    ("time", "NameError: name 'time' is not defined"),
    ("list(times)", "AttributeError: 'list' object has no attribute 'items'"),
    ("{'loops': [1, 2]}", "AttributeError: 'list' object has no attribute 'items'"),
    ("{'loops': {'8': 1.0}}", "AttributeError: 'str' object has no attribute '__index__'"),
    ("{'loops': {8: '1.0'}}", "TypeError"),
    ("{'loops': {8: 1.0}}", "it has no times of “@ float64”"),
    ("times | {'loops': {}}", "it has no times of “loops”"),
    ("times | {'loops': {8: 0.0}}", "“loops” has 0.0 seconds at n = 8"),
    ("times | {'loops': {8: np.nan}}", "“loops” has nan seconds at n = 8"),
    ("times | {'loops': {0: 1.0}}", "“loops” has 1.0 seconds at n = 0"),
]


@pytest.fixture
def refused(shared_site):
    """A site with a page for each expression of which nothing can be drawn."""
    pages = {
        f"page{number}.md": PAGE.replace("EXPRESSION", expression)
        for number, (expression, _) in enumerate(REFUSED)
    }
    return shared_site({"index.md": "# I\n\n```{toctree}\n:glob:\n\n*\n```\n"} | pages)


@pytest.mark.parametrize("number", range(len(REFUSED)), ids=[name for name, _ in REFUSED])
def test_what_cannot_be_drawn_is_named_with_file_line_and_mend(number, refused):
    expression, why = REFUSED[number]
    (said,) = [line for line in refused.warnings.splitlines() if f"page{number}.md:" in line]

    assert f"page{number}.md:17: WARNING: nothing can be drawn from `{expression}`: " in said
    assert why in said
    assert 'gives {name: {n: seconds}}, with "loops" and "@ float64" among the names' in said
    assert refused.html(f"page{number}").figure is None


def test_on_a_page_that_is_not_executed_it_is_named(build_site):
    text = build_site({"index.md": "# Page\n\n```{on-your-machine} {}\n```\n"}).warnings

    assert "index.md:3: WARNING: nothing can be drawn from `{}`" in text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(2.0, "2 s"), (0.0123, "12 ms"), (1e-3, "1 ms"), (3.4e-4, "340 µs"), (5e-10, "0.5 ns")],
)
def test_a_duration_has_two_digits_and_a_unit(seconds, text):
    assert duration(seconds) == text.replace(" ", "\u00a0")


# -- What runs in the reader's browser ---------------------------------------------------------


def test_what_the_browser_calls_is_served_and_gives_the_times(build_site):
    site = build_site({"index.md": "# Page\n"})
    assert timing.__name__ in python_modules(site.app)

    times = json.loads(json.dumps(timing.measure()))
    assert list(times) == ["loops", "@ float64"]
    for measured in times.values():
        assert next(iter(measured)) == "8"
        assert all(int(n) in timing.SIZES and s > 0 for n, s in measured.items())


@pytest.fixture
def measure(monkeypatch):
    """measure(clock) → the times of two tasks that say what they take."""

    def measure(clock):
        tasks = {"slow": (lambda n: n / 20, 64), "fast": (lambda n: 1e-6, 32)}
        monkeypatch.setattr(timing, "TASKS", tasks)
        monkeypatch.setattr(timing.time, "perf_counter", lambda: next(clock))
        return timing.measure()

    return measure


def test_no_larger_n_is_timed_once_a_run_took_half_a_second(measure):
    assert measure(itertools.repeat(0)) == {
        "slow": {8: 0.4, 16: 0.8},
        "fast": {8: 1e-6, 16: 1e-6, 32: 1e-6},
    }


def test_nothing_more_is_timed_after_five_seconds(measure):
    clock = itertools.count(step=1.5)  # asked once before each task

    assert measure(clock) == {"slow": {8: 0.4, 16: 0.8}, "fast": {8: 1e-6}}


def test_the_loops_are_those_that_the_page_shows():
    def loops(text):
        found = (node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef))
        function = next(node for node in found if node.name == "matmul_loops")
        return [argument.arg for argument in function.args.args], list(map(ast.dump, function.body))

    cells = re.findall(
        r"^```\{code-cell\}\n(def matmul_loops.*?)^```",
        (ROOT / "docs/benchmarks.md").read_text("utf-8"),
        re.DOTALL | re.MULTILINE,
    )
    here = (ROOT / "lesson_extensions/measure/timing.py").read_text("utf-8")

    assert [loops(cell) for cell in cells] == [loops(here)]
