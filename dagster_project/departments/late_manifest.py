"""Hold a delivery that was taken before to a manifest that came after it.

Belongs here: what the ledger still knows of the delivery and the files that still lie
there, compared with the promise.
Does not belong here: a manifest that lies beside its delivery in time (``sidecar``).

Nothing is taken back: rows of the delivery may be in reports already, and whether they
or the promise are wrong is for a person to find out. The ledger row says what does not
agree, ``throughline deliveries`` warns of it, ``replay`` and ``withdraw`` mend it.
"""

import duckdb

from dagster_project.departments.archives import opened
from dagster_project.departments.errors import Refused
from dagster_project.departments.landing import Delivery
from dagster_project.departments.ledger_tables import quoted
from dagster_project.departments.promises import (
    VERSIONED,
    broken_files,
    promised_rows,
    tells_mode,
)
from dagster_project.departments.sidecar import PERIOD, Sidecar

LATE = "its manifest came late and does not agree: "
BOOKED = """
select mode, schema_version, period_start, period_end, extracted_at, rows_in + (
    select coalesce(sum(rows), 0) from raw.left_out_rows as gone
    where gone.delivery_id = deliveries.delivery_id
        and not regexp_matches(rule, '^(column_not|elements_not|lines_passed)_')
) as rows_read
from raw.deliveries where delivery_id = ?
"""
"""What was read of it: what was left out on purpose was delivered too."""
READ_OF = """
select (select count(*) from raw.{table} where _delivery_id = $id)
    + (
        select count(*) from raw.quarantined_rows
        where delivery_id = $id and table_name = $table
    )
    + (
        select coalesce(sum(rows), 0) from raw.left_out_rows
        where delivery_id = $id and table_name = $table
            and not regexp_matches(rule, '^(column_not|elements_not|lines_passed)_')
    )
"""
"""The same for one table."""
KEPT = """
update raw.deliveries set
    manifest_sha256 = $own, reason = $reason, mode = coalesce($mode, mode),
    schema_version = coalesce($version, schema_version),
    period_start = coalesce($start, period_start),
    period_end = coalesce($end, period_end)
where delivery_id = $id
"""
MARKED = """
update raw.deliveries set reason = ?
where department = ? and name = ? and status = 'taken'
"""


def hold(
    connection: duckdb.DuckDBPyConnection, delivery: Delivery, delivery_id: str
) -> None:
    """Compare a taken delivery with its new manifest, and book what came of it.

    A promise that is kept enters the ledger as if it had come in time.
    """
    told = delivery.sidecar
    booked = connection.execute(BOOKED, [delivery_id]).fetchone()
    if told is None or booked is None:
        return
    wrong = _broken(told, booked, delivery.feed.reader if delivery.feed else "")
    wrong += _broken_files(connection, delivery, delivery_id)
    kept = Sidecar() if wrong else told
    connection.execute(
        KEPT,
        {
            "own": told.own_sha256,
            "reason": LATE + "; ".join(wrong) if wrong else None,
            "mode": kept.mode,
            "version": kept.schema_version,
            "start": kept.period_start,
            "end": kept.period_end,
            "id": delivery_id,
        },
    )


def _broken(told: Sidecar, booked: tuple, reader: str) -> list[str]:
    """Return each promise that a delivery breaks, in words."""
    mode, version, start, end, moment, rows = booked
    wrong = []
    if told.rows not in (None, rows):
        wrong.append(f"it promises {told.rows} rows, {rows} were read")
    if tells_mode(reader, version) and told.mode not in (None, mode):
        wrong.append(f"it says {told.mode}, the export {mode}")
    promised = (told.schema_version or "").lower()
    if reader in VERSIONED and promised not in (version or "").lower():
        wrong.append(f"it says version {told.schema_version!r}, read was {version!r}")
    for key, found in zip(PERIOD, (start, end), strict=True):
        day = getattr(told, key)
        if day and found and day != found:
            wrong.append(f"it says {key} {day}, the export {found}")
    if moment and told.period_start and moment.date() < told.period_start:
        wrong.append(f"it says period_start {told.period_start}, after the extract")
    return wrong


def _broken_files(
    connection: duckdb.DuckDBPyConnection, delivery: Delivery, delivery_id: str
) -> list[str]:
    """Return each file that is not as the manifest lists it, in words."""
    wrong = []
    if delivery.sidecar and delivery.sidecar.files:
        try:
            with opened(delivery.path, delivery.is_folder) as parts:
                broken = list(broken_files(delivery.sidecar, parts))
        except Refused as refused:  # it was changed since it was hashed
            broken = [refused]
        wrong = [f"{refused.member}: {refused.reason}" for refused in broken]
    promised = promised_rows(delivery.sidecar, delivery.feed) if delivery.feed else {}
    for table, rows in promised.items():
        asked = READ_OF.format(table=quoted(table))
        told = {"id": delivery_id, "table": table}
        (read,) = connection.execute(asked, told).fetchone()
        if rows != read:
            wrong.append(f"it promises {rows} rows for {table}, {read} were read")
    return wrong


def mark(connection: duckdb.DuckDBPyConnection, delivery: Delivery) -> None:
    """Mark a taken delivery whose new manifest is refused, its hash being another's."""
    if delivery.fault and delivery.fault.rule.startswith("sidecar"):
        reason = f"{LATE}{delivery.fault.reason}"
        connection.execute(MARKED, [reason, delivery.department, delivery.name])
