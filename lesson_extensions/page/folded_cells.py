"""The fold of a hidden cell as HTML allows it: myst-nb puts paragraphs into its `<summary>`.

It names each such fold alike as well, whatever words one sees on it; here these are its name.
"""

from html import escape

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode, depart_HideCellInput
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator


def visit_fold(self: HTML5Translator, node: nodes.Element) -> None:
    """What is seen while it is closed, and while it is open; docs/_static/site.css shows one."""
    self.body.append(self.starttag(node, "details", CLASS="admonition hide"))
    self.body.append(
        f'<summary><span class="collapsed">{escape(node["prompt_show"])}</span>'
        f'<span class="expanded">{escape(node["prompt_hide"])}</span></summary>\n'
    )


def setup(app: Sphinx) -> ExtensionMetadata:
    app.setup_extension("myst_nb")
    app.add_node(HideCodeCellNode, override=True, html=(visit_fold, depart_HideCellInput))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
