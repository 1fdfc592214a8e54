"""Whether the proof of an erasure reaches the databases that were published to."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dagster_project.erasure.search import Trace
from dagster_project.erasure.shared_copies import PRIVATE, UNASKED, left
from dagster_project.shared_warehouse.asking import ended_events, left_of
from dagster_project.shared_warehouse.connections import CONNECTION
from dagster_project.shared_warehouse.logins import EXAMPLES
from dagster_project.shared_warehouse.published_to import Copy, copies, note
from dagster_project.shared_warehouse.steps import PublishError
from dagster_project.shared_warehouse.terms import Terms

from . import small_warehouse
from .conftest import Database

LIST_STATES = "identified.case_list_states"
HERE = ["identified.client_records", "identified.conference_list", LIST_STATES]


@pytest.mark.parametrize(
    ("ids", "tables"),
    [
        (["hsh:hmis:1"], ["identified.client_records"]),
        (["p_shared"], HERE),
        (["p_alone", "dph:fhir:404"], ["identified.client_records", LIST_STATES]),
        (["hsh:hmis:404", "p_nobody", "x'y\\"], []),
        ([], []),
    ],
)
def test_the_publisher_is_told_where_an_id_is_left(
    city: Database, ids: list[str], tables: list[str]
) -> None:
    connection = city.connection(EXAMPLES["publisher"])
    found = left_of(connection, ids)
    assert found == tables
    assert city.ask(
        "select n_rows from audit.events where kind = 'absence asked' "
        "order by at desc limit 1"
    ) == [(len(found),)]
    assert ended_events(connection) == 0


@pytest.mark.parametrize("role", ["hsh", "analyst", "case_conference", "auditor"])
def test_nobody_else_may_ask(city: Database, role: str) -> None:
    with pytest.raises(PublishError, match="permission denied"):
        left_of(city.connection(EXAMPLES[role]), ["hsh:hmis:1"])


def test_the_publisher_still_reads_no_client_record(city: Database) -> None:
    for query in (
        "select person_id from identified.client_records",
        "set role erasure_reader;;select person_id from identified.client_records",
    ):
        assert "permission denied" in city.refused(query, EXAMPLES["publisher"])


def test_a_client_is_gone_once_the_database_was_published_to_without(
    new_database: Callable[[], Database],
    warehouse: Path,
    terms: Terms,
    tmp_path: Path,
) -> None:
    database, other = new_database(), new_database()
    record = tmp_path / "shared_databases.jsonl"
    first = database.publish(warehouse, terms)
    note(record, Copy(first.database, first.release, first.place))
    again = database.publish(warehouse, terms)
    note(record, Copy(again.database, again.release, again.place))
    (kept,) = copies(record)
    assert (kept.database, kept.release) == (first.release, again.release)
    assert record.stat().st_mode & 0o777 == 0o600
    assert database.server.password not in record.read_text()
    ids = ["fire:epcr:2", "hsh:hmis:1", "dph:fhir:3", "p_shared"]
    unasked = Trace(f"shared_databases.jsonl: {first.place}", UNASKED)
    assert left(record, ids, {}) == (0, [unasked])
    other.publish(warehouse, terms)
    assert left(record, ids, {CONNECTION: other.connection()}) == (0, [unasked])
    reached = {CONNECTION: database.connection()}
    asked, traces = left(record, ids, reached)
    assert asked == 1
    assert {t.where for t in traces} == {f"{first.place}: {table}" for table in HERE}
    without = tuple(r for r in small_warehouse.RECORDS if r.person != "p_shared")
    listed = small_warehouse.make(tmp_path / "without.duckdb", without)
    database.publish(listed, terms)
    assert left(record, ids, reached) == (1, [])


def test_a_private_server_s_folder_must_go(tmp_path: Path) -> None:
    record, folder = tmp_path / "shared_databases.jsonl", tmp_path / "postgres"
    folder.mkdir()
    note(record, Copy("r1", "r1", "throughline on 127.0.0.1", str(folder)))
    assert left(record, ["p_1"], {}) == (0, [Trace(str(folder), PRIVATE)])
    folder.rmdir()
    assert left(record, ["p_1"], {}) == (0, [])


def test_a_database_that_does_not_answer_proves_nothing(tmp_path: Path) -> None:
    record = tmp_path / "shared_databases.jsonl"
    note(record, Copy("r1", "r1", "city on 127.0.0.1"))
    with pytest.raises(PublishError):
        left(record, ["p_1"], {CONNECTION: "host=127.0.0.1 port=1 dbname=x"})
