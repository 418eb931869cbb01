"""The notebook of a page: kept for when the page is read, written and linked beside the page."""

import shutil
from pathlib import Path
from typing import Any

import nbformat
from docutils import nodes
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransformer
from sphinx.util import logging
from sphinx.util.matching import patmatch
from sphinx.util.osutil import relative_uri

from lesson_extensions.notebooks import cells
from lesson_extensions.notebooks.nodes import notebook_link
from lesson_extensions.shared import front_matter
from lesson_extensions.shared.markdown import Writer
from lesson_extensions.shared.words import N_, _

logger = logging.getLogger(__name__)

BUILDERS = {"html", "dirhtml"}  # others have no place for a file beside a page
WORDS = N_("Notebook (.ipynb)")

# -- When a page is read -------------------------------------------------------------------------


def executed_path(app: Sphinx, docname: str) -> Path:
    """Where the executed notebook of a page is kept: with its doctree, whatever the builder."""
    return Path(app.doctreedir) / f"{docname}.executed"  # no ending that Sphinx takes for a page


def keep_executed(app: Sphinx, doctree: nodes.document) -> None:
    """Keep what was executed for whoever writes the notebook; warn of what it would lack."""
    env = app.env
    docname = env.current_document.docname
    ran = NbMetadataCollector.get_doc_data(env).get(docname, {}).get("exec_data")
    if not ran or not any(patmatch(docname, pattern) for pattern in app.config.notebooks_for):
        executed_path(app, docname).unlink(missing_ok=True)
        return
    folder = env.mystnb_config.output_folder  # type: ignore[attr-defined]  # myst-nb puts it there
    executed = Path(folder) / f"{docname}.ipynb"
    executed_path(app, docname).parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(executed, executed_path(app, docname))
    for node in doctree.findall(nodes.Element):
        if "task" in node and "notebook" not in node:
            logger.warning(
                "the notebook of this page has nothing in place of %r; "
                'give its node cells under "notebook"',
                node["task"],
                location=node,
                type="notebooks",
            )


# -- When a page is written ----------------------------------------------------------------------


def is_offered(app: Sphinx, docname: str) -> bool:
    return app.builder.name in BUILDERS and executed_path(app, docname).is_file()


def link_to_notebook(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Link to the notebook in the facts below the title, if there are any; else below the title."""
    section = next(doctree.findall(nodes.section), None)
    if section is None or not is_offered(app, docname):
        return
    address = relative_uri(app.builder.get_target_uri(docname), f"{docname}.ipynb")
    found = notebook_link("", _(WORDS), address=address)
    facts = section[1] if len(section) > 1 else None
    if isinstance(facts, nodes.paragraph) and "la-lesson" in facts["classes"]:
        facts += [nodes.Text(" · "), found]
    elif isinstance(facts, nodes.field_list):
        body = nodes.field_body("", nodes.paragraph("", "", found))
        facts += nodes.field("", nodes.field_name(text="Download"), body)
    else:
        section.insert(1, nodes.paragraph("", "", found, classes=["la-notebook"]))


def write_notebook(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Write the notebook of a page beside the page."""
    if doctree is None or not is_offered(app, pagename):
        return
    executed = nbformat.read(executed_path(app, pagename), as_version=4)
    writer = Writer(app, pagename)
    blocks = writer.blocks(doctree_with_cells(app, pagename))
    showcase = front_matter.read(app.env, pagename, "showcase")
    says_licence = isinstance(showcase, dict) and showcase.get("licence")  # in its facts
    licence = "" if says_licence else app.config.notebooks_licence
    origin = cells.origin(app.config.project, writer.here, licence)
    notebook = cells.notebook_of(blocks, executed, origin)
    path = Path(app.outdir) / f"{pagename}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(notebook) + "\n", "utf-8")


def doctree_with_cells(app: Sphinx, docname: str) -> nodes.document:
    """The doctree with cells in place of the nodes that have some, and links that lead somewhere.

    What is done to a page for one format alone is not done to it.
    """
    env = app.env
    doctree = env.get_doctree(docname)
    for node in list(doctree.findall(nodes.Element)):
        if "notebook" in node:
            node.parent.replace(node, node["notebook"])
    transformer = SphinxTransformer(doctree)
    transformer.set_environment(env)
    transformer.add_transforms(
        transform
        for transform in app.registry.get_post_transforms()
        if not getattr(transform, "formats", ()) and not getattr(transform, "builders", ())
    )
    before = env.current_document
    env.prepare_settings(docname)
    try:
        with logging.suppress_logging():  # the page itself has been warned of
            transformer.apply_transforms()
    finally:
        env.current_document = before
    return doctree
