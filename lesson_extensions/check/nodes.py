"""What a check is in a page, and its HTML; other formats show its parts one after the other."""

import base64
import json

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator


class check(nodes.container):
    """The whole: `spec` is what prover.py calls a check, `kind` and `key` are for check.js."""


class check_title(nodes.paragraph):
    """ "Check", and what is to be done; no docutils title, since a check is no section."""


def visit_check(self: HTML5Translator, node: nodes.Element) -> None:
    # so that whoever looks into the source for something else does not read the answer
    key = base64.b64encode(json.dumps(node["key"], separators=(",", ":")).encode()).decode()
    attributes = {"data-la-kind": node["kind"], "data-la-key": key}
    self.body.append(self.starttag(node, "form", **attributes))
    self.body.append("<fieldset>\n")


def depart_check(self: HTML5Translator, node: nodes.Element) -> None:
    self.body.append("</fieldset></form>\n")


def visit_title(self: HTML5Translator, node: nodes.Element) -> None:
    self.body.append(self.starttag(node, "legend", "", CLASS="la-check__title"))


def depart_title(self: HTML5Translator, node: nodes.Element) -> None:
    self.body.append("</legend>\n")


def setup(app: Sphinx) -> None:
    # writers of other formats take them for the container and the paragraph they are
    app.setup_extension("lesson_extensions.shared.folds")
    app.add_node(check, html=(visit_check, depart_check))
    app.add_node(check_title, html=(visit_title, depart_title))
