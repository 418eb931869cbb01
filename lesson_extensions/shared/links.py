"""A link to a page that shows its title as it is written there, with its code and its maths."""

from docutils import nodes
from sphinx import addnodes
from sphinx.environment import BuildEnvironment


def link_to(env: BuildEnvironment, page: str, title: nodes.Node) -> addnodes.pending_xref:
    """For a transform before links are resolved, on the page that is written."""
    text = nodes.inline("", "", *(child.deepcopy() for child in title.children))
    for element in text.findall(nodes.Element):
        element["ids"] = []  # the originals keep theirs, on their own page
    return addnodes.pending_xref(
        "",
        text,
        refdoc=env.current_document.docname,
        refdomain="doc",  # as MyST does for a link to a page: it keeps code in the title
        reftype="myst",
        reftarget=page,
        reftargetid=None,
        refexplicit=True,
    )
