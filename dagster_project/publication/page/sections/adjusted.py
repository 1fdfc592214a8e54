"""Outcomes with and without follow-up, of the same recorded history: a forest plot.

Belongs here: the adjusted comparison of measure 24 beside the crude one, with the words
"association, not effect". Does not belong here: curves (``incidence``), or estimating
anything (the mart ``adjusted_outcomes``).
"""

from dagster_project.publication.page import charts
from dagster_project.publication.page.described import describe
from dagster_project.publication.page.parts import Figure, Table, figure
from dagster_project.publication.page.rated import percent
from dagster_project.publication.page.rounding import (
    NOTHING,
    SHARE_FROM,
    count_shown,
    is_small,
    share_drawn,
)
from dagster_project.publication.page.sections.incidence import (
    CAUTION,
    INTERVENTION,
    begun,
)
from dagster_project.publication.page.source import Source, words

COMPARED = ("one_other_department", "several_other_departments")
"""Each compared with no follow-up yet; one and several apart."""


def adjusted(source: Source) -> str:
    """Return risks with and without follow-up, adjusted for the recorded history."""
    rows = source.rows(
        "select * from marts.adjusted_outcomes "
        f"where intervention_type = '{INTERVENTION}' and horizon_days = 90 "
        f"and exposure in {COMPARED} order by outcome_type, exposure"
    )
    drawn = [row for row in map(_drawn, rows) if row]
    return figure(
        Figure(
            anchor="adjusted-outcomes",
            title="Of the same recorded history: with and without follow-up",
            described=[describe(source.connection, "adjusted_outcomes")],
            basis=source.basis(
                max((row["n"] for row in rows), default=0),
                "index crises",
                max((row["data_through"] for row in rows), default=None),
                most=True,
            ),
            table=Table(
                caption=f"Adjusted risks by day 90, in points of a hundred. {CAUTION}",
                columns={
                    "outcome_type": "outcome and first week",
                    "risk_exposed": "with",
                    "risk_unexposed": "without",
                    "risk_difference": "difference",
                    "risk_difference_low": "95 % interval",
                    "naive_risk_difference": "crude difference",
                    "hazard_ratio": "hazard ratio",
                    "n_exposed": "followed up",
                    "n": "n",
                },
                rows=[_tabled(row) for row in rows],
            ),
            draw=charts.forest(drawn, "difference in points by day 90")
            if drawn
            else None,
            told="; ".join(
                f"{row.label}: {_points(row.adjusted)}, "
                f"{_points(row.low)} to {_points(row.high)}"
                for row in drawn
            ),
            caution=f"{CAUTION} Adjusted for what was recorded before; what was not "
            "recorded is not adjusted for. The crude difference is there to show how "
            "far it misleads.",
        )
    )


def is_hidden(row: dict) -> bool:
    """Return whether a comparison counts too few, or has no estimate."""
    few = is_small(row["n_outcomes_exposed"]) or row["n_exposed"] < SHARE_FROM
    return few or row["risk_difference"] is None


def crude(row: dict) -> int | None:
    """Return the unadjusted difference in points; None where it may not be shown.

    It is a plain difference of two shares of people, so of shares as they are shown:
    the exact one would give counts away that are rounded elsewhere.
    """
    if is_hidden(row):
        return None
    ends = [
        share_drawn(row["naive_risk_exposed"], row["n_exposed"]),
        share_drawn(row["naive_risk_unexposed"], row["n"] - row["n_exposed"]),
    ]
    return None if None in ends else round(100 * (ends[0] - ends[1]))


def _label(row: dict) -> str:
    return f"{begun(row['outcome_type'])} · {words(row['exposure'])}"


def _drawn(row: dict) -> charts.Compared | None:
    ends = [row[f"risk_difference{end}"] for end in ("", "_low", "_high")]
    if is_hidden(row) or None in ends:
        return None
    at, low, high = (round(100 * end) for end in ends)
    label = f"{_label(row)}, n {count_shown(row['n_exposed'])}"
    return charts.Compared(label, at, low, high, crude(row))


def _points(value: float | None) -> str:
    """Return whole points with their sign."""
    if value is None:
        return NOTHING
    return f"{value:+d}".replace("-", "\u2212") if value else "0"


def _tabled(row: dict) -> list[str]:
    hidden = is_hidden(row)

    def points(column: str) -> str:
        value = None if hidden else row[column]
        return NOTHING if value is None else _points(round(100 * value))

    low, high = points("risk_difference_low"), points("risk_difference_high")
    ratio = None if hidden else row["hazard_ratio"]
    return [
        _label(row),
        NOTHING if hidden else percent(row["risk_exposed"]),
        NOTHING if hidden else percent(row["risk_unexposed"]),
        points("risk_difference"),
        NOTHING if NOTHING in (low, high) else f"{low} to {high}",
        _points(crude(row)),
        NOTHING if ratio is None else f"{ratio:.1f}",
        count_shown(row["n_exposed"]),
        count_shown(row["n"]),
    ]
