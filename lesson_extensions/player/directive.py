"""{player}: the author's program → nodes."""

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx import addnodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from lesson_extensions.execution.snippets import TIMEOUT, SnippetError, ask
from lesson_extensions.player.nodes import player, value
from lesson_extensions.shared.folds import fold, fold_title
from lesson_extensions.shared.labels import LabelError, claim
from lesson_extensions.shared.notebook_cells import code_cell, copies, text_cell
from lesson_extensions.shared.page_text import Message, Say, translated
from lesson_extensions.shared.words import N_, _, say_in

logger = logging.getLogger(__name__)

TRACER = Path(__file__).with_name("tracer.py")
STEP = re.compile(r"#\s*%%(.*)")
PREDICT = re.compile(r"#\s*predict:(.*)")
MARKS = (N_("new"), N_("changed"))  # of variables: tracer.py says which
COLUMNS = (N_("name"), N_("value"), N_("shape"), N_("dtype"))


class RefusedError(Exception):
    """What is wrong and what to write instead; `line` is one of the program, None of the page."""

    def __init__(self, subtype: str, text: str, line: int | None = None) -> None:
        super().__init__(text)
        self.subtype, self.line = subtype, line


@dataclass
class Step:
    """A step as it is written; the lines are those of the file."""

    title: str
    said: list[str]
    code: str
    line: int
    predict: str | None = None
    question: str = ""
    predict_line: int = 0


# -- The program -----------------------------------------------------------------------------------


def read_program(path: Path) -> tuple[str, list[Step]]:
    """The first line of the docstring ("" if there is none), and the steps; raises RefusedError."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = "is not in UTF-8" if isinstance(error, ValueError) else "cannot be read"
        mend = "write the path of a program, relative to this page or, with a leading /, to docs/"
        raise RefusedError("program", f"{path.name} {why}; {mend}") from None
    tree = compiled(text, path)
    lines = text.split("\n")
    starts = [
        token.start[0]
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT and token.start[1] == 0 and STEP.match(token.string)
    ]
    if not starts:
        mend = "begin each with a line such as `# %% Make a vector`"
        raise RefusedError("step", f"there is no step in this program; {mend}", 1)
    docstring = ast.get_docstring(tree) or ""
    outside = [part.lineno for part in tree.body[bool(docstring) :] if part.lineno < starts[0]]
    if outside:
        mend = "put it below the first line that begins with `# %%`"
        raise RefusedError("step", f"this code is in no step; {mend}", outside[0])
    steps = [
        read_step(lines[start - 1 : end - 1], start, path)
        for start, end in zip(starts, [*starts[1:], len(lines) + 1], strict=True)
    ]
    return docstring.partition("\n")[0].rstrip("."), steps


def read_step(lines: list[str], start: int, path: Path) -> Step:
    """The step that these lines of the file are, of which the first is number `start`."""
    title = lines[0].partition("%%")[2].strip()
    if not title:
        raise RefusedError("step", "this step has no title; write one behind `# %%`", start)
    step = Step(title, [], "", 0)
    at = 1
    while at < len(lines) and lines[at].startswith("#"):
        asked = PREDICT.match(lines[at])
        if not asked:
            step.said.append(lines[at][1:].strip())
        elif step.predict is not None:
            raise RefusedError("predict", "a step has one prediction; take one away", start + at)
        else:
            step.predict_line = start + at
            step.predict, _, step.question = (
                part.strip() for part in asked[1].strip().partition(" ? ")
            )
            compiled(step.predict, path, step.predict_line, "eval")
        at += 1
    if not any(step.said):
        mend = "say in comment lines right below its title what it does"
        raise RefusedError("step", f"the step “{title}” has no narration; {mend}", start)
    while at < len(lines) and not lines[at].strip():
        at += 1
    step.line, step.code = start + at, "\n".join(lines[at:]).rstrip()
    if not compiled(step.code, path, step.line).body:
        mend = "write some below its comment lines"
        raise RefusedError("step", f"the step “{title}” has no code; {mend}", start)
    return step


def in_words(docstring: str, steps: list[Step], say: Say) -> tuple[str, list[Step]]:
    """What the program tells as `say` says it; its code stays."""
    name = docstring and say(Message(1, docstring))
    told = []
    for step in steps:
        title = say(Message(step.line, step.title))
        said = translated("\n".join(step.said), say).split("\n")
        question = step.question and say(Message(step.predict_line, step.question))
        told.append(replace(step, title=title, said=said, question=question))
    return name, told


def question_of(step: Step) -> str:
    return step.question or _("What will {code} be?").format(code=f"`{step.predict}`")


def compiled(code: str, path: Path, line: int = 1, mode: str = "exec") -> Any:
    """The syntax tree of code that begins at this line of the program; raises RefusedError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            before = "\n" * (line - 1) if mode == "exec" else ""
            return ast.parse(before + code, str(path), mode)
    except (SyntaxError, ValueError) as error:  # ValueError: a null byte
        why = getattr(error, "msg", error)
        if mode == "eval":
            text = f"`{code}` cannot be predicted: {why}; write one Python expression"
            raise RefusedError("predict", text, line) from None
        text = f"this is not Python: {why}; mend it, and see that each step is whole"
        raise RefusedError("program", text, getattr(error, "lineno", None) or line) from None


def chosen(text: str, steps: int) -> slice:
    """The slice of the steps that `:steps:` names; raises RefusedError."""
    found = re.fullmatch(r"(\d+)(?:\s*[-–]\s*(\d+))?", text.strip())
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not 1 <= first <= last <= steps:
        mend = f"which has {steps} steps; write one such as `:steps: 1-{steps}`"
        raise RefusedError("steps", f"`:steps: {text}` is no range of this program, {mend}")
    return slice(first - 1, last)


def traced(path: Path, steps: list[Step]) -> list[dict[str, Any]]:
    """What each step printed and left, see tracer.py; raises RefusedError."""
    question = {"path": str(path), "steps": [asdict(step) for step in steps]}
    try:
        answer: dict[str, Any] = ask(TRACER, question, TIMEOUT)
    except SnippetError as error:
        text = f"this program gave no answer: {error}; see that it ends by itself"
        raise RefusedError("program", text, 1) from None
    if "error" not in answer:
        traces: list[dict[str, Any]] = answer["steps"]
        return traces
    line, text = answer["error"]["line"], answer["error"]["text"]
    if answer["error"]["predicted"]:
        mend = "write an expression of what there is after the step"
        raise RefusedError("predict", f"what is to be predicted raises {text}; {mend}", line)
    mend = "mend the program, or catch the error where you want to show it"
    raise RefusedError("program", f"this raises {text}; {mend}", line)


# -- The nodes -------------------------------------------------------------------------------------


class PlayerDirective(SphinxDirective):
    """The steps of a program, each with the state that it left.

    ```{player} ../algebra_ops.py
    :steps: 2-5
    :label: algebra-again
    :title: The same again
    ```

    becomes: player (label, notebook) > paragraph (title, download), enumerated_list > list_item
    (label-1) > title, narration, code, prediction, container > output, table of variables; …

    The path is relative to the page or, with a leading /, to the pages' folder. The program is
    Python; each step in it is

    # %% Make a vector
    # What the narrator says, in Markdown.
    # predict: v.shape ? Which shape will `v` have?
    v = np.array([2, 1])

    The prediction may be left out, and so may its question. All steps up to the last shown are
    run; the answer of a prediction is its expression, evaluated after its step.
    """

    required_arguments = 1
    final_argument_whitespace = True
    option_spec = {
        "steps": directives.unchanged_required,
        "label": directives.unchanged_required,
        "title": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        relative, absolute = self.env.relfn2path(self.arguments[0])
        self.path = Path(absolute)
        self.env.note_dependency(str(self.path))
        self.env.note_dependency(str(TRACER))
        try:
            return [
                self.draw(f"/{relative}", *in_words(*read_program(self.path), say_in(self.env)))
            ]
        except RefusedError as refused:
            logger.warning(
                "%s",
                refused,
                location=f"{self.path}:{refused.line}" if refused.line else self.get_location(),
                type="player",
                subtype=refused.subtype,
            )
            return []

    def draw(self, target: str, docstring: str, steps: list[Step]) -> player:
        part = slice(None)
        if "steps" in self.options:
            part = chosen(self.options["steps"], len(steps))
        name = self.options.get("title") or docstring or self.path.stem
        label = self.options.get("label", "").strip() or nodes.make_id(self.path.stem)
        labels = [f"{label}-{number}" for number, _ in enumerate(steps[part], 1)]
        titles = {label: name}
        titles |= {own: step.title for own, step in zip(labels, steps[part], strict=True)}
        try:
            claim(self, titles, "algebra-again")
        except LabelError as error:
            raise RefusedError("label", str(error)) from None
        traces = traced(self.path, steps[: part.stop])

        node = player("", classes=["la-player"], ids=[label])
        node["label"] = label
        self.set_source_info(node)
        self.state.document.set_id(node)
        title = self.inline(name)
        download = addnodes.download_reference("", "", reftarget=target)
        download += nodes.literal("", self.path.name)
        bold = nodes.strong("", "", *title, classes=["la-player__name"])
        head = nodes.paragraph("", "", bold, nodes.Text(" "), download, classes=["la-player__head"])
        node += head
        told = [self.narration(step) for step in steps[part]]
        items = list(map(self.draw_step, labels, steps[part], told, traces[part]))
        before = "\n\n".join(step.code for step in steps[: part.start or 0])
        node["notebook"] = [code_cell(source=before)] if before else []
        for number, (step, said) in enumerate(zip(steps[part], told, strict=True), 1):
            node["notebook"] += self.cells(number, step, said)
        node += nodes.enumerated_list(
            "", *items, enumtype="arabic", prefix="", suffix=".", classes=["la-player__steps"]
        )
        return node

    def narration(self, step: Step) -> nodes.container:
        said = nodes.container(classes=["la-player__said"])
        self.state.nested_parse(StringList(step.said, str(self.path)), self.content_offset, said)
        return said

    def cells(self, number: int, step: Step, said: nodes.container) -> list[nodes.Node]:
        """A step in the notebook: its text, with its title before it, and its code."""
        heading = nodes.Text(f"{number}. "), *self.inline(step.title), nodes.Text(".")
        first = nodes.paragraph("", "", nodes.strong("", "", *heading))
        text = copies(said.children)
        if text and isinstance(text[0], nodes.paragraph):
            first += [nodes.Text("\n"), *text.pop(0).children]
        if step.predict is not None:
            question = [
                *self.inline(question_of(step)),
                nodes.Text(_(" Say it before you run the cell.")),
            ]
            text.append(nodes.paragraph("", "", *question))
        return [text_cell("", first, *text), code_cell(source=step.code)]

    def draw_step(
        self, label: str, step: Step, said: nodes.container, trace: dict[str, Any]
    ) -> nodes.list_item:
        item = nodes.list_item(ids=[label])
        self.state.document.set_id(item)
        link = nodes.reference("", "", *self.inline(step.title), refid=label)
        item += nodes.paragraph("", "", link, classes=["la-player__title"])
        item += said
        item += literal_block(step.code, "python", "la-player__lines")
        if step.predict is not None:
            guess = nodes.container(classes=["la-player__guess"])
            guess += nodes.paragraph("", "", *self.inline(question_of(step)))
            answer = nodes.paragraph("", "", value("", trace["answer"]))
            guess += fold("", fold_title("", _("Answer")), answer, classes=["la-player__answer"])
            item += guess
        outcome = nodes.container(classes=["la-player__outcome"])
        if trace["printed"].strip("\n"):
            outcome += nodes.paragraph("", _("It prints"), classes=["la-player__heading"])
            outcome += literal_block(trace["printed"].rstrip("\n"), "none", "la-player__output")
        if trace["variables"]:
            outcome += nodes.paragraph("", _("Variables now"), classes=["la-player__heading"])
            outcome += table(trace["variables"])
        item += outcome
        return item

    def inline(self, text: str) -> list[nodes.Node]:
        return self.parse_inline(text)[0]


def literal_block(text: str, language: str, name: str) -> nodes.literal_block:
    return nodes.literal_block(text, text, language=language, classes=[name])


def table(variables: list[dict[str, str]]) -> nodes.table:
    """table > tgroup > colspec …, thead, tbody; a row for each variable"""

    def row(*entries: Sequence[nodes.Node]) -> nodes.row:
        return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", *e)) for e in entries))

    rows = []
    for held in variables:
        name: list[nodes.Node] = [value("", held["name"])]
        if held["mark"]:
            name += [nodes.Text(" "), nodes.emphasis("", _(held["mark"]))]
        rows.append(row(name, *([value("", held[column])] for column in COLUMNS[1:])))
    group = nodes.tgroup(cols=len(COLUMNS))
    group += [nodes.colspec(colwidth=width) for width in (24, 40, 12, 12)]  # for plain text
    group += nodes.thead("", row(*([nodes.Text(_(column))] for column in COLUMNS)))
    group += nodes.tbody("", *rows)
    return nodes.table("", group)
