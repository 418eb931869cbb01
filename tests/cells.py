"""What stands in a page's notebook in place of a node."""

from lesson_extensions.shared.markdown import BREAK, Writer
from lesson_extensions.shared.notebook_cells import code_cell


def cells_of(site, node):
    """[(kind, source)], where kind is code or markdown, as nbformat says."""
    writer = Writer(site.app, "index")
    return [
        ("code", cell["source"])
        if isinstance(cell, code_cell)
        else ("markdown", "\n\n".join(block for block in writer.blocks(cell) if block != BREAK))
        for cell in node["notebook"]
    ]
