"""A picture that a cell draws must say, to who cannot see it, what it shows."""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.typing import ExtensionMetadata

logger = logging.getLogger(__name__)

WORDS = 5  # fewer say what it is, not what it shows


def check_alt_texts(app: Sphinx, doctree: nodes.document) -> None:
    """Warn of each cell whose picture has no alt text, or one of fewer than five words."""
    for cell in doctree.findall(nodes.container):
        if cell.get("nb_element") != "cell_code" or not draws(cell):
            continue
        options = cell["cell_metadata"].get("mystnb", {})
        alt = options.get("image", {}).get("alt", "")
        if len(alt.split()) < WORDS:
            logger.warning(
                "this cell draws a picture without an alt text of at least %s words; say what one "
                "sees, under `mystnb: image: alt:` as CONTRIBUTING.md shows under “A picture”",
                WORDS,
                location=cell,
                type="pictures",
            )


def draws(cell: nodes.container) -> bool:
    return any(
        output.get("mime_type", "").startswith("image/") for output in cell.findall(nodes.container)
    )


def setup(app: Sphinx) -> ExtensionMetadata:
    app.connect("doctree-read", check_alt_texts)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
