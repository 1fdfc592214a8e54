"""The second question: how people meet several departments.

Belongs here: who shares people with whom, and how many departments a person meets.
Does not belong here: what one does after the other (``coordination``).
"""

from dagster_project.publication.page import charts
from dagster_project.publication.page.described import describe
from dagster_project.publication.page.parts import Figure, Table, figure, section
from dagster_project.publication.page.rated import Rated, rate_figure
from dagster_project.publication.page.rounding import (
    NOTHING,
    count_drawn,
    count_shown,
    share_shown,
)
from dagster_project.publication.page.source import Source, words

TITLE = "How do people meet several departments?"

NEWEST = "period_ends_on = (select max(period_ends_on) from marts.{})"
RATED = (
    Rated(
        table="departments_per_person_distribution",
        title="People by the number of departments that met them, last 12 months",
        unit="people",
        by=["n_departments"],
        share="of the people met",
        where=NEWEST.format("departments_per_person_distribution")
        + " and watched = 'any_time'",
        yearly=False,
        order="n_departments",
    ),
    Rated(
        table="known_elsewhere",
        title="How many other departments know a department's people",
        unit="people",
        by=["department", "n_other_departments"],
        share="of the department's people",
        where="other_departments = 'any'",
        yearly=False,
        order="department, n_other_departments",
    ),
)


def departments(source: Source) -> str:
    """Return the section: departments per person, then teams that share people."""
    return section(
        "departments",
        TITLE,
        "The same people are met by several departments, which seldom know of each "
        "other. Who shares whom is where coordination could begin.",
        rate_figure(source, RATED[0]),
        _teams(source),
        rate_figure(source, RATED[1]),
    )


def _teams(source: Source) -> str:
    """Return the matrix of teams that met the same people."""
    rows = source.rows(
        "select team_code, other_team_code, numerator, denominator, data_through "
        f"from marts.team_overlap where {NEWEST.format('team_overlap')} "
        "and team_code <> 'any_other_team' and other_team_code <> 'any_other_team'"
    )
    met = {(row["team_code"], row["other_team_code"]): row for row in rows}
    whole = {row["team_code"]: row["denominator"] for row in rows}
    teams = sorted(whole, key=lambda team: (-whole[team], team))
    cells = [
        (one, other, met.get((one, other), {}).get("numerator", 0))
        for one in teams
        for other in teams
    ]
    return figure(
        Figure(
            anchor="team-overlap",
            title="Teams that met the same people, last 12 months",
            described=[describe(source.connection, "team_overlap")],
            basis=source.basis(
                max(whole.values(), default=0),
                "people of one team",
                max((row["data_through"] for row in rows), default=None),
                most=True,
            ),
            table=Table(
                caption="People met by the team of the row and the team of the column. "
                "In its own column: all that the team met.",
                columns={"team_code": "team"}
                | {team: words(team) for team in teams}
                | {"rate": "share also met by the team most shared with"},
                rows=[
                    [
                        words(one),
                        *(count_shown(n) for a, _, n in cells if a == one),
                        _most_shared(one, teams, met),
                    ]
                    for one in teams
                ],
            ),
            draw=charts.matrix(
                [
                    (
                        words(one),
                        words(other),
                        None if one == other else count_drawn(n),
                        "" if one == other else count_shown(n),
                    )
                    for one, other, n in cells
                ],
                "also met by",
                "team",
            )
            if teams
            else None,
            told="The darker a cell, the more people both teams met.",
        )
    )


def _most_shared(one: str, teams: list[str], met: dict) -> str:
    """Return the largest share of a team's people that one other team met."""
    others = [
        met[one, other] for other in teams if (one, other) in met and other != one
    ]
    if not others:
        return NOTHING
    most = max(others, key=lambda row: row["numerator"])
    share = most["numerator"] / most["denominator"] if most["denominator"] else None
    return share_shown(share, most["denominator"])
