"""A path leads through pages in an order that can be followed, and is shown wherever it leads."""

import pytest

from lesson_extensions.paths.domain import PathsDomain
from tests.conftest import one_site

EXTENSIONS = ["myst_nb", "lesson_extensions.lessons", "lesson_extensions.paths", "tests.test_paths"]


def setup(app):
    """{task} stands for a check, as in the tests of the Logic Matrix."""
    from tests.test_skill_tree import TaskDirective

    app.add_directive("task", TaskDirective)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def lesson(title, prerequisites="[]", minutes=50, body=""):
    about = f"summary: Learn., minutes: {minutes}, prerequisites: {prerequisites}"
    return f"---\nlesson: {{{about}}}\n---\n# {title}\n\n{body}\n\n## Next\n\nGo on.\n"


def path(title, *steps, order=1):
    """Its steps begin in line 8."""
    said = "\n".join(steps)
    return f"---\norder: {order}\n---\n# {title}\n\nFor whom.\n:::{{path}}\n{said}\n:::\n"


LESSONS = {
    "lessons/add.md": lesson("Add `a`", body=":::{task} add-up\n:::"),
    "lessons/scale.md": lesson("Scale", "[add]"),
    "lessons/solve.md": lesson("Solve", "[scale]", minutes=25),
}
FILES = one_site(LESSONS | {
    "paths/solve.md": path("I must solve", "1. [](/lessons/add.md): first.", "2. {doc}`/ask`",
                           "3. [](../lessons/solve.md)", order=2),
    "paths/short.md": path("I have no time", "- [](/lessons/solve.md)"),
    "ask.md": "# Why?\n\nBecause.\n",
    "all.md": "# All paths\n\n## Here\n\n```{paths}\n```\n",
})  # fmt: skip


@pytest.fixture
def good(shared_site):
    return shared_site(FILES)


def texts(nodes):
    return [" ".join(node.get_text().split()) for node in nodes]


def test_each_path_is_a_card_with_its_steps_and_minutes_in_the_order_they_ask_for(good):
    cards = good.html("all").select(".la-paths > .la-path")

    assert good.warnings == ""
    assert texts(card.h3 for card in cards) == ["I have no time", "I must solve"]
    assert cards[1].h3.a["href"] == "paths/solve.html"
    assert texts(cards[1].select("p")[:3]) == [
        "For whom.", "3 steps · 1 h 15 min", "Begin with: Add a",
    ]  # fmt: skip
    assert texts(cards[0].select(".la-path__facts")) == ["1 step · 25 min"]
    assert texts(cards[1].select("details li")) == ["Add a", "Why?", "Solve"]
    assert [step.a["href"] for step in cards[1].select("li")] == [
        "lessons/add.html", "ask.html", "lessons/solve.html",
    ]  # fmt: skip
    asked = [(step["data-la-page"], step.get("data-la-checks")) for step in cards[1].select("li")]
    assert asked == [("lessons/add", "add-up"), ("ask", None), ("lessons/solve", "")]


def test_the_page_of_a_path_says_of_each_step_what_its_author_says(good):
    walk = good.html("paths/solve").select_one(".la-path")

    assert walk["data-la-path"] == "paths/solve"
    assert texts(walk.select("p")[:2]) == ["3 steps · 1 h 15 min", "Begin with: Add a"]
    assert texts(walk.select("li")) == ["Add a: first.", "Why?", "Solve"]


def test_at_the_foot_of_a_page_stands_what_comes_next_on_each_path(good):
    def lines(page):
        return texts(good.html(page).select("section > nav.la-ways:last-child li"))

    assert lines("lessons/add") == ["On the path “I must solve”, next: Why?"]
    assert lines("ask") == ["On the path “I must solve”, next: Solve"]
    assert lines("lessons/solve") == [
        "The path “I have no time” ends here.", "The path “I must solve” ends here.",
    ]  # fmt: skip
    assert lines("lessons/scale") == []  # on no path
    links = good.html("lessons/add").select(".la-ways a")
    assert [link["href"] for link in links] == ["../paths/solve.html", "../ask.html"]


def test_only_pages_that_show_a_path_load_its_script(good):
    def loads(page):
        return "paths.js" in (good.app.outdir / f"{page}.html").read_text("utf-8")

    assert [loads(page) for page in ("all", "paths/short", "ask", "lessons/scale")] == [
        True, True, True, False,
    ]  # fmt: skip


def test_other_formats_say_it_in_words(shared_site):
    out = shared_site(FILES).written_by("text").outdir

    assert "I must solve" in (out / "all.txt").read_text("utf-8")
    assert "On the path “I must solve”, next: Why?" in (out / "lessons/add.txt").read_text("utf-8")


# -- What changes from one build to the next -----------------------------------------------------


def test_what_a_path_shows_is_written_again_when_it_changes_and_not_otherwise(build_site):
    site = build_site(FILES)
    foot, source = site.app.outdir / "lessons/add.html", site.app.srcdir
    before = foot.stat().st_mtime_ns
    (source / "lessons/scale.md").write_text(lesson("Scale it", "[add]"), "utf-8")
    site.app.build()
    assert foot.stat().st_mtime_ns == before  # that page is on no path

    (source / "ask.md").write_text("# How?\n\nThus.\n", "utf-8")
    site.app.build()
    assert "next: How?" in site.html("lessons/add").select_one(".la-ways").get_text()
    assert "How?" in texts(site.html("all").select(".la-path li"))

    (source / "paths/solve.md").unlink()
    site.app.build()
    assert site.html("lessons/add").select(".la-ways") == []
    assert texts(site.html("all").select(".la-path h3")) == ["I have no time"]


def test_paths_that_another_process_read_are_taken_over_and_no_others():
    domain = PathsDomain.__new__(PathsDomain)
    domain.data = {"paths": {"a": 1}, "shown_on": {"a"}}

    domain.merge_domaindata(["b"], {"paths": {"b": 2, "c": 3}, "shown_on": {"b", "c"}})

    assert domain.data == {"paths": {"a": 1, "b": 2}, "shown_on": {"a", "b"}}


# -- What is refused -----------------------------------------------------------------------------

ADD, SOLVE = "1. [](/lessons/add.md)", "2. [](/lessons/solve.md)"
WRONG = {  # a page: its steps; the line that is named; what is said of it
    "empty": ([], 7, "this path has no steps; write a list of links to pages into it, such as"),
    "words": ([ADD, "2. Rest."], 9, "this step leads to no page; begin it with a link, such as"),
    "web": (["1. [](https://numpy.org)"], 8, "this step leads to no page; begin it with a link"),
    "gone": ([ADD, "2. [](/no.md)"], 9, "there is no page 'no'; link to a page's file, such as"),
    "twice": (
        [ADD, SOLVE, "3. [](../lessons/add.md)"],
        10,
        "the path has been at 'lessons/add' before, in line 8; take one of the two steps out",
    ),
    "early": (
        ["1. [](/ask.md)", SOLVE, "3. [](/lessons/add.md)"],
        9,
        "the path comes to 'lessons/solve' before 'lessons/add', on which it builds; put it below "
        "line 10",
    ),
    "wanted": ([ADD], 7, "paths/same.md describes a path “The same” too; give one of the two"),
}


def test_each_fault_of_a_path_is_named_with_file_line_and_mend(shared_site, subtests):
    wrong = {
        f"paths/{name}.md": path("The same" if name == "wanted" else name, *steps)
        for name, (steps, _, _) in WRONG.items()
    }
    same = {"paths/same.md": path("The Same", ADD)}
    site = shared_site(one_site(LESSONS | wrong | same | {"ask.md": FILES["ask.md"]}))

    for name, (_, line, what) in WRONG.items():
        said = site.warnings_of(f"paths/{name}.md")
        with subtests.test(name):
            assert f"paths/{name}.md:{line}: WARNING: {what}" in said
            assert said.count("WARNING: ") == 1
    assert site.warnings_of("paths/same.md") == ""


def test_a_fault_is_named_at_the_next_build_too(build_site, capsys):
    """Sphinx reads no page that did not change, and would let the second build pass."""
    site = build_site(one_site(LESSONS | {"paths/early.md": path("Early", SOLVE, ADD)}))
    first = site.warnings.count("WARNING")
    site.app.build()

    assert (first, site.warnings.count("WARNING")) == (1, 2)


def test_a_page_of_paths_on_a_site_without_any_is_named(build_site):
    warnings = build_site({"index.md": "# All\n\n```{paths}\n```\n"}).warnings

    assert "index.md:3: WARNING: there is no path to show; write a page with a `{path}`" in warnings
