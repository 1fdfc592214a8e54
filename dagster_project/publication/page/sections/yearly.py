"""The yearly report of San Francisco Administrative Code §20.11-2: shelter by type.

Belongs here: the report's table and its pictures. Does not belong here: its counting
(``marts.shelter_offers_by_type``).
"""

from dagster_project.publication.page import charts
from dagster_project.publication.page.described import describe
from dagster_project.publication.page.parts import Figure, Table, figure, section
from dagster_project.publication.page.rounding import (
    count_drawn,
    count_shown,
    share_shown,
)
from dagster_project.publication.page.source import Source, words

TITLE = "The yearly report: shelter offered, refused and not to be had, by type"
COUNTS = {
    "n_offered": "offered",
    "n_accepted": "accepted",
    "n_declined": "rejected",
    "n_not_fulfilled": "not fulfilled",
    "n_no_capacity": "requested, not available",
}
PARTS = {name: words for name, words in COUNTS.items() if name != "n_offered"}
SHARES = {
    "share_of_offers": ("of all offered", "n_year"),
    "share_declined": ("rejected, of offered", "n_offered"),
    "share_of_declined": ("of all rejected", "n_declined_year"),
}
"""Column, heading, and the column that counts what it is a share of."""


def yearly(source: Source) -> str:
    """Return the section: a row per calendar year and type, the newest year first."""
    described = describe(source.connection, "shelter_offers_by_type")
    rows = source.rows(
        "select *, sum(n_offered) over (partition by offer_year) as n_year, "
        "sum(n_declined) over (partition by offer_year) as n_declined_year, "
        "offer_year = year(data_through) as is_going_on "
        "from marts.shelter_offers_by_type "
        "order by offer_year desc, n_offered desc, shelter_type"
    )
    shown = figure(
        Figure(
            anchor="shelter-offers-by-type",
            title="Shelter by year and type",
            described=[described],
            basis=source.basis(
                sum(row["n_offered"] for row in rows),
                "offers",
                max((row["data_through"] for row in rows), default=None),
            ),
            table=Table(
                caption="Shelter by year and type, as Administrative Code §20.11-2 "
                "asks.",
                columns={"shelter_type": "year and type of shelter"}
                | COUNTS
                | {name: heading for name, (heading, _) in SHARES.items()},
                rows=[_row(row) for row in rows],
            ),
            draw=charts.stacked(
                [
                    (_label(row), heading, drawn)
                    for row in rows
                    for name, heading in PARTS.items()
                    if (drawn := count_drawn(row[name]))
                ],
                list(PARTS.values()),
                "offers and requests",
            ),
            told="A bar for each year and type of shelter: offers accepted, rejected "
            "and not fulfilled, then requests for which there was no shelter.",
            open=True,
        )
    )
    return section(
        "yearly",
        TITLE,
        "The Department of Emergency Management reports each year how much shelter was "
        "offered, how much of it was rejected, and what was asked for in vain, each by "
        "type of shelter. A shortage is no refusal.",
        shown,
    )


def _row(row: dict) -> list[str]:
    return [
        _label(row),
        *(count_shown(row[name]) for name in COUNTS),
        *(share_shown(row[name], row[of]) for name, (_, of) in SHARES.items()),
    ]


def _label(row: dict) -> str:
    so_far = " so far" if row["is_going_on"] else ""
    return f"{row['offer_year']}{so_far} · {words(row['shelter_type'])}"
