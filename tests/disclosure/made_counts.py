"""Invented counts of every public table, consistent with one another.

Belongs here: rows as the count models give them, made from people. Does not belong
here: what must come of them (``test_prepare``).
"""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from dagster_project.disclosure.public_tables import PUBLIC_TABLES
from dagster_project.disclosure.scoring import Points
from dagster_project.places import DBT_PROJECT
from dagster_project.warehouse import open_warehouse

DEPARTMENTS = ("dem", "dph", "fire", "hsh")
TEAMS = {"dem": ("HEART", "HSOC"), "dph": ("OCC", "POET"), "fire": ("SCRT", "SORT")}
SHELTERS = ("congregate", "family", "navigation_center", "non_congregate", "safe_sleep")
YEARS = ("2024", "2025")
BOTH = "2024-2025"

Rows = list[dict[str, Any]]


def made_counts(people: int = 3_000, seed: int = 7) -> dict[str, Rows]:
    """Return counts of an invented city by public table.

    Args:
        people: People met in the two years.
        seed: Same seed, same counts.
    """
    draw = np.random.default_rng(seed)
    met = draw.random((people, 2, 4)) < np.array([0.12, 0.3, 0.33, 0.45])
    age = draw.choice(7, people, p=[0.004, 0.07, 0.18, 0.25, 0.226, 0.17, 0.1])
    gender = draw.choice(3, people, p=[0.02, 0.65, 0.33])
    race = draw.choice(8, people, p=[0.05, 0.3, 0.3, 0.01, 0.02, 0.03, 0.03, 0.26])
    counts: dict[str, Rows] = {
        name: []
        for name in (
            "public_people_by_department",
            "public_department_overlap",
            "public_contacts_by_team",
            "public_offers_by_shelter_type",
            "public_outcomes_by_intervention",
            "public_demographics",
        )
    }
    for kind, period, years in _periods():
        when = {"period_kind": kind, "period": period}
        here = met[:, years].any(axis=1)
        _people(counts, when, here)
        seen = here.any(axis=1)
        rows = counts["public_demographics"]
        for name, values in (("age_band", age), ("gender", gender), ("race", race)):
            for value in np.unique(values[seen]):
                rows.append(
                    when
                    | {
                        "characteristic": name,
                        "category": f"{name} {value}",
                        "n_people": int((values[seen] == value).sum()),
                    }
                )
        rows.append(
            when
            | {"characteristic": "all", "category": "all", "n_people": int(seen.sum())}
        )
        _contacts(counts, when, here, np.random.default_rng(seed + len(years)))
        _offers(counts, when, len(years), np.random.default_rng(seed + len(years)))
        reached = min(300 * len(years), int(seen.sum()) // 2)
        _outcomes(counts, when, reached, np.random.default_rng(seed + len(years)))
    return counts


def _periods() -> Iterable[tuple[str, str, list[int]]]:
    yield "year", YEARS[0], [0]
    yield "year", YEARS[1], [1]
    yield "two_years", BOTH, [0, 1]


def _people(counts: dict[str, Rows], when: dict, here: np.ndarray) -> None:
    by_department = counts["public_people_by_department"]
    for place, name in enumerate(DEPARTMENTS):
        n_people = int(here[:, place].sum())
        by_department.append(when | {"department": name, "n_people": n_people})
    total = int(here.any(axis=1).sum())
    by_department.append(when | {"department": "all", "n_people": total})
    overlap = counts["public_department_overlap"]
    sets: dict[str, int] = {}
    for row in here[here.any(axis=1)]:
        names = ";".join(n for n, is_in in zip(DEPARTMENTS, row, strict=True) if is_in)
        sets[names] = sets.get(names, 0) + 1
    numbers: dict[str, int] = {}
    for names, n_people in sorted(sets.items()):
        number = str(len(names.split(";")))
        numbers[number] = numbers.get(number, 0) + n_people
        overlap.append(
            when | {"n_departments": number, "departments": names, "n_people": n_people}
        )
    for number, n_people in [*numbers.items(), ("all", total)]:
        overlap.append(
            when | {"n_departments": number, "departments": "all", "n_people": n_people}
        )


def _contacts(
    counts: dict[str, Rows], when: dict, here: np.ndarray, draw: np.random.Generator
) -> None:
    rows = counts["public_contacts_by_team"]
    anyone = np.zeros(len(here), bool)
    n_all = 0
    for department, teams in TEAMS.items():
        theirs = here[:, DEPARTMENTS.index(department)]
        of_team = draw.random((len(here), len(teams))) < 0.45
        of_team[:, 0] |= ~of_team.any(axis=1)
        of_team &= theirs[:, None]
        n_department = 0
        for place, team in enumerate(teams):
            n_people = int(of_team[:, place].sum())
            n_contacts = n_people * 3
            n_department += n_contacts
            rows.append(
                when
                | {"department": department, "team_code": team}
                | {"n_contacts": n_contacts, "n_people": n_people}
            )
        anyone |= theirs
        n_all += n_department
        rows.append(
            when
            | {"department": department, "team_code": "all"}
            | {"n_contacts": n_department, "n_people": int(theirs.sum())}
        )
    rows.append(
        when
        | {"department": "all", "team_code": "all"}
        | {"n_contacts": n_all, "n_people": int(anyone.sum())}
    )


def _offers(
    counts: dict[str, Rows], when: dict, years: int, draw: np.random.Generator
) -> None:
    results = ("accepted", "declined", "other")
    sizes = np.array([500, 9, 400, 200, 90]) * years
    drawn = [draw.multinomial(size, [0.3, 0.5, 0.2]) for size in sizes]
    drawn.append(np.sum(drawn, axis=0))
    for shelter, found in zip((*SHELTERS, "all"), drawn, strict=True):
        row = when | {"shelter_type": shelter, "n_offered": int(found.sum())}
        row["n_people_offered"] = int(np.ceil(found.sum() * 0.7))
        for result, n_offers in zip(results, found, strict=True):
            row[f"n_{result}"] = int(n_offers)
            row[f"n_people_{result}"] = int(np.ceil(n_offers * 0.8))
        for result in ("accepted", "declined"):
            n_others = row["n_offered"] - row[f"n_{result}"]
            row[f"n_not_{result}"] = n_others
            row[f"n_people_not_{result}"] = int(np.ceil(n_others * 0.75))
        counts["public_offers_by_shelter_type"].append(row)


def _outcomes(
    counts: dict[str, Rows], when: dict, reached: int, draw: np.random.Generator
) -> None:
    for intervention in ("crisis_response", "outreach", "case_management"):
        for outcome, rate in (("death", 0.004), ("shelter_entry", 0.2)):
            numerator = int(draw.binomial(reached, rate))
            counts["public_outcomes_by_intervention"].append(
                when
                | {
                    "intervention_type": intervention,
                    "outcome_type": outcome,
                    "denominator": reached,
                    "numerator": numerator,
                    "n_without": reached - numerator,
                    "only_department": None,
                    "only_team_code": None,
                }
            )


def made_warehouse(path: Path) -> None:
    """Write the counts, the seed and the last day of the data to a warehouse."""
    counts = made_counts()
    seed = DBT_PROJECT / "seeds" / "calhhs_publication_score.csv"
    with open_warehouse(path) as connection:
        connection.execute(
            "create schema linked; create schema seeds; create schema marts;"
            "create table marts.contacts as select date '2026-06-30' as data_through;"
            "create table seeds.calhhs_publication_score as "
            f"from read_csv('{seed}', types = {{'basis': 'varchar'}})"
        )
        for table in PUBLIC_TABLES:
            connection.register("rows", pa.Table.from_pylist(counts[table.name]))
            connection.execute(f"create table linked.{table.counts} as from rows")


def made_points() -> list[Points]:
    """Return the seed of the publication score."""
    path = DBT_PROJECT / "seeds" / "calhhs_publication_score.csv"
    with path.open(encoding="utf-8") as file:
        return [
            Points(
                row["variable"],
                row["basis"],
                int(row["from_value"]) if row["from_value"] else None,
                int(row["to_value"]) if row["to_value"] else None,
                int(row["score"]),
            )
            for row in csv.DictReader(file)
        ]
