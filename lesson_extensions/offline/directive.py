"""{offline}: where a reader has the whole site kept, or takes it along as a zip."""

from html import escape

from docutils import nodes
from sphinx.util.docutils import SphinxDirective, SphinxTranslator
from sphinx.writers.html5 import HTML5Translator

from lesson_extensions.shared.words import _

# Stands in the page for the link to the zip, which is made of the pages: see tools/zip/.
ZIP = '<p class="la-offline__zip"></p>'


class keep_all(nodes.General, nodes.Element):
    """Where the script puts its button."""


class OfflineDirective(SphinxDirective):
    """```{offline}``` becomes: keep_all"""

    def run(self) -> list[nodes.Node]:
        return [keep_all()]


def visit_keep_all(self: HTML5Translator, node: nodes.Element) -> None:
    needs = _("To keep the site, this page needs JavaScript, and a browser with a service worker.")
    self.body.append(
        '<div class="la-offline la-panel"><p class="la-offline__says" role="status">'
        f"{escape(needs)}</p>{ZIP}</div>\n"
    )
    raise nodes.SkipNode


def pass_over(self: SphinxTranslator, node: nodes.Element) -> None:
    raise nodes.SkipNode
