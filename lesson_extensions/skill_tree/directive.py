"""{skill-tree}: where the Logic Matrix stands, and its list of lessons."""

from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from lesson_extensions.shared.lessons import Lesson, lessons_of
from lesson_extensions.skill_tree.domain import prerequisites
from lesson_extensions.skill_tree.nodes import skill_tree

logger = logging.getLogger(__name__)


class SkillTreeDirective(SphinxDirective):
    """The lessons of the site, and which builds on which.

    ```{skill-tree}
    ```

    becomes: skill_tree, which ListLessons fills when all pages have been read
    """

    def run(self) -> list[nodes.Node]:
        node = skill_tree()
        self.set_source_info(node)
        return [node]


class ListLessons(SphinxPostTransform):
    """skill_tree → skill_tree (lessons) > enumerated_list > list_item, one a lesson"""

    default_priority = 5  # before links are resolved, so that those in the list are too

    def run(self, **kwargs: Any) -> None:
        lessons = lessons_of(self.env)
        for tree in list(self.document.findall(skill_tree)):
            if not lessons:
                logger.warning(
                    "there is no lesson to show; write `lesson: {summary: One sentence., "
                    "minutes: 15, prerequisites: []}` into the front matter of a page",
                    location=tree,
                    type="skill-tree",
                    subtype="empty",
                )
                tree.parent.remove(tree)
                continue
            before, _ = prerequisites(lessons)
            tree["lessons"] = [
                lesson | {"page": page, "title": lesson["title"].astext(), "before": before[page]}
                for page, lesson in lessons.items()
            ]
            items = (self.item(page, lessons, before[page]) for page in lessons)
            tree += nodes.enumerated_list("", *items, classes=["la-skill-tree__list"])

    def item(self, page: str, lessons: dict[str, Lesson], before: list[str]) -> nodes.list_item:
        """list_item > paragraph (link), paragraph (summary), paragraph (minutes, links)"""
        lesson = lessons[page]
        facts = nodes.paragraph("", nodes.Text(f"{lesson['minutes']} minutes"))
        facts["classes"].append("la-skill-tree__facts")
        for number, name in enumerate(before):
            facts += nodes.Text(", " if number else " · builds on ")
            facts += self.link(name, lessons[name]["title"])
        return nodes.list_item(
            "",
            nodes.paragraph("", "", self.link(page, lesson["title"])),
            nodes.paragraph("", lesson["summary"]),
            facts,
        )

    def link(self, page: str, title: nodes.title) -> addnodes.pending_xref:
        text = nodes.inline("", "", *(child.deepcopy() for child in title))
        for element in text.findall(nodes.Element):
            element["ids"] = []  # the originals keep theirs, on their own page
        return addnodes.pending_xref(
            "",
            text,
            refdoc=self.env.current_document.docname,
            refdomain="doc",  # as MyST does for a link to a page: it keeps code in the title
            reftype="myst",
            reftarget=page,
            reftargetid=None,
            refexplicit=True,
        )
