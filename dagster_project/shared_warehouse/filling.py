"""Rows from the warehouse into a table, in batches.

Belongs here: emptying a table and sending rows. Does not belong here: which rows
(``rows``, ``visibility``), when (``release``).
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import duckdb
import pyarrow as pa

from dagster_project.shared_warehouse.desired import quoted
from dagster_project.shared_warehouse.pseudonyms import pseudonymised
from dagster_project.shared_warehouse.rows import Load
from dagster_project.shared_warehouse.steps import full_name

BATCH_ROWS = 100_000
"""Rows in memory at a time: about 30 MB of the widest mart."""


def stage(warehouse: duckdb.DuckDBPyConnection, cursor: Any, load: Load) -> int:
    """Send rows to a temporary table and return their number."""
    rows = warehouse.sql(load.query).to_arrow_reader(BATCH_ROWS)
    reader = pa.RecordBatchReader.from_batches(rows.schema, _ahead(iter(rows)))
    return cursor.adbc_ingest(_staging(load), reader, mode="create", temporary=True)


def _ahead(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield batches while the next is read and hashed in another thread.

    Else the server waits while a batch is made, and the maker while it is sent.
    """
    with ThreadPoolExecutor(1) as worker:
        coming = worker.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = worker.submit(next, batches, None)
            yield batch


def _staging(load: Load) -> str:
    return "stage_" + load.into.partition(".")[2]


def fill_staged(tell: Callable[[str], None], load: Load) -> None:
    """Empty a table and fill it from the temporary one."""
    columns = ", ".join(quoted(column) for column in load.columns)
    tell(f"delete from {full_name(load.into)}")
    tell(
        f"insert into {full_name(load.into)} ({columns}) "
        f"select {columns} from pg_temp.{quoted(_staging(load))}"
    )


def fill(
    warehouse: duckdb.DuckDBPyConnection,
    cursor: Any,
    load: Load,
    key: bytes,
    release: str,
) -> int:
    """Empty a table, fill it straight and return the number of rows.

    Args:
        warehouse: Where the rows are.
        cursor: Of the release's transaction.
        load: Which rows, into which table.
        key: The key behind the pseudonyms.
        release: The release's id.
    """
    schema, _, table = load.into.partition(".")
    cursor.execute(f"delete from {full_name(load.into)}")
    rows = warehouse.sql(load.query).to_arrow_reader(BATCH_ROWS)
    made = pseudonymised(rows, load.families, key, release)
    reader = pa.RecordBatchReader.from_batches(rows.schema, _ahead(iter(made)))
    return cursor.adbc_ingest(table, reader, mode="append", db_schema_name=schema)
