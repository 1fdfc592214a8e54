"""A suite says how many rows broke a promise, and nothing about whose they are."""

import duckdb
import great_expectations as gx
import pytest

from dagster_project.defs.checks import _selected, read_suites, run_suite

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
