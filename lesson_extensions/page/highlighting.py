"""Code without marks that change nothing: names and brackets are most of it, and have no colour.

A `<span>` for each of them makes a page that holds much code a kilobyte heavier.
"""

from pathlib import Path

from pygments.formatters import HtmlFormatter
from pygments.token import Name, Punctuation, Text, Token
from sphinx.application import Sphinx
from sphinx.highlighting import PygmentsBridge
from sphinx.util.typing import ExtensionMetadata

PLAIN = {Token, Text, Text.Whitespace, Name, Punctuation}


class LeanFormatter(HtmlFormatter[str]):
    def _get_css_classes(self, ttype: object) -> str:
        return "" if ttype in PLAIN else str(super()._get_css_classes(ttype))


def once(app: Sphinx, exception: Exception | None) -> None:
    """Take the rules for dark pages out of Furo's sheet: the style is the same in both themes."""
    sheet = Path(app.outdir, "_static/pygments.css")
    if (
        not exception
        and sheet.is_file()
        and app.config.pygments_dark_style == app.config.pygments_style
    ):
        sheet.write_text(sheet.read_text("utf-8").partition("@media not print")[0], "utf-8")


def setup(app: Sphinx) -> ExtensionMetadata:
    PygmentsBridge.html_formatter = LeanFormatter
    app.connect("build-finished", once, priority=900)  # after Furo has written it
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
