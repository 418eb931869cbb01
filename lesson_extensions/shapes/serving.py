"""Links from NumPy's errors to their pages, and the file that the script loads."""

import json
import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

from lesson_extensions.shapes import numpy_says
from lesson_extensions.shapes.nodes import said_by_numpy
from lesson_extensions.shared.gallery import gallery_of
from lesson_extensions.shared.words import _

FILE = "_static/shapes.json"


def link_errors(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """After each error, a link to the page on it; nothing where there is none."""
    errors = list(doctree.findall(said_by_numpy))
    if not errors:
        return
    pages = gallery_of(app, lambda page: app.builder.get_relative_uri(docname, page))
    for error in errors:
        found = [page for page in pages if re.search(page["pattern"], error["message"])]
        link = nodes.reference("", _("what it means"), internal=True)
        if found:
            link["refuri"] = found[0]["address"]
            link["reftitle"] = found[0]["title"]
        error.replace_self([nodes.Text(" "), link] if found else [])


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write down how this NumPy speaks of shapes, and where its errors have their pages."""
    if exception or app.builder.format != "html":
        return
    words = numpy_says.words()
    said = [
        re.sub(r"\{\w+\}", "7", message.replace("{f}", function))
        for message in words["messages"].values()
        for function in words["signatures"]
    ]
    gallery = [
        page
        for page in gallery_of(app, app.builder.get_target_uri)
        if any(re.search(page["pattern"], message) for message in said)
    ]
    text = json.dumps(words | {"gallery": gallery}, ensure_ascii=False, separators=(",", ":"))
    (Path(app.outdir) / FILE).write_text(text, "utf-8")
