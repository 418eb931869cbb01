"""Cut the site's fonts down to the letters it uses, into docs/_static/fonts/: `nox -s fonts`.

Text and code fonts come from PyPI (fontpkg-*, SIL Open Font License); the maths font is TeX Gyre
Pagella Math (GUST Font License; Debian: fonts-texgyre-math). Their licences reserve the names of
the originals, so what is cut has the names by which the site's style sheet calls it. A letter that
a font lacks is shown in the reader's own font, so a new symbol is never lost: add it here when it
looks out of place.
"""

import base64
import copy
import sys
from collections.abc import Iterable
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.scaleUpem import scale_upem
from fontTools.varLib import instancer

ASCII = [*range(0x20, 0x7F)]
TEXT = [*ASCII, *map(ord, "\xa0©°±¹²³µ¶·½×äèéñöüćč–—‖‘’“”…′←→−√≈≠≤≥")]
ITALIC = [*ASCII, *map(ord, "\xa0–’“”…")]
CODE = [*ASCII, *map(ord, "\xa0©°±²³µ·×äéñöü–—‘’“”…′←↑→↓−√≈≠≤≥")]
# What another language of the site has beyond these: files and a sheet of its own.
LANGUAGES = {"es": "¡¿«»ªºÁÉÍÑÓÚÜáéíñóúü"}
# Digits and the names of functions are those of the text. What no page shows is left out: a test
# says what is missing, in a formula or elsewhere.
MATHS = [
    *map(ord, " ()+,-/<=>[]|{}"),
    *range(0x1D434, 0x1D468),
    0x210E,  # italic: variables
    *map(ord, "𝖧𝖳·×‖…→∈∑−√≈≠≤≥⟂∂∗⋅⋮⋯⋱ℝ"),
    *map(ord, "ΔΛΣ𝛼𝛽𝛾𝛿𝜀𝜃𝜅𝜆𝜇𝜋𝜌𝜎𝜑"),
]
VARIANTS = 4  # sizes of a bracket or a root; beyond, it is put together from parts
MATHS_UNITS = 500  # an em: half of what TeX Gyre has, and at 17 px still 30 to a pixel

# Mean advance width of English text, in em: @capsizecss/metrics 4.3.0 (MIT). Of DejaVu Serif, which
# it does not have, the text of our lessons was measured, beside that in Times New Roman's widths.
# A face with `local` of these names stands in until ours is here, stretched to the same widths and
# heights, so that no line moves.
WIDTHS = {
    "LA Serif": {
        ("Georgia",): 913 / 2048,
        ("Times New Roman", "Liberation Serif"): 832 / 2048,
        ("Noto Serif",): 0.481,  # Android's
        ("DejaVu Serif",): 0.519,
    },
    "LA Mono": {
        ("Menlo", "DejaVu Sans Mono"): 1233 / 2048,
        ("Consolas",): 1126 / 2048,
        ("Courier New", "Liberation Mono", "Roboto Mono", "Droid Sans Mono"): 1229 / 2048,
    },
}
OURS = {"LA Serif": 0.479, "LA Mono": 0.6}
HEAD = "/* Written by `nox -s fonts`; the licences are in fonts/LICENCES.txt. */\n"
NO_PROGRAMS = (
    "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs",
    "maxStackElements", "maxSizeOfInstructions", "maxComponentElements",
)  # fmt: skip
# `optional`: a first page on a slow link keeps the face it was first shown in, and nothing jumps
FACE = """@font-face {{
  font-family: "{family}";
  src: url("fonts/{file}") format("woff2");
  font-style: {style};
  font-weight: {weight};
  font-display: optional;{letters}
}}
"""
STAND_IN = """@font-face {{
  font-family: "{name}";
  src: {local};
  size-adjust: {size:.2%};
  ascent-override: {ascent:.2%};
  descent-override: {descent:.2%};
  line-gap-override: {gap:.2%};
}}
"""


def cut(
    source: Traversable | BytesIO,
    letters: list[int],
    features: Iterable[str] = (),
    **axes: float | tuple[float, float],
) -> TTFont:
    """The `letters` of the font file `source`, and of its axes no more than `axes`."""
    font = TTFont(source, recalcTimestamp=False)
    if axes:
        kerning = instance(font, {name: lowest(limits) for name, limits in axes.items()})["GPOS"]
        font = instance(font, axes)
        font["GPOS"] = kerning  # that of the lightest for all weights: a sixth of the file less
        font = reread(font)  # the subsetter needs the tables as they are on disk
    options = subset.Options(layout_features=list(features), hinting=False)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=letters)
    cutter.subset(font)
    return font


def lowest(limits: float | tuple[float, float]) -> float:
    return limits[0] if isinstance(limits, tuple) else limits


def instance(font: TTFont, axes: dict[str, Any]) -> TTFont:
    return reread(instancer.instantiateVariableFont(copy.deepcopy(font), axes))


def reread(font: TTFont) -> TTFont:
    buffer = BytesIO()
    font.save(buffer)
    return TTFont(buffer, recalcTimestamp=False)  # the same bytes each time


def few_variants(source: str) -> BytesIO:
    """The maths font with fewer sizes of each letter that grows, before its letters are chosen."""
    font = TTFont(source, recalcTimestamp=False)
    variants = font["MATH"].table.MathVariants
    for construction in [*variants.VertGlyphConstruction, *variants.HorizGlyphConstruction]:
        construction.MathGlyphVariantRecord = construction.MathGlyphVariantRecord[:VARIANTS]
        construction.VariantCount = len(construction.MathGlyphVariantRecord)
    buffer = BytesIO()
    font.save(buffer)
    buffer.seek(0)
    return buffer


def with_quadratic_outlines(font: TTFont) -> TTFont:
    """An OpenType font with TrueType's curves, which woff2 packs into a fifth less."""
    outlines, order = font.getGlyphSet(), font.getGlyphOrder()
    glyphs = {}
    for name in order:
        pen = TTGlyphPen(outlines)
        outlines[name].draw(Cu2QuPen(pen, 1, reverse_direction=True))  # off by a unit at most
        glyphs[name] = pen.glyph()
    font["loca"], font["glyf"] = newTable("loca"), newTable("glyf")
    font["glyf"].glyphOrder, font["glyf"].glyphs = order, glyphs
    del font["CFF "]
    font["glyf"].compile(font)  # finds each letter's box
    for name in order:
        width, _ = font["hmtx"][name]
        font["hmtx"][name] = (width, getattr(glyphs[name], "xMin", 0))
    limits = font["maxp"]
    limits.tableVersion = 0x00010000
    for name in NO_PROGRAMS:
        setattr(limits, name, 0)
    limits.maxZones = 1
    limits.compile(font)  # counts points and contours
    font.sfntVersion = "\x00\x01\x00\x00"
    return reread(font)


def write(font: TTFont, target: Path, family: str) -> None:
    """Write a font as woff2, under another name."""
    rename(font, family)
    font.flavor = "woff2"
    font.save(target)
    print(f"{target}: {target.stat().st_size / 1000:.1f} kB")


def rename(font: TTFont, family: str) -> None:
    """Give a font another name; its copyright, name 0, stays and says whose the original is."""
    table = font["name"]
    original = table.getDebugName(1)
    for record in table.names:
        if record.nameID:
            text = str(record).replace(original, family)
            record.string = text.replace(original.replace(" ", ""), family.replace(" ", ""))


def besides(letters: list[int], language: str) -> list[int]:
    """The letters of a language that are not among these."""
    return sorted(set(map(ord, LANGUAGES[language])) - set(letters))


def ranges(letters: Iterable[int]) -> str:
    """As a style sheet says for which letters a font is there."""
    runs: list[list[int]] = []
    for letter in sorted(letters):
        if runs and letter == runs[-1][-1] + 1:
            runs[-1].append(letter)
        else:
            runs.append([letter])
    return ", ".join(
        f"U+{run[0]:X}" if len(run) == 1 else f"U+{run[0]:X}-{run[-1]:X}" for run in runs
    )


def faces(family: str, font: TTFont) -> str:
    """The style sheet's faces that stand in for a font, each with its widths and heights."""
    lines, units = font["hhea"], font["head"].unitsPerEm
    rules = []
    for names, width in WIDTHS[family].items():
        size = OURS[family] / width
        ascent, descent, gap = (
            value / units / size for value in (lines.ascent, -lines.descent, lines.lineGap)
        )
        rules.append(
            STAND_IN.format(
                name=f"{family} by {names[0]}",
                local=", ".join(f'local("{name}")' for name in names),
                size=size,
                ascent=ascent,
                descent=descent,
                gap=gap,
            )
        )
    return "".join(rules)


def sheets(folder: Path) -> dict[str, str]:
    """The style sheets that name the fonts in `folder`.

    That of maths holds its font: a formula in another would be of another size, with brackets that
    do not grow, and would jump when ours comes. Only pages with a formula load it.
    """
    wanted = [
        ("LA Serif", "serif.woff2", "normal", "400 700"),
        ("LA Serif", "serif-italic.woff2", "italic", "400"),
        ("LA Mono", "mono.woff2", "normal", "400"),
    ]
    text = HEAD
    for family, file, style, weight in wanted:
        text += FACE.format(family=family, file=file, style=style, weight=weight, letters="")
    text += faces("LA Serif", TTFont(folder / "serif.woff2"))
    text += faces("LA Mono", TTFont(folder / "mono.woff2"))
    stacks = {
        name: ", ".join([f'"{family}"', *(f'"{family} by {names[0]}"' for names in WIDTHS[family])])
        for name, family in (("serif", "LA Serif"), ("mono", "LA Mono"))
    }
    text += (
        f":root {{\n  --la-serif: {stacks['serif']}, serif;\n"
        f"  --la-mono: {stacks['mono']}, monospace;\n}}\n"
    )
    data = base64.b64encode((folder / "maths.woff2").read_bytes()).decode()
    maths = (
        f'{HEAD}@font-face {{\n  font-family: "LA Maths";\n'
        f'  src: url("data:font/woff2;base64,{data}") format("woff2");\n}}\n'
    )
    return {"fonts.css": text, "maths.css": maths} | {
        f"fonts-{language}.css": HEAD
        + "".join(
            FACE.format(
                family=family,
                file=(name := file.replace(".", f"-{language}.")),
                style=style,
                weight=weight,
                letters=f"\n  unicode-range: {ranges(TTFont(folder / name).getBestCmap())};",
            )
            for family, file, style, weight in wanted
        )
        for language in LANGUAGES
    }


def main(folder: Path, maths_font: str) -> None:
    """Write all fonts to `folder`, and their style sheets beside it.

    `maths_font` is the path of texgyrepagella-math.otf.
    """
    serif = files("fontpkg_source_serif_4") / "files"
    mono = files("fontpkg_jetbrains_mono") / "files" / "JetBrainsMono[wght].ttf"
    upright, italic = (
        serif / "SourceSerif4[opsz,wght].ttf",
        serif / "SourceSerif4-Italic[opsz,wght].ttf",
    )
    write(
        cut(upright, TEXT, ["kern"], opsz=14, wght=(400, 700)), folder / "serif.woff2", "LA Serif"
    )
    write(cut(italic, ITALIC, opsz=14, wght=400), folder / "serif-italic.woff2", "LA Serif")
    write(cut(mono, CODE, wght=400), folder / "mono.woff2", "LA Mono")
    for language in LANGUAGES:  # a browser loads them where a page has such letters
        more = cut(upright, besides(TEXT, language), opsz=14, wght=(400, 700))
        write(more, folder / f"serif-{language}.woff2", "LA Serif")
        more = cut(italic, besides(ITALIC, language), opsz=14, wght=400)
        write(more, folder / f"serif-italic-{language}.woff2", "LA Serif")
        more = cut(mono, besides(CODE, language), wght=400)
        write(more, folder / f"mono-{language}.woff2", "LA Mono")
    maths = with_quadratic_outlines(cut(few_variants(maths_font), MATHS))
    scale_upem(maths, MATHS_UNITS)
    write(maths, folder / "maths.woff2", "LA Maths")
    for name, text in sheets(folder).items():
        (folder.parent / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
