"""Kinds of pictures of the page, from plain values.

Belongs here: bars, histogram, sets, shaded table. Does not belong here: what is shown
(``sections``), lines and intervals (``curves``), single marks (``svg``).
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from dagster_project.linkage.report.svg import (
    BLUE,
    GREY,
    INK,
    LINE,
    ORANGE,
    SKY,
    WIDTH,
    disc,
    frame,
    line,
    rect,
    text,
)

ROW = 34
"""Units per row of a picture whose labels stand above their bars."""

LETTER = 6.5
"""Units of a small letter's width, to leave room for what stands beside a bar."""

LABEL_LETTERS = 52
"""Letters that fit on a phone's line; longer labels end in three points."""


class Bar(NamedTuple):
    """A labelled bar, and its value as it is shown."""

    label: str
    value: float
    shown: str


def short(label: str, letters: int = LABEL_LETTERS) -> str:
    """Return a label that fits."""
    return label if len(label) <= letters else label[: letters - 1] + "…"


def bars(
    rows: Sequence[Bar], label: str, colour: str = BLUE, most: float | None = None
) -> str:
    """Return horizontal bars from nought, the label above each.

    Args:
        rows: from top to bottom.
        label: what a screen reader says.
        colour: of all bars.
        most: the value as wide as the picture, 1 for shares; the greatest if unset.
    """
    top = most or max((row.value for row in rows), default=0.0) or 1.0
    room = WIDTH - 12 - LETTER * max((len(row.shown) for row in rows), default=0)
    marks = []
    for number, row in enumerate(rows):
        y = number * ROW
        marks.append(text(0, y + 12, short(row.label)))
        marks.append(rect(0, y + 17, room * row.value / top, 11, colour))
        x = room * row.value / top + 5
        marks.append(text(x, y + 27, row.shown, style="small"))
    said = "; ".join(f"{row.label}: {row.shown}" for row in rows)
    return frame(len(rows) * ROW + 2, marks, f"{label}. {said}")


def histogram(
    edges: Sequence[float],
    counts: Sequence[float],
    marks_at: Sequence[tuple[float, str]],
    label: str,
    axis: str,
) -> str:
    """Return a histogram with a log scale of counts and marked thresholds.

    Args:
        edges: of the bins, one more than ``counts``.
        counts: per bin.
        marks_at: place on the axis and words of each threshold, ascending; bars are
            grey below the first, orange up to the second, blue beyond.
        label: what a screen reader says.
        axis: what the axis shows.
    """
    left, right, top, bottom = 34, WIDTH - 6, 16 + 14 * len(marks_at), 220
    span = edges[-1] - edges[0] or 1.0
    most = max(1.0, math.log10(max([*counts, 10])))
    steps = range(0, math.ceil(most) + 1)

    def across(value: float) -> float:
        return left + (right - left) * (value - edges[0]) / span

    def up(value: float) -> float:
        return bottom - (bottom - top) * value / math.ceil(most)

    marks = []
    for step in steps:
        marks.append(line(left, up(step), right, up(step)))
        marks.append(text(left - 4, up(step) + 4, _power(step), "end", "small"))
    for number, size in enumerate(counts):
        if size <= 0:
            continue
        # A bin of one still shows: its log is nought.
        y = min(up(math.log10(size)), bottom - 2)
        x = across(edges[number])
        middle = (edges[number] + edges[number + 1]) / 2
        zone = sum(middle >= place for place, _ in marks_at)
        colour = (GREY, ORANGE, BLUE)[min(zone, 2)]
        width = across(edges[number + 1]) - x - 0.6
        marks.append(rect(x, y, width, bottom - y, colour))
    for number, (place, words) in enumerate(marks_at):
        y = 10 + 14 * number
        marks.append(line(across(place), y + 3, across(place), bottom, INK, "3 2"))
        end = across(place) > WIDTH * 0.6
        x = across(place) + (-3 if end else 3)
        marks.append(text(x, y + 2, words, "end" if end else "start", "small"))
    marks.append(line(left, bottom, right, bottom, INK))
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        value = edges[0] + share * span
        marks.append(
            text(across(value), bottom + 14, f"{value:.0f}", "middle", "small")
        )
    marks.append(text((left + right) / 2, bottom + 30, axis, "middle", "small"))
    return frame(bottom + 36, marks, label)


def _power(step: int) -> str:
    return f"{10**step:,}" if step < 4 else f"10{str(step).translate(RAISED)}"


RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def sets(
    names: Sequence[str], rows: Sequence[tuple[int, float, str]], label: str
) -> str:
    """Return an UpSet picture on its side: a row per set, a dot per member.

    Args:
        names: the sources; bit n of a set is the n-th.
        rows: set as bits (-1 for all the other sets), size, size as shown.
        label: what a screen reader says.

    After Lex, Gehlenborg, Strobelt, Vuillemot and Pfister (2014).
    """
    step = min(22.0, 170 / max(1, len(names)))
    head = 10 + 12 * len(names)
    start = step * len(names) + 8
    room = WIDTH - start - 58
    most = max((size for _, size, _ in rows), default=1.0) or 1.0
    marks = []
    for number, name in enumerate(names):
        x = step * (number + 0.5)
        y = 12 + 12 * number
        marks.append(line(x, y, x, head + 20 * len(rows)))
        marks.append(text(x + 3, y, short(name, 40), style="small"))
    for number, (bits, size, shown) in enumerate(rows):
        y = head + 20 * number + 12
        inside = [n for n in range(len(names)) if bits >= 0 and bits >> n & 1]
        for place in range(len(names)):
            colour = INK if place in inside else LINE
            marks.append(disc(step * (place + 0.5), y, colour, 5))
        if len(inside) > 1:
            ends = (step * (inside[0] + 0.5), step * (inside[-1] + 0.5))
            marks.append(line(ends[0], y, ends[1], y, INK))
        if bits < 0:
            marks.append(text(0, y + 4, "other sets", style="small on-dots"))
        width = room * size / most
        marks.append(rect(start, y - 6, width, 12, BLUE))
        marks.append(text(start + width + 4, y + 4, shown, style="small"))
    return frame(head + 20 * len(rows) + 4, marks, label)


def shaded(
    names: Sequence[str],
    columns: Sequence[str],
    shares: Sequence[Sequence[float]],
    label: str,
) -> str:
    """Return a table of shares as cells, the fuller the darker, with the figure."""
    left, row = 84, 24
    wide = (WIDTH - left) / max(1, len(columns))
    head = 8 + 13 * len(columns)
    marks = []
    for number, name in enumerate(columns):
        x, y = left + wide * number, 12 + 13 * number
        marks.append(line(x + 4, y + 2, x + 4, head))
        marks.append(text(x + 7, y, short(name, 34), style="small"))
    for number, name in enumerate(names):
        y = head + row * number
        marks.append(text(0, y + 16, name, style="small"))
        for place, share in enumerate(shares[number]):
            x = left + wide * place
            if not math.isfinite(share):
                continue
            marks.append(
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide - 2:.1f}" '
                f'height="{row - 2}" fill="{SKY}" fill-opacity="{share:.2f}" '
                f'stroke="{LINE}"/>'
            )
            marks.append(
                text(
                    x + wide / 2 - 1,
                    y + 15,
                    f"{100 * share:.0f}",
                    "middle",
                    "small",
                )
            )
    return frame(head + row * len(names) + 2, marks, label)
