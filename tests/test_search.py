"""What the search knows of each page, and what it finds of what learners type.

tests/search_queries.toml holds the queries; tests/browser/test_search.py looks at the dialog.
"""

import gzip
import json
import re
import shutil
import subprocess
import tomllib

import pytest

from lesson_extensions.search import index
from tests.conftest import ROOT

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
Nothing 1.5e-7 or 42.

## Vectors with two entries

They raise, and `np.linalg.cross` has always raised.

$$
x = 1
$$

```{seealso}
Another.
```

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


def content(file):
    """What a script of data holds."""
    text = file.read_text("utf-8")
    return json.loads(json.loads(f"[{text.removeprefix('laSearch(').removesuffix(')')}]")[1])


def read(site):
    found = content(site.app.outdir / "_static/search/index.js")
    return found["pages"], found["words"]


def about(found, word):
    """{address of a page: how much it is about the word}"""
    pages, words = found
    page, weights = -1, {}
    for step, letter in re.findall(r"(\d*)(\D)", words.get(word, "")):
        page += int(step or 1)
        weights[pages[page][1]] = index.SHARES.index(letter) + 1
    return weights


def test_a_page_is_listed_with_its_kind_its_summary_and_its_names(shared_site):
    pages, _ = read(shared_site(FILES))

    assert [page for page in pages if page[1] == "faq/cross.html"] == [
        [
            "What does np.cross give?",
            "faq/cross.html",
            [*dict.fromkeys(index.KINDS.values())].index("Questions"),
            "Where a and … span an area, a vector at right angles to both. Nothing 1.5e-7 or 42.",
            ["vector product", "normal"],
        ]
    ]


def test_of_each_section_its_prose_is_kept_to_be_quoted(shared_site):
    site = shared_site(FILES)

    assert content(site.app.outdir / "_static/search/text/faq/cross.html.js") == [
        [
            "",
            "",
            "Where a and … span an area, a vector at right angles to both. Nothing 1.5e-7 or 42.",
        ],
        [
            "vectors-with-two-entries",
            "Vectors with two entries",
            "They raise, and np.linalg.cross has always raised.",
        ],
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
    assert not {"42", "1.5e", "7", "e", "what", "does"} & index[1].keys()


def test_a_page_that_asks_not_to_be_found_is_not(shared_site):
    pages, words = read(shared_site(FILES))

    assert "boojum" not in words and not any("Snark" in page for page in pages)


def test_there_is_a_page_to_search_from_and_no_index_of_sphinx(shared_site):
    site = shared_site(FILES)
    page = (site.app.outdir / "search.html").read_text("utf-8")

    assert '<a href="faq/index.html">Questions</a>' in page
    other = (site.app.outdir / "faq/cross.html").read_text("utf-8")
    for text in (page, other):
        assert "sphinx_highlight" not in text and "search_opener.js" in text
        assert "/search.js" not in text  # loaded when a reader is about to search
    assert ["search.css" in text for text in (page, other)] == [True, False]


def test_sphinx_writes_no_index_of_its_own(shared_site):
    assert not (shared_site(FILES).app.outdir / "searchindex.js").exists()


TIMED = """---
orphan: true
varies: true
---
# Times

It took 12.5 seconds, 1e-17 of them 3s.

| n | loops |
| - | ----- |
| 2 | 25 µs |
"""


def test_what_is_timed_is_not_in_the_index_so_that_two_builds_are_alike(build_site):
    site = build_site({**FILES, "timed.md": TIMED})

    words = read(site)[1]
    assert not {"≈0", "3s", "loops", "µs"} & words.keys()  # tomorrow it may be ms
    assert content(site.app.outdir / "_static/search/text/timed.html.js") == [
        ["", "", "It took … seconds, … of them …s."]
    ]


def test_a_deleted_page_is_found_no_more_and_one_that_stays_is(build_site):
    site = build_site(FILES)
    (site.app.srcdir / "faq/length.md").unlink()
    (site.app.srcdir / "index.md").write_text(INDEX.replace("faq/length\n", ""), "utf-8")
    site.app.build()

    assert not (site.app.outdir / "_static/search/text/faq/length.html.js").exists()
    addresses = [page[1] for page in read(site)[0]]
    assert "faq/length.html" not in addresses and "faq/cross.html" in addresses


# -- What is found, by the script that a reader's browser runs, in the site as it was built --------

ASKED = tomllib.loads((ROOT / "tests/search_queries.toml").read_text("utf-8"))
RANK = ROOT / "lesson_extensions/search/static/rank.js"
# Answers on standard output what is asked on standard input.
ANSWER = """
import {readFileSync} from "node:fs";
import {Ranking, words} from "./rank.mjs";
let index;
const laSearch = (name, text) => { index = JSON.parse(text); };
new Function("laSearch", readFileSync(process.argv[2], "utf8"))(laSearch);
const ranking = new Ranking(index);
const {queries, texts, quotes} = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify({
  pages: queries.map((query) => ranking.find(query).slice(0, 5).map(({page}) => page[1])),
  words: texts.map(words),
  quotes: quotes.map(([query, ...page]) => ranking.quote(query, ...page)),
  marked: quotes.map(([query, [[, , text]]]) => ranking.marked(query, text)),
}));
"""
ROWS = ASKED["query"] + ASKED["later"]


def typed(row):
    """As it comes to stand in a field, which has one line."""
    return row["typed"].strip().replace("\n", "")


QUERIES = [typed(row) for row in ROWS] + [*ASKED["seen"]]
TEXTS = [
    *QUERIES,
    "A.T @ x, a.b.c; np.linalg.norm(2e-5*v)[0], 3x3 np . numpy.dot? É_1 ‖x‖ .mT 1e5 don't O’Hara's",
    "-2.0000000000000004 0.30000000000000004 1e-17, e-16 one-15 2.9999999999999996 1e-150 x1e-16",
]
SECTIONS = [
    ["", "", "Nothing here is of use. An eigenvector keeps its direction. It ends."],
    ["more", "Rows", "First. " + "word " * 40 + "the rows of a matrix. Then more."],
]
QUOTES = [
    ("eigenvectors direction", SECTIONS),
    ("row matrices", SECTIONS),
    ("quagga", SECTIONS),
    ("row matrices", SECTIONS, "Rows. A matrix has some."),
]


@pytest.fixture(scope="module")
def found(site, node, tmp_path_factory):
    folder = tmp_path_factory.mktemp("rank")
    shutil.copy(RANK, folder / "rank.mjs")
    (folder / "answer.mjs").write_text(ANSWER, "utf-8")
    asked = json.dumps({"queries": QUERIES, "texts": TEXTS, "quotes": QUOTES})
    command = [node, str(folder / "answer.mjs"), str(site / "_static/search/index.js")]
    run = subprocess.run(command, input=asked, capture_output=True, text=True, check=True)
    return json.loads(run.stdout)


@pytest.fixture(scope="module")
def pages(found):
    """{query: the pages found, the best first}"""
    names = [[page.removesuffix(".html") for page in row] for row in found["pages"]]
    return dict(zip(QUERIES, names, strict=True))


@pytest.mark.parametrize("kind", ["function", "error", "term", "question"])
def test_what_a_learner_types_finds_the_page_first_or_among_three(kind, pages):
    """All among three, nine of ten first: of the forty, and of those that came later."""
    rows = [row for row in ROWS if row["kind"] == kind]
    others = {
        typed(row): pages[typed(row)] for row in rows if pages[typed(row)][0] not in row["pages"]
    }
    missed = [query for row in rows if not {*pages[query := typed(row)][:3]} & {*row["pages"]}]

    assert missed == []
    assert len(rows) >= 10
    assert len([row for row in ASKED["query"] if typed(row) in others]) <= 1, others
    assert len(others) <= 2, others


def test_what_people_asked_before_still_finds_its_page(pages):
    places = {
        query: pages[query].index(page) if page in pages[query] else 99
        for query, page in ASKED["seen"].items()
    }
    others = {query: pages[query] for query, place in places.items() if place}

    assert [query for query, place in places.items() if place > 2] == []
    assert len(others) <= 0.1 * len(places), json.dumps(others, indent=1)


def test_each_page_that_a_query_wants_is_there(site):
    wanted = {page for row in ROWS for page in row["pages"]} | {*ASKED["seen"].values()}

    assert len(ASKED["query"]) == 40
    assert [page for page in wanted if not (site / f"{page}.html").is_file()] == []


def test_a_query_is_taken_apart_as_pages_are(found):
    for text, taken in zip(TEXTS, found["words"], strict=True):
        assert taken == list(index.words(text))


def test_a_page_is_quoted_where_it_speaks_of_what_was_asked(found):
    one, other, none, said = found["quotes"]

    assert one == {
        "anchor": "",
        "heading": "",
        "text": "An eigenvector keeps its direction. It ends.",
    }
    assert (other["anchor"], other["heading"]) == ("more", "Rows")
    assert other["text"].startswith("… ") and "the rows of a matrix. Then more." in other["text"]
    assert none is None
    assert said is None
    marked = [part for part, is_meant in found["marked"][0] if is_meant]
    assert marked == ["eigenvector", "direction"]


def test_what_loads_when_a_reader_is_about_to_search_is_light(site):
    """The index is most of it; a page that is quoted is a kilobyte or two."""
    folder = site / "_static/search"
    sizes = {file: len(gzip.compress(file.read_bytes())) for file in folder.rglob("*.js")}
    index = sizes.pop(folder / "index.js")

    assert index < 120_000
    assert max(sizes.values()) < 10_000
    assert sum(sizes.values()) / len(sizes) < 1_500
