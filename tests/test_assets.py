"""A page loads the style sheets and scripts of what stands on it."""

import re

import pytest
from docutils import nodes
from sphinx.testing.util import SphinxTestApp

from lesson_extensions.shared.assets import add_assets
from tests.conftest import ROOT

OURS = ROOT / "lesson_extensions"
INDEX = "---\norphan: true\n---\n# Plain\n\nText.\n"
CARD = "---\norphan: true\n---\n# Card\n\n:::{card} Title\nText.\n:::\n"
TABS = "---\norphan: true\n---\n# Tabs\n\n::::{tab-set}\n:::{tab-item} One\nText.\n:::\n::::\n"
FIGURE = "---\norphan: true\n---\n# Figure\n\n:::{container} box\nText.\n:::\n"


def loads(site, docname, name):
    return name in (site.app.outdir / f"{docname}.html").read_text("utf-8")


def build(build_site, files):
    return build_site(
        files, extensions=["myst_nb", "sphinx_design", "lesson_extensions.page.unused_assets"]
    )


def test_sphinx_design_is_loaded_where_it_is_used_and_nowhere_else(build_site):
    site = build(build_site, {"index.md": INDEX, "card.md": CARD, "tabs.md": TABS})

    sheet, script = "sphinx-design.min.css", "design-tabs.js"
    assert [loads(site, page, sheet) for page in ("index", "card", "tabs")] == [False, True, True]
    assert [loads(site, page, script) for page in ("index", "card", "tabs")] == [False, False, True]


COLOURED = """---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3}
orphan: true
---
# Coloured

```{code-cell}
print("\\x1b[31mred\\x1b[0m")
```
"""


def test_the_colours_of_a_terminal_are_loaded_where_an_output_has_some(build_site):
    site = build(build_site, {"index.md": INDEX, "coloured.md": COLOURED})
    (sheet,) = (site.app.outdir / "_static").glob("mystnb.*.css")
    colours = site.app.outdir / "_static/terminal_colours.css"

    name = "terminal_colours.css"
    assert [loads(site, page, name) for page in ("index", "coloured")] == [False, True]
    assert site.html("coloured").select_one("span.-Color-Red").get_text() == "red"
    assert "-Color[class*=-Red]" in colours.read_text("utf-8")
    assert ".-Color" not in sheet.read_text("utf-8")
    assert "div.cell_output" in sheet.read_text("utf-8")

    settings = site.app.config.overrides | {"extensions": list(site.app.config.extensions)}
    again = SphinxTestApp(srcdir=site.app.srcdir, confoverrides=settings)
    again.build()
    again.cleanup()
    assert "Aborted" not in again.warning.getvalue()
    assert ".-Color" not in sheet.read_text("utf-8")


def test_no_script_stops_a_page_from_being_read(site):
    scripts = re.findall(r"<script\b[^>]*\ssrc=[^>]*>", (site / "index.html").read_text("utf-8"))

    assert any("furo.js" in script for script in scripts), "nor the theme's"
    assert [script for script in scripts if " defer=" not in script] == []


def test_the_script_of_the_search_is_loaded_there_alone(build_site):
    site = build(build_site, {"index.md": INDEX})

    assert [loads(site, page, "doctools.js") for page in ("index", "search")] == [False, True]


def test_a_feature_s_files_are_loaded_where_its_node_stands_and_nowhere_else(build_site, tmp_path):
    (tmp_path / "static").mkdir()
    (tmp_path / "static/box.js").touch()
    (tmp_path / "boxes.py").write_text(
        "from docutils import nodes\nfrom pathlib import Path\n"
        "from lesson_extensions.shared.assets import add_assets\n\n"
        "def setup(app):\n"
        f"    add_assets(app, 'box.js', folder=Path({str(tmp_path / 'static')!r}), "
        "on=nodes.container)\n",
        "utf-8",
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(tmp_path))
        site = build_site({"index.md": INDEX, "box.md": FIGURE}, extensions=["myst_nb", "boxes"])

    assert [loads(site, page, "page-box.js") for page in ("index", "box")] == [False, True]
    (script,) = (site.app.outdir / "_static/features").glob("*/page-box.js")
    assert loads(site, "box", script.relative_to(site.app.outdir).as_posix())
    assert (script.parent / "dom.js").is_file(), "what scripts load later is not beside them"


def test_a_change_of_a_script_gives_all_of_them_another_address(build_site, tmp_path, monkeypatch):
    """So that no page loads an old script that imports a new one, or the other way round."""
    (tmp_path / "static").mkdir()
    script = tmp_path / "static/box.js"
    (tmp_path / "crates.py").write_text(
        "from pathlib import Path\n"
        "from lesson_extensions.shared.assets import add_assets\n\n"
        "def setup(app):\n"
        f"    add_assets(app, 'box.js', folder=Path({str(tmp_path / 'static')!r}))\n",
        "utf-8",
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    script.write_text("one();", "utf-8")
    site = build_site({"index.md": INDEX}, extensions=["myst_nb", "crates"])
    script.write_text("two();", "utf-8")
    again = SphinxTestApp(
        srcdir=site.app.srcdir, confoverrides={"extensions": ["myst_nb", "crates"]}
    )
    again.build()
    again.cleanup()

    (served,) = (site.app.outdir / "_static/features").glob("*/page-box.js")
    assert "two()" in served.read_text("utf-8")
    address = served.relative_to(site.app.outdir).as_posix()
    assert loads(site, "index", address), "a page whose text is as it was names the old folder"


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"missing\.css"):
        add_assets(None, "missing.css", folder=tmp_path, on=nodes.container)


LATER = """from pathlib import Path
from lesson_extensions.shared.assets import add_assets

def setup(app):
    folder = Path({folder!r})
    add_assets(app, "now.js", folder=folder)
    add_assets(app, "then.js", folder=folder, later=True)
"""


def test_what_comes_later_is_named_in_the_page_and_not_loaded(build_site, tmp_path, monkeypatch):
    (tmp_path / "static").mkdir()
    for name in ("now", "then"):
        (tmp_path / f"static/{name}.js").write_text(f"{name}();\n", "utf-8")
    (tmp_path / "waits.py").write_text(LATER.format(folder=str(tmp_path / "static")), "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    site = build_site({"index.md": INDEX}, extensions=["myst_nb", "waits"])

    assert loads(site, "index", "/page-now-later.js")
    page = (site.app.outdir / "index.html").read_text("utf-8")
    assert re.findall(r"<script[^>]*then", page) == []
    (later,) = re.findall(r'<meta name="la-later" content="(.*?)">', page)
    assert (site.app.outdir / later).read_text("utf-8").count("then()") == 1


def test_what_others_wrote_is_served_as_it_is(build_site):
    site = build_site({"index.md": "# Page\n"}, extensions=["myst_nb", "lesson_extensions.live"])
    (folder,) = (site.app.outdir / "_static/features").iterdir()

    assert (folder / "editor.js").read_bytes() == (OURS / "live/static/editor.js").read_bytes()
    assert "// @ts-check" not in (folder / "worker.js").read_text("utf-8")
