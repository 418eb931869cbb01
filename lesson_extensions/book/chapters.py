"""Pages become chapters: ids unique in the book, links within it, answers at its end.

Whatever stands in a fold is for after thinking, be it an answer, a hint or a solution. It moves to
the last chapter, and both places lead to each other.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from docutils import nodes

from lesson_extensions.book.names import slug
from lesson_extensions.shared.folds import fold, fold_title

ANSWERS = "answers"
TITLE = "Answers and solutions"
DATA = "tag_data"  # of a cell that is tagged so
LEADS_ON = "Next"  # the section that leads to other pages, as the next chapter of a book does
PAGE = "book:"  # how the builder writes the address of a page
# What a book has no use for: what is drawn of pages that are sections here, or speaks of buttons
DROPPED = {"la-cards", "la-exercise__more", "la-needs-live", "la-ways"}


@dataclass
class Chapter:
    """One file of the EPUB; `sections` are its headings below the title, with their ids."""

    name: str
    part: str
    document: nodes.document
    number: int = 0
    answers: list[nodes.Node] = field(default_factory=list)

    @property
    def section(self) -> nodes.section:
        return next(self.document.findall(nodes.section))

    @property
    def title(self) -> nodes.title:
        return next(self.section.findall(nodes.title))

    @property
    def sections(self) -> list[tuple[str, nodes.title]]:
        inner = (child for child in self.section if isinstance(child, nodes.section))
        return [(section["ids"][0], next(section.findall(nodes.title))) for section in inner]


def chapter(part: str, pages: list[tuple[str, nodes.document]], site: str) -> Chapter:
    """The first page, with the others as its last sections."""
    (name, document), *others = pages
    whole = next(document.findall(nodes.section))
    for page, tree in pages:
        drop(tree)
        leave_data(tree, f"{site}{page}.html")
        make_unique(tree, page)
    for _, tree in others:
        whole += next(tree.findall(nodes.section))
    return Chapter(slug(name), part, document)


def drop(tree: nodes.document) -> None:
    for node in list(tree.findall(nodes.Element)):
        if DROPPED.intersection(node.get("classes", ())) and node.parent is not None:
            node.parent.remove(node)
        node.attributes.pop("reftitle", None)  # what a mouse shows
    for section in list(tree.findall(nodes.section)):
        if section[0].astext() == LEADS_ON and section.parent[-1] is section:
            section.parent.remove(section)
    for kind in (nodes.comment, nodes.meta, nodes.system_message):
        for node in list(tree.findall(kind)):
            node.parent.remove(node)


def leave_data(tree: nodes.document, address: str) -> None:
    """Where a cell holds nothing but data, pages of them, say where they can be had."""
    for cell in tree.findall(nodes.container):
        if DATA not in cell.get("classes", ()):
            continue
        for source in list(cell.children):
            if isinstance(source, nodes.Element) and source.get("nb_element") == "cell_code_source":
                link = nodes.reference("", "on the site", refuri=address, internal=False)
                said = nodes.paragraph(
                    "", "A table of data stands here ", link, classes=["la-book__data"]
                )
                said += nodes.Text(".")
                cell.replace(source, said)


def make_unique(tree: nodes.document, page: str) -> None:
    """Put the name of its page before each id, and before what leads to one."""
    here = slug(page)

    def name(anchor: str) -> str:
        return f"{here}--{anchor}"

    for node in tree.findall(nodes.Element):
        node["ids"] = [name(anchor) for anchor in node["ids"]]
        if "backrefs" in node:
            node["backrefs"] = [name(anchor) for anchor in node["backrefs"]]
        if "refid" in node:
            node["refid"] = name(node["refid"])
    section = next(tree.findall(nodes.section))
    section["ids"].insert(0, here)


def link(chapters: list[Chapter], pages: set[str], site: str) -> None:
    """Have links to pages lead to where these are: in the book, else to the site."""
    for one in chapters:
        for node in one.document.findall(nodes.reference):
            page, _, anchor = node.get("refuri", "").removeprefix(PAGE).partition("#")
            if not node.get("refuri", "").startswith(PAGE):
                if node.get("internal") and "refuri" in node and not node["refuri"].startswith("#"):
                    node["refuri"] = site + node["refuri"]  # a file of the site
                continue
            if page in pages:
                node["refuri"] = "#" + "--".join([slug(page), *([anchor] if anchor else [])])
                if not any("std-term" in inner["classes"] for inner in node.findall(nodes.inline)):
                    node["classes"] += ["la-book__page", "la-book__see"]  # terms are too many
            else:
                node["refuri"] = f"{site}{page}.html" + (anchor and f"#{anchor}")
                node["internal"] = False


def tasks(document: nodes.document) -> Iterator[tuple[nodes.Element, list[fold]]]:
    """What the reader is asked to do, with its folds."""
    found: dict[int, tuple[nodes.Element, list[fold]]] = {}
    for node in document.findall(fold):
        task: nodes.Element = node
        while isinstance(task.parent, nodes.Element) and not isinstance(
            task.parent, (nodes.section, nodes.document)
        ):
            task = task.parent
        if not isinstance(node.parent, fold):
            found.setdefault(id(task), (task, []))[1].append(node)
    yield from found.values()


def part_answers(one: Chapter) -> None:
    """Number the tasks of a chapter, and move their folds into its `answers`."""
    for count, (task, folds) in enumerate(list(tasks(one.document)), 1):
        number = f"{one.number}.{count}" if one.number else str(count)
        anchor, back = f"{ANSWERS}--{one.name}-{count}", f"{one.name}--task-{count}"
        for node in folds:
            node.parent.remove(node)
        if isinstance(task, fold):  # alone, it has no question
            holder = nodes.container()
            one.section.append(holder)
            task = holder
        title = next(iter(task.findall(nodes.paragraph)), nodes.paragraph())
        kind = str(task.get("task_kind", "")).capitalize()
        named = [child.deepcopy() for child in title.children]
        if kind and not title.astext().startswith(kind):
            named.insert(0, nodes.Text(f"{kind}: "))
        named.insert(0, nodes.inline("", f"{number} ", classes=["la-book__number"]))
        title.children = []
        title += [child.deepcopy() for child in named]
        title["classes"].append("la-book__task")
        task["ids"].insert(0, back)
        names = [node[0].astext() for node in folds]
        what = names[-1] if names[-1] in ("Answer", "Solution", "What happens") else "Answer"
        if len(names) > 1:
            what = f"{names[0].split()[0]}{'s' if len(names) > 2 else ''} and {what.lower()}"
        task += leading(f"#{anchor}", [nodes.Text(what)], "la-book__to")

        entry = nodes.container(ids=[anchor], classes=["la-book__answer"])
        entry += leading(f"#{back}", named, "la-book__of")
        for node in folds:
            if len(folds) > 1 and isinstance(node[0], fold_title):
                entry += nodes.paragraph("", node[0].astext(), classes=["la-book__named"])
            entry += [child for child in node.children if not isinstance(child, fold_title)]
        one.answers.append(entry)


def leading(address: str, text: list[nodes.Node], css: str) -> nodes.paragraph:
    """A paragraph that is a link, to which a printed book adds the page."""
    inner = nodes.inline("", "", *text)
    reference = nodes.reference("", "", inner, refuri=address, classes=["la-book__page"])
    reference["internal"] = True
    return nodes.paragraph("", "", reference, classes=[css])


def answers(chapters: list[Chapter], like: nodes.document) -> Chapter | None:
    """The last chapter: the answers of each chapter below its title; None where there are none."""
    document = like.copy()
    whole = nodes.section("", nodes.title("", TITLE), ids=[ANSWERS])
    document += whole
    for one in chapters:
        if one.answers:
            number = nodes.inline("", f"{one.number} ", classes=["la-book__number"])
            heading = nodes.title("", "", number, *(part.deepcopy() for part in one.title.children))
            whole += nodes.section("", heading, *one.answers, ids=[f"{ANSWERS}--{one.name}"])
    return Chapter(ANSWERS, "", document) if len(whole) > 1 else None
