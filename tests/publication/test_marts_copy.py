"""The published copy: whole or not at all, and readable while a run writes."""

import hashlib
import hmac
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from dagster_project.publication.marts_copy import publish_marts, row_key
from dagster_project.warehouse import open_warehouse


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """Return a warehouse with two marts and a table nobody may publish."""
    path = tmp_path / "warehouse.duckdb"
    with open_warehouse(path) as connection:
        connection.execute("create schema marts; create schema intermediate")
        connection.execute(
            "create table marts.people as select 'p_' || i as person_id, i as n "
            "from range(100) as r(i)"
        )
        connection.execute("comment on table marts.people is 'One row per person''s.'")
        connection.execute("comment on column marts.people.n is 'a count'")
        connection.execute("create table marts.offers as select 1 as offer_id")
        connection.execute(
            "create table intermediate.int_client_records as "
            "select 'Nguyễn' as last_name"
        )
    return path


def test_the_copy_holds_the_marts_and_nothing_else(warehouse: Path) -> None:
    target = warehouse.with_name("marts.duckdb")
    with open_warehouse(warehouse) as connection:
        rows = publish_marts(connection, target, bytes(32))
    assert rows == {"offers": 1, "people": 100}
    with duckdb.connect(str(target), read_only=True) as copy:
        assert copy.sql("select count(*) from marts.people").fetchone() == (100,)
        tables = copy.sql(
            "select schema_name || '.' || table_name from duckdb_tables()"
        ).fetchall()
        assert sorted(t for (t,) in tables) == ["main.offers", "main.people"]
        comment = copy.sql(
            "select comment from duckdb_tables() where table_name = 'people'"
        ).fetchone()
        assert comment == ("One row per person's.",)


def test_a_reader_keeps_the_old_copy_while_the_new_one_is_made(warehouse: Path) -> None:
    target = warehouse.with_name("marts.duckdb")
    with open_warehouse(warehouse) as connection:
        publish_marts(connection, target, bytes(32))
        with duckdb.connect(str(target), read_only=True) as reader:
            connection.execute("insert into marts.offers values (2)")
            publish_marts(connection, target, bytes(32))
            assert reader.sql("select count(*) from marts.offers").fetchone() == (1,)
    with duckdb.connect(str(target), read_only=True) as reader:
        assert reader.sql("select count(*) from marts.offers").fetchone() == (2,)


def test_a_copy_that_fails_leaves_the_old_one(warehouse: Path) -> None:
    target = warehouse.with_name("marts.duckdb")
    with open_warehouse(warehouse) as connection:
        publish_marts(connection, target, bytes(32))
        before = hashlib.sha256(target.read_bytes()).hexdigest()
        connection.execute("attach ':memory:' as published")
        with pytest.raises(duckdb.Error):
            publish_marts(connection, target, bytes(32))
    assert hashlib.sha256(target.read_bytes()).hexdigest() == before


def test_half_a_copy_from_a_killed_run_is_no_obstacle(warehouse: Path) -> None:
    target = warehouse.with_name("marts.duckdb")
    leftover = target.with_name(target.name + ".tmp")
    leftover.write_bytes(b"half a file")
    with open_warehouse(warehouse) as connection:
        publish_marts(connection, target, bytes(32))
    assert target.exists()
    assert not leftover.exists()


READER = """
import sys, time
import duckdb

target, until = sys.argv[1], time.monotonic() + 120
seen = set()
while len(seen) < 8 and time.monotonic() < until:
    with duckdb.connect(target, read_only=True) as copy:
        people = copy.sql("select count(*) from marts.people").fetchone()[0]
        offers = copy.sql("select count(*) from marts.offers").fetchone()[0]
        assert people == offers, (people, offers)
        seen.add(people)
try:
    duckdb.connect(sys.argv[2], read_only=True)
except duckdb.IOException:
    print(len(seen))
"""


def test_bi_reads_whole_versions_while_a_run_writes(warehouse: Path) -> None:
    """Another process opens the copy over and over, as BI tools do; the run goes on.

    Each version has as many people as offers, so half a version would show.
    """
    target = warehouse.with_name("marts.duckdb")

    def publish(version: int) -> None:
        for table in ("people", "offers"):
            connection.execute(
                f"create or replace table marts.{table} as from range({version})"
            )
        publish_marts(connection, target, bytes(32))

    with open_warehouse(warehouse) as connection:
        publish(1)
        with subprocess.Popen(
            [sys.executable, "-c", READER, target, warehouse],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as reader:
            version = 1
            while reader.poll() is None and version < 20_000:
                version += 1
                publish(version)
            told, error = reader.communicate()
    assert (reader.returncode, error) == (0, "")
    assert int(told) == 8, "versions seen, the warehouse itself being closed to others"


IDS = "contact_id varchar, person_id varchar, listed_person_id varchar, n integer"


@pytest.mark.parametrize("key", [bytes(32), bytes(range(64)), bytes(range(100))])
def test_an_id_of_a_row_stands_there_under_the_key(warehouse: Path, key: bytes) -> None:
    """A department's id does not find its row; joins and persons stay."""
    ids = [hashlib.md5(f"hsh:hmis:{n}".encode()).hexdigest() for n in range(3)]
    target = warehouse.with_name("marts.duckdb")
    with open_warehouse(warehouse) as connection:
        connection.execute(f"create table marts.contacts ({IDS})")
        for n, one in enumerate([*ids, None, "Ọmọ\\x41'"]):
            connection.execute(
                "insert into marts.contacts values (?, ?, ?, ?)",
                [one, f"p_{n}", f"p_{n}", n],
            )
        connection.execute(
            "create table marts.follow_ups as select contact_id from marts.contacts"
        )
        publish_marts(connection, target, key)
        kept = connection.sql("select contact_id from marts.contacts").fetchall()
    assert (ids[0],) in kept
    with duckdb.connect(str(target), read_only=True) as copy:
        rows = copy.sql("from marts.contacts order by n").fetchall()
        joined = copy.sql(
            "select count(*) from marts.contacts inner join marts.follow_ups "
            "using (contact_id)"
        ).fetchone()
    assert joined == (4,)
    whole = [one and one.encode() for one in [*ids, None, "Ọmọ\\x41'"]]
    assert rows == [
        (
            one and hmac.digest(key, one, "sha256").hex()[:32],
            f"p_{n}",
            f"p_{n}",
            n,
        )
        for n, one in enumerate(whole)
    ]
    assert key.hex().encode() not in target.read_bytes()


def test_the_key_is_the_installations_and_no_other_hash_s() -> None:
    made = {row_key(secret) for secret in (bytes(32), bytes(range(32)))}
    assert len(made) == 2 and not made & {bytes(32), bytes(range(32))}


def test_a_mart_of_the_case_conference_stays_behind(warehouse: Path) -> None:
    target = warehouse.with_name("marts.duckdb")
    with open_warehouse(warehouse) as connection:
        connection.execute(
            "create table marts.case_list_states as select 'p_1' as person_id"
        )
        rows = publish_marts(
            connection, target, bytes(32), apart={"case_list_states", "no such mart"}
        )
    assert rows == {"offers": 1, "people": 100}
    assert b"case_list_states" not in target.read_bytes()
