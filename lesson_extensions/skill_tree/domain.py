"""The lessons of the site: what each is called, builds on, and asks its reader to do."""

import graphlib
from copy import deepcopy

from sphinx.domains import Domain
from sphinx.util import docname_join, logging

from lesson_extensions.shared import front_matter
from lesson_extensions.skill_tree.nodes import skill_tree

logger = logging.getLogger(__name__)

LAST = 1000  # lessons that give no order come last, by file name


class SkillTreeDomain(Domain):
    """data["lessons"]: {docname: {title, summary, minutes, order, prerequisites, formerly, tasks,
    exercises}}, where prerequisites and formerly are docnames, tasks and exercises labels.

    data["trees"]: the pages that show the tree. data["drawn"]: the lessons as they show them.
    """

    name = "la-skill-tree"
    label = "Logic Matrix"
    initial_data = {"lessons": {}, "trees": set(), "drawn": {}}
    data_version = 1

    def resolve_any_xref(self, env, fromdocname, builder, target, node, contnode):
        return []  # lessons are linked to as pages

    def clear_doc(self, docname):
        self.data["lessons"].pop(docname, None)
        self.data["trees"].discard(docname)

    def merge_domaindata(self, docnames, otherdata):
        for docname in docnames:
            if docname in otherdata["lessons"]:
                self.data["lessons"][docname] = otherdata["lessons"][docname]
        self.data["trees"] |= otherdata["trees"] & set(docnames)

    @property
    def lessons(self):
        """The lessons in the order in which to read them."""
        lessons = self.data["lessons"]
        return {name: lessons[name] for name in sorted(lessons, key=lambda n: self._order(n))}

    def _order(self, docname):
        return self.data["lessons"][docname]["order"], docname

    def prerequisites(self):
        """{docname: docnames} of lessons, in their order; of a circle, one link is left out."""
        graph, _ = without_circles(self._links())
        return graph

    def circles(self):
        """Lessons that build on each other in a circle: [a, b, a], where a builds on b."""
        _, circles = without_circles(self._links())
        return circles

    def _links(self):
        lessons = self.lessons
        return {
            name: [p for p in lessons if p in lesson["prerequisites"]]
            for name, lesson in lessons.items()
        }


def without_circles(graph):
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


def texts(value):
    """A list of what the front matter gives as one text, as a list, or not at all."""
    if isinstance(value, (list, tuple)):
        return [str(item) for item in value]
    return [] if value in (None, "") else [str(value)]


def collect_lesson(app, doctree):
    """Note the lesson that was read, with the labels of its checks and exercises in their order."""
    env = app.env
    here = env.current_document.docname
    data = env.get_domain(SkillTreeDomain.name).data
    if next(doctree.findall(skill_tree), None) is not None:
        data["trees"].add(here)
    lesson = front_matter.read(env, here, "lesson")
    if lesson is None:
        return
    if not isinstance(lesson, dict):
        lesson = {}  # lessons.py says what is wrong with it
    order = front_matter.read(env, here, "order", LAST)
    tasks = [node for node in doctree.findall(lambda node: has(node, "task"))]
    data["lessons"][here] = {
        "title": env.titles[here].deepcopy(),
        "summary": str(lesson.get("summary", "")),
        "minutes": str(lesson.get("minutes", "?")),
        "order": order if isinstance(order, (int, float)) else LAST,  # cards.py says so
        "prerequisites": [docname_join(here, name) for name in texts(lesson.get("prerequisites"))],
        "formerly": [docname_join(here, name) for name in texts(lesson.get("formerly"))],
        "tasks": [node["task"] for node in tasks if node.get("task_kind") == "check"],
        "exercises": [node["task"] for node in tasks if node.get("task_kind") == "exercise"],
    }


def has(node, attribute):
    return attribute in getattr(node, "attributes", ())


def check_lessons(app, env):
    """Warn of what no single page can know; have the trees drawn again if a lesson changed."""
    domain = env.get_domain(SkillTreeDomain.name)
    lessons = domain.lessons
    for circle in domain.circles():
        files = [env.doc2path(name, base=False) for name in circle[:-1]]
        warn(
            circle[0],
            "circle",
            f"these lessons build on each other in a circle: {' → '.join(circle)}; in one of "
            f"{', '.join(map(str, files))}, take the lesson that follows it here out of its "
            "prerequisites",
        )
    heirs = {}
    for name, lesson in lessons.items():
        for prerequisite in lesson["prerequisites"]:
            if prerequisite in env.found_docs and prerequisite not in lessons:
                warn(
                    name,
                    "prerequisite",
                    f"the prerequisite {prerequisite!r} is a page but no lesson; name a page that "
                    "has `lesson:` in its front matter",
                )
        for former in lesson["formerly"]:
            if former in env.found_docs or heirs.setdefault(former, name) != name:
                other = "a page itself" if former in env.found_docs else f"also {heirs[former]!r}"
                warn(
                    name,
                    "formerly",
                    f"the former name {former!r} is {other}; name under `formerly:` only what "
                    "this lesson, and no other, was called",
                )
    shown = {name: comparable(lesson) for name, lesson in lessons.items()}
    if shown == domain.data["drawn"]:
        return []
    domain.data["drawn"] = deepcopy(shown)
    return sorted(domain.data["trees"])


def comparable(lesson):
    return lesson | {"title": lesson["title"].pformat()}


def warn(docname, subtype, text):
    logger.warning("%s", text, location=docname, type="skill-tree", subtype=subtype)


def setup(app):
    app.add_domain(SkillTreeDomain)
    app.connect("doctree-read", collect_lesson)
    app.connect("env-updated", check_lessons)  # at each build, also when nothing was read
