"""Labels and legends that fit the width of a picture.

Belongs here: breaking labels, axes and legends for a phone and for a page. Does not
belong here: marks.
"""

from collections.abc import Sequence
from textwrap import wrap

import altair as alt

from dagster_project.publication.palette import MARKS

LABEL_WIDE, LABEL_NARROW = 34, 17
"""Characters in a line of a label."""
LINE_HEIGHT = 14
LEGEND_GAP = 28
"""Pixels between the names of a legend: a reader's font may be a tenth wider than the
one the picture was laid out with."""
PHONE = 400
"""Pixels below which a picture is drawn for a phone."""


def wrapped(labels: Sequence[str], width: int) -> list[str]:
    """Break labels into lines that leave room for the picture."""
    letters = LABEL_NARROW if width < PHONE else LABEL_WIDE
    return ["\n".join(wrap(label, letters) or [""]) for label in labels]


def label_axis() -> alt.Axis:
    """Return an axis of labels of several lines, without ticks."""
    return alt.Axis(
        labelExpr="split(datum.label, '\\n')",
        labelLineHeight=LINE_HEIGHT,
        ticks=False,
        domain=False,
        labelPadding=6,
    )


def height(labels: Sequence[str], least: int) -> int:
    """Return pixels for one band per label."""
    lines = max((label.count("\n") + 1 for label in labels), default=1)
    return max(1, len(labels)) * max(least, LINE_HEIGHT * lines + 8)


def legend(names: Sequence[str], width: int) -> alt.Legend | None:
    """Return a legend above the picture, of as many columns as fit."""
    if not names:
        return None
    room = width // (7 * max(map(len, names)) + 18 + LEGEND_GAP)
    columns = max(1, min(len(names), room))
    return alt.Legend(orient="top", columns=columns, columnPadding=LEGEND_GAP)


def hues(names: Sequence[str]) -> alt.Scale:
    """Return a scale that gives each name one of the colours of marks, in order."""
    if len(names) > len(MARKS):
        raise ValueError(
            f"a picture tells {len(MARKS)} things apart, not {len(names)}: "
            + ", ".join(names)
        )
    return alt.Scale(domain=list(names), range=list(MARKS[: len(names)]))
