"""The picture of a figure of times, and its HTML; other formats show the table alone."""

import json
import math
from html import escape

from docutils import nodes
from sphinx.writers.html5 import HTML5Translator

from lesson_extensions.measure import timing
from lesson_extensions.shared.words import _

Times = dict[str, dict[int, float]]  # {name: {n: seconds}}

# The picture, in its own units: the frame of the curves, and how far the seconds reach at least,
# so that the reader's curves fit.
WIDTH, HEIGHT = 480, 348
LEFT, RIGHT, TOP, BOTTOM = 64, 458, 12, 300
FASTEST, SLOWEST = 1e-7, 10.0
MARKERS = ("M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z", "M-4-4h8v8h-8z", "M0-5l5 9h-10z")


class chart(nodes.General, nodes.Element):
    """The picture of `times`, {name: {n: seconds}}, and what runs in the reader's browser."""


def sizes(times: Times) -> list[int]:
    """All n, also those that are timed in the browser only."""
    return sorted({n for measured in times.values() for n in measured} | {*timing.SIZES})


def duration(seconds: float) -> str:
    """Such as 12 µs: two digits, as measure.js writes them too."""
    units = {"s": 1, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9}
    unit = next((unit for unit, size in units.items() if seconds >= size), "ns")
    return f"{float(f'{seconds / units[unit]:.2g}'):g}\u00a0{unit}"


def described(times: Times) -> str:
    """What one sees, for who cannot."""
    curves = (
        _("{name} from {shortest} at n = {least} to {longest} at n = {most}").format(
            name=name,
            shortest=duration(measured[min(measured)]),
            least=min(measured),
            longest=duration(measured[max(measured)]),
            most=max(measured),
        )
        for name, measured in times.items()
        if measured
    )
    said = _("Seconds against n, both scales logarithmic. As built: {curves}.")
    return said.format(curves="; ".join(curves))


def series(
    index: int, name: str, points: list[tuple[float, float]], marked: slice = slice(None)
) -> str:
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


def picture(times: Times) -> str:
    """The picture as SVG; by data-la-scale, measure.js knows where a point goes."""
    all_n = sizes(times)
    all_seconds = [s for measured in times.values() for s in measured.values()]
    first = math.floor(math.log10(min(FASTEST, *all_seconds)))
    last = math.ceil(math.log10(max(SLOWEST, *all_seconds)))
    scale: dict[str, list[float]] = {
        "n": [all_n[0], all_n[-1]],
        "seconds": [float(f"1e{first}"), float(f"1e{last}")],
        "x": [LEFT, RIGHT],
        "y": [BOTTOM, TOP],
    }

    def along(value: float, domain: list[float], ends: list[float]) -> float:
        share = math.log(value / domain[0]) / math.log(domain[1] / domain[0])
        return ends[0] + share * (ends[1] - ends[0])

    def x(n: float) -> float:
        return along(n, scale["n"], scale["x"])

    def y(seconds: float) -> float:
        return along(seconds, scale["seconds"], scale["y"])

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
    middle, along_n = (LEFT + RIGHT) / 2, _("n, of an n × n product")
    parts.append(f'<text x="{middle:.1f}" y="{HEIGHT - 6}">{escape(along_n)}</text>')
    for index, (name, measured) in enumerate(times.items()):
        parts.append(series(index, name, [(x(n), y(s)) for n, s in measured.items()]))
    return (
        f'<svg class="la-measure__picture" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(described(times))}" data-la-scale="{escape(json.dumps(scale))}" '
        f'data-la-times="{escape(json.dumps(times))}">'
        f"{''.join(parts)}</svg>"
    )


def legend(times: Times) -> str:
    sample, middle = [(0.0, 6.0), (18.0, 6.0), (36.0, 6.0)], slice(1, 2)
    items = (
        f'<li data-la-series="{escape(name)}"><svg viewBox="0 0 36 12" aria-hidden="true">'
        f"{series(index, name, sample, middle)}</svg><span>"
        f"{escape(_('{name}, as built').format(name=name))}</span></li>"
        for index, name in enumerate(times)
    )
    return f'<ul class="la-measure__legend">{"".join(items)}</ul>'


def visit_chart(self: HTML5Translator, node: nodes.Element) -> None:
    times = node["times"]
    self.body.append(f'<div class="la-measure__chart">{legend(times)}{picture(times)}</div>\n')
    raise nodes.SkipNode


def pass_over(self: object, node: nodes.Element) -> None:
    raise nodes.SkipNode
