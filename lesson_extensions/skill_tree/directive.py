"""{skill-tree}: where the Logic Matrix stands, and its list of lessons."""

from itertools import groupby
from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from lesson_extensions.shared.lessons import Lesson, lessons_of
from lesson_extensions.shared.links import link_to
from lesson_extensions.shared.words import _
from lesson_extensions.skill_tree.domain import prerequisites
from lesson_extensions.skill_tree.nodes import course_part, lesson_item, lesson_list, skill_tree

logger = logging.getLogger(__name__)


class SkillTreeDirective(SphinxDirective):
    """The lessons of the site, and which builds on which; the parts of the course, if it has any:
    the `order` from which on lessons belong to each, and its heading.

    ```{skill-tree}
    1: Foundations
    10: Factorisations
    ```

    becomes: skill_tree (parts), which ListLessons fills when all pages have been read
    """

    has_content = True

    def run(self) -> list[nodes.Node]:
        node = skill_tree(parts=[])
        self.set_source_info(node)
        first = self.lineno + self.content_offset + 1  # MyST counts from the directive
        for number, line in enumerate(self.content, start=first):
            order, _, heading = (text.strip() for text in line.partition(":"))
            try:
                if not heading:
                    raise ValueError
                node["parts"].append((float(order), heading))
            except ValueError:
                logger.warning(
                    "%r is no part of the course; write a line such as `1: Foundations`: the "
                    "`order` of its first lesson, and its heading",
                    line,
                    location=(self.env.current_document.docname, number),
                    type="skill-tree",
                    subtype="part",
                )
        node["parts"].sort()
        return [node]


class ListLessons(SphinxPostTransform):
    """skill_tree → skill_tree (lessons) > course_part, lesson_list > lesson_item"""

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
            tree["lessons"] = []
            parts = {page: part_of(lesson, tree["parts"]) for page, lesson in lessons.items()}
            for heading, pages in groupby(lessons, parts.__getitem__):
                if heading:
                    tree += course_part(heading, heading, **{"heading-level": 3})
                items = lesson_list(start=len(tree["lessons"]) + 1)
                tree += items
                for page in pages:
                    facts = {
                        "page": page,
                        "title": lessons[page]["title"].astext(),
                        "before": before[page],
                        "part": "" if len(items) else heading,  # that begins with this lesson
                    }
                    tree["lessons"].append(lessons[page] | facts)
                    items += self.item(page, lessons, before[page])

    def item(self, page: str, lessons: dict[str, Lesson], before: list[str]) -> lesson_item:
        """lesson_item > paragraph (link), paragraph (summary), paragraph (minutes, tasks, links)"""
        lesson = lessons[page]
        facts = nodes.paragraph(classes=["la-skill-tree__facts"])
        facts += fact("state", _("{number} min").format(number=lesson["minutes"]))
        counts = (
            ("checks", lesson["checks"], _("1 check"), _("{number} checks")),
            ("exercises", lesson["exercises"], _("1 exercise"), _("{number} exercises")),
        )
        for name, labels, one, many in counts:
            if labels:
                said = one if len(labels) == 1 else many.format(number=len(labels))
                facts += fact(name, f" · {said}")
        builds_on = fact("before", _(" · builds on ") if before else "")
        for number, name in enumerate(before):
            builds_on += nodes.Text(", " if number else "")
            builds_on += link_to(self.env, name, lessons[name]["title"])
        facts += builds_on
        return lesson_item(
            "",
            nodes.paragraph("", "", link_to(self.env, page, lesson["title"])),
            nodes.paragraph("", lesson["summary"], classes=["la-skill-tree__summary"]),
            facts,
        )


def part_of(lesson: Lesson, parts: list[tuple[float, str]]) -> str:
    """The heading of the part of the course that a lesson belongs to, or nothing."""
    begun = [heading for order, heading in parts if order <= lesson["order"]]
    return begun[-1] if begun else ""


def fact(name: str, text: str) -> nodes.inline:
    return nodes.inline("", text, classes=[f"la-skill-tree__{name}"])
