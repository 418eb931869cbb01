"""{check}: the author's text becomes nodes, and its answer is computed on the way."""

import hashlib
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from lesson_extensions.check.nodes import check, check_title
from lesson_extensions.execution import snippets
from lesson_extensions.shared import other_answers, values
from lesson_extensions.shared.folds import fold, fold_title
from lesson_extensions.shared.labels import LabelError, claim
from lesson_extensions.shared.notebook_cells import copies, text_cell
from lesson_extensions.shared.words import N_, _

logger = logging.getLogger(__name__)

PROVER = Path(__file__).with_name("prover.py")
KINDS = {  # what the reader is asked to do
    "one": N_("choose one"),
    "several": N_("choose all that are right"),
    "number": N_("type a number"),
    "shape": N_("type a shape"),
    "order": N_("put the lines in order"),
    "raises": N_("choose what raises, and the error"),
}
TYPED = ("number", "shape")

Spec = dict[str, Any]  # what prover.py is asked
Proof = dict[str, Any]  # what it answers
Choice = tuple[nodes.Element, list[nodes.Node], list[nodes.Node]]  # see read_choice()


class Refused(Exception):
    """The check cannot be built: subtype of the warning, and its text."""


class CheckDirective(SphinxDirective):
    """A question with a computed answer.

    :::{check}
    :label: dot-product
    :answer: np.dot([1, 2], [3, 4])

    What does `np.dot([1, 2], [3, 4])` give?

    - `11`
    - `np.array([3, 8])`: 3 and 8 are the products; the dot product adds them.

    Each entry of one vector meets the entry in the same place of the other.
    :::

    becomes: check (ids, kind, key, spec, task, task_kind, notebook) >
        check_title
        container.la-check__question > … what comes before the list
        bullet_list.la-check__choices > list_item > paragraph, of a kind that shows choices
        fold (la-check__answer) >
            fold_title
            paragraph.la-check__key (a literal_block, for lines in order)
            container.la-check__explanation > … what comes after the list
            bullet_list.la-check__why > list_item, for each wrong choice

    A ```python block in the question is the set-up. `key` has what check.js needs: indices of
    choices as they are shown, numbers, shapes, or what Python says of each order.
    """

    has_content = True
    option_spec = {
        name: directives.unchanged for name in ("label", "kind", "answer", "holds", "tolerance")
    }

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(PROVER))
        self.env.note_dependency(values.__file__)
        self.env.note_dependency(other_answers.__file__)
        try:
            return [self.build()]
        except Refused as refused:
            self.warn(*refused.args)
        except LabelError as error:
            self.warn("label", str(error))
        return []

    def warn(self, subtype: str, text: str) -> None:
        logger.warning(
            "%s", text, location=(self.env.docname, self.lineno), type="check", subtype=subtype
        )

    def build(self) -> check:
        kind = self.options.get("kind", "one")
        if kind not in KINDS:
            raise Refused(
                "kind", f"there is no kind {kind!r} of check; write one of {', '.join(KINDS)}"
            )
        label = self.options.get("label", "")
        claim(self, {label: "Check"}, "dot-product")
        question, items, explanation = self.split_content()
        choices = [read_choice(number, item) for number, item in enumerate(items, 1)]
        panes = [pane for part in question for pane in part.findall(nodes.literal_block)]
        setup = [pane.astext() for pane in panes if pane.get("language") == "python"]
        literals = [code.astext() for part in question for code in part.findall(nodes.literal)]
        spec = {
            "kind": kind,
            **{name: self.options.get(name, "") for name in ("answer", "holds", "tolerance")},
            "setup": "\n".join(setup),
            "shown": literals,
            "choices": [
                {
                    "code": choice.astext(),
                    "misconception": " ".join(part.astext() for part in [*text, *blocks]),
                    "words": not isinstance(choice, nodes.literal),
                }
                for choice, text, blocks in choices
            ],
        }
        proof = self.prove(spec)
        order = shuffled(label, len(choices), kind == "order")

        node = check(ids=[label], classes=["la-check"], kind=kind, spec=spec)
        node["task"], node["task_kind"] = label, "check"
        node["key"] = key_of(spec, proof, order)
        self.set_source_info(node)
        self.state.document.set_id(node)
        asked = todo(spec, proof)
        node += check_title("", _("Check: {task}").format(task=asked))
        node += nodes.container("", *question, classes=["la-check__question"])
        if kind not in TYPED:
            shown = (nodes.paragraph("", "", choices[index][0].deepcopy()) for index in order)
            node += bullets("la-check__choices", [[choice] for choice in shown])
        right = self.answer(spec, proof, choices)
        answer = fold("", fold_title("", _("Answer")), right, classes=["la-check__answer"])
        answer += nodes.container("", *explanation, classes=["la-check__explanation"])
        # in the order in which they are shown, or that of the key's numbers
        wrong = sorted(order) if kind in TYPED else order
        wrong = [i for i in wrong if kind != "order" and i not in proof["right"]]
        if wrong:
            answer += bullets("la-check__why", [why(*choices[index]) for index in wrong])
        node += answer
        heading = nodes.paragraph("", "", nodes.strong("", _("Check: {task}").format(task=asked)))
        node["notebook"] = [text_cell("", heading, *copies(node.children[1:]))]
        return node

    def split_content(self) -> tuple[list[nodes.Node], list[nodes.Node], list[nodes.Node]]:
        """(question, items of the list, explanation); a line `---` may stand for the list."""
        content = self.parse_content_to_nodes()
        at = next(
            (
                index
                for index, node in enumerate(content)
                if isinstance(node, (nodes.bullet_list, nodes.transition))
            ),
            len(content),
        )
        question, rest = content[:at], content[at + 1 :]
        explanation = [node for node in rest if not isinstance(node, nodes.transition)]
        items = []
        if at < len(content) and isinstance(content[at], nodes.bullet_list):
            items = list(content[at].children)
        if not question:
            raise Refused("question", "this check has no question; begin with one, before the list")
        if not explanation:
            raise Refused(
                "explanation",
                "this check has no explanation; after the list, or without a list after a line "
                "`---`, say in a sentence why the answer is right",
            )
        return question, items, explanation

    def prove(self, spec: Spec) -> Proof:
        try:
            proof: Proof = snippets.ask(PROVER, spec)
        except snippets.SnippetError as error:
            raise Refused(
                "run", f"this check could not be proven: {error}; look for an endless loop in it"
            ) from None
        *problems, last = proof["problems"] or [None]
        if last:
            for problem in problems:
                self.warn("key", problem)
            raise Refused("key", last)
        return proof

    def answer(self, spec: Spec, proof: Proof, choices: list[Choice]) -> nodes.Element:
        """What is right, in a paragraph."""
        kind, right = spec["kind"], proof["right"]
        parts: list[nodes.Node] = []
        if kind == "order":
            code = "\n".join(choice["code"] for choice in spec["choices"])
            block = nodes.literal_block(code, code, language="python")
            self.set_source_info(block)
            return block
        if kind == "number":
            text = decimal(proof["value"], proof["tolerance"])
            parts = [nodes.literal(text, text)]
            if proof["tolerance"]:
                parts.append(
                    nodes.Text(_(", give or take {size:g}").format(size=proof["tolerance"]))
                )
        elif kind == "shape":
            parts = [nodes.literal(proof["answer"], proof["answer"])]
        elif kind == "raises":
            said = nodes.literal(proof["message"], proof["message"])
            parts = [choices[right[0]][0].deepcopy(), nodes.Text(_(" raises ")), said]
        else:
            for index in right:
                parts += [nodes.Text(", "), choices[index][0].deepcopy()]
                value, code = proof["values"][index], spec["choices"][index]["code"]
                if value and not tells(code, value):
                    parts += [nodes.Text(_(", which is ")), nodes.literal(value, value)]
            parts = parts[1:]
        return nodes.paragraph("", "", *parts, classes=["la-check__key"])


def read_choice(number: int, item: nodes.Node) -> Choice:
    """(code or words, inline nodes of the misconception, the paragraphs that follow)"""
    blocks = item.children
    first = blocks[0] if blocks and isinstance(blocks[0], nodes.paragraph) else nodes.paragraph()
    choice, *text = first.children or [nodes.Text("")]
    if not isinstance(choice, (nodes.literal, nodes.emphasis)):
        raise Refused(
            "choice",
            f"choice {number} does not begin with code; write `- ` and a Python expression "
            "between backticks, and after a wrong one `: ` and the misconception behind it",
        )
    if text:
        start = text[0].lstrip() if isinstance(text[0], nodes.Text) else ""
        if not start.startswith(":"):
            raise Refused(
                "choice",
                f"what follows the code of choice {number}, `{choice.astext()}`, does not begin "
                "with a colon; write `: ` and the misconception behind the wrong choice",
            )
        text[0] = nodes.Text(start[1:].lstrip())
    return choice, [part for part in text if part.astext()], list(blocks[1:])


def why(
    choice: nodes.Element, text: list[nodes.Node], blocks: list[nodes.Node]
) -> list[nodes.Node]:
    """The code and the misconception behind it."""
    first = nodes.paragraph("", "", choice.deepcopy(), nodes.Text(": "))
    first += [part.deepcopy() for part in text]
    return [first, *(block.deepcopy() for block in blocks)]


def bullets(css: str, items: list[list[nodes.Node]]) -> nodes.bullet_list:
    listing = nodes.bullet_list(bullet="-", classes=[css])
    listing += [nodes.list_item("", *blocks) for blocks in items]
    return listing


def shuffled(label: str, count: int, never_sorted: bool) -> list[int]:
    """The indices 0 … count - 1, always in the same disorder for the same label.

    Lines that have to be sorted stand neither in their order nor in its reverse.
    """
    order = sorted(range(count), key=lambda i: hashlib.sha256(f"{label} {i}".encode()).digest())
    if never_sorted and order in (sorted(order), sorted(order, reverse=True)):
        order = [*order[1:], order[0]]
    return order


def key_of(spec: Spec, proof: Proof, order: list[int]) -> dict[str, Any]:
    """What check.js compares with; choices are counted as they are shown."""
    kind = spec["kind"]
    if kind in TYPED:
        return {name: proof[name] for name in ("value", "tolerance", "wrong")}
    place = {index: shown for shown, index in enumerate(order)}
    if kind == "order":
        said = sorted(set(proof["orders"].values()))
        orders = {
            "".join(str(place[int(digit)]) for digit in digits): said.index(words)
            for digits, words in proof["orders"].items()
        }
        return {"said": said, "orders": orders}
    key = {"right": sorted(place[index] for index in proof["right"])}
    if kind == "raises":
        key |= {"error": proof["error"], "errors": proof["errors"]}
    return key


def todo(spec: Spec, proof: Proof) -> str:
    """What the reader is to do, such as: type a number, to within 0.01."""
    text = _(KINDS[spec["kind"]])
    if proof.get("tolerance"):
        text += _(", to within {size:g}").format(size=proof["tolerance"])
    return text


def decimal(value: float, tolerance: float) -> str:
    """A number with the digits that its tolerance asks for, and one more."""
    if not tolerance:
        return f"{round(value, 9):g}" if value != round(value) else str(round(value))
    return f"{float(f'{value:.{max(0, 1 - exponent(tolerance))}f}'):.12g}"


def exponent(number: float) -> int:
    """The power of ten of its first digit."""
    return int(f"{number:e}".partition("e")[2])


def tells(code: str, value: str) -> bool:
    """Whether one reads the value off the code, as off `np.array([1, 2])`."""

    def bare(text: str) -> str:
        return re.sub(r"np\.|\s|\.(?=[,\])])|\.0(?=\D|$)", "", text)

    # a function shows where it lies in memory, which tells nothing and is another each time
    return bare(code) == bare(value) or len(value) > 60 or " at 0x" in value
