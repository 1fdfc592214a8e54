"""What follows an index intervention in 90 days: a curve per outcome.

Belongs here: curves of measure 24, each with the words "association, not effect". Does
not belong here: the adjusted comparison (``adjusted``), or estimating anything (the
mart ``outcome_incidence``).
"""

from dagster_project.publication.page import charts
from dagster_project.publication.page.described import describe
from dagster_project.publication.page.parts import Figure, Table, figure
from dagster_project.publication.page.rounding import (
    NOTHING,
    count_shown,
    share_drawn,
    share_shown,
)
from dagster_project.publication.page.source import Source, words

CAUTION = "Association, not effect."

INTERVENTION = "crisis_response"
"""The intervention shown; ``marts.outcome_incidence`` has the others."""
EVERYONE = "everyone"
"""In the table only: its curve begins a week before the others'."""
EVERY_DAYS = 10
"""Days between two points of a curve: a step of one day would single out people."""


def incidence(source: Source, outcome: str) -> str:
    """Return the curves of an outcome after the intervention shown, and their ends."""
    rows = source.rows(
        "select curves.exposure, curves.day, curves.incidence, tabled.n, "
        "tabled.n_outcomes, tabled.incidence as last, tabled.incidence_low as low, "
        "tabled.incidence_high as high, tabled.incidence_strict as strict, "
        "tabled.incidence_loose as loose, tabled.data_through "
        "from marts.outcome_incidence_curves as curves "
        "inner join marts.outcome_incidence as tabled "
        "using (intervention_type, exposure, outcome_type) "
        f"where intervention_type = '{INTERVENTION}' and outcome_type = '{outcome}' "
        f"and tabled.day = 90 and curves.day % {EVERY_DAYS} = 0 "
        "order by tabled.n desc, curves.exposure, curves.day"
    )
    ends = {row["exposure"]: row for row in rows}
    drawn = [
        (words(row["exposure"]), row["day"], share)
        for row in rows
        if _enough(row)
        and row["exposure"] != EVERYONE
        and (share := 0.0 if row["day"] == 0 else _grown(row)) is not None
    ]
    return figure(
        Figure(
            anchor=f"incidence-{outcome}".replace("_", "-"),
            title=f"{begun(outcome)} within 90 days of a crisis response",
            described=[describe(source.connection, "outcome_incidence")],
            basis=source.basis(
                max((row["n"] for row in rows), default=0),
                "index crises",
                max((row["data_through"] for row in rows), default=None),
                most=True,
            ),
            table=Table(
                caption=f"{begun(outcome)} by day 90, by who came by day 7. {CAUTION}",
                columns={
                    "exposure": "first week",
                    "incidence": "share by day 90",
                    "incidence_low": "95 % interval",
                    "incidence_strict": "strict links",
                    "incidence_loose": "loose links",
                    "n_outcomes": "with it",
                    "n": "n",
                },
                rows=[_end(name, row) for name, row in ends.items()],
            ),
            draw=charts.curves(drawn, "days since the first week", "share")
            if drawn
            else None,
            told=_told(ends),
            caution=CAUTION,
        )
    )


def begun(outcome: str) -> str:
    """Return an outcome in words, as a sentence begins."""
    text = " ".join(words(part) for part in outcome.split("_"))
    return text[0].upper() + text[1:]


def _enough(row: dict) -> bool:
    """Return whether a curve's last value may be shown, and so the curve."""
    return share_drawn(row["last"], row["n"]) is not None


def _grown(row: dict) -> float | None:
    """Return a curve's value on a day; None while it counts too few to be shown."""
    return share_drawn(row["incidence"], row["n"])


def _end(name: str, row: dict) -> list[str]:
    shown = _enough(row)
    ends = [
        share_shown(row[end], row["n"]) if shown else NOTHING for end in ("low", "high")
    ]
    return [
        words(name),
        share_shown(row["last"], row["n"]),
        NOTHING if NOTHING in ends else f"{ends[0]} to {ends[1]}",
        share_shown(row["strict"], row["n"]) if shown else NOTHING,
        share_shown(row["loose"], row["n"]) if shown else NOTHING,
        count_shown(row["n_outcomes"]),
        count_shown(row["n"]),
    ]


def _told(ends: dict) -> str:
    return "; ".join(
        f"{words(name)} {share_shown(row['last'], row['n'])}"
        for name, row in ends.items()
        if _enough(row)
    )
