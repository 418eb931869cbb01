"""What a page says of itself first, as plain text."""

import re

from docutils import nodes


def first_paragraph(doctree: nodes.document) -> nodes.paragraph | None:
    """The first paragraph below the title that stands in no list, box or fold."""
    section = next(doctree.findall(nodes.section), None)
    if section is None:
        return None
    paragraphs = (
        paragraph
        for paragraph in section.findall(nodes.paragraph)
        if isinstance(paragraph.parent, nodes.section) or type(paragraph.parent) is nodes.container
    )
    return next(paragraphs, None)


def plain(node: nodes.TextElement) -> str:
    """A text element in one line, with … for what only TeX could write."""
    copy = node.deepcopy()
    for math in list(copy.findall(nodes.math)):
        text = math.astext()
        math.replace_self(nodes.Text("…" if re.search(r"[\\^_{]", text) else text))
    return " ".join(copy.astext().split())
