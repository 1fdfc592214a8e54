"""How many rows each table of the warehouse holds, and a hash of what they say.

Belongs here: counting and hashing. Does not belong here: why (``manifest``).
"""

import duckdb

from dagster_project.departments.ledger_tables import quoted

TABLES = """
    select schema_name, table_name
    from duckdb_tables()
    where database_name = current_database() and not temporary
    order by all
"""
"""Views hold nothing of their own."""


def tables(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Return schema and name of every table."""
    return connection.execute(TABLES).fetchall()


def fingerprints(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, str]]:
    """Return for each table its rows and a SHA-256 that depends on no order."""
    found = {}
    for schema, table in tables(connection):
        found[f"{schema}.{table}"] = connection.execute(
            "select count(*), sha256(coalesce(string_agg(told, '' order by told), '')) "
            "from (select sha256(cast(held as varchar)) as told "
            f"from {quoted(schema)}.{quoted(table)} as held)"
        ).fetchone()
    return found
