"""What the search knows of each page; tests/browser/test_search.py asks what it finds."""

import json

EXTENSIONS = ["myst_nb", "lesson_extensions.search"]
INDEX = """---
orphan: true
---
# Home

```{toctree}
faq/index
faq/cross
faq/length
```
"""
CROSS = """---
keywords: "vector product, normal"
---
# What does np.cross give?

Where $a$ and $\\vec b$ span an area, a vector at right angles to both.
Nothing 1.5e-17 or 42.

## Vectors with two entries

They raise, and `np.linalg.cross` has always raised.

```python
quagga = np.zeros(3)
```
"""
FILES = {
    "index.md": INDEX,
    "faq/index.md": "# Questions\n\nAll of them.\n",
    "faq/cross.md": CROSS,
    "faq/length.md": "# Length\n\nA vector, a vector, a vector, and the cross.\n",
    "hidden.md": "---\norphan: true\nnosearch: true\n---\n# Snark\n\nBoojum.\n",
}


def read(site):
    index = json.loads((site.app.outdir / "_static/search.json").read_text("utf-8"))
    return index["pages"], index["words"]


def about(index, word):
    """{address of a page: how much it is about the word}"""
    pages, words = index
    flat = words.get(word, [])
    return {pages[page][1]: flat[i + 1] for i, page in enumerate(flat) if not i % 2}


def test_a_page_is_listed_with_its_kind_its_summary_and_its_headings(shared_site):
    pages, _ = read(shared_site(FILES))

    assert [page for page in pages if page[1] == "faq/cross.html"] == [
        [
            "What does np.cross give?",
            "faq/cross.html",
            "Questions",
            "Where a and … span an area, a vector at right angles to both. Nothing 1.5e-17 or 42.",
            [["vectors-with-two-entries", "Vectors with two entries"]],
        ]
    ]


def test_a_word_counts_by_where_it_stands(shared_site):
    index = read(shared_site(FILES))

    where = ["np.cross", "normal", "vectors", "span", "raised", "quagga"]
    counts = [about(index, word)["faq/cross.html"] for word in where]
    assert counts == sorted(
        set(counts), reverse=True
    )  # title, keyword, heading, summary, text, code


def test_what_repeats_counts_less_each_time(shared_site):
    index = read(shared_site(FILES))

    thrice, once = (about(index, word)["faq/length.html"] for word in ("vector", "cross"))
    assert once < thrice < 4 * once  # of which the first paragraph counts each twice more


def test_a_name_is_a_word_and_so_are_its_parts_but_no_number_and_no_word_that_asks(shared_site):
    index = read(shared_site(FILES))

    assert set(about(index, "np.linalg.cross")) == {"faq/cross.html"}
    assert set(about(index, "linalg")) == {"faq/cross.html"}
    assert not {"42", "1.5e", "17", "e", "what", "does"} & index[1].keys()


def test_a_page_that_asks_not_to_be_found_is_not(shared_site):
    pages, words = read(shared_site(FILES))

    assert "boojum" not in words and not any("Snark" in page for page in pages)


def test_there_is_a_page_to_search_from_and_no_index_of_sphinx(shared_site):
    site = shared_site(FILES)
    page = (site.app.outdir / "search.html").read_text("utf-8")

    assert '<a href="faq/index.html">Questions</a>' in page
    assert "/search.js" in page and "sphinx_highlight" not in page
    other = (site.app.outdir / "faq/cross.html").read_text("utf-8")
    assert "/search.js" not in other and "sphinx_highlight" not in other
    assert not (site.app.outdir / "searchindex.js").exists()


def test_a_deleted_page_is_found_no_more_and_one_that_stays_is(build_site):
    site = build_site(FILES)
    (site.app.srcdir / "faq/length.md").unlink()
    (site.app.srcdir / "index.md").write_text(INDEX.replace("faq/length\n", ""), "utf-8")
    site.app.build()

    addresses = [page[1] for page in read(site)[0]]
    assert "faq/length.html" not in addresses and "faq/cross.html" in addresses
