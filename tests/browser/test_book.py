"""The book on paper: each place names the page of the other, and a screen reader finds its way."""

import io
from concurrent.futures import ThreadPoolExecutor

import pikepdf
import pytest
from pypdf import PdfReader

from lesson_extensions.book import builder, pdf

EXTENSIONS = ["myst_nb", "lesson_extensions.check", "lesson_extensions.book"]
PARAGRAPHS = "\n\n".join(["It goes on, and so the next check is on another page. " * 40] * 3)
CHECK = """:::{{check}}
:label: sum-{0}
:answer: 20 + {0}

What is 20 + {0}? See [the other chapter](/{1}.md).

- `20 + {0}`
- `44`: You added twice.

By adding {0}.
:::
"""
LONG = "print('" + "long " * 30 + "')"
FILES = {
    "index.md": "# Home\n\n```{toctree}\none\ntwo\n```\n\n```{book}\none\ntwo\n```\n",
    "one.md": f"# One\n\n{CHECK.format(1, 'two')}\n{PARAGRAPHS}\n\n{CHECK.format(2, 'two')}\n",
    "two.md": f"# Two\n\n## Within\n\n```python\n{LONG}\n```\n\n{CHECK.format(3, 'one')}\n",
}


@pytest.fixture(scope="module")
def book(shared_site):
    books = []
    site = shared_site(FILES, project="My Book", author="We", exclude_patterns=["_build"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(builder.FORMS, "epub", lambda book, path: books.append(book))
        app = site.written_by("book")
    assert site.warnings == app.warning.getvalue() == ""
    return books[0]


def print_book(book, path):
    with ThreadPoolExecutor(1) as thread:  # in this one another Chromium may be driven
        thread.submit(pdf.write, book, path).result()


@pytest.fixture(scope="module")
def printed(book, tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "my-book.pdf"
    print_book(book, path)
    return path


@pytest.fixture(scope="module")
def pages(printed):
    """The text of each page, without blanks between its lines."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(printed).pages]


def page_of(pages, text):
    """The one page, from 1, that holds a text."""
    (found,) = (number for number, page in enumerate(pages, 1) if text in page)
    return found


def test_a_task_names_the_page_of_its_answer_and_that_the_page_of_the_task(pages):
    first, second = page_of(pages, "What is 20 + 1?"), page_of(pages, "What is 20 + 2?")
    answers = page_of(pages, "By adding 1.")

    assert first < second < answers
    for number in (first, second):
        assert f"Answer, page {answers}" in pages[number - 1]
    assert f"1.1 Check: choose one (page {first})" in pages[answers - 1]
    assert f"1.2 Check: choose one (page {second})" in pages[answers - 1]


def test_contents_links_and_running_heads_name_chapters_and_pages(pages):
    one, two = page_of(pages, "What is 20 + 1?"), page_of(pages, "What is 20 + 3?")
    contents = pages[page_of(pages, "Contents") - 1]

    assert f"1 One {one} 2 Two {two} Within {two}" in contents.replace("  ", " ")
    assert f"the other chapter (p. {two})" in pages[one - 1]
    assert f"the other chapter (p. {one})" in pages[two - 1]
    assert "1 One" in pages[page_of(pages, "What is 20 + 2?") - 1]  # only its head names it there


def test_a_long_line_of_code_goes_on_in_the_next(printed):
    words, heights = 0, set()

    def note(text, transformed, place, font, size):
        nonlocal words
        words += text.count("long")
        if "long" in text:
            heights.add(round(transformed[5] + place[5] * transformed[3]))

    for page in PdfReader(printed).pages:
        page.extract_text(visitor_text=note)

    assert words == 30
    assert len(heights) > 1


def test_a_screen_reader_finds_title_language_structure_and_bookmarks(printed):
    with pikepdf.open(printed) as opened:
        root = opened.Root
        assert str(root.Lang) == "en"
        assert bool(root.MarkInfo.Marked) and "/StructTreeRoot" in root
        assert str(opened.docinfo["/Title"]) == "My Book"
        assert str(opened.docinfo["/Author"]) == "We"
        assert {"/CreationDate", "/ModDate"}.isdisjoint(opened.docinfo.keys())
        with opened.open_outline() as outline:
            titles = [" ".join(item.title.split()) for item in outline.root]
        assert [round(float(side)) for side in opened.pages[0].mediabox[2:]] == [595, 842]  # A4

    assert titles[-4:] == ["Contents", "1 One", "2 Two", "Answers and solutions"]


def test_two_printings_are_the_same_bytes(book, printed, tmp_path):
    again = tmp_path / "again.pdf"
    print_book(book, again)

    assert again.read_bytes() == printed.read_bytes()
    assert len(PdfReader(io.BytesIO(again.read_bytes())).pages) > 5
