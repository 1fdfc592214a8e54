"""A forest plot: differences with their intervals around none, a row per comparison.

Belongs here: adjusted estimates, each with the crude one beside it. Does not belong
here: shares (``bars``).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import pandas as pd

from dagster_project.publication.page.charts.labels import (
    height,
    label_axis,
    legend,
    wrapped,
)
from dagster_project.publication.page.svg import Draw
from dagster_project.publication.palette import NAVY, OCHRE, SOFT

KINDS = ("adjusted", "crude")
"""An estimate, and what would be found without adjusting."""


@dataclass(frozen=True)
class Compared:
    """A difference, in the unit of the axis.

    Attributes:
        label: What is compared.
        adjusted, low, high: The estimate and its 95 % interval.
        crude: The unadjusted difference; None where it may not be shown.
    """

    label: str
    adjusted: float
    low: float
    high: float
    crude: float | None


def forest(rows: Sequence[Compared], title: str) -> Draw:
    """Draw each adjusted difference with its interval, and the crude one under it.

    Args:
        rows: From top to bottom.
        title: What the differences are, and in which unit.
    """

    def draw(width: int) -> alt.TopLevelMixin:
        labels = wrapped([row.label for row in rows], width)
        frame = pd.DataFrame(
            [
                (label, kind, at, row.low, row.high)
                for label, row in zip(labels, rows, strict=True)
                for kind, at in zip(KINDS, (row.adjusted, row.crude), strict=True)
                if at is not None
            ],
            columns=["label", "kind", "at", "low", "high"],
        )
        kinds = [kind for kind in KINDS if kind in set(frame["kind"])]
        base = alt.Chart(frame).encode(
            y=alt.Y(
                "label:N",
                title=None,
                sort=labels,
                axis=label_axis(),
                scale=alt.Scale(paddingInner=0.35),
            ),
            yOffset=alt.YOffset("kind:N", sort=list(KINDS)),
        )
        x = alt.X(
            "at:Q",
            title=title,
            scale=alt.Scale(padding=12),
            axis=alt.Axis(
                format="+d",
                tickCount=6,
                tickMinStep=1,
                labelExpr="datum.value ? datum.label : '0'",
            ),
        )
        none = (
            alt.Chart().mark_rule(color=SOFT, strokeDash=[4, 3]).encode(x=alt.XDatum(0))
        )
        interval = (
            base.transform_filter(f"datum.kind == '{KINDS[0]}'")
            .mark_rule(strokeWidth=3, color=NAVY, opacity=0.45)
            .encode(x=alt.X("low:Q", title=title), x2=alt.X2("high:Q"))
        )
        key = legend(kinds, width)
        points = base.mark_point(size=70, strokeWidth=2, filled=True, opacity=1).encode(
            x=x,
            shape=alt.Shape(
                "kind:N",
                title=None,
                legend=key,
                scale=alt.Scale(
                    domain=kinds, range=["circle", "diamond"][: len(kinds)]
                ),
            ),
            color=alt.Color(
                "kind:N",
                title=None,
                legend=key,
                scale=alt.Scale(domain=kinds, range=[NAVY, OCHRE][: len(kinds)]),
            ),
        )
        return alt.layer(none, interval, points).properties(
            width=width, height=height(labels, 34) + 80
        )

    return draw
