"""The paths of the site: kept from build to build, and judged where they name pages."""

from collections.abc import Iterator, Set
from itertools import combinations
from typing import Any, TypedDict, cast

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from lesson_extensions.paths.nodes import path, paths
from lesson_extensions.shared import front_matter
from lesson_extensions.shared.domains import FactsDomain
from lesson_extensions.shared.lessons import lessons_of

logger = logging.getLogger(__name__)

STEP = "`1. [](/lessons/vectors.md)`"  # how to write one


class Path(TypedDict):
    """What a page says of the path that it describes."""

    title: nodes.title
    summary: nodes.paragraph | None
    order: float
    line: int
    steps: list[tuple[str, int]]  # page, or "" for none; line


class PathsDomain(FactsDomain):
    """data["paths"]: {page: Path}; data["shown_on"]: the pages with {paths}; data["shown"]: what
    all of these, and the feet of pages, show.
    """

    name = "la-paths"
    label = "reading paths"
    initial_data = {"paths": {}, "shown_on": set(), "shown": {}}
    data_version = 1

    def clear_doc(self, docname: str) -> None:
        self.data["paths"].pop(docname, None)
        self.data["shown_on"].discard(docname)

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        theirs = otherdata["paths"]
        self.data["paths"] |= {name: theirs[name] for name in docnames if name in theirs}
        self.data["shown_on"] |= otherdata["shown_on"] & set(docnames)


def data_of(env: BuildEnvironment) -> dict[str, Any]:
    return env.domains[PathsDomain.name].data


def paths_of(env: BuildEnvironment) -> dict[str, Path]:
    """{page: path}, in the order that their front matter gives."""
    found = cast("dict[str, Path]", data_of(env)["paths"])
    return dict(sorted(found.items(), key=lambda item: (item[1]["order"], item[0])))


def steps_of(path: Path, env: BuildEnvironment) -> list[str]:
    """The pages of a path, once each, without those that are not there."""
    pages = dict.fromkeys(page for page, _ in path["steps"])
    return [page for page in pages if page in env.found_docs]


def note_path(app: Sphinx, doctree: nodes.document) -> None:
    """Keep the path that the page which was read describes, and whether it shows all of them."""
    env = app.env
    here, data = env.current_document.docname, data_of(env)
    if next(doctree.findall(paths), None) is not None:
        data["shown_on"].add(here)
    walk = next(doctree.findall(path), None)
    if walk is not None:
        order = front_matter.read(env, here, "order", front_matter.LAST)
        summary = next((one for one in walk.parent if isinstance(one, nodes.paragraph)), None)
        data["paths"][here] = Path(
            title=env.titles[here].deepcopy(),
            summary=summary and summary.deepcopy(),
            order=order if isinstance(order, (int, float)) else front_matter.LAST,
            line=walk.line or 0,
            steps=walk["steps"],
        )


def judge(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Warn of what is wrong with paths. The pages to write again, if what they show has changed."""
    found, data = paths_of(env), data_of(env)
    for page in found:
        for line, text in faults(page, found, env):
            logger.warning("%s", text, location=(page, line), type="paths", subtype="fault")
    shown = {page: what_is_shown(one, env) for page, one in found.items()}
    if shown == data["shown"]:
        return []
    walks = [*shown.values(), *data["shown"].values()]
    steps = {page for walk in walks for page, *_ in walk["steps"]}
    data["shown"] = shown
    return sorted((data["shown_on"] | set(found) | steps) & env.found_docs)


def what_is_shown(one: Path, env: BuildEnvironment) -> dict[str, Any]:
    """As text, to be compared."""
    lessons = lessons_of(env)
    return {
        "title": one["title"].pformat(),
        "summary": one["summary"] and one["summary"].pformat(),
        "order": one["order"],
        "steps": [
            (
                page,
                env.titles[page].pformat(),
                *((lessons[page]["minutes"], lessons[page]["checks"]) if page in lessons else ()),
            )
            for page in steps_of(one, env)
        ],
    }


def faults(page: str, found: dict[str, Path], env: BuildEnvironment) -> Iterator[tuple[int, str]]:
    """(line, what is wrong there and what to write instead)"""
    path, title = found[page], found[page]["title"].astext()
    for other, its in found.items():
        if other < page and its["title"].astext().casefold() == title.casefold():
            where = env.doc2path(other, base=False)
            mend = "give one of the two pages another title"
            yield path["line"], f"{where} describes a path “{title}” too; {mend}"
    if not path["steps"]:
        mend = "write a list of links to pages into it"
        yield path["line"], f"this path has no steps; {mend}, such as {STEP}"
    lines: dict[str, int] = {}
    for step, line in path["steps"]:
        if not step:
            yield line, f"this step leads to no page; begin it with a link, such as {STEP}"
        elif step not in env.found_docs:
            yield line, f"there is no page {step!r}; link to a page's file, such as {STEP}"
        elif lines.setdefault(step, line) != line:
            said = f"the path has been at {step!r} before, in line {lines[step]}"
            yield line, f"{said}; take one of the two steps out"
    for (step, line), (later, at) in combinations(lines.items(), 2):
        if later in behind(step, env):
            said = f"the path comes to {step!r} before {later!r}, on which it builds"
            yield line, f"{said}; put it below line {at}"


def behind(page: str, env: BuildEnvironment) -> set[str]:
    """The lessons that a lesson builds on, and those that they build on."""
    lessons, found, ends = lessons_of(env), set[str](), [page]
    while ends:
        lesson = lessons.get(ends.pop())
        new = set(lesson["prerequisites"]) - found if lesson else set()
        found |= new
        ends += new
    return found
