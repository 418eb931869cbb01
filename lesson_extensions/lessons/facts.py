"""A lesson's front matter, shown below its title: how long it takes, and what it builds on.

`lesson: {summary: One sentence., minutes: 15, prerequisites: [vectors]}` makes a page a lesson.
A prerequisite is the file name of another lesson, without its ending.
"""

from docutils import nodes
from sphinx import addnodes
from sphinx.util import docname_join, logging

from lesson_extensions.shared import front_matter

logger = logging.getLogger(__name__)

EXAMPLE = "lesson: {summary: One sentence., minutes: 15, prerequisites: []}"


def show_facts(app, doctree):
    """section > title, … → section > title, paragraph (minutes, links to prerequisites), …"""
    env = app.env
    here = env.current_document.docname
    lesson = front_matter.read(env, here, "lesson")
    section = next(doctree.findall(nodes.section), None)
    if lesson is None or section is None:
        return
    if not isinstance(lesson, dict):
        warn(section, f"the front matter says {lesson!r} of this lesson; write `{EXAMPLE}`")
        return
    for key in ("summary", "minutes", "prerequisites"):
        if key not in lesson:
            warn(section, f"the front matter has no {key} for this lesson; write `{EXAMPLE}`")
    facts = nodes.paragraph("", classes=["la-lesson"])
    facts += nodes.Text(f"{lesson.get('minutes', '?')} minutes")
    prerequisites = lesson.get("prerequisites") or []
    if not isinstance(prerequisites, (str, list)):
        warn(section, f"the prerequisites {prerequisites!r} are no list; write `{EXAMPLE}`")
        prerequisites = []
    for number, name in enumerate(
        [prerequisites] if isinstance(prerequisites, str) else prerequisites
    ):
        docname = docname_join(here, str(name))
        if docname not in env.found_docs:
            warn(section, f"the prerequisite {name!r} is no page beside this lesson; "
                 "write its file name without the ending, such as `vectors`")  # fmt: skip
            continue
        facts += nodes.Text(", " if number else " · builds on ")
        facts += addnodes.pending_xref(
            "",
            nodes.inline(),
            refdomain="std",
            reftype="doc",
            refdoc=here,
            reftarget=f"/{docname}",
            refexplicit=False,
        )
    section.insert(1, facts)
    if "summary" in lesson:  # for search engines, and for whom a link is sent to
        doctree.insert(0, nodes.meta(name="description", content=lesson["summary"]))
        env.metadata[here]["og:description"] = lesson["summary"]


def warn(section, text):
    logger.warning(text, location=section, type="lessons", subtype="front-matter")
