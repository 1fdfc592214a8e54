"""Whole runs in processes of their own, and what they leave behind.

Belongs here: starting a run with a fixed clock and key, and looking at a home after
it. Does not belong here: how a run is disturbed. The clock and the key behind person
ids are fixed, so every table must come out equal, to the byte of every value.
"""

from pathlib import Path

import duckdb

from dagster_project.warehouse import SETTINGS
from tests.commands import Call
from tests.finished_runs import AS_OF, environment

VOLATILE = {"run_id"}
"""Columns that name the run itself."""


def start(landing: Path, home: Path, as_of: str = AS_OF) -> Call:
    """Start a run with a fixed clock and key, in a process of its own."""
    home.mkdir(exist_ok=True)
    (home / "person_id.key").write_text("5e" * 32)
    return Call("run", "--as-of", as_of, environment=environment(landing, home))


def finish(run: Call) -> str:
    output, errors = run.communicate()
    assert run.returncode == 0, errors
    return output + errors


def tables(home: Path, file: str) -> dict[str, str]:
    """Return a digest of every table's rows, whatever their order on disk."""
    path = str(home / file)
    with duckdb.connect(path, read_only=True, config=SETTINGS) as connection:
        return digests(connection)


def digests(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return them of an open database."""
    found = connection.sql(
        "select schema_name, table_name from duckdb_tables() order by all"
    ).fetchall()
    said = {}
    for schema, table in found:
        described = connection.sql(f'describe {schema}."{table}"').fetchall()
        columns = [name for (name, *_) in described if name not in VOLATILE]
        listed = ", ".join(f'"{name}"' for name in columns)
        (said[f"{schema}.{table}"],) = connection.sql(
            f"select count(*) || ':' || coalesce(sum(hash(({listed}))), 0) "
            f'from {schema}."{table}"'
        ).fetchone()
    return said


def contents(home: Path) -> dict[str, str]:
    return tables(home, "warehouse.duckdb")


def leftovers(home: Path) -> list[str]:
    return [p.name for p in home.rglob("*") if p.suffix in (".tmp", ".part", ".wal")]


def is_balanced(home: Path) -> None:
    """Assert that the ledger's sums are the rows in raw."""
    path = str(home / "warehouse.duckdb")
    with duckdb.connect(path, config=SETTINGS) as connection:
        raw = connection.sql(
            "select table_name from duckdb_columns() where schema_name = 'raw' "
            "and column_name = '_row_number'"
        ).fetchall()
        rows = sum(
            connection.sql(f"select count(*) from raw.{name}").fetchone()[0]
            for (name,) in raw
        )
        (loaded,) = connection.sql(
            "select coalesce(sum(rows_loaded), 0) from raw.deliveries "
            "where status = 'taken'"
        ).fetchone()
        temporary = connection.sql(
            "select table_name from duckdb_tables() where table_name like '%__dbt_tmp'"
        ).fetchall()
    assert rows == loaded
    assert temporary == []
