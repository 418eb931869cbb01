"""{cards}: a folder of pages, each drawn as a card, in the order that their front matter gives.

Each file stays a page of its own, with an address, a place in the navigation and a search result;
the card shows how it begins. A new file is a new card: no list names it.
"""

from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.directives.other import TocTree
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import docname_join, logging
from sphinx.util.matching import patfilter
from sphinx_design.shared import create_component

from lesson_extensions.shared import front_matter
from lesson_extensions.shared.lessons import lessons_of
from lesson_extensions.shared.links import link_to
from lesson_extensions.shared.words import _

logger = logging.getLogger(__name__)

KEPT = "la-cards"  # where Sphinx's metadata of a page has its cards: page → order

pages_read: set[str] = set()  # by this build


class cards(nodes.General, nodes.Element):
    """Stands where the cards of `docnames` will be drawn, when all pages have been read."""


def is_snippet(node: nodes.Node) -> bool:
    return isinstance(node, nodes.literal_block) and node.astext().startswith(">>>")


def reasons(node: nodes.Node) -> list[nodes.Node]:
    """What is said of a snippet right above it, for a feature that draws it: why it differs."""
    above = node.previous_sibling()  # type: ignore[attr-defined]  # new in docutils 0.22
    return [above] if isinstance(above, nodes.Element) and above.get("reason") else []


def first_paragraph(page: nodes.section) -> nodes.Node | None:
    return next((child for child in page if isinstance(child, nodes.paragraph)), None)


# What a folder can ask of its pages: how to find it, and what to write where it is missing.
PARTS = {
    "summary": (
        first_paragraph,
        "add a paragraph below the title: the card shows the first",
    ),
    "snippet": (
        lambda page: next(page.findall(is_snippet), None),
        "add a ```python block with `>>>` lines and what NumPy prints",
    ),
    "reference": (
        lambda page: next(page.findall(addnodes.seealso), None),
        "add a {seealso} block with the NumPy page, such as {obj}`numpy.dot`",
    ),
}


def part_names(argument: str) -> list[str]:
    return [directives.choice(part, tuple(PARTS)) for part in argument.split()]


class CardsDirective(TocTree):
    """Cards for the pages that match a pattern, and their entries in the navigation.

    ```{cards} faq/*
    :require: summary snippet
    ```

    becomes: cards (docnames, require), compound > toctree (hidden)
    """

    required_arguments = 1
    has_content = False
    option_spec = {"caption": directives.unchanged_required, "require": part_names}

    def run(self) -> list[nodes.Node]:
        here = self.env.current_document.docname
        pattern = docname_join(here, self.arguments[0])
        docnames = sorted(patfilter(self.env.found_docs - {here}, pattern), key=self.order)
        if not docnames:
            logger.warning(
                "no page matches %r", pattern, location=self.get_location(), type="cards"
            )
        places = self.env.metadata[here].setdefault(KEPT, {})
        places.update({docname: order_asked(self.env, docname) for docname in docnames})
        node = cards(docnames=docnames, require=self.options.get("require", []))
        self.set_source_info(node)

        self.content = StringList([f"/{docname}" for docname in docnames], "cards")
        self.options["hidden"] = None
        toctree = super().run()
        self.env.glob_toctrees.add(here)  # read again when a page is added or deleted
        return [node, *toctree]

    def order(self, docname: str) -> tuple[float, str]:
        order = order_asked(self.env, docname)
        if not isinstance(order, (int, float)):
            logger.warning(
                "the order %r is no number; write one such as `order: 5`",
                order,
                location=docname,
                type="cards",
                subtype="order",
            )
            order = front_matter.LAST
        return order, docname


def order_asked(env: BuildEnvironment, docname: str) -> Any:
    return front_matter.read_ahead(env, docname, "order", front_matter.LAST)


# A page of cards is not read again when a card's page changes, unless that asks for another place;
# it is written again.


def read_again(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """The pages of which a card has asked for another place."""
    return [
        page
        for page, metadata in env.metadata.items()
        for docname, order in metadata.get(KEPT, {}).items()
        if docname in changed and order_asked(env, docname) != order
    ]


def note_read(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    pages_read.clear()
    pages_read.update(docnames)


def write_again(app: Sphinx, env: BuildEnvironment) -> list[str]:
    return [page for page, data in env.metadata.items() if pages_read & data.get(KEPT, {}).keys()]


class DrawCards(SphinxPostTransform):
    """cards → sphinx-design cards, before links are resolved, so that those in a card are too."""

    default_priority = 5

    def run(self, **kwargs: Any) -> None:
        for node in list(self.document.findall(cards)):
            drawn = [self.card(docname, node["require"]) for docname in node["docnames"]]
            grid = nodes.container(classes=["la-cards"], is_div=True, design_component="grid")
            grid += [card for card in drawn if card is not None]
            node.replace_self(grid)

    def card(self, docname: str, require: list[str]) -> nodes.Element | None:
        """card > card-body > rubric > pending_xref; summary; snippet; reference"""
        page = next(self.env.get_doctree(docname).findall(nodes.section), None)
        if page is None:
            logger.warning(
                "this page has no title; begin it with a line such as `# What is a matrix?`",
                location=docname,
                type="cards",
                subtype="title",
            )
            return None
        found = {part: find(page) for part, (find, _) in PARTS.items()}
        for part in require:
            if found[part] is None:
                logger.warning(
                    "this page has no %s; %s",
                    part,
                    PARTS[part][1],
                    location=page,
                    type="cards",
                    subtype=part,
                )

        link = link_to(self.env, docname, page[0])
        title = nodes.rubric("", "", link, classes=["la-card__title"])
        title["heading-level"] = 2
        lesson = lessons_of(self.env).get(docname)
        body: list[nodes.Node] = [title]
        if lesson is not None:
            minutes = _("{number} minutes").format(number=lesson["minutes"])
            body.append(nodes.paragraph("", "", nodes.Text(lesson["summary"])))
            body.append(nodes.paragraph("", "", nodes.Text(minutes), classes=["la-card__minutes"]))
        else:
            parts = [part for part in found.values() if part is not None]
            body += [copied.deepcopy() for part in parts for copied in [*reasons(part), part]]
        card = create_component("card", ["sd-card", "la-card"])
        card += create_component("card-body", ["sd-card-body"], children=body)
        for element in card.findall(nodes.Element):
            element["ids"] = []  # the originals keep theirs, on their own page
            if isinstance(element, addnodes.pending_xref):
                element["refdoc"] = self.env.current_document.docname
        return card
