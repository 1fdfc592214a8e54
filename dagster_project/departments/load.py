"""Write the rows of one delivery, and count them on the way.

Belongs here: gathering batches, inserting them, the sum that must be right. Does not
belong here: the transaction around it (``ledger``).
"""

from collections import Counter

import duckdb
import pyarrow as pa

from dagster_project.departments import ledger_tables
from dagster_project.departments.errors import Refused
from dagster_project.departments.landing import Delivery
from dagster_project.departments.rows import Batch

WRITTEN_ROWS = 50_000
"""Rows gathered before one insert: fewer cost time, more cost memory."""
HELD_LIMIT = 0.5
"""Share of a table's rows in quarantine above which the file, not the row, is wrong."""
HELD_FROM = 20
"""Rows below which that share says nothing."""


class RowsDoNotAddUp(RuntimeError):
    """Rows read are not rows loaded plus rows quarantined: a fault of ours."""


class Load:
    """The rows of one delivery on their way in, gathered and counted."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        delivery: Delivery,
        delivery_id: str,
    ) -> None:
        self._connection, self._delivery = connection, delivery
        self.delivery_id = delivery_id
        self._waiting: dict[str, list[pa.Table]] = {}
        self.read, self.loaded, self.held = Counter(), Counter(), Counter()
        self.left_out: Counter[tuple[str, str]] = Counter()
        self.withheld: set[str] = set()

    def add(self, batch: Batch) -> None:
        """Count a batch and write its table once enough rows wait."""
        self.read[batch.table] += batch.rows_in
        for rule, rows in batch.left_out.items():
            self.left_out[batch.table, rule] += rows
        self.withheld |= batch.withheld
        if batch.quarantined:
            self.held[batch.table] += len(batch.quarantined)
            department = self._delivery.department
            ledger_tables.insert_records(
                self._connection,
                "quarantined_rows",
                [
                    (
                        self.delivery_id,
                        department,
                        q.table,
                        q.line,
                        q.column,
                        q.rule,
                        q.reason,
                        q.original,
                    )
                    for q in batch.quarantined
                ],
            )
        if batch.rows.num_rows:
            waiting = self._waiting.setdefault(batch.table, [])
            waiting.append(batch.rows)
            if sum(rows.num_rows for rows in waiting) >= WRITTEN_ROWS:
                self.write(batch.table)

    def write(self, table: str) -> None:
        """Write the waiting rows of one table."""
        rows = pa.concat_tables(self._waiting.pop(table))
        self.loaded[table] += ledger_tables.insert(
            self._connection, table, rows, self.delivery_id
        )

    def finish(self) -> None:
        """Write what still waits, then refuse or raise if the numbers are wrong."""
        for table in list(self._waiting):
            self.write(table)
        for table, held in self.held.items():
            if self.read[table] >= HELD_FROM and held > HELD_LIMIT * self.read[table]:
                reason = (
                    f"{held} of {self.read[table]} rows of {table} broke a rule; "
                    "the format has probably changed"
                )
                raise Refused("most_rows_bad", reason)
        if self.rows_in != self.loaded.total() + self.held.total():
            raise RowsDoNotAddUp(
                f"{self.delivery_id}: {self.rows_in} rows read, "
                f"{self.loaded.total()} loaded, {self.held.total()} quarantined"
            )

    @property
    def rows_in(self) -> int:
        """Rows read, without those left out on purpose."""
        return self.read.total() - self.left_out.total()
