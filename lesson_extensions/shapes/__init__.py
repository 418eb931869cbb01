"""The shape calculator: what NumPy makes of two shapes, in pages and while a reader types.

directive.py has NumPy answer the examples of a page, nodes.py makes their HTML, and
static/shapes.js answers the reader by the rules in static/shape_rules.js. The words of NumPy's
errors come from numpy_says.py, once a build, in a file that the script loads.
"""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from lesson_extensions.shapes import directive, nodes, serving
from lesson_extensions.shared.assets import add_assets

STATIC = Path(__file__).parent / "static"


def setup(app: Sphinx) -> ExtensionMetadata:
    app.setup_extension("lesson_extensions.shared.gallery")
    app.add_node(
        nodes.shape_calculator,
        html=(nodes.visit_calculator, None),
        latex=(nodes.pass_over, None),
        text=(nodes.pass_over, None),
        book=(nodes.pass_over, None),
    )
    app.add_node(nodes.said_by_numpy)
    app.add_directive("shape-calculator", directive.CalculatorDirective)
    app.add_directive("shapes", directive.ShapesDirective)
    app.connect("doctree-resolved", serving.link_errors)
    app.connect("build-finished", serving.write)
    add_assets(app, "shapes.css", folder=STATIC, on=nodes.shape_table)
    add_assets(app, "shapes.css", "shapes.js", folder=STATIC, on=nodes.shape_calculator)
    return {
        "version": "1",
        "env_version": 1,  # raise it when a class of nodes moves, or changes what it holds
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
