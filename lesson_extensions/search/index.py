"""How much each page is about each word, and what stands in its sections.

A word counts by where it stands: in the title more than in a heading, there more than in the first
paragraph, there more than in the text. What repeats counts less each time, and a long page's words
less than a short one's, as BM25 has it (Robertson and Zaragoza, 2009, "The Probabilistic Relevance
Framework", section 3.5): w (k + 1) / (w + k (1 - b + b length / mean length)).

A name keeps its dots, so that `np.cross` is a word of its own; its parts are words too. Numbers are
none, since a reader's are not ours, but for what rounding left: 1e-17 is the word `≈0`, and so is
2.0000000000000004, which is a word itself, too.
"""

import json
import re
import shutil
import string
from collections import defaultdict
from collections.abc import Callable, Iterator, Set
from pathlib import Path
from typing import Any, TypedDict

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

from lesson_extensions.shared import front_matter
from lesson_extensions.shared.domains import FactsDomain
from lesson_extensions.shared.gallery import gallery_of
from lesson_extensions.shared.lessons import lessons_of
from lesson_extensions.shared.summary import plain
from lesson_extensions.shared.words import N_, _

FOLDER = "_static/search"
TITLE, KEYWORD, HEADING, SUMMARY, TEXT, CODE = 10, 8, 4, 2, 1, 0.5  # the weight of one occurrence
K, B = 8, 0.3  # how fast what repeats counts less; how much the length of a page matters
SCALE = 4  # weights are counted in quarters, and each number of quarters written as a letter
SHARES = string.ascii_lowercase + string.ascii_uppercase
# Patterns that rank.js has too.
LEFT_OVER = r"\d+\.\d*?(?:0{6}|9{6})\d+|(?:\d+\.?\d*)?e-1[4-9](?!\d)"  # by rounding
NAME = r"\.?[^\W\d]\w*(?:\.[^\W\d]\w*)*"
WORD = re.compile(rf"(?<![\w.])({LEFT_OVER})|(@|{NAME}|\d+[^\W\d]\w*)")
EXPONENT = re.compile(r"\d+e\d*")  # the rest of 1.5e-7
SHORT = re.compile(r"(?<=[^\W\d])['’](?:t|s|re|ve|ll|d|m)\b")  # don't, what's
NUMBER = re.compile(r"\d[\d.,e+-]*")
ROOM = Path(__file__).parent


def lines_of(name: str) -> list[list[str]]:
    """The words of each line of a file beside this one."""
    lines = (ROOM / name).read_text("utf-8").splitlines()
    return [line.split() for line in lines if line and not line.startswith("#")]


IGNORED = frozenset(word for line in lines_of("asking.txt") for word in line)
HIDDEN = (nodes.raw, nodes.comment, nodes.substitution_definition, addnodes.toctree, nodes.meta)
# The folder of a page, and what a reader takes its pages for; the last is any other page.
KINDS = {
    "lessons": N_("Lessons"),
    "faq": N_("Questions"),
    "glossary": N_("Terms"),
    "errors": N_("Errors and warnings"),
    "warnings": N_("Errors and warnings"),
    "": N_("Pages"),
}
# How a reader asks who wants pages of a kind. A word or two are a name.
INTENTS = {
    "Terms": r"^\W*\S+(\s+\S+)?\W*$|^(what (is|are|does)|define|definition)\b|\bmean(ing|s)?\W*$",
    "Questions": r"^(why|how|can|could|should|must|may|is|are|am|do|does|did|which|where|when)\b",
    "Errors and warnings": r"\b(error|exception|warning|traceback|raises?)\b",
    "Lessons": r"\b(learn|lesson|understand|explain|intuition|introduction|tutorial|point of)\b",
}


class Page(TypedDict):
    """What a page is about."""

    title: str
    summary: str
    names: list[str]  # what else it is called
    sections: list[tuple[str, str, str]]  # anchor, heading, text
    weights: dict[str, float]
    length: float  # in words of its text


class SearchDomain(FactsDomain):
    """data["pages"]: {page: Page}"""

    name = "la-search"
    label = "search"
    initial_data = {"pages": {}}
    data_version = 3

    def clear_doc(self, docname: str) -> None:
        self.data["pages"].pop(docname, None)

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        theirs = otherdata["pages"]
        self.data["pages"] |= {name: theirs[name] for name in docnames if name in theirs}


def words(text: str) -> Iterator[str]:
    """The words of a text, in small letters.

    >>> list(words("Don't use np.linalg.norm(A.T), 2.5e-3 or 1e-17!"))
    ['don', 'use', 'np', 'linalg', 'norm', 'np.linalg.norm', 'a', 't', '.t', 'or', '≈0']
    """
    for left_over, name in WORD.findall(SHORT.sub("", text.lower())):
        if left_over:
            yield "≈0"
            if "e" not in left_over:
                yield left_over
        elif "." not in name:
            if not EXPONENT.fullmatch(name):
                yield name
        else:
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
    if "nosearch" in env.metadata[docname]:
        return
    names = keywords(*(front_matter.read(env, docname, key, "") for key in ("term", "keywords")))
    varies = bool(front_matter.read(env, docname, "varies", default=False))
    page = about(doctree, names, varies)
    if page["title"]:
        env.domains["la-search"].data["pages"][docname] = page


def about(doctree: nodes.document, names: list[str], varies: bool) -> Page:
    """What a page is about.

    Where it `varies`, its tables, with their numbers and units, and the numbers of its prose are
    left out, so that two builds are alike.
    """
    found: defaultdict[str, float] = defaultdict(float)
    sections: dict[str, list[str]] = {}
    headings: dict[str, str] = {}
    title, summary, length = "", "", 0.0

    def read(node: nodes.TextElement, form: Callable[[nodes.TextElement], str] = plain) -> str:
        return NUMBER.sub("…", form(node)) if varies else form(node)

    def count(text: str, weight: float) -> float:
        """Returns how many words there are."""
        number = 0
        for word in words(text):
            number += 1
            if word not in IGNORED:
                found[word] += weight
        return number

    for keyword in names:
        count(keyword, KEYWORD)
    unread = (*HIDDEN, nodes.table) if varies else HIDDEN
    for node, anchor in texts(doctree, unread):
        if isinstance(node, nodes.title):
            text = read(node)
            if not title:
                title = text
                headings[anchor] = ""  # the page's own
                count(text, TITLE)
            elif isinstance(node.parent, nodes.section):
                headings[anchor] = text
                count(text, HEADING)
            else:
                count(text, SUMMARY)  # of a box
        elif isinstance(node, nodes.literal_block):
            length += CODE * count(read(node, nodes.Element.astext), CODE)
        else:
            text = read(node)
            if not summary and isinstance(node.parent, nodes.section):
                summary = text
                count(text, SUMMARY)
            length += count(read(node, nodes.Element.astext), TEXT)
            if is_prose(node):
                sections.setdefault(anchor, []).append(text)
    return Page(
        title=title,
        summary=summary,
        names=names,
        sections=[
            (anchor if headings.get(anchor) else "", headings.get(anchor, ""), " ".join(paragraphs))
            for anchor, paragraphs in sections.items()
        ],
        weights=dict(found),
        length=length,
    )


def keywords(*given: object) -> list[str]:
    """The other names of a page, from lists, and texts with commas.

    >>> keywords(["norm"], "length, (n, 1)")
    ['norm', 'length', '(n, 1)']
    """
    lists = (value if isinstance(value, list) else [value] for value in given)
    texts = (str(text) for texts in lists for text in texts)
    return [name for text in texts for name in re.split(r",\s*(?![^(]*\))", text) if name]


def texts(
    node: nodes.Element, unread: tuple[type[nodes.Node], ...], anchor: str = ""
) -> Iterator[tuple[nodes.TextElement, str]]:
    """What holds text, from the top of a page to its end, with the anchor of its section."""
    classes = node.get("classes", ())
    if isinstance(node, unread) or "no-search" in classes:
        return
    if isinstance(node, nodes.TextElement):
        yield node, anchor
        return
    if isinstance(node, nodes.section):
        anchor = node["ids"][0]
    for child in node.children:
        if isinstance(child, nodes.Element):
            if "tag_varies" in classes and "cell_output" in child["classes"]:
                continue  # another build prints something else
            yield from texts(child, unread, anchor)


def is_prose(node: nodes.Element) -> bool:
    """Whether it can be quoted alone: no formula, and no part of a task, such as its answer."""
    above = node.parent
    while not isinstance(above, nodes.section | nodes.document):
        if type(above).__module__ != nodes.__name__:  # Sphinx's seealso, and what features make
            return False
        above = above.parent
    return not isinstance(node, nodes.math_block)


def kind(docname: str) -> int:
    """The place of its kind in KINDS."""
    folder = docname.partition("/")[0] if "/" in docname else ""
    labels = list(dict.fromkeys(KINDS.values()))
    return labels.index(KINDS.get(folder, KINDS[""]))


def index_of(
    pages: dict[str, Page],
    summaries: dict[str, str],
    messages: list[dict[str, str]],
    address: Callable[[str], str],
) -> dict[str, Any]:
    """What rank.js reads; a page is named by its place in `pages`.

    `words` has for each the pages that it is on: how many places after the one before, where that
    is not one, and as a letter how much the page is about it.
    """
    mean = sum(page["length"] for page in pages.values()) / max(1, len(pages)) or 1
    kinds = list(dict.fromkeys(KINDS.values()))
    rows = []
    postings: dict[str, str] = {}
    last: dict[str, int] = {}
    for number, (docname, page) in enumerate(pages.items()):
        summary = summaries.get(docname, page["summary"])
        rows.append([page["title"], address(docname), kind(docname), summary, page["names"]])
        slow = K * (1 - B + B * page["length"] / mean)
        for word, weight in page["weights"].items():
            share = round(SCALE * weight * (K + 1) / (weight + slow))
            if share:
                step = number - last.get(word, -1)
                letter = SHARES[min(share, len(SHARES)) - 1]
                postings[word] = postings.get(word, "") + (str(step) if step > 1 else "") + letter
                last[word] = number
    return {
        "pages": rows,
        "words": dict(sorted(postings.items())),
        "ignored": sorted(IGNORED),
        "synonyms": lines_of("synonyms.txt"),
        "kinds": [_(kind) for kind in kinds],
        "intents": [[kinds.index(label), pattern] for label, pattern in INTENTS.items()],
        "messages": [[message["address"], message["pattern"]] for message in messages],
    }


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write the index, and for each page the text from which search.js quotes.

    They are scripts and not JSON: a browser loads those from a folder on a disk as well.
    """
    if exception or app.builder.format != "html":
        return
    env, address = app.env, app.builder.get_target_uri
    pages: dict[str, Page] = dict(sorted(env.domains["la-search"].data["pages"].items()))
    summaries = {name: lesson["summary"] for name, lesson in lessons_of(env).items()}
    folder = Path(app.outdir) / FOLDER
    index = index_of(pages, summaries, gallery_of(app, address), address)
    files = {"index": index} | {
        f"text/{address(name)}": page["sections"] for name, page in pages.items()
    }
    shutil.rmtree(folder, ignore_errors=True)  # what a page left that is there no more
    for name, content in files.items():
        file = folder / f"{name}.js"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(script(name, content), "utf-8")


def script(name: str, content: Any) -> str:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return f"laSearch({json.dumps(name)},{json.dumps(text, ensure_ascii=False)})"
