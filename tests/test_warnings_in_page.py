"""While one writes, a page shows what it was warned of, and goes when it is mended."""

import pytest

from tests.conftest import Site

HEAD = "---\nfile_format: mystnb\nkernelspec: {name: python3, display_name: Python 3}\n---\n"
FAILS = (
    HEAD
    + "# Notebook\n\n```{code-cell}\n6 * 7\n```\n\n```{code-cell}\nprint('so far')\n1 / 0\n```\n\n"
    "It is {eval}`x`.\n\n```{claim} x > 1\n```\n\n```{code-cell}\nx\n```\n\nThe end.\n"
)
WRITING = {"warnings_in_page": True, "execution_goes_on": True}


def alert(page):
    return page.select_one(".la-warnings[role=alert]")


def test_a_warning_stands_in_its_page_with_file_and_line_and_in_no_other(build_site):
    files = {"index.md": "# Home\n\n[](#nowhere)\n\n```{toctree}\na\n```\n", "a.md": "# A <b>\n"}
    site = build_site(files, warnings_in_page=True)

    assert "index.md:3" in alert(site.html("index")).code.get_text()
    assert "'myst' cross-reference target not found: 'nowhere'" in alert(site.html("index")).text
    assert alert(site.html("a")) is None
    assert "target not found: 'nowhere'" in site.warnings


def test_a_warning_from_writing_a_page_is_shown_and_its_html_is_text(build_site):
    site = build_site({"index.md": "# Home\n\n$\\frac{1}{<b>}\\wrong$\n"}, warnings_in_page=True)

    assert "this LaTeX cannot be set: \\frac{1}{<b>}" in alert(site.html("index")).text


def test_no_page_shows_a_warning_unless_it_is_asked_for(build_site):
    site = build_site({"index.md": "# Home\n\n[](#nowhere)\n"})

    assert alert(site.html("index")) is None


def test_a_cell_that_fails_is_shown_with_advice_and_the_page_is_read_to_its_end(build_site):
    site = build_site({"index.md": FAILS}, **WRITING)
    page = site.html("index")

    assert alert(page).code.get_text() == "index.md:12"
    (said,) = (one.get_text() for one in alert(page).select("pre"))
    assert said.startswith("this cell failed: ZeroDivisionError: division by zero")
    assert "    1 / 0\n" in said and "Mend the cell." in said
    above, failed = page.select(".cell_output")
    assert above.get_text().strip() == "42"
    assert "so far" in failed.get_text() and "ZeroDivisionError" in failed.get_text()
    assert "It is …." in page.get_text() and "The end." in page.get_text()


@pytest.mark.parametrize(
    "faulty", ["```{code-cell}\n:a: b: c\n1\n```", "```{code-cell}\n:a: [\n```"]
)
def test_a_page_that_cannot_be_read_shows_why(faulty, build_site):
    files = {"index.md": "# Home\n\n```{toctree}\na\n```\n", "a.md": f"{HEAD}# A\n\n{faulty}\n"}
    site = build_site(files, **WRITING)

    assert "this page cannot be read: " in alert(site.html("a")).text
    assert alert(site.html("index")) is None


def test_the_box_goes_when_another_file_is_mended(tmp_path):
    def build(**files):
        site = Site(tmp_path, {f"{name}.txt": text for name, text in files.items()}, dict(WRITING))
        site.app.cleanup()
        return site.html("index")

    (tmp_path / "index.md").write_text("# Home\n\n```{literalinclude} part.txt\n```\n", "utf-8")
    assert "part.txt" in alert(build()).text

    page = build(part="Text.")
    assert alert(page) is None
    assert "Text." in page.get_text()


def test_the_box_goes_when_the_page_that_was_missed_is_there(tmp_path):
    def build(**files):
        site = Site(tmp_path, {f"{name}.md": text for name, text in files.items()}, dict(WRITING))
        site.app.cleanup()
        return site.html("index")

    assert "'other.md'" in alert(build(index="# Home\n\n[Other](other.md)\n")).text
    assert alert(build(other="---\norphan: true\n---\n# Other\n")) is None
