"""{beside}: what one writes in Octave, and in NumPy, for the same task."""

import tomllib
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

from lesson_extensions.shared.words import _

logger = logging.getLogger(__name__)

RENEW = "`nox -s octave`, which needs GNU Octave, runs all rows and records what they print"


class beside(nodes.container):
    """The whole: a row of a table, were there room for one."""


class Refused(Exception):
    """It cannot be built; the text says why, and what to write instead."""


class BesideDirective(SphinxDirective):
    """A task in two languages, with what each printed and, where there is one, the difference.

    :::{beside} Take the last entry
    :label: last-entry
    :differs: n

    ```octave
    v = [5 6 7];
    n = numel(v), v(end)
    ```
    ```python
    >>> v = np.array([5, 6, 7])
    >>> n = v.size - 1
    >>> v[-1]
    np.int64(7)
    ```

    A negative index counts from the end.
    :::

    becomes: beside (octave, numpy, differs, up_to_sign) >
        rubric: the task
        paragraph.la-beside__differs: only with `:differs:`
        container.la-beside__pair >
            container > paragraph: Octave's version, container.cell > literal_block, output
            container > paragraph: NumPy, literal_block
        … the sentences

    Variables of one name hold the same numbers on both sides, but for those that `:differs:` names,
    and up to signs those of `:up-to-sign:`; `ans` is what was shown last without a name.
    tests/test_beside.py proves it.
    """

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = dict.fromkeys(("label", "differs", "up-to-sign"), directives.unchanged_required)

    def run(self) -> list[nodes.Node]:
        try:
            return [self.build()]
        except Refused as refused:
            place = (self.env.docname, self.lineno)
            logger.warning("%s", refused, location=place, type="beside")
        return []

    def build(self) -> beside:
        content = self.parse_content_to_nodes()
        octave, numpy = self.side(content, "octave"), self.side(content, "python")
        if not numpy.astext().startswith(">>>"):
            raise Refused("the ```python fence holds no `>>>` lines; write them, and their output")
        code = octave.astext().rstrip("\n")
        version, printed = self.recorded(code)
        sentences = [node for node in content if node not in (octave, numpy)]
        differs = self.options.get("differs", "").split()
        if differs and not sentences:
            raise Refused("`:differs:` without a word; say in a sentence below what differs")

        node = beside(classes=["la-beside"], octave=code, numpy=numpy.astext())
        node["differs"], node["up_to_sign"] = differs, self.options.get("up-to-sign", "").split()
        self.set_source_info(node)
        if label := self.options.get("label"):
            node["names"].append(nodes.fully_normalize_name(label))
            self.state.document.note_explicit_target(node, node)
        text, _messages = self.parse_inline(self.arguments[0])
        title = nodes.rubric("", "", *text, classes=["la-beside__task"])
        title["heading-level"] = 3
        node += title
        if differs:
            node += nodes.paragraph("", _("Not the same"), classes=["la-beside__differs"])
        cell = nodes.container("", octave, classes=["cell"])
        if printed:
            output = nodes.literal_block(printed, printed, language="none")
            cell += nodes.container("", output, classes=["cell_output", "output"])
        node += nodes.container(
            "",
            named(f"Octave {version}", cell),
            named("NumPy", numpy),
            classes=["la-beside__pair"],
        )
        node += sentences
        return node

    def side(self, content: list[nodes.Node], language: str) -> nodes.literal_block:
        found = [
            node
            for node in content
            if isinstance(node, nodes.literal_block) and node.get("language") == language
        ]
        if len(found) != 1:
            raise Refused(
                f"there are {len(found)} ```{language} fences; write one ```octave fence, then one "
                "```python fence with `>>>` lines, then what differs"
            )
        return found[0]

    def recorded(self, code: str) -> tuple[str, str]:
        """Octave's version, and what it printed when it ran this code."""
        path = Path(self.env.srcdir, self.config.beside_results)
        self.env.note_dependency(str(path))
        record: dict[str, Any] = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
        for result in record.get("result", []):
            if result["code"] == code:
                return record["version"], result["printed"]
        raise Refused(
            f"{self.config.beside_results} has no result of this Octave code: it is new, or was "
            f"changed since; {RENEW}"
        )


def named(name: str, what: nodes.Node) -> nodes.container:
    title = nodes.paragraph("", name, classes=["la-beside__name"])
    return nodes.container("", title, what, classes=["la-beside__side"])


def visit_beside(self: HTML5Translator, node: nodes.Element) -> None:
    self.body.append(self.starttag(node, "div"))


def depart_beside(self: HTML5Translator, node: nodes.Element) -> None:
    self.body.append("</div>\n")
