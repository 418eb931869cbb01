"""What a check is in a page, and its HTML; other formats show its parts one after the other."""

import base64
import json

from docutils import nodes


class check(nodes.container):
    """The whole: `spec` is what prover.py calls a check, `kind` and `key` are for check.js."""


class check_title(nodes.TextElement):
    """ "Check", and what is to be done; no docutils title, since a check is no section."""


class check_answer(nodes.container):
    """A fold: its summary, the answer, the explanation, and why the other choices are wrong."""


class check_summary(nodes.TextElement):
    """What is always seen of the fold: "Answer"."""


def visit_check(self, node):
    # so that whoever looks into the source for something else does not read the answer
    key = base64.b64encode(json.dumps(node["key"], separators=(",", ":")).encode()).decode()
    attributes = {"data-la-kind": node["kind"], "data-la-key": key}
    self.body.append(self.starttag(node, "form", **attributes))
    self.body.append("<fieldset>\n")


def depart_check(self, node):
    self.body.append("</fieldset></form>\n")


def visit_title(self, node):
    self.body.append(self.starttag(node, "legend", "", CLASS="la-check__title"))


def depart_title(self, node):
    self.body.append("</legend>\n")


def visit_answer(self, node):
    self.body.append(self.starttag(node, "details", CLASS="la-check__answer"))


def depart_answer(self, node):
    self.body.append("</details>\n")


def visit_summary(self, node):
    self.body.append(self.starttag(node, "summary", ""))


def depart_summary(self, node):
    self.body.append("</summary>\n")


def visit_plain_title(self, node):
    self.visit_paragraph(node)


def depart_plain_title(self, node):
    self.depart_paragraph(node)


def pass_through(self, node):
    pass


def setup(app):
    whole, title = (pass_through, pass_through), (visit_plain_title, depart_plain_title)
    for node, html, plain in (
        (check, (visit_check, depart_check), whole),
        (check_title, (visit_title, depart_title), title),
        (check_answer, (visit_answer, depart_answer), whole),
        (check_summary, (visit_summary, depart_summary), title),
    ):
        app.add_node(node, html=html, latex=plain, text=plain, man=plain, texinfo=plain)
