"""{path} and {paths}: what is written, and what is drawn of it when all pages have been read."""

from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import docname_join, logging
from sphinx.util.docutils import SphinxDirective

from lesson_extensions.paths.domain import Path, paths_of, steps_of
from lesson_extensions.paths.nodes import onward, path, paths, step, ways
from lesson_extensions.shared.folds import fold, fold_title
from lesson_extensions.shared.lessons import lessons_of
from lesson_extensions.shared.links import link_to
from lesson_extensions.shared.words import _

logger = logging.getLogger(__name__)

LISTS = (nodes.bullet_list, nodes.enumerated_list)


class PathDirective(SphinxDirective):
    """The walk that this page describes: its title is the name of the path.

    :::{path}
    1. [](/lessons/vectors.md): what a column is.
    2. [](/lessons/matrices.md)
    :::

    becomes: path (path, steps) > list > step (page), which DrawPaths completes
    """

    has_content = True

    def run(self) -> list[nodes.Node]:
        here = self.env.current_document.docname
        walk = path(path=here, steps=[], classes=["la-path"])
        self.set_source_info(walk)
        self.state.nested_parse(self.content, self.content_offset, walk)
        steps = next((part for part in walk.children if isinstance(part, LISTS)), nodes.Element())
        for number, item in enumerate(steps.children):
            page = self.page(item, here)
            walk["steps"].append((page, item.line))
            steps[number] = step("", *item.children, page=page)
        return [walk]

    def page(self, item: nodes.Node, here: str) -> str:
        """That to which the first link in an item leads; "" if there is no such link."""
        link = next(item.findall(addnodes.pending_xref), None)
        if link is None or link["reftype"] not in ("doc", "myst"):
            return ""
        if link["refdomain"] == "doc":
            return str(link["reftarget"])
        name = docname_join(here, link["reftarget"].removesuffix(".md"))
        if name not in self.env.found_docs:  # MyST would say so too, but not how to mend it
            link.replace_self(nodes.Text(name))
            self.env.note_reread()
        return name


class PathsDirective(SphinxDirective):
    """Each path of the site, as a card.

    ```{paths}
    ```

    becomes: paths > path, one each > rubric, paragraph, facts, next, fold > list > step
    """

    def run(self) -> list[nodes.Node]:
        node = paths(classes=["la-paths"])
        self.set_source_info(node)
        return [node]


class DrawPaths(SphinxPostTransform):
    """Fills paths and path with what is known of all pages, and adds ways where a path leads on."""

    default_priority = 5  # before links are resolved, so that those added are too

    def run(self, **kwargs: Any) -> None:
        found = paths_of(self.env)
        here = self.env.current_document.docname
        for walk in self.document.findall(path):
            if walk["path"] in found:
                self.complete(walk, found[walk["path"]])
        for node in self.document.findall(paths):
            if not found:
                logger.warning(
                    "there is no path to show; write a page with a `{path}`, or take this out",
                    location=node,
                    type="paths",
                    subtype="none",
                )
            node += [self.card(page, one) for page, one in found.items()]
        lines = [
            self.onward(page, one, here)
            for page, one in found.items()
            if here in steps_of(one, self.env)
        ]
        sections = [node for node in self.document.children if isinstance(node, nodes.section)]
        if lines and sections:
            sections[-1] += ways("", nodes.bullet_list("", *lines), page=here, classes=["la-ways"])

    def link(self, page: str) -> addnodes.pending_xref:
        return link_to(self.env, page, self.env.titles[page])

    def card(self, page: str, one: Path) -> path:
        title = nodes.rubric("", "", self.link(page), classes=["la-path__title"])
        title["heading-level"] = 3
        steps = [
            step("", nodes.paragraph("", "", self.link(to)), page=to)
            for to in steps_of(one, self.env)
        ]
        walk = path("", title, path=page, classes=["la-path", "la-path--card"])
        if one["summary"]:
            walk += one["summary"].deepcopy()
        walk += fold("", fold_title("", _("Its steps")), nodes.enumerated_list("", *steps))
        self.complete(walk, one)
        return walk

    def complete(self, walk: path, one: Path) -> None:
        """Say above the steps what the path takes and where it begins, and on each what it asks."""
        lessons, pages = lessons_of(self.env), steps_of(one, self.env)
        if not pages:
            return
        for item in walk.findall(step):
            if item["page"] in lessons:
                item["checks"] = " ".join(lessons[item["page"]]["checks"])
        minutes = [lessons[page]["minutes"] for page in pages if page in lessons]
        several = _("{number} steps").format(number=len(pages))
        steps = _("1 step") if len(pages) == 1 else several
        takes = duration(sum(int(number) for number in minutes if number.isdigit()))
        said = [
            nodes.paragraph("", f"{steps} · {takes}", classes=["la-path__facts"]),
            nodes.paragraph("", _("Begin with: "), self.link(pages[0]), classes=["la-path__next"]),
        ]
        parts = enumerate(walk.children)
        walk.insert(next(n for n, part in parts if isinstance(part, (fold, *LISTS))), said)

    def onward(self, page: str, one: Path, here: str) -> onward:
        pages = steps_of(one, self.env)
        title = self.link(page)
        if here == pages[-1]:
            said = [nodes.Text(_("The path “")), title, nodes.Text(_("” ends here."))]
        else:
            after = self.link(pages[pages.index(here) + 1])
            said = [nodes.Text(_("On the path “")), title, nodes.Text(_("”, next: ")), after]
        return onward("", nodes.paragraph("", "", *said), path=page)


def duration(minutes: int) -> str:
    """Such as 2 h 5 min."""
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours else f"{rest} min"
