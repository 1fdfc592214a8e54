"""How Python and DuckDB behave while many deliveries are taken.

Belongs here: settings, changed and put back. Does not belong here: taking (``ledger``).
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

IN_BULK = {"checkpoint_threshold": "1GB", "threads": "1", "memory_limit": "512MB"}
"""A checkpoint, due every 16 MB of log, rewrites the last row group of every changed
table; put off, it happens once (the log is synced at each commit all the same, so a
kill loses nothing). Two threads cost twice the processor time of one and are no sooner
done: an insert of text into one table is work for one. Without a limit DuckDB keeps a
large delivery's rows in memory until they are committed: 800 MiB at 600,000 calls, and
growing; with it 440, however many there are, and no slower."""


@contextmanager
def in_bulk(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Put off housekeeping until all deliveries are taken, then do it once.

    Python's cycle collector, too, would look through every row again and again.
    """
    asked = "select " + ", ".join(f"current_setting('{name}')" for name in IN_BULK)
    before = dict(zip(IN_BULK, connection.execute(asked).fetchone(), strict=True))
    was_on = gc.isenabled()
    gc.disable()
    try:
        for name, value in IN_BULK.items():
            connection.execute(f"set {name} = '{value}'")
        yield
        connection.execute("checkpoint")
    finally:
        for name, value in before.items():
            connection.execute(f"set {name} = '{value}'")
        if was_on:
            gc.enable()
