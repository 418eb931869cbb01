"""{player}: the steps of a program, each with what it printed and the variables that it left.

directive.py reads the program, tracer.py runs it in a process of its own, nodes.py says what
HTML writes differently, static/ shows one step at a time.
"""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from lesson_extensions.player import nodes
from lesson_extensions.player.directive import PlayerDirective
from lesson_extensions.shared.assets import add_assets

STATIC = Path(__file__).parent / "static"


def setup(app: Sphinx) -> ExtensionMetadata:
    app.setup_extension("lesson_extensions.shared.folds")
    app.add_node(nodes.player)
    app.add_node(nodes.value, html=(nodes.visit_value, None), book=(nodes.visit_value, None))
    app.add_directive("player", PlayerDirective)
    add_assets(app)  # player.js imports guess.js from there
    add_assets(app, "player.css", "player.js", folder=STATIC, on=nodes.player)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
