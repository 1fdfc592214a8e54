"""What is a victim service's leaves, whichever delivery comes first."""

from datetime import datetime
from itertools import islice, permutations

import duckdb
import pytest

from dagster_project.departments import late_door, ledger, ledger_tables, replay
from tests.faults.aftermath import raw_of
from tests.realities.street import PEOPLE, enrolment, export, hmis, situation

from .made_up_deliveries import put

NOW = datetime(2026, 3, 2, 12)
VICTIM = [person for person in PEOPLE if person["PersonalID"] == "999"]
ORDINARY = {"OrganizationID": "O2", "VictimServiceProvider": "0"}
NOTHING_SAID = {"Organization": [], "Project": []}
UNREADABLE = enrolment(VICTIM[0], EnrollmentID="E998", EntryDate="02/03/2025")

UNFLAGGED = "2025-05-31", "2", {"Organization": [ORDINARY]}
"""The first full refresh: nobody has said yet whom O2 serves."""
FLAGGED = "2025-06-30", "2", {}
"""The second: O2 is a victim service, and P2 is its project."""
CHILDREN = "2025-07-31", "1", NOTHING_SAID | {"Enrollment": []}
"""A delta with rows under an enrollment that it does not describe."""
UNDER_IT = {"CurrentLivingSitID": "L998", "EnrollmentID": "E998"}
ENROLLED = (
    "2025-08-31",
    "1",
    NOTHING_SAID
    | {
        "Enrollment": [UNREADABLE],
        "CurrentLivingSituation": [situation("999") | UNDER_IT],
    },
)
"""A delta with an enrollment in P2 that waits, for its date is none, and a contact."""
MOVED = (
    "2025-09-30",
    "1",
    NOTHING_SAID
    | {
        "Enrollment": [
            enrolment(VICTIM[0], EnrollmentID="E997", ProjectID="P1"),
            enrolment(PEOPLE[0]),
        ],
        "CurrentLivingSituation": [
            situation("999") | {"CurrentLivingSitID": "L997", "EnrollmentID": "E997"}
        ],
    },
)
"""A delta in which the same client is enrolled in an ordinary project."""


def delivery(at: str, directive: str, tables: dict) -> bytes:
    people = PEOPLE if directive == "2" else [*VICTIM, PEOPLE[0]]
    return hmis(people, export(at, directive), **tables)


def taken(landing_dir, deliveries) -> dict[str, list[tuple]]:
    """Return the raw tables after a run for each delivery."""
    with duckdb.connect() as connection:
        for at, directive, tables in deliveries:
            name = f"hmis_{at.replace('-', '')}T230000.zip"
            put(landing_dir, "hsh", name, delivery(at, directive, tables))
            ledger.take_all(connection, landing_dir, clock=lambda: NOW)
        return raw_of(connection)


def named(found: dict[str, list[tuple]], what: str) -> list[str]:
    return [
        table
        for table, rows in found.items()
        for row in rows
        if what in row or any(f'"{what}"' in str(value) for value in row)
    ]


@pytest.mark.parametrize("late", [(CHILDREN,), (ENROLLED,), (UNFLAGGED,)])
def test_nothing_of_a_victim_stays_that_came_before_the_flag(landing_dir, late):
    found = taken(landing_dir, [*late, FLAGGED])
    for trace in ("999", "E998", "L998", "Sigrun", "O2"):
        assert named(found, trace) == [], trace
    assert len(found["hsh_client"]) == len(PEOPLE) - 1 + (
        1 if late != (UNFLAGGED,) else len(PEOPLE) - 1
    ), "everybody else stays"


def test_the_end_is_that_of_the_source_order(tmp_path):
    deliveries = (UNFLAGGED, FLAGGED, CHILDREN, ENROLLED, MOVED)
    found = []
    for number, order in enumerate(islice(permutations(deliveries), 0, None, 17)):
        landing_dir = tmp_path / str(number)
        (landing_dir / "hsh").mkdir(parents=True)
        found.append(taken(landing_dir, order))
    for other in found[1:]:
        assert other == found[0]
    kept = [row[:2] for row in found[0]["hsh_enrollment"] if row[1] == "999"]
    assert kept == [("E997", "999")], "an ordinary enrollment, of a later delivery"
    for row in found[0]["deliveries"]:
        told = dict(zip(ledger_tables.DELIVERY_COLUMNS, row, strict=True))
        assert told["rows_in"] == told["rows_loaded"] + told["rows_quarantined"]


def test_what_a_later_export_says_of_a_project_stands(landing_dir):
    (freed,) = [("2025-12-31", "2", {"Organization": [ORDINARY]})]
    found = taken(landing_dir, [freed, FLAGGED])
    assert {row[-2][:17] for row in found["hsh_client"] if row[0] == "999"} == {
        "hsh_hmis_20260101"
    }


def test_a_wrong_flag_is_taken_back_with_its_delivery(landing_dir):
    told = "hsh_client", "personalid = '999'"
    asked = "select count(*) from raw.{} where {}".format(*told)
    with duckdb.connect() as connection:
        for at, directive, tables in (UNFLAGGED, FLAGGED):
            name = f"hmis_{at.replace('-', '')}T230000.zip"
            put(landing_dir, "hsh", name, delivery(at, directive, tables))
            ledger.take_all(connection, landing_dir, clock=lambda: NOW)
        assert connection.sql(asked).fetchone() == (0,)
        replay.replay(connection, landing_dir, "hmis_20250531T230000.zip")
        assert connection.sql(asked).fetchone() == (0,), "the flag still stands"
        replay.withdraw(connection, "hmis_20250630T230000.zip", "the flag was wrong")
        replay.replay(connection, landing_dir, "hmis_20250531T230000.zip")
        assert connection.sql(asked).fetchone() == (1,)


def test_to_ask_twice_changes_nothing(landing_dir):
    with duckdb.connect() as connection:
        for at, directive, tables in (UNFLAGGED, CHILDREN, ENROLLED, FLAGGED):
            name = f"hmis_{at.replace('-', '')}T230000.zip"
            put(landing_dir, "hsh", name, delivery(at, directive, tables))
            ledger.take_all(connection, landing_dir, clock=lambda: NOW)
        before = raw_of(connection)
        late_door.close(connection)
        assert raw_of(connection) == before


def test_a_warehouse_that_does_not_know_who_withheld_keeps_what_was_described(
    landing_dir,
):
    with duckdb.connect() as connection:
        connection.execute("create schema raw")
        connection.execute(
            "create table raw.withheld_keys (feed text, hashed_key text)"
        )
        ledger_tables.create(connection)
        key = late_door.hashed("project", "P1")
        connection.execute(
            "insert into raw.withheld_keys values ('hsh_hmis', ?, null)", [key]
        )
        name = "hmis_20250531T230000.zip"
        put(landing_dir, "hsh", name, delivery(*UNFLAGGED))
        ledger.take_all(connection, landing_dir, clock=lambda: NOW)
        assert len(connection.sql("from raw.hsh_client").fetchall()) == len(PEOPLE)
