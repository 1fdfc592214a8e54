"""Coordination: what one department does after another, and where it fails.

Belongs here: hand-offs, follow-ups, lags, repeated offers. Does not belong here: what
came of it (``outcomes``), what cannot be seen alone (``silos``).
"""

from dagster_project.publication.page import charts
from dagster_project.publication.page.described import describe
from dagster_project.publication.page.parts import Figure, Table, figure, section
from dagster_project.publication.page.rated import Rated, rate_figure
from dagster_project.publication.page.rounding import (
    NOTHING,
    SHARE_FROM,
    count_shown,
    share_drawn,
    share_shown,
)
from dagster_project.publication.page.source import Source, words

TITLE = "Where does coordination work, and where does it fail?"

RATED = (
    Rated(
        table="warm_handoffs",
        title="Referrals that ended in a meeting within 7 days",
        unit="referrals",
        by=["from_department", "to_department"],
        share="of referrals old enough",
        where="within_days = 7",
        yearly=False,
    ),
    Rated(
        table="subsequent_contacts",
        title="Contacts followed by another department within 7 days",
        unit="contacts",
        by=["from_department", "to_department"],
        share="of contacts old enough",
        where="within_days = 7",
        yearly=False,
        caution="Whoever sent for whom: a later contact is no proof of a hand-off.",
    ),
    Rated(
        table="overdose_follow_up_72h",
        title="Overdoses followed up within 72 hours",
        unit="overdoses",
        by=["index_year", "followed_up_by"],
        share="of eligible overdoses",
        yearly=False,
        order="index_year desc",
    ),
    Rated(
        table="duplicated_offers",
        title="Offers that another department had made in the 7 days before",
        unit="offers",
        by=["department", "service_type"],
        share="of the department's offers",
        where="within_days = 7",
        yearly=False,
    ),
)


def coordination(source: Source) -> str:
    """Return the section: referrals and follow-ups, then how long they take."""
    return section(
        "coordination",
        TITLE,
        "A referral is kept when the department referred to meets the person. Where no "
        "referral is recorded, only the order of contacts is known.",
        *(rate_figure(source, rated) for rated in RATED[:3]),
        _lag(source),
        rate_figure(source, RATED[3]),
    )


def _lag(source: Source) -> str:
    """Return how long it takes until the other department meets the person."""
    rows = source.rows(
        "select * from marts.coordination_lag where unit_kind = 'department' "
        "order by from_unit, to_unit"
    )
    units = list(dict.fromkeys(row["from_unit"] for row in rows))
    found = {(row["from_unit"], row["to_unit"]): row for row in rows}
    cells = []
    for one in units:
        for other in units:
            row = found.get((one, other))
            share = _share(row) if row else None
            cells.append(
                (
                    words(one),
                    words(other),
                    _drawn(row) if row else None,
                    share or "",
                )
            )
    return figure(
        Figure(
            anchor="coordination-lag",
            title="How soon another department meets the person, within 30 days",
            described=[describe(source.connection, "coordination_lag")],
            basis=source.basis(
                max((row["n_contacts"] for row in rows), default=0),
                "contacts",
                max((row["data_through"] for row in rows), default=None),
                most=True,
            ),
            table=Table(
                caption="Days until the next contact of the other department. No "
                "figure: so few are met within 30 days.",
                columns={
                    "from_unit": "from and to",
                    "share_within_30d": "met within 30 days",
                    "p25_days": "a quarter within, days",
                    "median_days": "half within, days",
                    "n_contacts": "contacts",
                    "n_pairs": "followed",
                },
                rows=[_row(row) for row in rows],
            ),
            draw=charts.matrix(cells, "then met by", "met by") if rows else None,
            told="The share of contacts that the department of the column followed up "
            "within 30 days.",
            caution="A short gap is no proof of a hand-off.",
        )
    )


def _drawn(row: dict) -> float | None:
    """Return the share by which a cell is shaded: of rounded counts, as it is told."""
    return share_drawn(row["share_within_30d"], row["n_contacts"])


def _share(row: dict) -> str:
    return share_shown(row["share_within_30d"], row["n_contacts"])


def _row(row: dict) -> list[str]:
    enough = row["n_contacts"] >= SHARE_FROM and _share(row) != NOTHING
    days = [
        f"{row[name]:,.0f}" if enough and row[name] is not None else NOTHING
        for name in ("p25_days", "median_days")
    ]
    return [
        f"{words(row['from_unit'])} → {words(row['to_unit'])}",
        _share(row),
        *days,
        count_shown(row["n_contacts"]),
        count_shown(row["n_pairs"]),
    ]
