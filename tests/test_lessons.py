"""What a lesson's front matter shows, and what it refuses."""

import pytest

from tests.conftest import one_site

EXTENSIONS = ["myst_nb", "lesson_extensions.lessons"]
INDEX = "# Home\n\n```{toctree}\n:glob:\n\nlessons/*\n```\n"
ADD = "---\nlesson: {summary: Add., minutes: 12, prerequisites: []}\n---\n# Add arrows\n\nText.\n"
SCALE = ADD.replace("Add arrows", "Scale `a`").replace("[]", "[add]")


def facts(site, docname):
    return site.html(docname).select_one(".la-lesson")


@pytest.fixture
def two(shared_site):
    return shared_site({"index.md": INDEX, "lessons/add.md": ADD, "lessons/scale.md": SCALE})


def test_a_lesson_says_how_long_it_takes_and_links_to_what_it_builds_on(two):
    assert two.warnings == ""
    assert facts(two, "lessons/add").get_text() == "12 minutes"
    assert facts(two, "lessons/scale").get_text() == "12 minutes · builds on Add arrows"
    assert facts(two, "lessons/scale").a["href"] == "add.html"


def test_the_summary_is_the_description_that_search_engines_show(build_site):
    site = build_site({"index.md": INDEX, "lessons/add.md": ADD}, html_theme="basic")
    head = (site.app.outdir / "lessons/add.html").read_text("utf-8")

    assert '<meta content="Add." name="description" />' in head


def test_a_page_without_such_front_matter_is_no_lesson(two):
    assert facts(two, "index") is None


WRONG = {  # a page, and what is said of it
    "lessons/bare.md": (
        ADD.replace("minutes: 12, ", ""),
        "the front matter has no minutes",
        "write `lesson: {summary: One sentence., minutes: 15",
    ),
    "lessons/text.md": (
        "---\nlesson: yes please\n---\n# Add arrows\n\nText.\n",
        "the front matter says 'yes please'",
        "",
    ),
    "lessons/number.md": (
        ADD.replace("prerequisites: []", "prerequisites: 5"),
        "the prerequisites 5 are no list",
        "",
    ),
    "lessons/scale.md": (SCALE, "the prerequisite 'add' is no page beside", ""),
}


@pytest.fixture
def wrong(shared_site):
    return shared_site(one_site({page: text for page, (text, _, _) in WRONG.items()}))


@pytest.mark.parametrize("page", [page for page in WRONG if page != "lessons/scale.md"])
def test_front_matter_that_is_wrong_is_named_with_the_mend(page, wrong):
    _, what, mend = WRONG[page]
    said = wrong.warnings_of(page)

    assert f"{page}:4: WARNING: {what}" in said and mend in said
    assert said.count("WARNING: ") == 1


def test_an_unknown_prerequisite_is_named_with_the_mend(wrong):
    said = wrong.warnings_of("lessons/scale.md")

    assert f"lessons/scale.md:4: WARNING: {WRONG['lessons/scale.md'][1]}" in said
    assert said.count("WARNING: ") == 1
