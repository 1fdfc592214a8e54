"""The rows that were not let in, for the department that sent them and nobody else.

Belongs here: reading them out by department, as rows or as a file. Does not belong
here: why a row waits (``row_rules``).

A row's own text is about people, and DuckDB lets whoever opens a file read all of it.
So the text stays in the warehouse, which only the pipeline opens, and leaves it by
department alone: in a file of its own, in a folder of its own, closed to all others.
Give a department's group the folder (``chgrp``, ``chmod g+rx``) and its files follow.
"""

import csv
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import duckdb

from dagster_project.spreadsheet_cells import harmless

COLUMNS = (
    "delivery_id",
    "table_name",
    "line",
    "column_name",
    "rule",
    "reason",
    "original",
)
FETCHED = 1_000
FILE = "quarantined_rows.csv"


def departments(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the departments that have rows in quarantine."""
    asked = "select distinct department from raw.quarantined_rows order by all"
    return [name for (name,) in connection.execute(asked).fetchall()]


def rows_of(
    connection: duckdb.DuckDBPyConnection, department: str, limit: int | None = None
) -> Iterator[tuple]:
    """Yield one department's rows, the newest delivery's first, columns ``COLUMNS``."""
    connection.execute(
        f"select {', '.join(COLUMNS)} from raw.quarantined_rows where department = ? "
        "order by delivery_id desc, table_name, line, rule limit ?",
        [department, 1 << 62 if limit is None else limit],
    )
    while rows := connection.fetchmany(FETCHED):
        yield from rows


def write_files(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write each department's rows in force into its own folder, each by one rename.

    A department whose rows were all mended keeps a file without rows.
    """
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(0o711)  # a department passes through to its own, sees no other
    have = departments(connection)
    had = {path.name for path in folder.iterdir()}
    for department in sorted({*have, *had}):
        own = folder / department
        own.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = own / (FILE + ".tmp")
        fresh.unlink(missing_ok=True)
        with os.fdopen(
            os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600),
            "w",
            encoding="utf-8",
            newline="",
        ) as stream:
            writer = csv.writer(stream)
            writer.writerow(COLUMNS)
            for row in rows_of(connection, department):
                writer.writerow(map(harmless, row))
        readers = stat.S_IMODE(own.stat().st_mode) & 0o040
        fresh.chmod(0o600 | readers)
        fresh.replace(own / FILE)
