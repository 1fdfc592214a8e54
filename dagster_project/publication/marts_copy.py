"""The published copy of the marts: a DuckDB file readers may open at any time.

Belongs here: copying the schema ``marts`` whole. Does not belong here: choosing or
changing what is in it.

A DuckDB file that a writer holds cannot be opened by anybody else, not even to read.
So readers get a copy, put in place by one rename: they see all of the old or all of
the new, also when a run is killed.

In the copy the tables lie in the schema ``main``. A file ``marts.duckdb`` is opened as
the catalog ``marts``, so ``select * from marts.people`` means the same in the warehouse
and in the copy; a schema ``marts`` inside it would make that name ambiguous.
"""

import os
from pathlib import Path

import duckdb

from dagster_project.durable import flush
from dagster_project.places import readable_by_all
from dagster_project.warehouse import SETTINGS


def publish_marts(warehouse: duckdb.DuckDBPyConnection, target: Path) -> dict[str, int]:
    """Write every table of ``marts`` to ``target`` in one atomic step.

    Args:
        warehouse: An open warehouse.
        target: The file to replace.

    Returns:
        Rows by table, in the order of the names.
    """
    fresh = target.with_name(target.name + ".tmp")
    fresh.unlink(missing_ok=True)
    tables = [
        name
        for (name,) in warehouse.execute(
            "select table_name from duckdb_tables() where schema_name = 'marts' "
            "order by table_name"
        ).fetchall()
    ]
    warehouse.execute(f"attach '{_quoted(fresh)}' as published")
    try:
        for table in tables:
            # Ordered by every column, so that the same marts give the same file.
            warehouse.execute(
                f'create table published."{table}" as '
                f'select * from marts."{table}" order by all'
            )
            _copy_comments(warehouse, table)
    except BaseException:
        warehouse.execute("detach published")
        fresh.unlink(missing_ok=True)
        raise
    warehouse.execute("detach published")
    rows = _count(fresh, tables)
    flush(fresh)
    readable_by_all(fresh)
    os.replace(fresh, target)
    return rows


def _copy_comments(warehouse: duckdb.DuckDBPyConnection, table: str) -> None:
    """Carry the descriptions of a table and its columns over to the copy."""
    described = warehouse.execute(
        "select comment from duckdb_tables() where schema_name = 'marts' "
        "and database_name = current_database() and table_name = ?",
        [table],
    ).fetchone()
    if described and described[0]:
        text = described[0].replace("'", "''")
        warehouse.execute(f"comment on table published.\"{table}\" is '{text}'")
    columns = warehouse.execute(
        "select column_name, comment from duckdb_columns() where schema_name = 'marts' "
        "and database_name = current_database() and table_name = ? "
        "and comment is not null",
        [table],
    ).fetchall()
    for name, comment in columns:
        text = comment.replace("'", "''")
        warehouse.execute(
            f'comment on column published."{table}"."{name}" is \'{text}\''
        )


def _count(path: Path, tables: list[str]) -> dict[str, int]:
    """Open the copy as a reader would and count its rows."""
    with duckdb.connect(str(path), read_only=True, config=SETTINGS) as copy:
        return {
            table: copy.sql(f'select count(*) from "{table}"').fetchone()[0]
            for table in tables
        }


def _quoted(path: Path) -> str:
    """Return a path as the inside of an SQL string."""
    return str(path).replace("'", "''")
