"""What the Logic Matrix is in a page, and its HTML; other formats show its list."""

import json
from typing import Any

from docutils import nodes
from sphinx.writers.html5 import HTML5Translator

from lesson_extensions.skill_tree.draw import picture


class skill_tree(nodes.General, nodes.Element):
    """The whole: `lessons` in their order, each with its page, its facts, and what is before."""


def visit_skill_tree(self: HTML5Translator, node: nodes.Element) -> None:
    attributes: dict[str, Any] = {"aria-label": NAME}
    self.body.append(self.starttag(node, "nav", CLASS="la-skill-tree", **attributes))
    if self.builder.name == "epub":
        return
    here, lessons = self.builder.current_docname, node["lessons"]
    self.body.append(picture(lessons, lambda page: self.builder.get_relative_uri(here, page)))


NAME = "Logic Matrix"


def depart_skill_tree(self: HTML5Translator, node: nodes.Element) -> None:
    if self.builder.name != "epub":
        data = json.dumps(for_script(node["lessons"]), separators=(",", ":"), ensure_ascii=False)
        data = data.replace("<", "\\u003c")  # nothing in it can end the script
        self.body.append(f'<script type="application/json">{data}</script>\n')
    self.body.append("</nav>\n")


def for_script(lessons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What skill_tree.js needs beside the list: a lesson's place stands for it in `before`."""
    places = {lesson["page"]: place for place, lesson in enumerate(lessons)}
    return [
        {
            "page": lesson["page"],
            "formerly": lesson["formerly"],
            "before": [places[page] for page in lesson["before"]],
            "checks": lesson["checks"],
            "exercises": lesson["exercises"],
        }
        for lesson in lessons
    ]


def pass_through(self: Any, node: nodes.Element) -> None:
    pass


PLAIN = (pass_through, pass_through)
