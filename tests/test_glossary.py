"""Terms: links to them work and carry their definition; one that nobody defines is named."""

INDEX = "# Home\n\nSee {term}`dot product` and {term}`both <inner product>`.\n\n"
TOCTREE = "```{toctree}\ndot\n```\n"
DOT = """---
term: [dot product, inner product]
---
# Dot product

The sum of products
of *matching* entries.
"""


def test_a_link_leads_to_the_term_and_carries_its_definition(build_site):
    site = build_site({"index.md": INDEX + TOCTREE, "dot.md": DOT})
    links = site.html("index").select("a.la-term")

    assert site.warnings == ""
    assert [link.get_text() for link in links] == ["dot product", "both"]
    assert {link["href"] for link in links} == {"dot.html#dot-product"}
    assert {link["title"] for link in links} == {"The sum of products of matching entries."}


def test_a_single_term_needs_no_list(build_site):
    single = DOT.replace("[dot product, inner product]", "dot product")
    index = "# Home\n\nSee {term}`dot product`.\n\n" + TOCTREE

    assert build_site({"index.md": index, "dot.md": single}).warnings == ""


def test_a_link_follows_a_changed_definition(build_site):
    site = build_site({"index.md": INDEX + TOCTREE, "dot.md": DOT})
    (site.app.srcdir / "dot.md").write_text(DOT.replace("matching", "paired"), "utf-8")
    site.app.build(force_all=True)

    assert "paired" in site.html("index").select_one("a.la-term")["title"]


def test_an_unknown_term_is_named_with_file_and_line(build_site):
    warnings = build_site({"index.md": "# Home\n\nSee {term}`dott product`.\n"}).warnings

    assert "index.md:3: WARNING: term not in glossary: 'dott product'" in warnings


def test_a_term_without_definition_is_named_with_the_mend(build_site):
    bare = "---\nterm: [dot product]\n---\n# Dot product\n"
    warnings = build_site({"index.md": "# Home\n\n" + TOCTREE, "dot.md": bare}).warnings

    assert "dot.md:4: WARNING: this term has no definition; add a paragraph" in warnings


def test_a_term_defined_twice_is_named(build_site):
    toctree = "```{toctree}\ndot\nscalar\n```\n"
    files = {"index.md": "# Home\n\n" + toctree, "dot.md": DOT, "scalar.md": DOT}

    assert "duplicate term description of dot product" in build_site(files).warnings
