"""Pages that define terms: {term}`dot product` links to one and shows its definition.

A page whose front matter has `term: [dot product, inner product]` defines these terms;
the definition is its first paragraph. A link carries it as a title, which glossary.js turns into
a popover for mouse, keyboard and screen reader.
"""

from collections.abc import Set
from typing import Any, cast

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from lesson_extensions.shared import front_matter
from lesson_extensions.shared.domains import FactsDomain

logger = logging.getLogger(__name__)


class GlossaryDomain(FactsDomain):
    """docname → definition, as plain text. The terms themselves are kept by Sphinx's std domain."""

    name = "la-glossary"
    label = "glossary definitions"
    initial_data = {"definitions": {}}

    @property
    def definitions(self) -> dict[str, str]:
        return cast("dict[str, str]", self.data["definitions"])

    def clear_doc(self, docname: str) -> None:
        self.definitions.pop(docname, None)

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        for docname in docnames:
            if docname in otherdata["definitions"]:
                self.definitions[docname] = otherdata["definitions"][docname]


def collect_terms(app: Sphinx, doctree: nodes.document) -> None:
    """Note the terms and the definition of the page that was just read, if it defines any."""
    env = app.env
    docname = env.current_document.docname
    names = front_matter.read(env, docname, "term")
    section = next(doctree.findall(nodes.section), None)
    if not names or section is None:
        return
    definition = next((child for child in section if isinstance(child, nodes.paragraph)), None)
    if definition is None:
        logger.warning(
            "this term has no definition; add a paragraph below the title",
            location=section,
            type="glossary",
            subtype="definition",
        )
        return
    for name in names if isinstance(names, list) else [names]:
        env.domains.standard_domain.note_object(
            "term", str(name), section["ids"][0], location=section
        )
    definitions = env.domains[GlossaryDomain.name].data["definitions"]
    definitions[docname] = " ".join(definition.astext().split())


class NoteDefinitions(SphinxPostTransform):
    """Note the definition on the text of each link to a term: resolving the link keeps that."""

    default_priority = 9  # just before Sphinx resolves the links

    def run(self, **kwargs: Any) -> None:
        terms = self.env.domains.standard_domain.objects
        definitions = self.env.domains[GlossaryDomain.name].data["definitions"]
        for node in self.document.findall(addnodes.pending_xref):
            if node["reftype"] == "term":
                docname, _ = terms.get(("term", node["reftarget"]), ("", ""))
                text = cast("nodes.inline", node[0])
                text["la-definition"] = definitions.get(docname)


def show_definitions(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Make the noted definition the title of the resolved link."""
    for text in doctree.findall(nodes.inline):
        definition = text.attributes.pop("la-definition", None)
        if definition and isinstance(text.parent, nodes.reference):
            text.parent["reftitle"] = definition
            text.parent["classes"].append("la-term")
