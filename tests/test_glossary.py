"""Terms: links to them work and carry their definition; one that nobody defines is named."""

from tests.conftest import one_site

EXTENSIONS = ["myst_nb", "lesson_extensions.glossary"]
INDEX = "# Home\n\nSee {term}`dot product` and {term}`both <inner product>`.\n\n"
TOCTREE = "```{toctree}\ndot\n```\n"
DOT = """---
term: [dot product, inner product]
---
# Dot product

The sum of products
of *matching* entries.
"""


def test_a_link_leads_to_the_term_carries_its_definition_and_follows_it(build_site):
    site = build_site({"index.md": INDEX + TOCTREE, "dot.md": DOT})
    links = site.html("index").select("a.la-term")

    assert site.warnings == ""
    assert [link.get_text() for link in links] == ["dot product", "both"]
    assert {link["href"] for link in links} == {"dot.html#dot-product"}
    assert {link["title"] for link in links} == {"The sum of products of matching entries."}

    (site.app.srcdir / "dot.md").write_text(DOT.replace("matching", "paired"), "utf-8")
    site.app.build(force_all=True)

    assert "paired" in site.html("index").select_one("a.la-term")["title"]


def test_what_is_wrong_is_named_with_file_line_and_mend_and_a_single_term_needs_no_list(build_site):
    pages = {
        "dot.md": DOT,
        "scalar.md": DOT.replace("[dot product, inner product]", "scalar product"),
        "link.md": "# Link\n\nSee {term}`dott product` and {term}`scalar product`.\n",
        "bare.md": "---\nterm: [norm]\n---\n# Norm\n",
        "twice.md": DOT.replace(", inner product", ""),
    }
    site = build_site(one_site(pages))
    said = {page: site.warnings_of(page) for page in pages}

    assert "link.md:3: WARNING: term not in glossary: 'dott product'" in said["link.md"]
    assert "bare.md:4: WARNING: this term has no definition; add a paragraph" in said["bare.md"]
    assert "duplicate term description of dot product" in said["twice.md"]
    assert [page for page in pages if not said[page]] == ["dot.md", "scalar.md"]
    assert site.warnings.count("WARNING: ") == 3
