"""{claim}: a condition that must hold for the sentence above it to be true, checked at build."""

from docutils import nodes
from myst_nb.core.variables import RetrievalError
from myst_nb.ext.eval import retrieve_eval_data
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

logger = logging.getLogger(__name__)


class ClaimDirective(SphinxDirective):
    """Nothing that a reader sees; a warning, with file and line, where the condition is not True.

    The residual is a thousand times smaller.

    ```{claim} 1000 * residual < other_residual
    ```

    The condition is a Python expression of the notebook's variables as of the cells above it.
    """

    required_arguments = 1
    final_argument_whitespace = True  # the whole line is the condition

    def run(self) -> list[nodes.Node]:
        condition = " ".join(self.arguments[0].split())
        try:
            # display, since IPython shows no bare value after a cell that ends in a semicolon
            shown = f"display(bool({condition}))"
            *_, output = retrieve_eval_data(self.state.document, shown)
        except RetrievalError as error:
            self.warn(f"this claim cannot be checked: `{condition}`: {error}")
        else:
            if output.data.get("text/plain") != "True":
                self.warn(
                    f"this claim is false: `{condition}`; "
                    "mend the sentence above it, or the condition"
                )
        return []

    def warn(self, text: str) -> None:
        logger.warning(text, location=self.get_location(), type="claims")


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_directive("claim", ClaimDirective)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
