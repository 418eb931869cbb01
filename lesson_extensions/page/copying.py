"""The copy buttons come with the first move of a reader: they show under a pointer only.

sphinx-copybutton puts two scripts of 6 kB on each page; one of ours, of 0.3 kB, loads them then.
"""

from pathlib import Path, PurePosixPath
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from lesson_extensions.shared.assets import add_assets

WAIT = ("documentation_options.js", "clipboard.min.js", "copybutton.js")


def wait(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Take the scripts out of a page; copying.js knows where they are."""
    if templatename != "page.html":
        return  # the templates of Sphinx's own search ask for its options at once
    context["script_files"] = [
        asset
        for asset in context["script_files"]
        if PurePosixPath(str(asset.filename)).name not in WAIT
    ]


def setup(app: Sphinx) -> ExtensionMetadata:
    add_assets(app, "copying.js", folder=Path(__file__).parent / "static")
    app.connect("html-page-context", wait, priority=910)  # after sphinx-copybutton has added its
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
