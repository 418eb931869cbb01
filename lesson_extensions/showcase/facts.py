"""A showcase notebook's front matter, shown below its title: whose it is, and what it stands on.

`showcase: {author: …, licence: …, data: …, tags: […]}` is in each notebook of `showcase_notebooks`.
Its limits are another matter: execution.py sets them by the same pattern.
"""

import re
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.matching import patmatch

from lesson_extensions.shared import front_matter
from lesson_extensions.shared.words import N_, _

logger = logging.getLogger(__name__)

EXAMPLE = """\
showcase:
  author: Your name
  licence: text CC BY 4.0, code BSD-3-Clause
  data: "Handwritten digits, UCI, CC BY 4.0: https://doi.org/10.24432/C50P49"
  tags: [neural network, real data]"""
KEYS = {
    "author": "who wrote it, as a text",
    "licence": "under which licence others may use it, as a text",
    "data": "as a text, the name and address of what the data comes from, or how it is made",
    "tags": "what it is about, as a list of words",
}
NAMES = {
    "author": N_("Author"),
    "licence": N_("Licence"),
    "data": N_("Data"),
    "tags": N_("Tags"),
}
ADDRESS = re.compile(r"https?://[^\s<>]*[^\s<>.,;:)]")
BULKY = "tag_data"  # the class of a cell that is all data: nobody searches for what is in it


def show_facts(app: Sphinx, doctree: nodes.document) -> None:
    """section > title, … → section > title, field_list (author, licence, data, tags), …"""
    here = app.env.current_document.docname
    facts = front_matter.read(app.env, here, "showcase")
    section = next(doctree.findall(nodes.section), None)
    is_one = facts is not None or (
        patmatch(here, app.config.showcase_notebooks)
        and front_matter.read(app.env, here, "file_format") == "mystnb"
    )
    if section is None or not is_one:
        return
    if not isinstance(facts, dict):
        said = "does not say whose this notebook is" if facts is None else f"says {facts!r} of it"
        warn(app.env, f"the front matter {said}")
        return
    fields = nodes.field_list(classes=["la-showcase"])
    for key, meaning in KEYS.items():
        value: Any = facts.get(key)
        if not is_right(key, value):
            said = "has no" if value is None else f"says {value!r} as its"
            warn(app.env, f"the front matter of this notebook {said} {key}: {meaning}")
            continue
        text = " · ".join(value) if key == "tags" else value
        body = nodes.field_body("", nodes.paragraph("", "", *linked(text)))
        fields += nodes.field("", nodes.field_name(text=_(NAMES[key])), body)
    for key in facts.keys() - KEYS.keys():
        warn(app.env, f"the front matter of this notebook says {key!r}, which has no meaning here")
    section.insert(1, fields)


def is_right(key: str, value: Any) -> bool:
    """Whether it is a text that says something or, for tags, a list of such."""
    if key == "tags":
        return isinstance(value, list) and bool(value) and all(is_right("", tag) for tag in value)
    return isinstance(value, str) and bool(value.strip())


def linked(text: str) -> Iterator[nodes.Node]:
    """Yield the nodes of a text: each address in it is a link."""
    end = 0
    for found in ADDRESS.finditer(text):
        yield nodes.Text(text[end : found.start()])
        yield nodes.reference("", found[0], refuri=found[0])
        end = found.end()
    yield nodes.Text(text[end:])


def leave_out_of_search(app: Sphinx, doctree: nodes.document) -> None:
    """Keep what a cell tagged `data` holds out of the search index, which has its every word."""
    for cell in doctree.findall(nodes.container):
        if BULKY in cell["classes"]:
            cell["classes"].append("no-search")


def is_facts(node: nodes.Node) -> bool:
    return isinstance(node, nodes.field_list) and "la-showcase" in node["classes"]


def warn(env: BuildEnvironment, text: str) -> None:
    docname = env.current_document.docname
    lines = env.doc2path(docname).read_text("utf-8").splitlines()
    line = next((n for n, line in enumerate(lines, 1) if line.startswith("showcase:")), 1)
    logger.warning(
        f"{text}; write, between the lines of dashes,\n{EXAMPLE}",
        location=(docname, line),
        type="showcase",
        subtype="front-matter",
    )
