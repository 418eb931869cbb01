"""What a lesson's front matter shows, and what it refuses."""

INDEX = "# Home\n\n```{toctree}\n:glob:\n\nlessons/*\n```\n"
ADD = "---\nlesson: {summary: Add., minutes: 12, prerequisites: []}\n---\n# Add arrows\n\nText.\n"
SCALE = ADD.replace("Add arrows", "Scale `a`").replace("[]", "[add]")


def facts(site, docname):
    return site.html(docname).select_one(".la-lesson")


def test_a_lesson_says_how_long_it_takes_and_links_to_what_it_builds_on(build_site):
    site = build_site({"index.md": INDEX, "lessons/add.md": ADD, "lessons/scale.md": SCALE})

    assert site.warnings == ""
    assert facts(site, "lessons/add").get_text() == "12 minutes"
    assert facts(site, "lessons/scale").get_text() == "12 minutes · builds on Add arrows"
    assert facts(site, "lessons/scale").a["href"] == "add.html"


def test_the_summary_is_the_description_that_search_engines_show(build_site):
    site = build_site({"index.md": INDEX, "lessons/add.md": ADD}, html_theme="basic")
    head = (site.app.outdir / "lessons/add.html").read_text("utf-8")

    assert '<meta content="Add." name="description" />' in head


def test_a_page_without_such_front_matter_is_no_lesson(build_site):
    site = build_site({"index.md": "# Home\n\nText.\n"})

    assert facts(site, "index") is None


def test_an_unknown_prerequisite_is_named_with_the_mend(build_site):
    warnings = build_site({"index.md": INDEX, "lessons/scale.md": SCALE}).warnings

    assert "lessons/scale.md:4: WARNING: the prerequisite 'add' is no page beside" in warnings


def test_a_lesson_that_is_no_mapping_is_named_with_the_mend(build_site):
    wrong = "---\nlesson: yes please\n---\n# Add arrows\n\nText.\n"
    warnings = build_site({"index.md": INDEX, "lessons/add.md": wrong}).warnings

    assert "lessons/add.md:4: WARNING: the front matter says 'yes please'" in warnings


def test_a_lesson_without_minutes_is_named_with_the_mend(build_site):
    bare = ADD.replace("minutes: 12, ", "")
    warnings = build_site({"index.md": INDEX, "lessons/add.md": bare}).warnings

    assert "lessons/add.md:4: WARNING: the front matter has no minutes" in warnings
    assert "write `lesson: {summary: One sentence., minutes: 15" in warnings


def test_prerequisites_that_are_no_list_are_named_with_the_mend(build_site):
    wrong = ADD.replace("prerequisites: []", "prerequisites: 5")
    warnings = build_site({"index.md": INDEX, "lessons/add.md": wrong}).warnings

    assert "lessons/add.md:4: WARNING: the prerequisites 5 are no list" in warnings
