"""{shape-calculator}: where a reader types shapes. {shapes}: examples, answered by NumPy."""

import ast
from pathlib import Path

import numpy as np
from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from lesson_extensions.shapes import numpy_says
from lesson_extensions.shapes.nodes import said_by_numpy, shape_calculator, shape_table
from lesson_extensions.shared.words import _

logger = logging.getLogger(__name__)

NUMPY = Path(np.__file__).with_name("version.py")  # another NumPy, and the page is read again


class Refused(Exception):
    """It cannot be built; the text says why, and what to write instead."""


class CalculatorDirective(SphinxDirective):
    """```{shape-calculator}``` becomes: shape_calculator"""

    def run(self) -> list[nodes.Node]:
        return [shape_calculator()]


class ShapesDirective(SphinxDirective):
    """What NumPy makes of pairs of shapes: the shape of the result, or its error.

    ```{shapes} einsum
    (3, 4), (4, 2), "ij,jk->ik"
    (3, 4), (5, 2), "ij,jk->ik"
    ```

    becomes: shape_table > table: a row for each line, and in it, after an error, said_by_numpy

    The argument is one of numpy_says.OPERATIONS. Where the build's NumPy has it not, a sentence
    says so.
    """

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(NUMPY))
        self.env.note_dependency(numpy_says.__file__)
        name = self.arguments[0]
        try:
            if name not in numpy_says.OPERATIONS:
                names = ", ".join(numpy_says.OPERATIONS)
                raise Refused(f"there is no operation “{name}”; write one of {names}")
            pairs = [self.pair(name, line) for line in self.content if line.strip()]
            if not pairs:
                raise Refused("there are no shapes; write a line for each pair: (3, 4), (4, 2)")
        except Refused as refused:
            logger.warning("%s", refused, location=self.get_location(), type="shapes")
            return []
        if name not in numpy_says.available():
            said = _("NumPy {version} has no {name}.")
            return [nodes.paragraph("", said.format(version=np.__version__, name=name))]
        table = shape_table(classes=["la-shapes-table"])
        table += self.table(name, pairs)
        self.set_source_info(table)
        return [table]

    def pair(self, name: str, line: str) -> tuple[numpy_says.Shape, numpy_says.Shape, str | None]:
        option = numpy_says.WITH_OPTION.get(name)
        example = "(3, 4), (4, 2)" + {None: "", "axes": ", 1"}.get(option, ', "ij,jk->ik"')
        try:
            a, b, *more = ast.literal_eval(line)
            lengths = [*a, *b]
        except (SyntaxError, TypeError, ValueError):
            lengths = [None]
        whole = all(isinstance(length, int) and length >= 0 for length in lengths)
        if not whole or len(more) != bool(option):
            raise Refused(f"`{line.strip()}` is no pair of shapes for {name}; write {example}")
        return tuple(a), tuple(b), str(more[0]) if more else None

    def table(
        self, name: str, pairs: list[tuple[numpy_says.Shape, numpy_says.Shape, str | None]]
    ) -> nodes.table:
        option = numpy_says.WITH_OPTION.get(name)
        heads = ["a", "b", *([option] if option else []), _("the result")]
        group = nodes.tgroup(cols=len(heads))
        group += [nodes.colspec(colwidth=1) for _ in heads]
        group += nodes.thead("", row(*(nodes.Text(head) for head in heads)))
        body = nodes.tbody()
        for a, b, value in pairs:
            cells: list[nodes.Node] = [code(str(a)), code(str(b))]
            if value is not None:
                cells.append(code(value))
            result = numpy_says.outcome(name, a, b, value)
            end = code(str(result).strip())
            body += row(*cells, end)
            if isinstance(result, str):
                end.parent.append(said_by_numpy(message=result.strip()))
        group += body
        return nodes.table("", group)


def row(*cells: nodes.Node) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", cell)) for cell in cells))


def code(text: str) -> nodes.literal:
    return nodes.literal(text, text)
