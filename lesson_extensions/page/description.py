"""What a page is about, in a line: for search engines, for whom a link is sent to, and for lists.

A lesson says it in its front matter; of other pages it is the beginning of their first paragraph.
sphinxext-opengraph cuts a text that it has escaped already, at times within a `&#x27;`.
"""

import re
from html import escape

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.typing import ExtensionMetadata

from lesson_extensions.shared.summary import first_paragraph, plain

LENGTH = 200  # letters, of which search engines show some 160
KEY = "description"  # in env.metadata, where the front matter may give one too


def shortened(text: str) -> str:
    """As many of its sentences as there is room for, else of the first as many words.

    >>> shortened("One. Two.")
    'One. Two.'
    >>> shortened("One. " + "word " * 50)
    'One.'
    """
    if len(text) <= LENGTH:
        return text
    if found := re.match(rf".{{1,{LENGTH - 1}}}[.?!](?=\s)", text):
        return found[0]
    return f"{text[: LENGTH - 2].rpartition(' ')[0]} …"


def describe(app: Sphinx, doctree: nodes.document) -> None:
    """Note what the page that was read is about, and say it in its head."""
    env = app.env
    about = env.metadata[env.current_document.docname]
    metas = [meta for meta in doctree.findall(nodes.meta) if meta.get("name") == "description"]
    paragraph = first_paragraph(doctree)
    if metas:
        about[KEY] = str(metas[0]["content"])
    elif KEY not in about and paragraph is not None:
        about[KEY] = shortened(plain(paragraph))
    if about.get(KEY):
        about["og:description"] = escape(about[KEY], quote=False)  # who writes it minds its quotes
        if not metas:
            doctree.insert(0, nodes.meta(name="description", content=about[KEY]))


def description_of(env: BuildEnvironment, docname: str) -> str:
    """What was noted of a page; "" if nothing was."""
    return str(env.metadata[docname].get(KEY, ""))


def setup(app: Sphinx) -> ExtensionMetadata:
    app.connect("doctree-read", describe, priority=900)  # after lessons have said theirs
    return {
        "version": "1",
        "env_version": 1,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
