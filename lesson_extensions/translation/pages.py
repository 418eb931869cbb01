"""Puts the translations of a page into its source, as it is read; what has none stays English."""

import re
from collections.abc import Set

from babel.messages.catalog import Catalog
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from lesson_extensions.shared import words
from lesson_extensions.shared.page_text import Message, messages, translated

KEY = "translation"  # in the metadata of a page: (how many messages are translated, of how many)


def catalog_of(app: Sphinx, docname: str) -> Catalog | None:
    if app.config.language == words.ENGLISH:
        return None
    path = words.folder(app) / f"{docname}.po"
    return words.read(str(path), path.stat().st_mtime_ns) if path.is_file() else None


def translation(catalog: Catalog, text: str) -> str:
    """What a catalog says for a text, or "" where it says nothing that is certain."""
    found = catalog.get(text)
    return str(found.string) if found and found.string and not found.fuzzy else ""


def translate(app: Sphinx, docname: str, source: list[str]) -> None:
    if app.config.language == words.ENGLISH:
        return
    env = app.env
    env.note_dependency(str(words.folder(app) / f"{words.INTERFACE}.po"))
    catalog = catalog_of(app, docname)
    if catalog is None:
        env.metadata[docname][KEY] = (0, len(messages(source[0])))
        return
    env.note_dependency(str(words.folder(app) / f"{docname}.po"))
    said: dict[str, str] = {}
    facts = env.metadata[docname]

    def say(message: Message) -> str:
        said[message.text] = translation(catalog, message.text)
        facts[KEY] = (sum(map(bool, said.values())), len(said))
        return said[message.text] or message.text

    source[0] = translated(source[0], say)
    env.current_document[words.SAY] = say  # for programs, which the page shows but does not hold
    facts["translation_titles"] = {slug(there): slug(here) for here, there in said.items() if there}


def changed(
    app: Sphinx, env: BuildEnvironment, added: Set[str], outdated: Set[str], removed: Set[str]
) -> list[str]:
    """Pages that had no catalog when they were read, and have one now."""
    return [
        name
        for name in env.found_docs
        if env.metadata[name].get(KEY, (1, 1))[0] == 0 and catalog_of(app, name) is not None
    ]


def keep_anchors(app: Sphinx, doctree: nodes.document) -> None:
    """Let a link to a heading by its English name find it by its other."""
    facts = app.env.metadata[app.env.current_document.docname]
    english = facts.pop("translation_titles", {})
    slugs = facts.get("myst_slugs", {})
    for there, here in english.items():
        if there in slugs:
            slugs.setdefault(here, slugs[there])


def slug(title: str) -> str:
    """As MyST makes the anchor of a heading."""
    return re.sub(r"[^\w\- ]", "", title.strip().lower().replace(" ", "-"))


def progress(env: BuildEnvironment, docname: str) -> tuple[int, int]:
    """(messages that are translated, all messages) of a page."""
    found: tuple[int, int] = env.metadata[docname].get(KEY, (0, 0))
    return found


def catalog_exists(app: Sphinx, language: str, docname: str) -> bool:
    folder = words.folder(app).parents[1] / language / "LC_MESSAGES"
    return (folder / f"{docname}.po").is_file()
