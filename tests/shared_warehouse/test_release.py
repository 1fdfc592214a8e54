"""A release is whole or not there, and says what the warehouse said."""

import signal
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dagster_project.shared_warehouse.release import LOCK, Job, publish
from dagster_project.shared_warehouse.steps import PublishError
from dagster_project.shared_warehouse.terms import Terms
from dagster_project.warehouse import open_warehouse
from tests.commands import ended, forked

from . import dying, small_warehouse
from .conftest import KEY, Database

POINTS = (
    "staged",
    "agreement applied",
    "client records filled",
    "marts filled",
    "before commit",
)


SNAPSHOT = """
select
    (select count(*) from identified.client_records),
    (select count(*) from held.people),
    (select string_agg(agreement, '' order by published_at) from public.releases)
"""


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
            while not stop.wait(0.002):  # not without a pause: a core would be its own
                seen.update(session.ask(SNAPSHOT))

    reader = threading.Thread(target=read)
    reader.start()
    told = larger, database.connection(), Job(terms, KEY), point
    status = ended(forked(dying.release, *told))
    stop.set()
    reader.join()
    assert status == -signal.SIGKILL
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


def test_a_server_that_is_not_there(warehouse: Path, terms: Terms) -> None:
    with (
        open_warehouse(warehouse, read_only=True) as opened,
        pytest.raises(PublishError) as caught,
    ):
        publish(opened, "postgresql://a:topsecret@127.0.0.1:1/x", Job(terms, KEY))
    assert "topsecret" not in str(caught.value)
