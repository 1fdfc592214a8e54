"""A matrix: who met the same people as whom.

Belongs here: cells with their figure written in. Does not belong here: bars, time.
"""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from dagster_project.publication.page.charts.labels import PHONE
from dagster_project.publication.page.svg import Draw
from dagster_project.publication.palette import HEAT, HEAT_DARK, INK, PAPER


def matrix(
    rows: Sequence[tuple[str, str, float | None, str]], across: str, down: str
) -> Draw:
    """Draw a table of cells, darker for more, each with its figure written in.

    Args:
        rows: Row, column, figure for the shade (None where hidden), text.
        across: What the columns are.
        down: What the rows are.
    """

    def draw(width: int) -> alt.TopLevelMixin:
        frame = pd.DataFrame(rows, columns=["down", "across", "figure", "text"])
        top = frame["figure"].max() or 1
        shades = len(HEAT)
        frame["shade"] = [
            0 if pd.isna(v) else min(shades - 1, int(shades * v / top))
            for v in frame["figure"]
        ]
        n_down, n_across = frame["down"].nunique(), frame["across"].nunique()
        base = alt.Chart(frame).encode(
            x=alt.X(
                "across:N",
                title=across,
                sort=None,
                axis=alt.Axis(orient="top", labelAngle=-60 if n_across > 6 else 0),
            ),
            y=alt.Y("down:N", title=down, sort=None),
        )
        cells = base.mark_rect(stroke=PAPER, strokeWidth=2).encode(
            color=alt.Color(
                "shade:O",
                legend=None,
                scale=alt.Scale(domain=list(range(shades)), range=list(HEAT)),
            )
        )
        words = base.mark_text(
            fontSize=12 if width >= PHONE or n_across <= 6 else 8
        ).encode(
            text=alt.Text("text:N"),
            color=alt.ColorValue(
                INK,
                condition={"test": f"datum.shade >= {HEAT_DARK}", "value": PAPER},
            ),
        )
        return alt.layer(cells, words).properties(
            width=width, height=30 * n_down + (110 if n_across > 6 else 50)
        )

    return draw
