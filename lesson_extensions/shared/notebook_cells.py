"""What stands in a page's notebook in place of a node that needs a script of ours.

Such a node names its cells: node["notebook"] = [text_cell(…), code_cell(source=…), …].
"""

from docutils import nodes


class text_cell(nodes.General, nodes.Element):
    """Nodes that notebooks/ writes as Markdown; they may be copies of what stands on the page."""


class code_cell(nodes.General, nodes.Element):
    """A cell of code: `source`."""


def copies(originals: list[nodes.Node]) -> list[nodes.Node]:
    return [node.deepcopy() for node in originals]
