"""The lessons of the site: kept from build to build, and judged where they name each other."""

from collections.abc import Set
from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from lesson_extensions.shared.domains import FactsDomain
from lesson_extensions.shared.lessons import DOMAIN, lessons_of

logger = logging.getLogger(__name__)


class LessonsDomain(FactsDomain):
    """data["lessons"]: {page: lesson}, see shared/lessons.py, by which all others read it."""

    name = DOMAIN
    label = "lessons"
    initial_data = {"lessons": {}}
    data_version = 1

    def clear_doc(self, docname: str) -> None:
        self.data["lessons"].pop(docname, None)

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        theirs = otherdata["lessons"]
        self.data["lessons"] |= {name: theirs[name] for name in docnames if name in theirs}


def check_names(app: Sphinx, env: BuildEnvironment) -> None:
    """Warn of names that lessons give each other, of which no single page can know."""
    lessons = lessons_of(env)
    heirs: dict[str, str] = {}
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


def warn(docname: str, subtype: str, text: str) -> None:
    logger.warning("%s", text, location=docname, type="lessons", subtype=subtype)
