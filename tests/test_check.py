"""A check's answer is computed when the page is built; a check that cannot be proven is refused."""

import base64
import copy
import json
import pickle
import re

import numpy as np
import pytest

from lesson_extensions.check.directive import decimal, shuffled
from lesson_extensions.check.nodes import check
from lesson_extensions.check.prover import prove
from lesson_extensions.shared.values import same
from tests.cells import cells_of
from tests.conftest import DOCTREES, one_site

EXTENSIONS = [
    "myst_nb",
    "lesson_extensions.check",
    "lesson_extensions.execution",
    "lesson_extensions.page.mathml",
]
PAGE = """# Page

Text.

:::{check}
:label: dot-product
:answer: np.dot([1, 2], [3, 4])

What does `np.dot([1, 2], [3, 4])` give, where $a b$ is a product?

- `11`
- `np.array([3, 8])`: 3 and 8 are the **products**; the dot product adds them.
- `21`: that is $7 x$,
  on two lines.

Each entry of `one` vector meets {term}`another <vector>`.

It does so once.
:::
"""
SEVERAL = """:::{check}
:label: orthogonal
:kind: several
:holds: choice @ u == 0

Which of these are orthogonal to `u`?

```python
u = np.array([2, 3])
```

- `np.array([3, 2])`: you swapped, and kept the signs.
- `np.array([-3, 2])`
- `np.array([6, -4])`
- `-u`: you turned it round.

Swap, and change one sign.
:::
"""
NUMBER = """:::{check}
:label: half
:kind: number
:answer: u[0] / u[1]
:tolerance: 0.01

How much is `u[0] / u[1]`?

```python
u = np.array([2, 3])
```

- `1.5`: you divided the other way round.
- `2 / 5`: you took a share of the sum.

Two thirds.
:::
"""
SHAPE = """:::{check}
:label: a-shape
:kind: shape
:answer: A.T.shape

What is the shape of `A.T`?

```python
A = np.ones((2, 3))
```

---

The axes change places.
:::
"""
ORDER = """:::{check}
:label: lines
:kind: order
:answer: c == 6

Put them in order, so that `c` is 6.

- `a = 1`
- `b = a + 1`
- `c = 3 * b`

Each needs the one before.
:::
"""
RAISES = """:::{check}
:label: singular
:kind: raises

Which of these raises an error, and which error?

```python
A = np.ones((2, 2))
```

- `np.linalg.det(A)`: you thought that a singular matrix has no determinant.
- `np.linalg.inv(A)`

```python
this is no part of the set-up
```

Nothing undoes it.
:::
"""
ALL = "# Page\n\n" + "\n".join([SEVERAL, NUMBER, SHAPE, ORDER, RAISES])


def spec(kind="one", choices=(), **more):
    """A check as the directive reads it; a choice is its code, or (code, misconception)."""
    pairs = [choice if isinstance(choice, tuple) else (choice, "") for choice in choices]
    return {
        "kind": kind, "answer": "", "holds": "", "tolerance": "", "setup": "", "shown": [],
        "choices": [
            {"code": code, "misconception": text, "words": more.get("words", False)}
            for code, text in pairs
        ],
    } | more  # fmt: skip


DOT = spec(
    answer="np.dot([1, 2], [3, 4])",
    choices=["11", ("np.array([3, 8])", "products"), ("21", "sums")],
)


def key(tag):
    return json.loads(base64.b64decode(tag["data-la-key"]))


def texts(tags):
    return [tag.get_text(" ", strip=True) for tag in tags]


# -- What it accepts ------------------------------------------------------------------------------


def test_page_shows_question_choices_and_a_fold_with_the_answer_and_no_control(build_site):
    site = build_site({"index.md": PAGE, "vector.md": "---\norphan: true\n---\n" + GLOSSARY})
    form = site.html("index").select_one("form.la-check#dot-product")

    assert site.warnings == ""
    assert form.legend.get_text() == "Check: choose one"
    assert form.select_one(".la-check__question math")
    shown = texts(form.select(".la-check__choices > li"))
    assert sorted(shown) == ["11", "21", "np.array([3, 8])"]
    assert form.select("input, button, select, script") == []
    fold = form.select_one("details.la-check__answer")
    assert fold.summary.get_text() == "Answer"
    assert fold.select_one(".la-check__key").get_text() == "11"
    assert texts(fold.select(".la-check__explanation p"))[1] == "It does so once."
    assert fold.select_one(".la-check__explanation a")["href"].endswith("#term-vector")
    why = fold.select(".la-check__why > li")
    assert texts(why)[0].startswith(next(text for text in shown if text != "11") + " :")
    assert any(item.select_one("strong") for item in why) and any(i.select("math") for i in why)


GLOSSARY = "# Words\n\n```{glossary}\nvector\n\n  An arrow.\n```\n"


def test_the_key_counts_choices_as_they_are_shown(shared_site):
    page = shared_site({"index.md": ALL}).html("index")

    for label, right in (("orthogonal", {"np.array([-3, 2])", "np.array([6, -4])"}),
                         ("singular", {"np.linalg.inv(A)"})):  # fmt: skip
        form = page.select_one(f"#{label}")
        shown = texts(form.select(".la-check__choices > li"))
        assert {shown[index] for index in key(form)["right"]} == right


def test_each_kind_says_what_to_do_and_answers(shared_site):
    site = shared_site({"index.md": ALL})
    answers = {
        form["id"]: (form.legend.get_text(), form.select_one("summary").find_next_sibling())
        for form in site.html("index").select("form.la-check")
    }

    assert site.warnings == ""
    assert {label: (title, tag.get_text().strip()) for label, (title, tag) in answers.items()} == {
        "orthogonal": (
            "Check: choose all that are right", "np.array([-3, 2]), np.array([6, -4])"
        ),
        "half": ("Check: type a number, to within 0.01", "0.667, give or take 0.01"),
        "a-shape": ("Check: type a shape", "(3, 2)"),
        "lines": ("Check: put the lines in order", "a = 1\nb = a + 1\nc = 3 * b"),
        "singular": (
            "Check: choose what raises, and the error",
            "np.linalg.inv(A) raises LinAlgError: Singular matrix",
        ),
    }  # fmt: skip


def test_typed_answers_show_no_choices_and_their_wrong_ones_in_the_fold(shared_site):
    form = shared_site({"index.md": ALL}).html("index").select_one("#half")

    assert form.select(".la-check__choices") == []
    assert key(form) == {"value": 2 / 3, "tolerance": 0.01, "wrong": [1.5, 0.4]}
    assert texts(form.select(".la-check__why > li"))[0].startswith("1.5 : you divided")


def test_lines_are_never_shown_in_the_right_order_and_each_wrong_one_has_its_words(shared_site):
    form = shared_site({"index.md": ALL}).html("index").select_one("#lines")
    shown, found = texts(form.select(".la-check__choices > li")), key(form)

    assert sorted(shown) == ["a = 1", "b = a + 1", "c = 3 * b"] != shown
    right = "".join(str(shown.index(line)) for line in sorted(shown))
    assert not any(right.startswith(start) for start in found["orders"])
    first = found["orders"][str(shown.index("b = a + 1"))]
    assert found["said"][first] == "line 1 raises NameError: name 'a' is not defined"


def test_a_condition_may_judge_words(build_site):
    text = """# Page

:::{check}
:label: words
:holds: choice == ("yes" if np.linalg.matrix_rank(np.ones((2, 2))) == 2 else "no")

Has it an inverse?

- *yes*: you saw no zero.
- *no*

Its columns are equal.
:::
"""
    site = build_site({"index.md": text})

    assert site.warnings == ""
    assert site.html("index").select_one(".la-check__key").get_text() == "no"


def test_a_value_that_the_code_does_not_show_is_told(build_site):
    text = PAGE.replace("- `11`", "- `3 + 8`").replace("{term}`another <vector>`", "another")
    answer = build_site({"index.md": text}).html("index").select_one(".la-check__key")

    assert answer.get_text() == "3 + 8, which is 11"


def test_setup_runs_anew_for_each_choice():
    choices = [("v.append(3)", "x"), ("len(v) + 1", "y"), "len(v)"]
    found = prove(spec(setup="v = [1, 2]", answer="len(v)", choices=choices))

    assert found["problems"] == [] and found["values"] == ["None", "3", "2"]


@pytest.mark.parametrize("line", ["print('hello')", "import warnings; warnings.warn('x')"])
def test_what_a_snippet_prints_or_warns_of_is_nobody_s_answer(line, capsys):
    assert prove(DOT | {"setup": line})["right"] == [0]
    assert capsys.readouterr() == ("", "")


def test_the_same_label_shuffles_the_same_way_and_sorted_lines_are_never_shown():
    assert shuffled("a-label", 5, False) == shuffled("a-label", 5, False)
    orders = {tuple(shuffled(f"label-{n}", 3, False)) for n in range(60)}
    assert len(orders) == 6  # the right choice may be the first
    assert all(shuffled(f"label-{n}", 3, True) not in ([0, 1, 2], [2, 1, 0]) for n in range(60))


def test_node_meets_other_features(build_site):
    site = build_site({"index.md": PAGE.replace("{term}`another <vector>`", "{term}`vector`"),
                       "vector.md": "---\norphan: true\n---\n" + GLOSSARY})  # fmt: skip
    doctree = pickle.loads((site.app.doctreedir / "index.doctree").read_bytes())
    (node,) = doctree.findall(check)

    assert (node["task"], node["task_kind"], node["ids"]) == (
        "dot-product",
        "check",
        ["dot-product"],
    )
    assert "la-check" in node["classes"]
    assert prove(node["spec"])["right"] == [0]
    shown = texts(site.html("index").select(".la-check__choices > li"))
    wrong = {
        "21": "- `21`: that is $7 x$,\n  on two lines.",
        "np.array([3, 8])": "- `np.array([3, 8])`: 3 and 8 are the **products**; "
        "the dot product adds them.",
    }
    ((_, text),) = cells_of(site, node)
    assert text == "\n\n".join([
        "**Check: choose one**",
        "What does `np.dot([1, 2], [3, 4])` give, where $a b$ is a product?",
        "\n".join(f"- `{choice}`" for choice in shown),
        "<details>\n<summary>Answer</summary>",
        "`11`",
        "Each entry of `one` vector meets vector.\n\nIt does so once.",
        "\n".join(wrong[choice] for choice in shown if choice in wrong),
        "</details>",
    ])  # fmt: skip


def test_setup_stands_in_the_notebook_as_code(shared_site):
    site = shared_site({"index.md": ALL})
    doctree = pickle.loads((site.app.doctreedir / "index.doctree").read_bytes())
    sources = {node["task"]: cells_of(site, node)[0][1] for node in doctree.findall(check)}

    assert "```python\nu = np.array([2, 3])\n```\n\n- `" in sources["orthogonal"]
    assert sources["half"].count("- `") == 2  # in the fold only
    assert sources["half"].index("<details>") < sources["half"].index("- `")
    assert sources["a-shape"].endswith("`(3, 2)`\n\nThe axes change places.\n\n</details>")
    assert "```python\na = 1\nb = a + 1\nc = 3 * b\n```" in sources["lines"]


@pytest.mark.parametrize("builder", ["text", "latex", "epub", "man", "texinfo", "dummy"])
def test_other_builders_show_question_choices_and_answer(builder, shared_site):
    app = shared_site({"index.md": ALL}).written_by(builder)

    assert "check" not in app.warning.getvalue()
    if builder == "text":
        text = (app.outdir / "index.txt").read_text("utf-8")
        for part in ("Check: type a shape", "Answer", '"(3, 2)"', "The axes change places."):
            assert part in text
        assert text.index("Check: type a number") < text.index("How much is") < text.index("1.5")


# -- What it refuses ------------------------------------------------------------------------------

REFUSED = [
    # one
    (spec(answer="np.dot([1, 2], [3, 4])", choices=[("np.array([3, 8])", "x"), ("21", "y")]),
     "no choice is right: the answer is 11, and the choices give array([3, 8]) and 21; write the "
     "right one"),
    (spec(answer="np.dot([1, 2], [3, 4])", choices=["11", "5 + 6", ("21", "y")]),
     "2 choices are right, `11` and `5 + 6`: each gives 11; change all but one"),
    (spec(answer="np.dot([1, 2], [3, 4])", choices=["11", "21"]),
     "choice 2, `21`, is wrong and says nothing: it gives 21, and the answer is 11; write `: `"),
    (spec(answer="np.dot([1, 2], [3, 4])", choices=[("11", "x"), ("21", "y")]),
     "choice 1, `11`, has a misconception, but is right: it gives 11; delete the text"),
    (spec(answer="np.dot([1, 2], [3, 4])", choices=["11", ("21", "x"), ("7 * 3", "y")]),
     "choices 2 and 3, `21` and `7 * 3`, have the same value, 21; change one"),
    (spec(answer="np.dot([1, 2], [3, 4])", choices=["11", ("b", "x")]),
     "choice 2, `b`, fails: NameError: name 'b' is not defined"),
    (spec(answer="np.dot([1, 2], [3, 4])", choices=["11", ("b =", "x")]),
     "choice 2, `b =`, is no Python expression: invalid syntax"),
    (spec(answer="np.dot([1, 2], [3])", choices=["11", ("21", "x")]),
     "the answer, `np.dot([1, 2], [3])`, fails: ValueError: shapes (2,) and (1,)"),
    (spec(answer="11", choices=["11", ("21", "x")]),
     "nothing is computed: the answer, `11`, and all choices are literals"),
    (spec(answer="1 + 1", setup="c = a", choices=["2", ("3", "x")]),
     "the set-up fails: NameError: name 'a' is not defined; mend the ```python block"),
    (spec(answer="1 + 1", choices=["two", ("three", "x")], words=True),
     "choice 1, `two`, is no code; write a Python expression, or judge words"),
    (spec(choices=["1", ("2", "x")]), "it has no `:answer:`; add `:answer: np.dot("),
    (spec(answer="1 + 1", choices=["2"]), "needs a list of 2 items or more, each beginning with"),
    (spec(answer="1 + 1", holds="choice == 2", choices=["2", ("3", "x")]),
     "it has `:answer:` and `:holds:`; leave one"),
    (spec(answer="1 + 1", tolerance="1", choices=["2", ("3", "x")]),
     "a check of kind one takes no `:tolerance:`; delete that line"),
    (spec(holds="choice > 1", choices=["2", "3", ("1", "x")]),
     "2 choices are right, `2` and `3`: `choice > 1` is true of each; change all but one"),
    (spec(holds="choice > 5", choices=["2", ("3", "x")]),
     "no choice is right: `choice > 5` is true of none; add one of which it is"),
    # several
    (spec("several", holds="choice > 1", choices=["2", "3"]),
     "all choices are right: `choice > 1` is true of each; add a wrong one"),
    (spec("several", holds="choice > 1", choices=["2", "1"]),
     "choice 2, `1`, is wrong and says nothing: `choice > 1` is False"),
    (spec("several", holds="choice + 1", choices=["2", "1"]),
     "`choice + 1`, of choice 1, `2`, gives 3, but must be True or False"),
    (spec("several", holds="choice[0]", choices=["2", "1"]),
     "`choice[0]`, of choice 2, `1`, fails: TypeError: 'int' object is not subscriptable"),
    (spec("several", answer="1", choices=["2", "1"]),
     "it has no `:holds:`; add `:holds: choice @ u == 0`"),
    # number
    (spec("number", answer="u", setup="u = np.array([1])"),
     "the answer, `u`, gives array([1]), but must give one finite number"),
    (spec("number", answer="u", setup="u = 1 > 0"), "gives True, but must give one finite number"),
    (spec("number", answer="u", setup="u = np.inf"), "gives inf, but must give one finite number"),
    (spec("number", answer="12"), "nothing is computed: the answer, `12`, is a literal; write"),
    (spec("number", answer="u / v", setup="u, v = 1, 3"),
     "the answer is 0.3333333333333333; say how exact, such as `:tolerance: 0.01`"),
    (spec("number", answer="u / v", setup="u, v = 1, 3", tolerance="0"),
     "which nobody types exactly; write `:tolerance: 0.01`"),
    (spec("number", answer="u", setup="u = 1", tolerance="-1"),
     "the tolerance '-1' is no number from 0 on"),
    (spec("number", answer="u", setup="u = 1", tolerance="little"),
     "the tolerance 'little' is no number from 0 on"),
    (spec("number", answer="u", setup="u = 1", tolerance="0.5", choices=[("1.5", "x")]),
     "choice 1, `1.5`, has a misconception, but is right: the answer is to within 0.5 1.5"),
    (spec("number", answer="u", setup="u = 1", choices=["2"]),
     "choice 1, `2`, is wrong and says nothing: the answer is 1; write `: `"),
    (spec("number", answer="u", setup="u = 1", choices=[("2", "x"), ("2.0", "y")]),
     "choices 1 and 2, `2` and `2.0`, have the same value"),
    (spec("number", answer="np.dot([1, 2], [3, 4])", shown=["np.dot([1, 2], v)", "[1, 2]"]),
     "`np.dot([1, 2], [3, 4])`, stands 3 and 4, which no reader sees and nothing checks: show"),
    # shape
    (spec("shape", answer="A.size", setup="A = np.ones((2, 3))"),
     "the answer, `A.size`, gives 6, but must give a shape, such as (2, 3) or (4,)"),
    (spec("shape", answer="A.shape", setup="A = np.ones((2, 3))", choices=[("(2, 3)", "x")]),
     "choice 1, `(2, 3)`, has a misconception, but is right"),
    (spec("shape", answer="A.shape", setup="A = np.ones((2, 3))", choices=[("2, 1.5", "x")]),
     "choice 1, `2, 1.5`, gives (2, 1.5), but must give a shape"),
    (spec("shape", answer="A.shape", setup="A = 1", choices=[("(2, 3)", "x")]),
     "the answer, `A.shape`, fails: AttributeError: 'int' object has no attribute 'shape'"),
    # order
    (spec("order", answer="c == 2", choices=["a = 1", "b = a + 1", "c = b + 1"]),
     "the order of the list is wrong: all lines run, but then `c == 2` is False; put the lines"),
    (spec("order", answer="c == 3", choices=["b = a + 1", "a = 1", "c = b + 1"]),
     "the order of the list is wrong: line 1 raises NameError: name 'a' is not defined"),
    (spec("order", answer="c == 3", choices=["a = 1", "b = 2", "c = a + b"]),
     "another order works too: `b = 2`, `a = 1` and `c = a + b`; make each line need"),
    (spec("order", answer="c", choices=["a = 1", "b = a + 1", "c = b + 1"]),
     "all lines run, but then `c` gives 3, but must be True or False"),
    (spec("order", answer="c == 3", choices=["a = 1", ("b = a + 1", "x"), "c = b + 1"]),
     "line 2 has a text; write the code alone"),
    (spec("order", answer="c == 3", choices=["a = 1", "b = a +", "c = b + 1"]),
     "line 2, `b = a +`, is no Python: invalid syntax"),
    (spec("order", answer="True", choices=list("abcdef")), "it has 6 lines; write 3 to 5"),
    (spec("order", answer="True", choices=list("ab")), "needs a list of 3 items or more"),
    # raises
    (spec("raises", choices=["1 + 1", ("2", "x")]), "no choice raises an error; write one"),
    (spec("raises", choices=["1 / 0", "[][1]", ("2", "x")]),
     "2 choices raise an error, `1 / 0` (ZeroDivisionError: division by zero) and `[][1]` (Index"),
    (spec("raises", choices=["1 / 0", "2"]),
     "choice 2, `2`, is wrong and says nothing: it raises nothing; write `: `"),
    (spec("raises", choices=[("1 / 0", "x"), ("2", "x")]),
     "choice 1, `1 / 0`, has a misconception, but is right: it raises ZeroDivisionError"),
    (spec("raises", choices=["1 /", ("2", "x")]), "choice 1, `1 /`, is no Python: invalid syntax"),
    (spec("raises", answer="1", choices=["1 / 0", ("2", "x")]),
     "a check of kind raises takes no `:answer:`; delete that line"),
]  # fmt: skip


@pytest.mark.parametrize(("broken", "sentence"), REFUSED, ids=[text[:60] for _, text in REFUSED])
def test_what_cannot_be_proven_is_a_sentence_for_the_author(broken, sentence):
    problems = prove(broken)["problems"]

    assert sum(sentence in problem for problem in problems) == 1, problems


def test_all_that_is_wrong_is_said_at_once():
    problems = prove(spec(answer="1 + 1", choices=["2", "3", "4", ("5", "x")]))["problems"]

    assert [problem[:8] for problem in problems] == ["choice 2", "choice 3"]


BROKEN = [
    (":answer:", ":kind: any\n:answer:", "there is no kind 'any' of check; write one"),
    ("What does `np.dot([1, 2], [3, 4])` give, where $a b$ is a product?\n", "",
     "this check has no question; begin with one"),
    ("Each entry of one", ":::\n\nEach entry of one", "this check has no explanation; after"),
    ("- `11`", "- $11$", "choice 1 does not begin with code; write `- ` and a Python"),
    ("- `11`", "- `11` is right", "of choice 1, `11`, does not begin with a colon"),
    ("- `21`: that", "- `21` **no**: that", "of choice 3, `21`, does not begin with a colon"),
    ("- `11`", "- `12`", "no choice is right: the answer is 11, and the choices give 12, "),
    ("- `11`", "- `11`\n- `12`", "choice 2, `12`, is wrong and says nothing"),
    ("np.dot([1, 2], [3, 4])\n\n", "exit()\n\n", "the answer, `exit()`, fails: "),
    ("np.dot([1, 2], [3, 4])\n\n", "np._os\n\n", "fails: AttributeError: module 'numpy'"),
]  # fmt: skip


@pytest.fixture
def broken(shared_site):
    """A site with a page for each check that is broken."""
    text = PAGE.replace("{term}`another <vector>`", "another").replace("`one` vector", "one vector")
    pages = {}
    for number, (part, mended, _) in enumerate(BROKEN):
        assert part in text
        page = text.replace(part, mended, 1).replace("dot-product", f"dot-{number}")
        pages[f"page{number}.md"] = page
    return shared_site(one_site(pages))


@pytest.mark.parametrize("number", range(len(BROKEN)), ids=[text[:60] for *_, text in BROKEN])
def test_a_broken_check_is_left_out_with_file_line_and_what_to_write(number, broken):
    sentence = BROKEN[number][2]
    said = broken.warnings_of(f"page{number}.md")

    assert re.search(rf"page{number}\.md:5: WARNING: .*{re.escape(sentence)}", said), said
    assert broken.html(f"page{number}").select("form.la-check") == []


def test_a_check_that_never_ends_is_refused(build_site, monkeypatch):
    monkeypatch.setattr("lesson_extensions.execution.snippets.ask.__defaults__", (2,))
    text = SHAPE.replace("A = np", "while True: pass\nA = np")
    site = build_site({"index.md": "# Page\n\n" + text})

    assert (
        "this check could not be proven: it ran for more than 2 seconds; look for an"
        in site.warnings
    )


def test_a_heading_on_another_page_cannot_have_its_label(build_site):
    other = "---\norphan: true\n---\n# O\n\n(a-shape)=\n## Titled\n\nText.\n"
    warnings = build_site({"index.md": "# Page\n\n" + SHAPE, "other.md": other}).warnings

    assert "other.md:" in warnings and "duplicate label a-shape" in warnings


# -- Keys: a false one is caught ------------------------------------------------------------------

SPOILT = [
    (DOT, ("answer", "np.dot([1, 2], [3, 5])"), None),
    (DOT, ("code", "12"), 0),
    (DOT, ("code", "11"), 2),
    (DOT, ("misconception", ""), 1),
    (DOT, ("misconception", "text"), 0),
    (spec("several", holds="choice @ u == 0", setup="u = np.array([2, 3])",
          choices=["[-3, 2]", ("[3, 2]", "x")]), ("holds", "choice @ u == 12"), None),
    (spec("several", holds="choice @ u == 0", setup="u = np.array([2, 3])",
          choices=["[-3, 2]", ("[3, 2]", "x")]), ("code", "[-3, 3]"), 0),
    (spec("number", answer="1 + 1", choices=["2", ("3", "x")]), ("answer", "1 + 2"), None),
    (spec("number", answer="1 + 1", shown=["1 + 1"]), ("answer", "1 + 2"), None),
    (spec("number", answer="1 + 1", shown=["1 + 1"], choices=[("3", "x")]), ("code", "2"), 0),
    (spec("shape", answer="np.ones((2, 3)).T.shape", shown=["np.ones((2, 3)).T"]),
     ("answer", "np.ones((2, 4)).T.shape"), None),
    (spec("order", answer="c == 3", choices=["a = 1", "b = a + 1", "c = b + 1"]),
     ("answer", "c == 4"), None),
    (spec("order", answer="c == 3", choices=["a = 1", "b = a + 1", "c = b + 1"]),
     ("code", "b = a + 2"), 1),
    (spec("raises", choices=["1 / 0", ("1 / 2", "x")]), ("code", "1 / 1"), 0),
    (spec("raises", choices=["1 / 0", ("1 / 2", "x")]), ("code", "1 / 0"), 1),
]  # fmt: skip


@pytest.mark.parametrize(("whole", "change", "index"), SPOILT)
def test_a_false_key_is_caught(whole, change, index):
    assert prove(whole)["problems"] == []
    spoilt = copy.deepcopy(whole)
    (spoilt if index is None else spoilt["choices"][index])[change[0]] = change[1]

    assert prove(spoilt)["problems"] != []


# -- What is equal --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("np.int64(11)", "11"),
        ("np.array(11)", "11"),
        ("0.1 + 0.2", "0.3"),
        ("np.array([1.0, 6e-17])", "np.array([1.0, 0.0])"),
        ("(2, np.int64(3))", "(2, 3)"),
        ("np.array([np.nan, np.inf])", "np.array([np.nan, np.inf])"),
        ("np.ones(2).dtype", "np.dtype('float64')"),
        ("None", "None"),
        ("'abc'", "'abc'"),
        ("np.linalg.slogdet(np.eye(2))", "(1.0, 0.0)"),
        ("np.True_", "True"),
    ],
)
def test_values_that_are_the_same(a, b):
    found = prove(spec(answer=a, choices=[b, ("'other'", "x")]))

    assert found["right"] == [0]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("11", "11.0"),
        ("1", "True"),
        ("np.array([1, 2])", "[1, 2]"),
        ("np.array([1, 2])", "np.array([[1, 2]])"),
        ("np.array([1.0, 2.0])", "np.array([[1.0, 2.0]])"),
        ("(2,)", "2"),
        ("(2, 3)", "[2, 3]"),
        ("0.3", "0.3000001"),
        ("np.array([1.0])", "np.array([1])"),
        ("None", "0"),
        ("'1'", "1"),
    ],
)
def test_values_that_differ(a, b):
    a, b = eval(a, {"np": np}), eval(b, {"np": np})

    assert not same(a, b) and not same(b, a)


def test_things_that_cannot_be_compared_are_not_the_same():
    assert not same({"a": np.ones(2)}, {"a": np.ones(2)})


@pytest.mark.parametrize(
    ("value", "tolerance", "text"),
    [(26, 0, "26"), (26.000000000001, 0, "26"), (2 / 3, 0.01, "0.667"), (-0.75, 0, "-0.75"),
     (50.0, 0.1, "50"), (123.456, 10, "123"), (1e-5, 1e-7, "1e-05")],
)  # fmt: skip
def test_a_number_is_told_as_exactly_as_it_is_asked_for(value, tolerance, text):
    assert decimal(value, tolerance) == text


# -- The site's own -------------------------------------------------------------------------------


def test_every_check_of_the_site_is_proven_again(site):
    found = [
        node
        for path in sorted(DOCTREES.rglob("*.doctree"))
        for node in pickle.loads(path.read_bytes()).findall(check)
    ]

    assert found, "no page of the site has a check"
    for node in found:
        assert prove(node["spec"])["problems"] == [], node["task"]


def test_a_choice_that_is_a_function_does_not_show_where_it_lies_in_memory(build_site):
    page = build_site({"index.md": "# Page\n\n" + ONE_FUNCTION}).html("index")

    assert "lambda x: 2 * x" in page.select_one(".la-check__key").get_text()
    assert "0x" not in page.get_text()


ONE_FUNCTION = """:::{check}
:label: doubles
:holds: choice(3) == 6

Which of these doubles a number?

- `lambda x: 2 * x`
- `lambda x: x**2`: that squares it.

Twice 3 is 6.
:::
"""
