"""What a release sends: every column and type as it was, and no id of the warehouse."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from dagster_project.shared_warehouse.release import Job, publish
from dagster_project.shared_warehouse.steps import PublishError
from dagster_project.shared_warehouse.terms import Column, Table, Terms
from dagster_project.warehouse import open_warehouse

from . import small_warehouse
from .conftest import KEY, Database

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
