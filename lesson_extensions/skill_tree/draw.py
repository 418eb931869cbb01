"""The Logic Matrix as SVG: igraph says where each lesson goes, and what is drawn there is ours."""

from collections.abc import Callable
from graphlib import TopologicalSorter
from html import escape
from typing import Any

# All in the picture's own units, which are CSS pixels where it has room.
WIDTH = 720  # of the column in which a page stands
NARROWEST, WIDEST, ROOMY = 132, 460, 340  # a lesson; from ROOMY on, it shows its summary
GAP, DROP, PAD = 12, 28, 9  # between lessons side by side, between rows, inside a lesson
TITLE_LINE, FACT_LINE = 18, 16
# The reader's font is not at hand: the width of a letter in em, if narrow, wide, or neither.
NARROW, WIDE = set("fijlrtI.,:;'()[] ·"), set("mwMW@%—")
TITLE_EM, FACT_EM = 16.5, 12.5  # bold letters of 15, and plain ones
# A badge on the upper edge; by the state of the lesson, CSS shows it empty, half full, or ticked.
BADGE = 8
MARK = (
    f'<circle r="{BADGE}"/><path class="la-skill-tree__half" d="M0-5a5 5 0 0 1 0 10z"/>'
    '<path class="la-skill-tree__tick" d="M-4 0l3 3 5-6"/>'
)

Lines = dict[tuple[int, int], list[float]]  # (j, i): columns, see laid_out()


def width_of(text: str, em: float) -> float:
    return em * sum(0.3 if c in NARROW else 0.9 if c in WIDE else 0.55 for c in text)


def wrapped(text: str, width: float, em: float) -> list[str]:
    """Lines of whole words, none wider than `width` unless a word is."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, em) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def counted(labels: list[str], thing: str) -> str:
    return f"{len(labels)} {thing}{'' if len(labels) == 1 else 's'}"


def facts_of(lesson: dict[str, Any], width: float) -> list[list[tuple[str, str]]]:
    """Lines of (name, text), with room for the longest that skill_tree.js puts there."""
    minutes = f"{lesson['minutes']} min"
    facts = [("state", minutes, f"in progress · {minutes}")]
    for name, labels in (("checks", lesson["checks"]), ("exercises", lesson["exercises"])):
        if labels:
            text = counted(labels, name[:-1])
            facts.append((name, text, f"{len(labels)} of {text}"))
    lines: list[list[tuple[str, str]]] = []
    end = width
    for name, text, longest in facts:
        needed = width_of(f" · {longest}", FACT_EM)
        if end + needed > width:
            lines.append([])
            end = 0
        lines[-1].append((name, text))
        end += needed
    return lines


def laid_out(before: list[list[int]]) -> tuple[list[int], list[float], Lines]:
    """(rows, across, lines): the row and the column of each place, and for each link (j, i) that
    no others imply the columns in which a line from j to i meets the rows below j.

    before[i] are the places that i builds on.
    """
    import igraph  # here, for its import takes half a second and most builds draw nothing

    rows, behind = [0] * len(before), [set[int]() for _ in before]
    for i in TopologicalSorter(dict(enumerate(before))).static_order():
        rows[i] = 1 + max((rows[j] for j in before[i]), default=-1)
        behind[i] = set(before[i]).union(*(behind[j] for j in before[i]))
    links = [
        (j, i)
        for i, sources in enumerate(before)
        for j in sources
        if not any(j in behind[other] for other in sources)
    ]
    graph = igraph.Graph(n=len(before), edges=links, directed=True)
    layout = graph.layout_sugiyama(layers=rows)
    across = [x for x, _ in layout.coords]
    bends = [[x for x, _ in bend] for bend in layout.edge_routing]
    left = min(sum(bends, across))
    lines = {
        (j, i): [x - left for x in (*bend, across[i])]
        for (j, i), bend in zip(links, bends, strict=True)
    }
    return rows, [x - left for x in across], lines


class Picture:
    """lessons: in their order, each with page, title, summary, minutes, checks, exercises, and
    before, the pages that it builds on, with no circle. address(page): where a link to it leads.
    """

    def __init__(self, lessons: list[dict[str, Any]], address: Callable[[str], str]) -> None:
        self.lessons, self.address = lessons, address
        self.titles = {lesson["page"]: lesson["title"] for lesson in lessons}
        places = {lesson["page"]: place for place, lesson in enumerate(lessons)}
        before = [[places[page] for page in lesson["before"]] for lesson in lessons]
        self.rows, self.across, self.lines = laid_out(before)

        columns = 1 + max(sum(self.lines.values(), self.across))
        self.width = max(NARROWEST, min(WIDEST, (WIDTH + GAP) / columns - GAP))
        self.whole_width = columns * (self.width + GAP) - GAP + 2
        inner = self.width - 2 * PAD
        self.texts = [
            (
                wrapped(one["title"], inner, TITLE_EM),
                wrapped(one["summary"], inner, FACT_EM) if self.width >= ROOMY else [],
                facts_of(one, inner),
            )
            for one in lessons
        ]
        self.heights = [0] * (1 + max(self.rows))
        for row, (title, summary, facts) in zip(self.rows, self.texts, strict=True):
            height = 2 * PAD + TITLE_LINE * len(title) + FACT_LINE * (len(summary) + len(facts))
            self.heights[row] = max(self.heights[row], height)
        self.whole_height = self.top(len(self.heights)) - DROP + 1

    def left(self, x: float) -> float:
        return 1 + x * (self.width + GAP)

    def top(self, row: int) -> int:
        return BADGE + 1 + sum(self.heights[:row]) + DROP * row

    def svg(self) -> str:
        lines = "".join(self.line(*link) for link in self.lines)
        boxes = "\n".join(self.box(place) for place in range(len(self.lessons)))
        # it shrinks a little where the column is narrower, and then is scrolled
        return (
            f'<div class="la-skill-tree__picture"><svg viewBox="0 0 {self.whole_width:.0f} '
            f'{self.whole_height}" width="{self.whole_width:.0f}" '
            f'style="min-width:{0.85 * self.whole_width:.0f}px">\n'
            f'<g aria-hidden="true">{lines}</g>\n{boxes}</svg></div>\n'
        )

    def line(self, source: int, target: int) -> str:
        """From one lesson down to another, past those in the rows between."""
        row = self.rows[source]
        x = f"{self.left(self.across[source]) + self.width / 2:.1f}"
        path = f"M{x} {self.top(row) + self.heights[row]}"
        for column in self.lines[source, target]:
            before, x = x, f"{self.left(column) + self.width / 2:.1f}"
            y = self.top(row + 1)
            path += f"V{y - DROP}C{before} {y - DROP / 2:g} {x} {y - DROP / 2:g} {x} {y}"
            row += 1
        return f'<path data-la-from="{source}" d="{path}"/>'

    def box(self, place: int) -> str:
        """A lesson: a link with its title and facts, and a mark that CSS shows by its state."""
        lesson, (title, summary, facts) = self.lessons[place], self.texts[place]
        name = f"{lesson['title']}, {lesson['minutes']} minutes"
        if lesson["before"]:
            name += f", builds on {', '.join(self.titles[page] for page in lesson['before'])}"
        at_title, at_fact = (f'x="{PAD}" dy="{line}"' for line in (TITLE_LINE, FACT_LINE))
        spans = [
            f'<tspan class="la-skill-tree__title" {at_title}>{escape(line)}</tspan>'
            for line in title
        ]
        spans += [f"<tspan {at_fact}>{escape(line)}</tspan>" for line in summary]
        for line in facts:
            parts = (f'<tspan data-la-fact="{fact}">{escape(text)}</tspan>' for fact, text in line)
            spans.append(f"<tspan {at_fact}>{' · '.join(parts)}</tspan>")
        row = self.rows[place]
        left, top, height = self.left(self.across[place]), self.top(row), self.heights[row]
        return (
            f'<a href="{escape(self.address(lesson["page"]))}" aria-label="{escape(name)}" '
            f'transform="translate({left:.1f} {top})"><title>{escape(lesson["summary"])}</title>'
            f'<rect width="{self.width:.1f}" height="{height}" rx="8"/>'
            f'<text y="{PAD - 4}">{"".join(spans)}</text>'
            f'<g transform="translate({self.width - 2 * BADGE:.1f} 0)">{MARK}</g></a>'
        )


def picture(lessons: list[dict[str, Any]], address: Callable[[str], str]) -> str:
    """The picture as text, the same for the same lessons."""
    return Picture(lessons, address).svg()
