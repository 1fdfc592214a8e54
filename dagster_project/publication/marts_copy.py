"""The published copy of the marts: a DuckDB file readers may open at any time.

Belongs here: copying the schema ``marts``, ids under a key. Does not belong here: what
is in a mart, whose marts those are that are not copied (the agreement says).

A DuckDB file that a writer holds cannot be opened by anybody else, not even to read.
So readers get a copy, put in place by one rename: they see all of the old or all of
the new, also when a run is killed.

In the copy the tables lie in the schema ``main``. A file ``marts.duckdb`` is opened as
the catalog ``marts``, so ``select * from marts.people`` means the same in the warehouse
and in the copy; a schema ``marts`` inside it would make that name ambiguous.

A row's key in the warehouse is a hash of a department's own ids, so that a rebuild
gives the same. Whoever holds such an id could find its row by it; so in the copy each
key is HMAC-SHA256(key, key in the warehouse). Equal ids stay equal: joins hold.
"""

import hmac
import os
from collections.abc import Collection, Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import duckdb

from dagster_project.durable import flush
from dagster_project.places import readable_by_all
from dagster_project.warehouse import SETTINGS

PERSON = ("person_id", "listed_person_id")
"""Ids that are keyed in the warehouse already, and by which one asks a steward."""
HEX_DIGITS = 32
"""128 bits, as long as the hash it replaces."""
BLOCK_BYTES = 64
"""Block length of SHA-256 (RFC 2104)."""


def row_key(person_key: bytes) -> bytes:
    """Return the key of the copy's ids, so that no hash elsewhere tells of one here.

    Args:
        person_key: The installation's secret, kept beside the warehouse.
    """
    return hmac.digest(person_key, b"throughline: ids in the published marts", "sha256")


def publish_marts(
    warehouse: duckdb.DuckDBPyConnection,
    target: Path,
    key: bytes,
    *,
    apart: Collection[str] = (),
) -> dict[str, int]:
    """Write tables of ``marts`` to ``target`` in one atomic step.

    Args:
        warehouse: An open warehouse.
        target: The file to replace.
        key: Under which ids stand in the copy; see ``row_key``.
        apart: Tables that are not for whoever may read the copy.

    Returns:
        Rows by table, in the order of the names.
    """
    fresh = target.with_name(target.name + ".tmp")
    fresh.unlink(missing_ok=True)
    tables = {
        name: comment
        for name, comment in warehouse.execute(
            "select table_name, comment from duckdb_tables() where schema_name = "
            "'marts' and database_name = current_database() order by table_name"
        ).fetchall()
        if name not in apart
    }
    columns = _columns(warehouse)
    _set_key(warehouse, key)
    warehouse.execute(f"attach '{_quoted(fresh)}' as published")
    try:
        for table, comment in tables.items():
            # One commit for a table and its comments, not one for each of these.
            warehouse.execute("begin")
            # Ordered by every column, so that the same marts give the same file.
            warehouse.execute(
                f'create table published."{table}" as '
                f'select {_listed(columns[table])} from marts."{table}" order by all'
            )
            _copy_comments(warehouse, table, comment, columns[table])
            warehouse.execute("commit")
    except BaseException:
        with suppress(duckdb.Error):
            warehouse.execute("rollback")
        warehouse.execute("detach published")
        fresh.unlink(missing_ok=True)
        raise
    warehouse.execute("detach published")
    rows = _count(fresh, tables)
    flush(fresh)
    readable_by_all(fresh)
    os.replace(fresh, target)
    return rows


def _set_key(warehouse: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Keep what HMAC mixes in as variables: a statement's text can end in a message."""
    block = (sha256(key).digest() if len(key) > BLOCK_BYTES else key).ljust(
        BLOCK_BYTES, b"\0"
    )
    for name, pad in (("row_key_inner", 0x36), ("row_key_outer", 0x5C)):
        mixed = bytes(byte ^ pad for byte in block)
        warehouse.execute(f"set variable {name} = ?", [mixed])


def _columns(
    warehouse: duckdb.DuckDBPyConnection,
) -> dict[str, list[tuple[str, str, str | None]]]:
    """Return name, type and comment of the marts' columns, by table, in their order."""
    columns: dict[str, list[tuple[str, str, str | None]]] = {}
    for table, *column in warehouse.execute(
        "select table_name, column_name, data_type, comment from duckdb_columns() "
        "where schema_name = 'marts' and database_name = current_database() "
        "order by table_name, column_index"
    ).fetchall():
        columns.setdefault(table, []).append(tuple(column))
    return columns


def _listed(columns: Iterable[tuple[str, str, str | None]]) -> str:
    """Return a table's columns, the ids among them under the key."""
    return ", ".join(
        _keyed(f'"{name}"')
        if kind == "VARCHAR" and name.endswith("_id") and name not in PERSON
        else f'"{name}"'
        for name, kind, _ in columns
    )


def _keyed(column: str) -> str:
    """Return HMAC-SHA256 of a column as hexadecimal (RFC 2104)."""
    inner = f"unhex(sha256(getvariable('row_key_inner') || encode({column})))"
    whole = f"sha256(getvariable('row_key_outer') || {inner})"
    return f"left({whole}, {HEX_DIGITS}) as {column}"


def _copy_comments(
    warehouse: duckdb.DuckDBPyConnection,
    table: str,
    described: str | None,
    columns: Iterable[tuple[str, str, str | None]],
) -> None:
    """Carry the descriptions of a table and its columns over to the copy."""
    if described:
        text = described.replace("'", "''")
        warehouse.execute(f"comment on table published.\"{table}\" is '{text}'")
    for name, _, comment in columns:
        if comment is None:
            continue
        text = comment.replace("'", "''")
        warehouse.execute(
            f'comment on column published."{table}"."{name}" is \'{text}\''
        )


def _count(path: Path, tables: Iterable[str]) -> dict[str, int]:
    """Open the copy as a reader would and count its rows."""
    with duckdb.connect(str(path), read_only=True, config=SETTINGS) as copy:
        return {
            table: copy.sql(f'select count(*) from "{table}"').fetchone()[0]
            for table in tables
        }


def _quoted(path: Path) -> str:
    """Return a path as the inside of an SQL string."""
    return str(path).replace("'", "''")
