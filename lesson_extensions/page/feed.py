"""feed.xml: the pages that are new, for who follows the site with a feed reader; in Atom, RFC 4287.

A page is in it whose front matter says `since: "2026-11-28"`, the day on which it came, in quotes:
what YAML takes for a date, myst-nb cannot keep with a notebook. Git knows the days too, but not in
a copy without its history, where each page would have come today.
"""

from datetime import date
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.osutil import relative_uri
from sphinx.util.typing import ExtensionMetadata

from lesson_extensions.page.description import description_of
from lesson_extensions.shared import front_matter
from lesson_extensions.shared.words import _

logger = logging.getLogger(__name__)

MOST = 20  # entries, the newest
FILE = "feed.xml"
LINK = '<link rel="alternate" type="application/atom+xml" href="{}" title="{}">'


def judge(app: Sphinx, doctree: nodes.document) -> None:
    """Warn of a day that is none."""
    docname = app.env.current_document.docname
    said = front_matter.read(app.env, docname, "since")
    if said is not None and day(said) is None:
        logger.warning(
            "the front matter says that this page is here since %r; "
            'write the day on which it came, such as `since: "2026-11-28"`',
            said,
            location=docname,
            type="feed",
            subtype="since",
        )


def day(said: Any) -> str | None:
    try:
        return date.fromisoformat(str(said)).isoformat()
    except ValueError:
        return None


@lru_cache(maxsize=1)
def newest(app: Sphinx) -> list[tuple[str, str]]:
    """[(day, page)] of the newest pages, once all are read; those of one day by their names."""
    days = {name: day(front_matter.read(app.env, name, "since")) for name in app.env.found_docs}
    found = sorted((came, name) for name, came in days.items() if came)
    return sorted(found, key=lambda one: one[0], reverse=True)[:MOST]


def feed(app: Sphinx) -> ElementTree.Element:
    """The feed, whole; none of its values depends on when it is written."""
    pages, base = newest(app), app.config.html_baseurl
    root = ElementTree.Element("feed", xmlns="http://www.w3.org/2005/Atom")

    def add(parent: ElementTree.Element, tag: str, text: str = "", **attributes: str) -> None:
        ElementTree.SubElement(parent, tag, attributes).text = text or None

    add(root, "title", _("{site}: new pages").format(site=app.config.project))
    add(root, "id", f"{base}{FILE}")
    add(root, "updated", f"{pages[0][0]}T00:00:00Z")
    add(root, "link", rel="self", type="application/atom+xml", href=f"{base}{FILE}")
    add(root, "link", rel="alternate", type="text/html", href=base)
    ElementTree.SubElement(ElementTree.SubElement(root, "author"), "name").text = app.config.author
    for came, name in pages:
        entry = ElementTree.SubElement(root, "entry")
        address = f"{base}{app.builder.get_target_uri(name)}"
        add(entry, "title", " ".join(app.env.titles[name].astext().split()))
        add(entry, "id", address)
        add(entry, "updated", f"{came}T00:00:00Z")
        add(entry, "link", rel="alternate", type="text/html", href=address)
        if summary := description_of(app.env, name):
            add(entry, "summary", summary)
    return root


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write it where there is something new, and an address under which to find it."""
    if exception or app.builder.format != "html" or not app.config.html_baseurl or not newest(app):
        return
    root = feed(app)
    ElementTree.indent(root)
    tree = ElementTree.ElementTree(root)
    tree.write(Path(app.outdir, FILE), encoding="utf-8", xml_declaration=True)


def tell(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Lead to the feed from the head of each page."""
    if doctree is None or not app.config.html_baseurl or not newest(app):
        return
    address = relative_uri(app.builder.get_target_uri(pagename), FILE)
    context["metatags"] = context.get("metatags", "") + LINK.format(
        escape(address), escape(_("New pages"))
    )


def setup(app: Sphinx) -> ExtensionMetadata:
    app.setup_extension("lesson_extensions.page.description")
    app.connect("doctree-read", judge)
    app.connect("html-page-context", tell)
    app.connect("build-finished", write)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
