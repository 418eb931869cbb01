"""{on-your-machine}: what was timed at build, drawn so that readers can add their own times.

directive.py draws it; static/measure.js adds the button, and has timing.py run in the reader's
browser.
"""

from pathlib import Path

from lesson_extensions.measure import directive
from lesson_extensions.shared.assets import add_assets, add_python

STATIC = Path(__file__).parent / "static"


def setup(app):
    app.add_node(
        directive.chart,
        html=(directive.visit_chart, None),
        latex=(directive.pass_over, None),
        text=(directive.pass_over, None),
    )
    app.add_directive("on-your-machine", directive.OnYourMachineDirective)
    add_python(app, "lesson_extensions.measure.timing")
    add_assets(app, "measure.css", "measure.js", folder=STATIC, on=directive.chart)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
