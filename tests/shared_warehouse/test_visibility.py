"""Who sees a record when a client objects, consents, or was in a programme."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from dagster_project.shared_warehouse.terms import Terms

from . import small_warehouse
from .conftest import Database
from .midday import TODAY

CONSENTS = (
    "create table intermediate.int_consents (client_record_id varchar, consent varchar,"
    " purpose varchar, valid_from date, valid_to date)"
)
OBJECTIONS = (
    "create table intermediate.int_objections (source_client_record_id varchar, "
    "client_record_id varchar, purpose varchar)"
)
ELIGIBILITY = (
    "create table intermediate.int_eligibility (client_record_id varchar, "
    "eligible_from date, eligible_until date)"
)


def day(days: int) -> str:
    """Return a day from today as SQL."""
    return f"date '{TODAY + timedelta(days=days)}'"


def published(
    database: Database, terms: Terms, folder: Path, statements: list[str]
) -> dict[str, set[str]]:
    """Publish a warehouse with these tables; return record to who it is shown to."""
    path = small_warehouse.make(folder / "warehouse.duckdb")
    with duckdb.connect(str(path)) as warehouse:
        for statement in statements:
            warehouse.execute(statement)
    database.publish(path, terms)
    rows = database.ask(
        "select client_record_id, visible_to from identified.client_records "
        f"where shared_until is null or shared_until >= {day(0)} "
    )
    return {record: set(visible) for record, visible in rows}


def listed(database: Database) -> set[str]:
    """Return who is on the list of the case conference today."""
    rows = database.ask(
        f"select person_id from identified.conference_list where "
        f"eligible_until >= {day(0)}"
    )
    return {person for (person,) in rows}


@pytest.mark.parametrize(
    ("purpose", "shown"),
    [("case_conference", {"hsh"}), ("analysis", {"hsh", "fire", "dph", "+"})],
)
def test_an_objection_keeps_a_record_at_home(
    new_database: Callable[[], Database],
    terms: Terms,
    tmp_path: Path,
    purpose: str,
    shown: set[str],
) -> None:
    row = f"values ('hsh:hmis:1', 'hsh:hmis:1', '{purpose}')"
    seen = published(
        new_database(),
        terms,
        tmp_path,
        [OBJECTIONS, f"insert into intermediate.int_objections {row}"],
    )
    everybody = {"case_conference" if who == "+" else who for who in shown}
    assert seen["hsh:hmis:1"] == everybody
    assert seen["fire:epcr:2"] == {"hsh", "fire", "dph", "case_conference"}


@pytest.mark.parametrize(
    ("spells", "is_shared"),
    [
        ([(-9, 9)], True),
        ([(-9, None)], True),
        ([(-99, -50), (-9, None)], True),
        ([(None, 0)], True),
        ([(-9, -1)], False),
        ([(1, 9)], False),
        ([], False),
    ],
)
def test_part2_is_shared_inside_a_spell_of_consent(
    new_database: Callable[[], Database],
    terms: Terms,
    tmp_path: Path,
    spells: list[tuple[int | None, int | None]],
    is_shared: bool,
) -> None:
    statements = [CONSENTS]
    for begins, ends in spells:
        edges = ["null" if edge is None else day(edge) for edge in (begins, ends)]
        statements.append(
            "insert into intermediate.int_consents values ('dph:fhir:11', 'part2', "
            f"'case_conference', {edges[0]}, {edges[1]})"
        )
        statements.append(
            "insert into intermediate.int_consents values ('dph:fhir:13', 'part2', "
            f"'analysis', {edges[0]}, {edges[1]})"
        )
    seen = published(new_database(), terms, tmp_path, statements)
    assert ("hsh" in seen.get("dph:fhir:11", ())) is is_shared
    assert "hsh" not in seen.get("dph:fhir:13", ())


def test_a_merged_patient_s_other_visits_count(
    new_database: Callable[[], Database], terms: Terms, tmp_path: Path
) -> None:
    """A survivor seen elsewhere under its old id is no secret of a programme."""
    seen = published(
        new_database(),
        terms,
        tmp_path,
        [
            "insert into staging.stg_dph__encounter values ('old-11', false)",
            "insert into intermediate.int_client_record_crosswalk values "
            "('dph:fhir:old-11', 'dph:fhir:11')",
        ],
    )
    assert "hsh" in seen["dph:fhir:11"]


def test_a_merged_patient_s_part2_visits_count(
    new_database: Callable[[], Database], terms: Terms, tmp_path: Path
) -> None:
    seen = published(
        new_database(),
        terms,
        tmp_path,
        [
            "delete from staging.stg_dph__encounter where patient_id = '3'",
            "insert into staging.stg_dph__encounter values ('old-3', true)",
            "insert into intermediate.int_client_record_crosswalk values "
            "('dph:fhir:old-3', 'dph:fhir:3')",
        ],
    )
    assert seen["dph:fhir:3"] == {"dph"}


@pytest.mark.parametrize(("until", "is_shared"), [(5, True), (0, True), (-1, False)])
def test_eligibility_is_the_warehouse_s_own_where_it_says(
    new_database: Callable[[], Database],
    terms: Terms,
    tmp_path: Path,
    until: int,
    is_shared: bool,
) -> None:
    database = new_database()
    seen = published(
        database,
        terms,
        tmp_path,
        [
            ELIGIBILITY,
            "insert into intermediate.int_eligibility values "
            f"('fire:epcr:9', {day(-99)}, {day(until)})",
        ],
    )
    assert ("fire" in seen.get("hsh:hmis:8", ())) is is_shared
    assert ("p_old" in listed(database)) is is_shared
    assert "p_shared" not in listed(database)


def states(*rows: tuple[str, str, str, bool]) -> list[str]:
    """Return statements that put these on the case list instead."""
    return [
        "delete from marts.case_list_states",
        *(
            "insert into marts.case_list_states values "
            f"('L{number}', '{person}', '{state}', 'n.kahale', {current}, '{change}')"
            for number, (person, state, change, current) in enumerate(rows)
        ),
    ]


@pytest.mark.parametrize(
    ("row", "is_listed"),
    [
        (("p_alone", "included", "same", True), True),
        (("p_alone", "assigned", "merged", True), True),
        (("p_alone", "assigned", "split", True), False),
        (("p_alone", "nominated", "same", True), False),
        (("p_alone", "removed", "same", True), False),
        (("p_alone", "included", "same", False), False),
        (("p_old", "included", "same", True), False),
    ],
)
def test_the_list_is_the_stewards_as_far_as_departments_may_talk(
    new_database: Callable[[], Database],
    terms: Terms,
    tmp_path: Path,
    row: tuple[str, str, str, bool],
    is_listed: bool,
) -> None:
    database = new_database()
    published(database, terms, tmp_path, states(row))
    assert listed(database) == ({row[0]} if is_listed else set())
    shown = database.ask("select person_id from identified.case_list_states")
    assert shown == ([] if row[0] == "p_old" else [("p_alone",)])


def test_who_objects_by_any_record_is_not_on_the_list(
    new_database: Callable[[], Database], terms: Terms, tmp_path: Path
) -> None:
    database = new_database()
    objection = "values ('hsh:hmis:1', 'hsh:hmis:1', 'case_conference')"
    published(
        database,
        terms,
        tmp_path,
        [OBJECTIONS, f"insert into intermediate.int_objections {objection}"],
    )
    assert listed(database) == {"p_two", "p_consented"}
    shown = database.ask("select distinct person_id from identified.case_list_states")
    assert {person for (person,) in shown} == {"p_two", "p_consented", "p_alone"}


def test_without_a_case_list_nobody_s_case_is_opened(
    new_database: Callable[[], Database], terms: Terms, tmp_path: Path
) -> None:
    database = new_database()
    published(database, terms, tmp_path, ["drop table marts.case_list_states"])
    assert listed(database) == set()
