"""The notebook of a page: what is in it, that it can be saved, and that it runs anywhere."""

import json
import os
import re
import shutil
import subprocess
import sysconfig
import venv
from importlib import metadata
from pathlib import Path

import nbformat
import numpy
import pytest
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt
from packaging.requirements import Requirement
from sphinx.testing.util import SphinxTestApp

from tests.compare import same
from tests.conftest import ROOT, SITE, Site

ADDRESS = "https://example.org/site/"
FRONT = """---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3}
---
"""
CONF = f'''
from docutils import nodes
from lesson_extensions.shared.notebook_cells import code_cell, copies, text_cell
from sphinx.util.docutils import SphinxDirective

inventory = "{ROOT.as_posix()}/docs/_data/numpy.inv"
intersphinx_mapping = {{"numpy": ("https://numpy.org/doc/stable/", inventory)}}
myst_enable_extensions = ["amsmath", "attrs_inline", "colon_fence", "dollarmath", "substitution"]
myst_substitutions = {{"answer": "forty-two"}}
myst_heading_anchors = 3

class Stand(SphinxDirective):
    """What a check, an exercise or a player does: its content stands in the notebook."""
    has_content = True
    option_spec = {{"code": str, "task": str}}

    def run(self):
        node = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, node)
        if "task" in self.options:
            node["task"], node["task_kind"] = self.options["task"], "check"
        else:
            node["notebook"] = [text_cell("", *copies(node.children))]
        if "code" in self.options:
            node["notebook"].append(code_cell(source=self.options["code"]))
        self.set_source_info(node)
        return [node]

def setup(app):
    app.setup_extension("sphinx.ext.intersphinx")
    app.add_directive("stand", Stand)
'''
EXTENSIONS = [
    "myst_nb",
    "sphinx_design",
    *(
        f"lesson_extensions.{name}"
        for name in ("claims", "execution", "glossary", "lessons", "notebooks", "showcase")
    ),
]
SETTINGS = {
    "extensions": EXTENSIONS,
    "notebooks_licence": "Text CC BY 4.0.",
    "html_baseurl": ADDRESS,
    "project": "Matrices",
    "exclude_patterns": ["_build"],
    "myst_enable_extensions": [
        "amsmath", "attrs_inline", "colon_fence", "dollarmath", "substitution"
    ],
}  # fmt: skip
INDEX = "# Home\n\n```{toctree}\n:glob:\n\n*/*\n```\n"
TERM = "---\nterm: [dot product]\n---\n(dot)=\n# Dot product\n\nThe sum of the products.\n"
CELL = "```{code-cell}\n6 * 7\n```\n"


def lesson(text):
    return f"{FRONT}# Title\n\n{text}"


def files(text, name="lessons/one.md"):
    return {
        "conf.py": CONF,
        "index.md": INDEX,
        "other/term.md": TERM,
        "other/plain.md": "# Plain\n\nText.\n",
        name: text if text.startswith(("---", "# ")) else lesson(text),
    }


def notebook(site, docname="lessons/one"):
    return nbformat.read(Path(site.app.outdir) / f"{docname}.ipynb", 4)


def texts(found):
    return [cell.source for cell in found.cells if cell.cell_type == "markdown"]


# -- Markdown ------------------------------------------------------------------------------------

PAGE = f"{ADDRESS}lessons/one.html"
DOT = f"{ADDRESS}other/term.html#dot"
NUMPY = "https://numpy.org/doc/stable/reference/generated"
CASES = {
    "a term": ("A {term}`dot product`.", f"A [dot product]({DOT})."),
    "other words for a term": ("{term}`It <dot product>`", f"[It]({DOT})"),
    "a name of NumPy": (
        "{obj}`numpy.dot` it",
        f"[`numpy.dot`]({NUMPY}/numpy.dot.html#numpy.dot) it",
    ),
    "the last part of a name": (
        "{obj}`~numpy.ndarray.shape`",
        f"[`shape`]({NUMPY}/numpy.ndarray.shape.html#numpy.ndarray.shape)",
    ),
    "a reference": ("{ref}`dot`", f"[Dot product]({DOT})"),
    "a page": ("{doc}`/other/plain`", f"[Plain]({ADDRESS}other/plain.html)"),
    "a page linked to": ("[this](/other/plain.md)", f"[this]({ADDRESS}other/plain.html)"),
    "a place linked to": ("[this](#here)", f"[this]({PAGE}#here)"),
    "a link to elsewhere": ("[x](https://a.example/b)", "[x](https://a.example/b)"),
    "an address": ("<https://a.example/b>", "<https://a.example/b>"),
    "a link with brackets": ("[x](<https://a.example/b_(c)>)", "[x](https://a.example/b_%28c%29)"),
    "a computed figure": ('The answer is {eval}`f"{6 * 7}"`.', "The answer is 42."),
    "a substitution": ("It is {{ answer }}.", "It is forty-two."),
    "a target": ("(here-too)=\nText.", "Text."),
    "a claim": ("One.\n\n```{claim} 1 == 1\n```\n\nTwo.", "One.\n\nTwo."),
    "a comment": ("One.\n\n% no one sees it\n\nTwo.", "One.\n\nTwo."),
    "maths in a line": (r"So $a_1 \cdot b$ it is.", r"So $a_1 \cdot b$ it is."),
    "displayed maths": ("$$\na_1 * b\n$$", "$$\na_1 * b\n$$"),
    "a label of displayed maths": ("$$\na\n$$ (one-a)", "$$\na\n$$"),
    "aligned maths": (
        "\\begin{align*}\na &= b\n\\end{align*}",
        "\\begin{align*}\na &= b\n\\end{align*}",
    ),
    "lines": ("One.\nTwo.", "One.\nTwo."),
    "emphasis": ("*a* **b** `c_d`", "*a* **b** `c_d`"),
    "a backtick in code": ("`` a`b ``", "`` a`b ``"),
    "bullets": ("- a\n  and b\n- c\n  - d", "- a\n  and b\n- c\n  - d"),
    "a loose list": ("- a\n\n  b\n\n- c", "- a\n\n  b\n\n- c"),
    "a numbered list": ("3. a\n4. b", "3. a\n4. b"),
    "a quotation": ("> a\n> b\n>\n> c", "> a\n> b\n>\n> c"),
    "code": ("```text\na\n```", "```\na\n```"),
    "a session": ("```python\n>>> 1\n1\n```", "```python\n>>> 1\n1\n```"),
    "a fence in code": ("````markdown\n```\na\n```\n````", "````markdown\n```\na\n```\n````"),
    "a note": ("```{note}\nA.\n\n- b\n```", "> **Note**\n>\n> A.\n>\n> - b"),
    "a warning with its own title": ("```{admonition} Mind\nA.\n```", "> **Mind**\n>\n> A."),
    "see also": ("```{seealso}\n{doc}`/other/plain`\n```", "> **See also**\n>\n> [Plain]"),
    "maths in a note": ("```{note}\n$$\na\n= b\n$$\n```", "> **Note**\n>\n> $$a = b$$"),
    "a fold": (":::{dropdown} More\nA.\n:::", "**More**\n\nA."),
    "a container": ("::::{container} x\n:::{container} y\nA.\n:::\n::::", "A."),
    "a table": (
        "| a | b |\n| - | - |\n| `1\\|2` | $c$ |",
        "| a | b |\n| --- | --- |\n| `1\\|2` | $c$ |",
    ),
    "an image with its caption": (
        "```{figure} https://a.example/b.png\n:alt: A b\n\nIts caption.\n```",
        "![A b](https://a.example/b.png)\n\n*Its caption.*",
    ),
    "a picture of ours": ("![A dot](/dot.png)", f"![A dot]({ADDRESS}_images/dot.png)"),
    "a heading below": ("### Deep `d`", "### Deep `d`"),
    "a heading out of place": ("```{note}\n# Odd\n```", "> **Note**\n>\n> # Odd"),
    "subscripts": ("H{sub}`2`O", "H<sub>2</sub>O"),
    "a rule": ("One.\n\n---\n\nTwo.", "One.\n\n---\n\nTwo."),
    "HTML": ("<details>\n\nA.\n\n</details>", "<details>\n\nA.\n\n</details>"),
    "a footnote": ("A[^b].\n\n[^b]: Below.", "A[1]."),
}  # fmt: skip


@pytest.fixture(scope="module")
def converted(tmp_path_factory):
    """A site with a lesson that has a section for each case."""
    body = "\n\n".join(f"## {name}:\n\n{source}" for name, (source, _) in CASES.items())
    folder = tmp_path_factory.mktemp("converted")
    shutil.copyfile(ROOT / "docs/_static/social.png", folder / "dot.png")
    site = Site(folder, files(f"(here)=\n## Here\n\n{CELL}\n\n{body}"), SETTINGS)
    yield site
    site.app.cleanup()


@pytest.mark.parametrize("name", CASES)
def test_what_a_page_says_is_markdown_that_jupyter_shows(name, converted):
    cells = texts(notebook(converted))
    (place,) = [at for at, text in enumerate(cells) if text.startswith(f"## {name}:")]
    found = cells[place].partition("\n\n")[2]
    if name == "a heading below":
        found = cells[place + 1]

    assert converted.warnings == ""
    if name in ("see also", "a footnote"):
        assert found.startswith(CASES[name][1])
    else:
        assert found == CASES[name][1]


# What means something in Markdown, written so that it does not.
PLAIN = [
    r"2 \* 3 \* 4 and \*this\* \*\*too\*\*, 5 * 6",
    r"snake_case \_private\_ \_\_init\_\_",
    r"\[a\]\(b\), [4, 2]\(c) and \[d\]\[e\]; [1, 2]: a list",
    r"\<b> if a < b and c > d",
    r"\`no code\` and a \\ backslash",
    r"costs \$5 or \$6",
    r"\~\~gone\~\~ and \&amp; R&D",
    "first\n\\# no heading\n\\- no list\n\\+ nor this\n1\\. nor this\n\\> no quotation",
    "first\n\\=== and no\n\\---",
    r"\[a]: no address",
]


@pytest.mark.parametrize("number", range(len(PLAIN)))
def test_a_sign_that_means_nothing_on_the_page_means_nothing_in_the_notebook(number, plain):
    shown = {
        name: BeautifulSoup(MarkdownIt().enable("strikethrough").render(text), "html.parser")
        for name, text in (("page", PLAIN[number]), ("notebook", plain[number]))
    }

    assert [tag.name for tag in shown["notebook"].find_all(True)] == ["p"]
    assert shown["notebook"].get_text() == shown["page"].get_text()
    assert not re.search(r"(?<!\\)\$", plain[number])  # Jupyter would take it for maths


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """The cases of PLAIN, as a notebook has them."""
    body = "\n\n".join(f"## P\n\n{text}" for text in PLAIN)
    site = Site(
        tmp_path_factory.mktemp("plain"),
        files(f"{CELL}\n\n{body}"),
        SETTINGS | {"smartquotes": False, "suppress_warnings": ["myst.header"]},
    )
    yield [text.removeprefix("## P\n\n") for text in texts(notebook(site))[-len(PLAIN) :]]
    site.app.cleanup()


def test_without_an_address_of_the_site_a_link_within_it_is_its_words(shared_site):
    site = shared_site(
        files(f"{CELL}\nA {{term}}`dot product`, [x](https://a.example/)."),
        **SETTINGS | {"html_baseurl": ""},
    )

    assert texts(notebook(site))[-1] == "A dot product, [x](https://a.example/)."
    assert "This is a page of Matrices as a notebook." in texts(notebook(site))[0]


# -- Cells ---------------------------------------------------------------------------------------


def test_a_notebook_says_below_its_title_where_it_is_from_and_what_it_needs(shared_site):
    site = shared_site(files("Text.\n\n```{code-cell}\nimport numpy as np\n```\n"), **SETTINGS)

    title, note, text = texts(notebook(site))[0].split("\n\n")
    assert (title, text) == ("# Title", "Text.")
    assert f"[a page of Matrices]({PAGE})" in note
    assert "Text CC BY 4.0." in note
    assert "It needs NumPy: where an import fails, run `%pip install numpy`" in note
    assert all(line.startswith("> ") for line in note.splitlines())


def test_a_notebook_with_a_licence_of_its_own_claims_no_other(shared_site):
    facts = "showcase: {author: A, licence: CC0, data: none, tags: [a]}\n---\n"
    text = lesson(CELL).replace("---\n#", f"{facts}#")
    site = shared_site(files(text, "showcase/one.md"), **SETTINGS)

    assert "CC BY" not in texts(notebook(site, "showcase/one"))[0]


MIXED = """
One.

```{code-cell}
x = 6
print("six")
x * 7
```

```{code-cell}
:tags: [hide-input, other]
"hidden code"
```

```{code-cell}
:tags: [remove-input, remove-output]
y = 1
```

Two.

```{code-cell}
:tags: [hide-output]
y + 1
```

```{code-cell}
:tags: [hide-cell]
y + 2
```

## Section

```{code-cell}
:tags: [remove-input, remove-output]
y = 5
```
"""


def test_cells_are_those_of_the_page_with_their_outputs_in_order(shared_site):
    found = notebook(shared_site(files(MIXED), **SETTINGS))

    assert [cell.source.split("\n\n")[-1] for cell in found.cells] == [
        "One.",
        'x = 6\nprint("six")\nx * 7',
        '"hidden code"',
        "Two.",
        "y = 1",
        "y + 1",
        "y + 2",
        "## Section",
        "y = 5",
    ]
    first, last = found.cells[1], found.cells[5]
    assert [output.output_type for output in first.outputs] == ["stream", "execute_result"]
    assert first.outputs[0].text == "six\n"
    assert first.outputs[1].data == {"text/plain": "42"}
    assert last.outputs[0].data == {"text/plain": "2"}


def test_what_the_page_hides_is_folded(shared_site):
    found = notebook(shared_site(files(MIXED), **SETTINGS))
    folded = {
        cell.source: set(cell.metadata.get("jupyter", {}))
        for cell in found.cells
        if cell.cell_type == "code"
    }

    assert list(folded.values()) == [
        set(),
        {"source_hidden"},
        {"source_hidden", "outputs_hidden"},
        {"outputs_hidden"},
        {"source_hidden", "outputs_hidden"},
        {"source_hidden", "outputs_hidden"},
    ]
    assert found.cells[2].metadata.tags == ["hide-input", "other"]
    assert "metadata" not in found.cells[1] or not found.cells[1].metadata


DRAWS = """
```{code-cell}
---
mystnb:
  image:
    alt: A line that rises from one to two
---
import matplotlib.pyplot as plt
plt.plot([1, 2]);
```
"""


def test_a_picture_is_there_and_says_what_it_shows(shared_site):
    (output,) = notebook(shared_site(files(DRAWS), **SETTINGS)).cells[-1].outputs

    assert output.data["image/png"].startswith("iVBOR")
    assert output.metadata["image/png"] == {"alt": "A line that rises from one to two"}


def test_pictures_look_as_on_the_page_wherever_they_are_drawn(build_site, tmp_path, monkeypatch):
    style = tmp_path / "style"
    style.write_text(
        "# the look\naxes.facecolor: 12161d # dark\nfigure.figsize: 7, 3\n\nsvg.hashsalt: x\n"
        "axes.prop_cycle: cycler('color', ['ffb454', '7cc7ff'])\n",
        "utf-8",
    )
    monkeypatch.setenv("MATPLOTLIBRC", str(style))
    first = notebook(build_site(files(DRAWS), **SETTINGS)).cells[1]
    import matplotlib

    with matplotlib.rc_context():
        exec(first.source, {})
        drawn = matplotlib.rcParams.copy()

    colours = [drawn["axes.facecolor"], *drawn["axes.prop_cycle"].by_key()["color"]]
    assert [colour.lstrip("#") for colour in colours] == ["12161d", "ffb454", "7cc7ff"]
    assert drawn["figure.figsize"] == [7, 3]
    assert "hashsalt" not in first.source
    assert first.metadata.jupyter.source_hidden


def test_a_page_that_draws_nothing_sets_no_look(build_site, tmp_path, monkeypatch):
    (tmp_path / "style").write_text("axes.facecolor: 12161d\n", "utf-8")
    monkeypatch.setenv("MATPLOTLIBRC", str(tmp_path / "style"))
    found = notebook(build_site(files(CELL), **SETTINGS))

    assert [cell.source for cell in found.cells if cell.cell_type == "code"] == ["6 * 7"]


STANDS = f"""
{CELL}

Before.

:::{{stand}}
:code: answer = 1
A {{term}}`dot product` of {{eval}}`6 * 7`, [there](/other/plain.md).

<details><summary>Answer</summary>

$a_1$

</details>
:::

After.

```{{note}}
Around it.

:::{{stand}}
:code: answer = 2
Inside.
:::
```
"""


def test_what_stands_for_a_directive_has_cells_of_its_own(shared_site):
    site = shared_site(files(STANDS), **SETTINGS)

    assert site.warnings == ""
    assert [(cell.cell_type, cell.source) for cell in notebook(site).cells[2:]] == [
        ("markdown", "Before."),
        (
            "markdown",
            f"A [dot product]({DOT}) of 42, [there]({ADDRESS}other/plain.html).\n\n"
            "<details><summary>Answer</summary>\n\n$a_1$\n\n</details>",
        ),
        ("code", "answer = 1"),
        ("markdown", "After.\n\n> **Note**\n>\n> Around it.\n>\n> Inside."),
        ("code", "answer = 2"),
    ]


def test_headings_of_any_level_may_stand_for_a_directive(shared_site):
    site = shared_site(files(f"{CELL}\n:::{{stand}}\n#### Deep\n\nText.\n:::"), **SETTINGS)

    assert site.warnings == ""
    assert texts(notebook(site))[-1] == "#### Deep\n\nText."


def test_a_task_with_nothing_for_the_notebook_is_named(shared_site):
    warnings = shared_site(
        files(f"{CELL}\n:::{{stand}}\n:task: sum\nText.\n:::"), **SETTINGS
    ).warnings

    assert (
        "lessons/one.md:11: WARNING: the notebook of this page has nothing in place of 'sum'"
        in (warnings)
    )


def test_a_broken_link_is_reported_once(shared_site):
    warnings = shared_site(files(f"{CELL}\n{{term}}`nothing`"), **SETTINGS).warnings

    assert warnings.count("term not in glossary: 'nothing'") == 1


# -- The file ------------------------------------------------------------------------------------


def test_a_notebook_is_valid_and_says_nothing_of_the_machine(shared_site):
    site = shared_site(files(MIXED), **SETTINGS)
    found = notebook(site)

    nbformat.validate(found)
    assert (found.nbformat, found.nbformat_minor) == (4, 5)
    assert found.metadata.kernelspec.name == "python3"
    assert set(found.metadata) == {"kernelspec", "language_info"}
    assert "version" not in found.metadata.language_info
    assert str(site.app.srcdir) not in json.dumps(found)
    assert len({cell.id for cell in found.cells}) == len(found.cells)


def test_two_builds_give_the_same_notebook(build_site):
    first, second = (build_site(files(MIXED + STANDS), **SETTINGS) for _ in range(2))
    paths = [Path(site.app.outdir) / "lessons/one.ipynb" for site in (first, second)]

    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_two_cells_that_say_the_same_have_two_names(shared_site):
    found = notebook(shared_site(files(3 * f"{CELL}\nAgain.\n\n"), **SETTINGS))

    nbformat.validate(found)
    assert len({cell.id for cell in found.cells}) == len(found.cells) == 7


def test_a_cell_keeps_its_name_when_others_change(shared_site):
    before = notebook(shared_site(files(MIXED), **SETTINGS))
    after = notebook(shared_site(files(MIXED.replace("One.", "Other.")), **SETTINGS))

    assert [cell.id for cell in before.cells][1:] == [cell.id for cell in after.cells][1:]
    assert before.cells[0].id != after.cells[0].id


def build_again(site, builder="html"):
    """Another build of the same sources with the same doctrees, as `nox -s docs` does one."""
    config = site.app.config
    settings = config.overrides | {"extensions": list(config.extensions)}
    site.app.cleanup()
    site.app = SphinxTestApp(builder, srcdir=site.app.srcdir, confoverrides=settings)
    site.app.build()
    return site


def test_a_page_that_is_not_executed_again_keeps_its_notebook(build_site):
    site = build_site(files(MIXED), **SETTINGS)
    out = Path(site.app.outdir)
    first = (out / "lessons/one.ipynb").read_bytes()
    shutil.rmtree(out)  # a draft begins empty
    shutil.rmtree(out.parent / "jupyter_execute")
    (site.app.srcdir / "other/plain.md").write_text("# Plain\n\nOther text.\n", "utf-8")
    doctree = Path(site.app.doctreedir) / "lessons/one.doctree"
    read = doctree.stat().st_mtime_ns
    build_again(site)

    assert doctree.stat().st_mtime_ns == read
    assert (out / "lessons/one.ipynb").read_bytes() == first


def test_what_another_builder_executed_is_in_the_notebook(build_site):
    site = build_site(files(CELL), **SETTINGS)
    (site.app.srcdir / "lessons/one.md").write_text(lesson(CELL.replace("7", "8")), "utf-8")
    build_again(site, "text")
    build_again(site)

    assert notebook(site).cells[-1].outputs[0].data == {"text/plain": "48"}


# -- The link ------------------------------------------------------------------------------------


def links(site, docname):
    return site.html(docname).select("a[download]")


def test_the_link_stands_in_the_facts_of_a_lesson_and_saves_the_file(shared_site):
    facts = "lesson: {summary: One., minutes: 12, prerequisites: []}\n---\n"
    site = shared_site(files(lesson(CELL).replace("---\n#", f"{facts}#")), **SETTINGS)
    (link,) = links(site, "lessons/one")

    assert link.parent.get_text() == "12 minutes · Notebook (.ipynb)"
    assert link.parent["class"] == ["la-lesson"]
    assert link["href"] == "one.ipynb" and link["download"] == ""
    assert "Notebook" not in "".join(texts(notebook(site)))


def test_the_link_is_among_the_facts_of_a_showcase_page(shared_site):
    conf = CONF.replace(
        "def setup(app):\n",
        "def facts(app, doctree):\n"
        "    for section in list(doctree.findall(nodes.section))[:1]:\n"
        "        body = nodes.field_body('', nodes.paragraph('', 'Ada'))\n"
        "        field = nodes.field('', nodes.field_name(text='Author'), body)\n"
        "        section.insert(1, nodes.field_list('', field))\n\n"
        "def setup(app):\n    app.connect('doctree-read', facts)\n",
    )
    site = shared_site(files(lesson(CELL), "showcase/one.md") | {"conf.py": conf}, **SETTINGS)
    (link,) = links(site, "showcase/one")

    terms = [term.get_text() for term in link.find_parent("dl").find_all("dt")]
    assert terms == ["Author:", "Download:"]
    assert "- Author: Ada" in texts(notebook(site, "showcase/one"))[0]


def test_the_link_stands_below_the_title_of_a_page_without_facts(shared_site):
    (link,) = links(shared_site(files(CELL), **SETTINGS), "lessons/one")

    assert link.parent["class"] == ["la-notebook"]
    assert link.parent.find_previous_sibling().name == "h1"


@pytest.mark.parametrize(
    ("name", "text"),
    [("lessons/one.md", "# Read only\n\nText.\n"), ("other/one.md", lesson(CELL))],
    ids=["not executed", "not among the notebooks"],
)
def test_other_pages_have_no_link_and_no_notebook(name, text, shared_site):
    site = shared_site(files(text, name), **SETTINGS)

    assert links(site, name.removesuffix(".md")) == []
    assert list(Path(site.app.outdir).rglob("*.ipynb")) == []


def test_a_page_that_is_no_longer_executed_loses_its_link(build_site):
    site = build_site(files(CELL), **SETTINGS)
    (site.app.srcdir / "lessons/one.md").write_text("# Title\n\nText.\n", "utf-8")
    build_again(site)

    assert links(site, "lessons/one") == []


@pytest.mark.parametrize("builder", ["text", "latex", "epub", "singlehtml", "xml"])
def test_where_there_is_no_page_to_lie_beside_there_is_no_notebook(builder, build_site):
    site = build_again(build_site(files(STANDS), **SETTINGS), builder)
    out = Path(site.app.outdir)
    written = [
        path for path in out.rglob("*") if path.suffix in {".txt", ".tex", ".xhtml", ".html"}
    ]

    assert list(out.rglob("*.ipynb")) == []
    assert all("(.ipynb)" not in path.read_text("utf-8") for path in written)


def test_the_link_is_right_where_each_page_has_a_folder(build_site):
    site = build_again(build_site(files(CELL), **SETTINGS), "dirhtml")
    page = Path(site.app.outdir) / "lessons/one/index.html"
    (link,) = BeautifulSoup(page.read_text("utf-8"), "html.parser").select("article a[download]")

    assert link["href"] == "../one.ipynb"
    assert (page.parent / link["href"]).is_file()
    assert f"({ADDRESS}lessons/one/)" in texts(notebook(site))[0]


# -- The real site -------------------------------------------------------------------------------


def executed():
    """The docnames of the lessons and showcase notebooks."""
    return [
        path.relative_to(ROOT / "docs").with_suffix("").as_posix()
        for folder in ("lessons", "showcase")
        for path in sorted((ROOT / "docs" / folder).glob("*.md"))
        if "\nfile_format: mystnb\n" in path.read_text("utf-8")
    ]


def built(docname):
    return nbformat.read(SITE / f"{docname}.ipynb", 4)


@pytest.mark.parametrize("docname", executed())
def test_every_lesson_and_showcase_page_offers_its_notebook(docname, site):
    page = BeautifulSoup((site / f"{docname}.html").read_text("utf-8"), "html.parser")
    (link,) = page.article.select(f'a[download][href="{Path(docname).name}.ipynb"]')

    assert link.get_text() == "Notebook (.ipynb)"
    assert ((site / docname).parent / link["href"]).is_file()


def test_there_is_a_notebook_for_these_pages_only(site):
    found = {path.relative_to(site).with_suffix("").as_posix() for path in site.rglob("*.ipynb")}

    assert found == set(executed()) and len(found) >= 7


def without_code(text):
    """Markdown without its code and formulas, in which anything may stand."""
    text = re.sub(r"(?ms)^( *(?:> )*)(`{3,})(?!\{).*?^\1\2`*$", "", text)
    return re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)|\$\$.*?\$\$|\$.*?\$", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("docname", executed())
def test_a_notebook_of_the_site_is_valid_and_plain_markdown(docname, site):
    found = built(docname)
    nbformat.validate(found)
    text = "\n\n".join(texts(found))

    assert str(ROOT) not in (site / f"{docname}.ipynb").read_text("utf-8")
    assert re.findall(r"\{[\w:-]+\}`[^`]*`|^\s*(?:`{3,}|:{3,})\{.*|^:{3,}.*", text, re.M) == []
    prose = without_code(text)
    assert re.findall(r"\{\{.*?\}\}|^\([\w-]+\)=$|^%.*|\{[\w:-]+\}", prose, re.MULTILINE) == []
    addresses = re.findall(r"\]\(([^)]*)\)", prose)
    assert addresses  # else nothing is compared below; a new lesson has but one or two
    assert [address for address in addresses if not address.startswith("https://")] == []


@pytest.mark.parametrize("docname", executed())
def test_a_notebook_says_what_its_page_says(docname, site):
    """Nothing is lost: each paragraph of the page is in it, but for those of our directives."""
    page = BeautifulSoup((site / f"{docname}.html").read_text("utf-8"), "html.parser").article
    for tag in page.select("[class*=la-check], [class*=la-exercise], [class*=la-player], math"):
        tag.decompose()
    for tag in page.select(".headerlink, .la-lesson, .la-notebook, .cell, dd:has(a[download])"):
        tag.decompose()
    text = "\n\n".join(texts(built(docname)))
    rendered = (
        MarkdownIt().enable("table").render(re.sub(r"\$\$.*?\$\$|\$.*?\$", "", text, flags=re.S))
    )
    said = words(BeautifulSoup(rendered, "html.parser").get_text())
    paragraphs = [words(tag.get_text()) for tag in page.select("p, h1, h2, h3, li, td")]

    assert words(page.h1.get_text()) == paragraphs[0]  # so that something is compared
    assert [paragraph for paragraph in paragraphs if paragraph not in said] == []


def words(text):
    return " ".join(text.split())


# -- A clean environment ---------------------------------------------------------------------------

KERNEL = ("numpy", "matplotlib", "ipykernel")


def needed(names):
    """The installed distributions that these need, and those that they need, and so on."""
    found, waiting = {}, list(names)
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in found:
            continue
        found[name] = metadata.distribution(name)
        for line in found[name].requires or []:
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                waiting.append(requirement.name)
    return found


def link(names, packages, apart=()):
    """Link the distributions that these need into a folder, but for those that `apart` need."""
    others = needed(apart)
    for name, distribution in needed(names).items():
        tops = {file.parts[0] for file in distribution.files if file.parts[0] not in ("..", "/")}
        for top in tops - {"__pycache__"} if name not in others else ():
            target = Path(packages) / top
            if not target.exists():
                target.symlink_to(distribution.locate_file(top))


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """(run, python): a Python with NumPy, matplotlib and a kernel alone, and what runs notebooks.

    It is made of links to what is installed here, so it needs no network.
    """
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder / "python", symlinks=os.name != "nt", with_pip=False)
    python = next(
        path
        for path in (folder / "python/bin/python", folder / "python/Scripts/python.exe")
        if path.exists()
    )
    packages = sysconfig.get_path(
        "purelib", vars={"base": folder / "python", "platbase": folder / "python"}
    )
    link(KERNEL, packages)
    kernel = folder / "jupyter/kernels/python3/kernel.json"
    kernel.parent.mkdir(parents=True)
    argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernel.write_text(
        json.dumps({"argv": argv, "display_name": "P", "language": "python"}), "utf-8"
    )
    ours = ("PYTHON", "MPL", "MATPLOTLIB", "IPYTHON", "JUPYTER", "LA_", "VIRTUAL_ENV")
    env = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    for key, name in (("IPYTHONDIR", "ipython"), ("MPLCONFIGDIR", "mpl"), ("HOME", "home")):
        (folder / name).mkdir()
        env[key] = str(folder / name)
    env |= {"JUPYTER_PATH": str(folder / "jupyter"), "PYTHONNOUSERSITE": "1", "PYTHONUTF8": "1"}
    # Threads of BLAS that wait for a core beside another test take twice its time
    env["OPENBLAS_NUM_THREADS"] = os.environ.get("BLAS_THREADS", "1")

    def run(command, cwd, **more):
        return subprocess.run(
            list(map(str, command)),
            cwd=cwd,
            env=env | more,
            capture_output=True,
            text=True,
            check=False,
        )

    return run, python


def test_the_clean_environment_has_only_what_a_notebook_may_need(clean, tmp_path):
    run, python = clean
    program = """
import importlib.util, sys
import numpy, matplotlib.pyplot, ipykernel
print(numpy.__version__, *[name for name in sys.argv[1:] if importlib.util.find_spec(name)])
"""
    others = ("sphinx", "myst_nb", "nbformat", "pytest", "bs4", "scipy", "lesson_extensions")

    assert run([python, "-c", program, *others], tmp_path).stdout == f"{numpy.__version__}\n"


def wanted(docname):
    """What a notebook says that it needs, beside what the clean environment has."""
    (said,) = re.findall(r"`%pip install ([\w -]+)` in a new cell", texts(built(docname))[0])
    return frozenset(said.split()) - set(KERNEL)


def test_a_notebook_says_what_it_needs_beside_numpy(site):
    assert wanted("lessons/beyond-one-machine") == {"dask", "distributed", "array-api-compat"}
    assert wanted("lessons/vectors") == set()


@pytest.fixture(scope="module")
def executed_again(clean, site, tmp_path_factory):
    """The folder of all notebooks, run from top to bottom, each alone in a folder.

    Each with NumPy, matplotlib and a kernel, and what it says that it needs, alone.
    """
    run, _ = clean
    folder = tmp_path_factory.mktemp("executed")
    for docname in executed():
        (folder / docname).mkdir(parents=True)  # with nothing else in it
        shutil.copyfile(site / f"{docname}.ipynb", folder / docname / "notebook.ipynb")
    jupyter = shutil.which("jupyter-execute", path=sysconfig.get_path("scripts"))
    for number, names in enumerate(sorted(set(map(wanted, executed())), key=sorted)):
        packages = folder / f"packages{number}"
        packages.mkdir()
        link(names, packages, apart=KERNEL)
        paths = [folder / name / "notebook.ipynb" for name in executed() if wanted(name) == names]
        command = [jupyter, "--inplace", "--allow-errors", *paths]
        ended = run(command, folder, PYTHONPATH=str(packages))
        assert ended.returncode == 0, ended.stderr[-4000:]
    return folder


def printed(cell):
    """What a cell printed, or showed as text; a picture as its kind."""
    for output in cell.outputs:
        kinds = sorted(kind for kind in output.get("data", {}) if kind.startswith("image/"))
        yield "\n".join(kinds) or output.get("text") or output.get("data", {}).get("text/plain", "")


@pytest.mark.parametrize("docname", executed())
def test_a_notebook_runs_from_top_to_bottom_with_what_it_says_it_needs_alone(
    docname, executed_again
):
    path = executed_again / docname / "notebook.ipynb"
    varies = "\nvaries: true\n" in (ROOT / f"docs/{docname}.md").read_text("utf-8")
    for before, after in zip(built(docname).cells, nbformat.read(path, 4).cells, strict=True):
        if before.cell_type == "markdown":
            continue
        assert all(output.output_type != "error" for output in after.outputs), before.source
        assert after.execution_count, before.source
        if (
            before.execution_count
            and not varies
            and "varies" not in before.metadata.get("tags", [])
        ):
            expected, got = "\n".join(printed(before)), "\n".join(printed(after))
            assert same(expected + "\n", got + "\n"), (before.source, expected, got)
