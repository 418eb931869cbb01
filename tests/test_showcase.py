"""What the front matter of a showcase notebook shows, and what it refuses; its data."""

import base64
import bz2
import hashlib
import runpy

import pytest

from tests.conftest import ROOT, one_site

EXTENSIONS = [
    "myst_nb",
    "sphinx_design",
    "lesson_extensions.cards",
    "lesson_extensions.execution",
    "lesson_extensions.search",
    "lesson_extensions.showcase",
]
INDEX = "# Home\n\n```{toctree}\n:glob:\n\nshowcase/*\n```\n"
NOTEBOOK = """---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3}
showcase:
  author: Ada
  licence: CC BY 4.0
  data: "Iris, CC BY 4.0: https://example.org/iris."
  tags: [svd, real data]
---
# Flowers

Four measures of 150 flowers.
"""
CELL = "\n```{code-cell}\n:tags: [data]\n\nrows = 'quaggawort'\n```\n"


@pytest.fixture
def good(shared_site):
    """A site of one showcase notebook, with its card."""
    index = INDEX + "\n```{cards} showcase/*\n```\n"
    return shared_site({"index.md": index, "showcase/flowers.md": NOTEBOOK})


def test_a_notebook_says_whose_it_is_and_what_it_stands_on(good):
    facts = good.html("showcase/flowers").select_one(".la-showcase")

    assert good.warnings == ""
    assert facts.name == "dl"
    assert [name.get_text().rstrip(":") for name in facts.select("dt")[:4]] == [
        "Author", "Licence", "Data", "Tags",
    ]  # fmt: skip
    assert [body.get_text().strip() for body in facts.select("dd")[:4]] == [
        "Ada", "CC BY 4.0", "Iris, CC BY 4.0: https://example.org/iris.", "svd · real data",
    ]  # fmt: skip


def test_the_address_of_the_data_is_a_link_without_the_full_stop(good):
    facts = good.html("showcase/flowers").select_one(".la-showcase")

    assert [link["href"] for link in facts.select("dd")[2].select("a")] == [
        "https://example.org/iris"
    ]


def test_the_first_paragraph_of_its_own_is_its_card(good):
    (card,) = good.html("index").select(".la-card")

    assert [part.get_text() for part in card.select("p")] == ["Four measures of 150 flowers."]


def test_the_facts_are_in_the_plain_text_too(good):
    doctree = good.app.env.get_doctree("showcase/flowers")
    fields = next(doctree.findall(lambda n: n.tagname == "field_list"))

    assert "Ada" in fields.astext() and "svd" in fields.astext()


DATA = next(line for line in NOTEBOOK.splitlines(True) if line.startswith("  data:"))
WRONG = [
    ("  author: Ada\n", "", "has no author: who wrote it, as a text"),
    ("author: Ada", "author: ''", "says '' as its author"),
    ("author: Ada", "author: [Ada]", "says ['Ada'] as its author"),
    ("  licence: CC BY 4.0\n", "", "has no licence: under which licence"),
    ("licence: CC BY 4.0", "licence: 4.0", "says 4.0 as its licence"),
    (DATA, "", "has no data: as a text, the name and address"),
    ("[svd, real data]", "svd", "says 'svd' as its tags: what it is about, as a list"),
    ("[svd, real data]", "[]", "says [] as its tags"),
    ("[svd, real data]", "[2026]", "says [2026] as its tags"),
    ("  tags:", "  mood: good\n  tags:", "says 'mood', which has no meaning here"),
]
NO_MAPPING = "---\nfile_format: mystnb\nshowcase: yes please\n---\n# Flowers\n\nText.\n"
SILENT = "---\nfile_format: mystnb\n---\n# Flowers\n\nText.\n"


@pytest.fixture
def wrong(shared_site):
    """A site with a page for each front matter that is wrong, and one that needs none."""
    pages = {}
    for number, (right, other, _) in enumerate(WRONG):
        assert right in NOTEBOOK
        pages[f"showcase/wrong{number}.md"] = NOTEBOOK.replace(right, other)
    pages |= {"showcase/none.md": NO_MAPPING, "showcase/silent.md": SILENT}
    return shared_site(one_site(pages | {"showcase/plain.md": "# Showcase\n\nNotebooks.\n"}))


@pytest.mark.parametrize("number", range(len(WRONG)), ids=[warning for *_, warning in WRONG])
def test_a_missing_or_wrong_entry_is_named_with_an_example(number, wrong):
    page = f"showcase/wrong{number}.md"
    said = wrong.warnings_of(page)

    assert f"{page}:4: WARNING: the front matter of this notebook {WRONG[number][2]}" in said
    assert "\nshowcase:\n  author: Your name\n" in said
    assert said.count("WARNING: ") == 1


def test_front_matter_that_is_no_mapping_is_named_with_an_example(wrong):
    said = wrong.warnings_of("showcase/none.md")

    assert "none.md:3: WARNING: the front matter says 'yes please' of it; write" in said


def test_a_notebook_in_the_showcase_must_say_whose_it_is(wrong):
    said = wrong.warnings_of("showcase/silent.md")

    assert "silent.md:1: WARNING: the front matter does not say whose this notebook is" in said


def test_a_page_that_is_no_notebook_need_not_say_it(wrong):
    assert wrong.warnings_of("showcase/plain.md") == ""
    assert wrong.html("showcase/plain").select(".la-showcase") == []


def test_data_in_a_cell_is_shown_but_not_searched(build_site):
    text = NOTEBOOK + CELL + CELL.replace("data]", "other]").replace("quag", "snag")
    site = build_site({"index.md": INDEX, "showcase/flowers.md": text})
    scripts = (site.app.outdir / "_static/search").rglob("*.js")
    index = "".join(script.read_text("utf-8") for script in scripts)

    assert "quaggawort" in site.html("showcase/flowers").get_text()
    assert "snaggawort" in index
    assert "quaggawort" not in index


def test_the_digits_are_those_that_the_readme_names():
    packed = runpy.run_path(str(ROOT / "docs/_data/digits.py"))["PACKED"]
    rows = bz2.decompress(base64.b64decode(packed))
    readme = (ROOT / "docs/_data/README.md").read_text("utf-8")

    assert len(rows) == 1797 * 65
    assert hashlib.sha256(rows).hexdigest() in readme


def test_what_pages_read_is_in_the_readme_with_its_source():
    readme = (ROOT / "docs/_data/README.md").read_text("utf-8")

    for path in (ROOT / "docs/_data").iterdir():
        assert path.name == "README.md" or f"\n## {path.name}\n" in readme, path
