"""A page loads one style sheet, with the rules that something on it, or a script, can use."""

import re

import pytest

PAGE = "---\norphan: true\n---\n# Page\n\n:::{container} wanted\nText.\n:::\n"
PLAIN = "---\norphan: true\n---\n# Plain\n\nText.\n"
SHEET = """/* A note. */
.wanted { color: #010101; }
.unwanted { color: #020202; }
.from-script { color: #030303; }
.la-anything { color: #040404; }
.hll { color: #050505; }
"""
# What stands below a :has() of the root, or of all that is shown
BELOW = re.compile(r"(?:html|:root|body)(?::not\()?:has\((?:[^()]|\([^()]*\))*\)+([^,{}]*)")


@pytest.fixture(scope="module")
def sheets(shared_site, tmp_path_factory):
    """{page: the text of the one sheet that it loads}."""
    static = tmp_path_factory.mktemp("static")
    (static / "own.css").write_text(SHEET, "utf-8")
    (static / "own.js").write_text("document.body.className = 'from-script';\n", "utf-8")
    site = shared_site(
        {"index.md": PLAIN, "page.md": PAGE},
        extensions=["myst_nb", "lesson_extensions.page.sheets"],
        html_static_path=[str(static)], html_css_files=["own.css"], html_js_files=["own.js"],
    )  # fmt: skip
    found = {}
    for name in ("index", "page"):
        page = (site.app.outdir / f"{name}.html").read_text("utf-8")
        (address,) = re.findall(r'<link rel="stylesheet"[^>]*href="([^"]*)"', page)
        path, _, version = address.partition("?v=")
        assert re.fullmatch(r"\w{8}", version), "a browser would keep the sheet of another build"
        found[name] = (site.app.outdir / path).read_text("utf-8")
    return found


def colours(sheet):
    return [number for number in "12345" if f"#0{number}0{number}0{number}" in sheet]


def test_a_page_s_sheet_holds_what_a_page_or_script_names(sheets):
    assert colours(sheets["page"]) == ["1", "3", "4", "5"]
    assert "A note" not in sheets["page"]


def test_the_sheets_of_extensions_are_in_it(sheets):
    assert "[role=main] .container" in sheets["page"], "of myst-nb"
    assert ".highlight" in sheets["page"], "of Pygments"


def test_no_element_that_comes_has_all_the_others_styled_anew(site):
    """A browser asks a :has() of the root at each change, and then styles all that stands below it.

    That may be what has one class, which it finds; a page was styled five times while it loaded.
    """
    below = [
        rest for sheet in site.glob("_static/sheets-*.css")
        for rest in BELOW.findall(sheet.read_text("utf-8"))
    ]  # fmt: skip

    assert " .la-needs-live" in below
    assert [rest for rest in below if not re.fullmatch(r"( \.[\w-]+)?", rest)] == []
