"""The search of the site, in place of Sphinx's, which finds a page only if it has every word.

index.py weighs what each page is about when it is read, and writes that down beside the pages;
static/rank.js finds in it what a reader types, and static/search.js shows the pages it found. Each
page has static/search_opener.js, which loads them when a reader is about to search.
"""

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.config import Config
from sphinx.util.typing import ExtensionMetadata

from lesson_extensions.search import index
from lesson_extensions.shared.assets import add_assets

STATIC = Path(__file__).parent / "static"
TEMPLATES = Path(__file__).parent / "templates"


def setup(app: Sphinx) -> ExtensionMetadata:
    app.setup_extension("lesson_extensions.shared.gallery")
    app.add_domain(index.SearchDomain)
    app.connect("config-inited", add_template)
    app.connect("builder-inited", replace_search)
    app.connect("doctree-read", index.read_page, priority=900)  # after all have marked what is data
    app.connect("html-collect-pages", page_of_search)
    app.connect("html-page-context", drop_unused, priority=900)
    app.connect("build-finished", index.write)
    add_assets(app, "search.css", "search_opener.js", folder=STATIC)
    return {
        "version": "1",
        "env_version": 1,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }


def add_template(app: Sphinx, config: Config) -> None:
    """Ours comes after those of the site, which may have another."""
    config.templates_path = [*config.templates_path, str(TEMPLATES)]


def page_of_search(app: Sphinx) -> list[tuple[str, dict[str, Any], str]]:
    """The page, with the lists that a reader without JavaScript may look in."""
    lists = [name for name in sorted(app.env.titles) if name.endswith("/index")]
    found = [(name, app.env.titles[name].astext()) for name in lists]
    return [("search", {"search_without_script": found}, "search.html")]


def replace_search(app: Sphinx) -> None:
    """Have Sphinx make no index of its own."""
    if isinstance(app.builder, StandaloneHTMLBuilder):
        app.builder.search = False


def drop_unused(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Only the page of the search loads the sheet; and none the scripts of Sphinx's own search.

    One would mark the words on the next page opened, whichever that is, inside code too; the other
    puts the slash that opens the search into the box at the side.
    """
    theirs = "doctools.js" if pagename == "search" else "search.css"
    unused = ("sphinx_highlight.js", theirs)
    for kind in ("css_files", "script_files"):
        context[kind] = [
            asset for asset in context[kind] if not str(asset.filename).endswith(unused)
        ]
