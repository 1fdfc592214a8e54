"""One picture per question, drawn by Vega-Lite to SVG; no script, no network.

Belongs here: chart specifications. Does not belong here: any figure's computation.
Colours are Okabe and Ito's, told apart by colour-blind readers (jfly, 2008).
"""

import altair as alt
import pyarrow as pa
import vl_convert

OKABE_ITO = ("#0072B2", "#D55E00", "#999999", "#E69F00", "#56B4E9", "#CC79A7")
WIDTH = 560
"""Pixels; fits a phone in landscape and half a printed page."""


def draw(question: str, table: pa.Table) -> str:
    """Return the picture of an answer as SVG, or ``""`` when there is nothing to draw.

    Args:
        question: Name of the question (``services``, ``departments``, ``outcomes``).
        table: Its answer.
    """
    if table.num_rows == 0:
        return ""
    chart = {
        "services": _services,
        "departments": _departments,
        "outcomes": _outcomes,
    }[question](table.to_pandas())
    svg = vl_convert.vegalite_to_svg(chart.to_json(), vl_version="6.4")
    return svg[svg.index("<svg") :]


def _services(rows) -> alt.Chart:
    """Stacked bars: what became of each service's offers and wants."""
    states = {
        "n_accepted": "accepted",
        "n_declined": "declined",
        "n_not_fulfilled": "not fulfilled",
        "n_no_capacity": "no capacity",
        "n_pending": "pending",
        "n_unknown": "unknown",
    }
    long = rows.melt(
        id_vars="service_type",
        value_vars=list(states),
        var_name="state",
        value_name="n",
    )
    long["state"] = long["state"].map(states)
    long["service_type"] = long["service_type"].str.replace("_", " ")
    return (
        alt.Chart(long)
        .mark_bar()
        .encode(
            y=alt.Y("service_type:N", title=None, sort="-x"),
            x=alt.X("n:Q", title="offers and unmet wants"),
            color=alt.Color(
                "state:N",
                title=None,
                scale=alt.Scale(domain=list(states.values()), range=list(OKABE_ITO)),
            ),
        )
        .properties(width=WIDTH)
    )


def _departments(rows) -> alt.Chart:
    """Bars: persons by the number of departments that met them."""
    known = rows[rows["measure"].str.startswith("persons")]
    return (
        alt.Chart(known)
        .mark_bar(color=OKABE_ITO[0])
        .encode(
            y=alt.Y("measure:N", title=None, sort=None, axis=alt.Axis(labelLimit=260)),
            x=alt.X("n:Q", title="persons"),
        )
        .properties(width=WIDTH)
    )


def _outcomes(rows) -> alt.Chart:
    """Paired bars: share with each outcome by what happened in the first week."""
    rows = rows.assign(outcome=rows["outcome_type"].str.replace("_", " "))
    return (
        alt.Chart(rows)
        .mark_bar()
        .encode(
            y=alt.Y("outcome:N", title=None, axis=alt.Axis(labelLimit=260)),
            yOffset="first_week:N",
            x=alt.X(
                "outcome_share:Q",
                title="share within 90 days",
                axis=alt.Axis(format="%"),
            ),
            color=alt.Color(
                "first_week:N",
                title=None,
                scale=alt.Scale(range=[OKABE_ITO[1], OKABE_ITO[0]]),
            ),
        )
        .properties(width=WIDTH)
    )
