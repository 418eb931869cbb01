"""Catalogs of messages: `nox -s gettext` brings those of each language up to date.

`-- es` starts a language with the words of the interface, `-- es lessons/vectors` one page of it.
Templates of all pages are written to docs/_build/gettext/. Babel reads, compares and writes; what
of a page is a message, shared/page_text.py says.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from lesson_extensions.player.directive import in_words, read_program
from lesson_extensions.shared import words
from lesson_extensions.shared.page_text import Message as PageMessage
from lesson_extensions.shared.page_text import messages

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
LOCALE = DOCS / "locale"
TEMPLATES = DOCS / "_build/gettext"
OURS = ROOT / "lesson_extensions"
OTHERS = {"_build", "_templates", "_static", "_data", "locale"}
PLAYED = re.compile(r"^```\{player\} +(\S+)$", re.MULTILINE)
KEYWORDS = {"_": None, "N_": None}
GUESSED = {"python-format", "python-brace-format"}  # Babel takes {term} for a place of Python's
HEADER = """msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
# What a translation must say again: {role}`target`, code, formulas, addresses, places for values
ROLE = re.compile(r"\{([\w:-]+)\}(`+)(.+?)\2")
SAME = (
    ("code", re.compile(r"(?<![`}])(`+)(?!`)(.+?)(?<!`)\1(?!`)")),
    ("the formula", re.compile(r"(?<!\\)(\$)(?!\{)([^$]+)\$")),
    ("the link", re.compile(r"(\]\()([^)\s]+)\)")),
    ("the place for a value", re.compile(r"(\$?)(\{[^{}`]*\})(?!`)")),
)


def pages() -> dict[str, Path]:
    """Each page of the site, by its name."""
    found = (path for path in DOCS.rglob("*.md") if path.relative_to(DOCS).parts[0] not in OTHERS)
    return {path.relative_to(DOCS).with_suffix("").as_posix(): path for path in sorted(found)}


def template_of(name: str) -> Catalog:
    """All messages of a page, or those of the interface."""
    return interface() if name == words.INTERFACE else of_page(pages()[name])


def of_page(path: Path) -> Catalog:
    catalog = Catalog()
    place = path.relative_to(DOCS).as_posix()
    source = path.read_text("utf-8")
    for line, text in messages(source):
        catalog.add(text, locations=[(place, line)])
    for program in PLAYED.findall(source):
        played = DOCS / program[1:] if program.startswith("/") else path.parent / program
        for line, text in told(played):
            catalog.add(text, locations=[(played.resolve().relative_to(DOCS).as_posix(), line)])
    return catalog


def told(program: Path) -> list[PageMessage]:
    """What a program tells that a page plays; it belongs to the catalog of that page."""
    found: list[PageMessage] = []

    def note(message: PageMessage) -> str:
        found.append(message)
        return message.text

    in_words(*read_program(program), note)
    return found


def interface() -> Catalog:
    """What Python, templates and scripts say to readers."""
    catalog = Catalog()
    for path in [*sorted(OURS.rglob("*")), *sorted((DOCS / "_templates").rglob("*.html"))]:
        place = path.relative_to(ROOT).as_posix()
        if path.suffix == ".js" and not path.with_suffix(".LICENSE.txt").exists():
            for line, text in words.of_script(path.read_text("utf-8")):
                catalog.add(text, locations=[(place, line)])
        elif path.suffix in (".py", ".html"):
            method = "python" if path.suffix == ".py" else "jinja2"
            with open(path, "rb") as file:
                for line, said, *_ in extract(method, file, KEYWORDS):
                    catalog.add(said, locations=[(place, line)])
    return catalog


def catalogs(language: str) -> dict[str, Path]:
    """The catalogs of a language, by the page that each translates."""
    folder = LOCALE / language / "LC_MESSAGES"
    return {
        path.relative_to(folder).with_suffix("").as_posix(): path
        for path in sorted(folder.rglob("*.po"))
    }


def read(path: Path) -> Catalog:
    with open(path, "rb") as file:
        return read_po(file)


def write(catalog: Catalog, path: Path, language: str) -> None:
    """Without dates and line numbers, so that a diff shows what was said anew."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for message in catalog:
        message.flags -= GUESSED
    with open(path, "wb") as file:
        file.write(HEADER.format(language=language).encode())
        write_po(
            file, catalog, width=100, omit_header=True, include_lineno=False, ignore_obsolete=True
        )


def update(path: Path, name: str, language: str) -> None:
    """Bring a catalog up to date; what changed little keeps its translation, marked fuzzy."""
    catalog = read(path) if path.is_file() else Catalog()
    catalog.update(template_of(name), update_header_comment=False)
    write(catalog, path, language)


# -- What is wrong with a catalog -----------------------------------------------------------------


def progress(catalog: Catalog) -> tuple[int, int]:
    """(messages that are translated, all messages)."""
    said = [message for message in catalog if message.id]
    return sum(bool(message.string) and not message.fuzzy for message in said), len(said)


def faults(path: Path, catalog: Catalog, template: Catalog) -> Iterator[str]:
    """What a translator has to mend, each with its file and line."""
    place = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    for message in catalog:
        if not message.id:
            continue
        where = f"{place}:{message.lineno}"
        if message.id not in template:
            yield (
                f"{where}: the source no longer says {shortened(message)}; run `nox -s gettext`, "
                "and look through what it marks as fuzzy"
            )
        elif message.string and not message.fuzzy:
            for what, here, there in differences(str(message.id), str(message.string)):
                if here > there:
                    yield f"{where}: the translation leaves out {what}; write it as it is"
                else:
                    yield f"{where}: {what} is not in the source; take it out of the translation"
    for message in template:
        if message.id and message.id not in catalog:
            yield f"{place}: {shortened(message)} is not in it; run `nox -s gettext`"


def shortened(message: Message) -> str:
    text = str(message.id)
    return repr(text if len(text) < 60 else f"{text[:59]}…")


def differences(source: str, target: str) -> Iterator[tuple[str, int, int]]:
    """(what it is, how often the source has it, how often the translation)."""
    here, there = marks(source), marks(target)
    for mark in sorted(here.keys() | there.keys()):
        if here[mark] != there[mark]:
            yield f"{mark[0]} {mark[1]}", here[mark], there[mark]


def marks(text: str) -> Counter[tuple[str, str]]:
    """All of a message that no translator may change."""
    found: Counter[tuple[str, str]] = Counter()
    for name, _, shown in ROLE.findall(text):
        target = re.search(r"<([^<>]+)>$", shown)
        # what runs is read from `to` to the next: another text of an {eval} is another step
        found["the role", f"{{{name}}}`{target[1] if target else shown}`"] += 1
    text = ROLE.sub(" ", text)
    for what, pattern in SAME:
        for _, shown in pattern.findall(text):
            found[what, shown] += 1
        if what == "code":
            text = pattern.sub(" ", text)
    return found


def main(arguments: list[str]) -> None:
    for name, page in pages().items():
        write(of_page(page), TEMPLATES / f"{name}.pot", "")
    write(interface(), TEMPLATES / f"{words.INTERFACE}.pot", "")
    wanted = {language.name: catalogs(language.name) for language in sorted(LOCALE.glob("*"))}
    if arguments:
        language, *names = arguments
        folder = LOCALE / language / "LC_MESSAGES"
        if unknown := [name for name in names if name not in pages()]:
            raise SystemExit(f"{unknown[0]}: no page has this name; write one such as index")
        new = {name: folder / f"{name}.po" for name in (words.INTERFACE, *names)}
        wanted[language] = {**wanted.get(language, {}), **new}
    for language, found in wanted.items():
        for name, path in found.items():
            if name != words.INTERFACE and name not in pages():
                raise SystemExit(f"{path}: there is no page {name}; move or delete the catalog")
            update(path, name, language)
            done, of = progress(read(path))
            print(f"{language} {name}: {done} of {of}")


if __name__ == "__main__":
    main(sys.argv[1:])
