"""sitemap.xml for search engines: each page of the site, in order, whatever this build rewrote.

sphinx-sitemap lists the pages that a build has written, in the order in which its processes came
to them: after a build of one changed page, one page.
"""

from pathlib import Path
from xml.etree import ElementTree

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata


def write(app: Sphinx, exception: Exception | None) -> None:
    """As the protocol of sitemaps.org says; pages without a source (search, 404) are no finds."""
    if exception or app.builder.format != "html":
        return
    pages = ElementTree.Element("urlset", xmlns="http://www.sitemaps.org/schemas/sitemap/0.9")
    for name in sorted(app.env.found_docs):
        page = ElementTree.SubElement(pages, "url")
        address = app.config.html_baseurl + app.builder.get_target_uri(name)
        ElementTree.SubElement(page, "loc").text = address
    ElementTree.ElementTree(pages).write(
        Path(app.outdir, "sitemap.xml"), encoding="utf-8", xml_declaration=True
    )


def setup(app: Sphinx) -> ExtensionMetadata:
    app.connect("build-finished", write)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
