"""The pages on errors and warnings, for whoever leads from a message of Python's to its page.

A feature that does calls `app.setup_extension("lesson_extensions.shared.gallery")` in its setup.
"""

import re
from collections.abc import Callable

from sphinx.application import Sphinx
from sphinx.util.matching import patfilter
from sphinx.util.typing import ExtensionMetadata

from lesson_extensions.shared import front_matter


def gallery_of(app: Sphinx, address: Callable[[str], str]) -> list[dict[str, str]]:
    """How the page of an error or a warning is found: by what Python says of it last.

    `messages` in a page's front matter are its wordings; a page without is found by its title, with
    which the message begins. A page that lists others is no entry.
    """
    env, folders = app.env, app.config.gallery
    pages = {page for pattern in folders for page in patfilter(env.titles, pattern)}
    entries = []
    for page in sorted(pages - env.toctree_includes.keys()):
        title = env.titles[page].astext()
        wordings = front_matter.read(env, page, "messages", None) or [wording_of(title)]
        entries.append({"title": title, "pattern": pattern_of(wordings), "address": address(page)})
    return entries


def wording_of(title: str) -> str:
    """A title is an example: another name may stand in its quotes, and more may follow."""
    return re.sub(r"(?<!\w)'[^']*'(?!\w)", "'…'", title) + "…"


def pattern_of(wordings: list[str]) -> str:
    """A regular expression, for Python and JavaScript, that fits what Python says of an error last.

    A wording is a whole message: its numbers are those of the reader's arrays, and … stands for
    anything. The type that Python puts before it may be part of a wording, or not.
    """
    made = (re.sub(r"\d+", r"-?\\d+", re.escape(wording)) for wording in wordings)
    either = "|".join(made).replace("…", r"[\s\S]*")
    return rf"^(?:[\w.]+: |[\w.]+\.)?(?:{either})$"


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_config_value("gallery", ["errors/*", "warnings/*"], "html", list)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
