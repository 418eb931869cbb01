"""The cheat sheet as a PDF: one page of each size, with each line of the page, for all to read."""

import pytest
from pypdf import PdfReader

from lesson_extensions.sheet.paper import SIZES, content, write
from tests.conftest import ROOT, SITE
from tests.test_site import doctree_of

EXTENSIONS = ["myst_nb", "lesson_extensions.sheet"]
MILLIMETRES = {"a4": (210, 297), "us-letter": (215.9, 279.4)}
PAGE = """---
sheet: true
---
# Little

```{sheet}
```

## One

```python
>>> 1 + 1  # a sum
2
```
"""


def squeezed(text):
    """Without blanks: a PDF places letters, and knows of none."""
    return "".join(text.split())


@pytest.fixture(scope="module")
def wanted(site):
    return content(doctree_of(ROOT / "docs/cheat-sheet.md"))


@pytest.mark.parametrize("size", SIZES)
def test_the_sheet_is_one_page_that_holds_each_line_and_what_it_printed(wanted, size):
    pdf = PdfReader(SITE / f"cheat-sheet-{size}.pdf")
    (page,) = pdf.pages
    text = squeezed(page.extract_text())
    examples = [example for section in wanted["sections"] for example in section["examples"]]

    assert [round(float(side) * 25.4 / 72, 1) for side in page.mediabox[2:]] == pytest.approx(
        MILLIMETRES[size], abs=0.1
    )
    assert len(examples) > 50
    missing = [
        line
        for example in examples
        for line in [*example["code"].split("\n"), *example["printed"].split("\n")]
        if squeezed(line) not in text
    ]
    assert missing == []


def test_a_screen_reader_finds_its_title_its_language_and_its_structure(site):
    root = PdfReader(SITE / "cheat-sheet-a4.pdf").trailer["/Root"]

    assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == "en-GB"
    assert "/StructTreeRoot" in root


def test_the_page_links_to_both(site):
    page = (SITE / "cheat-sheet.html").read_text("utf-8")

    for size in SIZES:
        assert f'href="cheat-sheet-{size}.pdf"' in page


def test_the_same_content_is_the_same_bytes(wanted, tmp_path):
    for name in ("one.pdf", "two.pdf"):
        write(wanted | {"where": "https://example.org/"}, "a4", tmp_path / name)

    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()


def test_a_sheet_that_takes_two_pages_is_named(build_site):
    lines = "\n".join(f">>> {number}\n{number}" for number in range(150))
    built = build_site({"index.md": PAGE.replace(">>> 1 + 1  # a sum\n2", lines)})

    assert "the sheet takes 2 pages of A4; shorten it, or make sheet.typ set it" in built.warnings


def test_a_sheet_without_the_front_matter_that_makes_it_is_named(build_site):
    built = build_site({"index.md": PAGE.replace("sheet: true", "order: 1")})

    assert "index.md:6: WARNING: {sheet} links to PDFs that nobody makes" in built.warnings
