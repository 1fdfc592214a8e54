"""Whose reads leave a trace, and how a case is opened."""

import socket
import struct
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from dagster_project.shared_warehouse.logins import EXAMPLES
from dagster_project.shared_warehouse.terms import Terms

from .conftest import PATIENCE, Database

CONFERENCE = EXAMPLES["case_conference"]
AUDITOR = EXAMPLES["auditor"]
PURPOSE = "shelter placement plan"


def traces(city: Database, condition: str, columns: str = "kind") -> list[tuple]:
    """Return rows of who_read_what as the auditor sees them, once there are any."""
    end = time.monotonic() + PATIENCE
    query = f"select {columns} from audit.who_read_what where {condition} order by at"
    while True:
        rows = city.ask(query, AUDITOR)
        if rows or time.monotonic() > end:
            return rows
        time.sleep(0.1)


def test_a_case_shows_all_departments_records_of_one_client(city: Database) -> None:
    rows = city.ask(
        "select department, last_name, phone from "
        f"open_case('p_shared', '{PURPOSE} A')",
        CONFERENCE,
    )
    assert rows == [
        ("dph", "Nguyễn", "phone of 3"),
        ("fire", "Hoa", "phone of 2"),
        ("hsh", "Thị Hoa", "phone of 1"),
    ]
    assert city.ask(
        "select login, kind, person_id, n_rows from audit.events "
        f"where purpose = '{PURPOSE} A'",
        AUDITOR,
    ) == [(CONFERENCE, "case opened", "p_shared", 3)]


def test_the_list_names_only_who_is_eligible(city: Database) -> None:
    rows = city.ask("select person_id from identified.conference_list", CONFERENCE)
    assert sorted(rows) == [("p_consented",), ("p_shared",), ("p_two",)]


@pytest.mark.parametrize(
    ("person", "purpose", "told"),
    [
        ("p_shared", "plan", "at least 10 characters"),
        ("p_shared", "      plan      ", "at least 10 characters"),
        ("p_shared", "\t" * 15, "that can be read"),
        ("p_shared", "\n" * 15, "that can be read"),
        ("p_shared", "\u00a0" * 15, "that can be read"),
        ("p_shared", "\u200b" * 15, "that can be read"),
        ("p_shared", "\u3000" * 15, "that can be read"),
        ("p_shared", "." * 15, "that can be read"),
        ("p_shared", "plan\u200b\u200b\u200b\u200b\u200b\u200b", "that can be read"),
        ("p_alone", PURPOSE, "not on the list"),
        ("p_old", PURPOSE, "not on the list"),
        ("p_silent", PURPOSE, "not on the list"),
        ("p_lapsed", PURPOSE, "not on the list"),
        ("p_nobody", PURPOSE, "not on the list"),
        ("p_shared'; drop table audit.events; --", PURPOSE, "not on the list"),
    ],
)
def test_a_case_that_may_not_be_opened(
    city: Database, person: str, purpose: str, told: str
) -> None:
    quoted = person.replace("'", "''")
    refused = city.refused(
        f"select * from open_case('{quoted}', '{purpose}')", CONFERENCE
    )
    assert told in refused
    found = traces(city, f"kind = 'case refused' and person_id = '{quoted}'")
    assert found


@pytest.mark.parametrize("setting", ["off", "on"])
def test_no_setting_makes_nothing_a_purpose(city: Database, setting: str) -> None:
    refused = city.refused(
        f"set standard_conforming_strings = {setting};;"
        f"select * from open_case('p_shared', '{chr(9) * 15}')",
        CONFERENCE,
    )
    assert "that can be read" in refused


@pytest.mark.parametrize(
    "purpose",
    ["안전한 거처를 찾기 위한 회의", "план размещения в приюте", "تخطيط مأوى آمن لها"],
)
def test_a_purpose_is_in_any_language(city: Database, purpose: str) -> None:
    assert city.ask(f"select * from open_case('p_shared', '{purpose}')", CONFERENCE)
    assert city.ask(
        f"select kind from audit.events where purpose = '{purpose}'", AUDITOR
    ) == [("case opened",)]


def test_a_long_purpose_is_kept_as_far_as_it_is_read(city: Database) -> None:
    city.ask(
        "select * from open_case('p_shared', repeat('placement ', 100000))", CONFERENCE
    )
    assert city.ask(
        "select max(length(purpose)) <= 500 from audit.events", AUDITOR
    ) == [(True,)]


def test_many_cases_in_one_statement_are_as_many_events(city: Database) -> None:
    city.ask(
        "select count(*) from generate_series(1, 30) as n, "
        "lateral open_case('p_two', 'reading in a loop ' || n)",
        CONFERENCE,
    )
    assert city.ask(
        "select login, count(*) from audit.events "
        "where purpose like 'reading in a loop %' group by login",
        AUDITOR,
    ) == [(CONFERENCE, 30)]
    seen = traces(city, "purpose = 'reading in a loop 30'", "kind, login")
    assert seen == [("case opened", CONFERENCE)]


def test_bytes_that_are_no_text_blind_nobody(city: Database) -> None:
    """Anybody who reaches the server can have them written into its log."""
    start = b'user\0"READ \xff\xfe\0database\0' + city.name.encode() + b"\0\0"
    with socket.create_connection(("127.0.0.1", city.server.port)) as line:
        head = struct.pack("!ii", len(start) + 8, 3 << 16)
        line.sendall(head + start)
        line.recv(1000)
        line.sendall(b"p" + struct.pack("!i", 8) + b"abc\0")
        line.recv(1000)
    login = city.add_login("after_the_bytes", "hsh")
    city.ask("select zip from identified.client_records", login)
    assert traces(city, f"login = '{login}'") == [("read",)]


def test_a_long_statement_hides_no_read(city: Database) -> None:
    login = city.add_login("long_winded", "hsh")
    padding = "x" * 6_000_000
    city.ask(f"select zip from identified.client_records /* {padding} */", login)
    found = traces(city, f"login = '{login}'", "kind, relation, statement")
    assert found == [("read", "identified.client_records", "(too long to show)")]


def test_a_null_purpose_is_none(city: Database) -> None:
    refused = city.refused("select * from open_case('p_shared', null)", CONFERENCE)
    assert "at least 10 characters" in refused


def test_records_kept_at_home_are_in_no_case(city: Database) -> None:
    rows = city.ask(
        f"select department from open_case('p_consented', '{PURPOSE}')", CONFERENCE
    )
    assert sorted(rows) == [("dph",), ("hsh",)]


def test_a_rollback_hides_nothing(city: Database) -> None:
    purpose = "looking and rolling back"
    city.ask(
        f"begin;;select * from open_case('p_two', '{purpose}');;rollback", CONFERENCE
    )
    assert not city.ask(
        f"select from audit.events where purpose = '{purpose}'", AUDITOR
    )
    found = traces(
        city, f"purpose = '{purpose}'", "login, kind, person_id, n_rows, relation"
    )
    assert found == [
        (CONFERENCE, "case opened", "p_two", 2, "identified.client_records")
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "select last_name from identified.client_records where dob = 'Jane Roe 5551'",
        "begin; select last_name from identified.client_records; rollback",
        "prepare p as select city from identified.client_records; execute p",
        "begin; declare c cursor for select city from identified.client_records; "
        "fetch 1 from c; rollback",
        'select zip from identified.U&"client\\005frecords"',
        "copy (select zip from identified.client_records) to stdout",
        "explain analyze select zip from identified.client_records",
        "begin read only; select zip from identified.client_records; commit",
        "set client_min_messages = error; select zip from identified.client_records",
        "set role hsh; select zip from identified.client_records",
    ],
)
def test_a_read_leaves_a_trace_however_it_is_spelt(
    city: Database, statement: str
) -> None:
    login = city.add_login(f"reader_{abs(hash(statement)) % 10**9}", "hsh")
    assert "ERROR" not in city.psql(f"{statement};", login)
    found = traces(city, f"login = '{login}'", "kind, relation, statement")
    assert ("read", "identified.client_records") in {row[:2] for row in found}
    assert not any("Jane" in row[2] or "5551" in row[2] for row in found)


def test_reading_a_mart_leaves_a_trace(city: Database) -> None:
    login = city.add_login("reader_of_marts", "analyst")
    city.ask("select count(*) from marts.people", login)
    found = traces(city, f"login = '{login}'", "kind, role, relation")
    assert found == [("read", "reader_of_marts", "marts.people")]


def test_a_refusal_leaves_a_trace(city: Database) -> None:
    login = city.add_login("curious_analyst", "analyst")
    city.refused("select first_name from identified.client_records", login)
    found = traces(city, f"login = '{login}'", "kind, statement")
    assert found[0][0] == "refused"
    assert "identified.client_records" in found[0][1]


def test_a_trace_cannot_be_forged(city: Database) -> None:
    login = city.add_login("forger", "fire")
    forged = (
        'READ {"relation" : "identified.client_records", "login" : "amina_warsame"}'
    )
    city.refused(f"select '{forged}'::int", login)
    city.refused(f"do $$begin raise log '{forged}'; end$$", login)
    city.ask("select zip from identified.client_records", login)
    assert traces(city, "login = 'forger' and kind = 'read'")
    assert not city.ask(
        "select from audit.who_read_what where role = 'amina_warsame' "
        "and login = 'forger'",
        AUDITOR,
    )


@pytest.mark.parametrize(
    "statement",
    ["set log_min_messages = panic", "set log_min_error_statement = panic"],
)
def test_a_reader_cannot_silence_the_log(city: Database, statement: str) -> None:
    assert "permission denied" in city.refused(statement, EXAMPLES["hsh"])


def test_each_release_is_an_event(city: Database) -> None:
    rows = city.ask(
        "select kind, n_rows > 0 from audit.events where kind = 'release published'",
        AUDITOR,
    )
    assert rows == [("release published", True)]


def test_the_publisher_cannot_date_or_sign_an_event(city: Database) -> None:
    for column, value in (("at", "now() - interval '1 day'"), ("login", "'somebody'")):
        refused = city.refused(
            f"insert into audit.events (kind, {column}) values ('x', {value})",
            EXAMPLES["publisher"],
        )
        assert "permission denied" in refused


@pytest.mark.parametrize(
    ("statement", "who", "told"),
    [
        ("delete from audit.events", "publisher", "permission denied"),
        ("delete from audit.events", "auditor", "permission denied"),
        ("truncate audit.events", "publisher", "permission denied"),
        # The administrator, whom no right binds, by mistake:
        ("delete from audit.events", None, "not removed before the 2555 days"),
        ("update audit.events set purpose = ''", None, "is not changed"),
        ("truncate audit.events", None, "not removed before the 2555 days"),
        (
            "alter table audit.events disable trigger audit_rows_stay",
            None,
            "Audit events that could be changed",
        ),
        (
            "drop trigger audit_rows_are_not_truncated on audit.events",
            None,
            "Audit events that could be changed",
        ),
        ("drop table audit.events cascade", None, "Audit events that could be changed"),
    ],
)
def test_nobody_removes_an_audit_row(
    city: Database, statement: str, who: str | None, told: str
) -> None:
    before = city.ask("select count(*) from audit.events")
    assert told in city.refused(statement, EXAMPLES[who] if who else None)
    assert city.ask("select count(*) from audit.events") == before


def test_the_clock_ends_audit_rows_and_says_so(
    new_database: Callable[[], Database], warehouse: Path, terms: Terms
) -> None:
    """Rows are dated back by an administrator who takes everything out of the way."""
    database = new_database()
    database.publish(warehouse, terms)
    login = database.add_login("clock_publisher", "publisher")
    database.ask(
        "drop event trigger shared_warehouse_guard;;"
        "alter table audit.events disable trigger audit_rows_stay;;"
        "update audit.events set at = at - interval '2554 days';;"
        "insert into audit.events (at, kind, person_id) "
        "values (now() - interval '2556 days', 'case opened', 'p_shared');;"
        "alter table audit.events enable trigger audit_rows_stay"
    )
    assert database.ask("select audit.end_events(false)", login) == [(1,)]
    database.publish(warehouse, terms)
    kinds = "select kind, n_rows from audit.events where at > now() - interval '1 hour'"
    assert ("audit rows ended", 1) in database.ask(kinds)
    opened = "select count(*) from audit.events where kind = 'case opened'"
    assert database.ask(opened) == [(0,)]
    assert database.ask("select audit.end_events(true)", login) == [(0,)]
    shorter = replace(terms, audit_days=30)
    database.publish(warehouse, shorter)
    assert database.ask("select min(at) > now() - interval '1 day' from audit.events")[
        0
    ] == (True,)


def test_a_read_older_than_the_clock_is_not_shown(
    new_database: Callable[[], Database], warehouse: Path, terms: Terms
) -> None:
    database = new_database()
    database.publish(warehouse, terms)
    reader = database.add_login("reader_of_old", "analyst")
    auditor = database.add_login("auditor_of_old", "auditor")
    database.ask("select count(*) from marts.people", reader)
    seen = "select kind from audit.who_read_what where login = 'reader_of_old'"
    end = time.monotonic() + PATIENCE
    while not database.ask(seen, auditor) and time.monotonic() < end:
        time.sleep(0.1)
    assert database.ask(seen, auditor) == [("read",)]
    database.publish(warehouse, replace(terms, audit_days=0))
    assert database.ask(seen, auditor) == []
