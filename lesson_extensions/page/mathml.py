"""Maths as MathML Core, made at build: no script, and brackets that stretch around a matrix.

The font with which they stretch is declared in docs/_static/site.css.
"""

from docutils import nodes
from math_core import LatexError, LatexToMathML
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator

logger = logging.getLogger(__name__)
converter = LatexToMathML()


def mathml(node: nodes.Element, *, display: bool) -> str:
    """The `<math>` element for a math or math_block node; a warning where its LaTeX is wrong."""
    try:
        return converter.convert_with_local_state(node.astext().strip(), displaystyle=display)
    except LatexError as error:
        logger.warning(
            "this LaTeX cannot be set: %s\n%s",
            node.astext(),
            error,
            location=node,
            type="mathml",
            subtype="latex",
        )
        return ""


def visit_inline(translator: HTML5Translator, node: nodes.math) -> None:
    translator.body.append(mathml(node, display=False))
    raise nodes.SkipNode


def visit_block(translator: HTML5Translator, node: nodes.math_block) -> None:
    translator.body.append(translator.starttag(node, "div", CLASS="la-math"))
    translator.body.append(mathml(node, display=True))
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    app.config.html_math_renderer = "mathml"
    return {"parallel_read_safe": True, "parallel_write_safe": True}
