"""{on-your-machine}: what was timed at build, drawn so that readers can add their own times.

directive.py reads it, nodes.py draws it, and static/measure.js adds the button and has timing.py
run in the reader's browser.
"""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from lesson_extensions.measure import directive, fit, nodes
from lesson_extensions.shared.assets import add_assets, add_python

STATIC = Path(__file__).parent / "static"


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_node(
        nodes.chart,
        html=(nodes.visit_chart, None),
        latex=(nodes.pass_over, None),
        text=(nodes.pass_over, None),
        book=(nodes.pass_over, None),
    )
    app.add_node(
        fit.fit_calculator,
        html=(fit.visit_fit, None),
        latex=(nodes.pass_over, None),
        text=(nodes.pass_over, None),
        book=(nodes.pass_over, None),
    )
    app.add_directive("will-it-fit", fit.WillItFitDirective)
    app.add_directive("on-your-machine", directive.OnYourMachineDirective)
    add_python(app, "lesson_extensions.measure.timing")
    add_assets(app, "measure.css", "measure.js", folder=STATIC, on=nodes.chart)
    add_assets(app, "measure.css", "fit.css", "fit.js", folder=STATIC, on=fit.fit_calculator)
    return {
        "version": "1",
        "env_version": 1,  # raise it when a class of nodes moves, or changes what it holds
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
