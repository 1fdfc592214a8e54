"""Take deliveries into the warehouse, each whole or not at all.

Belongs here: one transaction per delivery, its ledger row, the order of taking.
Does not belong here: reading (the readers), judging rows (``row_rules``).

A process killed at any moment leaves the deliveries it finished and nothing of the one
it was at; a rerun takes the rest and ends with the same tables.
"""

import gc
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from dagster_project.departments import landing, ledger_tables
from dagster_project.departments.clocks import in_name
from dagster_project.departments.errors import Refused
from dagster_project.departments.landing import Delivery, StillArriving
from dagster_project.departments.load import Load
from dagster_project.departments.order import (
    delivery_id,
    extracted_at,
    place,
    source_of,
)
from dagster_project.departments.outcomes import DeliveryOutcome, write_ledger
from dagster_project.departments.rows import Source, reader_of

Clock = Callable[[], datetime]


LOG_LIMIT = "1GB"
"""Size of DuckDB's log that forces a checkpoint: ten first loads of the whole city."""
Progress = Callable[[DeliveryOutcome, int, int], None]


def now() -> datetime:
    """Return the present moment in UTC, without offset."""
    return datetime.now(UTC).replace(tzinfo=None)


@contextmanager
def _transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    connection.execute("begin transaction")
    try:
        yield
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


def _refuse_counts(source: Source, load: Load) -> None:
    """Refuse a delivery whose number of rows is not what it should be."""
    found, promised = load.read.total(), source.expected_rows
    if promised is not None and promised != found:
        reason = f"its manifest promises {promised} rows, it holds {found}"
        raise Refused("sidecar_rows", reason)
    if not found and promised is None and not source.feed.may_be_empty:
        reason = "it holds no row, and no manifest says that this is right"
        raise Refused("no_rows", reason)


def _take(connection, delivery: Delivery, clock: Clock) -> DeliveryOutcome:
    """Load a delivery and its ledger row; the caller holds the transaction."""
    if delivery.fault:
        raise delivery.fault
    keys = connection.execute(
        "select hashed_key from raw.withheld_keys where feed = ?", [delivery.feed.name]
    ).fetchall()
    earlier = frozenset(key for (key,) in keys)
    with source_of(delivery, earlier) as source:
        reader = reader_of(source.feed)
        facts = reader.facts(source)
        moment = extracted_at(source, facts)
        load = Load(connection, delivery, delivery_id(delivery, moment))
        for batch in reader.batches(source, facts):
            load.add(batch)
        load.finish()
        _refuse_counts(source, load)
    if landing.has_changed(delivery):
        raise StillArriving
    outcome = DeliveryOutcome(
        delivery_id=load.delivery_id,
        department=delivery.department,
        feed=delivery.feed.name,
        name=delivery.name,
        status="taken",
        rows_in=load.rows_in,
        rows_loaded=load.loaded.total(),
        rows_quarantined=load.held.total(),
        rows_left_out=load.left_out.total(),
    )
    ledger_tables.insert_records(
        connection,
        "left_out_rows",
        [(load.delivery_id, *what, rows) for what, rows in load.left_out.items()],
    )
    ledger_tables.insert_records(
        connection,
        "withheld_keys",
        [(delivery.feed.name, key) for key in sorted(load.withheld - earlier)],
    )
    write_ledger(connection, delivery, outcome, facts, moment, clock())
    return outcome


def _quarantine(connection, delivery, refused: Refused, clock) -> DeliveryOutcome:
    """Record a delivery that was refused; none of its rows is kept."""
    refused.named(delivery.department, delivery.name)
    moment = in_name(delivery.name)
    name = delivery.name.encode("utf-8", "backslashreplace").decode()
    outcome = DeliveryOutcome(
        delivery_id=delivery_id(delivery, moment),
        department=delivery.department,
        feed=delivery.feed.name if delivery.feed else "unknown",
        name=name,
        status="quarantined",
        reason=str(refused).encode("utf-8", "backslashreplace").decode(),
    )
    with _transaction(connection):
        _forget(connection, delivery)
        write_ledger(connection, delivery, outcome, None, moment, clock())
    return outcome


Before = tuple[str, str]
"""Delivery id and status under which the same content already stands."""


def _before(connection, sha256: str) -> Before | None:
    return connection.execute(
        "select delivery_id, status from raw.deliveries where sha256 = ?", [sha256]
    ).fetchone()


def _forget(connection, delivery: Delivery) -> None:
    """Remove the ledger row of an earlier refusal, when a delivery is tried again."""
    connection.execute(
        "delete from raw.deliveries where sha256 = ? and status = 'quarantined'",
        [delivery.sha256],
    )


def _try(
    connection, delivery: Delivery, clock: Clock, before: Before | None, retry: bool
) -> DeliveryOutcome:
    if before and not (retry and before[1] == "quarantined"):
        feed = delivery.feed.name if delivery.feed else "unknown"
        return DeliveryOutcome(
            before[0], delivery.department, feed, delivery.name, status="known"
        )
    try:
        with _transaction(connection):
            if before:
                _forget(connection, delivery)
            return _take(connection, delivery, clock)
    except Refused as refused:
        if landing.has_changed(delivery):
            raise StillArriving from refused
        return _quarantine(connection, delivery, refused, clock)


def take(
    connection: duckdb.DuckDBPyConnection,
    delivery: Delivery,
    clock: Clock = now,
    *,
    retry: bool = False,
) -> DeliveryOutcome:
    """Take one delivery: all of it and its ledger row in one transaction, or nothing.

    Args:
        connection: A warehouse whose raw tables exist (``ledger_tables.create``).
        delivery: What ``landing.deliveries`` found.
        clock: Tells the moment that is written down as ``taken_at`` (UTC).
        retry: Try again what was quarantined before, for instance after a repair here.

    Raises:
        StillArriving: The delivery changed while it was read; nothing was taken.
        RowsDoNotAddUp: A fault of ours; nothing was taken.
    """
    before = _before(connection, delivery.sha256)
    return _try(connection, delivery, clock, before, retry)


@contextmanager
def _in_bulk(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Put off two kinds of housekeeping until all deliveries are taken.

    Python's cycle collector looks through every row again and again. DuckDB's
    checkpoint, due every 16 MB, rewrites the last row group of every changed table.
    The log is synced at each commit all the same, so a kill loses nothing.
    """
    was_on = gc.isenabled()
    asked = "select current_setting('checkpoint_threshold')"
    (before,) = connection.execute(asked).fetchone()
    gc.disable()
    connection.execute(f"set checkpoint_threshold = '{LOG_LIMIT}'")
    try:
        yield
        connection.execute("checkpoint")
    finally:
        connection.execute("set checkpoint_threshold = ?", [before])
        if was_on:
            gc.enable()


def take_all(
    connection: duckdb.DuckDBPyConnection,
    landing_dir: Path,
    *,
    departments: Collection[str] | None = None,
    feeds: Collection[str] | None = None,
    clock: Clock = now,
    progress: Progress | None = None,
    retry: bool = False,
) -> list[DeliveryOutcome]:
    """Take every delivery that is new, in an order that depends on content alone.

    Creates the raw tables where they are missing. Safe to kill at any moment and run
    again; what was taken or quarantined before comes back as ``known``.
    """
    ledger_tables.create(connection)
    outcomes = []
    with _in_bulk(connection):
        asked = "select sha256, delivery_id, status from raw.deliveries"
        rows = connection.execute(asked).fetchall()
        known = {sha256: (delivery_id, status) for sha256, delivery_id, status in rows}
        found = list(landing.deliveries(landing_dir, departments, feeds))
        old = [d for d in found if d.sha256 in known and not retry]
        new = [d for d in found if d.sha256 not in known or retry]
        for delivery in [*old, *sorted(new, key=place)]:
            before = known.get(delivery.sha256)
            try:
                outcome = _try(connection, delivery, clock, before, retry)
            except StillArriving:
                continue
            if outcome.status != "known":
                known[delivery.sha256] = outcome.delivery_id, outcome.status
            outcomes.append(outcome)
            if progress:
                progress(outcome, len(outcomes), len(found))
    return outcomes
