"""The words of the interface, in the language of the build: those of Python, templates and scripts.

Python marks its words by `_`, and scripts do so too: linking.py puts the translation in the place
of the call, so that a reader loads no catalog. What speaks to authors and builders stays English.
"""

import io
import json
import re
from collections.abc import Callable
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from lesson_extensions.shared.page_text import Message, Say

INTERFACE = "interface"
SAY = "la-say"  # of the page that is read: how its catalog says a message
ENGLISH = "en"
# _("text"), or _(`text ${value}`): the value stays in the translation as it is
MARKED = re.compile(r"(?<![\w$.])_\(\s*(\"(?:[^\"\\\n]|\\.)*\"|`(?:[^`\\]|\\.)*`),?\s*\)")


class _Language:
    """That of the build which runs in this process, and in those that it forks."""

    words: NullTranslations = NullTranslations()


def _(text: str) -> str:
    """A text of the interface in the language of the build."""
    return _Language.words.gettext(text)


def N_(text: str) -> str:
    """Marks a text that is translated where it is used."""
    return text


def say_in(env: BuildEnvironment) -> Say:
    """How the catalog of the page that is read says a message, for what it takes from elsewhere."""

    def as_it_is(message: Message) -> str:
        return message.text

    say: Say = env.current_document.get(SAY) or as_it_is
    return say


def load(app: Sphinx) -> None:
    """Have `_` say the words of this build's language, and the templates too."""
    _Language.words = NullTranslations()
    path = folder(app) / f"{INTERFACE}.po"
    if app.config.language != ENGLISH and path.is_file():
        _Language.words = compiled(read(str(path), path.stat().st_mtime_ns))
        app.translator.add_fallback(_Language.words)  # after Sphinx's own and the theme's


def forget() -> None:
    """Speak English again: another site may be built in this process."""
    _Language.words = NullTranslations()


def folder(app: Sphinx) -> Path:
    """Where the catalogs of this build's language are."""
    return Path(app.srcdir, app.config.translation_folder, app.config.language, "LC_MESSAGES")


@lru_cache(maxsize=1000)
def read(path: str, changed: int) -> Catalog:
    """A catalog as it was at that time."""
    with open(path, "rb") as file:
        return read_po(file, domain=Path(path).stem)


def compiled(catalog: Catalog) -> GNUTranslations:
    file = io.BytesIO()
    write_mo(file, catalog)
    file.seek(0)
    return GNUTranslations(file)


def in_script(text: str, say: Callable[[str], str]) -> str:
    """A script with the words that it marks as `say` says them."""

    def replaced(found: re.Match[str]) -> str:
        if found[1].startswith("`"):
            return f"`{say(found[1][1:-1])}`"
        said = say(json.loads(found[1]))
        return json.dumps(said, ensure_ascii=False)

    return MARKED.sub(replaced, text)


def of_script(text: str) -> list[tuple[int, str]]:
    """(line, words) of all that a script marks."""
    return [
        (
            text.count("\n", 0, found.start()) + 1,
            found[1][1:-1] if found[1].startswith("`") else json.loads(found[1]),
        )
        for found in MARKED.finditer(text)
    ]
