"""Bars, stacked bars, and rates with their intervals: one row per label.

Belongs here: pictures whose rows are named. Does not belong here: time, matrices.
"""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from dagster_project.publication.page.charts.labels import (
    height,
    hues,
    label_axis,
    legend,
    wrapped,
)
from dagster_project.publication.page.rounding import Rate
from dagster_project.publication.page.svg import Draw
from dagster_project.publication.palette import BLUE, INK, NAVY, OCHRE, PAPER

THRESHOLDS = ("default links", "strict links", "loose links")
SHAPES = ("circle", "triangle-left", "triangle-right")
"""A strict threshold joins fewer records, a loose one more."""


def rates(shown: Sequence[Rate], title: str) -> Draw:
    """Draw each rate with its interval, and its value at the other thresholds.

    A strict or loose value that is the default's is not drawn again; where all are,
    nobody's link moves the figure and there is no legend.
    """
    rows = [rate for rate in shown if rate.value is not None]

    def draw(width: int) -> alt.TopLevelMixin:
        labels = wrapped([rate.label for rate in rows], width)
        frame = pd.DataFrame(
            [
                {"label": label, "low": r.low, "high": r.high, "at": what, "share": at}
                for label, r in zip(labels, rows, strict=True)
                for what, at in zip(
                    THRESHOLDS, (r.value, r.strict, r.loose), strict=True
                )
                if at is not None and (what == THRESHOLDS[0] or at != r.value)
            ],
            columns=["label", "low", "high", "at", "share"],
        )
        names = [name for name in THRESHOLDS if name in set(frame["at"])]
        y = alt.Y("label:N", title=None, sort=labels, axis=label_axis())
        base = alt.Chart(frame)
        interval = (
            base.transform_filter(f"datum.at == '{THRESHOLDS[0]}'")
            .mark_rule(strokeWidth=3, color=NAVY, opacity=0.45)
            .encode(y=y, x=alt.X("low:Q", title=title), x2=alt.X2("high:Q"))
        )
        key = legend(names, width) if len(names) > 1 else None
        points = base.mark_point(size=70, strokeWidth=2, filled=True, opacity=1).encode(
            y=y,
            x=alt.X(
                "share:Q",
                title=title,
                scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(format="%", tickCount=5),
            ),
            shape=alt.Shape(
                "at:N",
                title=None,
                legend=key,
                scale=alt.Scale(domain=names, range=list(SHAPES[: len(names)])),
            ),
            color=alt.Color(
                "at:N",
                title=None,
                legend=key,
                scale=alt.Scale(domain=names, range=[NAVY, OCHRE, BLUE][: len(names)]),
            ),
        )
        return alt.layer(interval, points).properties(
            width=width, height=height(labels, 26) + (80 if key else 46)
        )

    return draw


def bars(
    rows: Sequence[tuple[str, float]], title: str, *, percent: bool = False
) -> Draw:
    """Draw one bar per label, in the order given, with its figure at its end."""

    def draw(width: int) -> alt.TopLevelMixin:
        labels = wrapped([label for label, _ in rows], width)
        frame = pd.DataFrame(
            {"label": labels, "figure": [figure for _, figure in rows]}
        )
        form = ".0%" if percent else ",.0f"
        top = 1 if percent else max(1, frame["figure"].max()) * 1.18
        base = alt.Chart(frame).encode(
            y=alt.Y("label:N", title=None, sort=labels, axis=label_axis()),
            x=alt.X(
                "figure:Q",
                title=title,
                scale=alt.Scale(domain=[0, top]),
                axis=alt.Axis(format="%" if percent else ",.0f", tickCount=4),
            ),
        )
        text = base.mark_text(align="left", dx=4, color=INK, fontSize=12).encode(
            text=alt.Text("figure:Q", format=form)
        )
        return alt.layer(
            base.mark_bar(color=NAVY, height={"band": 0.7}), text
        ).properties(width=width, height=height(labels, 24) + 46)

    return draw


def stacked(
    rows: Sequence[tuple[str, str, float]], parts: Sequence[str], title: str
) -> Draw:
    """Draw a bar per label, of parts in a fixed order with a gap between them.

    Args:
        rows: Label, part and count.
        parts: The parts in their order, five at most.
        title: What the counts count.
    """

    def draw(width: int) -> alt.TopLevelMixin:
        order = list(dict.fromkeys(label for label, _, _ in rows))
        labels = dict(zip(order, wrapped(order, width), strict=True))
        frame = pd.DataFrame(
            [(labels[a], b, n, parts.index(b)) for a, b, n in rows],
            columns=["label", "part", "figure", "place"],
        )
        return (
            alt.Chart(frame)
            .mark_bar(stroke=PAPER, strokeWidth=1.5, height={"band": 0.75})
            .encode(
                y=alt.Y(
                    "label:N",
                    title=None,
                    sort=list(labels.values()),
                    axis=label_axis(),
                ),
                x=alt.X(
                    "figure:Q", title=title, axis=alt.Axis(format=",.0f", tickCount=4)
                ),
                order=alt.Order("place:O"),
                color=alt.Color(
                    "part:N",
                    title=None,
                    scale=hues(parts),
                    legend=legend(parts, width),
                ),
            )
            .properties(width=width, height=height(list(labels.values()), 24) + 80)
        )

    return draw
