"""What the front matter of a showcase notebook shows, and what it refuses; its data."""

import base64
import bz2
import hashlib
import runpy

import pytest

from tests.conftest import ROOT

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


def build(build_site, text, **more):
    return build_site({"index.md": INDEX, "showcase/flowers.md": text} | more)


def test_a_notebook_says_whose_it_is_and_what_it_stands_on(build_site):
    site = build(build_site, NOTEBOOK)
    facts = site.html("showcase/flowers").select_one(".la-showcase")

    assert site.warnings == ""
    assert facts.name == "dl"
    assert [name.get_text().rstrip(":") for name in facts.select("dt")[:4]] == [
        "Author", "Licence", "Data", "Tags",
    ]  # fmt: skip
    assert [body.get_text().strip() for body in facts.select("dd")[:4]] == [
        "Ada", "CC BY 4.0", "Iris, CC BY 4.0: https://example.org/iris.", "svd · real data",
    ]  # fmt: skip


def test_the_address_of_the_data_is_a_link_without_the_full_stop(build_site):
    facts = build(build_site, NOTEBOOK).html("showcase/flowers").select_one(".la-showcase")

    assert [link["href"] for link in facts.select("dd")[2].select("a")] == [
        "https://example.org/iris"
    ]


def test_the_first_paragraph_of_its_own_is_its_card(build_site):
    site = build_site(
        {"index.md": "# Home\n\n```{cards} showcase/*\n```\n", "showcase/flowers.md": NOTEBOOK}
    )
    (card,) = site.html("index").select(".la-card")

    assert [part.get_text() for part in card.select("p")] == ["Four measures of 150 flowers."]


def test_the_facts_are_in_the_plain_text_too(build_site):
    site = build(build_site, NOTEBOOK)
    fields = next(
        site.app.env.get_doctree("showcase/flowers").findall(lambda n: n.tagname == "field_list")
    )

    assert "Ada" in fields.astext() and "svd" in fields.astext()


@pytest.mark.parametrize(
    ("right", "wrong", "warning"),
    [
        ("  author: Ada\n", "", "has no author: who wrote it, as a text"),
        ("author: Ada", "author: ''", "says '' as its author"),
        ("author: Ada", "author: [Ada]", "says ['Ada'] as its author"),
        ("  licence: CC BY 4.0\n", "", "has no licence: under which licence"),
        ("licence: CC BY 4.0", "licence: 4.0", "says 4.0 as its licence"),
        ("[svd, real data]", "svd", "says 'svd' as its tags: what it is about, as a list"),
        ("[svd, real data]", "[]", "says [] as its tags"),
        ("[svd, real data]", "[2026]", "says [2026] as its tags"),
        ("  tags:", "  mood: good\n  tags:", "says 'mood', which has no meaning here"),
    ],
)
def test_a_missing_or_wrong_entry_is_named_with_an_example(right, wrong, warning, build_site):
    assert right in NOTEBOOK
    text = NOTEBOOK.replace(right, wrong)
    warnings = build(build_site, text).warnings

    assert "showcase/flowers.md:4: WARNING: the front matter of this notebook" in warnings
    assert warning in warnings
    assert "\nshowcase:\n  author: Your name\n" in warnings


def test_data_without_a_source_is_named_with_an_example(build_site):
    text = "".join(line for line in NOTEBOOK.splitlines(True) if not line.startswith("  data:"))

    assert "has no data: as a text, the name and address" in build(build_site, text).warnings


def test_front_matter_that_is_no_mapping_is_named_with_an_example(build_site):
    text = "---\nfile_format: mystnb\nshowcase: yes please\n---\n# Flowers\n\nText.\n"
    warnings = build(build_site, text).warnings

    assert "flowers.md:3: WARNING: the front matter says 'yes please' of it; write" in warnings


def test_a_notebook_in_the_showcase_must_say_whose_it_is(build_site):
    text = "---\nfile_format: mystnb\n---\n# Flowers\n\nText.\n"
    warnings = build(build_site, text).warnings

    assert "flowers.md:1: WARNING: the front matter does not say whose this notebook is" in warnings


def test_a_page_that_is_no_notebook_need_not_say_it(build_site):
    site = build(build_site, "# Showcase\n\nNotebooks.\n")

    assert site.warnings == ""
    assert site.html("showcase/flowers").select(".la-showcase") == []


def test_data_in_a_cell_is_shown_but_not_searched(build_site):
    site = build(
        build_site, NOTEBOOK + CELL + CELL.replace("data]", "other]").replace("quag", "snag")
    )
    index = (site.app.outdir / "_static/search.json").read_text("utf-8")

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
