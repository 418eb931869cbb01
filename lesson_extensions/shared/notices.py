"""Whose work a site serves, and under which licence: each feature tells it here of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from importlib.metadata import distribution

from sphinx.application import Sphinx
from sphinx.events import EventManager

EVENT = "la-notices"
LICENCE = re.compile(r"(^|/)(licen[cs]e|copying|notice)s?\b[^/]*$", re.IGNORECASE)
Notices = Iterator[tuple[str, str]]  # (whose work it is, the notice with its licence)


def add_notices(app: Sphinx, find: Callable[[Sphinx], Notices], priority: int = 500) -> None:
    """Have `find(app)` asked for notices when a page that shows them is written."""
    if EVENT not in app.events.events:
        app.add_event(EVENT)
    app.connect(EVENT, find, priority=priority)


def all_notices(events: EventManager) -> Notices:
    for found in events.emit(EVENT):
        yield from found


def of_distribution(name: str) -> tuple[str, str]:
    """The notice of an installed package: name, version and its licence files.

    Raises LookupError where it has none: then nobody may serve what is in it.
    """
    found = distribution(name)
    files = [file for file in found.files or () if LICENCE.search(str(file))]
    texts = [file.read_text("utf-8").strip() for file in files if not file.suffix.startswith(".py")]
    if not texts:
        raise LookupError(f"the package {name} has no licence file")
    return f"{found.metadata['Name']} {found.version}", "\n\n".join(texts)
