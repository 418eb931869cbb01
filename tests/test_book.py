"""The book: each directive as what it is without a script, answers at the end, one archive."""

import posixpath
import re
import zipfile
from xml.etree import ElementTree

import numpy as np
import pytest
from bs4 import BeautifulSoup
from PIL import Image

from lesson_extensions.book import builder, epub, pictures
from lesson_extensions.book.translator import lines
from tests.conftest import EVERYTHING

EXTENSIONS = [*EVERYTHING, "lesson_extensions.book"]
HEAD = "---\nfile_format: mystnb\nkernelspec: {name: python3, display_name: Python 3}\n"
INDEX = """# Home

```{toctree}
book
guide
terms/index
```

```{cards} lessons/*
```
"""
BOOK = """# The book

```{book}
# Lessons
lessons/*

# Look up
guide
terms/index
```
"""
FIRST = (
    HEAD
    + """order: 1
lesson: {summary: To add., minutes: 3, prerequisites: []}
---
# Add $x_1$ & `b`

A {term}`vector`, [a place below](#below), [another page](/lessons/second.md), [one that is not in
the book](/index.md), and a formula:

$$
\\begin{bmatrix} x_1 \\\\ 2 \\end{bmatrix}
$$

```{in-browser} There it is slower.
```
```{code-cell}
---
mystnb: {image: {alt: "A line that rises from the left to the right, and no other."}}
---
import matplotlib.pyplot as plt

plt.plot([1, 2]);
```

```{code-cell}
total = 1 + 2
total
```

:::{change-it}
:from: `1 + 2`
:to: `1 + 7`

Add more. What is it?

---

Five more than before.
:::

## Below

:::{check}
:label: the-sum
:answer: 20 + 22

What is 20 + 22?

- `42`
- `44`: You added the tens twice.

The tens make forty.
:::

::::{exercise} Double it
:label: double-it

Write `double(x)`.

:::{starter}
def double(x):
    ...
:::
:::{tests}
double(2) == 4
:::
:::{hidden-tests}
double(3) == 6  # another
:::
:::{hint}
Add it to itself.
:::
:::{solution}
def double(x):
    return x + x
:::
:::{mistake} You squared it.
def double(x):
    return x * x
:::
::::

```{code-cell}
:tags: [data]
times = {"loops": {8: 1e-6, 16: 2e-6}, "@ float64": {8: 1e-7, 16: 2e-7}}
```

```{on-your-machine} times
```
"""
)
SECOND = """---
order: 2
lesson: {summary: To go on., minutes: 3, prerequisites: [first]}
---
# Go on

```{player} steps.py
```

```{skill-tree}
```

```{shapes} matmul
(3, 4), (4, 2)
```

```{shape-calculator}
```

Back to [its exercise](#double-it).

## Next

Read on.
"""
STEPS = '"""Steps."""\n\n# %% Make it\n# A number.\n# predict: a ? What is it?\na = 3\n'
FILES = {
    "index.md": INDEX,
    "book.md": BOOK,
    "lessons/first.md": FIRST,
    "lessons/second.md": SECOND,
    "lessons/steps.py": STEPS,
    "_static/look.css": """@font-face { src: url("a.woff2"); font-display: optional }
@font-face { src: url(data:font/woff2;base64,Ynl0ZXM=) }
@font-face { src: local("Georgia") }""",
    "_static/a.woff2": "file",
    "guide.md": "# Guide\n\nText.\n",
    "terms/index.md": "# Terms\n\n```{cards} *\n```\n",
    "terms/vector.md": "---\nterm: [vector]\n---\n# Vector\n\nA row of numbers.\n",
}
SCRIPTED = ("script", "form", "details", "button", "input", "svg[data-la-scale]", "[title]")


@pytest.fixture(scope="module")
def read(shared_site):
    settings = {"html_baseurl": "https://example.org/", "exclude_patterns": ["_build"]}
    settings |= {"html_static_path": ["_static"], "html_css_files": ["look.css"]}
    site = shared_site(FILES, **settings)
    assert site.warnings == ""
    return site


@pytest.fixture(scope="module")
def archive(read):
    app = read.written_by("book")
    assert app.warning.getvalue() == ""
    (path,) = app.outdir.glob("*.epub")
    return path


@pytest.fixture(scope="module")
def pages(archive):
    """{name of a file in the EPUB: soup}"""
    with zipfile.ZipFile(archive) as opened:
        return {
            posixpath.basename(name): BeautifulSoup(opened.read(name), "html.parser")
            for name in opened.namelist()
            if name.endswith(".xhtml")
        }


def said(node):
    return " ".join(node.get_text().split())


def test_all_is_xhtml_and_nothing_in_it_needs_a_script(archive, pages):
    with zipfile.ZipFile(archive) as opened:
        for name in opened.namelist():
            if name.endswith((".xhtml", ".opf", ".xml", ".svg")):
                ElementTree.fromstring(opened.read(name))

    assert len(pages) == 8  # four chapters and the answers; cover, imprint and contents
    for name, page in pages.items():
        assert page.select(",".join(SCRIPTED)) == [], name


def test_the_fonts_of_the_site_are_in_it(archive):
    with zipfile.ZipFile(archive) as opened:
        sheet = opened.read("EPUB/book.css").decode()
        fonts = [opened.read(f"EPUB/fonts/{number}.woff2") for number in (0, 1)]

    assert fonts == [b"file", b"bytes"]
    assert 'src: url("fonts/0.woff2"); font-display: block' in sheet
    assert 'src: url("fonts/1.woff2")' in sheet and sheet.count("@font-face") == 2


def test_chapters_are_in_their_order_with_what_their_pages_list(pages):
    contents = pages["nav.xhtml"].select_one("nav#toc")

    assert [said(part) for part in contents.select("ol > li > span")] == ["Lessons", "Look up"]
    assert [said(link) for link in contents.select("ol > li > a")] == [
        "1 Add x_1 & b", "Below", "2 Go on", "3 Guide", "4 Terms", "Vector",
        "Answers and solutions", "1 Add x_1 & b", "2 Go on",
    ]  # fmt: skip
    assert "A row of numbers." in said(pages["terms-index.xhtml"].section.section)


def test_links_lead_to_places_in_the_book_or_else_to_the_site(pages):
    ids = {f"{name}#{node['id']}" for name, page in pages.items() for node in page.select("[id]")}
    links = [
        (name, link["href"]) for name, page in pages.items() for link in page.select("a[href]")
    ]
    inner = [(name, href) for name, href in links if "://" not in href]
    dead = [
        (name, href)
        for name, href in inner
        if f"{href.partition('#')[0] or name}#{href.partition('#')[2]}" not in ids
        and href not in pages
    ]

    assert dead == [] and len(inner) > 20
    assert ("lessons-first.xhtml", "https://example.org/index.html") in links
    assert ("lessons-first.xhtml", "lessons-second.xhtml#lessons-second") in links
    assert ("lessons-second.xhtml", "lessons-first.xhtml#lessons-first--double-it") in links


@pytest.mark.parametrize(
    ("chapter", "selector", "text"),
    [
        ("lessons-first", "math mtable", "x12"),
        ("lessons-first", ".cell_input", "total = 1 + 2"),
        ("lessons-first", ".cell_output", "3"),
        ("lessons-first", ".la-change", "1.1 Change it Add more. What is it? What happens"),
        ("lessons-first", ".la-check", "1.2 Check: choose one What is 20 + 22? 42 44 Answer"),
        ("lessons-first", ".la-exercise__checks", "Checks double(2) == 4"),
        ("lessons-first", ".cell", "A table of data stands here on the site."),
        ("lessons-first", ".la-measure", "n loops, as built"),
        ("lessons-second", ".la-player", "Make it"),
        ("lessons-second", ".la-player__value", "3"),
        ("lessons-second", "ol.arabic, ol", "Add x"),
        ("lessons-second", ".la-shapes-table, .docutils", "(3, 2)"),
    ],
)
def test_what_can_be_used_on_the_site_is_its_static_self(pages, chapter, selector, text):
    found = pages[f"{chapter}.xhtml"].select(selector)

    assert any(text in said(node) for node in found), [said(node) for node in found]


def test_what_only_a_browser_has_is_left_out(pages):
    for page in pages.values():
        for text in (
            "There it is slower",
            "hidden",
            "JavaScript",
            "minutes · Notebook",
            "Read on",
            "1e-6",
        ):
            assert text not in said(page)


def test_an_answer_is_at_the_end_and_each_place_leads_to_the_other(pages):
    chapter, answers = pages["lessons-first.xhtml"], pages["answers.xhtml"]
    wanted = {
        "1.1 Change it": ["1 + 7", "8", "Five more than before."],
        "1.2 Check: choose one": ["42", "The tens make forty.", "44: You added the tens twice."],
        "1.3 Exercise: Double it": [
            "Hint Add it to itself.",
            "Solution def double(x): return x + x",
        ],
    }

    assert len(chapter.select(".la-book__to a")) == len(wanted)
    for link in chapter.select(".la-book__to a"):
        name, _, anchor = link["href"].partition("#")
        answer = answers.find(id=anchor)
        back = answer.select_one(".la-book__of a")
        assert name == "answers.xhtml"
        task = chapter.find(id=back["href"].removeprefix("lessons-first.xhtml#"))
        assert link in task.select("a") and said(task).startswith(said(back))
        for part in wanted.pop(said(back)):
            assert part in said(answer)
            assert part in ("42", "1 + 7", "8") or part not in said(chapter)
    assert wanted == {}


def test_the_archive_is_the_same_bytes_each_time_but_for_a_date_that_one_asks_for(
    archive, read, monkeypatch
):
    before = archive.read_bytes()
    books = []
    monkeypatch.setitem(builder.FORMS, "epub", lambda book, path: books.append(book))
    read.written_by("book")
    epub.write(books[0], archive)
    again = archive.read_bytes()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    epub.write(books[0], archive)
    dated = zipfile.ZipFile(archive)

    assert again == before
    assert zipfile.ZipFile(archive).infolist()[0].filename == "mimetype"
    assert dated.infolist()[0].compress_type == zipfile.ZIP_STORED
    assert {info.date_time for info in dated.infolist()} == {(2001, 9, 9, 1, 46, 40)}
    assert b"2001-09-09T01:46:40Z" in dated.read("EPUB/package.opf")
    archive.write_bytes(before)


def test_the_page_links_to_files_that_were_made_and_else_says_how(shared_site, tmp_path):
    folder = tmp_path / "made"
    pages = {"index.md": BOOK.replace("lessons/*", "index").replace("guide\nterms/index", "index")}
    without = shared_site(pages, book_folder=str(tmp_path / "none"), project="My Book")
    folder.mkdir()
    (folder / "my-book.epub").write_bytes(bytes(2_340_000))
    made = shared_site(pages, book_folder=str(folder), project="My Book")

    assert without.warnings == made.warnings == ""
    assert without.html("index").select("a[href*=my-book]") == []
    assert "nox -s epub pdf docs" in said(without.html("index"))
    (link,) = made.html("index").select("a[href*=my-book]")
    assert (made.app.outdir / link["href"]).stat().st_size == 2_340_000
    assert "EPUB" in said(link) and "2.3 MB" in said(link.parent)


def test_a_line_that_names_no_page_is_warned_of(build_site):
    site = build_site({"index.md": "# Home\n\n```{book}\nlesons/*\n```\n"})

    assert "no page matches 'lesons/*'; write a page, or a pattern" in site.warnings


def test_a_chart_becomes_dark_on_white_and_an_image_stays_as_it_is(tmp_path):
    def converted(pixels):
        path = tmp_path / "drawn.png"
        Image.fromarray(pixels.astype(np.uint8)).save(path)
        (tmp_path / "made.png").write_bytes(pictures.on_paper(path))
        return np.asarray(Image.open(tmp_path / "made.png").convert("RGB"))

    chart = np.full((40, 40, 3), (18, 22, 29))
    chart[10, :] = (255, 180, 84)  # a line, orange
    image = np.arange(40 * 40 * 3).reshape(40, 40, 3) % 251
    made = converted(chart)

    assert (made[0, 0] == 255).all()
    red, green, blue = made[10, 5].astype(int)
    assert red > green > blue and red < 200  # orange still, and dark
    assert (converted(image) == image).all()


def test_each_line_of_code_is_marked_up_alone():
    html = '<div><pre><span></span><span class="s2">&quot;one\ntwo&quot;</span> + x\n</pre></div>'

    assert lines(html) == (
        '<div><pre><span class="la-line"><span class="s2">&quot;one</span>\n</span>'
        '<span class="la-line"><span class="s2">two&quot;</span> + x\n</span></pre></div>'
    )
    assert "la-line--long" in lines(f"<pre>{'x' * 90}\n</pre>")
    assert re.search(r"la-line--long", lines(f"<pre>{'&lt;' * 30}\n</pre>")) is None
