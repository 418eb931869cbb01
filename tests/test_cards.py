"""{cards}: what it draws, and what it says of a page that lacks a part."""

import pytest

from tests.conftest import one_site

EXTENSIONS = ["myst_nb", "sphinx_design", "lesson_extensions.cards", "lesson_extensions.lessons"]
INDEX = """
# Questions

```{cards} faq/*
:require: summary snippet
```
"""
FIRST = """---
order: 1
---
# What is `@`?

The matrix product.

```python
>>> 1 + 1
2
```

More.
"""
SECOND = "# And `*`?\n\nEntry by entry.\n\n```python\n>>> 2 * 3\n6\n```\n"


def titles(page):
    return [title.get_text() for title in page.select(".la-card__title")]


@pytest.fixture
def two(shared_site):
    """A site of two cards, whose pages stand in the other order by their names."""
    linked = SECOND.replace("Entry by entry", "See [the other](z.md)")
    return shared_site({"index.md": INDEX, "faq/a.md": linked, "faq/z.md": FIRST})


def test_cards_show_title_first_paragraph_and_snippet(two):
    card = two.html("index").select_one(".la-card")

    assert two.warnings == ""
    assert card.select_one("h2.la-card__title a")["href"] == "faq/z.html"
    assert [p.get_text() for p in card.select("p:not(.la-card__title)")] == ["The matrix product."]
    assert ">>> 1 + 1" in card.select_one(".highlight").get_text()
    assert "More." not in card.get_text()


def test_cards_stand_in_the_order_of_the_front_matter(two):
    assert titles(two.html("index")) == ["What is @?", "And *?"]


def test_a_link_in_a_card_is_relative_to_the_page_that_shows_it(two):
    assert two.html("index").select(".la-card p a[href='faq/z.html']")


def test_new_and_changed_pages_are_new_and_changed_cards_in_the_order_they_ask_for(build_site):
    site = build_site({"index.md": INDEX, "faq/z.md": FIRST})

    def after(name, text):
        (site.app.srcdir / name).write_text(text, "utf-8")
        site.app.build()
        return titles(site.html("index"))

    assert after("faq/a.md", SECOND) == ["What is @?", "And *?"]
    changed = FIRST.replace("What is", "Why")
    assert after("faq/z.md", changed) == ["Why @?", "And *?"]
    assert after("faq/z.md", changed.replace("order: 1", "order: 2000")) == ["And *?", "Why @?"]


WRONG = {  # a page, and what is said of it
    "faq/bare.md": (
        "# A question?\n\nAn answer.\n",
        ":1: WARNING: this page has no snippet; add a ```python block",
    ),
    "faq/untitled.md": (
        "An answer.\n\n```python\n>>> 1\n1\n```\n",
        ": WARNING: this page has no title; begin it with a line",
    ),
    "faq/last.md": (
        FIRST.replace("order: 1", "order: last"),
        ": WARNING: the order 'last' is no number; write one such as",
    ),
    "faq/broken.md": (
        FIRST.replace("order: 1", "order: [1"),
        ":1: WARNING: Malformed YAML",
    ),
    "none.md": (
        "# None\n\n```{cards} nothing/*\n```\n",
        ":3: WARNING: no page matches 'nothing/*'",
    ),
}


@pytest.mark.parametrize("page", WRONG)
def test_what_is_wrong_with_a_page_is_named_with_the_mend(page, shared_site):
    pages = {name: text for name, (text, _) in WRONG.items()}
    said = shared_site(one_site(pages | {"all.md": INDEX})).warnings_of(page)

    assert f"{page}{WRONG[page][1]}" in said
    assert said.count("WARNING: ") == 1


def test_lesson_cards_show_summary_and_minutes(build_site):
    lesson = (
        "---\nlesson: {summary: Add arrows., minutes: 12, prerequisites: []}\n---\n# Add\n\nText.\n"
    )
    page = build_site({"index.md": "# L\n\n```{cards} l/*\n```\n", "l/a.md": lesson}).html("index")

    assert [p.get_text() for p in page.select(".la-card p")] == ["Add arrows.", "12 minutes"]
