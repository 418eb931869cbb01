"""A page loads a style sheet only if it holds something of it: those of sphinx-design are 10 kB.

Most of myst-nb's sheet names the 256 colours of a terminal, for outputs that have some; 5 kB, which
are put into a sheet of their own.
"""

import re
from pathlib import Path, PurePosixPath
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.html._assets import _CascadingStyleSheet, _JavaScript
from sphinx.util.typing import ExtensionMetadata

WANTED_BY = {
    "cards.css": re.compile(r'class="[^"]*\bla-card'),
    "maths.css": re.compile("<math"),  # with the font in it
    "warnings_in_page.css": re.compile(r'class="la-warnings"'),
    "skill_tree.css": re.compile(r'class="[^"]*\bla-skill-tree'),
    "sphinx-design.min.css": re.compile(r'class="[^"]*\bsd-'),
    "design-tabs.js": re.compile(r'class="[^"]*\bsd-tab-'),
    "terminal_colours.css": re.compile(r'class="[^"]*-Color'),
    "doctools.js": re.compile("^doctools$"),
}
COLOURS = re.compile(r"^div\.highlight \.-Color[^{}]*\{[^{}]*\}\s*", re.MULTILINE)


def wanted(asset: _CascadingStyleSheet | _JavaScript, body: str) -> bool:
    """Whether a page with this body needs the file."""
    mark = WANTED_BY.get(PurePosixPath(str(asset.filename)).name)
    return mark is None or mark.search(body) is not None


def drop_unused(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    # the templates of Sphinx's search and of its index have no body, and need the script for them
    body = context.get("body", "") if templatename == "page.html" else "doctools"
    for kind in ("css_files", "script_files"):
        context[kind] = [asset for asset in context[kind] if wanted(asset, body)]


def part_colours(app: Sphinx, error: Exception | None) -> None:
    """Move the colours of a terminal out of myst-nb's sheet, which it has copied by now."""
    if error or app.builder.format != "html":
        return
    static = Path(app.outdir, "_static")
    for sheet in static.glob("mystnb.*.css"):
        rules = sheet.read_text("utf-8")
        (static / "terminal_colours.css").write_text("".join(COLOURS.findall(rules)), "utf-8")
        sheet.write_text(COLOURS.sub("", rules), "utf-8")


def make_room(app: Sphinx) -> None:
    """Remove the sheet of an earlier build, else Sphinx warns that it will not overwrite it."""
    for sheet in Path(app.outdir, "_static").glob("mystnb.*.css"):
        sheet.unlink()


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_css_file("terminal_colours.css")
    app.connect("builder-inited", make_room)
    app.connect("build-finished", part_colours, priority=900)  # after myst-nb
    app.connect("html-page-context", drop_unused, priority=900)  # after all have added theirs
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
