"""The link to the notebook of a page, and its HTML."""

from docutils import nodes
from sphinx.writers.html5 import HTML5Translator


class notebook_link(nodes.Inline, nodes.TextElement):
    """A link to the notebook at the relative `address`, which a browser saves."""


def visit_notebook_link(self: HTML5Translator, node: nodes.Element) -> None:
    address = {"href": node["address"], "download": ""}
    self.body.append(self.starttag(node, "a", "", CLASS="reference download internal", **address))


def depart_notebook_link(self: HTML5Translator, node: nodes.Element) -> None:
    self.body.append("</a>")
