"""{exercise} and its parts: the author's text becomes nodes, and is proven on the way."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from lesson_extensions.execution import snippets
from lesson_extensions.exercise import calls, differ, grade, notebook, reader, up_to
from lesson_extensions.exercise.nodes import exercise, exercise_title
from lesson_extensions.exercise.prove import Whole
from lesson_extensions.shared import other_answers, pristine, values
from lesson_extensions.shared.folds import fold, fold_title
from lesson_extensions.shared.labels import LabelError, claim
from lesson_extensions.shared.notebook_cells import code_cell, copies, text_cell
from lesson_extensions.shared.words import _

logger = logging.getLogger(__name__)

PROVE = Path(__file__).with_name("prove.py")
GRADERS = (grade, calls, differ, reader, up_to, pristine, values)  # served to the reader's browser
PARTS = {  # directive: key in the exercise
    "starter": "starter",
    "tests": "tests",
    "hidden-tests": "hidden",
    "hint": "hints",
    "solution": "solution",
    "mistake": "mistakes",
}
ONCE = ("starter", "solution")


Parts = dict[str, list[nodes.Element]]  # key in the exercise: the nodes of its parts


class part(nodes.General, nodes.Element):
    """What {starter} and its like leave for {exercise}: name, code, argument, line."""


class PartDirective(SphinxDirective):
    """Code that belongs to an exercise.

    :::{starter}
    code
    :::

    becomes: part (name, code, argument, line), which {exercise} takes
    """

    has_content = True

    def run(self) -> list[nodes.Node]:
        node = part(
            name=self.name,
            code="\n".join(self.content).strip("\n"),
            argument=" ".join(" ".join(self.arguments).split()),
            line=self.lineno,
            first=self.lineno + self.content_offset + 1,  # MyST counts from the directive
            lines=list(self.content),
        )
        self.set_source_info(node)
        return [node]


class MistakeDirective(PartDirective):
    """A wrong program, and the feedback that it gets: `:::{mistake} You divided by …`."""

    optional_arguments = 1
    final_argument_whitespace = True


class ExerciseDirective(SphinxDirective):
    """Work for the reader, with tests.

    ::::{exercise} Project one vector onto another
    :label: project-onto-a-line
    :requires: np.linalg.solve
    :forbids: np.linalg.inv

    Any Markdown, and the parts: {starter}, {tests}, {hidden-tests}, {hint}, {solution}, {mistake}.
    ::::

    becomes: exercise (ids, label, title, spec, task, task_kind, notebook) >
        exercise_title
        … the Markdown
        container.la-exercise__starter > literal_block
        container.la-exercise__checks > paragraph, bullet_list > list_item …
        fold (la-exercise__hint) > fold_title, … for each hint
        fold (la-exercise__solution) > fold_title, literal_block
    """

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = {
        "label": directives.unchanged_required,
        "requires": str.split,
        "forbids": str.split,
        "changes": str.split,
    }

    def run(self) -> list[nodes.Node]:
        for path in (PROVE, other_answers.__file__, *(module.__file__ for module in GRADERS)):
            self.env.note_dependency(str(path))
        content = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, content)
        parts = self.take_parts(content)
        title = " ".join(self.arguments[0].split())
        label = self.options.get("label", "")
        try:
            claim(self, {label: title}, "project-onto-a-line")
        except LabelError as error:
            self.warn(self.lineno, "label", "%s", error)
            return []
        if not self.is_whole(parts):
            return []
        spec = self.spec(parts)
        self.prove(spec, parts)
        try:
            grade.checks_of(spec)
        except SyntaxError:  # of which prove() has warned
            return []

        node = exercise(classes=["la-exercise"], ids=[label], label=label, title=title, spec=spec)
        node["task"], node["task_kind"] = label, "exercise"
        self.set_source_info(node)
        self.state.document.set_id(node)
        inlines, messages = self.parse_inline(self.arguments[0])
        node += exercise_title("", "", *inlines)
        text = content.children
        node += messages + text
        node += self.pane(spec["starter"], ["la-exercise__starter"])
        node += self.checks(spec)
        names = [_("Hint {number}").format(number=at + 1) for at in range(len(parts["hints"]))]
        names = names if len(names) > 1 else [_("Hint")]
        hints = [
            folded(name, hint.children, "la-exercise__hint")
            for name, hint in zip(names, parts["hints"], strict=True)
        ]
        solution = folded(_("Solution"), self.pane(spec["solution"], []), "la-exercise__solution")
        node += [*hints, solution]
        heading = nodes.strong("", "", nodes.Text(_("Exercise: ")), *copies(inlines))
        node["notebook"] = [
            text_cell("", nodes.paragraph("", "", heading), *copies([*text, *hints])),
            code_cell(source=spec["starter"]),
            code_cell(source=notebook.checks(spec)),
            text_cell("", solution.deepcopy()),
        ]
        return [node]

    # -- What the author wrote -------------------------------------------------------------------

    def warn(self, line: int, subtype: str, text: str, *args: object) -> None:
        place = self.env.docname, line
        logger.warning(text, *args, location=place, type="exercise", subtype=subtype)

    def take_parts(self, content: nodes.Element) -> Parts:
        """{key in the exercise: its nodes}, taken out of the content."""
        parts: Parts = defaultdict(list)
        for node in [*content.findall(part), *content.findall(nodes.hint)]:
            parts["hints" if isinstance(node, nodes.hint) else PARTS[node["name"]]].append(node)
            node.parent.remove(node)
        return parts

    def is_whole(self, parts: Parts) -> bool:
        """Whether no part is missing, or empty, or there once too often."""
        missing = [name for name, key in PARTS.items() if not parts[key]]
        if missing:
            self.warn(
                self.lineno,
                "parts",
                "this exercise has no %s; add %s: an exercise has a starter, tests, hidden tests, "
                "a hint, a solution and a known mistake",
                " and no ".join(f"{{{name}}}" for name in missing),
                " and ".join(f"`:::{{{name}}}`" for name in missing),
            )
        whole = not missing
        for key in ONCE:
            for again in parts[key][1:]:
                self.warn(again["line"], "parts", "a second {%s}; leave one of them", key)
                whole = False
        for node in (node for nodes_ in parts.values() for node in nodes_):
            if isinstance(node, part) and not node["code"].strip():
                self.warn(node["line"], "parts", "this {%s} is empty; write its code", node["name"])
                whole = False
        for node in parts["mistakes"]:
            if not node["argument"]:
                self.warn(
                    node["line"],
                    "feedback",
                    "this mistake has no feedback; write what its maker should read behind the "
                    "name: `:::{mistake} You divided by …`",
                )
                whole = False
        return whole

    def spec(self, parts: Parts) -> Whole:
        """The exercise as prove.py wants it."""
        return {
            "starter": parts["starter"][0]["code"],
            "tests": [line for line, _ in lines_of(parts["tests"])],
            "hidden": [line for line, _ in lines_of(parts["hidden"])],
            "solution": parts["solution"][0]["code"],
            "mistakes": [
                {"feedback": node["argument"], "code": node["code"]} for node in parts["mistakes"]
            ],
            "requires": self.options.get("requires", []),
            "forbids": self.options.get("forbids", []),
            "changes": self.options.get("changes", []),
        }

    def prove(self, spec: Whole, parts: Parts) -> None:
        """Warn of all that is not what it should be, at its line."""
        try:
            problems = snippets.ask(PROVE, spec)
        except snippets.SnippetError as error:
            self.warn(
                self.lineno,
                "run",
                "this exercise could not be proven: %s; look for an endless loop in its programs",
                error,
            )
            return
        places: dict[str, list[int]] = {
            key: [self.lineno] for key in ("requires", "forbids", "changes")
        }
        places |= {key: [line for _, line in lines_of(parts[key])] for key in ("tests", "hidden")}
        places |= {key: [node["line"] for node in parts[key]] for key in (*ONCE, "mistakes")}
        for key, index, sentence in problems:
            self.warn(places[key][min(index, len(places[key]) - 1)], key, "%s", sentence)

    # -- What the reader sees --------------------------------------------------------------------

    def pane(self, code: str, classes: list[str]) -> nodes.container:
        block = nodes.literal_block(code, code, language="python")
        self.set_source_info(block)
        return nodes.container("", block, classes=classes)

    def checks(self, spec: Whole) -> nodes.container:
        """The public tests, and how many are hidden."""
        box = nodes.container(classes=["la-exercise__checks"])
        box += nodes.paragraph("", _("Checks"))
        items = nodes.bullet_list(bullet="-")
        hidden = 0
        for check in grade.checks_of(spec):
            hidden += check.hidden
            if not check.hidden:
                items += nodes.list_item("", nodes.paragraph("", "", *described(check)))
        box += items
        more = _("{number} more are hidden.").format(number=hidden)
        box += nodes.paragraph(
            "", _("One more is hidden.") if hidden == 1 else more, classes=["la-exercise__more"]
        )
        return box


def folded(name: str, children: Iterable[nodes.Node], kind: str) -> fold:
    return fold("", fold_title("", name), *children, classes=[kind])


def described(check: grade.Check | grade.Calls) -> Iterator[nodes.Node]:
    """The source of a check as code, and its comment, in which backticks mark code."""
    if check.source:
        yield nodes.literal(check.source, check.source, language="python")
    if check.source and check.comment:
        yield nodes.Text(": ")
    for index, text in enumerate(check.comment.split("`")):
        if text:
            yield nodes.literal(text, text) if index % 2 else nodes.Text(text)


def lines_of(parts: list[nodes.Element]) -> list[tuple[str, int]]:
    """(line, its number) of all lines of code that are not blank."""
    return [
        (line.strip(), node["first"] + number)
        for node in parts
        for number, line in enumerate(node["lines"])
        if line.strip()
    ]


class RefuseStrayParts(SphinxTransform):
    """What no exercise took is outside of one."""

    default_priority = 400

    def apply(self, **kwargs: Any) -> None:
        for node in list(self.document.findall(part)):
            logger.warning(
                "{%s} belongs into an {exercise}; put it between its `::::{exercise}` and `::::`",
                node["name"],
                location=node,
                type="exercise",
                subtype="stray",
            )
            node.parent.remove(node)


def setup(app: Sphinx) -> None:
    app.add_node(part)
    app.add_directive("exercise", ExerciseDirective)
    for name in PARTS:
        if name != "hint":  # docutils has {hint}: it stays what it is outside an exercise
            app.add_directive(name, MistakeDirective if name == "mistake" else PartDirective)
    app.add_transform(RefuseStrayParts)
