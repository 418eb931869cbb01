"""Other sites link here by names: objects.inv has one for each page, term and lesson."""

import re

import pytest
from bs4 import BeautifulSoup
from sphinx.util.inventory import InventoryFile

from tests.conftest import SITE, pages

BASE = "https://example.org/course/"
MISSING = {"genindex", "modindex", "py-modindex"}  # Sphinx names them for a site that has them
ELSEWHERE = """# Elsewhere

- {external+lanp:ref}`vectors`
- {external+lanp:doc}`errors/singular-matrix`
- {external+lanp:doc}`faq/dot-or-star`
- {external+lanp:term}`dot product`
- [ours](inv:lanp#qr)
"""


@pytest.fixture(scope="module")
def names(site):
    """{kind: {name: (address, title)}}"""
    inventory = InventoryFile.loads((site / "objects.inv").read_bytes(), uri="")
    return {
        kind: {name: (item.uri, item.display_name) for name, item in items.items()}
        for kind, items in inventory.data.items()
    }


def test_each_page_has_a_name_and_a_title(names):
    documents = names["std:doc"]

    assert {address for address, _ in documents.values()} == {*pages()} - {
        "404.html",
        "search.html",
    }
    assert [name for name, (_, title) in documents.items() if title in ("", "-", name)] == []


def test_each_lesson_has_its_file_name_for_a_label(names):
    lessons = [page[8:-5] for page in pages() if page.startswith("lessons/")]

    assert [
        name
        for name in lessons
        if names["std:label"].get(name, ("",))[0].partition("#")[0] != f"lessons/{name}.html"
    ] == []


def test_each_name_leads_to_a_place(names):
    anchors = {}
    for kind, items in names.items():
        for name in items.keys() - MISSING:
            page, _, anchor = items[name][0].partition("#")
            if page not in anchors:
                text = (SITE / page).read_text("utf-8")
                anchors[page] = {"", *re.findall(r'\bid="([^"]+)"', text)}
            assert anchor in anchors[page], f"{kind} {name}"


def test_another_site_links_to_a_lesson_an_error_a_question_and_a_term(build_site, site):
    built = build_site(
        {"index.md": ELSEWHERE},
        extensions=["myst_nb", "sphinx.ext.intersphinx"],
        intersphinx_mapping={"lanp": (BASE, str(site / "objects.inv"))},
    )
    text = (built.app.outdir / "index.html").read_text("utf-8")
    links = {
        link["href"].removeprefix(BASE): link.get_text()
        for link in BeautifulSoup(text, "html.parser").article.select("li a")
    }

    assert built.warnings == ""
    assert links == {
        "lessons/vectors.html#vectors": "Work with vectors",
        "errors/singular-matrix.html": "Singular matrix",
        "faq/dot-or-star.html": "What is the difference between np.dot() and *?",
        "glossary/dot-product.html#dot-product": "dot product",
        "lessons/qr.html#qr": "ours",
    }
