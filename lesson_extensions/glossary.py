"""Pages that define terms: {term}`dot product` links to one and shows its definition.

A page whose front matter has `term: [dot product, inner product]` defines these terms;
the definition is its first paragraph. A link carries it as a title, which glossary.js turns into
a popover for mouse, keyboard and screen reader.
"""

import json

from docutils import nodes
from sphinx import addnodes
from sphinx.domains import Domain
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from lesson_extensions.assets import add_assets

logger = logging.getLogger(__name__)


class GlossaryDomain(Domain):
    """docname → definition, as plain text. The terms themselves are kept by Sphinx's std domain."""

    name = "la-glossary"
    label = "glossary definitions"
    initial_data = {"definitions": {}}  # noqa: RUF012 - Sphinx copies it

    @property
    def definitions(self):
        return self.data["definitions"]

    def clear_doc(self, docname):
        self.definitions.pop(docname, None)

    def merge_domaindata(self, docnames, otherdata):
        for docname in docnames:
            if docname in otherdata["definitions"]:
                self.definitions[docname] = otherdata["definitions"][docname]


def collect_terms(app, doctree):
    """Note the terms and the definition of the page that was just read, if it defines any."""
    env = app.env
    docname = env.current_document.docname
    names = json.loads(env.metadata[docname].get("term", "[]"))
    section = next(doctree.findall(nodes.section), None)
    if not names or section is None:
        return
    definition = next((child for child in section if isinstance(child, nodes.paragraph)), None)
    if definition is None:
        logger.warning(
            "this term has no definition; add a paragraph below the title",
            location=section, type="glossary", subtype="definition",
        )  # fmt: skip
        return
    for name in names:
        env.domains.standard_domain.note_object("term", name, section["ids"][0], location=section)
    env.domains["la-glossary"].definitions[docname] = " ".join(definition.astext().split())


class ShowDefinitions(SphinxPostTransform):
    """Resolve each link to a term, with its definition as the link's title."""

    default_priority = 9  # just before Sphinx resolves what is left, and warns where it cannot

    def run(self, **kwargs):
        std = self.env.domains.standard_domain
        definitions = self.env.domains["la-glossary"].definitions
        here = self.env.current_document.docname
        for node in list(self.document.findall(addnodes.pending_xref)):
            docname, _ = std.objects.get(("term", node["reftarget"]), ("", ""))
            if node["reftype"] != "term" or docname not in definitions:
                continue
            link = std.resolve_xref(
                self.env, here, self.app.builder, "term", node["reftarget"], node, node[0].deepcopy()
            )
            link["reftitle"] = definitions[docname]
            link["classes"].append("la-term")
            node.replace_self(link)


def setup(app):
    app.add_domain(GlossaryDomain)
    app.connect("doctree-read", collect_terms)
    app.add_post_transform(ShowDefinitions)
    add_assets(app, "glossary.css", "glossary.js")
    return {"version": "1", "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
