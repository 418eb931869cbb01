"""{cards}: what it draws, and what it says of a page that lacks a part."""

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


def test_cards_show_title_first_paragraph_and_snippet(build_site):
    site = build_site({"index.md": INDEX, "faq/at.md": FIRST})
    card = site.html("index").select_one(".la-card")

    assert site.warnings == ""
    assert card.select_one("h2.la-card__title a")["href"] == "faq/at.html"
    assert [p.get_text() for p in card.select("p:not(.la-card__title)")] == ["The matrix product."]
    assert ">>> 1 + 1" in card.select_one(".highlight").get_text()
    assert "More." not in card.get_text()


def test_cards_stand_in_the_order_of_the_front_matter(build_site):
    page = build_site({"index.md": INDEX, "faq/a.md": SECOND, "faq/z.md": FIRST}).html("index")

    assert titles(page) == ["What is @?", "And *?"]


def test_a_link_in_a_card_is_relative_to_the_page_that_shows_it(build_site):
    linked = SECOND.replace("Entry by entry", "See [the other](at.md)")
    page = build_site({"index.md": INDEX, "faq/at.md": FIRST, "faq/b.md": linked}).html("index")

    assert page.select(".la-card p a[href='faq/at.html']")


def test_a_new_file_is_a_new_card(build_site):
    site = build_site({"index.md": INDEX, "faq/at.md": FIRST})
    (site.app.srcdir / "faq/b.md").write_text(SECOND, "utf-8")
    site.app.build()

    assert titles(site.html("index")) == ["What is @?", "And *?"]


def test_a_card_takes_another_place_when_its_page_asks_for_one(build_site):
    site = build_site({"index.md": INDEX, "faq/a.md": SECOND, "faq/z.md": FIRST})
    assert titles(site.html("index")) == ["What is @?", "And *?"]
    (site.app.srcdir / "faq/z.md").write_text(FIRST.replace("order: 1", "order: 2000"), "utf-8")
    site.app.build()

    assert titles(site.html("index")) == ["And *?", "What is @?"]


def test_a_changed_file_is_a_changed_card(build_site):
    site = build_site({"index.md": INDEX, "faq/at.md": FIRST})
    (site.app.srcdir / "faq/at.md").write_text(FIRST.replace("What is", "Why"), "utf-8")
    site.app.build()

    assert titles(site.html("index")) == ["Why @?"]


def test_a_page_without_a_snippet_is_named_with_its_line_and_the_mend(build_site):
    text = "# A question?\n\nAn answer.\n"
    warnings = build_site({"index.md": INDEX, "faq/bare.md": text}).warnings

    assert "faq/bare.md:1: WARNING: this page has no snippet; add a ```python block" in warnings


def test_a_page_without_a_title_is_named_with_the_mend(build_site):
    warnings = build_site({"index.md": INDEX, "faq/untitled.md": "An answer.\n"}).warnings

    assert "faq/untitled.md: WARNING: this page has no title; begin it with a line" in warnings


def test_a_pattern_that_matches_nothing_is_said(build_site):
    warnings = build_site({"index.md": INDEX}).warnings

    assert "index.md:4: WARNING: no page matches 'faq/*'" in warnings


def test_an_order_that_is_no_number_is_named_with_the_mend(build_site):
    last = FIRST.replace("order: 1", "order: last")
    warnings = build_site({"index.md": INDEX, "faq/at.md": last}).warnings

    assert "faq/at.md: WARNING: the order 'last' is no number; write one such as" in warnings


def test_front_matter_that_is_no_yaml_is_named(build_site):
    broken = FIRST.replace("order: 1", "order: [1")
    warnings = build_site({"index.md": INDEX, "faq/at.md": broken}).warnings

    assert "faq/at.md:1: WARNING: Malformed YAML" in warnings


def test_lesson_cards_show_summary_and_minutes(build_site):
    lesson = (
        "---\nlesson: {summary: Add arrows., minutes: 12, prerequisites: []}\n---\n# Add\n\nText.\n"
    )
    page = build_site({"index.md": "# L\n\n```{cards} l/*\n```\n", "l/a.md": lesson}).html("index")

    assert [p.get_text() for p in page.select(".la-card p")] == ["Add arrows.", "12 minutes"]
