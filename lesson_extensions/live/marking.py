"""Which texts of a page can be run: they are marked, with what an author says of them."""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

logger = logging.getLogger(__name__)


class live(nodes.General, nodes.Element):
    """Stands around a runnable text and its output: `kind` is cell or session."""


class in_browser(nodes.General, nodes.Element):
    """How the next runnable text differs in the browser: `reason`; `runs` is False if it can't."""


class InBrowserDirective(SphinxDirective):
    """Why the text below prints something else in the browser, or cannot run there.

    ```{in-browser} The times are those of your machine.
    :runs: no
    ```

    becomes: in_browser (reason, runs), which MarkRunnable moves into the text below.
    """

    required_arguments = 1
    final_argument_whitespace = True
    option_spec = {"runs": lambda value: {"no": False, "yes": True}[value]}

    def run(self) -> list[nodes.Node]:
        node = in_browser(reason=self.arguments[0], runs=self.options.get("runs", True))
        self.set_source_info(node)
        return [node]


def kind_of(node: nodes.Node) -> str | None:
    """cell, session, or None for what cannot be run."""
    if isinstance(node, nodes.container) and node.get("nb_element") == "cell_code":
        return "cell"
    if isinstance(node, nodes.literal_block) and node.astext().startswith(">>>"):
        return "session"
    return None


class MarkRunnable(SphinxPostTransform):
    """cell or session → live > cell or session, with the reason of the in_browser before it."""

    default_priority = 6  # after the cards are drawn: their snippets run too
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        for node in list(self.document.findall(lambda node: kind_of(node) is not None)):
            note = node.previous_sibling()  # type: ignore[attr-defined]  # new in docutils 0.22
            reason, runs = "", True
            if isinstance(note, in_browser):
                reason, runs = note["reason"], note["runs"]
                note.parent.remove(note)
            if not self.config.live_address:
                continue
            wrapper = live(kind=kind_of(node), reason=reason, runs=runs)
            node.parent.replace(node, wrapper)  # replace_self would give the wrapper its classes
            wrapper += node
        for note in list(self.document.findall(in_browser)):
            logger.warning(
                "no runnable text follows this; put it right above a code cell or a session",
                location=note,
                type="live",
            )
            note.parent.remove(note)


def visit_live(self: HTML5Translator, node: live) -> None:
    kind, runs = node["kind"], "yes" if node["runs"] else "no"
    attributes = {"data-la-kind": kind, "data-la-runs": runs, "data-la-reason": node["reason"]}
    self.body.append(self.starttag(node, "div", CLASS="la-live", **attributes))


def depart_live(self: HTML5Translator, node: live) -> None:
    self.body.append("</div>\n")


def pass_over(self: HTML5Translator, node: in_browser) -> None:
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    app.add_node(live, html=(visit_live, depart_live))
    app.add_node(in_browser, html=(pass_over, None), book=(pass_over, None))
    app.add_directive("in-browser", InBrowserDirective)
    app.add_post_transform(MarkRunnable)
