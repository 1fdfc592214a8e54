"""The tables of schema ``raw``: one per source table, and the delivery ledger.

Belongs here: their definition and statements that write to them. Does not belong here:
when to write (``ledger``), what to write (the readers).
"""

import re
from collections.abc import Sequence

import duckdb
import pyarrow as pa

from dagster_project.departments.feed import Table
from dagster_project.departments.feeds import FEEDS
from dagster_project.departments.older_warehouse import (
    OlderWarehouseError,
    too_old,
)

DELIVERIES = """
create table if not exists raw.deliveries (
    delivery_id varchar not null,
    feed varchar not null,
    department varchar not null,
    name varchar not null,
    sha256 varchar not null,
    bytes bigint not null,
    mode varchar,
    schema_version varchar,
    extracted_at timestamp,
    period_start date,
    period_end date,
    rows_in bigint not null,
    rows_loaded bigint not null,
    rows_quarantined bigint not null,
    status varchar not null,
    reason varchar,
    taken_at timestamp not null,
    version integer,
    replaces varchar,
    manifest_sha256 varchar,
    agreement_sha256 varchar
)
"""
"""``status`` is ``taken``, ``quarantined`` (refused, whole or for its rows),
``replaced`` (a later version stands in its place) or ``withdrawn``; only a taken
delivery has rows. ``version`` counts from 1 over readings of the same place in line,
``replaces`` names the version before; ``agreement_sha256`` says which content of the
sharing agreement decided what of it may enter."""
DELIVERY_COLUMNS = tuple(re.findall(r"(?m)^    (\w+) ", DELIVERIES))
ADDED_COLUMNS = {
    "version": "integer default 1",
    "replaces": "varchar",
    "manifest_sha256": "varchar",
    "agreement_sha256": "varchar",
}
"""Columns that a warehouse of an earlier release may lack."""
QUARANTINED_ROWS = """
create table if not exists raw.quarantined_rows (
    delivery_id varchar not null,
    department varchar not null,
    table_name varchar not null,
    line bigint not null,
    column_name varchar,
    rule varchar not null,
    reason varchar not null,
    original varchar not null
)
"""
LEFT_OUT_ROWS = """
create table if not exists raw.left_out_rows (
    delivery_id varchar not null,
    table_name varchar not null,
    rule varchar not null,
    rows bigint not null
)
"""
"""Rows left out on purpose, as numbers only."""
AGREEMENTS = """
create table if not exists raw.agreements (
    sha256 varchar not null,
    agreement_id varchar not null,
    version varchar not null,
    used_from timestamp not null
)
"""
"""Contents of the sharing agreement, each from the run that first worked under it."""
WITHHELD_KEYS = """
create table if not exists raw.withheld_keys (
    feed varchar not null,
    hashed_key varchar not null,
    delivery_id varchar
)
"""
"""Hashed keys of what was left out, each with every delivery that left it out, so that
no other lets it in (``hmis_door``, ``late_door``). One of an earlier release may not
know the delivery."""

RECORDS_OF_A_DELIVERY = ("quarantined_rows", "left_out_rows")
"""Tables whose records belong to one delivery, under ``delivery_id``."""

SETTINGS = (
    "set autoinstall_known_extensions = false",
    "set autoload_known_extensions = false",
)
"""A warehouse of people's records fetches no code from the network."""


def quoted(name: str) -> str:
    """Return an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def definition(table: Table) -> str:
    """Return the statement that creates one raw table: text as delivered."""
    columns = ", ".join(f"{quoted(column)} varchar" for column in table.columns)
    return (
        f"create table if not exists raw.{quoted(table.name)} ({columns}, "
        "_delivery_id varchar not null, _row_number bigint not null)"
    )


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Create every raw table and the ledger, all empty, where they are missing.

    Raises:
        OlderWarehouseError: See ``older_warehouse``.
    """
    if told := too_old(connection):
        raise OlderWarehouseError(told)
    for setting in SETTINGS:
        connection.execute(setting)
    connection.execute("create schema if not exists raw")
    for statement in (
        DELIVERIES,
        QUARANTINED_ROWS,
        LEFT_OUT_ROWS,
        WITHHELD_KEYS,
        AGREEMENTS,
    ):
        connection.execute(statement)
    found = _columns(connection)
    for name, kind in ADDED_COLUMNS.items():
        if name not in found["deliveries"]:
            connection.execute(f"alter table raw.deliveries add column {name} {kind}")
    if "delivery_id" not in found["withheld_keys"]:
        connection.execute(
            "alter table raw.withheld_keys add column delivery_id varchar"
        )
    for table in (table for feed in FEEDS for table in feed.tables):
        if table.name not in found:
            connection.execute(definition(table))
            continue
        for column in sorted(set(table.columns) - found[table.name]):
            connection.execute(
                f"alter table raw.{quoted(table.name)} "
                f"add column {quoted(column)} varchar"
            )


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    """Return the columns of every raw table that there is.

    DuckDB lists all columns of the database to find those of one table.
    """
    found: dict[str, set[str]] = {}
    for table, column in connection.execute(
        "select table_name, column_name from duckdb_columns() "
        "where database_name = current_database() and schema_name = 'raw'"
    ).fetchall():
        found.setdefault(table, set()).add(column)
    return found


def _insert(
    connection: duckdb.DuckDBPyConnection, statement: str, _incoming_rows: pa.Table
) -> int:
    """Run an insert from ``_incoming_rows``, which DuckDB finds by its name here.

    To register the table first would cost a millisecond per table and delivery.
    """
    return connection.execute(statement).fetchone()[0]


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> int:
    """Add rows to a raw table and return how many the warehouse counted."""
    names = ", ".join(quoted(name) for name in rows.column_names)
    statement = (
        f"insert into raw.{quoted(table)} ({names}) select {names} from _incoming_rows"
    )
    return _insert(connection, statement, rows)


def insert_records(
    connection: duckdb.DuckDBPyConnection, table: str, records: list[tuple]
) -> None:
    """Add plain records to a table of the ledger, in the order of its columns.

    Those of deliveries are named: an older warehouse has them in another order.
    """
    names = f" ({', '.join(DELIVERY_COLUMNS)})" if table == "deliveries" else ""
    if len(records) == 1:
        places = ", ".join("?" for _ in records[0])
        statement = f"insert into raw.{table}{names} values ({places})"
        connection.execute(statement, list(records[0]))
    elif records:
        turned = zip(*records, strict=True)
        rows = pa.table({str(at): list(values) for at, values in enumerate(turned)})
        statement = f"insert into raw.{table}{names} select * from _incoming_rows"
        _insert(connection, statement, rows)


def forget_refusals(
    connection: duckdb.DuckDBPyConnection, hashes: Sequence[str]
) -> None:
    """Remove what was booked of refused deliveries that are booked anew."""
    for table in RECORDS_OF_A_DELIVERY:
        connection.execute(
            f"delete from raw.{table} where delivery_id in (select delivery_id from "
            "raw.deliveries where status = 'quarantined' "
            "and sha256 in (select unnest(?)))",
            [list(hashes)],
        )
    connection.execute(
        "delete from raw.deliveries "
        "where status = 'quarantined' and sha256 in (select unnest(?))",
        [list(hashes)],
    )


def forget_rows(
    connection: duckdb.DuckDBPyConnection, delivery_id: str, tables: Sequence[str]
) -> None:
    """Remove what one delivery brought and left out; its ledger row stays."""
    for table in tables:
        connection.execute(
            f"delete from raw.{quoted(table)} where _delivery_id = ?", [delivery_id]
        )
    for table in (*RECORDS_OF_A_DELIVERY, "withheld_keys"):
        connection.execute(
            f"delete from raw.{table} where delivery_id = ?", [delivery_id]
        )
