"""{notices}: whose work the site serves, each with its licence; what is served says it, not we.

Features tell of theirs by shared/notices.py; `notices_files` names files of the site's own, and
`notices_packages` what else of installed packages is served: the theme, and the like.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator

from lesson_extensions.shared.notices import add_notices, all_notices, of_distribution

KEPT = "la-notices"  # in Sphinx's metadata of a page that shows them


class notices(nodes.General, nodes.Element):
    """Stands where the notices will be written, once it is known what is served."""


class NoticesDirective(SphinxDirective):
    """A fold for each whose work is served, with the notice and the licence in it.

    ```{notices}
    ```
    """

    def run(self) -> list[nodes.Node]:
        self.env.metadata[self.env.current_document.docname][KEPT] = True
        return [notices()]


def find(app: Sphinx) -> Iterator[tuple[str, str]]:
    for title, path in app.config.notices_files.items():
        yield title, Path(app.confdir, path).read_text("utf-8")
    for name in app.config.notices_packages:
        yield of_distribution(name)


def write_again(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """The pages that show notices: what is served may have changed, and they have not."""
    return [page for page, metadata in env.metadata.items() if KEPT in metadata]


def visit_notices(self: HTML5Translator, node: nodes.Element) -> None:
    for title, text in all_notices(self.builder.events):
        self.body.append(
            f'<details class="no-search"><summary>{escape(title)}</summary>\n'
            f'<pre tabindex="0">{escape(text.strip())}</pre></details>\n'
        )
    raise nodes.SkipNode


def pass_over(self: nodes.NodeVisitor, node: nodes.Element) -> None:
    raise nodes.SkipNode


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_config_value("notices_files", {}, "", dict)
    app.add_config_value("notices_packages", [], "", list)
    app.add_node(
        notices, html=(visit_notices, None), text=(pass_over, None), latex=(pass_over, None)
    )
    app.add_directive("notices", NoticesDirective)
    add_notices(app, find, priority=400)  # before those of features
    app.connect("env-updated", write_again)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
