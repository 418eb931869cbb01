"""The cover, drawn by NumPy: what a matrix makes of the unit circle, in the colours of the site."""

import re
import textwrap
from html import escape
from pathlib import Path

import numpy as np

TOKENS = Path(__file__).parents[1] / "shared/static/tokens.css"
WIDTH, HEIGHT = 1600, 2400
MATRIX = np.array([[2, 1], [1, 1]]) / 2  # symmetric: the arrows along its eigenvectors keep theirs
ARROWS = 72
MIDDLE, SCALE = (800, 1560), 430


def colours() -> dict[str, str]:
    """The dark one of each pair, by name without --la-."""
    pairs = re.findall(r"--la-([\w-]+): light-dark\([^,]+, (#\w+)\)", TOKENS.read_text("utf-8"))
    return dict(pairs)


def drawn(title: str, below: str) -> str:
    """An SVG that stands alone."""
    ink = colours()
    angles = np.linspace(0, 2 * np.pi, ARROWS, endpoint=False)
    circle = np.array([np.cos(angles), np.sin(angles)])
    image = MATRIX @ circle

    def place(points: np.ndarray) -> list[str]:
        return [f"{MIDDLE[0] + SCALE * x:.1f} {MIDDLE[1] - SCALE * y:.1f}" for x, y in points.T]

    starts, ends = place(circle), place(image)
    lines = "".join(f"M{start}L{end}" for start, end in zip(starts, ends, strict=True))
    dots = "".join(f'<circle cx="{end.split()[0]}" cy="{end.split()[1]}" r="9"/>' for end in ends)
    _, vectors = np.linalg.eigh(MATRIX)
    kept = "".join(
        f"M{start}L{end}"
        for start, end in zip(place(-1.6 * vectors), place(1.6 * vectors), strict=True)
    )
    rows = textwrap.wrap(title, 16)
    words = "".join(
        f'<text x="140" y="{470 + 170 * row}" font-size="150" font-weight="600" '
        f'fill="{ink["ink"]}">{escape(text)}</text>'
        for row, text in enumerate(rows)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'preserveAspectRatio="xMidYMid slice" role="img" '
        f'aria-label="{escape(title)}"><rect width="{WIDTH}" height="{HEIGHT}" '
        f'fill="{ink["surface"]}"/>'
        f'<g font-family="LA Serif, Source Serif 4, Charter, Georgia, serif">{words}<text'
        f' x="140" y="2290" font-size="48" fill="{ink["ink-soft"]}">'
        f'{escape(below)}</text></g><text x="140" y="290" font-size="56" fill="{ink["signal"]}" '
        f'font-family="LA Mono, Menlo, Consolas, monospace">import numpy as np</text>'
        f'<path d="{kept}" stroke="{ink["rule"]}" stroke-width="4"/>'
        f'<path d="M{"L".join(starts)}Z" fill="none" stroke="{ink["ink-soft"]}" stroke-width="3"/>'
        f'<path d="{lines}" stroke="{ink["ink-soft"]}" stroke-width="2"/>'
        f'<path d="M{"L".join(ends)}Z" fill="none" stroke="{ink["signal"]}" stroke-width="6"/>'
        f'<g fill="{ink["signal"]}">{dots}</g></svg>\n'
    )
