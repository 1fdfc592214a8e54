"""Write several small deliveries in one transaction, a large one in its own.

Belongs here: what waits to be written together, when it is written, that it is whole.
Does not belong here: reading (``ledger``, the readers), the tables (``ledger_tables``).

A statement costs a millisecond and a commit a sync of the disk, whatever it writes;
a year of weekly deliveries written one by one spends two thirds of its time on that.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import duckdb
import pyarrow as pa

from dagster_project.departments import late_door, ledger_tables
from dagster_project.departments.bulk import make_room
from dagster_project.departments.errors import RefusedRows
from dagster_project.departments.landing import Delivery
from dagster_project.departments.load import Load, RowsDoNotAddUp
from dagster_project.departments.outcomes import DeliveryOutcome

SMALL_BYTES = 16 << 20
"""Rows of one delivery kept in memory; a larger one is written while it is read. Our
largest export fills 10 MB, and the machine of a small office has 4 GB."""
GROUP_BYTES = 32 << 20
"""Rows of several deliveries at which they are written: more gains nothing."""
GROUP_DELIVERIES = 100
"""Deliveries at which they are written: a kill costs the reading of so many."""

RECORDS = ("quarantined_rows", "left_out_rows", "withheld_keys")
"""Tables of the ledger that a delivery may add many records to."""

WITH_ITS_DELIVERY = "refused_with_its_delivery"
"""Rule under which the rows are counted that broke none in a refused delivery."""


class Group:
    """Deliveries that were read to their end and wait to be written together.

    Args:
        connection: The warehouse.
        done: Told of every delivery, in order, once what became of it is written.
        is_inside: The caller has begun a transaction and ends it.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        done: Callable[[DeliveryOutcome], None],
        *,
        is_inside: bool = False,
    ) -> None:
        self._connection, self._done = connection, done
        self._is_inside = self._is_open = is_inside
        self._outcomes: list[DeliveryOutcome] = []
        self._empty()

    def _empty(self) -> None:
        self._rows: dict[str, list[pa.Table]] = {}
        self._records: dict[str, list[tuple]] = {table: [] for table in RECORDS}
        self._deliveries: dict[str, tuple] = {}
        self._bytes = 0

    def _move(self, load: Load) -> None:
        for table, rows in load.tables.items():
            self._rows.setdefault(table, []).extend(rows)
        self._records["quarantined_rows"] += load.quarantined
        self._bytes += load.bytes
        load.forget_waiting()

    def stream(self, load: Load) -> None:
        """Write what waits of a delivery too large to be held, and commit nothing.

        What waited before it is written first, so that the order stays.
        """
        if not self._is_open:
            self.write()
            self._connection.execute("begin transaction")
            self._is_open = True
        make_room(self._connection, load.loaded.total(), load.bytes_loaded)
        self._move(load)
        self._insert()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Take back what was streamed of a delivery if it is not read to its end."""
        try:
            yield
        except BaseException:
            if self._is_open and not self._is_inside:
                self._is_open = False
                self._connection.execute("rollback")
            raise

    def take(self, load: Load, feed: str) -> None:
        """Add the rows of a delivery that was read to its end, and what it withheld."""
        self._move(load)
        # The elements of a resource are met in no order.
        left_out = sorted([*load.left_out.items(), *load.columns_left_out.items()])
        self._records["left_out_rows"] += [
            (load.delivery_id, *what, rows) for what, rows in left_out
        ]
        self._records["withheld_keys"] += [
            (feed, key, load.delivery_id) for key in sorted(load.withheld)
        ]

    def show(self, delivery_id: str, refused: RefusedRows) -> None:
        """Add the rows that refuse a delivery, and count those refused with them."""
        self._records["quarantined_rows"] += [
            (delivery_id, *record[1:]) for record in refused.first
        ]
        self._records["left_out_rows"] += [
            (delivery_id, table, WITH_ITS_DELIVERY, rows)
            for table, rows in refused.left_out.items()
        ]
        self._bytes += sum(len(record[-1]) for record in refused.first)

    def book(self, delivery: Delivery, outcome: DeliveryOutcome, row: tuple) -> None:
        """Add the ledger row of a delivery, and write when enough waits.

        It takes the place of an earlier refusal of the same content.
        """
        if earlier := self._deliveries.pop(delivery.sha256, None):
            for table in ledger_tables.RECORDS_OF_A_DELIVERY:
                kept = [r for r in self._records[table] if r[0] != earlier[0]]
                self._records[table] = kept
        self._deliveries[delivery.sha256] = row
        self.pass_over(outcome)
        is_full = self._bytes >= GROUP_BYTES
        if self._is_open or is_full or len(self._deliveries) >= GROUP_DELIVERIES:
            self.write()

    def pass_over(self, outcome: DeliveryOutcome) -> None:
        """Let a delivery that needs no writing wait for its turn to be told of."""
        self._outcomes.append(outcome)

    def _insert(self) -> None:
        """Insert what waits, each table once, inside the caller's transaction."""
        rows, records = self._rows, self._records
        deliveries = self._deliveries
        self._empty()
        if deliveries:
            ledger_tables.forget_refusals(self._connection, list(deliveries))
        for table, pieces in rows.items():
            whole = pa.concat_tables(pieces, promote_options="default")
            loaded = ledger_tables.insert(self._connection, table, whole)
            if loaded != whole.num_rows:
                ids = whole["_delivery_id"]
                raise RowsDoNotAddUp(
                    f"{ids[0]} to {ids[-1]}, {table}: "
                    f"{whole.num_rows} rows read, {loaded} loaded"
                )
        for table, found in records.items():
            ledger_tables.insert_records(self._connection, table, found)
        if deliveries:
            booked = list(deliveries.values())
            ledger_tables.insert_records(self._connection, "deliveries", booked)
        if any(row[1] == late_door.FEED for row in deliveries.values()):
            late_door.close(self._connection)

    def write(self) -> None:
        """Write all that waits in one transaction, then tell of it."""
        told, self._outcomes = self._outcomes, []
        if not self._is_open and self._deliveries:
            self._connection.execute("begin transaction")
            self._is_open = True
        if self._is_open:
            with self.reading():
                self._insert()
            if not self._is_inside:
                self._is_open = False
                self._connection.execute("commit")
        for outcome in told:
            self._done(outcome)
