"""Nodes of a page → Markdown as Jupyter shows it: no roles, no directives, addresses in full.

For the notebook of a page (notebooks/) and its Markdown twin (page/twins.py).
"""

import re
import textwrap
from collections.abc import Iterable, Iterator
from enum import Enum
from itertools import groupby, pairwise
from typing import Any
from urllib.parse import urljoin, urlsplit

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import admonitionlabels


class Break(Enum):
    """Among the blocks: a new cell begins here."""

    BREAK = 0


BREAK = Break.BREAK
Block = str | nodes.Element | Break  # text, a cell of code as its node, or BREAK
Blocks = Iterator[Block]

# What a letter would mean in Markdown where it stands, so that it is written with a backslash.
MEANS = re.compile(
    r"""[\\`$~]
    | \*(?=\S) | (?<=\S)\*          # emphasis begins or ends, but for a lone ` * `
    | (?<![^\W_])_+ | _+(?![^\W_])  # the same, but not within a word
    | <(?=[A-Za-z/!?])              # a tag, or an address
    | \](?=[(\[])                   # a link
    | &(?=\#?\w+;)
    """,
    re.VERBOSE,
)
# And what a line would begin with these: a heading, a list, a quotation, the address of a link.
STARTS = re.compile(
    r"""^(?: (?P<sign> \#{1,6}(?=\s|$) | [-+](?=\s|$) | -(?=-*$) | [>=] | \[(?=[^\]]*\]:))
    | (?P<number> \d+)(?=[.)](?:\s|$)))
    """,
    re.MULTILINE | re.VERBOSE,
)
NO_LANGUAGE = {"default", "none", "text", "myst-ansi"}  # the last is what a cell printed
DISPLAYED = re.compile(r"^\$\$\n(.*?)\n\$\$$", re.MULTILINE | re.DOTALL)


class Writer:
    """Markdown for the nodes of the page `docname`.

    `here` is the page's own address; "" where html_baseurl does not say it.
    """

    def __init__(self, app: Sphinx, docname: str) -> None:
        self.images = app.env.images
        base = app.config.html_baseurl
        self.base = base and f"{base.rstrip('/')}/"
        self.here = self.base and urljoin(self.base, app.builder.get_target_uri(docname))
        self.level = 0

    def call(self, kind: str, node: nodes.Node) -> Any:
        """What the method `kind`_… for the node's class says, or that of the nearest above it."""
        for cls in type(node).__mro__:
            method = getattr(self, f"{kind}_{cls.__name__}", None)
            if method is not None:
                return method(node)
        raise AssertionError(node)

    # -- Blocks: text, cells of code as their nodes, and BREAK ------------------------------------

    def blocks(self, node: nodes.Node) -> Blocks:
        """Yield what a node is in a notebook, block for block."""
        yield from self.call("block", node) or ()

    def inner(self, node: Any) -> Blocks:
        for child in node.children:
            yield from self.blocks(child)

    def block_Node(self, node: nodes.Element) -> Blocks:
        """A container, a card, or what we do not know: its content."""
        for in_line, children in groupby(node.children, is_inline):
            if in_line:
                yield from self.prose(children)
            else:
                for child in children:
                    yield from self.blocks(child)

    def block_Invisible(self, node: nodes.Element) -> Blocks:
        """A comment, or a target: nothing."""
        return iter(())

    block_system_message = block_Invisible

    def prose(self, children: Iterable[nodes.Node]) -> Blocks:
        """Yield inlines as one text, if it says anything; no line begins like a list or a quote."""

        def kept_as_text(found: re.Match[str]) -> str:
            return f"{found['number']}\\" if found["number"] else f"\\{found['sign']}"

        lines = self.joined(children).strip().split("\n")
        found = STARTS.sub(kept_as_text, "\n".join(line.strip() for line in lines))
        if found:
            yield found

    def block_TextElement(self, node: nodes.Element) -> Blocks:
        yield from self.prose(node.children)

    def block_container(self, node: nodes.Element) -> Blocks:
        if node.get("nb_element") == "cell_code":
            yield node
        else:
            yield from self.block_Node(node)

    def block_code_cell(self, node: nodes.Element) -> Blocks:
        yield node

    def block_text_cell(self, node: nodes.Element) -> Blocks:
        yield BREAK
        yield from self.inner(node)
        yield BREAK

    def block_fold(self, node: nodes.Element) -> Blocks:
        title, *content = node
        yield f"<details>\n<summary>{one_line(self.inline(title))}</summary>"
        for child in content:
            yield from self.blocks(child)
        yield "</details>"

    def block_section(self, node: nodes.Element) -> Blocks:
        self.level += 1
        yield BREAK
        yield from self.inner(node)
        self.level -= 1

    def block_title(self, node: nodes.Element) -> Blocks:
        yield f"{'#' * min(self.level, 6)} {one_line(self.inline(node))}"

    def block_subtitle(self, node: nodes.Element) -> Blocks:
        yield f"**{one_line(self.inline(node))}**"

    def block_rubric(self, node: nodes.Element) -> Blocks:
        """A title outside of the sections: a heading where its level is known."""
        level = node.get("level", node.get("heading-level"))
        heading = one_line(self.inline(node))
        yield f"{'#' * min(level, 6)} {heading}" if level else f"**{heading}**"

    def block_caption(self, node: nodes.Element) -> Blocks:
        yield f"*{one_line(self.inline(node))}*"

    def block_math_block(self, node: nodes.Element) -> Blocks:
        found = node.astext().strip()
        if node.get("no-wrap", node.get("nowrap")):  # \begin{align} and its like
            yield found
        else:
            yield f"$$\n{found}\n$$"

    def block_literal_block(self, node: nodes.Element) -> Blocks:
        language = node.get("language", "")
        language = "python" if language.startswith("ipython") else language
        yield fenced(node.astext(), "" if language in NO_LANGUAGE else language)

    def block_doctest_block(self, node: nodes.Element) -> Blocks:
        yield fenced(node.astext(), "python")

    def block_raw(self, node: nodes.Element) -> Blocks:
        if node.get("format") == "html":
            yield node.astext().strip("\n")

    def block_transition(self, node: nodes.Element) -> Blocks:
        yield "---"

    def block_image(self, node: nodes.Element) -> Blocks:
        yield self.inline_image(node)

    def block_bullet_list(self, node: nodes.Element) -> Blocks:
        yield from self.items(node, ("- " for _ in node))

    def block_enumerated_list(self, node: nodes.Element) -> Blocks:
        start = node.get("start", 1)
        yield from self.items(node, (f"{start + place}. " for place in range(len(node))))

    def items(self, node: nodes.Element, marks: Iterable[str]) -> Blocks:
        """A list, and after it the cells of code that stood in it."""
        parts = [split(self.inner(item)) for item in node]
        loose = any(
            not re.match(r"- |\d+\. ", after) for texts, _ in parts for _, after in pairwise(texts)
        )
        gap = "\n\n" if loose else "\n"
        yield gap.join(
            indented(gap.join(texts), mark) for (texts, _), mark in zip(parts, marks, strict=True)
        )
        for _, cells in parts:
            yield from cells

    def block_definition_list(self, node: Any) -> Blocks:
        for item in node:
            for part in item:
                if isinstance(part, nodes.term):
                    yield f"**{one_line(self.inline(part))}**"
                elif isinstance(part, nodes.definition):
                    yield from self.quoted(self.inner(part))

    def block_field_list(self, node: Any) -> Blocks:
        lines, cells = [], []
        for field in node:
            texts, more = split(self.inner(field[1]))
            first, *rest = texts or [""]
            lines.append(indented("\n\n".join([f"{self.inline(field[0])}: {first}", *rest]), "- "))
            cells += more
        yield "\n".join(lines)
        yield from cells

    def block_block_quote(self, node: nodes.Element) -> Blocks:
        yield from self.quoted(self.inner(node))

    def block_Admonition(self, node: nodes.Element) -> Blocks:
        label = admonitionlabels.get(node.tagname)
        first = [] if label is None else [f"**{label}**"]
        first += [f"**{self.inline(title)}**" for title in node if isinstance(title, nodes.title)]
        rest = (child for child in node if not isinstance(child, nodes.title))
        blocks = (block for child in rest for block in self.blocks(child))
        yield from self.quoted([*first, *blocks])

    block_topic = block_sidebar = block_Admonition

    def quoted(self, blocks: Iterable[Block]) -> Blocks:
        """A quotation, and after it the cells of code that stood in it."""
        texts, cells = split(blocks)
        # Jupyter takes formulas out before it sees what is quoted: they must hold no `>`
        lines = "\n\n".join(DISPLAYED.sub(displayed_in_a_line, part) for part in texts).split("\n")
        yield "\n".join(f"> {line}".rstrip() for line in lines)
        yield from cells

    def block_line_block(self, node: nodes.Element) -> Blocks:
        yield "<br />\n".join(self.inline(line) for line in node.findall(nodes.line))

    def block_table(self, node: nodes.Element) -> Blocks:
        for caption in node.findall(nodes.title):
            yield f"**{one_line(self.inline(caption))}**"
        head = [row for part in node.findall(nodes.thead) for row in part.findall(nodes.row)]
        body = [row for part in node.findall(nodes.tbody) for row in part.findall(nodes.row)]
        rows = [[self.in_table(entry) for entry in row] for row in head + body]
        if not rows:
            return
        width = max(map(len, rows))
        if not head:
            rows.insert(0, [""] * width)
        rows = [row + [""] * (width - len(row)) for row in rows]
        rows.insert(1, ["---"] * width)
        yield "\n".join(f"| {' | '.join(row)} |" for row in rows)

    def in_table(self, entry: Any) -> str:
        texts, _ = split(self.inner(entry))
        return one_line(" ".join(texts)).replace("|", r"\|")

    def block_footnote(self, node: nodes.Element) -> Blocks:
        yield f"[{node[0].astext()}] " + "\n\n".join(split(self.inner(node))[0][1:])

    block_citation = block_footnote

    # -- Inlines ----------------------------------------------------------------------------------

    def inline(self, node: Any) -> str:
        """The Markdown of what a node holds, in one text."""
        return self.joined(node.children)

    def joined(self, children: Iterable[nodes.Node]) -> str:
        return "".join(self.call("inline", child) for child in children)

    def inline_Node(self, node: nodes.Element) -> str:
        return self.inline(node)

    def inline_Text(self, node: nodes.Text) -> str:
        return escaped(node.astext())

    def inline_Invisible(self, node: nodes.Element) -> str:
        return ""

    inline_system_message = inline_problematic = inline_Invisible

    def inline_target(self, node: nodes.Element) -> str:
        return self.inline(node)

    def inline_emphasis(self, node: nodes.Element) -> str:
        return f"*{self.inline(node)}*"

    inline_title_reference = inline_emphasis

    def inline_strong(self, node: nodes.Element) -> str:
        return f"**{self.inline(node)}**"

    def inline_literal(self, node: nodes.Element) -> str:
        return ticked(node.astext())

    def inline_math(self, node: nodes.Element) -> str:
        return f"${one_line(node.astext())}$"

    def inline_subscript(self, node: nodes.Element) -> str:
        return f"<sub>{self.inline(node)}</sub>"

    def inline_superscript(self, node: nodes.Element) -> str:
        return f"<sup>{self.inline(node)}</sup>"

    def inline_footnote_reference(self, node: nodes.Element) -> str:
        return f"[{node.astext()}]"

    def inline_raw(self, node: nodes.Element) -> str:
        return node.astext() if node.get("format") == "html" else ""

    def inline_image(self, node: nodes.Element) -> str:
        _, name = self.images.get(node["uri"], ("", ""))
        alt = escaped(one_line(node.get("alt", "")))
        if "://" in node["uri"]:
            return f"![{alt}]({node['uri']})"
        return f"![{alt}]({self.base}_images/{name})" if name and self.base else alt

    def inline_reference(self, node: nodes.Element) -> str:
        shown, address = self.inline(node), self.address(node)
        if not address:
            return shown
        if node.astext() == address:
            return f"<{address}>"
        return f"[{shown}]({address})"

    def inline_download_reference(self, node: nodes.Element) -> str:
        shown = self.inline(node)
        if "filename" in node and self.base:
            return f"[{shown}]({self.base}_downloads/{node['filename']})"
        return shown

    def address(self, node: nodes.Element) -> str:
        """Where a reference leads from anywhere, or "" if that is not known."""
        there = node.get("refuri", "") or (f"#{node['refid']}" if "refid" in node else "")
        if urlsplit(there).scheme:
            found = there
        else:
            found = urljoin(self.here, there) if self.here and there else ""
        return found.replace("(", "%28").replace(")", "%29").replace(" ", "%20")


def is_inline(node: nodes.Node) -> bool:
    beside = (nodes.Invisible, nodes.raw)  # docutils counts them among the inlines
    return isinstance(node, (nodes.Text, nodes.Inline)) and not isinstance(node, beside)


def escaped(found: str) -> str:
    return MEANS.sub(lambda match: "".join(f"\\{sign}" for sign in match[0]), found)


def one_line(found: str) -> str:
    return " ".join(found.split())


def ticked(source: str) -> str:
    """Code between as many backticks as it needs."""
    source = source.replace("\n", " ")
    longest = max(map(len, re.findall("`+", source)), default=0)
    ticks, space = "`" * (longest + 1), " " if "`" in source else ""
    return f"{ticks}{space}{source}{space}{ticks}"


def fenced(source: str, language: str) -> str:
    longest = max((2, *map(len, re.findall("`{3,}", source))))
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{source.rstrip()}\n{fence}"


def displayed_in_a_line(found: re.Match[str]) -> str:
    return f"$${one_line(found[1])}$$"


def indented(block: str, mark: str) -> str:
    """A block behind the mark of a list."""
    return mark + textwrap.indent(block, " " * len(mark)).removeprefix(" " * len(mark))


def split(blocks: Iterable[Block]) -> tuple[list[str], list[nodes.Element]]:
    """The texts among the blocks, and the cells of code."""
    blocks = list(blocks)
    texts = [block for block in blocks if isinstance(block, str)]
    return texts, [block for block in blocks if isinstance(block, nodes.Element)]
