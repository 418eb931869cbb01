"""A program becomes steps, each with what it printed and left; what is wrong in it is named."""

import contextlib
import io
import os
import pickle
import re
import subprocess
import sys

import numpy as np
import pytest
from docutils import nodes

from lesson_extensions.player import directive
from lesson_extensions.player.nodes import player
from tests.cells import cells_of
from tests.conftest import ROOT, one_site

EXTENSIONS = [
    "myst_nb",
    "lesson_extensions.execution",
    "lesson_extensions.page.mathml",
    "lesson_extensions.player",
]
PROGRAM = ROOT / "docs/algebra_ops.py"
SMALL = '''"""Three small steps."""

# %% Begin
# Two lists, in `code` and $x^2$.
#
# A second paragraph.
import numpy as np

v = np.array([1, 2])
words = ["a", "b"]

# %% Change it
# In place.
# predict: v.shape ? Which shape has `v`?
v[0] = 7
words.append("c")

# %% Say it
# It is printed.
# predict: v.sum()
total = float(v.sum())
_hidden = 1
print(total)
print("twice")
'''


PAGE = "# Page\n\nText.\n\n```{player} small.py\nOPTIONS\n```\n"


@pytest.fixture
def show(shared_site):
    """show(program, options) → the site of one page that plays it; to be read only."""

    def show(program=SMALL, options=""):
        return shared_site({"small.py": program, "index.md": PAGE.replace("OPTIONS", options)})

    return show


@pytest.fixture
def steps(show):
    """steps(program, options) → the list items of a page without a warning."""

    def steps(program=SMALL, options=""):
        site = show(program, options)
        assert site.warnings == ""
        return site.html("index").select(".la-player > ol.la-player__steps > li")

    return steps


def said(item):
    return [part.get_text() for part in item.select(".la-player__said p")]


def code(item):
    return item.select_one(".la-player__lines pre").get_text()


def printed(item):
    return "".join(part.get_text() for part in item.select(".la-player__output pre"))


def variables(item):
    """{name: (value, shape, dtype, new or changed)}"""
    found = {}
    for row in item.select("tbody tr"):
        name, *rest = (cell.get_text().strip("\n") for cell in row.find_all("td"))
        name, _, mark = name.partition(" ")
        found[name] = (*rest, mark)
    return found


# -- The program of the landing page -------------------------------------------------------------


def test_the_program_can_be_imported():
    run = subprocess.run(
        [sys.executable, "-c", "import algebra_ops as it; print(it.x, it.residual)"],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(PROGRAM.parent), "PYTHONDONTWRITEBYTECODE": "1"},
    )

    assert run.stdout.splitlines()[-1] == "[3. 4.] [0. 0.]"


def test_it_has_the_nine_steps_and_what_they_show_is_what_numpy_says(steps):
    items = steps(PROGRAM.read_text("utf-8"))
    namespace = {}

    assert [item.p.get_text() for item in items] == [
        "Make a vector",
        "Take a dot product",
        "Make a matrix",
        "Transpose it",
        "Multiply with @",
        "Compute its determinant",
        "Invert it",
        "Solve a system",
        "Check the result",
    ]
    for item in items:
        before = set(namespace)
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(code(item), namespace)
        held = {name: it for name, it in namespace.items() if isinstance(it, np.ndarray)}

        assert printed(item) == out.getvalue() != ""
        assert variables(item) == {
            name: (str(it), str(it.shape), str(it.dtype), "" if name in before else "new")
            for name, it in held.items()
        }


def test_its_predictions_have_computed_answers(steps):
    items = steps(PROGRAM.read_text("utf-8"))

    assert {
        items.index(item) + 1: (
            item.select_one(".la-player__guess > p").get_text(),
            item.select_one("details > p").get_text(),
        )
        for item in items
        if item.details
    } == {
        2: ("What will v @ w be?", "10"),
        5: ("Which shape will b have?", "(2,)"),
        8: ("You made b as A @ w. What will x be?", "[3. 4.]"),
    }


def test_no_digit_of_it_depends_on_rounding():
    """Every pivot is a power of two, so that all LAPACKs compute the same, and exactly."""
    run = subprocess.run(
        [sys.executable, str(PROGRAM)], check=True, capture_output=True, text=True
    ).stdout

    assert not re.search(r"\d{4}|e[-+]\d", run), run


# -- What an author may write --------------------------------------------------------------------


def test_a_step_has_title_narration_code_and_output(steps):
    first, second, third = steps()

    assert [item["id"] for item in (first, second, third)] == ["small-1", "small-2", "small-3"]
    assert first.p.get_text() == "Begin"
    assert first.p.a["href"] == "#small-1"
    assert said(first)[1:] == ["A second paragraph."]
    assert first.select_one(".la-player__said math")
    assert first.select_one(".la-player__said code").get_text() == "code"
    assert code(first).startswith("import numpy as np\n\nv = ") and "total" not in code(first)
    assert code(second) == 'v[0] = 7\nwords.append("c")\n'  # its own lines, and no more
    assert first.select_one(".la-player__lines.highlight-python span.kn")
    assert printed(first) == "" and printed(third) == "9.0\ntwice\n"
    assert "It prints" not in first.get_text()


def test_the_state_says_what_is_new_and_what_changed_in_place(steps):
    first, second, third = (variables(item) for item in steps())

    assert first == {
        "v": ("[1 2]", "(2,)", "int64", "new"),
        "words": ("['a', 'b']", "–", "list", "new"),
    }
    assert second == {
        "v": ("[7 2]", "(2,)", "int64", "changed"),
        "words": ("['a', 'b', 'c']", "–", "list", "changed"),
    }
    assert third["total"] == ("9.0", "–", "float", "new")
    assert third["v"] == ("[7 2]", "(2,)", "int64", "")  # and no module, and no _hidden
    assert set(third) == {"v", "words", "total"}


def test_what_is_long_is_shortened_and_no_address_is_shown(steps):
    program = (
        "# %% Long\n# All of it.\nimport numpy as np\n"
        "long = np.arange(1000)\nsquare = np.ones((50, 50))\nlist_ = list(range(1000))\n"
        "thing = object()\nscalar = long[5]\n\ndef function():\n    pass\n"
    )
    (item,) = steps(program)
    shown = variables(item)

    assert shown["long"][:3] == ("[  0   1 ... 998 999]", "(1000,)", "int64")
    assert shown["square"][0].count("\n") < 6
    assert shown["list_"][0] == "[0, 1, 2, 3, 4, 5, ...]"
    assert shown["thing"][0] == "<object object>"
    assert shown["scalar"][:3] == ("5", "()", "int64")
    assert "function" not in shown


def test_a_prediction_is_a_question_with_its_answer_folded(steps):
    first, second, third = steps()

    assert first.details is None
    assert second.select_one(".la-player__guess > p").get_text() == "Which shape has v?"
    assert second.details.summary.get_text() == "Answer" and not second.details.has_attr("open")
    assert second.details.p.get_text() == "(2,)"
    assert third.select_one(".la-player__guess > p").get_text() == "What will v.sum() be?"
    assert third.details.p.get_text() == "9"
    assert "predict" not in first.get_text() + second.get_text()


def test_steps_are_a_range_whose_state_comes_from_all_before(steps):
    second, third = steps(options=":steps: 2-3")

    assert [second["id"], third["id"]] == ["small-1", "small-2"]
    assert variables(second)["v"] == ("[7 2]", "(2,)", "int64", "changed")


def test_a_range_can_be_one_step(steps):
    assert [item.p.get_text() for item in steps(options=":steps: 2")] == ["Change it"]


def test_what_follows_the_range_is_not_run(steps):
    assert len(steps(SMALL + "\n# %% Fail\n# It fails.\n1 / 0\n", ":steps: 1-3")) == 3


def test_a_player_has_a_title_and_a_download_of_the_program(show):
    site = show(options=":title: A `title`\n:label: other-name")
    head = site.html("index").select_one("#other-name.la-player > .la-player__head")
    link = head.select_one("a[download]")

    assert head.strong.get_text() == "A title" and head.strong.code
    assert link.get_text() == "small.py"
    assert (site.app.outdir / link["href"]).read_text("utf-8") == SMALL
    assert site.html("index").find(id="other-name-2")


@pytest.mark.parametrize(("doc", "title"), [('"""Small.\n\nMore."""\n', "Small"), ("", "small")])
def test_without_a_title_it_has_that_of_the_docstring_or_of_the_file(doc, title, show):
    site = show(f"{doc}# %% One\n# It adds.\nx = 1\n")

    assert site.warnings == ""
    assert site.html("index").select_one(".la-player__head strong").get_text() == title


def test_a_path_begins_at_the_page_or_at_the_folder_of_pages(build_site):
    text = "---\norphan: true\n---\n# Page\n\n```{player} %s\n```\n"
    site = build_site(
        {
            "index.md": "# I\n",
            "sub/small.py": SMALL,
            "sub/one.md": text % "small.py\n:label: one",
            "two.md": text % "/sub/small.py\n:label: two",
        }
    )

    assert site.warnings == ""
    assert len(site.html("sub/one").select(".la-player li")) == 3
    assert len(site.html("two").select(".la-player li")) == 3


def test_links_lead_to_a_step_from_other_pages(build_site):
    text = "---\norphan: true\n---\n# Page\n\nSee [step two](#small-2).\n"
    page = "# I\n\n```{player} small.py\n```\n"
    site = build_site({"small.py": SMALL, "index.md": page, "other.md": text})

    assert site.warnings == ""
    assert site.html("other").find("a", string="step two")["href"] == "index.html#small-2"


def test_a_program_can_import_what_lies_beside_it(build_site):
    program = "# %% Import\n# A neighbour.\nimport neighbour\nx = neighbour.X\n"
    page = "# I\n\n```{player} p.py\n```\n"
    site = build_site({"p.py": program, "neighbour.py": "X = 5\n", "index.md": page})

    assert site.warnings == ""
    assert variables(site.html("index").select_one(".la-player li"))["x"][0] == "5"


def test_a_mark_within_a_string_begins_no_step(steps):
    program = '# %% One\n# Text.\ntext = """\n# %% Two\n"""\nprint(text)\n'

    assert [printed(item) for item in steps(program)] == ["\n# %% Two\n"]


def test_the_page_is_read_again_when_the_program_changes(build_site):
    site = build_site({"small.py": SMALL, "index.md": PAGE.replace("OPTIONS", "")})
    (site.app.srcdir / "small.py").write_text(SMALL.replace("[1, 2]", "[5, 2]"), "utf-8")
    os.utime(site.app.srcdir / "small.py", (2e9, 2e9))

    site.app.build()

    assert variables(site.html("index").li)["v"][0] == "[5 2]"
    dependencies = {
        (site.app.srcdir / path).resolve() for path in site.app.env.dependencies["index"]
    }
    assert directive.TRACER in dependencies


def test_the_page_is_read_again_when_a_program_that_was_not_there_is(build_site):
    site = build_site({"index.md": "# Page\n\n```{player} late.py\n```\n"})
    (site.app.srcdir / "late.py").write_text(SMALL, "utf-8")

    site.app.build()

    assert len(site.html("index").select(".la-player li")) == 3


def test_what_the_script_reads_is_in_the_page(show):
    """No data beside the HTML: player.js takes all from the list."""
    page = show().html("index")

    assert page.select(".la-player script, .la-player template") == []


def test_a_page_without_a_player_does_not_load_it(build_site):
    player = "# Page\n\n```{player} small.py\n```\n\n```{toctree}\nother\n```\n"
    site = build_site({"small.py": SMALL, "index.md": player, "other.md": "# Other\n"})
    loads = {
        page: {
            name
            for name in ("-player", "/player.css")
            if name in (site.app.outdir / f"{page}.html").read_text("utf-8")
        }
        for page in ("index", "other", "search")
    }

    assert loads == {"index": {"-player", "/player.css"}, "other": set(), "search": set()}


# -- What other features and formats get -----------------------------------------------------------


def node_of(site):
    doctree = pickle.loads(pickle.dumps(site.app.env.get_doctree("index")))
    return next(doctree.findall(player))


def test_the_notebook_has_a_text_and_a_code_cell_for_each_step(show):
    site = show()
    kinds, sources = zip(*cells_of(site, node_of(site)), strict=True)

    assert kinds == ("markdown", "code") * 3
    assert sources[0] == "**1. Begin.**\nTwo lists, in `code` and $x^2$.\n\nA second paragraph."
    assert sources[3] == 'v[0] = 7\nwords.append("c")'
    assert sources[2].endswith("Which shape has `v`? Say it before you run the cell.")
    assert "predict:" not in str(sources)
    assert "task" not in node_of(site)


def test_the_notebook_of_a_range_begins_with_the_code_before_it(show):
    site = show(options=":steps: 3")
    (_, before), (kind, _), (_, step) = cells_of(site, node_of(site))
    namespace = {}

    assert kind == "markdown"
    exec(before, namespace)
    exec(step, namespace)
    assert namespace["total"] == 9


def test_python_stands_in_a_container_that_says_what_it_is(show):
    blocks = list(node_of(show()).findall(nodes.literal_block))

    assert "la-player" in node_of(show())["classes"]
    assert [block["language"] for block in blocks].count("python") == 3


@pytest.mark.parametrize("builder", ["text", "latex", "epub", "man", "dummy"])
def test_other_formats_get_the_steps_too(builder, shared_site):
    conf = {"version": "1", "project": "p", "copyright": "c", "author": "a"}
    files = {"small.py": SMALL, "index.md": PAGE.replace("OPTIONS", "")}
    app = shared_site(files, **conf).written_by(builder)

    assert app.warning.getvalue() == ""
    if builder == "text":
        text = (app.outdir / "index.txt").read_text("utf-8")
        assert 'words.append("c")' in text and "(2,)" in text and "changed" in text


# -- What is wrong -------------------------------------------------------------------------------

STEP = "# %% One\n# It adds.\nx = 1 + 1\n"
WRONG = {
    "no steps": ("x = 1\n", "small.py:1: WARNING: there is no step in this program"),
    "code before the first step": (
        f'"""Doc."""\n\nimport os\n\n{STEP}',
        "small.py:3: WARNING: this code is in no step; put it below the first line that begins",
    ),
    "no title": ("# %%\n# It adds.\nx = 1\n", "small.py:1: WARNING: this step has no title"),
    "no narration": (
        f"{STEP}\n# %% Two\nx = 2\n",
        "small.py:5: WARNING: the step “Two” has no narration; say in comment lines",
    ),
    "no narration but a prediction": (
        "# %% One\n# predict: x\nx = 2\n",
        "small.py:1: WARNING: the step “One” has no narration",
    ),
    "no code": (
        f"{STEP}\n# %% Two\n# It is empty.\n\n",
        "small.py:5: WARNING: the step “Two” has no code; write some below",
    ),
    "no code but a comment": (
        "# %% One\n# It is empty.\n\n# nothing\n",
        "small.py:1: WARNING: the step “One” has no code",
    ),
    "two predictions": (
        "# %% One\n# It adds.\n# predict: x\n# predict: x + 1\nx = 2\n",
        "small.py:4: WARNING: a step has one prediction; take one away",
    ),
    "a prediction that is no expression": (
        "# %% One\n# It adds.\n# predict: x =\nx = 2\n",
        "small.py:3: WARNING: `x =` cannot be predicted: invalid syntax; write one Python",
    ),
    "an empty prediction": (
        "# %% One\n# It adds.\n# predict:\nx = 2\n",
        "small.py:3: WARNING: `` cannot be predicted: invalid syntax",
    ),
    "a prediction that fails": (
        f"{STEP}\n# %% Two\n# More.\n# predict: x + y\nx = 2\n",
        "small.py:7: WARNING: what is to be predicted raises NameError: name 'y' is not defined; "
        "write an expression of what there is after the step",
    ),
    "a syntax error": (
        f"{STEP}\n# %% Two\n# More.\nx = = 2\n",
        "small.py:7: WARNING: this is not Python: invalid syntax",
    ),
    "an indentation error": (
        f"{STEP}  y = 1\n",
        "small.py:4: WARNING: this is not Python: unexpected indent",
    ),
    "a step that begins within a statement": (
        "# %% One\n# A list.\nx = [\n    1,\n# %% Two\n# Its end.\n]\n",
        "small.py:3: WARNING: this is not Python: '[' was never closed; mend it, and see that each",
    ),
    "a null byte": ("# %% One\n# It adds.\nx = 1\0\n", "WARNING: this is not Python"),
    "an error": (
        f"{STEP}\n# %% Two\n# It fails.\n\ny = 1\nx / 0\n",
        "small.py:9: WARNING: this raises ZeroDivisionError: division by zero; mend the program",
    ),
    "an error in a function": (
        "# %% One\n# It defines.\ndef f():\n    return missing\n\n# %% Two\n# It calls.\nf()\n",
        "small.py:4: WARNING: this raises NameError: name 'missing' is not defined",
    ),
    "an error below the program": (
        "# %% One\n# It fails.\nimport numpy as np\nnp.linalg.inv(np.zeros((2, 2)))\n",
        "small.py:4: WARNING: this raises numpy.linalg.LinAlgError: Singular matrix",
    ),
    "an exit": (
        "# %% One\n# It ends.\nimport sys\nsys.exit(3)\n",
        "small.py:4: WARNING: this raises SystemExit: 3",
    ),
    "a question to the terminal": (
        "# %% One\n# It asks.\nname = input()\n",
        "small.py:3: WARNING: this raises EOFError",
    ),
}


@pytest.fixture
def wrong(shared_site):
    """A site with a page for each program in which something is wrong."""
    files = {}
    for number, (program, _) in enumerate(WRONG.values()):
        files[f"{number}/small.py"] = program
        files[f"{number}/page.md"] = PAGE.replace("OPTIONS", f":label: small-{number}")
    return shared_site(one_site(files))


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_in_the_program_is_named_with_its_line(name, wrong):
    number = list(WRONG).index(name)
    said = wrong.warnings_of(f"{number}/small.py")

    assert WRONG[name][1] in said
    assert said.count("WARNING") == 1 and wrong.warnings_of(f"{number}/page.md") == ""
    assert wrong.html(f"{number}/page").select_one(".la-player") is None
    assert "Text." in wrong.html(f"{number}/page").get_text()


def test_an_endless_loop_ends_at_the_time_limit_and_is_named(show, monkeypatch):
    monkeypatch.setattr(directive, "TIMEOUT", 1)
    site = show("# %% One\n# It stays.\nwhile True:\n    pass\n")

    assert (
        "small.py:1: WARNING: this program gave no answer: it ran for more than 1 seconds; "
        "see that it ends by itself"
    ) in site.warnings


def test_a_program_that_is_not_there_is_named_with_the_line_of_the_page(build_site):
    site = build_site({"index.md": "# Page\n\n```{player} absent.py\n```\n"})

    assert "index.md:3: WARNING: absent.py cannot be read; write the path" in site.warnings
    assert site.warnings.count("WARNING") == 1


def test_a_program_in_another_encoding_is_named(build_site, tmp_path):
    (tmp_path / "0").mkdir()
    (tmp_path / "0/latin.py").write_bytes("# %% Ä\n# ö\nx = 1\n".encode("latin-1"))
    site = build_site({"index.md": "# Page\n\n```{player} latin.py\n```\n"})

    assert "index.md:3: WARNING: latin.py is not in UTF-8" in site.warnings


RANGES = ["0-2", "2-4", "4", "3-2", "two", "1-", "-1", "1-2-3"]


@pytest.mark.parametrize("steps", RANGES)
def test_a_range_outside_the_program_is_named_with_its_length(steps, shared_site):
    pages = {
        f"page{number}.md": PAGE.replace("OPTIONS", f":steps: {steps}\n:label: small-{number}")
        for number, steps in enumerate(RANGES)
    }
    site = shared_site(one_site(pages | {"small.py": SMALL}))
    page = f"page{RANGES.index(steps)}.md"

    assert (
        f"{page}:5: WARNING: `:steps: {steps}` is no range of this program, which has 3 steps; "
        "write one such as `:steps: 1-3`"
    ) in site.warnings_of(page)


def test_two_players_with_names_of_their_own_stand_on_one_page(build_site):
    twice = "# Page\n\n```{player} small.py\n```\n\n```{player} small.py\n:label: again\n```\n"
    site = build_site({"small.py": SMALL, "index.md": twice})

    assert site.warnings == ""
    assert [tag["id"] for tag in site.html("index").select(".la-player")] == ["small", "again"]
