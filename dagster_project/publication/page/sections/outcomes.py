"""The third question: outcomes after interventions. Association, not effect.

Belongs here: the section, HUD's measures of exits, hospital use. Does not belong here:
what follows an index intervention in 90 days (``incidence``, ``adjusted``).
"""

from dagster_project.publication.page.described import describe
from dagster_project.publication.page.parts import Figure, Table, figure, section
from dagster_project.publication.page.rated import Rated, rate_figure
from dagster_project.publication.page.rounding import (
    NOTHING,
    SHARE_FROM,
    count_shown,
)
from dagster_project.publication.page.sections.adjusted import adjusted
from dagster_project.publication.page.sections.incidence import (
    CAUTION,
    INTERVENTION,
    incidence,
)
from dagster_project.publication.page.source import Source, words

TITLE = "Which outcomes follow interventions, above all those of several departments?"
VISITS_FROM = 100
"""Visits below which no rate is shown: two decimals would count them."""

RATED = (
    Rated(
        table="repeat_crisis_30d",
        title="Crises that come back within 30 days",
        unit="index crises",
        by=["index_year", "outcome"],
        share="of index crises old enough",
        yearly=False,
        order="index_year desc",
    ),
    Rated(
        table="moud_starts_30d",
        title="MOUD starts within 30 days of an overdose",
        unit="index overdoses",
        by=["index_year"],
        share="of index overdoses old enough",
        yearly=False,
        order="index_year desc",
        caution="Observed starts: a lower bound.",
    ),
    Rated(
        table="exits_to_permanent_housing",
        title="Where people who left street outreach went, last 12 months",
        unit="leavers",
        by=["destination"],
        share="of leavers less those excluded",
        where="period_ends_on = (select max(period_ends_on) "
        "from marts.exits_to_permanent_housing)",
        yearly=False,
    ),
    Rated(
        table="returns_to_homelessness",
        title="Returns to homelessness, days after an exit to permanent housing",
        unit="people who left for housing",
        by=["returned_in_days"],
        share="of those who left for housing",
        where="project_type = 'all' and exit_cohort = 'look_back'",
        yearly=False,
        order="returned_in_days",
    ),
)


def outcomes(source: Source) -> str:
    """Return the section: curves, the adjusted comparison, then HUD's measures."""
    kinds = [
        row["outcome_type"]
        for row in source.rows(
            "select distinct outcome_type from marts.outcome_incidence "
            f"where intervention_type = '{INTERVENTION}' order by outcome_type"
        )
    ]
    return section(
        "outcomes",
        TITLE,
        f"After {words(INTERVENTION)}: what followed in 90 days, by who had come "
        "in the first week. Whoever is followed up differs from whoever is not.",
        *(incidence(source, kind) for kind in kinds),
        adjusted(source),
        *(rate_figure(source, rated) for rated in RATED),
        _hospital(source),
    )


def _hospital(source: Source) -> str:
    rows = source.rows(
        "select * from marts.hospital_use_before_after "
        "order by contact_kind, reach desc, side desc"
    )

    def visits(row: dict, end: str = "") -> str:
        if row["n_visits"] < VISITS_FROM or row["n_persons"] < SHARE_FROM:
            return NOTHING
        return f"{row[f'visits_per_month{end}']:.2f}"

    def interval(row: dict) -> str:
        low, high = visits(row, "_low"), visits(row, "_high")
        return NOTHING if NOTHING in (low, high) else f"{low} to {high}"

    return figure(
        Figure(
            anchor="hospital-use",
            title="Hospital visits per person and month, before and after",
            described=[describe(source.connection, "hospital_use_before_after")],
            basis=source.basis(
                max((row["n_persons"] for row in rows), default=0),
                "people",
                max((row["data_through"] for row in rows), default=None),
                most=True,
            ),
            table=Table(
                caption="Hospital visits per person and month, six months each side of "
                f"the first contact of a kind. {CAUTION}",
                columns={
                    "contact_kind": "contact, reach and side",
                    "visits_per_month": "visits",
                    "visits_per_month_low": "95 % interval",
                    "visits_per_month_strict": "strict links",
                    "visits_per_month_loose": "loose links",
                    "n_persons": "people",
                },
                rows=[
                    [
                        " · ".join(
                            words(row[name])
                            for name in ("contact_kind", "reach", "side")
                        ),
                        visits(row),
                        interval(row),
                        visits(row, "_strict"),
                        visits(row, "_loose"),
                        count_shown(row["n_persons"]),
                    ]
                    for row in rows
                ],
            ),
            caution=f"{CAUTION} People are reached when things are worst; read it "
            "beside those not reached yet.",
        )
    )
