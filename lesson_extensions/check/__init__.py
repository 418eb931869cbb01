"""{check}: a question whose answer is computed when the page is built.

directive.py reads what the author wrote, prover.py runs it, nodes.py shows it, and static/check.js
asks the reader.
"""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from lesson_extensions.check import directive, nodes
from lesson_extensions.shared.assets import add_assets

STATIC = Path(__file__).parent / "static"


def setup(app: Sphinx) -> ExtensionMetadata:
    nodes.setup(app)
    app.add_directive("check", directive.CheckDirective)
    add_assets(app)  # check.js imports guess.js and progress.js from there
    add_assets(app, "check.css", "check.js", folder=STATIC, on=nodes.check, later=True)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
