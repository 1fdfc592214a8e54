"""Agreements other than the city's: each is kept as it says, and so is each change.

Terms are drawn at random from fixed seeds; what they should come to is worked out here,
cell by cell, and tried with a login per role.
"""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from dagster_project.governance.agreement import Agreement
from dagster_project.shared_warehouse.from_agreement import terms_of
from dagster_project.shared_warehouse.steps import PublishError
from dagster_project.shared_warehouse.terms import (
    Column,
    Party,
    Role,
    Table,
    Terms,
    TermsError,
)

from . import small_warehouse
from .conftest import Database
from .midday import TODAY

RECORD_COLUMNS = ("client_record_id", "person_id", "first_name", "phone", "zip")
MARTS = {
    "people": ("person_id", "age_band"),
    "contacts": ("contact_id", "person_id", "department"),
    "department_overlap": ("n_persons",),
}


def drawn(seed: int) -> Terms:
    """Return terms that nobody wrote."""
    chance = random.Random(seed)
    departments = chance.sample(["hsh", "fire", "dph", "dem"], chance.randint(1, 4))
    others = chance.sample(["analyst", "planner", "evaluator"], chance.randint(0, 3))
    roles = [Role(code, "department", code) for code in departments]
    roles += [Role(name, name) for name in others]
    roles.append(Role("case_conference", "case_conference", opens_cases=True))
    roles.append(Role("auditor", "auditor", reads_audit=True))

    def some(names: list[str]) -> frozenset[str]:
        return frozenset(name for name in names if chance.random() < 0.6)

    case = [*departments, "case_conference"]
    tables = [
        Table(
            "identified",
            "client_records",
            tuple(Column(name, some(case)) for name in RECORD_COLUMNS),
        )
    ]
    for name, columns in MARTS.items():
        readers = [*departments, *others]
        tables.append(
            Table(
                chance.choice(["marts", "public"])
                if name == "department_overlap"
                else "marts",
                name,
                tuple(Column(column, some(readers)) for column in columns),
            )
        )
    days = (TODAY - timedelta(days=chance.randint(1, 900)), TODAY + timedelta(days=9))
    return Terms(
        f"drawn {seed}",
        str(seed),
        days[0],
        days[1],
        tuple(
            Party(
                code,
                chance.choice([days[0], TODAY, TODAY + timedelta(days=3)]),
                chance.choice([days[1], TODAY, TODAY - timedelta(days=1)]),
            )
            for code in departments
        ),
        tuple(roles),
        tuple(tables),
    )


def check(database: Database, terms: Terms) -> None:
    """Try every cell as every role."""
    for role in terms.roles:
        login = database.add_login(f"x_{role.name}", role.name)
        with database.logged_in(login) as session:
            for table in terms.tables:
                for column in table.columns:
                    query = f"select {column.name} from {table.tier}.{table.name}"
                    by_call = table.tier == "identified" and role.opens_cases
                    if role.name in column.readers and not by_call:
                        session.ask(query)
                    else:
                        refused = session.refused(query)
                        assert "permission denied" in refused or "not exist" in refused
            if "client_record_id" in terms.client_records.readable(role.name) and (
                role.department
            ):
                rows = session.ask(
                    "select client_record_id from identified.client_records"
                )
                assert sorted(rows) == expected_rows(terms, role.department)


def expected_rows(terms: Terms, department: str) -> list[tuple[str]]:
    """Return the records a department sees, today."""
    (party,) = (party for party in terms.parties if party.department == department)
    if not party.joined <= TODAY <= party.left:
        return []
    parties = {each.department: each for each in terms.parties}
    records = [r for r in small_warehouse.RECORDS if r.department in parties]
    found = []
    for record in records:
        alike = [r for r in records if r.person == record.person and r.person]
        days = [r.seen for r in alike if r.seen]
        is_shared = (
            any(r.department == department for r in alike)
            and bool(days)
            and max(days) == small_warehouse.LATELY
            and record.part2 in (None, "consented")
            and parties[record.department].joined <= TODAY
            and parties[record.department].left >= TODAY
        )
        if record.department == department or is_shared:
            found.append((record.id,))
    return sorted(found)


@pytest.mark.parametrize("seed", range(6))
def test_any_agreement_and_its_successor_are_kept(
    new_database: Callable[[], Database], warehouse: Path, seed: int
) -> None:
    database = new_database()
    for number in (seed, seed + 100, seed):
        terms = drawn(number)
        database.publish(warehouse, terms)
        check(database, terms)
        assert database.publish(warehouse, terms).told == ()


def test_a_department_that_leaves_takes_its_records_along(
    new_database: Callable[[], Database], warehouse: Path, terms: Terms
) -> None:
    database = new_database()
    database.publish(warehouse, terms)
    login = database.add_login("leaver", "dph")
    left = replace(
        terms,
        parties=tuple(p for p in terms.parties if p.department != "dph"),
        roles=tuple(role for role in terms.roles if role.name != "dph"),
        tables=tuple(
            replace(
                table,
                columns=tuple(
                    replace(column, readers=column.readers - {"dph"})
                    for column in table.columns
                ),
            )
            for table in terms.tables
        ),
    )
    done = database.publish(warehouse, left)
    assert 'dph loses SELECT ("first_name") on identified.client_records' in done.told
    rows = database.ask("select distinct department from identified.client_records")
    assert ("dph",) not in rows
    assert "permission denied for database" in database.psql("select 1;", login)


@pytest.mark.parametrize(
    "days",
    [
        {"left": TODAY - timedelta(days=1)},
        {"joined": TODAY + timedelta(days=1)},
    ],
)
def test_who_is_no_party_today_reads_no_mart(
    new_database: Callable[[], Database],
    warehouse: Path,
    terms: Terms,
    days: dict[str, date],
) -> None:
    parties = tuple(
        replace(party, **days) if party.department == "dem" else party
        for party in terms.parties
    )
    database = new_database()
    database.publish(warehouse, replace(terms, parties=parties))
    query = "select count(*) from marts.department_overlap"
    dem, hsh = (database.add_login(f"stays_{name}", name) for name in ("dem", "hsh"))
    analyst = database.add_login("stays_analyst", "analyst")
    assert database.ask(query, dem) == [(0,)]
    assert database.ask(query, hsh) == database.ask(query, analyst) == [(1,)]


def test_without_the_role_that_publishes_nothing_can_be(
    agreement: Agreement,
) -> None:
    roles = {n: role for n, role in agreement.roles.items() if n != "publisher"}
    with pytest.raises(TermsError, match="no role publisher"):
        terms_of(replace(agreement, roles=roles))


def test_a_tier_that_the_publisher_may_not_fill_is_not(
    new_database: Callable[[], Database], warehouse: Path, agreement: Agreement
) -> None:
    publisher = replace(agreement.roles["publisher"], tiers=("marts", "public"))
    fewer = replace(agreement, roles=agreement.roles | {"publisher": publisher})
    database = new_database()
    done = database.publish(warehouse, terms_of(fewer))
    assert done.rows["identified.client_records"] == 0
    assert done.rows["identified.conference_list"] == 0
    assert done.rows["held.people"] > 0
    login = database.add_login("not_filled", "hsh")
    assert "denied" in database.refused(
        "select * from identified.client_records", login
    )


@pytest.mark.parametrize(
    ("effective", "expires"),
    [
        (date(2020, 1, 1), TODAY - timedelta(days=2)),
        (TODAY + timedelta(days=2), date(2099, 1, 1)),
    ],
)
def test_outside_its_days_nobody_reads(
    new_database: Callable[[], Database],
    warehouse: Path,
    terms: Terms,
    effective: date,
    expires: date,
) -> None:
    database = new_database()
    database.publish(warehouse, replace(terms, effective=effective, expires=expires))
    hsh = database.add_login("early_hsh", "hsh")
    analyst = database.add_login("early_analyst", "analyst")
    conference = database.add_login("early_conference", "case_conference")
    zones = ("UTC", "UTC+167", "UTC-167")
    for zone in zones:
        before = f"set timezone = '{zone}';;"
        query = "select zip from identified.client_records"
        assert database.ask(before + query, hsh) == []
        assert database.ask(before + "select * from marts.people", analyst) == []
        refused = database.refused(
            before + "select * from open_case('p_shared', 'placement plan')", conference
        )
        assert "not in force" in refused


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"roles": (Role("warehouse_owner", "x"),)}, "the database's own"),
        ({"roles": (Role("Analyst", "x"),)}, "cannot name a role"),
        ({"roles": (Role("a; drop", "x"),)}, "cannot name a role"),
        ({"roles": (Role("x", "x"), Role("x", "y"))}, "is there twice"),
        ({"roles": (Role("x", "x", "sheriff"),)}, "which is no party"),
        (
            {"tables": (Table("marts", "t", (Column("a", frozenset({"nobody"})),)),)},
            "which is no role",
        ),
        ({"tables": (Table("identified", "t", ()),)}, "has no person_id"),
        ({"tables": (Table("identified", "conference_list", ()),)}, "rename it"),
        *(
            (
                {
                    "tables": (
                        Table(
                            "identified",
                            "t",
                            (Column("person_id", frozenset({"case_conference", who})),),
                        ),
                    )
                },
                f"is read by {who}",
            )
            for who in ("analyst", "hsh", "auditor")
        ),
        ({"tables": (Table("secret", "t", ()),)}, "no such tier"),
    ],
)
def test_terms_no_database_could_keep(terms: Terms, change: dict, told: str) -> None:
    with pytest.raises(TermsError, match=told):
        replace(terms, **change)


def test_a_role_of_somebody_else_is_left_alone(
    new_database: Callable[[], Database], warehouse: Path, terms: Terms
) -> None:
    database = new_database()
    database.ask("create role sheriff superuser")
    role = Role("sheriff", "sheriff")
    with pytest.raises(PublishError, match="a role sheriff that Throughline did not"):
        database.publish(warehouse, replace(terms, roles=(*terms.roles, role)))
    database.ask("drop role sheriff")
