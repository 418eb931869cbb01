"""How much each page is about each word.

A word counts by where it stands: in the title more than in a heading, there more than in the first
paragraph, there more than in the text. What repeats counts less each time, and a long page's words
less than a short one's, as BM25 has it (Robertson and Zaragoza, 2009, "The Probabilistic Relevance
Framework", section 3.5): w (k + 1) / (w + k (1 - b + b length / mean length)).

A name keeps its dots, so that `np.cross` is a word of its own; its parts are words too. Numbers are
none: a reader's are not ours.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Set
from pathlib import Path
from typing import Any, TypedDict

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from lesson_extensions.shared.domains import FactsDomain
from lesson_extensions.shared.lessons import lessons_of
from lesson_extensions.shared.summary import plain

FILE = "_static/search.json"
TITLE, KEYWORD, HEADING, SUMMARY, TEXT, CODE = 10, 8, 4, 2, 1, 0.5  # the weight of one occurrence
K, B = 8, 0.3  # how fast what repeats counts less; how much the length of a page matters
SCALE = 10  # weights are written as whole numbers of tenths
WORD = re.compile(r"@|\.?[^\W\d]\w*(?:\.[^\W\d]\w*)*|\d+[^\W\d]\w*")  # as rank.js has it
EXPONENT = re.compile(r"\d+e\d*")  # the rest of 1.5e-17
# Words with which one asks, and which say nothing of what is asked.
ASKING = """
    a about am an and any are as at be been but by can cannot could did do does doesn doing don
    for from get gets getting give gives given go had has have how i if in into is isn it its just
    like me my need of on or our please should so some such than that the their them then there
    these they this those to too tried trying use used using want was way we were what when where
    which while who why will with without won work works would you your
"""
IGNORED = frozenset(ASKING.split())
HIDDEN = (nodes.raw, nodes.comment, nodes.substitution_definition, addnodes.toctree, nodes.meta)


class Page(TypedDict):
    """What a page is about."""

    title: str
    summary: str
    headings: list[tuple[str, str]]  # anchor, text
    weights: dict[str, float]
    length: float  # in words of its text


class SearchDomain(FactsDomain):
    """data["pages"]: {page: Page}"""

    name = "la-search"
    label = "search"
    initial_data = {"pages": {}}
    data_version = 1

    def clear_doc(self, docname: str) -> None:
        self.data["pages"].pop(docname, None)

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        theirs = otherdata["pages"]
        self.data["pages"] |= {name: theirs[name] for name in docnames if name in theirs}


def words(text: str) -> Iterator[str]:
    """The words of a text, in small letters.

    >>> list(words("Use np.linalg.norm(A.T), not 2.5e-3!"))
    ['use', 'np', 'linalg', 'norm', 'np.linalg.norm', 'a', 't', '.t', 'not']
    """
    for name in WORD.findall(text.lower()):
        if "." not in name:
            if not EXPONENT.fullmatch(name):
                yield name
            continue
        first, *rest = parts = name.strip(".").split(".")
        yield from parts
        if first in ("np", "numpy") and rest:
            yield ".".join(["np", *rest])
        else:
            yield f".{parts[-1]}"


def read_page(app: Sphinx, doctree: nodes.document) -> None:
    """Note what the page is about."""
    env = app.env
    docname = env.current_document.docname
    metadata = env.metadata[docname]
    if "nosearch" in metadata:
        return
    found: defaultdict[str, float] = defaultdict(float)
    headings: list[tuple[str, str]] = []
    title, summary, length = "", "", 0.0

    def count(text: str, weight: float) -> None:
        for word in words(text):
            if word not in IGNORED:
                found[word] += weight

    for keyword in keywords(metadata):
        count(keyword, KEYWORD)
    for node in texts(doctree):
        text = node.astext()
        if isinstance(node, nodes.title):
            if not title:
                title = text
                count(text, TITLE)
            elif isinstance(node.parent, nodes.section):
                headings.append((node.parent["ids"][0], text))
                count(text, HEADING)
            else:
                count(text, SUMMARY)  # of a box
        elif isinstance(node, nodes.literal_block):
            count(text, CODE)
            length += CODE * sum(1 for _ in words(text))
        else:
            if not summary and isinstance(node.parent, nodes.section):
                summary = plain(node)
                count(text, SUMMARY)
            count(text, TEXT)
            length += sum(1 for _ in words(text))
    if title:
        env.domains["la-search"].data["pages"][docname] = Page(
            title=title, summary=summary, headings=headings, weights=dict(found), length=length
        )


def keywords(metadata: dict[str, Any]) -> list[str]:
    """The other names of a page: what its front matter gives as `term` and `keywords`."""
    given = [metadata.get("term", []), metadata.get("keywords", [])]
    return [
        str(name) for names in given for name in (names if isinstance(names, list) else [names])
    ]


def texts(node: nodes.Element) -> Iterator[nodes.TextElement]:
    """What holds text, from the top of a page to its end."""
    if isinstance(node, HIDDEN) or "no-search" in node.get("classes", ()):
        return
    if isinstance(node, nodes.TextElement):
        yield node
        return
    for child in node.children:
        if isinstance(child, nodes.Element):
            yield from texts(child)


def kind(env: BuildEnvironment, docname: str) -> str:
    """What the pages of a folder are called: as its index is."""
    folder = docname.partition("/")[0]
    index = f"{folder}/index"
    if "/" not in docname:
        return ""
    return env.titles[index].astext() if index in env.titles else folder.capitalize()


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write down what rank.js reads.

    {pages: [[title, address, kind, summary, headings]], words: {word: [page, weight, …]}, ignored},
    in which a page is named by its place in `pages`.
    """
    if exception or app.builder.format != "html":
        return
    env = app.env
    pages: dict[str, Page] = dict(sorted(env.domains["la-search"].data["pages"].items()))
    lessons = lessons_of(env)
    mean = sum(page["length"] for page in pages.values()) / max(1, len(pages)) or 1
    rows = []
    postings: dict[str, list[int]] = {}
    for number, (docname, page) in enumerate(pages.items()):
        summary = lessons[docname]["summary"] if docname in lessons else page["summary"]
        address = app.builder.get_target_uri(docname)
        rows.append([page["title"], address, kind(env, docname), summary, page["headings"]])
        slow = K * (1 - B + B * page["length"] / mean)
        for word, weight in page["weights"].items():
            about = round(SCALE * weight * (K + 1) / (weight + slow))
            if about:
                postings.setdefault(word, []).extend((number, about))
    index = {"pages": rows, "words": dict(sorted(postings.items())), "ignored": sorted(IGNORED)}
    text = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
    (Path(app.outdir) / FILE).write_text(text, "utf-8")
