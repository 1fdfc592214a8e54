"""A tiny warehouse, built once by dbt in this process."""

import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from dagster_project.dbt_reading import flags, read_project
from tests.dbt_project import tiny_city
from tests.dbt_project.raw_tables import create_empty, insert
from tests.made_once import made_once


def run_dbt(warehouse: Path, target: Path, *arguments: str) -> dict[str, str]:
    """Run dbt against a warehouse; fail with the messages of what failed.

    Returns:
        What ran, by its name, and how it ended.
    """
    before = dict(os.environ)
    os.environ |= {"WAREHOUSE_PATH": str(warehouse), "DO_NOT_TRACK": "1"}
    os.environ["DBT_TARGET_PATH"] = str(target)
    try:
        manifest = read_project(warehouse)
        if arguments == ("parse",):
            return
        words = ["--quiet", *arguments, *flags(), "--log-path", str(target)]
        words += ["--threads", "1"]  # the suite's workers fill the cores already
        if "docs" not in arguments:  # a second for what nobody reads
            words.append("--no-write-json")
        result = dbtRunner(manifest).invoke(words)
    finally:
        DuckDBConnectionManager.close_all_connections()
        os.environ.clear()
        os.environ |= before
    runs = getattr(result.result, "results", [])
    failed = [
        f"{run.node.unique_id}: {run.message}"
        for run in runs
        if run.status in ("error", "fail", "runtime error")
    ]
    assert result.success, "\n".join(failed) or str(result.exception)
    return {run.node.name: str(run.status) for run in runs if hasattr(run, "node")}


@pytest.fixture(scope="session")
def tiny_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the tiny city, built with all tests; nobody writes to it."""
    return made_once(tmp_path_factory, "tiny_city", _build)


def _build(folder: Path) -> None:
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        create_empty(connection)
        for table, rows in tiny_city.TABLES.items():
            insert(connection, table, rows)
        for person, records in tiny_city.PEOPLE.items():
            for record in records:
                link = {"client_record_id": record, "person_id": person}
                insert(connection, "linkage.client_links", [link])
            if person:
                row = {"person_id": person, "min_link_confidence": 0.97}
                insert(connection, "linkage.persons", [row | {"needs_review": False}])
    run_dbt(folder / "warehouse.duckdb", folder / "target", "build")


@pytest.fixture(scope="session")
def target(tiny_home: Path) -> Path:
    """Return the folder of dbt's artifacts."""
    return tiny_home / "target"


@pytest.fixture(scope="session")
def warehouse(tiny_home: Path) -> Path:
    """Return a warehouse built from the tiny city, tests and unit tests included."""
    return tiny_home / "warehouse.duckdb"


@pytest.fixture(scope="session")
def query(warehouse: Path) -> Callable[[str], list[tuple]]:
    """Return a function that runs SQL on the built warehouse."""
    connection = duckdb.connect(str(warehouse), read_only=True)
    connection.execute("set TimeZone = 'UTC'")

    def rows(sql: str) -> list[tuple]:
        return connection.execute(sql).fetchall()

    return rows
