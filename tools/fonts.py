"""Cut the site's fonts down to the letters it uses, into docs/_static/fonts/: `nox -s fonts`.

Text and code fonts come from PyPI (fontpkg-*, SIL Open Font License); the maths font is TeX Gyre
Pagella Math (GUST Font License; Debian: fonts-texgyre-math). Their licences reserve the names of
the originals, so what is cut has the names by which the site's style sheet calls it. A letter that
a font lacks is shown in the reader's own font, so a new symbol is never lost: add it here when it
looks out of place.
"""

import sys
from collections.abc import Iterable
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

LATIN = [*range(0x20, 0x7F), *map(ord, "\xa0§«°±²³·»½×äèéöüćč–—‘’“”•…′←↑→↓−≈≠≤≥")]
MATHS = [
    *map(ord, " ()+,-./0123456789:<=>[]|{}!"),
    *range(ord("a"), ord("z") + 1),  # names of functions: det, rank, cos
    *range(0x1D434, 0x1D468),
    0x210E,  # italic: variables
    *map(ord, "𝖳±·×‖…→↦⇒∈∑−√∞≈≠≤≥≪≫⊥⟂∂∗⋅⋮⋯⋱ℝℂ∠⟨⟩̂ˆ^"),
    *map(ord, "αβγδεθκλμπρστφΔΛΣ𝛼𝛽𝛾𝛿𝜀𝜃𝜅𝜆𝜇𝜋𝜌𝜎𝜏𝜑𝜙"),
]


def cut(
    source: Traversable | str,
    target: Path,
    family: str,
    letters: list[int],
    features: Iterable[str] = (),
    **axes: float | tuple[float, float],
) -> None:
    """Write the `letters` of the font file `source` to `target` as woff2, under another name.

    `axes` limit the axes along which it varies.
    """
    font = TTFont(source)
    if axes:
        instance = BytesIO()
        instancer.instantiateVariableFont(font, axes).save(instance)
        font = TTFont(instance)  # read again: the subsetter needs the tables as they are on disk
    options = subset.Options(flavor="woff2", layout_features=list(features), hinting=False)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=letters)
    cutter.subset(font)
    rename(font, family)
    subset.save_font(font, str(target), options)
    print(f"{target}: {target.stat().st_size / 1000:.1f} kB")


def rename(font: TTFont, family: str) -> None:
    """Give a font another name; its copyright, name 0, stays and says whose the original is."""
    table = font["name"]
    original = table.getDebugName(1)
    for record in table.names:
        if record.nameID:
            text = str(record).replace(original, family)
            record.string = text.replace(original.replace(" ", ""), family.replace(" ", ""))


def main(folder: Path, maths_font: str) -> None:
    """Write all fonts to `folder`; `maths_font` is the path of texgyrepagella-math.otf."""
    serif = files("fontpkg_source_serif_4") / "files"
    mono = files("fontpkg_jetbrains_mono") / "files"
    cut(
        serif / "SourceSerif4[opsz,wght].ttf",
        folder / "serif.woff2",
        "LA Serif",
        LATIN,
        ["kern"],
        opsz=14,
        wght=(400, 700),
    )
    cut(
        serif / "SourceSerif4-Italic[opsz,wght].ttf",
        folder / "serif-italic.woff2",
        "LA Serif",
        LATIN,
        ["kern"],
        opsz=14,
        wght=400,
    )
    cut(mono / "JetBrainsMono[wght].ttf", folder / "mono.woff2", "LA Mono", LATIN, wght=(400, 700))
    cut(maths_font, folder / "maths.woff2", "LA Maths", MATHS)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
