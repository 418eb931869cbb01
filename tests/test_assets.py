"""A page loads the style sheets and scripts of what stands on it."""

import pytest
from docutils import nodes

from lesson_extensions.shared.assets import add_assets

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

    assert [loads(site, page, "box.js") for page in ("index", "box")] == [False, True]
    assert (site.app.outdir / "_static/box.js").is_file()


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"missing\.css"):
        add_assets(None, "missing.css", folder=tmp_path, on=nodes.container)
