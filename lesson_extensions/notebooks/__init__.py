"""The notebook of a page: what the page shows, as an .ipynb that plain Jupyter opens and runs.

Each executed page that `notebooks_for` names links to its notebook below its title. Text is made
from the nodes of the page (markdown.py), code and outputs are those that the build ran (cells.py).
What a directive such as {check} shows needs a script of ours; in a notebook, the cells that its
node names take its place: `node["notebook"] = [{"cell_type": …, "source": …}, …]`. Their Markdown
is MyST, like that of a page.
"""

import shutil
from pathlib import Path

import nbformat
from docutils import nodes
from myst_nb.ext.eval import EvalRoleAny
from myst_nb.sphinx_ import NbMetadataCollector
from myst_parser.mdit_to_docutils.sphinx_ import SphinxRenderer
from myst_parser.parsers.mdit import create_md_parser
from sphinx.transforms import SphinxTransformer
from sphinx.util import logging
from sphinx.util.docutils import new_document
from sphinx.util.matching import patmatch
from sphinx.util.osutil import relative_uri

from lesson_extensions.notebooks import cells
from lesson_extensions.notebooks.markdown import Writer, code, text
from lesson_extensions.shared import front_matter

logger = logging.getLogger(__name__)

BUILDERS = {"html", "dirhtml"}  # others have no place for a file beside a page
WORDS = "Notebook (.ipynb)"


class notebook_link(nodes.Inline, nodes.TextElement):
    """A link to the notebook at the relative `address`, which a browser saves."""


class EvalRole(EvalRoleAny):
    """{eval}, also where no kernel runs: there it says what it said on the page."""

    def run(self):
        said = self.document.get("la-said", {})
        if self.text in said:
            return [said[self.text].deepcopy()], []
        found, messages = super().run()
        for node in found:
            if isinstance(node, nodes.Element):
                node["la-expression"] = self.text
        return found, messages


# -- When a page is read -------------------------------------------------------------------------


def kept(app, docname):
    """Where the executed notebook of a page is kept: with its doctree, whatever the builder."""
    return Path(app.doctreedir) / f"{docname}.executed"  # no ending that Sphinx takes for a page


def keep(app, doctree):
    """Keep what was executed, and parse the Markdown of each node's cells: what reads may write."""
    env = app.env
    docname = env.current_document.docname
    ran = NbMetadataCollector.get_doc_data(env).get(docname, {}).get("exec_data")
    if not ran or not any(patmatch(docname, pattern) for pattern in app.config.notebooks_for):
        kept(app, docname).unlink(missing_ok=True)
        return
    executed = Path(env.mystnb_config.output_folder) / f"{docname}.ipynb"
    kept(app, docname).parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(executed, kept(app, docname))
    for node in doctree.findall(nodes.Element):
        if "notebook" in node:
            node["notebook_parsed"] = [parsed(env, node, cell) for cell in node["notebook"]]
        elif "task" in node:
            logger.warning(
                "the notebook of this page has nothing in place of %r; "
                'give its node cells under "notebook"',
                node["task"],
                location=node,
                type="notebooks",
            )


def parsed(env, node, cell):
    """A cell that stands in place of a node, as code or as text with what its Markdown means."""
    if cell["cell_type"] == "code":
        return code(source=cell["source"].strip("\n"))
    document = new_document(node.source or "", node.document.settings)
    expressions = node.findall(lambda part: isinstance(part, nodes.Element))
    document["la-said"] = {
        part["la-expression"]: part for part in expressions if "la-expression" in part
    }
    found = text()
    parser = create_md_parser(env.myst_config, SphinxRenderer)
    parser.options["document"] = document
    parser.renderer.setup_render(parser.options, {})
    with parser.renderer.current_node_context(found):  # in it, a heading may have any level
        parser.renderer.nested_render_text(cell["source"], node.line or 0)
    return found


# -- When a page is written ----------------------------------------------------------------------


def is_offered(app, docname):
    return app.builder.name in BUILDERS and kept(app, docname).is_file()


def link(app, doctree, docname):
    """Link to the notebook in the facts below the title, if there are any; else below the title."""
    section = next(doctree.findall(nodes.section), None)
    if section is None or not is_offered(app, docname):
        return
    address = relative_uri(app.builder.get_target_uri(docname), f"{docname}.ipynb")
    found = notebook_link("", WORDS, address=address)
    facts = section[1] if len(section) > 1 else None
    if isinstance(facts, nodes.paragraph) and "la-lesson" in facts["classes"]:
        facts += [nodes.Text(" · "), found]
    elif isinstance(facts, nodes.field_list):
        body = nodes.field_body("", nodes.paragraph("", "", found))
        facts += nodes.field("", nodes.field_name(text="Download"), body)
    else:
        section.insert(1, nodes.paragraph("", "", found, classes=["la-notebook"]))


def write(app, pagename, templatename, context, doctree):
    """Write the notebook of a page beside the page."""
    if doctree is None or not is_offered(app, pagename):
        return
    executed = nbformat.read(kept(app, pagename), as_version=4)
    writer = Writer(app, pagename)
    blocks = writer.blocks(resolved(app, pagename))
    showcase = front_matter.read(app.env, pagename, "showcase")
    says_licence = isinstance(showcase, dict) and showcase.get("licence")  # in its facts
    licence = "" if says_licence else cells.LICENCE
    origin = cells.origin(app.config.project, writer.here, licence)
    notebook = cells.notebook_of(blocks, executed, origin)
    path = Path(app.outdir) / f"{pagename}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(notebook) + "\n", "utf-8")


def resolved(app, docname):
    """The doctree with cells in place of the nodes that have some, and links that lead somewhere.

    What is done to a page for one format alone is not done to it.
    """
    env = app.env
    doctree = env.get_doctree(docname)
    for node in list(doctree.findall(nodes.Element)):
        if "notebook_parsed" in node:
            node.parent.replace(node, node["notebook_parsed"])
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


# -- HTML ----------------------------------------------------------------------------------------


def visit_link(self, node):
    address = {"href": node["address"], "download": ""}
    self.body.append(self.starttag(node, "a", "", CLASS="reference download internal", **address))


def depart_link(self, node):
    self.body.append("</a>")


def setup(app):
    app.setup_extension("myst_nb")
    app.add_config_value("notebooks_for", ["lessons/*", "showcase/*"], "env", list)
    app.add_node(notebook_link, html=(visit_link, depart_link))
    app.add_role("eval", EvalRole(), override=True)
    app.connect("doctree-read", keep)
    app.connect("doctree-resolved", link)
    app.connect("html-page-context", write)
    return {
        "version": "1",
        "env_version": 1,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
