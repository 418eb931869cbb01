"""{book}: which pages are in the book, and where the page links to its files, if there are any."""

import shutil
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.matching import patfilter

from lesson_extensions.book.names import FORMS, file_name
from lesson_extensions.shared import front_matter

logger = logging.getLogger(__name__)

KEPT = "la-book"  # where Sphinx's metadata of the page has the lines of its {book}


class book_files(nodes.General, nodes.Element):
    """Stands where the links to the files will be, when it is known which were made."""


class BookDirective(SphinxDirective):
    """The contents of the book, in its order, and links to its files.

    ```{book}
    # Lessons
    lessons/*

    # Look things up
    notation
    glossary/index
    ```

    becomes: book_files

    A line `# …` begins a part. Each page is a chapter; the pages in its toctree are its sections.
    Those of a pattern come in the order that their front matter gives.
    """

    has_content = True

    def run(self) -> list[nodes.Node]:
        lines = [line.strip() for line in self.content if line.strip()]
        known = self.env.found_docs
        for line in lines:
            if not line.startswith("#") and not patfilter(known, line):
                logger.warning(
                    "no page matches %r; write a page, or a pattern such as `lessons/*`",
                    line,
                    location=self.get_location(),
                    type="book",
                )
        self.env.metadata[self.env.current_document.docname][KEPT] = lines
        node = book_files()
        self.set_source_info(node)
        return [node]


def contents(env: BuildEnvironment) -> list[tuple[str, list[str]]]:
    """[(part, pages)]: what {book} says, on whichever page it stands."""
    parts: list[tuple[str, list[str]]] = []
    for line in next((data[KEPT] for data in env.metadata.values() if KEPT in data), []):
        if line.startswith("#"):
            parts.append((line.lstrip("# "), []))
            continue
        if not parts:
            parts.append(("", []))

        def order(page: str) -> tuple[float, str]:
            return front_matter.read(env, page, "order", front_matter.LAST), page

        parts[-1][1].extend(sorted(patfilter(env.found_docs, line), key=order))
    return parts


def made(app: Sphinx) -> list[Path]:
    """The files of the book that `nox -s epub` and `nox -s pdf` have made."""
    folder = Path(app.confdir) / app.config.book_folder
    paths = [folder / file_name(app.config, form) for form in FORMS]
    return [path for path in paths if path.is_file()]


def link_files(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """book_files → a list of links, or how to make what they would lead to."""
    for node in list(doctree.findall(book_files)):
        links: nodes.Element = nodes.bullet_list(bullet="-")
        for path in made(app):
            link = nodes.reference("", FORMS[path.suffix[1:]], refuri=path.name, internal=True)
            size = f", {path.stat().st_size / 1e6:.1f} MB"
            links += nodes.list_item("", nodes.paragraph("", "", link, nodes.Text(size)))
        if not links.children:
            command = "nox -s epub pdf docs"
            links = nodes.paragraph("", "This copy of the site was built without the book; ")
            links += [nodes.literal(command, command), nodes.Text(" builds it with it.")]
        node.replace_self(links)


def copy_files(app: Sphinx, exception: Exception | None) -> None:
    """Put the files beside the page that links to them."""
    if exception or app.builder.format != "html":
        return
    for docname, data in app.env.metadata.items():
        if KEPT in data:
            for path in made(app):
                shutil.copyfile(path, Path(app.outdir, docname).parent / path.name)
