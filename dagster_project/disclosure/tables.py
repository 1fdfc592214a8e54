"""Counts out of the warehouse, public tables into it.

Belongs here: reading and writing these tables. Does not belong here: any decision about
what is in them (``prepare``).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from dagster_project.descriptions import describe
from dagster_project.disclosure.columns import SCORES, TYPES, columns_of
from dagster_project.disclosure.counts import Row
from dagster_project.disclosure.prepare import Prepared
from dagster_project.disclosure.public_tables import PUBLIC_TABLES
from dagster_project.disclosure.scoring import Points

SCORE_TABLE = "public_table_scores"
ABOUT_SCORES = (
    "One row per public table and breakdown tried: its publication score, part by "
    "part, and what became of it."
)


def read_counts(connection: duckdb.DuckDBPyConnection) -> dict[str, list[Row]]:
    """Return the rows of each public table's counts, by the table's name."""
    return {
        table.name: connection.sql(f"select * from linked.{table.counts} order by all")
        .to_arrow_table()
        .to_pylist()
        for table in PUBLIC_TABLES
    }


def read_points(connection: duckdb.DuckDBPyConnection) -> list[Points]:
    """Return the seed of the publication score."""
    rows = connection.sql(
        "select variable, basis, from_value, to_value, score "
        "from seeds.calhhs_publication_score"
    ).fetchall()
    return [Points(*row) for row in rows]


def read_data_through(connection: duckdb.DuckDBPyConnection) -> str:
    """Return the last complete day of the data, ISO; '' without data."""
    (day,) = connection.sql("select max(data_through) from marts.contacts").fetchone()
    return "" if day is None else day.isoformat()


def read_public(
    connection: duckdb.DuckDBPyConnection,
) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of each public table as written, dates as ISO text."""
    return {
        table.name: [
            {
                name: value.isoformat() if hasattr(value, "isoformat") else value
                for name, value in row.items()
            }
            for row in connection.sql(f"select * from marts.{table.name}")
            .to_arrow_table()
            .to_pylist()
        ]
        for table in PUBLIC_TABLES
    }


def read_shapes(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return the shape each table is published in."""
    return dict(
        connection.sql(
            f"select public_table, shape from marts.{SCORE_TABLE} where is_published"
        ).fetchall()
    )


def write_public(
    connection: duckdb.DuckDBPyConnection, prepared: Prepared
) -> dict[str, int]:
    """Write all public tables and their scores, in one transaction.

    Returns:
        Rows by table.
    """
    connection.execute("create schema if not exists marts")
    connection.execute("begin")
    try:
        for table in PUBLIC_TABLES:
            _write(
                connection,
                table.name,
                table.about + " Fit for publication once released.",
                columns_of(table),
                prepared.rows[table.name],
            )
        _write(connection, SCORE_TABLE, ABOUT_SCORES, SCORES, prepared.scores)
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")
    return {name: len(rows) for name, rows in prepared.rows.items()} | {
        SCORE_TABLE: len(prepared.scores)
    }


def _write(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    about: str,
    columns: Mapping[str, tuple[str, str]],
    rows: Sequence[Mapping[str, Any]],
) -> None:
    """Replace one table; its columns are commented, so that the copy tells them too."""
    schema = pa.schema([(column, TYPES[kind]) for column, (kind, _) in columns.items()])
    listed = ", ".join(
        f"cast({column} as date) as {column}" if kind == "date" else column
        for column, (kind, _) in columns.items()
    )
    filled = [{column: row.get(column) for column in columns} for row in rows]
    arrow = pa.Table.from_pylist(filled, schema=schema)
    connection.register("public_rows", arrow)
    connection.execute(
        f"create or replace table marts.{name} as select {listed} from public_rows "
        "order by all"
    )
    connection.unregister("public_rows")
    words = {column: meaning for column, (_, meaning) in columns.items()}
    describe(connection, name, about, words)
