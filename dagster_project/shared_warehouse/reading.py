"""What the warehouse holds, asked before anything is sent.

Belongs here: questions to DuckDB. Does not belong here: the rows themselves (``rows``,
``visibility``).
"""

import duckdb

from dagster_project.shared_warehouse.desired import quoted
from dagster_project.shared_warehouse.rows import Load, endless
from dagster_project.shared_warehouse.steps import PublishError
from dagster_project.shared_warehouse.terms import CLIENT_RECORDS
from dagster_project.shared_warehouse.visibility import ELIGIBLE_UNTIL


def types_of(warehouse: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Return table to column to DuckDB type: the marts and the client records."""
    rows = warehouse.execute(
        "select case schema_name when 'marts' then table_name "
        f"else '{CLIENT_RECORDS}' end, column_name, data_type from duckdb_columns() "
        "where database_name = current_database() and (schema_name = 'marts' or "
        "(schema_name = 'intermediate' and table_name = 'int_client_records')) "
        "order by table_name, column_index"
    ).fetchall()
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in rows:
        found.setdefault(table, {})[column] = kind
    if CLIENT_RECORDS not in found or "people" not in found:
        raise PublishError("The warehouse has no marts yet; run 'throughline run'.")
    found[CLIENT_RECORDS] |= {"person_id": "VARCHAR", ELIGIBLE_UNTIL: "DATE"}
    return found


def intermediate_tables(warehouse: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Return the names of the tables and views of ``intermediate``."""
    rows = warehouse.execute(
        "select distinct table_name from duckdb_columns() where schema_name = "
        "'intermediate' and database_name = current_database()"
    ).fetchall()
    return frozenset(name for (name,) in rows)


def refuse_endless(
    warehouse: duckdb.DuckDBPyConnection,
    types: dict[str, dict[str, str]],
    loads: tuple[Load, ...],
) -> None:
    """Refuse a mart with an infinite date or time, before a wrong one is sent.

    Raises:
        PublishError: With the mart and how many rows.
    """
    for load in loads:
        table = load.into.partition(".")[2]
        condition = "" if load.secured else endless(types.get(table, {}))
        if not condition:
            continue
        (wrong,) = warehouse.execute(
            f"select count(*) from marts.{quoted(table)} where {condition}"
        ).fetchone()
        if wrong:
            raise PublishError(
                f"marts.{table} has {wrong:,} row(s) with an infinite date or time, "
                "which cannot be published; mend the model."
            )
