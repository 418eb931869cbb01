"""What was timed is drawn and tabled when the page is built; what cannot be is named."""

import ast
import itertools
import json
import os
import re
import subprocess
import sys

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


# -- Will it fit? ----------------------------------------------------------------------------------

FIT = """---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3}
---
# Notebook

```{code-cell}
rates = {"float64": 2e9, "float32": 4e9}
one = {"operations": {"nnn": 2}, "numbers": {"nn": 4}, "rates": rates}
```

```{will-it-fit} EXPRESSION
```
"""
NOT_FIT = [
    ("{'inv': one}", 'it has no "error" of 1 or more'),
    ("{'inv': one, 'error': 0.5}", 'it has no "error" of 1 or more'),
    ("{'inv': one | {'numbers': {}}, 'error': 1}", "“inv” has no numbers in m, n and k"),
    ("{'inv': one | {'operations': {'xx': 1}}, 'error': 1}", "“inv” has no operations in m, n"),
    ("{'inv': one | {'rates': {'float64': 1}}, 'error': 1}", "“inv” has no rates of float64 and"),
    ("{'inv': one | {'rates': rates | {'float32': 0}}, 'error': 1}", "“inv” has no rates of"),
    ("one[", "SyntaxError"),
]
# The most memory that a call takes beside what it is given, in numbers: only Linux can say it.
PEAK = """
import json, re, sys
import numpy as np
from pathlib import Path

def now(what):
    return int(re.search(rf"{what}:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) * 1024

rng = np.random.default_rng(0)
m, n, k = 1500, 500, 250
A, T = rng.random((n, n)) + n * np.eye(n), rng.random((m, n))
B, C, S = rng.random((n, k)), rng.random((m, k)), A + A.T
calls = {
    "matmul": (np.matmul, T, B),
    "solve": (np.linalg.solve, A, B),
    "inv": (np.linalg.inv, A),
    "cholesky": (np.linalg.cholesky, S),
    "qr": (np.linalg.qr, T),
    "lstsq": (lambda a, b: np.linalg.lstsq(a, b, rcond=None), T, C),
    "eigh": (np.linalg.eigh, S),
    "svd": (lambda a: np.linalg.svd(a, full_matrices=False), T),
}
peaks = {}
for name, (call, *given) in calls.items():
    call(*(array[:8, :8].copy() for array in given))  # what BLAS keeps is there from now on
    before = now("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    result = call(*given)
    peaks[name] = (now("VmHWM") - before + sum(array.nbytes for array in given)) / 8
    del result
print(json.dumps([{"m": m, "n": n, "k": k}, peaks]))
"""


@pytest.fixture(scope="module")
def fits(shared_site):
    pages = {
        f"page{number}.md": FIT.replace("EXPRESSION", expression)
        for number, (expression, _) in enumerate([*NOT_FIT, ("{'inv': one, 'error': 1.5}", "")])
    }
    return shared_site({"index.md": "# I\n\n```{toctree}\n:glob:\n\n*\n```\n"} | pages)


def test_costs_go_to_the_script_and_without_it_the_page_says_so(fits):
    page = f"page{len(NOT_FIT)}"
    drawn = fits.html(page).select_one(".la-fit")
    costs = json.loads(drawn["data-la-costs"])

    assert fits.warnings_of(f"{page}.md") == ""
    assert costs["inv"]["operations"] == {"nnn": 2} and costs["error"] == 1.5
    assert costs["inv"]["rates"] == {"float64": 2e9, "float32": 4e9}
    assert "needs JavaScript" in drawn.get_text() and drawn.find(["form", "input"]) is None


@pytest.mark.parametrize("number", range(len(NOT_FIT)), ids=[why for _, why in NOT_FIT])
def test_what_gives_no_costs_is_named_with_file_line_and_mend(number, fits):
    said = fits.warnings_of(f"page{number}.md")

    assert f"page{number}.md:12: WARNING: nothing can be calculated from `" in said
    assert NOT_FIT[number][1] in said and "write an expression that gives {name:" in said
    assert fits.html(f"page{number}").select_one(".la-fit") is None


def costs_of_the_page():
    """The tables that the page shows, as its cells make them."""
    text = (ROOT / "docs/will-it-fit.md").read_text("utf-8")
    cells = re.findall(r"^```\{code-cell\}\n((?:operations|numbers) = .*?)^```", text, re.M | re.S)
    made = {}
    for cell in cells:
        exec(cell, made)
    return made["operations"], made["numbers"]


def test_the_browser_times_each_operation_of_the_page():
    operations, numbers = costs_of_the_page()
    times = json.loads(json.dumps(timing.measure_each(8)))

    assert set(times) == set(operations) == set(numbers)
    for measured in times.values():
        assert {dtype: (n, s > 0) for dtype, (n, s) in measured.items()} == {
            "float64": (8, True),
            "float32": (8, True),
        }


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how much memory was taken")
def test_the_page_says_how_much_memory_each_operation_takes():
    _, numbers = costs_of_the_page()
    # each array is given back when it is no longer used, and BLAS has one buffer
    env = os.environ | {"MALLOC_MMAP_THRESHOLD_": "65536", "OPENBLAS_NUM_THREADS": "1"}
    run = [sys.executable, "-c", PEAK]
    lengths, peaks = json.loads(subprocess.check_output(run, env=env, text=True))
    said = {
        name: sum(factor * lengths[a] * lengths[b] for (a, b), factor in terms.items())
        for name, terms in numbers.items()
    }

    assert set(peaks) == set(said)
    assert {name: round(peaks[name] / said[name], 2) for name in said} == {
        name: pytest.approx(1, abs=0.15) for name in said
    }
