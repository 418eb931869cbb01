"""{on-your-machine}: an expression of the notebook → a figure of times, with a table of them."""

import ast
import json
import math
from html import escape
from pathlib import Path

from docutils import nodes
from myst_nb.core.variables import RetrievalError
from myst_nb.ext.eval import retrieve_eval_data
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from lesson_extensions.measure import timing

logger = logging.getLogger(__name__)

SOURCE = Path(timing.__file__)
NO_TIME = "–"
CAPTION = (
    "Seconds for a product of two n × n matrices, both scales logarithmic, on the machine that "
    "built this page. Python in a browser is slower: there NumPy has no BLAS and multiplies with "
    "plain loops in C, and what these compile to, WebAssembly, uses none of the processor's "
    "vector units."
)

# The picture, in its own units: the frame of the curves, and how far the seconds reach at least,
# so that the reader's curves fit.
WIDTH, HEIGHT = 480, 348
LEFT, RIGHT, TOP, BOTTOM = 64, 458, 12, 300
FASTEST, SLOWEST = 1e-7, 10.0
MARKERS = ("M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z", "M-4-4h8v8h-8z", "M0-5l5 9h-10z")


class chart(nodes.General, nodes.Element):
    """The picture of `times`, {name: {n: seconds}}, and what runs in the reader's browser."""


class OnYourMachineDirective(SphinxDirective):
    """A figure of times measured at build, to which readers can add those of their own browser.

    ```{on-your-machine} {name: times[name] for name in ("loops", "@ float64")}
    ```

    becomes: figure > chart (times), table, caption

    The argument is a Python expression of the notebook's variables as of the cells above it. It
    gives {name: {n: seconds}}, with the names of timing.TASKS among its own.
    """

    required_arguments = 1
    final_argument_whitespace = True  # the whole line is the expression

    def run(self):
        expression = " ".join(self.arguments[0].split())
        self.env.note_dependency(str(SOURCE))
        try:
            times = self.evaluate(expression)
        except (RetrievalError, ValueError) as error:
            names = " and ".join(f'"{name}"' for name in timing.TASKS)
            logger.warning(
                "nothing can be drawn from `%s`: %s; write an expression that gives "
                "{name: {n: seconds}}, with %s among the names",
                expression,
                error,
                names,
                location=self.get_location(),
                type="measure",
            )
            return []
        figure = nodes.figure("", classes=["la-measure"])
        figure += [chart(times=times), table(times), nodes.caption("", CAPTION)]
        self.set_source_info(figure)
        return [figure]

    def evaluate(self, expression):
        """{name: {n: seconds}}; raises RetrievalError or ValueError for anything else."""
        # in the kernel, since only plain numbers and text come out of it
        times = (
            "{str(name): {n.__index__(): float(1.0 * s) for n, s in measured.items()}"
            f" for name, measured in ({expression}).items()}}"
        )
        shown = f"display(__import__('json').dumps({times}))"
        (output,) = retrieve_eval_data(self.state.document, shown)
        text = ast.literal_eval(output.data["text/plain"])
        times = {
            name: dict(sorted((int(n), s) for n, s in measured.items()))
            for name, measured in json.loads(text).items()
        }
        for name in timing.TASKS:
            if not times.get(name):
                raise ValueError(f"it has no times of “{name}”")
        for name, measured in times.items():
            for n, s in measured.items():
                if n < 1 or not 0 < s < math.inf:
                    raise ValueError(f"“{name}” has {s} seconds at n = {n}")
        return times


def sizes(times):
    """All n, also those that are timed in the browser only."""
    return sorted({n for measured in times.values() for n in measured} | {*timing.SIZES})


def duration(seconds):
    """Such as 12 µs: two digits, as measure.js writes them too."""
    units = {"s": 1, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9}
    unit = next((unit for unit, size in units.items() if seconds >= size), "ns")
    return f"{float(f'{seconds / units[unit]:.2g}'):g}\u00a0{unit}"


def table(times):
    """table > tgroup > colspec …, thead, tbody; a row for each n"""

    def row(*texts):
        return nodes.row("", *(nodes.entry("", nodes.paragraph("", text)) for text in texts))

    group = nodes.tgroup(cols=1 + len(times))
    group += [nodes.colspec(colwidth=1, stub=int(i == 0)) for i in range(1 + len(times))]
    names = [name.replace(" ", "\u00a0") for name in times]  # on one line
    group += nodes.thead("", row("n", *(f"{name}, as built" for name in names)))
    group += nodes.tbody(
        "",
        *(
            row(str(n), *(duration(t[n]) if n in t else NO_TIME for t in times.values()))
            for n in sizes(times)
        ),
    )
    return nodes.table("", group)


# -- HTML ----------------------------------------------------------------------------------------


def described(times):
    """What one sees, for who cannot."""
    curves = (
        f"{name} from {duration(measured[min(measured)])} at n = {min(measured)} "
        f"to {duration(measured[max(measured)])} at n = {max(measured)}"
        for name, measured in times.items()
        if measured
    )
    return f"Seconds against n, both scales logarithmic. As built: {'; '.join(curves)}."


def series(index, name, points, marked=slice(None)):
    """A curve and its markers, which measure.js copies for the reader's own."""
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    kind = index % len(MARKERS)
    marks = "".join(
        f'<path transform="translate({x:.1f} {y:.1f})" d="{MARKERS[kind]}"/>'
        for x, y in points[marked]
    )
    return (
        f'<g class="la-measure__series la-measure__series--{kind}" data-la-series="{escape(name)}">'
        f'<polyline points="{line}"/>{marks}</g>'
    )


def picture(times):
    """The picture as SVG; by data-la-scale, measure.js knows where a point goes."""
    all_n = sizes(times)
    all_seconds = [s for measured in times.values() for s in measured.values()]
    first = math.floor(math.log10(min(FASTEST, *all_seconds)))
    last = math.ceil(math.log10(max(SLOWEST, *all_seconds)))
    scale = {
        "n": [all_n[0], all_n[-1]],
        "seconds": [float(f"1e{first}"), float(f"1e{last}")],
        "x": [LEFT, RIGHT],
        "y": [BOTTOM, TOP],
    }

    def place(value, domain, ends):
        share = math.log(value / domain[0]) / math.log(domain[1] / domain[0])
        return ends[0] + share * (ends[1] - ends[0])

    def x(n):
        return place(n, scale["n"], scale["x"])

    def y(seconds):
        return place(seconds, scale["seconds"], scale["y"])

    parts = []
    for decade in range(first, last + 1):
        seconds = float(f"1e{decade}")
        parts.append(f'<path class="la-measure__grid" d="M{LEFT} {y(seconds):.1f}H{RIGHT}"/>')
        parts.append(
            f'<text class="la-measure__seconds" x="{LEFT - 6}" y="{y(seconds):.1f}" dy="0.32em">'
            f"{duration(seconds)}</text>"
        )
    end = -math.inf
    for n in all_n:
        parts.append(f'<path class="la-measure__grid" d="M{x(n):.1f} {BOTTOM}v5"/>')
        if x(n) > end + 40:  # room for four digits
            end = x(n)
            parts.append(f'<text x="{end:.1f}" y="{BOTTOM + 20}">{n}</text>')
    middle = (LEFT + RIGHT) / 2
    parts.append(f'<text x="{middle:.1f}" y="{HEIGHT - 6}">n, of an n × n product</text>')
    for index, (name, measured) in enumerate(times.items()):
        parts.append(series(index, name, [(x(n), y(s)) for n, s in measured.items()]))
    return (
        f'<svg class="la-measure__picture" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(described(times))}" data-la-scale="{escape(json.dumps(scale))}" '
        f'data-la-times="{escape(json.dumps(times))}">'
        f"{''.join(parts)}</svg>"
    )


def legend(times):
    sample, middle = [(0, 6), (18, 6), (36, 6)], slice(1, 2)
    items = (
        f'<li data-la-series="{escape(name)}"><svg viewBox="0 0 36 12" aria-hidden="true">'
        f"{series(index, name, sample, middle)}</svg><span>{escape(name)}, as built</span></li>"
        for index, name in enumerate(times)
    )
    return f'<ul class="la-measure__legend">{"".join(items)}</ul>'


def visit_chart(self, node):
    times = node["times"]
    self.body.append(f'<div class="la-measure__chart">{legend(times)}{picture(times)}</div>\n')
    raise nodes.SkipNode


def pass_over(self, node):
    raise nodes.SkipNode
