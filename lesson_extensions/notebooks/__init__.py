"""The notebook of a page: what the page shows, as an .ipynb that plain Jupyter opens and runs.

Each executed page that `notebooks_for` names links to its notebook below its title (page.py). Text
is made from the nodes of the page (shared/markdown.py), code and outputs are those that the build
ran (cells.py). What a directive such as {check} shows needs a script of ours; in a notebook, the
cells that its node names take its place: see shared/notebook_cells.py.
"""

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from lesson_extensions.notebooks import nodes, page


def setup(app: Sphinx) -> ExtensionMetadata:
    app.setup_extension("myst_nb")
    app.add_config_value("notebooks_for", ["lessons/*", "showcase/*"], "env", list)
    app.add_config_value("notebooks_licence", "", "html", str)
    app.add_node(nodes.notebook_link, html=(nodes.visit_notebook_link, nodes.depart_notebook_link))
    app.connect("doctree-read", page.keep_executed)
    app.connect("doctree-resolved", page.link_to_notebook)
    app.connect("html-page-context", page.write_notebook)
    return {
        "version": "1",
        "env_version": 2,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
