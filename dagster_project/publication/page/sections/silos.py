"""What not sharing costs: what a department cannot see alone.

Belongs here: figures of ``marts.cost_of_silos`` and its parts. Does not belong here:
whether records can be linked at all (``linking``).
"""

from dagster_project.publication.page import charts
from dagster_project.publication.page.described import describe
from dagster_project.publication.page.parts import Figure, Table, figure, section
from dagster_project.publication.page.rated import Rated, rate_figure
from dagster_project.publication.page.rounding import count_drawn, count_shown
from dagster_project.publication.page.source import Source, words

TITLE = "What does not sharing cost?"

RATED = (
    Rated(
        table="silo_clients_known_elsewhere",
        title="A department's clients whom others meet too",
        unit="clients",
        by=["department", "other_department"],
        share="of the department's clients",
        yearly=False,
        order="department, numerator desc",
    ),
    Rated(
        table="silo_outcomes_recorded_elsewhere",
        title="Outcomes of a department's interventions that only others recorded",
        unit="outcomes",
        by=["department", "outcome_type"],
        share="of the outcomes",
        yearly=False,
        order="department, numerator desc",
    ),
    Rated(
        table="silo_offers_repeated",
        title="Offers that another department saw refused in the 30 days before",
        unit="offers",
        by=["department", "service_type"],
        share="of the department's offers",
        yearly=False,
        order="department, numerator desc",
    ),
    Rated(
        table="silo_crises_after_promise",
        title="Crises of people to whom another department had promised something",
        unit="crises",
        by=["department"],
        share="of the crises met",
        yearly=False,
        order="department",
    ),
)


def silos(source: Source) -> str:
    """Return the section: the summary, then each cost by department."""
    return section(
        "silos",
        TITLE,
        "What each department sees alone, and what there is when records are linked.",
        _summary(source),
        *(rate_figure(source, rated) for rated in RATED),
    )


def _summary(source: Source) -> str:
    """Return seen alone and hidden by department and cost."""
    rows = source.rows(
        "select * from marts.cost_of_silos order by silo_cost, department"
    )
    named = [(f"{words(r['department'])} · {words(r['silo_cost'])}", r) for r in rows]
    parts = {"n_seen_alone": "seen alone", "n_hidden": "seen only when linked"}
    return figure(
        Figure(
            anchor="cost-of-silos",
            title="Seen alone, and seen only when records are linked",
            described=[describe(source.connection, "cost_of_silos")],
            basis=source.basis(
                max((row["n_seen_linked"] for row in rows), default=0),
                "of one kind",
                max((row["data_through"] for row in rows), default=None),
                most=True,
            ),
            table=Table(
                caption="The cost of not sharing, by department.",
                columns={"silo_cost": "department and cost", "unit_seen": "counted"}
                | parts
                | {"n_seen_linked": "in all", "person_days": "days of people's lives"},
                rows=[
                    [
                        name,
                        words(row["unit_seen"]),
                        *(count_shown(row[part]) for part in parts),
                        count_shown(row["n_seen_linked"]),
                        _days(row),
                    ]
                    for name, row in named
                ],
            ),
            draw=charts.stacked(
                [
                    (name, heading, drawn)
                    for name, row in named
                    for part, heading in parts.items()
                    if (drawn := count_drawn(row[part]))
                ],
                list(parts.values()),
                "counted",
            ),
            told="For each department: what it sees alone, and what it would see.",
            open=False,
        )
    )


def _days(row: dict) -> str:
    """Return person-days, which are of few people where what is hidden is few."""
    return (
        count_shown(row["n_hidden"])
        if count_drawn(row["n_hidden"]) is None
        else count_shown(row["person_days"])
    )
