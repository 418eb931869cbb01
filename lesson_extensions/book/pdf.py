"""The book as PDF: one page of HTML, which Chromium prints until each reference names its page.

Chromium sets maths as on the site, tags what it prints for screen readers, and makes bookmarks of
headings. It knows no reference to a page, so that the numbers are read off what it printed, filled
in, and printed again. Dates are taken out: two builds of the same pages give the same bytes.
"""

import io
import re
import shutil
import tempfile
from html import escape
from pathlib import Path

from sphinx.errors import SphinxError

from lesson_extensions.book.epub import STATIC, imprint, parts
from lesson_extensions.book.parts import Book, File

BROWSERS = ("chromium", "google-chrome", "chrome")
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--font-render-hinting=none"]
ROUNDS = 3  # one will do: what is filled in takes the room of UNKNOWN
LEADING = re.compile(r'(<a\b[^>]*\bclass="[^"]*\bla-book__page\b[^>]*href="#([^"]+)"[^>]*)>')
UNKNOWN = "000"


def write(book: Book, path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, content in {**book.fonts, **named(book.pictures)}.items():
            target = Path(folder, name)
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(content)
        page = Path(folder, "book.html")
        page.write_text(html(book, {}), "utf-8")
        found = places(printed_by_chromium(page, tagged=False))  # in half the time
        for _ in range(ROUNDS):
            page.write_text(html(book, pages := found), "utf-8")
            found = places(printed := printed_by_chromium(page))
            if found == pages:
                break
        else:
            raise SphinxError(f"page numbers were not the same after {ROUNDS} rounds of printing")
        path.write_bytes(tidied(printed, book))


def named(pictures: dict[str, bytes]) -> dict[str, bytes]:
    return {f"images/{name}": content for name, content in pictures.items()}


# -- What is printed -------------------------------------------------------------------------------


def html(book: Book, pages: dict[str, int]) -> str:
    style = "\n".join(
        [
            book.faces,
            *((STATIC / name).read_text("utf-8") for name in ("book.css", "print.css")),
            *(running_head(file) for file in book.files),
        ]
    )
    chapters = "\n".join(
        f'<div class="la-book__chapter-of" style="page: {page_name(file)}">{file.html}</div>'
        for file in book.files
    )
    body = LEADING.sub(
        lambda link: f'{link[1]} data-page="{pages.get(link[2], UNKNOWN)}">',
        contents(book) + chapters,
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(book.language)}"><head><meta charset="utf-8">'
        f"<title>{escape(book.title)}</title><style>{style}</style></head>\n<body>"
        f'<div class="la-book__cover">{book.cover}</div>{imprint(book)}{body}</body></html>\n'
    )


def page_name(file: File) -> str:
    return f"of-{file.name}"


def running_head(file: File) -> str:
    """The chapter's title at the head of each of its pages but the first."""
    text = f"{file.number}  {file.title}" if file.number else file.title
    said = text.replace("\\", "\\\\").replace('"', '\\"')
    return (
        f'@page {page_name(file)} {{ @top-right {{ content: "{said}"; '
        'font: 9pt "LA Serif", serif; color: #565f6b; }} }\n'.replace("}} }", "} }")
        + f"@page {page_name(file)}:first {{ @top-right {{ content: none; }} }}"
    )


def contents(book: Book) -> str:
    """Chapters and their sections; a chapter of many, such as a glossary, is only named."""

    def link(anchor: str, title: str, number: str = "") -> str:
        numbered = f'<span class="la-book__number">{number}</span>' if number else ""
        return (
            f'<a class="la-book__page" href="#{anchor}">{numbered}<span>{escape(title)}</span></a>'
        )

    made = []
    for part, files in parts(book):
        items = []
        for file in files:
            inner = "".join(
                f"<li>{link(heading.anchor, heading.title)}</li>" for heading in file.headings
            )
            number = str(file.number or "")
            items.append(
                f"<li>{link(file.anchor, file.title, number)}"
                + (f'<ol class="la-book__inner">{inner}</ol>' if inner else "")
                + "</li>\n"
            )
        made.append((f"<h2>{escape(part)}</h2>" if part else "") + f"<ol>{''.join(items)}</ol>")
    return f'<section class="la-book__contents"><h1>Contents</h1>{"".join(made)}</section>\n'


# -- Printing it -----------------------------------------------------------------------------------


def printed_by_chromium(page: Path, *, tagged: bool = True) -> bytes:
    from playwright.sync_api import sync_playwright  # not to make an EPUB

    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not browser:
        raise SphinxError("to print the book install Chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=FLAGS)
        tab = chromium.new_page()
        tab.set_default_timeout(600_000)
        tab.goto(page.as_uri())
        tab.evaluate("document.fonts.ready")
        printed = tab.pdf(
            prefer_css_page_size=True, print_background=True, tagged=tagged, outline=tagged
        )
        chromium.close()
    return bytes(printed)


def places(printed: bytes) -> dict[str, int]:
    """{id: number of the page it is on}, of all ids to which something leads."""
    import pikepdf

    with pikepdf.open(io.BytesIO(printed)) as pdf:
        numbers = {page.objgen: number for number, page in enumerate(pdf.pages, 1)}
        return {
            str(name).lstrip("/"): numbers[place[0].objgen]
            for name, place in pdf.Root.get("/Dests", {}).items()
        }


def tidied(printed: bytes, book: Book) -> bytes:
    """Without dates, with its author; the same bytes for the same pages, and a third of them."""
    import pikepdf

    with pikepdf.open(io.BytesIO(printed)) as pdf:
        del pdf.docinfo
        pdf.docinfo["/Title"] = book.title
        pdf.docinfo["/Author"] = book.author
        written = io.BytesIO()
        streams = pikepdf.ObjectStreamMode.generate
        pdf.save(written, deterministic_id=True, object_stream_mode=streams, compress_streams=True)
    return written.getvalue()
