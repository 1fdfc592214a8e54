"""How Python and DuckDB behave while many deliveries are taken.

Belongs here: settings, changed and put back. Does not belong here: taking (``ledger``).
"""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import duckdb

LEAST_MEMORY = 128 << 20
"""Bytes that DuckDB may take while no delivery asks for more (``make_room``)."""
IN_BULK = {
    "checkpoint_threshold": "1GB",
    "threads": "1",
    "memory_limit": f"{LEAST_MEMORY}B",
    "write_buffer_row_group_count": "1",
}
"""A checkpoint, due every 16 MB of log, rewrites the last row group of every changed
table; put off, it happens once (the log is synced at each commit all the same, so a
kill loses nothing). Two threads cost twice the processor time of one and are no sooner
done: an insert of text into one table is work for one. Without a limit DuckDB keeps a
large delivery's rows in memory until they are committed, five row groups of them before
it writes one; with it what it takes does not grow with the file, and is no slower."""
_limit: ContextVar[int | None] = ContextVar("memory_limit", default=None)
ROW_GROUP = 122_880
"""Rows that DuckDB keeps together; it holds those of one group twice to pack them."""


@contextmanager
def in_bulk(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Put off housekeeping until all deliveries are taken, then do it once.

    Python's cycle collector, too, would look through every row again and again.
    """
    asked = "select " + ", ".join(f"current_setting('{name}')" for name in IN_BULK)
    before = dict(zip(IN_BULK, connection.execute(asked).fetchone(), strict=True))
    was_on = gc.isenabled()
    gc.disable()
    token = _limit.set(LEAST_MEMORY)
    try:
        for name, value in IN_BULK.items():
            connection.execute(f"set {name} = '{value}'")
        yield
        connection.execute("checkpoint")
    finally:
        _limit.reset(token)
        for name, value in before.items():
            connection.execute(f"set {name} = '{value}'")
        if was_on:
            gc.enable()


def make_room(connection: duckdb.DuckDBPyConnection, rows: int, size: int) -> None:
    """Let DuckDB take what one row group of a large delivery needs.

    Its memory follows the width of a row and not how many there are: of resources of
    half a megabyte one group is more than the usual limit, and could not be committed.
    Outside of ``in_bulk`` nothing is limited, and nothing changes.

    Args:
        connection: The warehouse.
        rows: Rows of the delivery so far.
        size: Bytes in them.
    """
    limit = _limit.get()
    if limit is None or not rows:
        return
    group = size if rows <= ROW_GROUP else size * ROW_GROUP // rows
    most = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") * 8 // 10
    if (needed := min(2 * group, most)) > limit:
        connection.execute(f"set memory_limit = '{needed}B'")
        _limit.set(needed)
