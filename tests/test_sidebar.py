"""The navigation at the side holds what a reader needs, however many pages there are."""

import pytest

SETTINGS = {
    "extensions": ["myst_nb", "lesson_extensions.page.sidebar"],
    "html_theme": "furo",
    "nitpicky": True,
}
HOME = """# Home

```{toctree}
:hidden:
:caption: Lessons <&>

lessons/index
```

```{toctree}
:hidden:

about
Elsewhere <https://example.org/?a=1&b=2>
```
"""


def pages(number):
    lessons = {
        f"lessons/l{n:03}.md": f"# Lesson {n} with `@` & *more*\n\nText.\n" for n in range(number)
    }
    index = "# All lessons\n\n```{toctree}\n:glob:\n\nl*\n```\n"
    return {"index.md": HOME, "about.md": "# About\n", "lessons/index.md": index} | lessons


def tree(site, docname):
    from bs4 import BeautifulSoup

    text = (site.app.outdir / f"{docname}.html").read_text("utf-8")
    return BeautifulSoup(text, "html.parser").select_one(".sidebar-tree")


def names(found):
    return [link.get_text() for link in found.select("a")]


def test_it_leads_to_each_section_and_opens_the_one_that_is_read(build_site):
    site = build_site(pages(3), **SETTINGS)
    lessons = [f"Lesson {n} with @ & more" for n in range(3)]

    assert names(tree(site, "about")) == ["All lessons", "About", "Elsewhere"]
    assert names(tree(site, "lessons/l001")) == ["All lessons", *lessons, "About", "Elsewhere"]
    assert tree(site, "about").select_one(".caption").get_text() == "Lessons <&>"


def test_what_is_read_is_marked_and_every_link_leads_somewhere(build_site):
    site = build_site(pages(3), **SETTINGS)
    found = tree(site, "lessons/l001")
    (here,) = found.select("li.current-page > a")

    assert here.get_text() == "Lesson 1 with @ & more" and here["href"] == "#"
    assert here.select_one("code").get_text() == "@"
    assert [item.select_one("a").get_text() for item in found.select("li.current")] == [
        "All lessons",
        "Lesson 1 with @ & more",
    ]
    assert found.select("input[type=checkbox][checked]")
    for link in found.select("a"):
        if link["href"].startswith("https:"):
            assert link["href"] == "https://example.org/?a=1&b=2"
        elif link["href"] != "#":
            assert (site.app.outdir / "lessons" / link["href"]).is_file()


@pytest.mark.parametrize(("here", "first", "last"), [(0, 0, 59), (50, 20, 79), (99, 40, 99)])
def test_of_many_pages_those_around_are_shown(here, first, last, build_site):
    site = build_site(pages(100), **SETTINGS)
    shown = names(tree(site, f"lessons/l{here:03}"))[1:-2]

    assert shown == [f"Lesson {n} with @ & more" for n in range(first, last + 1)]


def test_its_length_is_bounded(build_site):
    few, many = build_site(pages(70), **SETTINGS), build_site(pages(140), **SETTINGS)

    assert len(str(tree(many, "lessons/l030"))) == len(str(tree(few, "lessons/l030")))


def test_a_page_that_is_in_no_toctree_shows_the_sections(build_site):
    site = build_site(pages(2) | {"alone.md": "---\norphan: true\n---\n# Alone\n"}, **SETTINGS)

    assert names(tree(site, "alone")) == ["All lessons", "About", "Elsewhere"]
    assert names(tree(site, "search")) == ["All lessons", "About", "Elsewhere"]
