"""What a changed cell shows is computed when the page is built, and nothing else is let through."""

import pytest

from lesson_extensions.live.change_it import change_it
from tests.cells import cells_of
from tests.conftest import one_site

EXTENSIONS = ["myst_nb", "lesson_extensions.execution", "lesson_extensions.live"]
PAGE = """---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3}
---
# Page

```{code-cell}
:tags: [remove-input, remove-output]
import numpy as np
hidden = 10
```

```{code-cell}
a = np.array([4, 1])
```

```{code-cell}
b = hidden * a + 2
b
```

:::{change-it}
:from: `+ 2`
:to: `- [2, 3]`
:holds: b.tolist() == [38, 7]

Take `[2, 3]` away in place of 2.
What is left?

---

One from each.
:::

```{code-cell}
b, np.linalg.inv(np.eye(2))
```
"""
CELL = "b = hidden * a + 2\nb\n"
BROKEN = [  # what is replaced, by what, what the build says
    (":from: `+ 2`\n", "", "`:from:` is not there; write `:from: 4` and below it `:to: 5`"),
    (":to: `- [2, 3]`", ":to: `+ 2`", "`:from:` and `:to:` are the same, `+ 2`"),
    (":from: `+ 2`", ":from: 7", "`7` occurs 0 times in the cell above; name in `:from:` a piece"),
    (":from: `+ 2`", ":from: b", "`b` occurs 2 times in the cell above"),
    ("[38, 7]", "[38, 8]", "after the change `b.tolist() == [38, 8]` does not hold: it is false"),
    ("b.tolist()", "c.tolist()", "does not hold: NameError: name 'c' is not defined"),
    (CELL, "b = hidden * a + 2\n", "the changed cell shows nothing"),
    (
        CELL,
        "import matplotlib.pyplot as plt\nb = hidden * a + 2\nplt.plot(b);\n",
        "the changed cell draws a picture",
    ),
    ("---\n\nOne from each.", "One from each.", "write a line `---`, then say in a sentence why"),
    ("Take `[2, 3]` away in place of 2.\nWhat is left?", "", "say first what to change and what"),
    ("import numpy as np\n", "import numpy as np; get_ipython()\n",
     "a cell above that the changed one needs raised NameError: name 'get_ipython' is not defined"),
]  # fmt: skip


def page(before, after):
    assert PAGE.count(before) == 1
    return PAGE.replace(before, after)


@pytest.fixture(scope="module")
def site(shared_site):
    return shared_site({"index.md": PAGE})


@pytest.fixture(scope="module")
def broken(shared_site):
    pages = {f"page{number}.md": page(*change[:2]) for number, change in enumerate(BROKEN)}
    return shared_site(one_site(pages))


def test_the_fold_holds_what_the_changed_cell_shows_and_why(site):
    change = site.html("index").select_one(".la-change")
    answer = change.select_one("details")

    assert (change["data-la-from"], change["data-la-to"]) == ("+ 2", "- [2, 3]")
    assert answer.pre.get_text() == "array([38,  7])\n"
    assert "With - [2, 3] in place of + 2, the cell shows" in answer.get_text()
    assert "One from each." in answer.get_text()
    assert "What is left?" not in answer.get_text()


def test_the_cells_below_know_nothing_of_the_change(site):
    assert "array([42, 12])" in site.html("index").select(".cell_output pre")[-1].get_text()


def test_the_notebook_asks_too(site):
    node = next(site.app.env.get_doctree("index").findall(change_it))
    ((kind, text),) = cells_of(site, node)

    assert kind == "markdown"
    assert text.startswith("**Change it**\n\nTake `[2, 3]` away")
    assert "array([38,  7])" in text


def test_of_an_error_the_last_line_is_shown(build_site):
    text = page("`- [2, 3]`", "`+ np.linalg.inv(np.zeros((2, 2)))`")
    site = build_site({"index.md": text.replace(":holds: b.tolist() == [38, 7]\n", "")})

    shown = site.html("index").select_one(".la-change pre").get_text()
    assert shown == "numpy.linalg.LinAlgError: Singular matrix\n"


@pytest.mark.parametrize("number", range(len(BROKEN)), ids=[said[:40] for *_, said in BROKEN])
def test_a_change_that_cannot_be_proven_is_refused_with_its_line(number, broken):
    said = broken.warnings_of(f"page{number}.md")
    text = page(*BROKEN[number][:2])
    line = text[: text.index(":::{change-it}")].count("\n") + 1

    assert f"page{number}.md:{line}: WARNING: " in said, said
    assert BROKEN[number][2] in said
    assert broken.html(f"page{number}").select(".la-change") == []


def test_without_a_cell_above_it_is_refused(build_site):
    text = PAGE[PAGE.index(":::{change-it}") :].partition("```")[0]
    site = build_site({"index.md": PAGE.partition("```")[0] + text})

    assert "there is no code cell above; put it right below the one to be changed" in site.warnings


def test_a_change_that_never_ends_is_refused(build_site, monkeypatch):
    monkeypatch.setattr("lesson_extensions.execution.snippets.ask.__defaults__", (2,))
    site = build_site({"index.md": page("`- [2, 3]`", "`+ [0 for n in iter(int, 1)]`")})

    assert "the changed cell could not be run: it ran for more than 2 seconds" in site.warnings
