"""What an exercise is in a page, and its HTML; other formats show its parts one after the other."""

import json

from docutils import nodes

from lesson_extensions.exercise import grade


class exercise(nodes.container):
    """The whole: `spec` is what prove.py calls an exercise, `label` and `title` are texts."""


class exercise_title(nodes.paragraph):
    """The title; no docutils title, since an exercise is no section of the page."""


def visit_exercise(self, node):
    titled = {"aria-labelledby": f"{node['label']}-title"}
    self.body.append(self.starttag(node, "section", **titled))


def depart_exercise(self, node):
    data = {
        "label": node["label"],
        "pack": grade.pack(node["spec"]),
    }
    text = json.dumps(data)  # a label, a name and base64: nothing that could end the element
    self.body.append(f'<script type="application/json">{text}</script></section>\n')


def visit_title(self, node):
    level = min(self.section_level + 1, 6)
    attributes = {"ids": [f"{node.parent['label']}-title"], "CLASS": "la-exercise__title"}
    self.body.append(self.starttag(node, f"h{level}", "", **attributes))
    self.body.append('<span class="la-exercise__kicker">Exercise</span> ')


def depart_title(self, node):
    self.body.append(f"</h{min(self.section_level + 1, 6)}>\n")


def setup(app):  # writers of other formats take them for the container and the paragraph they are
    app.setup_extension("lesson_extensions.shared.folds")
    app.add_node(exercise, html=(visit_exercise, depart_exercise))
    app.add_node(exercise_title, html=(visit_title, depart_title))
