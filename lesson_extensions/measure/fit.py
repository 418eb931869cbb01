"""{will-it-fit}: what an operation costs, for the sizes that a reader types."""

import ast
import json
import math
from html import escape
from typing import Any

from docutils import nodes
from myst_nb.core.variables import RetrievalError
from myst_nb.ext.eval import retrieve_eval_data
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

from lesson_extensions.shared.words import _

logger = logging.getLogger(__name__)

DTYPES = {"float64", "float32"}


class fit_calculator(nodes.General, nodes.Element):
    """Where the script puts its form: `costs` of each operation, and `error`, a factor."""


class WillItFitDirective(SphinxDirective):
    """A calculator of memory, operations and seconds.

    ```{will-it-fit} costs
    ```

    becomes: fit_calculator (costs)

    The argument is an expression of the notebook's variables as of the cells above it. It gives
    {name: {"operations": {"mnk": 2}, "numbers": {"mn": 1}, "rates": {dtype: operations a second}}},
    and "error": the factor by which the rates were off at most.
    """

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        expression = " ".join(self.arguments[0].split())
        try:
            costs = self.evaluate(expression)
        except (RetrievalError, ValueError) as error:
            logger.warning(
                "nothing can be calculated from `%s`: %s; write an expression that gives "
                '{name: {"operations": {"mnk": 2}, "numbers": {"mn": 1}, "rates": {"float64": …, '
                '"float32": …}}, "error": …}',
                expression,
                error,
                location=self.get_location(),
                type="measure",
            )
            return []
        return [fit_calculator(costs=costs)]

    def evaluate(self, expression: str) -> dict[str, Any]:
        # in the kernel, since only text comes out of it as it is
        shown = f"display(__import__('json').dumps({expression}, default=float))"
        (output,) = retrieve_eval_data(self.state.document, shown)
        costs = json.loads(ast.literal_eval(output.data["text/plain"]))
        if not isinstance(costs, dict) or not costs.get("error", 0) >= 1:
            raise ValueError('it has no "error" of 1 or more')
        for name, cost in costs.items():
            if name == "error":
                continue
            for kind in ("operations", "numbers"):
                terms = cost.get(kind, {})
                if not terms or not all(set(term) <= set("mnk") for term in terms):
                    raise ValueError(f"“{name}” has no {kind} in m, n and k")
            rates = cost.get("rates", {})
            if set(rates) != DTYPES or not all(0 < r < math.inf for r in rates.values()):
                raise ValueError(f"“{name}” has no rates of float64 and float32")
        return dict(costs)


def visit_fit(self: HTML5Translator, node: nodes.Element) -> None:
    data = escape(json.dumps(node["costs"], separators=(",", ":")))
    needs = _("The calculator needs JavaScript; the table above does without.")
    self.body.append(
        f'<div class="la-fit la-panel" data-la-costs="{data}"><p>{escape(needs)}</p></div>\n'
    )
    raise nodes.SkipNode
