"""A tiny warehouse, built once by dbt in this process."""

import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from tests.dbt_project import tiny_city
from tests.dbt_project.raw_tables import create_empty, insert

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"


def run_dbt(warehouse: Path, target: Path, *arguments: str) -> dict[str, str]:
    """Run dbt against a warehouse; fail with the messages of what failed.

    Returns:
        What ran, by its name, and how it ended.
    """
    before = dict(os.environ)
    os.environ |= {"WAREHOUSE_PATH": str(warehouse), "DO_NOT_TRACK": "1"}
    options = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    options += ["--target-path", str(target), "--log-path", str(target)]
    try:
        result = dbtRunner().invoke(["--quiet", *arguments, *options])
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
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder for dbt's artifacts."""
    return tmp_path_factory.mktemp("target")


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory, target: Path) -> Path:
    """Return a warehouse built from the tiny city, tests and unit tests included."""
    path = tmp_path_factory.mktemp("warehouse") / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
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
    run_dbt(path, target, "build")
    return path


@pytest.fixture(scope="session")
def query(warehouse: Path) -> Callable[[str], list[tuple]]:
    """Return a function that runs SQL on the built warehouse."""
    connection = duckdb.connect(str(warehouse), read_only=True)
    connection.execute("set TimeZone = 'UTC'")

    def rows(sql: str) -> list[tuple]:
        return connection.execute(sql).fetchall()

    return rows
