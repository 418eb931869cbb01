"""{skill-tree}: the Logic Matrix, a map of the lessons that lights up as they are mastered.

directive.py puts the lessons into a page as a list of links, and draw.py as a picture; domain.py
knows which pages to write again when a lesson changes. static/skill_tree.js says what the reader
has done of each, as static/progress.js keeps it in the browser.
"""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from lesson_extensions.shared.assets import add_assets
from lesson_extensions.skill_tree import directive, domain, nodes

STATIC = Path(__file__).parent / "static"


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_domain(domain.SkillTreeDomain)
    app.add_node(
        nodes.skill_tree,
        html=(nodes.visit_skill_tree, nodes.depart_skill_tree),
        latex=nodes.PLAIN,
        text=nodes.PLAIN,
        man=nodes.PLAIN,
        texinfo=nodes.PLAIN,
        xml=nodes.PLAIN,
    )
    app.add_directive("skill-tree", directive.SkillTreeDirective)
    app.add_post_transform(directive.ListLessons)
    app.connect("doctree-read", domain.note_tree)
    app.connect("env-updated", domain.draw_again)  # at each build, also when nothing was read
    add_assets(app)  # skill_tree.js imports progress.js from there
    add_assets(app, "skill_tree.css", "skill_tree.js", folder=STATIC)
    return {
        "version": "1",
        "env_version": 2,  # raise it when what the domain keeps changes shape
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
