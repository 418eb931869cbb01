"""{player}: the steps of a program, each with what it printed and the variables that it left.

directive.py reads the program, tracer.py runs it in a process of its own, nodes.py says what
HTML writes differently, static/ shows one step at a time.
"""

from pathlib import Path

from lesson_extensions.assets import add_assets
from lesson_extensions.player import nodes
from lesson_extensions.player.directive import PlayerDirective

STATIC = Path(__file__).parent / "static"


def load_where_needed(app, pagename, templatename, context, doctree):
    """A page without a player is not to carry its weight."""
    if doctree is not None and next(doctree.findall(nodes.player), None):
        app.add_css_file("player.css")
        app.add_js_file("player.js", type="module")


def setup(app):
    app.add_node(nodes.player)
    app.add_node(nodes.value, html=(nodes.visit_value, None))
    app.add_node(nodes.fold, html=(nodes.visit_fold, nodes.depart_fold))
    app.add_directive("player", PlayerDirective)
    app.connect("html-page-context", load_where_needed)
    add_assets(app, folder=STATIC)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
