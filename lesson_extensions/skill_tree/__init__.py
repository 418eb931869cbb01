"""{skill-tree}: the Logic Matrix, a map of the lessons that lights up as they are mastered.

directive.py puts the lessons into a page as a list of links, layout.py says where each stands as a
box and how lines run between them, and nodes.py writes both; domain.py knows which pages to write
again when a lesson changes. static/skill_tree.js says what the reader has done of each, as
progress.js keeps it in the browser.
"""

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from lesson_extensions.shared.assets import add_assets
from lesson_extensions.skill_tree import directive, domain, nodes


def pass_through(self: Any, node: nodes.skill_tree) -> None:
    pass


PLAIN = (pass_through, pass_through)  # the list in it is all that these formats show
STATIC = Path(__file__).parent / "static"


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_domain(domain.SkillTreeDomain)
    app.add_node(
        nodes.skill_tree,
        html=(nodes.visit_skill_tree, nodes.depart_skill_tree),
        latex=PLAIN,
        text=PLAIN,
        man=PLAIN,
        texinfo=PLAIN,
        xml=PLAIN,
        book=PLAIN,
    )
    app.add_node(nodes.course_part, html=(nodes.visit_course_part, nodes.depart_course_part))
    app.add_node(nodes.lesson_list, html=(nodes.visit_lesson_list, nodes.depart_lesson_list))
    app.add_node(nodes.lesson_item, html=(nodes.visit_lesson_item, nodes.depart_lesson_item))
    app.add_directive("skill-tree", directive.SkillTreeDirective)
    app.add_post_transform(directive.ListLessons)
    app.connect("doctree-read", domain.note_tree)
    app.connect("env-updated", domain.draw_again)  # at each build, also when nothing was read
    add_assets(app)  # skill_tree.js imports progress.js from there
    add_assets(app, "skill_tree.css", "skill_tree.js", folder=STATIC)
    return {
        "version": "1",
        "env_version": 3,  # raise it when what the domain keeps changes shape
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
