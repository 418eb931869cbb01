"""Writes a chapter as XHTML, which is HTML too."""

import re
from html import unescape
from typing import Any

from docutils import nodes
from docutils.writers.html5_polyglot import Writer
from sphinx import addnodes
from sphinx.util.docutils import _get_settings
from sphinx.writers.html5 import HTML5Translator

MATH = re.compile(r"<math(?![^>]*xmlns)")
TAG = re.compile(r"<[^>]*>")
SHORT = 36  # letters that fit into the narrowest pane on paper
TOKEN = re.compile(r'<span class="(?:pre|n|p|o|w|m[a-z]|n[^b]|vm|s[aei])">([^<]*)</span>')
WORDLESS = re.compile(r" docutils(?= container| literal)| container(?=\")| notranslate(?=\")")
ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot);)[A-Za-z]\w*;")  # XML knows those four


class BookTranslator(HTML5Translator):
    """Sphinx's, without what only a screen has use for."""

    def visit_literal_block(self, node: nodes.literal_block) -> None:
        try:
            super().visit_literal_block(node)
        except nodes.SkipNode:
            self.body[-1] = lines(self.body[-1])
            raise

    def visit_pending_xref(self, node: addnodes.pending_xref) -> None:
        """A name that leads nowhere is its text."""

    def depart_pending_xref(self, node: addnodes.pending_xref) -> None: ...

    def visit_meta(self, node: nodes.Element) -> None:
        raise nodes.SkipNode

    def add_permalink_ref(self, node: nodes.Element, title: str) -> None: ...


def lines(html: str) -> str:
    """Each line of a `<pre>` in a span, so that what goes on in the next is set in.

    Tokens of Pygments end with their line, but for a few: those of many lines are split.
    """
    start, pre, rest = html.partition("<pre>")
    code, end, after = rest.partition("</pre>")
    code = code.removeprefix("<span></span>").rstrip("\n")
    made: list[str] = []
    opened: list[str] = []
    for line in code.split("\n"):
        before = "".join(opened)
        for tag in re.findall(r"<span[^>]*>|</span>", line):
            if tag == "</span>":
                opened.pop()
            else:
                opened.append(tag)
        long = " la-line--long" if len(unescape(TAG.sub("", line))) > SHORT else ""
        made.append(f'<span class="la-line{long}">{before}{line}{"</span>" * len(opened)}\n</span>')
    return f"{start}{pre}{''.join(made)}{end}{after}"


def written(builder: Any, document: nodes.document) -> str:
    """The body of a chapter."""
    document.settings = _get_settings(Writer, defaults=builder.env.settings)
    document.settings.compact_lists = True
    document.settings.initial_header_level = 1
    translator = builder.create_translator(document, builder)
    document.walkabout(translator)
    html = ENTITY.sub(lambda found: unescape(found[0]), "".join(translator.fragment))
    return plain(html)


def plain(html: str) -> str:
    """Without what no sheet dresses, which is a third, and with MathML as XHTML wants it."""
    html = MATH.sub('<math xmlns="http://www.w3.org/1998/Math/MathML"', html)
    html = html.replace(' scriptlevel="0"', "")  # as it is outside an index; no EPUB may say so
    return WORDLESS.sub("", TOKEN.sub(r"\1", html))
