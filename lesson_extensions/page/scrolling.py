"""What is wider than its box can be scrolled by keyboard too: scrolling.js, on every page."""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from lesson_extensions.shared.assets import add_assets


def setup(app: Sphinx) -> ExtensionMetadata:
    add_assets(app, "scrolling.js", folder=Path(__file__).parent / "static")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
