"""Pages that define terms: {term}`dot product` links to one and shows its definition.

domain.py collects the definitions and gives them to the links; static/glossary.js shows them.
"""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from lesson_extensions.glossary import domain
from lesson_extensions.shared.assets import add_assets

STATIC = Path(__file__).parent / "static"


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_domain(domain.GlossaryDomain)
    app.connect("doctree-read", domain.collect_terms)
    app.add_post_transform(domain.NoteDefinitions)
    app.connect("doctree-resolved", domain.show_definitions)
    add_assets(app, "glossary.css", folder=STATIC)
    add_assets(app, "glossary.js", folder=STATIC, later=True)
    return {
        "version": "1",
        "env_version": 1,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
