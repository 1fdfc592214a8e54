"""The first question: services offered, accepted, refused, or not to be had.

Belongs here: what became of offers, and why not. Does not belong here: the yearly
report of shelter (``yearly``).
"""

from dagster_project.publication.page import charts
from dagster_project.publication.page.described import describe
from dagster_project.publication.page.parts import Figure, Table, figure, section
from dagster_project.publication.page.rated import Rated, rate_figure
from dagster_project.publication.page.rounding import (
    NOTHING,
    SHARE_FROM,
    count_drawn,
    count_shown,
)
from dagster_project.publication.page.source import Source, words

TITLE = "Which services are offered, accepted, refused, or not to be had?"

ALL = "scope_kind = 'all'"
BY_SERVICE = (
    Rated(
        table="offer_acceptance",
        title="Offers accepted, by service",
        unit="offers",
        by=["service_type"],
        share="of offers with a known result",
        where=ALL,
    ),
    Rated(
        table="client_declines",
        title="Offers the client declined, by service",
        unit="offers",
        by=["service_type"],
        share="of offers with a known result",
        where=ALL,
    ),
    Rated(
        table="unmet_requests",
        title="Asked for and not to be had, by service",
        unit="offers and requests",
        by=["service_type"],
        share="of offers and requests in vain",
        where=f"{ALL} and denominator_kind = 'requests' and service_kind = 'service'",
        caution="A shortage is nobody's refusal.",
    ),
    Rated(
        table="offer_rate",
        title="Contacts at which shelter is offered, by team",
        unit="contacts",
        by=["department", "team_code"],
        share="of contacts that say so",
        where="scope_kind = 'team' and service_type = 'shelter' "
        "and team_code is not null",
    ),
    Rated(
        table="offer_fulfilment",
        title="Accepted offers that led to the service",
        unit="accepted offers",
        by=["service_type"],
        share="of accepted offers, old enough",
        where=ALL,
    ),
    Rated(
        table="offers_until_acceptance",
        title="Shelter: who accepts after how many offers before",
        unit="people",
        by=["n_prior_offers"],
        share="of those who had not accepted yet",
        where="service_type = 'shelter' and n_prior_offers <= 5",
        yearly=False,
        order="n_prior_offers",
    ),
    Rated(
        table="decline_reasons",
        title="Why clients decline shelter",
        unit="declined offers",
        by=["decline_reason"],
        share="of declines with a reason",
        where=f"{ALL} and service_type = 'shelter' and decline_reason is not null",
        order="numerator desc",
    ),
    Rated(
        table="no_contact_made",
        title="Responses that found nobody",
        unit="responses",
        by=["code_set", "team_code"],
        share="of responses",
        where="scope_kind = 'team'",
    ),
)


def services(source: Source) -> str:
    """Return the section: work and people by team, then what became of offers."""
    return section(
        "services",
        TITLE,
        "What the teams did, whom they reached, and what became of what they offered. "
        "Accepted, declined, not fulfilled, not to be had and not known are five "
        "different things.",
        _reach(source),
        *(rate_figure(source, rated) for rated in BY_SERVICE),
        _wait(source),
    )


def _reach(source: Source) -> str:
    """Return contacts made and people met by team."""
    period, when = source.period("people_served")
    rows = source.rows(
        "select department, team_code, n_people, n_people_strict, n_people_loose, "
        "n_contacts, data_through from marts.people_served "
        f"where scope_kind = 'team' and {period} and team_code is not null "
        "order by n_people desc, department, team_code"
    )
    named = [(f"{words(r['department'])} · {words(r['team_code'])}", r) for r in rows]
    return figure(
        Figure(
            anchor="people-served",
            title=f"People met and contacts made, by team{when}",
            described=[describe(source.connection, "people_served")],
            basis=source.basis(
                max((row["n_contacts"] for row in rows), default=0),
                "contacts of one team",
                max((row["data_through"] for row in rows), default=None),
                most=True,
            ),
            table=Table(
                caption=f"People met by team{when}. Rows are not added up: teams meet "
                "the same people.",
                columns={
                    "team_code": "team",
                    "n_people": "people",
                    "n_people_strict": "strict links",
                    "n_people_loose": "loose links",
                    "n_contacts": "contacts",
                },
                rows=[
                    [
                        name,
                        *(
                            count_shown(row[column])
                            for column in (
                                "n_people",
                                "n_people_strict",
                                "n_people_loose",
                                "n_contacts",
                            )
                        ),
                    ]
                    for name, row in named
                ],
            ),
            draw=charts.bars(
                [
                    (name, drawn)
                    for name, row in named
                    if (drawn := count_drawn(row["n_people"]))
                ],
                "people met",
            ),
            told="A bar for each team: how many people it met.",
        )
    )


def _wait(source: Source) -> str:
    """Return the median wait from offer to service."""
    period, when = source.period("days_to_fulfilment")
    rows = source.rows(
        "select * from marts.days_to_fulfilment "
        f"where scope_kind = 'all' and {period} order by n desc, service_type"
    )
    return figure(
        Figure(
            anchor="days-to-fulfilment",
            title=f"Days from a yes to the service{when}",
            described=[describe(source.connection, "days_to_fulfilment")],
            basis=source.basis(
                max((row["n"] for row in rows), default=0),
                "accepted offers",
                max((row["data_through"] for row in rows), default=None),
                most=True,
            ),
            table=Table(
                caption=f"Median days from offer to service{when}. No median: fewer "
                "than half had the service when the data end.",
                columns={
                    "service_type": "service",
                    "median_days": "median days",
                    "median_days_low": "95 % interval",
                    "n": "n",
                    "n_fulfilled": "with the service",
                    "n_censored": "still waiting",
                },
                rows=[_waited(row) for row in rows],
            ),
        )
    )


def _waited(row: dict) -> list[str]:
    shown = row["n"] >= SHARE_FROM
    days = [row[f"median_days{end}"] for end in ("", "_low", "_high")] if shown else []
    texts = [NOTHING if day is None else f"{day:,.0f}" for day in days] or [NOTHING] * 3
    return [
        words(row["service_type"]),
        texts[0],
        _between(texts[1], texts[2]),
        count_shown(row["n"]),
        count_shown(row["n_fulfilled"]),
        count_shown(row["n_censored"]),
    ]


def _between(low: str, high: str) -> str:
    """Return an interval of days; its upper end may lie beyond the data."""
    if low == NOTHING:
        return NOTHING
    return f"{low} or more" if high == NOTHING else f"{low} to {high}"
