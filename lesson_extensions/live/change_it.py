"""{change-it}: the reader is asked to change the cell above, and first to say what will happen.

What does happen is computed when the page is built, and stands in a fold.
"""

from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

from lesson_extensions.execution import snippets
from lesson_extensions.shared.folds import fold, fold_title
from lesson_extensions.shared.notebook_cells import copies, text_cell
from lesson_extensions.shared.words import _

logger = logging.getLogger(__name__)

RUNNER = Path(__file__).with_name("changed.py")
RUNS_WITH = [RUNNER, *sorted(Path(__file__).parent.glob("python/*.py"))]  # what it says depends on
EXAMPLE = "write `:from: 4` and below it `:to: 5`, where 4 stands in the cell above"


class change_it(nodes.container):
    """The whole: `before` and `after` are the piece of the cell above, and what replaces it."""


class Refused(Exception):
    """It cannot be built; the text says why, and what to write instead."""


class ChangeItDirective(SphinxDirective):
    """What to change in the code cell above, and what happens then.

    :::{change-it}
    :from: `[4, 1]`
    :to: `[4, -1]`
    :holds: (2 * a + b)[1] == 1

    Make the last entry of `a` negative.
    Where does the sum end?

    ---

    Two steps down, and three up.
    :::

    becomes: change_it (before, after, notebook) >
        paragraph.la-change__title
        … what comes before the line `---`
        fold (la-change__answer) >
            fold_title
            paragraph: with what in place of what
            container.output > literal_block, what the changed cell shows
            … what comes after the line
    """

    has_content = True
    option_spec = {name: directives.unchanged for name in ("from", "to", "holds")}

    def run(self) -> list[nodes.Node]:
        try:
            return [self.build()]
        except Refused as refused:
            place = (self.env.docname, self.lineno)
            logger.warning("%s", refused, location=place, type="live", subtype="change-it")
        return []

    def build(self) -> change_it:
        before, after = self.option("from"), self.option("to")
        if before == after:
            raise Refused(f"`:from:` and `:to:` are the same, `{before}`; {EXAMPLE}")
        shown = self.run_changed(before, after)
        content = self.parse_content_to_nodes()
        line = next((i for i, node in enumerate(content) if isinstance(node, nodes.transition)), 0)
        question, explanation = content[:line], content[line + 1 :]
        if not question or not explanation:
            raise Refused(
                "say first what to change and what to predict, then write a line `---`, then say "
                "in a sentence why it happens"
            )

        node = change_it(classes=["la-change"], before=before, after=after)
        self.set_source_info(node)
        title = nodes.paragraph("", _("Change it"), classes=["la-change__title"])
        with_this = nodes.paragraph("", "", nodes.Text(_("With ")), nodes.literal(after, after))
        with_this += [nodes.Text(_(" in place of ")), nodes.literal(before, before)]
        with_this += nodes.Text(_(", the cell shows"))
        output = nodes.literal_block(shown, shown, language="none", classes=["la-change__output"])
        self.set_source_info(output)
        answer = fold("", fold_title("", _("What happens")), classes=["la-change__answer"])
        answer += [with_this, nodes.container("", output, classes=["output"]), *explanation]
        node += [title, *question, answer]
        heading = nodes.paragraph("", "", nodes.strong("", _("Change it")))
        node["notebook"] = [text_cell("", heading, *copies(node.children[1:]))]
        return node

    def option(self, name: str) -> str:
        """The piece of code of an option, which may stand between backticks."""
        text: str = self.options.get(name, "").strip()
        if len(text) > 2 and text.startswith("`") and text.endswith("`"):
            text = text[1:-1]
        if not text:
            raise Refused(f"`:{name}:` is not there; {EXAMPLE}")
        return text

    def run_changed(self, before: str, after: str) -> str:
        """What the cell above shows, changed."""
        sources = self.sources()
        if (count := sources[-1].count(before)) != 1:
            raise Refused(
                f"`{before}` occurs {count} times in the cell above; name in `:from:` a piece of "
                "its code that occurs once"
            )
        sources[-1] = sources[-1].replace(before, after)
        question = {"sources": sources, "holds": self.options.get("holds", "")}
        try:
            found: dict[str, Any] = snippets.ask(RUNNER, question)
        except snippets.SnippetError as error:
            raise Refused(f"the changed cell could not be run: {error}") from None
        if found["above"]:
            raise Refused(f"a cell above that the changed one needs raised {found['above']}")
        if found["picture"]:
            raise Refused("the changed cell draws a picture; put it below a cell that shows text")
        if not found["shown"].strip():
            raise Refused("the changed cell shows nothing; put it below a cell that does")
        if found["holds"]:
            raise Refused(
                f"after the change `{question['holds']}` does not hold: {found['holds']}; mend the "
                "explanation, or the condition"
            )
        return str(found["shown"]).rstrip("\n")

    def sources(self) -> list[str]:
        """The code of the cells above, with those that the page does not show."""
        cells = [
            node
            for node in self.state.document.findall(nodes.container)
            if node.get("nb_element") == "cell_code"
        ]
        if not cells:
            raise Refused("there is no code cell above; put it right below the one to be changed")
        for script in RUNS_WITH:
            self.env.note_dependency(str(script))
        notebook = self.state.document["nb_renderer"].renderer.nb_client.notebook
        above = notebook.cells[: cells[-1]["cell_index"] + 1]
        return [cell.source for cell in above if cell.cell_type == "code"]


def visit_change_it(self: HTML5Translator, node: nodes.Element) -> None:
    attributes = {"data-la-from": node["before"], "data-la-to": node["after"]}
    self.body.append(self.starttag(node, "div", **attributes))


def depart_change_it(self: HTML5Translator, node: nodes.Element) -> None:
    self.body.append("</div>\n")


def setup(app: Sphinx) -> None:
    # writers of other formats take it for the container that it is
    app.setup_extension("lesson_extensions.shared.folds")
    app.add_node(change_it, html=(visit_change_it, depart_change_it))
    app.add_directive("change-it", ChangeItDirective)
