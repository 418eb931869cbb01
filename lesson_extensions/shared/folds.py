"""A fold: `<details>` in HTML; in other formats its parts, one after the other.

A feature that has folds calls `app.setup_extension("lesson_extensions.shared.folds")` in its setup.
"""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator


class fold(nodes.container):
    """Named by its `classes`; its first child, a fold_title, is always seen."""


class fold_title(nodes.paragraph):
    """Such as Answer, or Hint 1."""


def visit_fold(self: HTML5Translator, node: nodes.Element) -> None:
    self.body.append(self.starttag(node, "details"))


def depart_fold(self: HTML5Translator, node: nodes.Element) -> None:
    self.body.append("</details>\n")


def visit_fold_title(self: HTML5Translator, node: nodes.Element) -> None:
    self.body.append(self.starttag(node, "summary", ""))


def depart_fold_title(self: HTML5Translator, node: nodes.Element) -> None:
    self.body.append("</summary>\n")


def setup(app: Sphinx) -> ExtensionMetadata:
    # writers of other formats take them for the container and the paragraph they are
    app.add_node(fold, html=(visit_fold, depart_fold))
    app.add_node(fold_title, html=(visit_fold_title, depart_fold_title))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
