"""{path} and {paths}: walks through the lessons, each for a reader who is after something.

A path is one page, whose list of links is the walk; {paths} shows all of them. directive.py reads
and draws them, domain.py keeps and judges them, nodes.py writes them; at the foot of each page that
lies on a path stands what comes next on it. static/paths.js says how far the reader has come.
"""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from lesson_extensions.paths import directive, domain, nodes
from lesson_extensions.shared.assets import add_assets

STATIC = Path(__file__).parent / "static"


def setup(app: Sphinx) -> ExtensionMetadata:
    app.setup_extension("lesson_extensions.shared.folds")
    app.add_domain(domain.PathsDomain)
    for node in (nodes.path, nodes.paths, nodes.step, nodes.onward, nodes.ways):
        app.add_node(node, html=(nodes.visit, nodes.depart))
    app.add_directive("path", directive.PathDirective)
    app.add_directive("paths", directive.PathsDirective)
    app.add_post_transform(directive.DrawPaths)
    app.connect("doctree-read", domain.note_path)
    app.connect("env-updated", domain.judge)  # at each build, also when nothing was read
    add_assets(app)  # paths.js imports progress.js from there
    add_assets(app, "paths.css", "paths.js", folder=STATIC, on=nodes.is_of_a_path)
    return {
        "version": "1",
        "env_version": 1,  # raise it when what the domain keeps changes shape
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
