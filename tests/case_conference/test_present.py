"""Listed people followed through the identity ledger to today."""

from datetime import UTC, datetime

import duckdb
import pytest

from dagster_project.case_conference.entries import REASONS, Entry
from dagster_project.case_conference.listing import replay
from dagster_project.case_conference.present import Present, people_now, present
from dagster_project.case_conference.table import write_case_list

MAY, JUNE, JULY, AUGUST = (datetime(2026, month, 1) for month in (5, 6, 7, 8))
MOVES = [
    # mele and faasoa are linked in July; hanh is taken apart in July; wei is purged.
    (MAY, "link", "mele", "hsh:1"),
    (MAY, "link", "faasoa", "fire:1"),
    (MAY, "link", "hanh", "hsh:2"),
    (MAY, "link", "hanh", "dph:2"),
    (MAY, "link", "hanh", "fire:2"),
    (MAY, "link", "wei", "dph:3"),
    (MAY, "link", "amina", "dph:4"),
    (JULY, "unlink", "faasoa", "fire:1"),
    (JULY, "link", "mele", "fire:1"),
    (JULY, "unlink", "hanh", "fire:2"),
    (JULY, "link", "thi", "fire:2"),
    (JULY, "unlink", "wei", "dph:3"),
]
NOW = {
    "hsh:1": "mele",
    "fire:1": "mele",
    "hsh:2": "hanh",
    "dph:2": "hanh",
    "fire:2": "thi",
    "dph:4": "amina",
}


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        connection.execute("create schema linkage")
        connection.execute(
            'create table linkage.identity_events (event_id bigint, "at" timestamp, '
            "kind varchar, person_id varchar, client_record_id varchar)"
        )
        connection.executemany(
            "insert into linkage.identity_events values (?, ?, ?, ?, ?)",
            [(number, *move) for number, move in enumerate(MOVES, start=1)],
        )
        connection.execute(
            "create table linkage.client_links "
            "(client_record_id varchar, person_id varchar)"
        )
        connection.executemany(
            "insert into linkage.client_links values (?, ?)", list(NOW.items())
        )
        yield connection


def listed(person: str, at: datetime, listing: str = "L1"):
    reason = REASONS["nominate"][0]
    moment = at.replace(tzinfo=UTC)
    return Entry(listing, "nominate", person, reason, "SCRT", "sato", moment)


@pytest.mark.parametrize(
    ("person", "at", "is_now"),
    [
        ("amina", JUNE, Present("amina", "same")),
        ("mele", JUNE, Present("mele", "same")),
        ("faasoa", JUNE, Present("mele", "merged")),
        ("hanh", JUNE, Present("hanh", "split")),
        ("hanh", AUGUST, Present("hanh", "same")),
        ("wei", JUNE, Present(None, "unknown")),
        ("nobody", JUNE, Present(None, "unknown")),
        # A list older than the ledger goes by all the person ever held.
        ("amina", datetime(2025, 1, 1), Present("amina", "same")),
        ("hanh", datetime(2025, 1, 1), Present("hanh", "split")),
    ],
)
def test_a_listed_person_is_followed_to_today(connection, person, at, is_now):
    (found,) = people_now(connection, replay([listed(person, at)]).values()).values()
    assert found == is_now


def test_who_holds_most_records_goes_on_where_the_listed_id_is_gone():
    assert present("old", {"b": 1, "a": 1, "c": 2}) == Present("c", "split")
    assert present("old", {"b": 1, "a": 1}) == Present("a", "split")
    assert present("old", {"b": 1, "old": 1}) == Present("old", "split")


def test_the_table_names_the_person_of_today_beside_the_one_listed(connection):
    entries = [listed("faasoa", JUNE), listed("amina", JUNE, "L2")]
    assert write_case_list(connection, replay(entries).values()) == 2
    rows = connection.execute(
        "select listing_id, state, person_id, listed_person_id, identity_change, "
        "decided_at from linkage.case_list order by all"
    ).fetchall()
    assert rows == [
        ("L1", "nominated", "mele", "faasoa", "merged", JUNE),
        ("L2", "nominated", "amina", "amina", "same", JUNE),
    ]
    assert write_case_list(connection, []) == 0
