"""What a player is made of, beside the nodes of docutils that all writers know."""

from html import escape

from docutils import nodes
from sphinx.writers.html5 import HTML5Translator


class player(nodes.container):
    """Stands around a program's steps; `notebook` holds them as cells, for the download."""


class value(nodes.literal):
    """What a variable or an expression holds, as Python prints it: line breaks count."""


# -- HTML ----------------------------------------------------------------------------------------


def visit_value(self: HTML5Translator, node: nodes.Element) -> None:
    text = escape(node.astext(), quote=False)
    self.body.append(f'<code class="la-player__value">{text}</code>')
    raise nodes.SkipNode
