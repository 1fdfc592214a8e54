"""The trend of what each feed delivers, drawn by Vega-Lite; no script, no network.

Belongs here: the chart and its two forms. Does not belong here: the figures
(``departments.overview``).
"""

import base64
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import vl_convert

from dagster_project.publication.palette import BLUE, GREY, NAVY, OCHRE

WIDTH, HEIGHT = 560, 44
"""Pixels per feed: seven of them fit one screen, and a phone held sideways."""
BECAME = ("taken", "with rows in quarantine", "refused")


def trend_chart(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the Vega-Lite specification of rows per delivery, a strip per feed."""
    if not rows:
        return None
    frame = pd.DataFrame(rows)
    base = alt.Chart(frame).encode(
        x=alt.X("moment:T", title=None),
        y=alt.Y(
            "rows:Q",
            title=None,
            scale=alt.Scale(type="sqrt"),
            axis=alt.Axis(tickCount=2),
        ),
    )
    points = base.mark_point(filled=True, size=28, opacity=1).encode(
        color=alt.Color(
            "became:N",
            title=None,
            scale=alt.Scale(domain=list(BECAME), range=[NAVY, BLUE, OCHRE]),
            legend=alt.Legend(orient="top"),
        ),
    )
    line = base.mark_line(strokeWidth=1, color=GREY).transform_filter(
        "datum.became != 'refused'"
    )
    strips = (
        alt.layer(line, points)
        .properties(width=WIDTH, height=HEIGHT)
        .facet(row=alt.Row("feed:N", title=None, header=alt.Header(labelAngle=0)))
        .resolve_scale(y="independent")
        .properties(title="Rows per delivery, full exports left out")
    )
    return strips.to_dict()


def write(chart: dict[str, Any], target: Path) -> None:
    """Put a chart in place as SVG, by one rename."""
    fresh = target.with_name(target.name + ".tmp")
    svg = vl_convert.vegalite_to_svg(chart, vl_version="6.4")
    fresh.write_text(svg, encoding="utf-8")
    fresh.replace(target)


def as_markdown(chart: dict[str, Any] | None) -> str:
    """Return a chart as a picture inside markdown, as the Dagster UI shows it."""
    if chart is None:
        return "Nothing to draw yet."
    picture = vl_convert.vegalite_to_png(chart, vl_version="6.4")
    text = base64.b64encode(picture).decode()
    return f"![rows per delivery](data:image/png;base64,{text})"
