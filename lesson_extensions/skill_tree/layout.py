"""Where the boxes of the Logic Matrix stand, and how its lines run between them.

Rows follow the order in which lessons are read, so that Tab and a screen reader go through them as
the eye does. A row holds one or two boxes. A line to a farther row passes the rows between in a
lane, one for all lines of a lesson. Across, all is in hundredths of the picture's width, which is
as wide as the reader's screen allows.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from heapq import heappop, heappush
from itertools import combinations
from statistics import fmean

Stop = tuple[int, int]  # (lesson, row): its box if the row is its own, else the lane of its lines

SIDE_BY_SIDE = 2  # boxes: what a phone has room for
WIDTH, WIDEST, GAP = 100.0, 46.0, 2.0  # of all, of a box, and of what is between two boxes
LANE, LANES = 3.0, 40.0  # widths of a lane, and of all lanes in a row
HEADING = 36.0  # of the part of the course that begins, at the left of its row
STRAIGHT = (1.0, 2.0, 8.0)  # how straight to keep a line between boxes, of a lane, between lanes
SWEEPS, STEPS = 16, 100  # more change nothing that is seen, for a hundred lessons


@dataclass
class Row:
    boxes: list[int] = field(default_factory=list)
    heading: str = ""  # in a row with no boxes
    stops: list[Stop] = field(default_factory=list)  # from left to right


def reading_order(before: list[list[int]]) -> Iterator[int]:
    """The lessons in their order, but each after those that it builds on."""
    sorter = TopologicalSorter(dict(enumerate(before)))
    sorter.prepare()
    ready: list[int] = []
    while sorter.is_active():
        for lesson in sorter.get_ready():
            heappush(ready, lesson)
        yield (first := heappop(ready))
        sorter.done(first)


def rows_of(before: list[list[int]], parts: dict[int, str]) -> list[Row]:
    """parts: {the first lesson of a part: its heading}"""
    rows, left = [], dict(parts)
    row = Row()
    for lesson in reading_order(before):
        for first in [first for first in sorted(left) if first <= lesson]:
            row = Row(heading=left.pop(first))
            rows.append(row)
        is_full = row.heading or len(row.boxes) == SIDE_BY_SIDE
        if not rows or is_full or set(before[lesson]) & set(row.boxes):
            row = Row()
            rows.append(row)
        row.boxes.append(lesson)
    return rows


def without_implied(before: list[list[int]]) -> list[list[int]]:
    """Without the links that others imply: who builds on b, which builds on a, builds on a too."""
    behind: dict[int, set[int]] = {}
    for i in TopologicalSorter(dict(enumerate(before))).static_order():
        behind[i] = set(before[i]).union(*(behind[j] for j in before[i]))
    return [
        [j for j in sources if not any(j in behind[other] for other in sources)]
        for sources in before
    ]


def rising(wanted: Iterable[float], weights: Iterable[float]) -> list[float]:
    """The numbers nearest to those wanted, by weighted squares, of which none is less than the one
    before it: where some would be, they meet at their mean (pool adjacent violators).
    """
    pools: list[tuple[float, float, int]] = []  # mean, weight, how many
    for mean, weight in zip(wanted, weights, strict=True):
        count = 1
        while pools and pools[-1][0] > mean:
            other, heavy, more = pools.pop()
            mean = (mean * weight + other * heavy) / (weight + heavy)
            weight, count = weight + heavy, count + more
        pools.append((mean, weight, count))
    return [mean for mean, _, count in pools for _ in range(count)]


class Layout:
    """before[i]: the lessons that lesson i builds on, with no circle. parts: see rows_of().

    rows; lines between stops of one row and the next; across, where the middle of each stop is; and
    box, how wide each box is.
    """

    def __init__(self, before: list[list[int]], parts: dict[int, str]) -> None:
        self.rows = rows_of(before, parts)
        self.row_of = {box: number for number, row in enumerate(self.rows) for box in row.boxes}
        self.lines: list[tuple[Stop, Stop]] = []
        self.draw_lines(without_implied(before))
        self.above: dict[Stop, list[Stop]] = {stop: [] for row in self.rows for stop in row.stops}
        self.below: dict[Stop, list[Stop]] = {stop: [] for row in self.rows for stop in row.stops}
        for start, end in self.lines:
            self.below[start].append(end)
            self.above[end].append(start)
        self.sort_lanes()
        lanes = [len(row.stops) - len(row.boxes) for row in self.rows]
        self.lane = min(LANE, LANES / max(*lanes, 1))
        self.box = min(
            WIDEST,
            *(
                (WIDTH - count * self.lane - GAP * (len(row.boxes) - 1)) / len(row.boxes)
                for row, count in zip(self.rows, lanes, strict=True)
                if row.boxes
            ),
        )
        self.across = {stop: WIDTH / 2 for row in self.rows for stop in row.stops}
        for step in range(STEPS):
            for row in self.rows[:: -1 if step % 2 else 1]:
                self.straighten(row)

    def is_box(self, stop: Stop) -> bool:
        lesson, row = stop
        return self.row_of[lesson] == row

    def draw_lines(self, before: list[list[int]]) -> None:
        """Fill the rows with stops, and the lines between them."""
        for number, row in enumerate(self.rows):
            row.stops = [(box, number) for box in row.boxes]
        for lesson, start in self.row_of.items():
            ends = [i for i, sources in enumerate(before) if lesson in sources]
            last = max((self.row_of[end] for end in ends), default=start)
            for number in range(start + 1, last + 1):
                reached = [(end, number) for end in ends if self.row_of[end] == number]
                if number < last:
                    reached.append((lesson, number))
                    self.rows[number].stops.append((lesson, number))
                self.lines += [((lesson, number - 1), stop) for stop in reached]

    def crossings(self) -> int:
        place = {stop: n for row in self.rows for n, stop in enumerate(row.stops)}
        lines = [(start[1], place[start], place[end]) for start, end in self.lines]
        return sum(
            row == other and (a - c) * (b - d) < 0
            for (row, a, b), (other, c, d) in combinations(lines, 2)
        )

    def sort_lanes(self) -> None:
        """Put the lanes of each row beside and between its boxes, so that few lines cross."""
        fewest, best = self.crossings(), [row.stops for row in self.rows]
        for sweep in range(SWEEPS):
            down = sweep % 2 == 0
            for row in self.rows if down else self.rows[::-1]:
                self.sort_row(row, self.above if down else self.below)
            if self.crossings() < fewest:
                fewest, best = self.crossings(), [row.stops for row in self.rows]
        for row, stops in zip(self.rows, best, strict=True):
            row.stops = stops

    def sort_row(self, row: Row, nearby: dict[Stop, list[Stop]]) -> None:
        """Each stop to the mean of those that its lines lead to; boxes stay in their order."""
        place = {stop: n for other in self.rows for n, stop in enumerate(other.stops)}
        wanted = {
            stop: fmean(place[other] for other in nearby[stop] or [stop]) for stop in row.stops
        }
        boxes = [stop for stop in row.stops if self.is_box(stop)]
        means = rising([wanted[box] for box in boxes], [1.0] * len(boxes))
        wanted |= dict(zip(boxes, means, strict=True))
        row.stops = sorted(row.stops, key=wanted.__getitem__)

    def straighten(self, row: Row) -> None:
        """Move the stops of a row, as far as they have room, to where their lines are straight."""
        at = HEADING if row.heading else 0.0
        least, wanted, weights = [], [], []  # a stop's place if all are as far left as they can be
        for n, stop in enumerate(row.stops):
            if n and self.is_box(stop) and self.is_box(row.stops[n - 1]):
                at += GAP
            width = self.box if self.is_box(stop) else self.lane
            least.append(at + width / 2)
            at += width
            pulls = [
                (STRAIGHT[2 - self.is_box(stop) - self.is_box(other)], self.across[other])
                for other in self.above[stop] + self.below[stop]
            ]
            pulls.append((0.01, WIDTH / 2))  # what no line holds stands in the middle
            weights.append(sum(weight for weight, _ in pulls))
            wanted.append(sum(weight * x for weight, x in pulls) / weights[-1] - least[-1])
        for stop, left, move in zip(row.stops, least, rising(wanted, weights), strict=True):
            self.across[stop] = left + min(max(move, 0.0), max(WIDTH - at, 0.0))
