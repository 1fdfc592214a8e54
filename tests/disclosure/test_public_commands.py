"""``throughline public`` on a warehouse of invented counts."""

import pytest
from typer.testing import CliRunner

from dagster_project.cli import app
from dagster_project.disclosure import tables
from dagster_project.disclosure.prepare import prepare
from dagster_project.disclosure.public_tables import PUBLIC_TABLES
from dagster_project.disclosure.register import read_register
from dagster_project.places import DBT_PROJECT
from dagster_project.warehouse import open_warehouse
from tests.disclosure.made_counts import made_warehouse


@pytest.fixture
def folder(tmp_path, monkeypatch):
    path = tmp_path / "warehouse.duckdb"
    monkeypatch.setenv("WAREHOUSE_PATH", str(path))
    made_warehouse(path)
    with open_warehouse(path) as connection:
        refresh(connection, tmp_path)
    return tmp_path


def refresh(connection, folder):
    register = read_register(folder / "public_releases.jsonl")
    counts = tables.read_counts(connection)
    prepared = prepare(
        counts,
        tables.read_points(connection),
        register,
        data_through=tables.read_data_through(connection),
    )
    tables.write_public(connection, prepared)


def public(*words):
    return CliRunner().invoke(app, ["public", *words])


def test_a_release_is_booked_repeated_listed_and_withdrawn(folder):
    said = public("release", "--by", "Nguyễn Thị Hoa")
    assert (said.exit_code, said.stderr) == (0, "")
    assert "public_demographics, 2024-2025" in said.stdout
    at_once = public("release", "--by", "Sato")
    assert at_once.exit_code == 1 and "'throughline run' first" in at_once.stderr
    with open_warehouse(folder / "warehouse.duckdb") as connection:
        connection.execute(
            "update linked.public_counts_outcomes_by_intervention "
            "set numerator = numerator + 1, n_without = n_without - 1"
        )
        before = tables.read_public(connection)
        refresh(connection, folder)
        after = tables.read_public(connection)
    assert before != after
    for name, rows in after.items():
        assert {row["release_status"] for row in rows} == {"released"}
        first = [
            row | {"release_status": "released", "released_on": rows[0]["released_on"]}
            for row in before[name]
        ]
        assert rows == first
    listed = public("list").stdout
    assert "by Nguyễn Thị Hoa" in listed and "withdrawn" not in listed
    again = public("release", "--by", "Sato")
    assert again.exit_code == 1 and "released already" in again.stderr
    back = public("withdraw", "2024-2025", "--reason", "counted twice", "--by", "Sato")
    assert back.exit_code == 0
    assert "withdrawn: counted twice (Sato)" in public("list").stdout


def test_what_was_tampered_with_is_not_released(folder):
    with open_warehouse(folder / "warehouse.duckdb") as connection:
        connection.execute(
            "update marts.public_outcomes_by_intervention set numerator = 3 "
            "where outcome_type = 'death'"
        )
    said = public("release", "--by", "Sato")
    assert said.exit_code == 1
    assert "public_outcomes_by_intervention" in said.stderr
    assert not (folder / "public_releases.jsonl").exists()


def test_a_release_needs_somebody_who_answers_for_it(folder):
    said = public("release", "--by", " ")
    assert said.exit_code == 1 and "who answers" in said.stderr


def test_without_a_warehouse_the_way_out_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("WAREHOUSE_PATH", str(tmp_path / "none.duckdb"))
    said = public("list")
    assert said.exit_code == 1 and "throughline run" in said.stderr


def test_no_column_is_taken_for_a_name_of_somebody(folder):
    """As dbt's test no_identifier_in_marts has it, on tables Python writes."""
    test = (DBT_PROJECT / "tests" / "no_identifier_in_marts.sql").read_text()
    query = test[test.index("select\n") :]
    with open_warehouse(folder / "warehouse.duckdb", read_only=True) as connection:
        assert connection.sql(query).fetchall() == []


def test_columns_and_their_meanings_are_written(folder):
    with open_warehouse(folder / "warehouse.duckdb", read_only=True) as connection:
        silent = connection.sql(
            "select table_name, column_name from duckdb_columns() "
            "where schema_name = 'marts' and table_name like 'public_%' "
            "and comment is null"
        ).fetchall()
        written = {
            name
            for (name,) in connection.sql(
                "select table_name from duckdb_tables() where schema_name = 'marts' "
                "and comment like 'One row per %'"
            ).fetchall()
        }
    assert silent == []
    assert written == {t.name for t in PUBLIC_TABLES} | {tables.SCORE_TABLE}
