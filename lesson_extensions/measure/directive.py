"""{on-your-machine}: an expression of the notebook → a figure of times, with a table of them."""

import ast
import json
import math
from pathlib import Path

from docutils import nodes
from myst_nb.core.variables import RetrievalError
from myst_nb.ext.eval import retrieve_eval_data
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from lesson_extensions.measure import timing
from lesson_extensions.measure.nodes import Times, chart, duration, sizes
from lesson_extensions.shared.words import N_, _

logger = logging.getLogger(__name__)

SOURCE = Path(timing.__file__)
NO_TIME = "–"
CAPTION = N_(
    "Seconds for a product of two n × n matrices, both scales logarithmic, on the machine that "
    "built this page. Python in a browser is slower: there NumPy has no BLAS and multiplies with "
    "plain loops in C, and what these compile to, WebAssembly, uses none of the processor's "
    "vector units."
)


class OnYourMachineDirective(SphinxDirective):
    """A figure of times measured at build, to which readers can add those of their own browser.

    ```{on-your-machine} {name: times[name] for name in ("loops", "@ float64")}
    ```

    becomes: figure > chart (times), table, caption

    The argument is a Python expression of the notebook's variables as of the cells above it. It
    gives {name: {n: seconds}}, with the names of timing.TASKS among its own.
    """

    required_arguments = 1
    final_argument_whitespace = True  # the whole line is the expression

    def run(self) -> list[nodes.Node]:
        expression = " ".join(self.arguments[0].split())
        self.env.note_dependency(str(SOURCE))
        try:
            times = self.evaluate(expression)
        except (RetrievalError, ValueError) as error:
            names = " and ".join(f'"{name}"' for name in timing.TASKS)
            logger.warning(
                "nothing can be drawn from `%s`: %s; write an expression that gives "
                "{name: {n: seconds}}, with %s among the names",
                expression,
                error,
                names,
                location=self.get_location(),
                type="measure",
            )
            return []
        figure = nodes.figure("", classes=["la-measure"])
        figure += [chart(times=times), table(times), nodes.caption("", _(CAPTION))]
        self.set_source_info(figure)
        return [figure]

    def evaluate(self, expression: str) -> Times:
        """{name: {n: seconds}}; raises RetrievalError or ValueError for anything else."""
        # in the kernel, since only plain numbers and text come out of it
        code = (
            "{str(name): {n.__index__(): float(1.0 * s) for n, s in measured.items()}"
            f" for name, measured in ({expression}).items()}}"
        )
        shown = f"display(__import__('json').dumps({code}))"
        (output,) = retrieve_eval_data(self.state.document, shown)
        text = ast.literal_eval(output.data["text/plain"])
        times = {
            name: dict(sorted((int(n), s) for n, s in measured.items()))
            for name, measured in json.loads(text).items()
        }
        for name in timing.TASKS:
            if not times.get(name):
                raise ValueError(f"it has no times of “{name}”")
        for name, measured in times.items():
            for n, s in measured.items():
                if n < 1 or not 0 < s < math.inf:
                    raise ValueError(f"“{name}” has {s} seconds at n = {n}")
        return times


def table(times: Times) -> nodes.table:
    """table > tgroup > colspec …, thead, tbody; a row for each n"""

    def row(*texts: str) -> nodes.row:
        return nodes.row("", *(nodes.entry("", nodes.paragraph("", text)) for text in texts))

    group = nodes.tgroup(cols=1 + len(times))
    group += [nodes.colspec(colwidth=1, stub=int(i == 0)) for i in range(1 + len(times))]
    names = [name.replace(" ", "\u00a0") for name in times]  # on one line
    group += nodes.thead("", row("n", *(_("{name}, as built").format(name=name) for name in names)))
    group += nodes.tbody(
        "",
        *(
            row(str(n), *(duration(t[n]) if n in t else NO_TIME for t in times.values()))
            for n in sizes(times)
        ),
    )
    return nodes.table("", group)
