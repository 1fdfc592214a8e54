"""Pictures with time along the bottom: curves, trends, and who comes and goes.

Belongs here: anything by day or month. Does not belong here: bars by name, matrices.
"""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from dagster_project.publication.page.charts.labels import PHONE, hues, legend
from dagster_project.publication.page.svg import Draw
from dagster_project.publication.palette import LINE, PAPER


def curves(rows: Sequence[tuple[str, float, float]], across: str, up: str) -> Draw:
    """Draw one curve per name: how a share grows with time.

    The points drawn are joined by straight lines: between them nothing is known to the
    reader, and a step would say that something happened on that day.

    Args:
        rows: Name, time, share from 0 to 1; five names at most.
        across: What time is counted in and from.
        up: What the share is of.
    """

    def draw(width: int) -> alt.TopLevelMixin:
        frame = pd.DataFrame(rows, columns=["name", "time", "share"])
        names = list(dict.fromkeys(frame["name"]))
        dashes = [[1, 0], [6, 3], [2, 2], [9, 3, 2, 3], [4, 1]]
        top = max(0.1, min(1.0, frame["share"].max() * 1.15))
        key = legend(names, width)
        return (
            alt.Chart(frame)
            .mark_line(strokeWidth=2.5, point=alt.OverlayMarkDef(size=30))
            .encode(
                x=alt.X("time:Q", title=across, axis=alt.Axis(tickCount=6)),
                y=alt.Y(
                    "share:Q",
                    title=up,
                    scale=alt.Scale(domain=[0, top]),
                    axis=alt.Axis(format="%", tickCount=5),
                ),
                color=alt.Color(
                    "name:N",
                    title=None,
                    scale=hues(names),
                    legend=key,
                ),
                strokeDash=alt.StrokeDash(
                    "name:N",
                    title=None,
                    scale=alt.Scale(domain=names, range=dashes[: len(names)]),
                    legend=key,
                ),
            )
            .properties(width=width, height=300 if width >= PHONE else 260)
        )

    return draw


def trend(
    rows: Sequence[tuple[str, str, float]], up: str, *, zero: bool = True
) -> Draw:
    """Draw counts by month, a line per name.

    Args:
        rows: Name, month as ISO date, count; five names at most.
        up: What is counted.
        zero: Whether the scale begins at none.
    """

    def draw(width: int) -> alt.TopLevelMixin:
        frame = pd.DataFrame(rows, columns=["name", "month", "figure"])
        names = list(dict.fromkeys(frame["name"]))
        return (
            alt.Chart(frame)
            .mark_line(point=alt.OverlayMarkDef(size=26), strokeWidth=2)
            .encode(
                x=alt.X(
                    "month:T",
                    title=None,
                    axis=alt.Axis(tickCount=5 if width < PHONE else 10, format="%b %y"),
                ),
                y=alt.Y(
                    "figure:Q",
                    title=up,
                    scale=alt.Scale(zero=zero),
                    axis=alt.Axis(format=",.0f", tickCount=5),
                ),
                color=alt.Color(
                    "name:N",
                    title=None,
                    scale=hues(names),
                    legend=legend(names, width),
                ),
                shape=alt.Shape("name:N", legend=None),
            )
            .properties(width=width, height=260)
        )

    return draw


def flow(rows: Sequence[tuple[str, str, float]], up: str) -> Draw:
    """Draw who came and who left by month: arrivals above the line, leavers below.

    Args:
        rows: Kind, month as ISO date, count; leavers with a minus.
        up: What is counted.
    """

    def draw(width: int) -> alt.TopLevelMixin:
        frame = pd.DataFrame(rows, columns=["kind", "month", "figure"])
        kinds = list(dict.fromkeys(frame["kind"]))
        base = alt.Chart(frame)
        columns = base.mark_bar(stroke=PAPER, strokeWidth=0.5).encode(
            x=alt.X(
                "yearmonth(month):O",
                title=None,
                axis=alt.Axis(
                    format="%b %y",
                    labelAngle=-60,
                    labelOverlap="parity",
                ),
            ),
            y=alt.Y(
                "sum(figure):Q", title=up, axis=alt.Axis(format=",.0f", tickCount=6)
            ),
            color=alt.Color(
                "kind:N",
                title=None,
                scale=hues(kinds),
                legend=legend(kinds, width),
            ),
        )
        zero = base.mark_rule(color=LINE).encode(y=alt.YDatum(0))
        return alt.layer(zero, columns).properties(width=width, height=300)

    return draw
