"""Charts as inline SVG that a browser shows and a screen reader speaks.

Belongs here: the way from a Vega-Lite chart to SVG text in two widths, and its text
alternative. Does not belong here: what is drawn (``charts``).

Vega-Lite draws at build time (``vl_convert``), so the page holds no script. A chart is
drawn twice, for a phone and for anything wider; the style sheet shows one of them and
hides the other from everybody, screen readers included.
"""

import html
import re
from collections.abc import Callable

import altair as alt
import vl_convert
from altair.utils.schemapi import debug_mode

from dagster_project.publication.palette import INK, LINE, SOFT

WIDE = 640
"""Pixels; a text column of a tablet, and of a printed page."""
NARROW = 288
"""Pixels; what a phone of 320 leaves between its margins."""

FONT = "Arial, Helvetica, 'Liberation Sans', sans-serif"
"""Faces of one width (metric-compatible), so labels fit as they were measured."""

MARGIN = {"left": 16, "right": 12, "top": 4, "bottom": 4}
"""Pixels around a picture, for a reader whose letters are wider than those measured."""

CONFIG = alt.Config(
    font=FONT,
    background="transparent",
    view=alt.ViewConfig(stroke=None),
    axis=alt.AxisConfig(
        labelColor=INK,
        titleColor=SOFT,
        titleFontWeight="normal",
        labelFontSize=12,
        titleFontSize=12,
        gridColor=LINE,
        domainColor=LINE,
        tickColor=LINE,
        labelLimit=400,
    ),
    legend=alt.LegendConfig(
        labelColor=INK,
        labelFontSize=12,
        labelLimit=260,
        symbolSize=90,
        columnPadding=16,
    ),
    header=alt.HeaderConfig(labelColor=INK, labelFontSize=12),
)

Draw = Callable[[int], alt.TopLevelMixin]
"""From a width in pixels to a chart of that width, axes included."""


def picture(name: str, title: str, told: str, draw: Draw) -> str:
    """Return a chart as two SVGs, of which the reader sees the one that fits.

    Args:
        name: A name for the ids inside; unique on the page.
        title: What the picture shows, for a screen reader and on hover.
        told: What can be seen in it, in a sentence.
        draw: Draws it at a width.
    """
    # Checking each chart against Vega-Lite's schema is half of the time; tests do it.
    with debug_mode(False):
        return "".join(
            f'<div class="{size}">{_inline(draw(width), f"{name}-{size}", title, told)}'
            "</div>"
            for size, width in (("wide", WIDE), ("narrow", NARROW))
        )


def _inline(chart: alt.TopLevelMixin, name: str, title: str, told: str) -> str:
    """Return one chart as SVG with a title, a description and ids of its own."""
    spec = chart.configure(
        **CONFIG.to_dict(),
        autosize=alt.AutoSizeParams(type="fit", contains="padding"),
        padding=MARGIN,
    ).to_dict(validate=False)
    drawn = vl_convert.vegalite_to_svg(spec, vl_version="6.4")
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawn)
    inside = drawn[drawn.index(">", drawn.index("<svg")) + 1 : drawn.rindex("</svg>")]
    # Vega describes every mark and axis; under role="img" only noise is left of it.
    inside = re.sub(r' (?:role|class|aria-[a-z]+|pointer-events)="[^"]*"', "", inside)
    inside = re.sub(
        r"<path d=\"M0,0h0v0h0Z\"/>|<path d=\"\" display=\"none\"/>", "", inside
    )
    inside = re.sub(r"\d+\.\d{3,}", lambda number: f"{float(number[0]):.2f}", inside)
    inside = inside.replace('id="clip', f'id="{name}-clip')
    inside = inside.replace("url(#clip", f"url(#{name}-clip")
    return (
        f'<svg role="img" aria-labelledby="{name}-t {name}-d" '
        f'viewBox="0 0 {size[1]} {size[2]}" width="{size[1]}" height="{size[2]}" '
        f'xmlns="http://www.w3.org/2000/svg"><title id="{name}-t">'
        f'{html.escape(title)}</title><desc id="{name}-d">{html.escape(told)}</desc>'
        f"{inside}</svg>"
    )
