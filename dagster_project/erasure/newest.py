"""When a department last touched anything of a client, told by the delivered rows.

Belongs here: the newest day per client record. Does not belong here: whose time is up
(``retention``).
"""

import json

import duckdb
import pyarrow as pa

from dagster_project.departments.feeds import FEEDS
from dagster_project.departments.ledger_tables import quoted
from dagster_project.erasure.client_keys import (
    NAMING,
    Holds,
    Naming,
    clients_of,
    columns_read,
    judge,
)

ROWS_AT_A_TIME = 50_000
UPDATED = {t.name: t.updated for f in FEEDS for t in f.tables if t.updated}


def newest(connection: duckdb.DuckDBPyConnection, holds: Holds) -> dict[str, str]:
    """Return the newest ISO day that rows of some clients tell of.

    Args:
        connection: A warehouse whose raw tables exist.
        holds: Whether a client record is asked about.
    """
    found: dict[str, str] = {}
    for table, naming in NAMING.items():
        updated = UPDATED.get(table)
        if not updated:
            continue
        columns = dict.fromkeys((*columns_read(table), updated))
        reader = connection.sql(
            f"select {', '.join(map(quoted, columns))} from raw.{quoted(table)}"
        ).to_arrow_reader(ROWS_AT_A_TIME)
        for batch in reader:
            rows = pa.Table.from_batches([batch])
            out, _ = judge(table, rows, holds)
            for row in rows.filter(out).to_pylist():
                day = (row[updated] or "")[:10]
                for record in _records(naming, row):
                    if holds(record):
                        found[record] = max(day, found.get(record, ""))
    return found


def _records(naming: Naming, row: dict[str, str | None]) -> set[str]:
    ids = {row[column].strip() for column in naming.columns if row.get(column)}
    if naming.document:
        ids |= clients_of(row[naming.document] or json.dumps({}))
    return {naming.prefix + own for own in ids}
