"""The fonts hold what the pages show, and their style sheets are those of `nox -s fonts`."""

import re
from functools import cache

import pytest
from babel.messages.pofile import read_po
from bs4 import Comment
from fontTools.ttLib import TTFont

from tests.conftest import ROOT, pages, soup
from tools import fonts

STATIC = ROOT / "docs/_static"
# Shown in the reader's own font: superscripts and signs that stand in the text a few times.
OWN = set("‖ᵀᵏᵢ⁰⁴⁵⁶⁷⁸⁹⁻ⁿ₁₂κλθ∞ñ⁡\n\t▸")


@cache
def letters(file):
    return {chr(number) for number in TTFont(STATIC / "fonts" / file).getBestCmap()}


MATHS = letters("maths.woff2") | letters("serif.woff2")  # as site.css says it


@pytest.mark.parametrize("name", ["fonts.css", "fonts-es.css", "maths.css"])
def test_the_style_sheets_are_those_of_the_fonts(name):
    assert (STATIC / name).read_text("utf-8") == fonts.sheets(STATIC / "fonts")[name]


def in_italics(letter):
    """As MathML shows a variable of one letter."""
    if letter == "h":
        return "ℎ"
    if "a" <= letter <= "z":
        return chr(0x1D44E + ord(letter) - ord("a"))
    if "A" <= letter <= "Z":
        return chr(0x1D434 + ord(letter) - ord("A"))
    if "α" <= letter <= "ω":
        return chr(0x1D6FC + ord(letter) - ord("α"))
    return letter


def test_each_letter_that_a_page_shows_is_in_its_font(site):
    missing = {}
    for name in pages():
        page = soup(name)
        for part in page.select("annotation, script, style, title"):
            part.decompose()
        for comment in page.find_all(string=lambda text: isinstance(text, Comment)):
            comment.extract()
        text = {"maths": "", "mono.woff2": "", "serif.woff2": ""}
        for formula in page.select("math"):
            for variable in formula.select("mi"):
                shown = variable.get_text()
                text["maths"] += (
                    in_italics(shown) if len(shown) == 1 and not variable.attrs else shown
                )
                variable.decompose()
            text["maths"] += formula.get_text()
            formula.decompose()
        for code in page.select("pre, code, kbd, svg text"):
            text["mono.woff2"] += code.get_text()
            code.decompose()
        text["serif.woff2"] = page.get_text()
        for font, shown in text.items():
            held = (
                letters("maths.woff2") | letters("serif.woff2")
                if font == "maths"
                else letters(font)
            )
            for letter in set(shown) - held - OWN:
                missing.setdefault((font, letter), name)

    assert missing == {}, "add them to tools/fonts.py, and run `nox -s fonts`"


@pytest.mark.parametrize("language", fonts.LANGUAGES)
def test_each_letter_of_a_translation_is_in_its_font(language):
    held = letters("serif.woff2") | letters(f"serif-{language}.woff2") | OWN
    held |= letters("mono.woff2")  # in which the arrows of buttons are set
    missing = {
        (letter, str(path.relative_to(ROOT)))
        for path in (ROOT / "docs/locale" / language).rglob("*.po")
        for message in read_po(path.read_bytes().splitlines())
        for letter in set(str(message.string)) - held
    }

    assert missing == set(), "add them to tools/fonts.py, and run `nox -s fonts`"


def test_no_letter_that_may_be_missing_is_in_all_fonts():
    everywhere = letters("serif.woff2") & letters("mono.woff2") & letters("maths.woff2")

    assert OWN.isdisjoint(everywhere)


def test_the_maths_font_has_the_table_by_which_brackets_grow():
    font = TTFont(STATIC / "fonts/maths.woff2")

    grow = font["MATH"].table.MathVariants.VertGlyphCoverage.glyphs
    assert {"parenleft", "bracketleft", "braceleft"} <= set(grow), grow
    assert re.search("GUST", font["name"].getDebugName(0) + str(font["name"].getDebugName(13)))
