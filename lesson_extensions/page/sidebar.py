"""The navigation at the side: all sections, and of the section that one reads the pages.

Sphinx draws the tree of all pages on each page, and Furo parses it again, so that the time grows
with the square of their number, and each page with it. What is drawn here has a bounded length: of
a long section, the pages around the one that is read; its title leads to all of them.
"""

from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import Any, cast

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.util.typing import ExtensionMetadata

MOST = 60  # pages of one section
Entries = Sequence[tuple[str | None, str]]  # of a toctree: (title, page or address)


class Sidebar:
    """What is the same on each page of a build: the sections, the parents and the titles."""

    def __init__(self, app: Sphinx) -> None:
        self.builder = cast("StandaloneHTMLBuilder", app.builder)  # the only one with this event
        self.env = app.env
        root = app.config.root_doc
        toctrees = self.env.get_doctree(root).findall(addnodes.toctree)
        self.groups = [(tree.get("caption"), tree["entries"]) for tree in toctrees]
        self.parents = {
            child: parent
            for parent, children in self.env.toctree_includes.items()
            for child in children
            if parent != root
        }
        self.titles: dict[str, str] = {}  # page → HTML

    def html(self, current: str) -> str:
        """The sections with the branch of the page `current`, as Sphinx's toctree() has it."""
        branch = [current]  # the page, and what it lies in
        while (parent := self.parents.get(branch[-1])) and parent not in branch:
            branch.append(parent)
        return "\n".join(
            (f'<p class="caption" role="heading"><span class="caption-text">{escape(caption)}'
             "</span></p>" if caption else "")
            + self.list_of(current, entries, branch, 1)
            for caption, entries in self.groups
        )  # fmt: skip

    def list_of(self, current: str, entries: Entries, branch: list[str], level: int) -> str:
        items = [self.item(current, *entry, branch, level) for entry in around(entries, branch)]
        return f"<ul>\n{''.join(items)}</ul>\n" if items else ""

    def item(
        self, current: str, title: str | None, name: str, branch: list[str], level: int
    ) -> str:
        label = escape(title) if title else self.title(name)
        below = ""
        if name in branch:
            children = [(None, child) for child in self.env.toctree_includes.get(name, ())]
            below = self.list_of(current, children, branch, level + 1)
        is_current = " current" if name in branch else ""
        here = " current" if name == current else ""
        return (
            f'<li class="toctree-l{level}{is_current}">'
            f'<a class="{here.strip()} reference internal" href="{self.address(current, name)}">'
            f"{label}</a>{below}</li>\n"
        )

    def title(self, name: str) -> str:
        if name not in self.titles:
            title = nodes.inline("", "", *(node.deepcopy() for node in self.env.titles[name]))
            html = self.builder.render_partial(title)["fragment"]
            self.titles[name] = html.removeprefix("<span>").removesuffix("</span>")
        return self.titles[name]

    def address(self, current: str, name: str) -> str:
        if current == name:
            return "#"
        if "://" in name or name not in self.env.titles:
            return escape(name)
        return escape(self.builder.get_relative_uri(current, name))


def around(entries: Entries, branch: list[str]) -> Entries:
    """Of many entries, those around the one in the branch; all of a few."""
    if len(entries) <= MOST:
        return entries
    here = next((number for number, (_, name) in enumerate(entries) if name in branch), 0)
    first = min(max(here - MOST // 2, 0), len(entries) - MOST)
    return entries[first : first + MOST]


@lru_cache(maxsize=1)
def sidebar_of(app: Sphinx) -> Sidebar:
    return Sidebar(app)


def draw(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Give the theme a toctree() that knows nothing of all pages; before Furo asks for it."""
    context["toctree"] = lambda **_: sidebar_of(app).html(pagename)


def setup(app: Sphinx) -> ExtensionMetadata:
    app.connect("html-page-context", draw, priority=400)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
