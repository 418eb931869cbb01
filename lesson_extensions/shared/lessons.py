"""The lessons of the site, for whoever shows them: lessons/ judges their front matter."""

from typing import TypedDict, cast

from docutils import nodes
from sphinx.environment import BuildEnvironment

DOMAIN = "la-lessons"


class Lesson(TypedDict):
    """What a lesson says of itself, and what it asks its reader to do."""

    title: nodes.title
    summary: str
    minutes: str
    order: float
    prerequisites: list[str]  # pages, some of which may be no lessons
    formerly: list[str]  # what the page was called
    checks: list[str]  # labels, in the order of the page
    exercises: list[str]


def lessons_of(env: BuildEnvironment) -> dict[str, Lesson]:
    """{page: lesson} in the order in which to read them; none where nothing judges front matter."""
    domain = env.domains.get(DOMAIN)
    lessons = cast("dict[str, Lesson]", domain.data["lessons"]) if domain else {}
    return dict(sorted(lessons.items(), key=lambda item: (item[1]["order"], item[0])))
