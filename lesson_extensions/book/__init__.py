"""The site as a book: an EPUB, and a PDF to print, of the pages that {book} names.

builder.py reads the pages in their order, chapters.py makes chapters of them and moves what is in
folds to the end, translator.py writes XHTML, which epub.py packs and pdf.py prints. cover.py draws
the cover. What a feature shows in a book is what its nodes show to a writer that knows no scripts:
the container and the paragraph that they inherit from, or a visitor under `book` in add_node().
"""

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.typing import ExtensionMetadata

from lesson_extensions.book import directive
from lesson_extensions.book.builder import BookBuilder
from lesson_extensions.book.translator import BookTranslator

# As myst-nb ranks them for HTML, without what needs a script
OUTPUTS = ("image/svg+xml", "image/png", "image/jpeg", "text/latex", "text/plain")


def rank_outputs(app: Sphinx, config: Config) -> None:
    if "nb_mime_priority_overrides" in config:
        ranks = [(BookBuilder.name, kind, rank) for rank, kind in enumerate(OUTPUTS)]
        config.nb_mime_priority_overrides = [*config.nb_mime_priority_overrides, *ranks]


def setup(app: Sphinx) -> ExtensionMetadata:
    app.setup_extension("lesson_extensions.shared.folds")
    app.add_config_value("book_folder", "docs/_build/book", "html", str)
    app.add_config_value("book_form", "epub", "", str)
    app.add_builder(BookBuilder)
    app.set_translator(BookBuilder.name, BookTranslator)
    app.add_node(directive.book_files)
    app.add_directive("book", directive.BookDirective)
    app.connect("config-inited", rank_outputs)
    app.connect("doctree-resolved", directive.link_files)
    app.connect("build-finished", directive.copy_files)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
