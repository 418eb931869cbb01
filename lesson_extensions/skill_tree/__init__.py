"""{skill-tree}: the Logic Matrix, a map of the lessons that lights up as they are mastered.

domain.py knows the lessons and what each builds on; directive.py puts them into a page as a list of
links, and draw.py as a picture. static/skill_tree.js says what the reader has done of each, as
static/progress.js keeps it in the browser.
"""

from pathlib import Path

from lesson_extensions.shared.assets import add_assets
from lesson_extensions.skill_tree import directive, domain, nodes

STATIC = Path(__file__).parent / "static"


def setup(app):
    domain.setup(app)
    directive.setup(app)
    nodes.setup(app)
    add_assets(app, "skill_tree.css", "skill_tree.js", folder=STATIC)
    return {
        "version": "1",
        "env_version": 1,  # raise it when what the domain keeps changes shape
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
