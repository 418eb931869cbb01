"""{sheet}: a page as one sheet of paper, a PDF of its `>>>` examples that is made at build.

The examples are the page's own, which pytest runs; paper.py sets them by Typst, as sheet.typ says.
"""

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from lesson_extensions.sheet import paper

logger = logging.getLogger(__name__)


class SheetDirective(SphinxDirective):
    """Where the page links to its PDFs; its front matter says `sheet: true`, so that they are made.

    becomes: paragraph > a reference for each size of paper
    """

    def run(self) -> list[nodes.Node]:
        if "sheet" not in self.env.metadata[self.env.docname]:
            logger.warning(
                "{sheet} links to PDFs that nobody makes; write `sheet: true` in the front matter",
                location=self.get_location(),
                type="sheet",
            )
            return []
        name = Path(self.env.docname).name
        links = nodes.paragraph("", "To print, one page: ")
        for number, (size, said) in enumerate(paper.SIZES.items()):
            links += nodes.Text(", " if number else "")
            address = f"{name}-{size}.pdf"
            links += nodes.reference("", f"{said} (PDF)", refuri=address, internal=True)
        links += nodes.Text(".")
        return [links]


def make(app: Sphinx, exception: Exception | None) -> None:
    """Write the PDFs beside each page that asks for them; warn where one is not one page."""
    if exception or app.builder.format != "html":
        return
    for docname in sorted(app.env.found_docs):
        if "sheet" not in app.env.metadata[docname]:
            continue
        content = paper.content(app.env.get_doctree(docname))
        content["where"] = app.config.html_baseurl + app.builder.get_target_uri(docname)
        for size in paper.SIZES:
            path = Path(app.outdir, f"{docname}-{size}.pdf")
            taken = paper.write(content, size, path)
            if taken != 1:
                logger.warning(
                    "the sheet takes %s pages of %s; shorten it, or make sheet.typ set it smaller",
                    taken,
                    paper.SIZES[size],
                    location=docname,
                    type="sheet",
                )


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_directive("sheet", SheetDirective)
    app.connect("build-finished", make)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
