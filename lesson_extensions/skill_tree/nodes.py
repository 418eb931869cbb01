"""What the Logic Matrix is in a page, and its HTML; other formats show its list."""

import json
from html import escape

from docutils import nodes

from lesson_extensions.skill_tree.draw import picture


class skill_tree(nodes.General, nodes.Element):
    """The whole: `lessons` in their order, each with its page, title, tasks, and what is before."""


def visit_skill_tree(self, node):
    self.body.append(self.starttag(node, "nav", CLASS="la-skill-tree", **{"aria-label": NAME}))
    if self.builder.name == "epub":
        return
    here, lessons = self.builder.current_docname, node["lessons"]
    self.body.append(picture(lessons, lambda page: self.builder.get_relative_uri(here, page)))


NAME = "Logic Matrix"


def depart_skill_tree(self, node):
    if self.builder.name != "epub":
        data = json.dumps(for_script(node["lessons"]), separators=(",", ":"), ensure_ascii=False)
        data = data.replace("<", "\\u003c")  # nothing in it can end the script
        self.body.append(f'<script type="application/json">{data}</script>\n')
    self.body.append("</nav>\n")


def for_script(lessons):
    """What skill_tree.js needs beside the list: a lesson's place stands for it in `before`."""
    places = {lesson["page"]: place for place, lesson in enumerate(lessons)}
    return [
        {
            "page": lesson["page"],
            "formerly": lesson["formerly"],
            "before": [places[page] for page in lesson["before"]],
            "checks": lesson["tasks"],
            "exercises": lesson["exercises"],
        }
        for lesson in lessons
    ]


def pass_through(self, node):
    pass


def tell_the_page(app, pagename, templatename, context, doctree):
    """Say in the head of a lesson which it is, for whoever keeps where the reader was."""
    lesson = app.env.get_domain("la-skill-tree").data["lessons"].get(pagename)
    if lesson is not None and app.builder.name != "epub":
        checks = escape(" ".join(lesson["tasks"]))
        meta = f'<meta name="la-lesson" content="{escape(pagename)}" data-checks="{checks}">'
        context["metatags"] = context.get("metatags", "") + meta


def setup(app):
    plain = (pass_through, pass_through)
    app.add_node(
        skill_tree,
        html=(visit_skill_tree, depart_skill_tree),
        **{name: plain for name in ("latex", "text", "man", "texinfo", "xml")},
    )
    app.connect("html-page-context", tell_the_page)
