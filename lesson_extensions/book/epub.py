"""The book as EPUB 3.3: the chapters in their frame, the files that say what is where, one archive.

Two builds of the same pages give the same bytes: no file has a date of its own.
"""

import os
import re
import time
import uuid
import zipfile
from html import escape
from pathlib import Path
from xml.etree import ElementTree

from sphinx.errors import SphinxError

from lesson_extensions.book.parts import LINK, Book, File

STATIC = Path(__file__).parent / "static"
EPOCH = 315532800  # 1980, the first year that a ZIP archive knows
TYPES = {".png": "image/png", ".svg": "image/svg+xml", ".jpg": "image/jpeg", ".gif": "image/gif"}
TYPES |= {".jpeg": "image/jpeg", ".woff2": "font/woff2", ".css": "text/css"}
CONTAINER = """<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles>
<rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/>
</rootfiles>
</container>
"""


def write(book: Book, path: Path) -> None:
    files = packed(book)
    date = time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", EPOCH)))[:6]
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, date)
            info.external_attr = 0o644 << 16
            is_type = name == "mimetype"  # which stands in the archive as it is
            info.compress_type = zipfile.ZIP_STORED if is_type else zipfile.ZIP_DEFLATED
            archive.writestr(info, content)


def packed(book: Book) -> dict[str, str | bytes]:
    """{name: content} in the order of the archive."""
    places = book.places()
    chapters = {f"{file.name}.xhtml": chapter(book, file, places) for file in book.files}
    style = book.faces + (STATIC / "book.css").read_text("utf-8")
    pages = {"cover.xhtml": cover(book), "colophon.xhtml": colophon(book), **chapters}
    pages["nav.xhtml"] = navigation(book)
    for name, text in pages.items():
        try:
            ElementTree.fromstring(text)
        except ElementTree.ParseError as error:
            line = text.splitlines()[error.position[0] - 1]
            at = line[max(0, error.position[1] - 60) :][:120]
            raise SphinxError(f"{name} of the EPUB is no XHTML: {error}: {at}") from error
    others: dict[str, str | bytes] = {"book.css": style, "cover.svg": book.cover}
    others |= book.fonts
    others |= {f"images/{name}": content for name, content in book.pictures.items()}
    files: dict[str, str | bytes] = {"mimetype": "application/epub+zip"}
    files["META-INF/container.xml"] = CONTAINER
    files["EPUB/package.opf"] = package(book, pages, others)
    files |= {f"EPUB/{name}": content for name, content in (pages | others).items()}
    return files


def frame(book: Book, title: str, body: str, kind: str) -> str:
    language = escape(book.language)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" '
        f'lang="{language}" xml:lang="{language}">\n<head><meta charset="utf-8"/>'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="book.css"/></head>\n'
        f'<body epub:type="{kind}">\n{body}\n</body>\n</html>\n'
    )


def chapter(book: Book, file: File, places: dict[str, str]) -> str:
    """With links that name the file to which they lead."""

    def address(found: re.Match[str]) -> str:
        target = places.get(found[1], file.name)
        return f'href="{"" if target == file.name else f"{target}.xhtml"}#{found[1]}"'

    kind = "bodymatter" if file.number else "backmatter"
    return frame(book, file.title, LINK.sub(address, file.html), kind)


def cover(book: Book) -> str:
    picture = f'<img src="cover.svg" alt="{escape(book.title)}" role="doc-cover"/>'
    return frame(book, book.title, f'<div class="la-book__cover">{picture}</div>', "cover")


def colophon(book: Book) -> str:
    return frame(book, book.title, imprint(book), "frontmatter")


def imprint(book: Book) -> str:
    """Whose work it is, and what ran."""
    site = f'<a href="{escape(book.site)}">{escape(book.site)}</a>'
    return (
        f'<section class="la-book__imprint"><p class="la-book__title">{escape(book.title)}</p>\n'
        f"<p>{escape(book.rights)}.</p>\n"
        f"<p>Every output in this book was printed by NumPy {escape(book.numpy)} when it was "
        f"made. To run the code, change it and have your answers checked, read it at {site}.</p>\n"
        "<p>Each task leads to its answer at the end of the book, and that back to it.</p>"
        "</section>"
    )


def parts(book: Book) -> list[tuple[str, list[File]]]:
    grouped: list[tuple[str, list[File]]] = []
    for file in book.files:
        if not grouped or grouped[-1][0] != file.part:
            grouped.append((file.part, []))
        grouped[-1][1].append(file)
    return grouped


def navigation(book: Book) -> str:
    def item(file: File) -> str:
        inner = "".join(
            f'<li><a href="{file.name}.xhtml#{heading.anchor}">{escape(heading.title)}</a></li>\n'
            for heading in file.headings
        )
        number = f"{file.number} " if file.number else ""
        link = f'<a href="{file.name}.xhtml">{number}{escape(file.title)}</a>'
        return f"<li>{link}{f'<ol>{inner}</ol>' if inner else ''}</li>\n"

    made = []
    for part, files in parts(book):
        items = "".join(map(item, files))
        made.append(f"<li><span>{escape(part)}</span><ol>{items}</ol></li>\n" if part else items)
    first = book.files[0].name
    body = (
        f'<nav epub:type="toc" id="toc"><h1>Contents</h1><ol>\n{"".join(made)}</ol></nav>\n'
        '<nav epub:type="landmarks" hidden="hidden"><h2>Landmarks</h2><ol>'
        '<li><a epub:type="cover" href="cover.xhtml">Cover</a></li>'
        '<li><a epub:type="toc" href="#toc">Contents</a></li>'
        f'<li><a epub:type="bodymatter" href="{first}.xhtml">First chapter</a></li></ol></nav>'
    )
    return frame(book, "Contents", body, "frontmatter")


def package(book: Book, pages: dict[str, str], others: dict[str, str | bytes]) -> str:
    """What the archive holds, and in which order to read it."""
    modified = time.strftime(
        "%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", EPOCH)))
    )
    identifier = uuid.uuid5(uuid.NAMESPACE_URL, book.site or book.title).urn
    items, spine = [], []
    for number, (name, text) in enumerate(pages.items()):
        found = {"mathml": "<math" in text, "svg": "<svg" in text, "nav": name == "nav.xhtml"}
        properties = " ".join(kind for kind, is_there in found.items() if is_there)
        said = f' properties="{properties}"' if properties else ""
        items.append(
            f'<item id="page{number}" href="{name}" media-type="application/xhtml+xml"{said}/>'
        )
        spine.append((name, f'<itemref idref="page{number}"/>'))
    spine.sort(
        key=lambda item: {"cover.xhtml": 0, "colophon.xhtml": 1, "nav.xhtml": 2}.get(item[0], 3)
    )
    for number, name in enumerate(others):
        said = ' properties="cover-image"' if name == "cover.svg" else ""
        kind = TYPES[Path(name).suffix]
        items.append(f'<item id="file{number}" href="{name}" media-type="{kind}"{said}/>')
    features = [
        "alternativeText",
        "MathML",
        "readingOrder",
        "structuralNavigation",
        "tableOfContents",
    ]
    accessibility = "\n".join(
        f'<meta property="schema:{name}">{value}</meta>'
        for name, value in [
            *(("accessMode", mode) for mode in ("textual", "visual")),
            ("accessModeSufficient", "textual"),
            *(("accessibilityFeature", feature) for feature in features),
            ("accessibilityHazard", "none"),
            ("accessibilitySummary", "Each picture is described, and formulas are MathML."),
        ]
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="book" '
        f'xml:lang="{escape(book.language)}">\n'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f'<dc:identifier id="book">{identifier}</dc:identifier>\n'
        f"<dc:title>{escape(book.title)}</dc:title>\n"
        f"<dc:creator>{escape(book.author)}</dc:creator>\n"
        f"<dc:language>{escape(book.language)}</dc:language>\n"
        f"<dc:rights>{escape(book.rights)}</dc:rights>\n"
        f'<meta property="dcterms:modified">{modified}</meta>\n{accessibility}\n</metadata>\n'
        f"<manifest>\n{chr(10).join(items)}\n</manifest>\n"
        f"<spine>\n{chr(10).join(text for _, text in spine)}\n</spine>\n</package>\n"
    )
