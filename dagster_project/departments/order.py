"""Put deliveries in the order in which their sources made them.

Belongs here: when a delivery was extracted, its id, its place in line. Does not belong
here: taking it (``ledger``).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from dagster_project.departments.archives import opened
from dagster_project.departments.clocks import in_name, utc
from dagster_project.departments.errors import Refused
from dagster_project.departments.landing import Delivery
from dagster_project.departments.promises import promised_rows
from dagster_project.departments.rows import Facts, Source, reader_of

DAY = timedelta(days=1)
"""A row later than its own file by more was written by a clock that runs ahead."""
UNKNOWN_TIME = datetime(1, 1, 1)
"""Place of a delivery that nobody can date: before all others, in plain sight."""


def _modified(delivery: Delivery) -> datetime | None:
    """Return when the newest file of a delivery was last written, to the second."""
    newest = max((at for _, _, at, _ in delivery.seen), default=None)
    if newest is None:
        return None
    return datetime.fromtimestamp(newest // 10**9, UTC).replace(tzinfo=None)


@contextmanager
def source_of(delivery: Delivery, withheld: frozenset[str]) -> Iterator[Source]:
    """Open a delivery as its reader sees it."""
    sidecar = delivery.sidecar
    with opened(delivery.path, delivery.is_folder) as parts:
        yield Source(
            feed=delivery.feed,
            name=delivery.name,
            parts=parts,
            is_proven_whole=bool(sidecar and sidecar.proves_whole),
            expected_rows=sidecar.rows if sidecar else None,
            expected_of=promised_rows(sidecar, delivery.feed),
            withheld=withheld,
            modified=_modified(delivery),
        )


def _newest_row(source: Source, facts: Facts) -> datetime | None:
    """Return the newest update time of the rows, or else any time they tell of."""
    tables = {table.name: table for table in source.feed.tables}
    updated, told = [], []
    for batch in reader_of(source.feed).batches(source, facts):
        table = tables[batch.table]
        for column in {table.updated, *table.times} & {*batch.rows.column_names}:
            moments = updated if column == table.updated else told
            for text in batch.rows[column].unique().to_pylist():
                moment = utc(text, is_local=source.feed.local_times)
                if moment and (not source.modified or moment < source.modified + DAY):
                    moments.append(moment)
    return max(updated or told, default=None)


def extracted_at(
    source: Source, facts: Facts | None = None, latest: datetime = datetime.max
) -> datetime | None:
    """Return when the source extracted the delivery, by the best witness there is.

    A name or a file's time after ``latest`` is no witness: what a delivery is called
    may be the end of its period, or written by a clock that runs ahead.
    """
    if source.feed.tells_time:
        facts = facts or reader_of(source.feed).facts(source)
    told = facts.extracted_at if facts else None
    named = in_name(source.name)
    if told or (named and named <= latest):
        return told or named
    facts = facts or reader_of(source.feed).facts(source)
    witnesses = _newest_row(source, facts), source.modified
    return next((at for at in witnesses if at and at <= latest), None)


def delivery_id(delivery: Delivery, moment: datetime | None, version: int = 1) -> str:
    """Return the id under which a delivery stands: it sorts in the source's order.

    A later version of it sorts in the same place.

    >>> # hsh_hmis_20250701T040000_1a2b3c4d, hsh_hmis_20250701T040000_1a2b3c4d_v02
    """
    feed = delivery.feed.name if delivery.feed else f"{delivery.department}_unknown"
    stamp = (moment or UNKNOWN_TIME).isoformat("T", "seconds")
    name = f"{feed}_{stamp.replace('-', '').replace(':', '')}_{delivery.sha256[:8]}"
    return name if version == 1 else f"{name}_v{version:02}"


def place(delivery: Delivery) -> tuple[str, str, datetime, str]:
    """Return what deliveries are sorted by: department, feed, extract time, name."""
    moment = None
    if delivery.feed and not delivery.fault:
        try:
            with source_of(delivery, frozenset()) as source:
                moment = extracted_at(source)
        except Refused:
            moment = None
    moment = moment or in_name(delivery.name) or UNKNOWN_TIME
    feed = delivery.feed.name if delivery.feed else ""
    return delivery.department, feed, moment, delivery.name
