"""The Logic Matrix holds each lesson, in its place; what cannot be drawn is named with its file."""

import json
import re

import pytest
from bs4 import BeautifulSoup
from docutils import nodes
from sphinx.cmd.build import main as sphinx_build
from sphinx.util.docutils import SphinxDirective

from lesson_extensions.shared.lessons import lessons_of
from lesson_extensions.skill_tree.domain import SkillTreeDomain, without_circles
from lesson_extensions.skill_tree.layout import Layout

EXTENSIONS = [
    "myst_nb",
    "sphinx_design",
    "lesson_extensions.cards",
    "lesson_extensions.lessons",
    "lesson_extensions.skill_tree",
    "tests.test_skill_tree",  # for {task}, below
]
INDEX = """# Start

:::{skill-tree}
:::

:::{toctree}
:glob:

lessons/*
:::
"""
# Sphinx writes a page again if its toctree holds one that changed: this page has none.
ELSEWHERE = "---\norphan: true\n---\n# Elsewhere\n\n:::{skill-tree}\n:::\n"
# What the whole curriculum may look like one day: a lesson, and what it builds on.
CURRICULUM = {
    "vectors": [],
    "matrices": ["vectors"],
    "matmul": ["matrices"],
    "transformations": ["matmul"],
    "determinants": ["matmul"],
    "inverses": ["determinants"],
    "systems": ["inverses"],
    "subspaces": ["systems"],
    "rank": ["subspaces"],
    "conditioning": ["systems"],
    "least-squares": ["systems"],
    "projections": ["least-squares", "subspaces"],
    "qr": ["projections"],
    "eigen": ["transformations", "determinants"],
    "markov": ["eigen"],
    "svd": ["rank", "qr"],
    "pca": ["svd"],
    "cholesky": ["conditioning"],
    "stacks": ["matmul"],
    "einsum": ["stacks"],
    "speed": ["matmul"],
    "iterative": ["eigen", "speed"],
    "beyond-one-machine": ["speed", "iterative"],
    "neural-network": ["einsum", "least-squares"],
}


class TaskDirective(SphinxDirective):
    """{task} label kind: stands for a check or an exercise, which say this of themselves too."""

    required_arguments, optional_arguments = 1, 1

    def run(self):
        label, kind = [*self.arguments, "check"][:2]
        node = nodes.container("", nodes.paragraph("", f"Task {label}"), ids=[label])
        node["task"], node["task_kind"] = label, kind
        return [node]


def setup(app):
    app.add_directive("task", TaskDirective)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def lesson(title, prerequisites="[]", body="", order=1, more=""):
    about = f"summary: 'Learn of {title}.', minutes: 15, prerequisites: {prerequisites}{more}"
    return f"---\norder: {order}\nlesson: {{{about}}}\n---\n# {title}\n\n{body}\n"


def task(*arguments):
    return f":::{{task}} {' '.join(arguments)}\n:::\n\n"


FILES = {
    "index.md": INDEX,
    "lessons/vectors.md": lesson(
        "Vectors", body=task("v-add") + task("v-plot", "exercise") + task("v-dot"), order=1
    ),
    "lessons/matrices.md": lesson("Matrices", "[vectors]", body=task("m-read"), order=2),
    "lessons/products.md": lesson("Multiply with `@`", "[vectors, matrices]", order=3),
}


@pytest.fixture
def build(build_site):
    """build(changed files) → Site of FILES, with those changed or, if None, left out."""

    def build(changed=(), **conf):
        files = {name: text for name, text in (FILES | dict(changed)).items() if text is not None}
        return build_site(files, **({"extensions": EXTENSIONS} | conf))

    return build


@pytest.fixture
def good(shared_site):
    """The Site of FILES, with a second page that shows the tree; to be read only."""
    return shared_site(FILES | {"elsewhere.md": ELSEWHERE})


def tree(site, page="index"):
    return site.html(page).select_one("nav.la-skill-tree")


def titles(nav):
    return [link.get_text() for link in nav.select("ol > li > p:first-child a")]


def layout(names, parts=()):
    names = list(names)
    return Layout([[names.index(one) for one in CURRICULUM[name]] for name in names], dict(parts))


def drawn(nav):
    """{place of a lesson: places of those from which a line leads to it}, by the drawn lines."""
    width = float(re.search(r"[\d.]+", nav.select_one(".la-skill-tree__map")["style"])[0])
    boxes = {}
    for items in nav.select("ol"):
        top = int(re.search(r"\d+", items["style"])[0])
        for item in items.select("li"):
            row, left = map(float, re.findall(r"[\d.]+", item["style"]))
            boxes[top + row - 1, round(left + width / 2)] = len(boxes)
    lines = {}
    for gap in nav.select("svg.la-skill-tree__gap"):
        row = int(re.search(r"\d+", gap["style"])[0]) + 1
        for line in gap.select("path"):
            x = round(float(re.findall(r"[\d.]+", line["d"])[-2]))
            if (row, x) in boxes:  # else it goes on, in a lane
                lines.setdefault(boxes[row, x], []).append(int(line["data-la-from"]))
    return lines


# -- What is shown without JavaScript ------------------------------------------------------------


def test_the_list_names_each_lesson_what_it_teaches_and_what_it_builds_on(good):
    items = tree(good).select("ol > li")

    assert good.warnings == ""
    assert [[p.get_text() for p in item.find_all("p")] for item in items] == [
        ["Vectors", "Learn of Vectors.", "15 min · 2 checks · 1 exercise"],
        ["Matrices", "Learn of Matrices.", "15 min · 1 check · builds on Vectors"],
        ["Multiply with @", "Learn of Multiply with `@`.", "15 min · builds on Vectors, Matrices"],
    ]
    assert [link["href"] for link in items[2].find_all("a")] == [
        "lessons/products.html",
        "lessons/vectors.html",
        "lessons/matrices.html",
    ]
    assert items[2].p.code.get_text() == "@"


def test_a_link_says_what_the_picture_leaves_out(good):
    nav = tree(good)

    assert nav["aria-label"] == "Logic Matrix"
    assert nav.select("li a")[0]["title"] == "Learn of Vectors."
    assert nav.select("ol > li")[2].a["title"] == (
        "Learn of Multiply with `@`. Builds on Vectors and Matrices."
    )
    assert [svg["aria-hidden"] for svg in nav.select("svg")] == ["true", "true"]
    assert nav.select("button, input, [role=status]") == []


def test_a_link_that_others_imply_is_not_drawn(good):
    assert drawn(tree(good)) == {
        1: [0],
        2: [1],
    }  # from vectors to products leads the way past matrices


def test_lessons_stand_in_the_order_that_they_give_and_then_by_name(build):
    nav = tree(build({
        "lessons/vectors.md": lesson("Vectors", order=7),
        "lessons/matrices.md": lesson("Matrices", order=2),
        "lessons/products.md": lesson("Products", order=2),
        "lessons/a.md": lesson("Of no order", order="null"),
    }))  # fmt: skip

    assert titles(nav) == ["Matrices", "Products", "Vectors", "Of no order"]


@pytest.mark.parametrize("number", [1, 2, 7, 18, 24])
def test_no_box_lies_on_another_and_no_line_on_a_box(number):
    map = layout(list(CURRICULUM)[:number], {0: "First"} | ({10: "Second"} if number > 10 else {}))

    assert sorted(map.row_of) == list(range(number)) and map.box >= 40  # more than 140 px, of 350
    for row in map.rows:
        edges = []
        for stop in row.stops:
            half = (map.box if map.is_box(stop) else map.lane) / 2
            edges += [map.across[stop] - half, map.across[stop] + half]
        assert edges == pytest.approx(sorted(edges))
        assert all(-1e-9 <= edge <= 100 + 1e-9 for edge in edges)
        assert not row.heading or all(edge >= 35 for edge in edges)
    for start, end in map.lines:
        assert start[1] + 1 == end[1]
        assert map.is_box(start) or start[0] in {
            one[0] for one, below in map.lines if below == start
        }


def test_lessons_stand_in_reading_order_from_left_to_right_and_down():
    map = layout(CURRICULUM)

    boxes = [stop[0] for row in map.rows for stop in row.stops if map.is_box(stop)]
    assert boxes == list(range(24))
    assert max(len(row.boxes) for row in map.rows) == 2
    for place, name in enumerate(CURRICULUM):
        for other in CURRICULUM[name]:
            assert map.row_of[list(CURRICULUM).index(other)] < map.row_of[place]


def test_few_lines_cross():
    assert layout(CURRICULUM).crossings() <= 8
    assert layout(list(CURRICULUM)[:18]).crossings() <= 5


def test_a_lesson_that_comes_before_what_it_builds_on_is_drawn_below_it():
    map = Layout([[1], [], [0]], {0: "First", 2: "Second"})

    assert [(row.heading, row.boxes) for row in map.rows] == [
        ("First", []), ("", [1]), ("", [0]), ("Second", []), ("", [2]),
    ]  # fmt: skip


PARTS = ":::{skill-tree}\n2: Go on\n1: Begin\n9: Of none\n:::"


def test_the_parts_of_the_course_are_headings_of_its_lists(build):
    site = build({"index.md": INDEX.replace(":::{skill-tree}\n:::", PARTS)})
    nav = tree(site)

    assert site.warnings == ""
    assert [h3.get_text() for h3 in nav.select("h3")] == ["Begin", "Go on"]
    assert [(ol["start"], len(ol.select("li"))) for ol in nav.select("h3 + ol")] == [
        ("1", 1),
        ("2", 2),
    ]
    assert drawn(nav) == {1: [0], 2: [1]}


def test_a_part_without_order_or_heading_is_named_with_its_line_and_the_mend(build):
    lines = ["1: Begin", "Foundations", "first: Foundations", "1:"]
    index = INDEX.replace(":::{skill-tree}", "\n".join([":::{skill-tree}", *lines]))
    warnings = build({"index.md": index}).warnings

    for number, line in enumerate(lines[1:], start=5):
        assert (
            f"index.md:{number}: WARNING: {line!r} is no part of the course; write a line such "
            in warnings
        )
    assert warnings.count("WARNING") == 3


def test_letters_with_a_meaning_in_html_are_escaped(build):
    site = build({
        "lessons/vectors.md": lesson("Is a < b & c?"),
        "lessons/matrices.md": lesson("M", "[vectors]", body=task("</script><b>"), order=2),
    })  # fmt: skip
    nav = tree(site)

    assert site.warnings == ""
    assert nav.select_one("li > p > a").get_text() == "Is a < b & c?"
    assert nav.select("ol > li")[1].a["title"].endswith("Builds on Is a < b & c?.")
    assert json.loads(nav.script.get_text())[1]["checks"] == ["</script><b>"]


# -- What is collected ---------------------------------------------------------------------------


def test_the_labels_of_checks_and_exercises_are_collected_in_their_order(good):
    assert json.loads(tree(good).script.get_text())[:2] == [
        {"page": "lessons/vectors", "formerly": [], "before": [], "checks": ["v-add", "v-dot"],
         "exercises": ["v-plot"]},
        {"page": "lessons/matrices", "formerly": [], "before": [0], "checks": ["m-read"],
         "exercises": []},
    ]  # fmt: skip


def test_a_lesson_says_in_its_head_which_it_is_and_no_other_page_does(good):
    def metas(page):
        soup = BeautifulSoup((good.app.outdir / f"{page}.html").read_text("utf-8"), "html.parser")
        return [(meta["content"], meta["data-checks"]) for meta in soup.select("[name=la-lesson]")]

    assert metas("lessons/vectors") == [("lessons/vectors", "v-add v-dot")]
    assert metas("index") == []


def test_former_names_are_relative_to_the_folder_and_a_single_name_need_not_be_a_list(build):
    site = build({
        "lessons/vectors.md": lesson("Vectors", more=", formerly: [arrows, ../old/arrows]"),
        "lessons/matrices.md": lesson("Matrices", "vectors", order=2, more=", formerly: tables"),
    })  # fmt: skip

    assert site.warnings == ""
    first, second, *_ = json.loads(tree(site).script.get_text())
    assert first["formerly"] == ["lessons/arrows", "old/arrows"]
    assert second["before"] == [0] and second["formerly"] == ["lessons/tables"]


# -- What changes from one build to the next -----------------------------------------------------


def rebuilt(site, name, text):
    page = site.app.srcdir / name
    if text is None:
        page.unlink()
    else:
        page.write_text(text, "utf-8")
    site.app.build()
    return tree(site)


def test_skill_tree_forgets_a_deleted_lesson_and_shows_a_new_one(build):
    site = build({"elsewhere.md": ELSEWHERE})
    nav = rebuilt(site, "lessons/matrices.md", None)

    assert titles(nav) == titles(tree(site, "elsewhere")) == ["Vectors", "Multiply with @"]
    assert len(drawn(nav)) + 1 == len(json.loads(nav.script.get_text())) == 2

    nav = rebuilt(site, "lessons/matrices.md", FILES["lessons/matrices.md"])

    all_three = ["Vectors", "Matrices", "Multiply with @"]
    assert titles(nav) == titles(tree(site, "elsewhere")) == all_three


def test_a_page_that_showed_the_tree_and_is_gone_is_forgotten(build):
    site = build({"elsewhere.md": ELSEWHERE})
    trees = site.app.env.get_domain("la-skill-tree").data["trees"]
    assert trees == {"index", "elsewhere"}

    rebuilt(site, "elsewhere.md", None)

    assert trees == {"index"}


def test_trees_that_another_process_read_are_taken_over_and_no_others():
    here, there = ({"trees": trees} for trees in ({"a"}, {"b", "c"}))
    domain = SkillTreeDomain.__new__(SkillTreeDomain)
    domain.data = here

    domain.merge_domaindata(["b"], there)

    assert domain.data["trees"] == {"a", "b"}


CHANGES = [
    (lesson("Arrays", "[vectors]", order=2), "Arrays"),
    (lesson("`Matrices`", "[vectors]", order=2), '<code class="docutils literal'),
    (FILES["lessons/matrices.md"].replace("Learn of", "Know"), "Know Matrices."),
    (FILES["lessons/matrices.md"].replace("m-read", "m-write"), "m-write"),
    (FILES["lessons/matrices.md"].replace("15", "16"), "16 min"),
]


def test_skill_tree_is_drawn_again_when_a_lesson_changes_and_not_otherwise(build, subtests):
    files = {"lessons/products.md": None, "elsewhere.md": ELSEWHERE}
    site = build(files)
    page = site.app.outdir / "elsewhere.html"
    before = page.stat().st_mtime_ns
    rebuilt(site, "lessons/vectors.md", FILES["lessons/vectors.md"] + "\nA word more.\n")
    assert page.stat().st_mtime_ns == before

    for text, found in CHANGES:  # each beside the one before it
        assert found not in str(tree(site, "elsewhere"))
        rebuilt(site, "lessons/matrices.md", text)
        with subtests.test(found):
            assert found in str(tree(site, "elsewhere"))


def test_lessons_read_in_parallel_are_all_there(build, good):
    more = {f"more{n}.md": "---\norphan: true\n---\n# More\n" for n in range(3)}
    two = build(more | {"elsewhere.md": ELSEWHERE}, parallel=2)  # Sphinx wants more than 5 pages

    assert two.warnings == "" and len(tree(two).select("ol > li")) == 3
    assert str(tree(two)) == str(tree(good))


def test_the_catalogue_for_translators_for_which_pages_are_read_apart_has_the_list(build):
    assert build(builder="gettext").warnings == ""


@pytest.mark.parametrize(
    "builder",
    ["text", "latex", "epub", "man", "texinfo", "dummy", "dirhtml", "singlehtml", "xml"],
)
def test_other_formats_get_the_list(builder, shared_site):
    conf = {"epub_show_urls": "no", "version": "1", "copyright": "2026", "html_theme": "alabaster"}
    app = shared_site(FILES, **conf).written_by(builder)
    out = app.outdir

    assert app.warning.getvalue() == ""
    if builder == "text":
        text = (out / "index.txt").read_text("utf-8")
        assert "1. Vectors" in text and "Learn of Matrices." in text
        assert "15 min · 1 check · builds on Vectors" in text
    if builder == "latex":
        (text,) = (path.read_text("utf-8") for path in out.glob("*.tex"))
        assert "Learn of Matrices." in text and "builds on" in text
    if builder == "epub":
        nav = BeautifulSoup((out / "index.xhtml").read_text("utf-8"), "html.parser").select_one(
            "nav.la-skill-tree"
        )
        assert titles(nav)[:2] == ["Vectors", "Matrices"]
        assert nav.svg is None and nav.script is None
    if builder == "dirhtml":
        nav = BeautifulSoup((out / "index.html").read_text("utf-8"), "html.parser")
        assert nav.select_one("li a")["href"] == "lessons/vectors/"


# -- What is refused -----------------------------------------------------------------------------


def test_a_circle_is_written_out_with_the_files_and_how_to_mend_it(build):
    site = build({
        "lessons/vectors.md": lesson("Vectors", "[products]"),
        "lessons/products.md": lesson("Products", "[matrices]"),
    })  # fmt: skip

    assert site.warnings.count("WARNING") == 1
    assert (
        "lessons/matrices.md: WARNING: these lessons build on each other in a circle: "
        "lessons/matrices → lessons/vectors → lessons/products → lessons/matrices; in one of "
        "lessons/matrices.md, lessons/vectors.md, lessons/products.md, take the lesson that "
        "follows it here out of its prerequisites"
    ) in site.warnings
    assert len(titles(tree(site))) == 3  # the page is still whole


def test_a_lesson_that_builds_on_itself_is_a_circle(build):
    warnings = build({"lessons/vectors.md": lesson("Vectors", "[vectors]")}).warnings

    assert "lessons/vectors.md: WARNING: these lessons build on each other in a circle" in warnings
    assert "lessons/vectors → lessons/vectors; in one of lessons/vectors.md, take" in warnings


@pytest.mark.parametrize(
    ("graph", "circles"),
    [
        ({"a": ["b"], "b": ["a"]}, [["a", "b", "a"]]),
        ({"c": ["a"], "a": ["b"], "b": ["c"]}, [["a", "b", "c", "a"]]),
        ({"a": ["b"], "b": ["a"], "c": ["d"], "d": ["c"]}, [["a", "b", "a"], ["c", "d", "c"]]),
        ({"a": ["b"], "b": ["c"], "c": ["c"]}, [["c", "c"]]),
        ({"a": [], "b": ["a"], "c": ["a", "b"]}, []),
    ],
)
def test_each_circle_is_found_and_opened(graph, circles):
    opened, found = without_circles(graph)

    assert sorted(found) == circles
    assert sum(map(len, opened.values())) == sum(map(len, graph.values())) - len(circles)
    assert without_circles(opened) == (opened, [])


def test_a_circle_is_named_at_the_next_build_too(build):
    """Sphinx reads no page that did not change, and would let the second build pass."""
    site = build({"lessons/vectors.md": lesson("Vectors", "[vectors]")})
    site.app.warning.truncate(0)
    site.app.build()

    assert "in a circle" in site.warnings


def test_a_circle_stops_a_build_with_warnings_as_errors(tmp_path, capsys):
    """It ends, with the warning, and not in a crash."""
    files = FILES | {"lessons/vectors.md": lesson("Vectors", "[products]")}
    files["conf.py"] = f"extensions = {EXTENSIONS}\nmyst_enable_extensions = ['colon_fence']\n"
    for name, text in files.items():
        page = tmp_path / name
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, "utf-8")
    for _ in range(2):
        assert sphinx_build(["-W", "-q", str(tmp_path), str(tmp_path / "_build")]) == 1
        said = capsys.readouterr().err
        assert "in a circle" in said and "Traceback" not in said and "crash" not in said


def test_an_unknown_prerequisite_is_one_warning(build):
    site = build({"lessons/matrices.md": lesson("Matrices", "[arrows]")})

    assert site.warnings.count("WARNING") == 1
    assert "the prerequisite 'arrows' is no page beside this lesson" in site.warnings
    assert len(titles(tree(site))) == 3


def test_a_prerequisite_that_is_no_lesson_is_named(build):
    site = build({"lessons/matrices.md": lesson("Matrices", "[../index]")})

    assert site.warnings.count("WARNING") == 1
    assert (
        "lessons/matrices.md: WARNING: the prerequisite 'index' is a page but no lesson; name a "
        "page that has `lesson:` in its front matter"
    ) in site.warnings


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"lessons/matrices.md": lesson("M", more=", formerly: vectors")}, "a page itself"),
        (
            {
                "lessons/matrices.md": lesson("M", order=2, more=", formerly: tables"),
                "lessons/products.md": lesson("P", order=1, more=", formerly: tables"),
            },
            "also 'lessons/products'",
        ),
    ],
)
def test_a_former_name_that_is_another_s_is_named(changed, why, build):
    site = build(changed)

    assert site.warnings.count("WARNING") == 1
    assert re.search(rf"matrices.md: WARNING: the former name '\S+' is {why}; name", site.warnings)


def test_a_tree_without_a_lesson_is_named_with_its_line(build):
    site = build({name: None for name in FILES if name != "index.md"} | {"a.md": "# A"})

    assert "index.md:3: WARNING: there is no lesson to show; write `lesson: {" in site.warnings
    assert tree(site) is None


@pytest.mark.parametrize("about", ["yes", "{}", "{prerequisites: {vectors: 1}}", "[vectors]"])
def test_front_matter_that_is_no_lesson_is_named_once_and_still_drawn(about, build):
    site = build({"lessons/matrices.md": f"---\nlesson: {about}\n---\n# Matrices\n"})

    assert "skill-tree" not in site.warnings and "matrices.md" in site.warnings
    assert "Matrices" in titles(tree(site))


def test_the_domain_says_what_each_lesson_builds_on_and_asks_for(good):
    lessons = lessons_of(good.app.env)

    assert list(lessons) == ["lessons/vectors", "lessons/matrices", "lessons/products"]
    assert lessons["lessons/products"]["prerequisites"] == ["lessons/vectors", "lessons/matrices"]
    assert lessons["lessons/vectors"]["checks"] == ["v-add", "v-dot"]
