"""Translations: what a reader sees goes through gettext, and catalogs say what sources say."""

import json
import re

import pytest

from lesson_extensions.shared import words
from lesson_extensions.shared.page_text import messages, translated
from tools import translations
from tools.translations import Catalog

EXTENSIONS = [
    "myst_nb",
    "lesson_extensions.lessons",
    "lesson_extensions.check",
    "lesson_extensions.exercise",
    "lesson_extensions.live",
    "lesson_extensions.player",
    "lesson_extensions.cards",
    "lesson_extensions.translation",
]
LANGUAGES = sorted(folder.name for folder in translations.LOCALE.iterdir())


# -- The catalogs of the site ---------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_catalog_says_what_its_source_says(language):
    found = [
        fault
        for name, path in translations.catalogs(language).items()
        for fault in translations.faults(
            path, translations.read(path), translations.template_of(name)
        )
    ]
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_interface_is_translated_whole(language):
    catalog = translations.read(translations.catalogs(language)[words.INTERFACE])
    assert [message.id for message in catalog if not message.string or message.fuzzy] == []


def test_it_is_told_how_much_of_each_page_is_translated(tmp_path):
    catalog = Catalog()
    catalog.add("One", "Uno")
    catalog.add("Two", "")
    catalog.add("Three", "Tres", flags={"fuzzy"})
    assert translations.progress(catalog) == (1, 3)


WRONG = {  # source, translation: what is said of it
    ("No `a` here", "Sin código"): "the translation leaves out code a",
    ("A {term}`vector`", "Un {term}`vectores`"): "leaves out the role {term}`vector`",
    ("Where $x$ is", "Donde $y$ es"): "leaves out the formula x",
    ("See [it](/faq.md)", "Mira [esto](/otra.md)"): "leaves out the link /faq.md",
    ('About {eval}`f"{a}"` of it', 'Unos {eval}`f"{b}"` de eso'): "leaves out the role {eval}",
    ("Line ${at} now", "Línea ${on} ahora"): "leaves out the place for a value {at}",
}


@pytest.mark.parametrize(("pair", "said"), WRONG.items())
def test_what_differs_is_named_with_its_file_and_line(pair, said, tmp_path):
    source, target = pair
    template, catalog = Catalog(), Catalog()
    template.add(source)
    catalog.add(source, target)
    path = tmp_path / "page.po"
    translations.write(catalog, path, "es")
    found = list(translations.faults(path, translations.read(path), template))

    assert any(said in fault for fault in found), found
    assert all(re.match(rf"{re.escape(str(path))}:\d+: ", fault) for fault in found)


def test_a_stale_catalog_is_refused(tmp_path):
    template, catalog = Catalog(), Catalog()
    template.add("The new sentence.")
    catalog.add("The old sentence.", "La frase vieja.")
    path = tmp_path / "page.po"
    translations.write(catalog, path, "es")
    stale, missing = translations.faults(path, translations.read(path), template)

    assert "the source no longer says 'The old sentence.'; run `nox -s gettext`" in stale
    assert "'The new sentence.' is not in it; run `nox -s gettext`" in missing


# -- Pages as messages ----------------------------------------------------------------------------


def test_a_page_is_the_same_when_nothing_is_translated():
    for path in translations.pages().values():
        text = path.read_text("utf-8")
        assert translated(text, lambda message: message.text) == text, path


def test_code_stays_on_its_line_and_as_it_is():
    page = (translations.DOCS / "lessons/vectors.md").read_text("utf-8")
    other = translated(page, lambda message: f"⟦{message.text}⟧")

    assert len(other.split("\n")) == len(page.split("\n"))
    code = re.compile(r"^```\{code-cell\}\n(?!---)(.*?)^```", re.DOTALL | re.MULTILINE)
    assert code.findall(other) == code.findall(page) != []


def test_the_comment_of_a_test_is_a_message_and_its_code_is_none():
    page = ":::{hidden-tests}\nf('#  # no') == 1  # one is negative\nf(0) == 1\n:::\n"
    other = translated(page, lambda message: f"⟦{message.text}⟧")
    assert other == page.replace("one is negative", "⟦one is negative⟧")


# -- A site in a language whose every message stands in ⟦ ⟧ ----------------------------------------

LESSON = """---
lesson: {summary: "Add them up.", minutes: 12, prerequisites: []}
---
# Add the vectors

A first paragraph
on two lines.

- One item with `code`
- Another, with $x$

| head | other |
|---|---|
| cell | more `a` |

:::{check}
:label: sum
:answer: 1 + 1

How much is it?

- `2`
- `3`: You counted one too many.

It is two.
:::

:::{check}
:label: number
:kind: number
:answer: 3 / 2
:tolerance: 0.1

What is `3 / 2`? Type it here.

---

That is why.
:::

::::{exercise} Write a function
:label: write

Write `f()`: what gives one.

:::{starter}
def f():
    ...
:::
:::{tests}
f() == 1
:::
:::{hidden-tests}
f() + 1 == 2  # `f` and more
:::
:::{hint}
Return it.
:::
:::{solution}
def f():
    return 1
:::
:::{mistake} You returned two.
def f():
    return 2
:::
::::
"""
INDEX = "# The home\n\nHello there.\n\n```{toctree}\n:caption: The lessons\n\nlesson\n```\n"
LEFT = {"nothing.md": "---\norphan: true\n---\n# Not yet\n\nStill English.\n"}
PROGRAM = """'''A program.'''

# %% Set it
# It is one.
# predict: x
x = 1

# %% Double it
# Now it is two.
# predict: x ? What is `x` now?
x = 2 * x
"""
PLAYED = "---\norphan: true\n---\n# Played\n\n```{player} program.py\n```\n"
PAGES = {"index.md": INDEX, "lesson.md": LESSON, "played.md": PLAYED}


def wrapped(template: Catalog) -> str:
    """A catalog whose translations are the messages, marked, with what begins a choice outside."""
    entries = ['msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n']
    for message in template:
        if message.id:
            said = re.sub(r"^(\s*(?:`[^`]+`: )?)(.*?)(\s*)$", r"\1⟦\2⟧\3", str(message.id))
            pair = (json.dumps(text, ensure_ascii=False) for text in (message.id, said))
            entries.append("msgid {}\nmsgstr {}\n".format(*pair))
    return "\n".join(entries)


@pytest.fixture(scope="module")
def pseudo(shared_site, tmp_path_factory):
    folder = "locale/eo/LC_MESSAGES"
    program = tmp_path_factory.mktemp("program") / "program.py"
    program.write_text(PROGRAM, "utf-8")

    def of_text(text: str) -> Catalog:
        catalog = Catalog()
        for message in [*messages(text), *(translations.told(program) if text == PLAYED else [])]:
            catalog.add(message.text)
        return catalog

    catalogs = {
        f"{folder}/{name.removesuffix('.md')}.po": wrapped(of_text(text))
        for name, text in PAGES.items()
    }
    interface = {f"{folder}/{words.INTERFACE}.po": wrapped(translations.interface())}
    return shared_site(
        {**PAGES, **LEFT, "program.py": PROGRAM, **catalogs, **interface},
        language="eo",
        html_baseurl="https://example.org/",
        translation_languages=["en", "eo"],
        exclude_patterns=["locale"],
    )


def unwrapped(element) -> str:
    """The words of an element that went through no catalog; code and formulas have none."""
    for part in element.select("code, pre, math, script, .headerlink, style"):
        part.replace_with(" ")
    text = element.get_text()
    while (inner := re.sub(r"⟦[^⟦⟧]*⟧", " ", text)) != text:
        text = inner
    return " ".join(re.findall(r"[^\W\d_]{2,}", text))


def test_all_that_is_seen_went_through_gettext(pseudo):
    assert pseudo.warnings == ""
    for page in ("index", "lesson", "played"):
        assert unwrapped(pseudo.html(page)) == "", page


def test_scripts_say_the_words_of_the_language(pseudo):
    scripts = "".join(
        path.read_text("utf-8")
        for path in pseudo.app.outdir.glob("_static/features/*/*.js")
        if path.name != "editor.js"  # another's
    )
    assert '"⟦Show the answer⟧"' in scripts
    assert "`⟦It is not ${shown}. Try again.⟧`" in scripts
    assert "_(" not in re.sub(r"[\w$.]_\(", "", scripts)
    sentences = re.findall(r'"([A-Z][a-z]+ [a-z]+ [^"\\]*)"', scripts)
    assert [text for text in sentences if "⟦" not in text] == []


def test_a_page_leads_to_itself_in_the_other_language(pseudo):
    head = (pseudo.app.outdir / "lesson.html").read_text("utf-8")
    assert ' lang="eo"' in head
    assert 'hreflang="eo" href="https://example.org/eo/lesson.html"' in head
    assert 'hreflang="en" href="https://example.org/lesson.html"' in head


def test_what_is_not_translated_says_so_and_is_marked_as_english(pseudo):
    page = pseudo.html("nothing")
    assert "⟦This page is not translated yet" in page.select_one(".la-untranslated").get_text()
    assert page.select_one("[lang=en] h1").get_text().startswith("Not yet")
    head = (pseudo.app.outdir / "nothing.html").read_text("utf-8")
    assert "hreflang" not in head
    assert not pseudo.html("lesson").select(".la-untranslated")


def test_an_english_site_says_what_it_said(shared_site):
    site = shared_site({**PAGES, "program.py": PROGRAM})
    assert site.warnings == ""
    assert "Check: choose one" in site.html("lesson").get_text()
    assert not site.html("lesson").select("[hreflang], .la-untranslated")
