"""What a page is, told to machines in the words of schema.org: a lesson, a question, a term.

Each value is one that the page shows, or that the build knows; what no page says is left out. A
browser runs nothing of it, and the Content-Security-Policy has nothing to allow.
"""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.matching import patmatch
from sphinx.util.typing import ExtensionMetadata

from lesson_extensions.page.description import description_of
from lesson_extensions.shared import front_matter
from lesson_extensions.shared.lessons import Lesson, lessons_of
from lesson_extensions.shared.summary import first_paragraph, plain

Thing = dict[str, Any]  # with "@type"
SCRIPT = '<script type="application/ld+json">{}</script>'


class Teller:
    """What a build knows of its pages, in the words of schema.org."""

    def __init__(self, app: Sphinx) -> None:
        self.app, self.env, self.config = app, app.env, app.config
        self.base = f"{app.config.html_baseurl.rstrip('/')}/"
        self.lessons = lessons_of(self.env)
        self.parents = {
            child: parent
            for parent, children in self.env.toctree_includes.items()
            for child in children
            if parent != self.config.root_doc
        }
        root = self.env.get_doctree(self.config.root_doc)
        maps = (node for node in root.findall(nodes.Element) if node.tagname == "skill_tree")
        self.parts: list[tuple[float, str]] = next((tree["parts"] for tree in maps), [])

    def address(self, docname: str) -> str:
        return f"{self.base}{self.app.builder.get_target_uri(docname)}"

    def title(self, docname: str) -> str:
        return " ".join(self.env.titles[docname].astext().split())

    def things(self, docname: str, doctree: nodes.document) -> Iterator[Thing]:
        """What the page is, and where it lies in the site."""
        if docname in self.lessons:
            yield self.lesson(docname, self.lessons[docname], doctree)
        elif any(patmatch(docname, pattern) for pattern in self.config.structured_data_questions):
            if not self.env.toctree_includes.get(docname):  # the list of them is none
                yield self.question(docname, doctree)
        elif names := front_matter.read(self.env, docname, "term"):
            yield self.term(docname, names if isinstance(names, list) else [names])
        elif terms := self.terms_in(docname):
            yield self.term_set(docname) | {"hasDefinedTerm": terms}
        if docname in self.parents:
            yield self.breadcrumbs(docname)

    def page(self, docname: str) -> Thing:
        """What is said of a work of any kind."""
        page = {
            "name": self.title(docname),
            "description": description_of(self.env, docname),
            "url": self.address(docname),
            "inLanguage": self.config.language,
            "license": self.config.structured_data_licence,
        }
        return {key: value for key, value in page.items() if value}

    def lesson(self, docname: str, lesson: Lesson, doctree: nodes.document) -> Thing:
        """A lesson teaches what its first list says: before its sections stands no other."""
        section = next(doctree.findall(nodes.section))
        lists = (child for child in section if isinstance(child, nodes.bullet_list))
        aims = [" ".join(item.astext().split()).rstrip(";.,") for item in next(lists, ())]
        home = {"@type": "Course", "name": self.config.project, "url": self.base}
        before = [self.address(name) for name in lesson["prerequisites"] if name in self.lessons]
        part = [heading for order, heading in self.parts if order <= lesson["order"]]
        found = {
            "@type": "LearningResource",
            **self.page(docname),
            "timeRequired": f"PT{lesson['minutes']}M" if lesson["minutes"].isdecimal() else "",
            "educationalLevel": part[-1] if part else "",
            "teaches": aims,
            "competencyRequired": before,
            "isPartOf": home,
        }
        return {key: value for key, value in found.items() if value}

    def question(self, docname: str, doctree: nodes.document) -> Thing:
        """A page of one question; the answer is its first paragraph."""
        answer = first_paragraph(doctree)
        text = plain(answer) if answer is not None else ""
        question = {
            "@type": "Question",
            "name": self.title(docname),
            "acceptedAnswer": {"@type": "Answer", "text": text},
        }
        return {"@type": "FAQPage", **self.page(docname), "mainEntity": [question]}

    def term(self, docname: str, names: list[Any]) -> Thing:
        definitions = self.env.domains["la-glossary"].data["definitions"]
        first, *others = [str(name) for name in names]
        return {
            "@type": "DefinedTerm",
            "name": first,
            **({"alternateName": others} if others else {}),
            "description": definitions.get(docname, ""),
            "url": self.address(docname),
            "inDefinedTermSet": self.term_set(self.parents.get(docname, self.config.root_doc)),
        }

    def term_set(self, docname: str) -> Thing:
        address = self.address(docname)
        return {"@type": "DefinedTermSet", "name": self.title(docname), "url": address}

    def terms_in(self, docname: str) -> list[Thing]:
        """The terms that a list of pages leads to."""
        return [
            {"@type": "DefinedTerm", "name": self.title(page), "url": self.address(page)}
            for page in self.env.toctree_includes.get(docname, [])
            if docname != self.config.root_doc and "term" in self.env.metadata[page]
        ]

    def breadcrumbs(self, docname: str) -> Thing:
        branch = [docname]
        while (parent := self.parents.get(branch[0])) and parent not in branch:
            branch.insert(0, parent)
        items = [
            {
                "@type": "ListItem",
                "position": place,
                "name": self.title(page),
                "item": self.address(page),
            }
            for place, page in enumerate(branch, 1)
        ]
        return {"@type": "BreadcrumbList", "itemListElement": items}


@lru_cache(maxsize=1)
def teller_of(app: Sphinx) -> Teller:
    return Teller(app)


def tell(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Write it into the head of a page; where the site does not know its address, nothing."""
    if doctree is None or not app.config.html_baseurl or app.builder.name == "epub":
        return
    things = list(teller_of(app).things(pagename, doctree))
    if things:
        whole = {"@context": "https://schema.org", "@graph": things}
        text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
        # so that no text can end the script
        context["metatags"] = context.get("metatags", "") + SCRIPT.format(
            text.replace("<", "\\u003c")
        )


def setup(app: Sphinx) -> ExtensionMetadata:
    app.setup_extension("lesson_extensions.page.description")
    app.add_config_value("structured_data_questions", ["faq/*"], "html", list)
    app.add_config_value("structured_data_licence", "", "html", str)  # its address
    app.connect("html-page-context", tell)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
