"""A lesson's front matter, judged, and shown below its title.

`lesson: {summary: One sentence., minutes: 15, prerequisites: [vectors]}` makes a page a lesson.
A prerequisite is the file name of another lesson, without its ending.
"""

from html import escape
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util import docname_join, logging

from lesson_extensions.shared import front_matter
from lesson_extensions.shared.lessons import DOMAIN, Lesson, lessons_of
from lesson_extensions.shared.words import _

logger = logging.getLogger(__name__)

EXAMPLE = "lesson: {summary: One sentence., minutes: 15, prerequisites: []}"


def read_lesson(app: Sphinx, doctree: nodes.document) -> None:
    """Note what the front matter of a page says, if it is a lesson, and show it below its title."""
    env = app.env
    here = env.current_document.docname
    said = front_matter.read(env, here, "lesson")
    if said is None:
        return
    section = next(doctree.findall(nodes.section), None)
    about = judged(said, section)
    order = front_matter.read(env, here, "order", front_matter.LAST)
    lesson: Lesson = {
        "title": env.titles[here].deepcopy(),
        "summary": str(about.get("summary", "")),
        "minutes": str(about.get("minutes", "?")),
        "order": order if isinstance(order, (int, float)) else front_matter.LAST,  # see cards
        "prerequisites": [docname_join(here, name) for name in texts(about.get("prerequisites"))],
        "formerly": [docname_join(here, name) for name in texts(about.get("formerly"))],
        "checks": labels(doctree, "check"),
        "exercises": labels(doctree, "exercise"),
    }
    env.domains[DOMAIN].data["lessons"][here] = lesson
    if section is None or not isinstance(said, dict):
        return
    section.insert(1, facts(app, here, lesson, section))
    if "summary" in about:  # for search engines, and for whom a link is sent to
        doctree.insert(0, nodes.meta(name="description", content=lesson["summary"]))
        env.metadata[here]["og:description"] = lesson["summary"]


def judged(said: Any, section: nodes.section | None) -> dict[str, Any]:
    """What of the front matter can be used; warns of the rest."""
    if not isinstance(said, dict):
        warn(section, f"the front matter says {said!r} of this lesson; write `{EXAMPLE}`")
        return {}
    for key in ("summary", "minutes", "prerequisites"):
        if key not in said:
            warn(section, f"the front matter has no {key} for this lesson; write `{EXAMPLE}`")
    prerequisites = said.get("prerequisites") or []
    if not isinstance(prerequisites, (str, list)):
        warn(section, f"the prerequisites {prerequisites!r} are no list; write `{EXAMPLE}`")
        prerequisites = []
    return {**said, "prerequisites": prerequisites}


def texts(value: Any) -> list[str]:
    """A list of what the front matter gives as one text, as a list, or not at all."""
    if isinstance(value, (list, tuple)):
        return [str(item) for item in value]
    return [] if value in (None, "") else [str(value)]


def labels(doctree: nodes.document, kind: str) -> list[str]:
    """Those of the page's checks, or exercises, which say of themselves what they are."""
    tasks = doctree.findall(nodes.Element)
    return [task["task"] for task in tasks if "task" in task and task.get("task_kind") == kind]


def facts(app: Sphinx, here: str, lesson: Lesson, section: nodes.section) -> nodes.paragraph:
    """paragraph (minutes, links to prerequisites)"""
    shown = nodes.paragraph(
        "", _("{number} minutes").format(number=lesson["minutes"]), classes=["la-lesson"]
    )
    for docname in lesson["prerequisites"]:
        if docname not in app.env.found_docs:
            name = docname.rpartition("/")[2]
            warn(section, f"the prerequisite {name!r} is no page beside this lesson; "
                 "write its file name without the ending, such as `vectors`")  # fmt: skip
            continue
        shown += nodes.Text(", " if len(shown) > 1 else _(" · builds on "))
        shown += addnodes.pending_xref(
            "",
            nodes.inline(),
            refdomain="std",
            reftype="doc",
            refdoc=here,
            reftarget=f"/{docname}",
            refexplicit=False,
        )
    return shown


def warn(section: nodes.section | None, text: str) -> None:
    logger.warning(text, location=section, type="lessons", subtype="front-matter")


def tell_the_page(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Say in the head of a lesson which it is, for whoever keeps where the reader was."""
    lesson = lessons_of(app.env).get(pagename)
    if lesson is not None and app.builder.name != "epub":
        checks = escape(" ".join(lesson["checks"]))
        meta = f'<meta name="la-lesson" content="{escape(pagename)}" data-checks="{checks}">'
        context["metatags"] = context.get("metatags", "") + meta
