"""The account of a pair of records as a waterfall, drawn by Vega-Lite; no network.

Belongs here: the chart and the page around it. Does not belong here: any figure's
computation (``explain``). No value of a record is ever drawn, nor its id.
Colours are Okabe and Ito's, told apart by colour-blind readers (jfly, 2008).
"""

import altair as alt
import pandas as pd
import vl_convert

from dagster_project.linkage.explain import Explained
from dagster_project.linkage.explain_words import (
    WHY_TWO_FIGURES,
    percent,
    stated,
    verdict,
)

COLOURS = {"for": "#0072B2", "against": "#D55E00", "so far": "#999999"}
WIDTH = 480
STEP = 22
"""Pixels per bar."""

VL_VERSION = "6.4"

AXIS = "evidence in bits, to the right for one person"

FORMATS = (".html", ".svg", ".png")


def bars(explained: Explained) -> list[dict]:
    """Return one row per bar: words, where it begins and ends, in bits."""
    rows: list[dict] = []
    total = 0.0

    def add(words: str, bits: float) -> None:
        nonlocal total
        side = "for" if bits >= 0 else "against"
        rows.append(
            {
                "words": words,
                "begin": total,
                "end": total + bits,
                "side": side,
                "bits": f"{bits:+.1f}",
            }
        )
        total += bits

    add("before anything is compared", explained.prior)
    for part in explained.comparisons:
        add(part.words, part.bits)
        if part.rarity_bits:
            add(f"{part.words}: how common the value is", part.rarity_bits)
    add("or two people of one home", explained.household)
    rows.append(
        {
            "words": "all evidence: the match weight",
            "begin": 0.0,
            "end": total,
            "side": "so far",
            "bits": f"{total:+.1f}",
        }
    )
    return rows


def waterfall(explained: Explained) -> alt.LayerChart:
    """Return the chart."""
    frame = pd.DataFrame(bars(explained))
    frame["right"] = frame[["begin", "end"]].max(axis=1)
    rows = alt.Y(
        "words:N", sort=None, title=None, axis=alt.Axis(labelLimit=380, ticks=False)
    )
    base = alt.Chart(frame)
    shapes = base.mark_bar(height=STEP - 8).encode(
        y=rows,
        x=alt.X("begin:Q", title=AXIS),
        x2="end:Q",
        color=alt.Color(
            "side:N",
            title=None,
            legend=None,
            scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())),
        ),
    )
    labels = base.mark_text(align="left", dx=4).encode(
        y=rows, x="right:Q", text="bits:N"
    )
    zero = (
        alt.Chart(pd.DataFrame({"x": [0.0]})).mark_rule(color="#444444").encode(x="x:Q")
    )
    title = alt.TitleParams(
        "Are two records one person?",
        subtitle=[
            f"Stated probability {percent(explained.probability)}: of pairs of as many "
            "bits so many are,",
            "as the people of the table were found that the model learnt from.",
        ],
    )
    return (shapes + labels + zero).properties(
        width=WIDTH, height=alt.Step(STEP), title=title
    )


def draw(explained: Explained, form: str) -> bytes:
    """Return the picture as ``.html``, ``.svg`` or ``.png``."""
    spec = waterfall(explained).to_json()
    if form == ".png":
        return vl_convert.vegalite_to_png(spec, vl_version=VL_VERSION, scale=2)
    svg = vl_convert.vegalite_to_svg(spec, vl_version=VL_VERSION)
    if form == ".svg":
        return svg.encode()
    return _page(svg[svg.index("<svg") :], explained).encode()


def _page(svg: str, explained: Explained) -> str:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Why two records are one person, or are not</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem;
  padding: 0 1rem; }}
svg {{ max-width: 100%; height: auto; }}
</style>
</head>
<body>
<h1>Why two records are one person, or are not</h1>
<p>{verdict(explained)}</p>
<p>{stated(explained)}</p>
{svg}
<p>Each bar is one comparison. Blue speaks for one person, orange against.
{WHY_TWO_FIGURES}</p>
</body>
</html>
"""
