"""What an exercise is in a page, and its HTML; other formats show its parts one after the other."""

import json
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from lesson_extensions.exercise import grade
from lesson_extensions.shared.words import _


class exercise(nodes.container):
    """The whole: `spec` is what prove.py calls an exercise, `label` and `title` are texts."""


class exercise_title(nodes.paragraph):
    """The title; no docutils title, since an exercise is no section of the page."""


def visit_exercise(self: HTML5Translator, node: nodes.Element) -> None:
    titled: dict[str, Any] = {"aria-labelledby": f"{node['label']}-title"}
    self.body.append(self.starttag(node, "section", **titled))


def depart_exercise(self: HTML5Translator, node: nodes.Element) -> None:
    data = {"label": node["label"], "pack": grade.pack(node["spec"])}
    text = json.dumps(data)  # a label, a name and base64: nothing that could end the element
    self.body.append(f'<script type="application/json">{text}</script></section>\n')


def visit_title(self: HTML5Translator, node: nodes.Element) -> None:
    level = min(self.section_level + 1, 6)
    ids: dict[str, Any] = {"ids": [f"{node.parent['label']}-title"]}
    self.body.append(self.starttag(node, f"h{level}", "", CLASS="la-exercise__title", **ids))
    self.body.append(f'<span class="la-exercise__kicker">{_("Exercise")}</span> ')


def depart_title(self: HTML5Translator, node: nodes.Element) -> None:
    self.body.append(f"</h{min(self.section_level + 1, 6)}>\n")


def setup(app: Sphinx) -> None:
    # writers of other formats take them for the container and the paragraph they are
    app.setup_extension("lesson_extensions.shared.folds")
    app.add_node(exercise, html=(visit_exercise, depart_exercise))
    app.add_node(exercise_title, html=(visit_title, depart_title))
