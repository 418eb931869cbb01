"""Reads the pages of the book in its order, writes its chapters, and hands them to its form."""

import base64
import re
from collections.abc import Callable, Set
from pathlib import Path
from typing import Any

import numpy as np
from docutils import nodes
from sphinx.builders import Builder
from sphinx.errors import SphinxError
from sphinx.highlighting import PygmentsBridge
from sphinx.util import logging

from lesson_extensions.book import chapters, cover, epub, pdf, pictures
from lesson_extensions.book.chapters import Chapter
from lesson_extensions.book.directive import contents
from lesson_extensions.book.names import file_name
from lesson_extensions.book.parts import Book, File, Heading
from lesson_extensions.book.translator import written

logger = logging.getLogger(__name__)

FORMS: dict[str, Callable[[Book, Path], None]] = {"epub": epub.write, "pdf": pdf.write}
FACES = re.compile(r"@font-face\s*\{[^}]*\}")
DISPLAY = re.compile(r"font-display:\s*\w+")  # a site may do without a late font, a book may not
ADDRESS = re.compile(r"url\([\"']?([^\"')]+)[\"']?\)")


class BookBuilder(Builder):
    """Makes the book in the form that `book_form` names."""

    name = "book"
    format = "book"
    epilog = "The book is in %(outdir)s."
    supported_image_types = ["image/svg+xml", "image/png", "image/jpeg", "image/gif"]

    # What Sphinx's writer of HTML asks its builder for
    add_permalinks = False
    download_support = False
    fignumbers: dict[str, Any] = {}
    secnumbers: dict[str, Any] = {}
    current_docname = ""

    def init(self) -> None:
        self.imgpath = "images"  # where a chapter finds them
        self.highlighter = PygmentsBridge("html", "sphinx")
        self.math_renderer_name = self.config["html_math_renderer"] or "mathml"

    def get_outdated_docs(self) -> str:
        return "the whole book"

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        return f"{chapters.PAGE}{docname}"

    def get_relative_uri(self, from_: str, to: str, typ: str | None = None) -> str:
        return self.get_target_uri(to)

    def write_documents(self, docnames: Set[str]) -> None:
        parts = contents(self.env)
        if not parts:
            raise SphinxError("no page has a {book} directive, which names the pages of the book")
        made = self.read_chapters(parts)
        whole = Book(
            title=self.config.project,
            author=self.config.author,
            rights=self.config.copyright,
            language=self.config.language or "en",
            site=self.config.html_baseurl,
            numpy=np.__version__,
            cover=cover.drawn(
                self.config.project, f"Every output printed by NumPy {np.__version__}"
            ),
            files=[self.file(one) for one in made],
            pictures=self.pictures(),
        )
        whole.faces, whole.fonts = self.fonts()
        for name in whole.dead_links():
            logger.warning("the book has no place %r, to which it links", name, type="book")
        FORMS[self.config.book_form](
            whole, Path(self.outdir, file_name(self.config, self.config.book_form))
        )

    def read_chapters(self, parts: list[tuple[str, list[str]]]) -> list[Chapter]:
        made, pages = [], set()
        for part, names in parts:
            for name in names:
                group = [name, *(page for page in self.env.toctree_includes.get(name, ()))]
                pages.update(group)
                trees = [(page, self.resolved(page)) for page in group]
                made.append(chapters.chapter(part, trees, self.config.html_baseurl))
        chapters.link(made, pages, self.config.html_baseurl)
        for number, one in enumerate(made, 1):
            one.number = number
            chapters.part_answers(one)
        last = chapters.answers(made, made[0].document)
        return [*made, *([last] if last else [])]

    def resolved(self, docname: str) -> nodes.document:
        self.current_docname = docname
        tree = self.env.get_and_resolve_doctree(docname, self, tags=self.tags)
        self.post_process_images(tree)
        return tree

    def file(self, one: Chapter) -> File:
        headings = [Heading(anchor, title.astext()) for anchor, title in one.sections]
        title = one.title.astext()
        if one.number:
            number = nodes.inline("", f"{one.number}\u00a0", classes=["la-book__chapter"])
            one.title.insert(0, number)
        html = written(self, one.document)
        return File(one.name, one.part, one.number, title, headings, html)

    def pictures(self) -> dict[str, bytes]:
        """{name: bytes} of all pictures in the chapters, which were written before."""
        return {
            name: pictures.on_paper(Path(self.srcdir, path))
            for path, name in sorted(self.images.items(), key=lambda item: item[1])
        }

    def fonts(self) -> tuple[str, dict[str, bytes]]:
        """The site's own faces, as CSS, and their files."""
        faces: list[str] = []
        files: dict[str, bytes] = {}
        for folder in self.config.html_static_path:
            for sheet in self.config.html_css_files:
                path = Path(self.confdir, folder, sheet if isinstance(sheet, str) else sheet[0])
                for face in FACES.findall(path.read_text("utf-8")) if path.is_file() else ():
                    address = ADDRESS.search(face)
                    if address:  # else it is one of the reader's machine
                        name = f"fonts/{len(files)}.woff2"
                        files[name] = self.font(path.parent, address[1])
                        face = ADDRESS.sub(f'url("{name}")', face)
                        faces.append(DISPLAY.sub("font-display: block", face))
        return "\n".join(faces), files

    def font(self, folder: Path, address: str) -> bytes:
        """What stands at the address in a sheet, or in the address itself."""
        if address.startswith("data:"):
            return base64.b64decode(address.partition(",")[2])
        return (folder / address).read_bytes()
