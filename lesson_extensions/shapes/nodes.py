"""What the calculator and its examples are in a page."""

from html import escape

from docutils import nodes
from sphinx.writers.html5 import HTML5Translator

from lesson_extensions.shared.words import _


class shape_calculator(nodes.General, nodes.Element):
    """Where the script puts its form."""


class shape_table(nodes.container):
    """Examples of one operation, each with what NumPy makes of it."""


class said_by_numpy(nodes.inline):
    """Stands for a link to the page on what NumPy says, its `message`, until all pages are read."""


def visit_calculator(self: HTML5Translator, node: nodes.Element) -> None:
    needs = _(
        "The calculator needs JavaScript. What NumPy makes of the shapes below stands there "
        "without."
    )
    self.body.append(f'<div class="la-shapes la-panel"><p>{escape(needs)}</p></div>\n')
    raise nodes.SkipNode


def pass_over(self: object, node: nodes.Element) -> None:
    raise nodes.SkipNode
