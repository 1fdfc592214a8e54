"""Figures about each delivery taken: how full its columns are, which codes it holds.

Belongs here: counting, once per delivery. Does not belong here: what is unusual about
the counts (``drift``). No value of a person is kept: only codes, and how many.
"""

import duckdb

from dagster_project.departments.code_columns import (
    CODE_COLUMNS,
    CODE_LIMIT,
    DOCUMENT_CODES,
    GARBLED,
    NAME_COLUMNS,
)
from dagster_project.departments.feed import Table
from dagster_project.departments.feeds import FEEDS
from dagster_project.departments.ledger_tables import quoted

COLUMN_PROFILES = """
create table if not exists raw.column_profiles (
    delivery_id varchar not null,
    table_name varchar not null,
    column_name varchar not null,
    rows bigint not null,
    filled bigint not null
)
"""
CODE_PROFILES = """
create table if not exists raw.code_profiles (
    delivery_id varchar not null,
    table_name varchar not null,
    column_name varchar not null,
    code varchar not null,
    rows bigint not null
)
"""
NEW = """
create or replace temp table _new_deliveries as
select delivery_id, feed from raw.deliveries
where status = 'taken' and rows_loaded > 0 and delivery_id not in (
    select delivery_id from raw.column_profiles
)
"""
GONE = (
    "delivery_id not in (select delivery_id from raw.deliveries where status = 'taken')"
)


GARBLED_NAMES = """
create table if not exists raw.garbled_names (
    delivery_id varchar not null,
    table_name varchar not null,
    names bigint not null
)
"""
TABLES = ("column_profiles", "code_profiles", "garbled_names")


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the tables of figures where they are missing."""
    connection.execute(COLUMN_PROFILES)
    connection.execute(CODE_PROFILES)
    connection.execute(GARBLED_NAMES)


def profile(connection: duckdb.DuckDBPyConnection) -> None:
    """Count what is new since the last call, and forget what is no longer in force."""
    create(connection)
    connection.execute("begin transaction")
    try:
        for table in TABLES:
            connection.execute(f"delete from raw.{table} where {GONE}")
        connection.execute(NEW)
        asked = "select distinct feed from _new_deliveries"
        feeds = {name for (name,) in connection.execute(asked).fetchall()}
        for feed in FEEDS:
            for table in feed.tables if feed.name in feeds else ():
                _profile(connection, table)
        connection.execute("drop table _new_deliveries")
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


def _profile(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    source = (
        f"from raw.{quoted(table.name)} "
        "where _delivery_id in (select delivery_id from _new_deliveries)"
    )
    filled = ", ".join(f"count({quoted(c)}) as {quoted(c)}" for c in table.columns)
    connection.execute(
        "insert into raw.column_profiles "
        f"select _delivery_id, '{table.name}', column_name, _rows, filled from ("
        f"select _delivery_id, count(*) as _rows, {filled} {source} group by all) "
        f"unpivot (filled for column_name in ({', '.join(map(quoted, table.columns))}))"
    )
    codes = {column: quoted(column) for column in CODE_COLUMNS.get(table.name, ())}
    for name, path in DOCUMENT_CODES.get(table.name, {}).items():
        codes[name] = f"json_extract_string({quoted(table.document)}, '{path}')"
    for column, code in codes.items():
        connection.execute(
            "insert into raw.code_profiles "
            f"select _delivery_id, '{table.name}', '{column}', {code} as code, "
            f"count(*) {source} and length({code}) <= {CODE_LIMIT} "
            "group by all order by all"
        )
    if names := NAME_COLUMNS.get(table.name):
        is_garbled = " or ".join(
            f"contains({quoted(column)}, '{sign}')"
            for column in names
            for sign in GARBLED
        )
        connection.execute(
            f"insert into raw.garbled_names select _delivery_id, '{table.name}', "
            f"count(*) {source} and ({is_garbled}) group by all order by all"
        )
