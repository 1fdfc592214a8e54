"""Small numbers that follow from two tables, two denominators or two periods."""

import pytest

from dagster_project.disclosure.prepare import prepare
from dagster_project.disclosure.verify import audit_written
from tests.disclosure.attackers import relaxed
from tests.disclosure.made_counts import BOTH
from tests.disclosure.made_releases import TABLES, written


def test_people_of_one_department_alone_follow_from_two_tables(seed) -> None:
    """100 people, 95 of them met by hsh: five were met by fire and not by hsh."""
    when = {"period_kind": "two_years", "period": BOTH}
    by_department = {"hsh": 95, "fire": 60, "all": 100}
    by_set = {
        ("1", "hsh"): 40,
        ("1", "fire"): 5,
        ("2", "fire;hsh"): 55,
        ("1", "all"): 45,
        ("2", "all"): 55,
        ("all", "all"): 100,
    }
    counts = {
        "public_people_by_department": [
            when | {"department": name, "n_people": n_people}
            for name, n_people in by_department.items()
        ],
        "public_department_overlap": [
            when | {"n_departments": number, "departments": names, "n_people": n_people}
            for (number, names), n_people in by_set.items()
        ],
    }
    prepared = prepare(counts, seed, tables=[TABLES[name] for name in counts])
    only_fire = ("people_met", BOTH, "n_departments=1", "departments=fire")
    assert relaxed(prepared.system, frozenset(), only_fire) == (5, 5)
    low, high = relaxed(prepared.system, prepared.hidden, only_fire)
    assert high >= 11 and high - low >= 10
    assert prepared.hidden and prepared.shapes.keys() == counts.keys()


OUTCOME_ROWS = {
    # Of 1341 people who could still die one had begun treatment, 29 lived in a home.
    ("crisis_response", "death"): (1341, 0, None),
    ("crisis_response", "moud_start"): (1340, 40, None),
    ("crisis_response", "permanent_housing_exit"): (1312, 45, None),
    # The team that alone answers overdoses met 291 people; three were not watched.
    ("overdose_response", "death"): (288, 0, "SORT"),
    ("overdose_response", "moud_start"): (268, 29, "SORT"),
}


def outcome_counts() -> dict[str, list[dict]]:
    when = {"period_kind": "two_years", "period": BOTH}
    outcomes = [
        when
        | {
            "intervention_type": intervention,
            "outcome_type": outcome,
            "denominator": n_people,
            "numerator": n_with,
            "n_without": n_people - n_with,
            "only_department": team and "fire",
            "only_team_code": team,
        }
        for (intervention, outcome), (n_people, n_with, team) in OUTCOME_ROWS.items()
    ]
    places = {("fire", "SORT"): 291, ("fire", "all"): 291, ("all", "all"): 291}
    teams = [
        when
        | {"department": department, "team_code": team}
        | {"n_contacts": 3 * n_people, "n_people": n_people}
        for (department, team), n_people in places.items()
    ]
    return {
        "public_contacts_by_team": teams,
        "public_outcomes_by_intervention": outcomes,
    }


OF_CRISIS = ("outcome_people", BOTH, "intervention_type=crisis_response")


OF_SORT = ("street_people", BOTH, "department=fire", "team_code=SORT")


WATCHED = "outcome_people intervention_type=overdose_response outcome_type=death"


OUTSIDE = [
    (
        (
            *OF_CRISIS,
            "outcome_type=death",
            "not outcome_people outcome_type=moud_start",
        ),
        1,
    ),
    ((*OF_SORT, f"not {WATCHED}"), 3),
]


@pytest.mark.parametrize(("outside", "n_people"), OUTSIDE)
def test_people_who_had_the_outcome_behind_follow_from_two_denominators(
    seed, outside, n_people
) -> None:
    counts = outcome_counts()
    prepared = prepare(counts, seed, tables=[TABLES[name] for name in counts])
    assert relaxed(prepared.system, frozenset(), outside) == (n_people, n_people)
    low, high = relaxed(prepared.system, prepared.hidden, outside)
    assert high >= 11 and high - low >= 10
    # What is far from every total is told as before.
    told = {
        (row["intervention_type"], row["outcome_type"]): row["denominator"]
        for row in prepared.rows["public_outcomes_by_intervention"]
    }
    assert told["crisis_response", "permanent_housing_exit"] == 1312
    assert told["overdose_response", "moud_start"] == 268


def test_two_denominators_put_back_are_found(seed) -> None:
    counts = outcome_counts()
    tables = [TABLES[name] for name in counts]
    prepared = prepare(counts, seed, tables=tables)
    rows = written(prepared)
    for row in rows["public_outcomes_by_intervention"]:
        told = OUTCOME_ROWS[row["intervention_type"], row["outcome_type"]]
        row["denominator"] = told[0]
    found = audit_written(rows, prepared.shapes, counts, (), 11, tables)
    assert any("not outcome_people" in str(finding.key) for finding in found)


def test_who_came_in_the_second_year_follows_from_two_periods(seed) -> None:
    """Street teams of HSH met 1,997 people in two years; in the first HSH met 1,990."""
    years = {"2024": (1990, 2400), "2025": (1500, 2300)}
    by_department = [
        {"period_kind": "year", "period": year, "department": name, "n_people": n}
        for year, (of_hsh, of_all) in years.items()
        for name, n in (("hsh", of_hsh), ("fire", 800), ("all", of_all))
    ]
    when = {"period_kind": "two_years", "period": BOTH}
    teams = [
        when
        | {"department": department, "team_code": team}
        | {"n_contacts": n_contacts, "n_people": n_people}
        for department, team, n_contacts, n_people in (
            ("hsh", "SFHOT", 9000, 1997),
            ("hsh", "all", 9000, 1997),
            ("fire", "SCRT", 2000, 700),
            ("fire", "all", 2000, 700),
            ("all", "all", 11000, 2500),
        )
    ]
    counts = {
        "public_people_by_department": by_department,
        "public_contacts_by_team": teams,
    }
    prepared = prepare(counts, seed, tables=[TABLES[name] for name in counts])
    second = ("street_people", BOTH, "department=hsh", "not people_met 2024")
    assert relaxed(prepared.system, frozenset(), second) == (7, 7)
    low, high = relaxed(prepared.system, prepared.hidden, second)
    assert high >= 11 and high - low >= 10
