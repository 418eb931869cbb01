"""What the Logic Matrix is in a page, and its HTML; other formats show its lists.

The lists are the picture too: CSS draws an item as a box where it stands, and lines behind it.
"""

import json
from typing import Any

from docutils import nodes
from sphinx.writers.html5 import HTML5Translator

from lesson_extensions.shared.words import N_, _
from lesson_extensions.skill_tree.layout import Layout, Stop

NAME = N_("Logic Matrix")


class skill_tree(nodes.General, nodes.Element):
    """The whole: `lessons` in their order, each with its page, its facts, and what is before."""


class course_part(nodes.rubric):
    """The heading of a part of the course."""


class lesson_list(nodes.enumerated_list):
    """The lessons of a part: `start` is the number of the first."""


class lesson_item(nodes.list_item):
    """A lesson."""


def visit_skill_tree(self: HTML5Translator, node: nodes.Element) -> None:
    attributes: dict[str, Any] = {"aria-label": _(NAME)}
    self.body.append(self.starttag(node, "nav", CLASS="la-skill-tree", **attributes))
    if self.builder.name == "epub":
        return
    lessons = node["lessons"]
    places = {lesson["page"]: place for place, lesson in enumerate(lessons)}
    layout = Layout(
        [[places[page] for page in lesson["before"]] for lesson in lessons],
        {place: lesson["part"] for place, lesson in enumerate(lessons) if lesson["part"]},
    )
    place_items(node, layout)
    tell_more(node, {lesson["page"]: lesson["title"] for lesson in lessons})
    self.body.append(f'<div class="la-skill-tree__map" style="--la-box:{layout.box:.1f}">\n')
    self.body.extend(drawn_lines(layout))


def depart_skill_tree(self: HTML5Translator, node: nodes.Element) -> None:
    if self.builder.name != "epub":
        data = json.dumps(for_script(node["lessons"]), separators=(",", ":"), ensure_ascii=False)
        data = data.replace("<", "\\u003c")  # nothing in it can end the script
        self.body.append(f'</div>\n<script type="application/json">{data}</script>\n')
    self.body.append("</nav>\n")


def visit_lesson_list(self: HTML5Translator, node: nodes.Element) -> None:
    attributes = {name: node[name] for name in ("start", "style") if name in node}
    self.body.append(self.starttag(node, "ol", **attributes))


def depart_lesson_list(self: HTML5Translator, node: nodes.Element) -> None:
    self.body.append("</ol>\n")


def visit_lesson_item(self: HTML5Translator, node: nodes.Element) -> None:
    attributes = {"style": node["style"]} if "style" in node else {}
    self.body.append(self.starttag(node, "li", "", **attributes))


def depart_lesson_item(self: HTML5Translator, node: nodes.Element) -> None:
    self.body.append("</li>\n")


def visit_course_part(self: HTML5Translator, node: nodes.Element) -> None:
    attributes = {"style": node["style"]} if "style" in node else {}
    self.body.append(self.starttag(node, "h3", "", CLASS="la-skill-tree__part", **attributes))


def depart_course_part(self: HTML5Translator, node: nodes.Element) -> None:
    self.body.append("</h3>\n")


def grid_row(row: int) -> int:
    """The rows of CSS's grid are counted from 1, and above each of the picture's is a gap."""
    return 2 * row + 2


def place_items(tree: nodes.Element, layout: Layout) -> None:
    """Note for each heading, list and item where it stands."""
    headings = [number for number, row in enumerate(layout.rows) if row.heading]
    for heading, number in zip(tree.findall(course_part), headings, strict=True):
        heading["style"] = f"grid-row:{grid_row(number)}"
    for items in tree.findall(lesson_list):
        first = items["start"] - 1
        boxes = [(place, layout.row_of[place]) for place in range(first, first + len(items))]
        top, end = min(row for _, row in boxes), max(row for _, row in boxes)
        items["style"] = f"grid-row:{grid_row(top)}/{grid_row(end) + 1}"
        for box, item in zip(boxes, items.findall(lesson_item), strict=True):
            left = layout.across[box] - layout.box / 2
            item["style"] = f"grid-row:{grid_row(box[1] - top) - 1};--la-left:{left:.1f}"


def tell_more(tree: nodes.Element, titles: dict[str, str]) -> None:
    """Say on the link of each lesson what the picture leaves out."""
    for lesson, item in zip(tree["lessons"], tree.findall(lesson_item), strict=True):
        link = next(item.findall(nodes.reference), None)
        if link is not None:
            before = _(" and ").join(titles[page] for page in lesson["before"])
            link["reftitle"] = lesson["summary"] + (
                before and _(" Builds on {lessons}.").format(lessons=before)
            )


def drawn_lines(layout: Layout) -> list[str]:
    """An SVG for the lines in each gap, and one for those that pass a row.

    CSS says how wide and how high they are, and they stretch.
    """
    gaps, rows = ([""] * len(layout.rows) for _ in range(2))
    for start, end in layout.lines:
        a, b = (f"{layout.across[stop]:.1f}" for stop in (start, end))
        gaps[end[1]] += line(start, f"M{a} 0C{a} 6 {b} 4 {b} 10")
        if not layout.is_box(end):
            rows[end[1]] += line(end, f"M{b} 0V10")
    return [
        f'<svg class="la-skill-tree__{name}" style="grid-row:{grid_row(row) - above}/span 1" '
        f'viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">{drawn}</svg>\n'
        for name, above, all_drawn in (("gap", 1, gaps), ("row", 0, rows))
        for row, drawn in enumerate(all_drawn)
        if drawn
    ]


def line(stop: Stop, path: str) -> str:
    return f'<path data-la-from="{stop[0]}" d="{path}"/>'


def for_script(lessons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What skill_tree.js needs beside the list: a lesson's place stands for it in `before`."""
    places = {lesson["page"]: place for place, lesson in enumerate(lessons)}
    return [
        {
            "page": lesson["page"],
            "formerly": lesson["formerly"],
            "before": [places[page] for page in lesson["before"]],
            "checks": lesson["checks"],
            "exercises": lesson["exercises"],
        }
        for lesson in lessons
    ]
