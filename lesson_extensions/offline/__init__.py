"""The site without a network: what was read stays readable, and on request all of it is kept.

listing.py writes which files are a build, each with its hash, to offline.json. By that list
static/offline.js, the service worker, keeps what a page was built with, and static/keep_all.js,
where {offline} stands, keeps the whole.
"""

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from lesson_extensions.offline import directive, listing
from lesson_extensions.shared.assets import add_assets

STATIC = Path(__file__).parent / "static"


def say_so(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Tell the scripts of live cells that there is a service worker: they have it keep the page."""
    context["metatags"] = context.get("metatags", "") + '<meta name="la-offline" content="">'


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_node(
        directive.keep_all,
        html=(directive.visit_keep_all, None),
        latex=(directive.pass_over, None),
        text=(directive.pass_over, None),
    )
    app.add_directive("offline", directive.OfflineDirective)
    app.connect("html-page-context", say_so)
    app.connect("build-finished", listing.serve, priority=990)  # after all that rewrite files
    add_assets(app, "offline.css", "keep_all.js", folder=STATIC, on=directive.keep_all)
    return {
        "version": "1",
        "env_version": 1,  # raise it when a class of nodes moves, or changes what it holds
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
