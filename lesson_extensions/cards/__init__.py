"""{cards}: a folder of pages, each drawn as a card.

directive.py finds the pages, and draws the cards when all pages have been read.
"""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from lesson_extensions.cards import directive
from lesson_extensions.shared.assets import add_assets

STATIC = Path(__file__).parent / "static"


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_node(directive.cards)
    app.add_directive("cards", directive.CardsDirective)
    app.add_post_transform(directive.DrawCards)
    app.connect("env-get-outdated", directive.read_again)
    app.connect("env-before-read-docs", directive.note_read, priority=400)  # while all are listed
    app.connect("env-updated", directive.write_again)
    add_assets(app, "cards.css", folder=STATIC)
    return {
        "version": "1",
        "env_version": 1,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
