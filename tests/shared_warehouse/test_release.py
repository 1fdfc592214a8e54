"""A release is whole or not there, and says what the warehouse said."""

import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from dagster_project.shared_warehouse import logins
from dagster_project.shared_warehouse.release import LOCK, Job, publish
from dagster_project.shared_warehouse.steps import PublishError
from dagster_project.shared_warehouse.terms import Column, Table, Terms
from dagster_project.warehouse import open_warehouse

from . import small_warehouse
from .conftest import KEY, Database

POINTS = (
    "staged",
    "agreement applied",
    "client records filled",
    "marts filled",
    "before commit",
)
PUBLISHER = """
import os, signal, sys
from pathlib import Path
from dagster_project.governance.in_force import checked
from dagster_project.places import REPOSITORY
from dagster_project.shared_warehouse.from_agreement import terms_of
from dagster_project.shared_warehouse.release import Job, publish
from dagster_project.warehouse import open_warehouse

def die(point):
    if point == sys.argv[3]:
        os.kill(os.getpid(), signal.SIGKILL)

terms = terms_of(checked(REPOSITORY / "agreement.yaml"))
with open_warehouse(Path(sys.argv[1]), read_only=True) as warehouse:
    publish(warehouse, sys.argv[2], Job(terms, bytes(range(32))), at=die)
"""
SNAPSHOT = """
select
    (select count(*) from identified.client_records),
    (select count(*) from held.people),
    (select string_agg(agreement, '' order by published_at) from public.releases)
"""


@pytest.fixture
def database(new_database: Callable[[], Database]) -> Database:
    """Return an empty database."""
    return new_database()


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a warehouse with more people than the other."""
    more = tuple(
        small_warehouse.Record("hsh", f"9{n:03}", f"p_more_{n}", "Ana", f"Quispe {n}")
        for n in range(40)
    )
    path = tmp_path_factory.mktemp("larger") / "warehouse.duckdb"
    return small_warehouse.make(path, small_warehouse.RECORDS + more)


@pytest.mark.parametrize("point", [*POINTS, "after commit"])
def test_killed_at_a_point_readers_see_all_of_one_release(
    database: Database, warehouse: Path, larger: Path, terms: Terms, point: str
) -> None:
    database.publish(warehouse, terms)
    before = database.ask(SNAPSHOT)
    seen, stop = set(), threading.Event()

    def read() -> None:
        with database.logged_in() as session:
            while not stop.is_set():
                seen.update(session.ask(SNAPSHOT))

    reader = threading.Thread(target=read)
    reader.start()
    ended = subprocess.run(
        [sys.executable, "-c", PUBLISHER, larger, database.connection(), point],
        check=False,
    )
    stop.set()
    reader.join()
    assert ended.returncode == -9
    after = database.ask(SNAPSHOT)
    records = len(small_warehouse.RECORDS)
    if point == "after commit":
        assert after[0][0] == records + 40
    else:
        assert after == before
    assert seen <= {*before, *after}
    database.publish(larger, terms)
    assert database.ask(SNAPSHOT)[0][0] == records + 40


def test_a_reader_s_old_snapshot_stays_whole(
    database: Database, warehouse: Path, larger: Path, terms: Terms
) -> None:
    database.publish(warehouse, terms)
    login = database.add_login("slow_reader", "analyst")
    with database.logged_in(login) as session:
        session.ask("begin isolation level repeatable read;;select 1 from marts.people")
        count = "select count(*) from marts.people"
        before = session.ask("select count(*) from marts.contacts")
        database.publish(larger, terms)
        people = session.ask(count)
        session.ask("commit")
        assert people == [(before[0][0] - 1,)]
        assert session.ask(count) == [(people[0][0] + 40,)]


def test_a_failure_changes_nothing(
    database: Database, warehouse: Path, larger: Path, terms: Terms, tmp_path: Path
) -> None:
    database.publish(warehouse, terms)
    before = database.ask(SNAPSHOT)
    database.ask(
        "alter table identified.client_records add check (zip <> 'zip of 9001')"
    )
    with pytest.raises(PublishError) as caught:
        database.publish(larger, terms)
    assert "check constraint" in str(caught.value)
    assert "Quispe" not in str(caught.value)
    assert database.ask(SNAPSHOT) == before


def test_the_second_time_nothing_is_changed(
    database: Database, warehouse: Path, terms: Terms
) -> None:
    catalog = (
        "select 'c', oid::regclass::text, relacl::text, relowner::text from pg_class "
        "where relnamespace >= 2200 union all "
        "select 'p', oid::text, proacl::text, md5(prosrc) from pg_proc "
        "where oid >= 16384 union all "
        "select 'o', oid::text, polname::text, '' from pg_policy union all "
        "select 'e', oid::text, evtname::text, evtenabled::text "
        "from pg_event_trigger union all "
        "select 'n', nspname::text, nspacl::text, '' from pg_namespace union all "
        "select 'd', datname::text, datacl::text, '' from pg_database "
        "where datname = current_database() order by 1, 2, 3"
    )
    first = database.publish(warehouse, terms)
    before = database.ask(catalog)
    second = database.publish(warehouse, terms)
    assert database.ask(catalog) == before
    assert second.told == ()
    assert first.release != second.release
    assert first.rows == second.rows
    releases = "select count(*) from audit.events where kind = 'release published'"
    assert database.ask(releases) == [(2,)]
    assert database.ask("select count(*) from public.releases") == [(2,)]


def test_a_login_that_only_publishes(
    database: Database, warehouse: Path, larger: Path, terms: Terms
) -> None:
    database.publish(warehouse, terms)
    login = database.add_login("nightly", "publisher")
    with open_warehouse(larger, read_only=True) as opened:
        publish(opened, database.connection(login), Job(terms, KEY))
    assert database.ask(SNAPSHOT)[0][0] == len(small_warehouse.RECORDS) + 40
    for column in ("first_name", "person_id", "visible_to"):
        refused = database.refused(
            f"select {column} from identified.client_records", login
        )
        assert "permission denied" in refused
    changed = replace(terms, expires=date(2099, 1, 1))
    with (
        open_warehouse(larger, read_only=True) as opened,
        pytest.raises(PublishError, match="let an administrator publish once"),
    ):
        publish(opened, database.connection(login), Job(changed, KEY))


def test_a_publisher_takes_a_mart_that_gained_and_lost_columns(
    database: Database, warehouse: Path, terms: Terms, tmp_path: Path
) -> None:
    database.publish(warehouse, terms)
    login = database.add_login("nightly", "publisher")
    reader = database.add_login("weekly_analyst", "analyst")
    path = small_warehouse.make(tmp_path / "changed.duckdb")
    with duckdb.connect(str(path)) as changed:
        changed.execute("alter table marts.contacts add column team_code varchar")
        changed.execute("alter table marts.contacts drop column department")
        changed.execute("alter table marts.contacts alter contacted_at type date")
    with open_warehouse(path, read_only=True) as opened:
        publish(opened, database.connection(login), Job(terms, KEY))
    database.ask("select team_code, contacted_at from marts.contacts", reader)
    refused = database.refused("select department from marts.contacts", reader)
    assert "does not exist" in refused


VALUES = {
    "a_text": ("varchar", "'Ὀδυσσεύς 🏠 名前 ''quoted'' \\ back'", None),
    "a_nul": ("varchar", "'a' || chr(0) || 'b'", "a\ufffdb"),
    "an_empty": ("varchar", "''", ""),
    "a_null": ("varchar", "null", None),
    "a_day": ("date", "date '1899-12-31'", date(1899, 12, 31)),
    "a_moment": (
        "timestamp",
        "timestamp '2026-03-08 02:30:00.123456'",
        datetime(2026, 3, 8, 2, 30, 0, 123456),
    ),
    "an_instant": (
        "timestamptz",
        "timestamptz '2026-03-08 10:30:00+00'",
        datetime(2026, 3, 8, 10, 30, tzinfo=UTC),
    ),
    "a_clock": ("time", "time '23:59:59.999999'", time(23, 59, 59, 999999)),
    "a_truth": ("boolean", "true", True),
    "a_big": ("bigint", "-9223372036854775808", -(2**63)),
    "a_sum": ("hugeint", "170141183460469231731687303715884105727 % 10", Decimal(7)),
    "a_ubig": ("ubigint", "18446744073709551615", Decimal(2**64 - 1)),
    "a_price": ("decimal(10, 2)", "-0.10", Decimal("-0.1")),
    "a_share": ("double", "0.1", 0.1),
    "a_none": ("double", "'nan'::double", None),
    "a_small": ("tinyint", "-128", -128),
    "a_list": ("varchar[]", "['é', null, '']", ["é", None, ""]),
    "a_struct": ("struct(a integer)", "{'a': 1}", '{"a":1}'),
    "a_blob": ("blob", "'\\x00\\xFF'::blob", b"\x00\xff"),
    "an_enum": ("enum('x', 'y')", "'y'", "y"),
}


def test_each_type_arrives_as_it_was(
    database: Database, terms: Terms, tmp_path: Path
) -> None:
    path = small_warehouse.make(tmp_path / "types.duckdb")
    columns = ", ".join(f"{name} {kind}" for name, (kind, _, _) in VALUES.items())
    values = ", ".join(value for _, value, _ in VALUES.values())
    with duckdb.connect(str(path)) as warehouse:
        warehouse.execute(f"create table marts.types ({columns})")
        warehouse.execute(f"insert into marts.types select {values}")
    table = Table(
        "marts",
        "types",
        tuple(Column(name, frozenset({"analyst"})) for name in VALUES),
    )
    database.publish(path, replace(terms, tables=(*terms.tables, table)))
    listed = ", ".join(VALUES)
    (row,) = database.ask(f"select {listed} from held.types")
    arrived = dict(zip(VALUES, row, strict=True))
    assert arrived.pop("a_none") != 0  # NaN equals nothing, not even itself
    expected = {name: value for name, (_, _, value) in VALUES.items()}
    expected.pop("a_none")
    expected["a_text"] = "Ὀδυσσεύς 🏠 名前 'quoted' \\ back"
    # ADBC gives numeric back as text.
    assert {
        name: Decimal(value) if isinstance(expected[name], Decimal) else value
        for name, value in arrived.items()
    } == expected
    database.publish(path, replace(terms, tables=(*terms.tables, table)))


@pytest.mark.parametrize("value", ["timestamp 'infinity'", "timestamp '-infinity'"])
def test_an_endless_time_is_refused(
    database: Database, terms: Terms, tmp_path: Path, value: str
) -> None:
    path = small_warehouse.make(tmp_path / "endless.duckdb")
    with duckdb.connect(str(path)) as warehouse:
        warehouse.execute(f"update marts.contacts set contacted_at = {value}")
    with pytest.raises(PublishError, match=r"marts\.contacts has .* infinite"):
        database.publish(path, terms)


def test_pseudonyms_change_with_each_release(
    database: Database, warehouse: Path, terms: Terms
) -> None:
    ids = "select person_id__analyst from held.people"
    database.publish(warehouse, terms)
    first = set(database.ask(ids))
    database.publish(warehouse, terms)
    second = set(database.ask(ids))
    assert len(first) == len(second) > 0
    assert not first & second


def test_no_id_of_the_warehouse_is_in_the_marts(
    database: Database, warehouse: Path, terms: Terms
) -> None:
    database.publish(warehouse, terms)
    people = {record.person for record in small_warehouse.RECORDS if record.person}
    for table in ("people", "contacts"):
        for row in database.ask(f"select t::text from held.{table} as t"):
            assert not any(person in row[0] for person in people)
            assert "c_" not in row[0]


def test_a_stranger_s_table_stops_the_release(
    database: Database, warehouse: Path, terms: Terms
) -> None:
    database.ask("create table public.somebody_elses (a int)")
    with pytest.raises(PublishError, match="did not make"):
        database.publish(warehouse, terms)
    assert database.ask("select count(*) from public.somebody_elses") == [(0,)]


@pytest.mark.parametrize("attribute", ["superuser", "bypassrls"])
def test_a_login_above_the_policies_stops_the_release(
    database: Database, warehouse: Path, terms: Terms, attribute: str
) -> None:
    database.publish(warehouse, terms)
    database.add_login("mighty", "fire")
    database.ask(f"alter role mighty {attribute}")
    try:
        with pytest.raises(PublishError, match="mighty is a superuser or bypasses"):
            database.publish(warehouse, terms)
    finally:
        database.ask("drop role mighty")


@pytest.mark.parametrize("beyond", ["pg_read_all_data", "warehouse_owner"])
def test_a_login_with_more_than_its_role_stops_the_release(
    database: Database, warehouse: Path, terms: Terms, beyond: str
) -> None:
    database.publish(warehouse, terms)
    database.add_login("reaching", "fire")
    database.ask(f"grant {beyond} to reaching")
    try:
        with pytest.raises(PublishError, match=f"reaching also has the role {beyond}"):
            database.publish(warehouse, terms)
    finally:
        database.ask("drop role reaching")


def test_a_group_role_that_gained_a_role_loses_it(
    database: Database, warehouse: Path, terms: Terms
) -> None:
    database.publish(warehouse, terms)
    database.ask("grant pg_read_all_data to fire;;alter role fire login")
    done = database.publish(warehouse, terms)
    assert "fire is no member of pg_read_all_data any more" in done.told
    assert "fire is a plain group role again" in done.told


def test_what_was_changed_by_hand_is_mended(
    database: Database, warehouse: Path, terms: Terms
) -> None:
    database.publish(warehouse, terms)
    database.ask(
        "grant select on held.people to fire;;"
        "grant select (zip) on identified.client_records to analyst;;"
        "create or replace function agreement.my_departments() returns text[] "
        "language plpgsql as $$begin return '{hsh,fire,dph,dem}'; end$$;;"
        "alter table identified.client_records alter column zip set statistics 100"
    )
    done = database.publish(warehouse, terms)
    assert "fire loses SELECT on held.people" in done.told
    assert 'analyst loses SELECT ("zip") on identified.client_records' in done.told
    login = database.add_login(logins.EXAMPLES["fire"], "fire")
    assert database.ask("select agreement.my_departments()", login) == [(["fire"],)]
    assert database.publish(warehouse, terms).told == ()


def test_no_reader_keeps_a_release_from_being_made(
    new_database: Callable[[], Database], warehouse: Path, terms: Terms
) -> None:
    database = new_database()
    database.publish(warehouse, terms)
    login = database.add_login("who_locks", "hsh")
    with database.logged_in(login) as session:
        session.ask(f"select pg_advisory_lock({LOCK})")
        for lock in ("public.releases", "audit.events", "identified.client_records"):
            session.ask("begin")
            told = session.refused(f"lock table {lock} in share mode")
            assert "permission denied" in told
            session.ask("rollback")
        session.ask("begin;;select count(*) from identified.client_records")
        assert database.publish(warehouse, terms).rows


def test_open_databases_of_the_server_are_told(
    new_database: Callable[[], Database], warehouse: Path, terms: Terms
) -> None:
    database = new_database()
    other = new_database()
    told = database.publish(warehouse, terms).warnings
    assert any(f"connect to the database {other.name}" in line for line in told)
    assert not any(f"database {database.name}," in line for line in told)
    assert not any("database postgres," in line for line in told)


def test_a_server_that_is_not_there(warehouse: Path, terms: Terms) -> None:
    with (
        open_warehouse(warehouse, read_only=True) as opened,
        pytest.raises(PublishError) as caught,
    ):
        publish(opened, "postgresql://a:topsecret@127.0.0.1:1/x", Job(terms, KEY))
    assert "topsecret" not in str(caught.value)
