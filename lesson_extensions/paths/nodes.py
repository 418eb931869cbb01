"""What paths are in a page, and their HTML; to other formats they are what they inherit from."""

from typing import Any

from docutils import nodes
from sphinx.writers.html5 import HTML5Translator

from lesson_extensions.shared.words import _


class path(nodes.container):
    """A walk: on its own page, or as a card. `page` is the page that describes it."""

    tag = "div"


class paths(nodes.container):
    """All of them, as cards."""

    tag = "div"


class step(nodes.list_item):
    """Leads to `page`, which has these `checks`."""

    tag = "li"


class ways(nodes.container):
    """At the foot of `page`, which lies on one path or more."""

    tag = "nav"


class onward(nodes.list_item):
    """What comes next on the `path` that this page describes."""

    tag = "li"


def is_of_a_path(node: nodes.Node) -> bool:
    """Whether a page that holds this node needs our style sheet and script."""
    return isinstance(node, (path, ways))


def visit(self: HTML5Translator, node: Any) -> None:
    said = [name for name in ("path", "page", "checks") if name in node]
    attributes = {f"data-la-{name}": node[name] for name in said}
    if isinstance(node, ways):
        attributes["aria-label"] = _("Reading paths")
    self.body.append(self.starttag(node, node.tag, "", **attributes))


def depart(self: HTML5Translator, node: Any) -> None:
    self.body.append(f"</{node.tag}>\n")
