"""Two builds of the same sources give the same bytes, but for the pages that hold timings."""

import filecmp
import subprocess
import sys

from tests.conftest import ROOT

# What is timed when the site is built, and what quotes or indexes it. Nothing else may differ.
TIMED = {"_static/search.json", "offline.json"} | {
    f"{name}.{kind}"
    for name in ("benchmarks", "will-it-fit", "lessons/matmul", "lessons/speed")
    for kind in ("html", "ipynb", "md")
}


def build(folder):
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", "-c", ".", "-j", "auto"]
    subprocess.run([*command, "docs", folder], cwd=ROOT, check=True, capture_output=True)


def files(folder):
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and ".doctrees" not in path.parts and path.suffix != ".zip"
    }


def test_a_build_from_nothing_gives_the_bytes_of_the_site(site, tmp_path):
    """Of the site, pages and outputs may have been kept from earlier builds."""
    first, second = site, tmp_path / "html"
    build(second)
    common = sorted(files(first) & files(second))
    _, differing, errors = filecmp.cmpfiles(first, second, common, shallow=False)
    alone = files(first) ^ files(second)

    offering = {"run-code.html"} if list(site.glob("*.zip")) else set()  # made after a build
    assert set(differing) <= TIMED | offering and errors == []
    # the picture of the timings is named by its content; so is no other
    assert len(alone) <= 2 and all(name.startswith("_images/") for name in alone), alone
    assert len(common) > 100
