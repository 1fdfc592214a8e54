"""Hold the rows of one delivery, and count them on the way.

Belongs here: gathering batches, the sums that must be right, what makes a file wrong.
Does not belong here: writing them (``group``), reading them (the readers).
"""

from collections import Counter

import pyarrow as pa

from dagster_project.departments.errors import Refused, RefusedRows
from dagster_project.departments.landing import Delivery
from dagster_project.departments.rows import Batch, Source

HELD_LIMIT = 0.5
"""Share of a table's rows in quarantine above which the file, not the row, is wrong."""
HELD_FROM = 20
"""Rows below which that share says nothing."""

PASSED_OVER = "lines_passed_over"
"""Under which is counted what a report writes below its rows."""

ALL_FROM = 3
"""Rows of one table that all wait, at which nobody can read that table: one bad row may
be a slip and two a coincidence."""
SHOWN, SHOWN_SIZE = 1_000, 4 << 20
"""Rows of a refused delivery that its department gets to see, and characters in them:
what is wrong with most rows is seen in a few, and an export may have a million."""


class RowsDoNotAddUp(RuntimeError):
    """Rows read are not rows loaded plus rows quarantined: a fault of ours."""


def _writable(name: str) -> str:
    r"""Return a name that a source gave, half a character in it written out.

    >>> _writable("\ud83d"), _writable("größe")
    ('\\ud83d', 'größe')
    """
    return name.encode("utf-8", "backslashreplace").decode()


class Load:
    """The rows of one delivery on their way in.

    Attributes:
        tables: Raw table to the rows that still wait to be written.
        quarantined: Records of ``raw.quarantined_rows`` that still wait.
        bytes: Memory that the waiting rows take.
        bytes_loaded: Memory that all rows took which may enter.
    """

    def __init__(self, delivery: Delivery, delivery_id: str) -> None:
        self._delivery = delivery
        self.delivery_id = delivery_id
        self.read, self.loaded, self.held = Counter(), Counter(), Counter()
        self.left_out: Counter[tuple[str, str]] = Counter()
        self.columns_left_out: Counter[tuple[str, str]] = Counter()
        self._broken: Counter[tuple[str, str, str]] = Counter()
        self._said: dict[tuple[str, str, str], str] = {}
        self.withheld: set[str] = set()
        self.bytes_loaded = 0
        self._first: list[tuple] = []
        self._first_size = 0
        self.forget_waiting()

    def forget_waiting(self) -> None:
        """Let go of the rows that somebody else writes from now on."""
        self.tables: dict[str, list[pa.Table]] = {}
        self.quarantined: list[tuple] = []
        self.bytes = 0

    def add(self, batch: Batch) -> None:
        """Count a batch and keep its rows."""
        self.read[batch.table] += batch.rows_in
        for rule, rows in batch.left_out.items():
            self.left_out[batch.table, _writable(rule)] += rows
        for column, rows in batch.columns_left_out.items():
            rule = f"column_not_agreed: {_writable(column[:80])}"
            self.columns_left_out[batch.table, rule] += rows
        for column, rows in batch.columns_not_plain.items():
            rule = f"column_not_plain: {column}"
            self.columns_left_out[batch.table, rule] += rows
        for column, rows in batch.columns_missing.items():
            rule = f"column_not_delivered: {column}"
            self.columns_left_out[batch.table, rule] += rows
        for section, rows in batch.elements_left_out.items():
            # A standard has hundreds of them, so they are counted and not warned of.
            rule = f"elements_not_agreed: {section}"
            self.columns_left_out[batch.table, rule] += rows
        if batch.lines_passed_over:
            self.columns_left_out[batch.table, PASSED_OVER] += batch.lines_passed_over
        self.withheld |= batch.withheld
        if batch.quarantined:
            self.held[batch.table] += len(batch.quarantined)
        for row in batch.quarantined:
            broken = (row.table, row.column, row.rule)
            self._broken[broken] += 1
            self._said.setdefault(broken, row.reason)
            record = (
                self.delivery_id,
                self._delivery.department,
                row.table,
                row.line,
                row.column,
                row.rule,
                row.reason,
                row.original,
            )
            self.quarantined.append(record)
            self.bytes += len(row.original)
            if len(self._first) < SHOWN and self._first_size < SHOWN_SIZE:
                self._first.append(record)
                self._first_size += len(row.original)
        if size := batch.rows.num_rows:
            self.loaded[batch.table] += size
            ids = pa.repeat(pa.scalar(self.delivery_id, pa.string()), size)
            rows = batch.rows.append_column("_delivery_id", ids)
            self.tables.setdefault(batch.table, []).append(rows)
            self.bytes += rows.nbytes
            self.bytes_loaded += rows.nbytes

    def _why(self, table: str = "") -> str:
        """Name the rule that most rows broke, in one table or all, and why."""
        chosen = {w: n for w, n in self._broken.items() if table in ("", w[0])}
        broken, rows = max(chosen.items(), key=lambda told: told[1])
        of, column, rule = broken
        said = self._said[broken].partition(" (row ")[0]
        return f"{rows} broke {rule} in {of}.{column or 'the row'}: {said}"

    def _refused(self, rule: str, reason: str) -> Refused:
        """Return a refusal for the rows, which are shown to their department."""
        held = self.held.total()
        if held > len(self._first):
            reason += f"; the first {len(self._first):,} are in quarantine"
        loaded = {table: rows for table, rows in self.loaded.items() if rows}
        return Refused(rule, reason, rows=RefusedRows(held, tuple(self._first), loaded))

    def check(self, source: Source) -> None:
        """Refuse a delivery whose numbers are not what they should be.

        Raises:
            Refused: Most rows broke a rule, or all of a few, or rows are missing.
            RowsDoNotAddUp: Rows were lost or doubled on the way here.
        """
        for table, held in self.held.items():
            # What was left out on purpose could not have been taken.
            asked = self.read[table] - sum(
                rows for (of, _), rows in self.left_out.items() if of == table
            )
            if asked >= HELD_FROM and held > HELD_LIMIT * asked:
                reason = (
                    f"{held} of {asked} rows of {table} broke a rule "
                    f"({self._why(table)}); the format has probably changed"
                )
                raise self._refused("most_rows_bad", reason)
            if held >= ALL_FROM and held == asked < self.rows_in:
                reason = (
                    f"not one of the {held} rows of {table} could be taken: "
                    f"{self._why(table)}; without them the delivery would say that "
                    "there are none; mend it and replay it"
                )
                raise self._refused("every_row_bad", reason)
        held = self.held.total()
        if held and held == self.rows_in:
            reason = (
                f"not one of its {held} rows could be taken: {self._why()}; mend it "
                "and replay it"
            )
            raise self._refused("every_row_bad", reason)
        if self.rows_in != self.loaded.total() + self.held.total():
            raise RowsDoNotAddUp(
                f"{self.delivery_id}: {self.rows_in} rows read, "
                f"{self.loaded.total()} loaded, {self.held.total()} quarantined"
            )
        found, promised = self.read.total(), source.expected_rows
        if promised is not None and promised != found:
            reason = f"its manifest promises {promised} rows, it holds {found}"
            raise Refused("sidecar_rows", reason)
        for table, rows in source.expected_of.items():
            if rows != self.read[table]:
                reason = (
                    f"its manifest promises {rows} rows in the files of {table}, they "
                    f"hold {self.read[table]}"
                )
                raise Refused("sidecar_rows", reason)
        is_told = promised is not None or bool(source.expected_of)
        if not found and not is_told and not source.feed.may_be_empty:
            reason = "it holds no row, and no manifest says that this is right"
            raise Refused("no_rows", reason)

    @property
    def rows_in(self) -> int:
        """Rows read, without those left out on purpose."""
        return self.read.total() - self.left_out.total()
