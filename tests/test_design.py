"""Sheets draw on the roles of tokens.css, which can be read, and DESIGN.md says what they are."""

import re

import pytest
from PIL import ImageColor
from pygments.styles import get_style_by_name

from tests.conftest import ROOT

TOKENS = ROOT / "lesson_extensions/shared/static/tokens.css"
DESIGN = ROOT / "lesson_extensions/shared/DESIGN.md"
ELSEWHERE = {
    "tokens.css",  # where the values stand
    "fonts.css", "maths.css",  # written by `nox -s fonts`: faces, no looks
    "book.css", "print.css",  # a book has a scale of its own: a reader's device, or paper
}  # fmt: skip
SHEETS = [
    path
    for folder in ("lesson_extensions", "docs/_static")
    for path in sorted((ROOT / folder).rglob("*.css"))
    if path.name not in ELSEWHERE
]
NAMED = "|".join(sorted(ImageColor.colormap))
COLOUR = re.compile(
    rf"#[0-9a-f]{{3,8}}\b|\b(?:rgb|hsl|hwb|lab|lch|oklab|oklch)a?\(|(?<![\w-])(?:{NAMED})(?![\w-])",
    re.IGNORECASE,
)
TIME = re.compile(r"(?<![\w.-])[\d.]+m?s\b|cubic-bezier")
LENGTH = re.compile(r"(?<![\w.-])-?\d*\.?\d*[1-9]\d*(?:rem|px|pt|mm)\b")
SIZED = re.compile(
    r"font(-size)?|(margin|padding)(-.+)?|(row-|column-)?gap|border-radius|--.*font-size"
)
DRAWN = re.compile(r"\.la-measure__picture text")  # an SVG has its own units


def declarations(text):
    """(selector, property, value) of each, also within a rule within a rule."""
    text = re.sub(r"/\*.*?\*/|url\([^)]*\)", "", text, flags=re.S)
    selectors, held = [], ""
    for part in re.split(r"([{};])", text):
        if part == "{":
            selectors.append(held)
        elif part in "};" and (declared := re.match(r"([\w-]+)\s*:\s*(.+)", held, re.S)):
            yield (selectors[-1], *declared.groups())
        if part == "}":
            selectors.pop()
        held = part.strip()


def typed(text):
    """What stands there, and should be named by its role."""
    for selector, name, value in declarations(text):
        found = [*COLOUR.findall(value), *TIME.findall(value)]
        if SIZED.fullmatch(name) and not DRAWN.search(selector):
            found += LENGTH.findall(value)
        yield from (f"{selector} {{ {name}: {value} }} types {each}" for each in found)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_a_sheet_types_no_colour_size_or_time(sheet):
    assert [*typed(sheet.read_text("utf-8"))] == []


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("p { color: #fff }", "#fff"),
        ("p { border: 1px solid Red }", "Red"),
        ("@media print { p { box-shadow: 0 0 rgb(0 0 0 / 1) } }", "rgb("),
        ("p { transition: color 0.25s }", "0.25s"),
        ("p { a { margin: 0 0.75rem } }", "0.75rem"),
        ("p { font: 400 13px/1.5 serif }", "13px"),
        ("p { margin: var(--la-space-8) -1rem }", "-1rem"),
    ],
)
def test_what_is_typed_is_found(rule, found):
    assert [each.rpartition(" ")[2] for each in typed(rule)] == [found]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_no_rule_waits_for_what_comes_later(sheet):
    """A page is drawn while it arrives: what hangs on a later sibling moves when that is there."""
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.S)
    assert re.findall(r":has\(\s*[~+][^{]*", text) == []


# -- Roles -----------------------------------------------------------------------------------------

PAIRS = {  # what is read, on what it stands: each at 4.5 to 1, as WCAG 2.2 AA has it for text
    "paper": ("ink", "ink-soft", "signal"),
    "surface": ("ink", "ink-soft", "signal"),
    "signal-wash": ("ink", "ink-soft", "signal"),
    "signal": ("paper",),
    "pane": ("pane-ink", "pane-soft", "pane-signal", "pane-error"),
    "night": ("night-ink", "night-soft", "night-signal", "night-error", "night-word"),
}


def roles(text):
    return dict(re.findall(r"--la-([\w-]+):\s*([^;]+);", text))


def on_screen():
    return roles(TOKENS.read_text("utf-8").partition("@media")[0])


def colour(name, theme, values):
    """Red, green and blue of a role, from 0 to 255."""
    value = values[name]
    if sides := re.fullmatch(r"light-dark\((.+), (.+)\)", value):
        value = sides[1 + (theme == "dark")]
    if other := re.fullmatch(r"var\(--la-([\w-]+)\)", value):
        return colour(other[1], theme, values)
    return ImageColor.getrgb(value)[:3]


def luminance(rgb):
    shares = (0.2126, 0.7152, 0.0722)
    linear = [
        v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in (c / 255 for c in rgb)
    ]
    return sum(share * value for share, value in zip(shares, linear, strict=True))


def contrast(one, other):
    """From 1 to 21: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def table():
    """Each pair with its contrast, as DESIGN.md shows it."""
    values = on_screen()
    lines = ["| letters | ground | light | dark |", "|---|---|---|---|"]
    for ground, inks in PAIRS.items():
        for ink in inks:
            ratios = (
                contrast(colour(ink, theme, values), colour(ground, theme, values))
                for theme in ("light", "dark")
            )
            light, dark = (f"{ratio - 0.05:.1f}" for ratio in ratios)  # never more than it is
            lines.append(f"| `{ink}` | `{ground}` | {light} | {dark} |")
    return "\n".join(lines)


def test_what_is_read_stands_out_in_both_themes():
    ratios = re.findall(r"\| (\S+) \| (\S+) \| ([\d.]+) \| ([\d.]+) \|", table())

    assert len(ratios) == sum(map(len, PAIRS.values()))
    assert [row for row in ratios if min(map(float, row[2:])) < 4.5] == []


def test_what_is_read_stands_out_on_paper():
    values = on_screen() | roles(TOKENS.read_text("utf-8").partition("@media print")[2])
    white = colour("pane", "light", values)

    assert white == (255, 255, 255)
    for ink in PAIRS["pane"]:
        assert contrast(colour(ink, "light", values), white) >= 4.5, ink


def test_the_colours_of_code_stand_out_in_the_dark_pane():
    """Not left to axe, which cannot tell what is behind letters on a gradient."""
    night = colour("night", "dark", on_screen())
    settings = (ROOT / "conf.py").read_text("utf-8")
    style = get_style_by_name(re.search(r'pygments_style = .*"(.+?)"', settings)[1])
    plain = {
        str(token): f"#{look['color']}"
        for token, look in style
        if look["color"] and not look["bgcolor"]
    }
    pale = {
        token: shade
        for token, shade in plain.items()
        if contrast(ImageColor.getrgb(shade), night) < 4.5
    }

    assert plain
    assert set(pale) <= {"Token.Text.Whitespace"}, pale


def test_the_page_of_design_decisions_says_what_the_roles_are():
    design = DESIGN.read_text("utf-8")

    assert table() in design, f"DESIGN.md lacks this table:\n{table()}"
    assert [name for name in on_screen() if f"`{name}`" not in design] == []


def test_each_role_is_used():
    sheets = "".join(path.read_text("utf-8") for path in (*SHEETS, TOKENS))

    assert [name for name in on_screen() if f"var(--la-{name})" not in sheets] == []
