"""The pages that show the Logic Matrix, and what they show; and circles among the lessons."""

import graphlib
from collections.abc import Set
from copy import deepcopy
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from lesson_extensions.shared.domains import FactsDomain
from lesson_extensions.shared.lessons import Lesson, lessons_of
from lesson_extensions.skill_tree.nodes import skill_tree

logger = logging.getLogger(__name__)

Graph = dict[str, list[str]]  # page → the pages that it builds on


class SkillTreeDomain(FactsDomain):
    """data["trees"]: the pages that show the tree. data["drawn"]: the lessons as they show them."""

    name = "la-skill-tree"
    label = "Logic Matrix"
    initial_data = {"trees": set(), "drawn": {}}
    data_version = 2

    def clear_doc(self, docname: str) -> None:
        self.data["trees"].discard(docname)

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        self.data["trees"] |= otherdata["trees"] & set(docnames)


def prerequisites(lessons: dict[str, Lesson]) -> tuple[Graph, list[list[str]]]:
    """What each lesson builds on, in the lessons' order, with one link left out of each circle.

    And the circles: [a, b, a], where a builds on b.
    """
    return without_circles(
        {
            name: [page for page in lessons if page in lesson["prerequisites"]]
            for name, lesson in lessons.items()
        }
    )


def without_circles(graph: Graph) -> tuple[Graph, list[list[str]]]:
    """(a copy of the graph with no circle, the circles that were found)"""
    graph = {name: list(before) for name, before in graph.items()}
    circles = []
    while True:
        try:
            graphlib.TopologicalSorter(graph).prepare()
        except graphlib.CycleError as error:
            circle = error.args[1][::-1]  # each of graphlib's leads to the next
            start = circle.index(min(circle))
            circle = circle[start:-1] + circle[: start + 1]
            graph[circle[-2]].remove(circle[-1])
            circles.append(circle)
        else:
            return graph, circles


def note_tree(app: Sphinx, doctree: nodes.document) -> None:
    """Note whether the page that was read shows the tree."""
    if next(doctree.findall(skill_tree), None) is not None:
        trees = app.env.domains[SkillTreeDomain.name].data["trees"]
        trees.add(app.env.current_document.docname)


def draw_again(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """The pages with a tree if a lesson changed; warns of circles."""
    data, lessons = env.domains[SkillTreeDomain.name].data, lessons_of(env)
    for circle in prerequisites(lessons)[1]:
        files = [str(env.doc2path(name, base=False)) for name in circle[:-1]]
        logger.warning(
            "these lessons build on each other in a circle: %s; in one of %s, take the lesson that "
            "follows it here out of its prerequisites",
            " → ".join(circle),
            ", ".join(files),
            location=circle[0],
            type="skill-tree",
            subtype="circle",
        )
    shown = {
        name: {**lesson, "title": lesson["title"].pformat()} for name, lesson in lessons.items()
    }
    if shown == data["drawn"]:
        return []
    data["drawn"] = deepcopy(shown)
    return sorted(data["trees"])
