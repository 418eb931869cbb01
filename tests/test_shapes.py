"""The shape calculator says what NumPy says, and a page's examples are NumPy's own answers."""

import itertools
import json
import random
import shutil
import subprocess

import numpy as np
import pytest

from lesson_extensions.shapes import numpy_says
from tests.conftest import ROOT, one_site

EXTENSIONS = ["myst_nb", "lesson_extensions.shapes"]
RULES = ROOT / "lesson_extensions/shapes/static/shape_rules.js"
# Answers on standard output what the rules make of each row on standard input.
ANSWER = """
import {readFileSync} from "node:fs";
const {RULES} = await import("./shape_rules.mjs");
const {words, rows} = JSON.parse(readFileSync(0, "utf8"));
const answers = rows.map(([op, a, b, option]) => {
  const {shape, error} = RULES[op](a, b, words, option ?? "");
  return error ?? shape.map(Number);
});
process.stdout.write(JSON.stringify(answers));
"""


# -- The table: every pair of shapes in a grid, and what NumPy makes of it -------------------------


def shapes(lengths, most):
    """All shapes of these lengths, of up to so many axes."""
    return [s for axes in range(most + 1) for s in itertools.product(lengths, repeat=axes)]


def grid():
    """Up to three axes, as long as each other, or 1, or not: the rules know no other difference."""
    for op in numpy_says.available():
        if op == "einsum":
            continue
        options = "0123" if op == "tensordot" else [None]
        for a, b in itertools.product(shapes((1, 2, 3), 3), repeat=2):
            yield from ((op, a, b, option) for option in options)


def longer(rng, op):
    """Up to five axes, empty ones too, of other lengths; mostly the same, so that many fit."""
    pool = [*rng.sample(range(13), 2), 1, 1, 4]
    a, b = (tuple(rng.choices(pool, k=rng.randint(0, 5))) for _ in "ab")
    if op in ("solve", "matmul") and len(a) > 1 and rng.random() < 0.7:
        a = (*a[:-1], a[-2])
    option = str(rng.randint(0, 4)) if op == "tensordot" else None
    return op, a, b, option


def subscripts(rng):
    """Mostly such as einsum takes, else any signs."""
    pool = [*rng.sample(range(13), 2), 1, 4]
    a, b = (tuple(rng.choices(pool, k=rng.randint(0, 3))) for _ in "ab")
    if rng.random() < 0.3:
        signs = ["i", "j", "A", ",", "...", " ", "->", ".", "-", "?", ""]
        return "einsum", a, b, "".join(rng.choices(signs, k=rng.randint(0, 9)))
    length = dict(zip("ijkA", rng.choices(pool, k=4), strict=True))
    sides = []
    for _ in "ab":
        letters = rng.choices("ijkA", k=rng.randint(0, 3))
        sides.append(["..." if rng.random() < 0.15 else letter for letter in letters])
    fit = rng.random() < 0.6
    made = [tuple(length.get(letter, pool[0]) for letter in side) for side in sides]
    a, b = made if fit else (a, b)
    text = ",".join("".join(side) for side in sides)
    if rng.random() < 0.7:
        text += "->" + "".join(rng.choices("ijkA", k=rng.randint(0, 2))) + rng.choice(["...", ""])
    return "einsum", a, b, text


def table():
    """Rows (operation, a, b, option)."""
    rng = random.Random(0)
    rows = [*grid()]
    rows += [longer(rng, op) for op in numpy_says.available() for _ in range(400) if op != "einsum"]
    return rows + [subscripts(rng) for _ in range(6000)]


@pytest.fixture(scope="module")
def answers(tmp_path_factory, node):
    """answers(rows) → what shape_rules.js makes of them, with the words of this NumPy."""
    folder = tmp_path_factory.mktemp("rules")
    shutil.copy(RULES, folder / "shape_rules.mjs")
    (folder / "answer.mjs").write_text(ANSWER, "utf-8")

    def answers(rows):
        asked = json.dumps({"words": numpy_says.words(), "rows": rows})
        command = [node, str(folder / "answer.mjs")]
        run = subprocess.run(command, input=asked, capture_output=True, text=True, check=True)
        return json.loads(run.stdout)

    return answers


def test_the_calculator_says_of_each_pair_of_shapes_what_numpy_says(answers):
    rows = table()
    right = [numpy_says.outcome(*row) for row in rows]
    wrong = [
        (*row, answer, wanted)
        for row, answer, wanted in zip(rows, answers(rows), right, strict=True)
        if answer != (wanted if isinstance(wanted, str) else list(wanted))
    ]
    fit = {row[0] for row, wanted in zip(rows, right, strict=True) if isinstance(wanted, tuple)}
    fail = {row[0] for row, wanted in zip(rows, right, strict=True) if isinstance(wanted, str)}

    assert wrong == []
    assert fit == set(numpy_says.available()) and fail == fit - {"kron"}
    assert len(rows) > 25_000


def test_each_thing_that_numpy_says_is_in_the_table(answers):
    """So that a message that nothing leads to is not kept, and none is missed."""
    said = {numpy_says.outcome(*row) for row in table()}
    said = {text for text in said if isinstance(text, str)}
    unused = []
    for kind, message in numpy_says.messages().items():
        begin, end = message.split("{")[0], message.split("}")[-1]
        if not any(text.startswith(begin) and text.endswith(end) for text in said):
            unused.append(kind)

    assert unused == []


def test_a_message_that_numpy_words_otherwise_stops_the_build():
    with pytest.raises(numpy_says.OtherWords, match=r"no 8 \(size\) in “5 is not 7”"):
        numpy_says.template("5 is not 7", [("other", "5"), ("size", "8")])


def test_matvec_is_offered_where_numpy_has_it():
    assert ("matvec" in numpy_says.available()) == hasattr(np, "matvec")
    assert "matvec" in numpy_says.words()["signatures"] or not hasattr(np, "matvec")


# -- The examples of a page ------------------------------------------------------------------------

PAGE = """# Page

```{shapes} matmul
(3, 4), (4, 2)
(3, 4), (3, 4)
```

```{shapes} einsum
(3,), (4,), "i,j"
```

```{shapes} tensordot
(3,), (3, 2), 1
```

```{shape-calculator}
```
"""
GALLERY = {
    "errors/mismatch.md": '---\nmessages: ["matmul: Input operand … has a mismatch …"]\n---\n'
    "# A *mismatch*\n"
}
BROKEN = [  # the directive, what the build says
    ("{shapes} matmull\n(3,), (3,)", "no operation “matmull”; write one of matmul, dot,"),
    ("{shapes} dot\n", "there are no shapes; write a line for each pair: (3, 4), (4, 2)"),
    ("{shapes} dot\n(3, 4)", "`(3, 4)` is no pair of shapes for dot; write (3, 4), (4, 2)"),
    ("{shapes} dot\n(3, 4), (-4, 2)", "`(3, 4), (-4, 2)` is no pair"),
    ("{shapes} dot\n(3, 4), (4, 2", "`(3, 4), (4, 2` is no pair"),
    ("{shapes} dot\n(3,), (3,), 1", "`(3,), (3,), 1` is no pair"),
    ("{shapes} einsum\n(3,), (3,)", 'no pair of shapes for einsum; write (3, 4), (4, 2), "ij,jk'),
    ("{shapes} tensordot\n(3,), (3,)", "no pair of shapes for tensordot; write (3, 4), (4, 2), 1"),
]


@pytest.fixture(scope="module")
def built(shared_site):
    broken = {
        f"broken{number}.md": f"# Page\n\n```{text}\n```\n"
        for number, (text, _) in enumerate(BROKEN)
    }
    return shared_site(one_site({"page.md": PAGE} | broken | GALLERY))


def test_examples_are_answered_by_numpy_and_errors_lead_to_their_page(built):
    tables = built.html("page").select(".la-shapes-table table")
    rows = [
        [cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])]
        for row in tables[0].find_all("tr")
    ]

    assert built.warnings_of("page.md") == ""
    assert rows[:2] == [["a", "b", "the result"], ["(3, 4)", "(4, 2)", "(3, 2)"]]
    assert rows[2][2].startswith("ValueError: matmul: Input operand 1 has a mismatch")
    assert rows[2][2].endswith("(size 3 is different from 4) what it means")
    assert [(a["href"], a["title"]) for a in tables[0].select("a")] == [
        ("errors/mismatch.html", "A mismatch")
    ]
    assert [[cell.get_text() for cell in table.select("td")] for table in tables[1:]] == [
        ["(3,)", "(4,)", "i,j", "(3, 4)"],
        ["(3,)", "(3, 2)", "1", "(2,)"],
    ]


def test_without_javascript_there_is_no_form_and_a_sentence_says_why(built):
    page = built.html("page")

    assert page.find(["form", "input", "select", "button"]) is None
    assert "needs JavaScript" in page.select_one(".la-shapes").get_text()


def test_the_script_gets_numpy_s_words_and_the_pages_of_its_errors_only(built):
    words = json.loads((built.app.outdir / "_static/shapes.json").read_text("utf-8"))

    assert words["numpy"] == np.__version__ and words["messages"] == numpy_says.messages()
    assert [page["address"] for page in words["gallery"]] == ["errors/mismatch.html"]


@pytest.mark.parametrize("number", range(len(BROKEN)), ids=[why[:40] for _, why in BROKEN])
def test_what_is_no_example_is_refused_with_file_line_and_remedy(number, built):
    told = built.warnings_of(f"broken{number}.md")

    assert f"broken{number}.md:3: WARNING: " in told
    assert BROKEN[number][1] in told


def test_an_operation_that_this_numpy_has_not_is_said_to_be_missing(build_site, monkeypatch):
    monkeypatch.delattr(np, "matvec", raising=False)
    site = build_site({"index.md": "# Page\n\n```{shapes} matvec\n(3, 4), (4,)\n```\n"})

    assert site.warnings == ""
    assert f"NumPy {np.__version__} has no matvec." in site.html("index").get_text()
