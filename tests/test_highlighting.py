"""Code is marked where a mark has a colour, and nowhere else."""

from tests.conftest import ROOT

CODE = "```python\nimport numpy as np\nprint(A @ np.ones(2))  # a note\n```\n"


def test_names_and_brackets_have_no_marks(build_site):
    site = build_site(
        {"index.md": f"# Page\n\n{CODE}"},
        extensions=["myst_nb", "lesson_extensions.page.highlighting"],
    )
    marks = {mark["class"][0] for mark in site.html("index").select(".highlight pre span[class]")}

    assert marks >= {"kn", "c1", "mi", "o"}
    assert marks.isdisjoint({"n", "p", "w"})
    assert (ROOT / "docs/_static/site.css").read_text("utf-8").count(".highlight .n ") == 0


def test_the_style_of_code_is_said_once_where_both_themes_have_the_same(site):
    assert "data-theme" not in (site / "_static/pygments.css").read_text("utf-8")
