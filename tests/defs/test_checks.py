"""A suite says how many rows broke a promise, and nothing about whose they are."""

import gc

import duckdb
import great_expectations as gx
import pandas as pd
import pytest

from dagster_project.defs import checks
from dagster_project.defs.checks import (
    Suite,
    _selected,
    read_suites,
    run_suite,
    run_suites,
)
from dagster_project.defs.resources import Warehouse

SUITES = {suite.table: suite for suite in read_suites() if suite.schema == "raw"}
DELIVERY = "hsh_hmis_20250701T040000_1a2b3c4d"
PEOPLE = [
    ("C1", "Achieng", "1980-02-30", "2"),
    ("C2", "Zofia", "2025-07-04", "77"),
    ("C2", "Zofia", "1879-01-01", "1"),
    (None, "Sipho", None, None),
]


@pytest.fixture(scope="module")
def results() -> dict[str, str]:
    """Return the table that each check of the client suite shows, by check."""
    suite = SUITES["hsh_client"]
    with duckdb.connect() as connection:
        columns = {e["kwargs"].get("column") for e in suite.expectations} - {None}
        columns |= {"_delivery_id", "_row_number"}
        listed = ", ".join(f'"{column}" varchar' for column in sorted(columns))
        connection.execute("create schema raw")
        connection.execute(f"create table raw.hsh_client ({listed})")
        for number, (key, name, dob, quality) in enumerate(PEOPLE):
            connection.execute(
                'insert into raw.hsh_client (_delivery_id, _row_number, "PersonalID", '
                '"LastName", "DOB", "DOBDataQuality") values (?, ?, ?, ?, ?, ?)',
                [DELIVERY, number, key, name, dob, quality],
            )
        rows = connection.sql(
            f"select {_selected(suite.columns)} from raw.hsh_client"
        ).df()
    context = gx.get_context(mode="ephemeral")
    batch = (
        context.data_sources.add_pandas("test")
        .add_dataframe_asset("hsh_client")
        .add_batch_definition_whole_dataframe("all")
        .get_batch({"dataframe": rows})
    )
    return {
        result.check_name: result.metadata["expectations"].value
        for result in run_suite(suite, batch)
    }


@pytest.mark.parametrize(
    ("check", "promise", "rows", "broke_it"),
    [
        ("promises", "PersonalID is never missing", 4, 1),
        ("warnings", "DOBDataQuality holds only known codes", 4, 1),
        ("warnings", "DOB is not after the day of the export", 4, 1),
        (
            "warnings",
            "DOB is not before 1900: nobody alive was born before",
            4,
            1,
        ),
        (
            "warnings",
            "a delivery holds each key once; of several rows the last one counts",
            4,
            2,
        ),
    ],
)
def test_a_broken_promise_is_named_and_counted(results, check, promise, rows, broke_it):
    assert f"| {promise} | NO | {rows} | {broke_it} |" in results[check]


def test_no_value_of_a_person_is_shown(results):
    shown = "\n".join(results.values())
    for value in ("Achieng", "Zofia", "Sipho", "1980-02-30", "1879-01-01", "C1"):
        assert value not in shown


@pytest.mark.parametrize("table", sorted(SUITES))
def test_every_suite_knows_its_keys_and_says_why_a_share_is_enough(table):
    types = {e["type"] for e in SUITES[table].expectations}
    assert "expect_column_values_to_not_be_null" in types
    for expectation in SUITES[table].expectations:
        assert expectation["description"]
        is_share = expectation["type"] == "expect_column_values_to_not_be_null"
        if is_share and "mostly" in expectation["kwargs"]:
            assert "2026-" in expectation["description"], expectation


NEVER_MISSING = {
    "type": "expect_column_values_to_not_be_null",
    "kwargs": {"column": "key"},
}


@pytest.fixture
def warehouse(tmp_path):
    """Return a warehouse of three tables that differ in how many keys are missing."""
    warehouse = Warehouse(path=str(tmp_path / "w.duckdb"), landing=str(tmp_path))
    with warehouse.connect() as connection:
        connection.execute("create schema raw")
        for missing, table in enumerate(("calls", "clients", "visits")):
            connection.execute(
                f"create table raw.{table} as select "
                f"case when i >= {missing} then 'k' || i end as key, "
                "'d' || i as _delivery_id from range(4321) as numbers (i)"
            )
    return warehouse


def suites() -> list[Suite]:
    return [
        Suite("raw", table, (NEVER_MISSING,))
        for table in ("calls", "clients", "visits")
    ]


@pytest.mark.parametrize("many", [10, 5_000, 100_000])
def test_each_table_is_held_to_its_own_rows(warehouse, monkeypatch, many):
    monkeypatch.setattr(checks, "MANY_ROWS", many)
    context = gx.get_context(mode="ephemeral")
    results = list(run_suites(context, suites(), warehouse))
    assert [r.asset_key.path[-1] for r in results] == ["calls", "clients", "visits"]
    assert [r.passed for r in results] == [True, False, False]
    for missing, result in enumerate(results):
        shown = result.metadata["expectations"].value
        assert f"| 4321 | {missing} |" in shown
    assert "d0 (1 rows), d1 (1 rows). " in results[2].metadata["deliveries"].value


def test_a_large_table_is_let_go_before_the_next_is_read(warehouse, monkeypatch):
    monkeypatch.setattr(checks, "MANY_ROWS", 10)
    context = gx.get_context(mode="ephemeral")

    def held() -> int:
        return sum(
            isinstance(thing, pd.DataFrame) and len(thing) == 4321
            for thing in gc.get_objects()
        )

    gc.collect()
    found, read = [], checks._rows

    def watched(connection, suite):
        found.append(held())
        return read(connection, suite)

    monkeypatch.setattr(checks, "_rows", watched)
    assert len(list(run_suites(context, suites(), warehouse))) == 3
    assert found == [0, 0, 0]
    assert held() == 0 and len(context.data_sources.all()) == 0
