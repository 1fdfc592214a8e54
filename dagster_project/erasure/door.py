"""Leave expunged clients out at the door, whatever delivery brings them.

Belongs here: the register of the warehouse that is being filled, and batches without
the rows of whoever stands in it. Does not belong here: rows that are inside already
(``raw_rows``).

The register is found beside the file that a connection writes to, so that no caller can
forget it: a rebuild, a replay and a first reading all pass here.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.departments.nemsis_ids import number_of
from dagster_project.departments.rows import Batch
from dagster_project.erasure import register
from dagster_project.erasure.client_keys import NAMING, judge, mentions
from dagster_project.erasure.following import follow
from dagster_project.erasure.register import Register, hashed

RULE = "expunged"
"""Rule under which such rows are counted in ``raw.left_out_rows``."""

AGENCIES_TOLD = datetime(2027, 1, 1)
"""Until then a warehouse may have been filled by a release that told care reports apart
by number alone; who was expunged as ``fire:epcr:R1`` then stays outside whatever agency
wrote R1, for nobody knows any more which it was."""

Door = Callable[[Batch], Batch]


def folder_of(connection: duckdb.DuckDBPyConnection) -> Path | None:
    """Return the folder of the file a connection writes to; None in memory."""
    asked = (
        "select path from duckdb_databases() where database_name = current_database()"
    )
    found = connection.execute(asked).fetchone()
    return Path(found[0]).parent if found and found[0] else None


def register_of(connection: duckdb.DuckDBPyConnection) -> Register | None:
    """Return the register beside a connection's warehouse; None while it is empty.

    Raises:
        RegisterUnusable: It cannot be read, so nothing may be taken.
    """
    folder = folder_of(connection)
    return register.read(folder) if folder else None


def door(known: Register | None, moment: datetime) -> Door:
    """Return what takes expunged clients' rows out of a delivery's batches.

    A client whose time was up may come back, with what is newer; one who asked to be
    expunged may not, and a merge that the rows tell of opens an order for the other id.

    Args:
        known: The register; None while it is empty, and then nothing is looked at.
        moment: When the delivery was extracted.
    """
    if known is None:
        return lambda batch: batch
    outside = {
        h
        for entry in known.entries
        for h in entry.hashes
        if entry.kind == "request" or moment <= entry.at
    }
    by_number = {
        h
        for entry in known.entries
        for h in entry.hashes
        if h in outside and entry.at < AGENCIES_TOLD
    }
    asked: dict[str, bool] = {}

    def holds(client_record_id: str) -> bool:
        if client_record_id not in asked:
            told = hashed(known.key, client_record_id) in outside
            if client_record_id.startswith(NAMING["fire_epcr"].prefix):
                told |= hashed(known.key, number_of(client_record_id)) in by_number
            asked[client_record_id] = told
        return asked[client_record_id]

    def let_in(batch: Batch) -> Batch:
        follow(known, batch, moment)
        return without(batch, holds)

    return let_in if outside else lambda batch: batch


def without(batch: Batch, holds: Callable[[str], bool]) -> Batch:
    """Return a batch without the rows of some clients; they are counted."""
    if batch.table not in NAMING:
        return batch
    rows, gone = batch.rows, 0
    if rows.num_rows:
        out, changed = judge(batch.table, rows, holds)
        if changed:
            rows = _put_in(rows, NAMING[batch.table].document, changed)
        gone = pc.sum(out).as_py() or 0
        if gone:
            rows = rows.filter(pc.invert(out))
    held = tuple(
        row
        for row in batch.quarantined
        if not mentions(batch.table, row.original, holds)
    )
    gone += len(batch.quarantined) - len(held)
    if not gone and rows is batch.rows:
        return batch
    left_out = Counter(batch.left_out)
    if gone:
        left_out[RULE] += gone
    return replace(batch, rows=rows, quarantined=held, left_out=left_out)


def _put_in(rows: pa.Table, column: str, texts: dict[int, str]) -> pa.Table:
    values = rows[column].to_pylist()
    for at, text in texts.items():
        values[at] = text
    place = rows.column_names.index(column)
    return rows.set_column(place, column, pa.array(values, pa.string()))
