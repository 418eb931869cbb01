"""Whatever the site serves of others stands on its page of licences."""

import json
import re
from pathlib import Path

import matplotlib
import pytest
from fontTools.ttLib import TTFont

from lesson_extensions.live.runtime import PINS
from lesson_extensions.shared.notices import of_distribution
from tests.conftest import ROOT, SITE, soup
from tools.fonts import rename

PAGE = "# Licences\n\n```{notices}\n```\n"


@pytest.fixture(scope="module")
def shown(site):
    """{whose work: notice} on the built page."""
    folds = soup("copyright.html").article.find_all("details")
    return {fold.summary.get_text(): fold.pre.get_text() for fold in folds}


def test_each_file_that_runs_in_the_browser_has_a_notice(shown, site):
    (manifest,) = SITE.glob("_static/runtime/*/manifest.json")
    files = json.loads(manifest.read_text("utf-8"))["files"]
    core = {file["file"] for file in PINS["core"]} | {"pyodide.asm.wasm.z", "numpy.tar.z"}
    wheels = {package["file"]: name for name, package in PINS["packages"].items()}

    assert files.keys() - core - wheels.keys() == {"console.zip"}  # ours, and IPython's printer
    for name in [wheels[file] for file in files if file in wheels] + ["numpy", "ipython"]:
        (notice,) = (text for title, text in shown.items() if title.partition(" ")[0] == name)
        assert "opyright" in notice, name
    assert "Mozilla Public License" in shown[f"Pyodide {PINS['pyodide']}"]
    assert "PYTHON SOFTWARE FOUNDATION LICENSE" in shown[f"Python {PINS['python']} and its library"]


def test_what_is_not_of_this_site_is_said_to_be_others(shown):
    assert "CC BY 4.0" in shown["Its data"] and "Alpaydin" in shown["Its data"]
    assert "SIL OPEN FONT LICENSE" in shown["Its fonts"]
    assert "Marijn Haverbeke" in shown["CodeMirror (the code editor)"]
    assert {"Sphinx", "furo"} <= {title.partition(" ")[0] for title in shown}


def test_each_page_leads_to_it():
    for page in ("index.html", "lessons/vectors.html"):
        assert soup(page).find("a", href=lambda href: href and href.endswith("copyright.html"))


def test_what_is_served_anew_is_shown_though_the_page_did_not_change(build_site, tmp_path):
    notice = tmp_path / "notice.txt"
    notice.write_text("one <1>", "utf-8")
    extensions = ["myst_nb", "lesson_extensions.notices"]
    files = {"A & B": str(notice)}
    site = build_site({"index.md": PAGE}, extensions=extensions, notices_files=files)
    assert site.html("index").find("summary").get_text() == "A & B"
    assert site.html("index").find("pre").get_text() == "one <1>"

    notice.write_text("another", "utf-8")
    site.app.build()
    assert site.html("index").find("pre").get_text() == "another"


def test_a_package_without_a_licence_file_is_refused(monkeypatch):
    monkeypatch.setattr("lesson_extensions.shared.notices.LICENCE", re.compile("no such file"))

    with pytest.raises(LookupError, match="numpy has no licence file"):
        of_distribution("numpy")


def test_a_font_that_is_cut_loses_the_name_of_its_original():
    font = TTFont(Path(matplotlib.get_data_path(), "fonts/ttf/DejaVuSans.ttf"))
    copyright = font["name"].getDebugName(0)
    rename(font, "LA Sans")

    names = {record.nameID: str(record) for record in font["name"].names}
    assert names[1] == "LA Sans" and names[6] == "LASans" and names[0] == copyright
    assert not any("DejaVu" in text for number, text in names.items() if number in range(1, 7))
    assert (ROOT / "docs/_static/fonts/LICENCES.txt").is_file()
