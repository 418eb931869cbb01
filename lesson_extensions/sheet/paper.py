"""A page's examples on paper: what of the page goes there, and Typst, which sets it."""

import doctest
import json
from pathlib import Path
from typing import Any

import numpy as np
import typst
from docutils import nodes

SIZES = {"a4": "A4", "us-letter": "Letter"}  # as Typst calls them, as we do
TEMPLATE = Path(__file__).with_name("sheet.typ")


def content(document: nodes.document) -> dict[str, Any]:
    """{title, numpy, sections: [{title, examples: [{code, printed}]}]}, in the page's order.

    A section without `>>>` lines of its own is for the screen alone.
    """
    parser = doctest.DocTestParser()
    sections = []
    for section in document.findall(nodes.section):
        examples = [
            {"code": example.source.rstrip("\n"), "printed": example.want.rstrip("\n")}
            for block in section.children
            if isinstance(block, nodes.literal_block)
            for example in parser.get_examples(block.astext())
        ]
        if examples:
            sections.append({"title": section[0].astext(), "examples": examples})
    title = next(iter(document.findall(nodes.title))).astext()
    return {"title": title, "numpy": np.__version__, "sections": sections}


def write(content: dict[str, Any], size: str, path: Path) -> int:
    """Write the PDF of this size, the same bytes for the same content; return how many pages."""
    inputs = {"content": json.dumps(content), "paper": size}
    typst.compile(TEMPLATE, output=path, sys_inputs=inputs, ignore_system_fonts=True)
    pages = typst.query(
        TEMPLATE, "<pages>", field="value", one=True, sys_inputs=inputs, ignore_system_fonts=True
    )
    return int(json.loads(pages))
