"""Take deliveries into the warehouse, each whole or not at all.

Belongs here: what becomes of a delivery, the order of taking. Does not belong here:
reading (``reading``), judging rows (``row_rules``), transactions (``group``), a second
reading (``replay``).

A process killed at any moment leaves whole deliveries only, each with its ledger row; a
rerun takes the rest and ends with the same tables.
"""

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from dagster_project.departments import (
    group,
    landing,
    late_manifest,
    ledger_tables,
    reading,
)
from dagster_project.departments.bulk import in_bulk
from dagster_project.departments.clocks import in_name
from dagster_project.departments.errors import Refused
from dagster_project.departments.landing import Delivery, StillArriving
from dagster_project.departments.narrowing import narrow
from dagster_project.departments.order import delivery_id, place
from dagster_project.departments.outcomes import DeliveryOutcome, ledger_row
from dagster_project.erasure.door import register_of
from dagster_project.governance.agreement import Agreement
from dagster_project.governance.in_force import projects_agreement

Clock = Callable[[], datetime]
Progress = Callable[[DeliveryOutcome, int, int], None]


def now() -> datetime:
    """Return the present moment in UTC, without offset."""
    return datetime.now(UTC).replace(tzinfo=None)


class _Taking:
    """One go through deliveries, with what is known so far, written or not."""

    def __init__(
        self, connection, clock: Clock, retry: bool, done, agreement: Agreement
    ) -> None:
        self._connection, self._clock, self._retry = connection, clock, retry
        self._agreement = agreement
        self._expunged = register_of(connection)
        self.group = group.Group(connection, done)
        asked = (
            "select sha256, delivery_id, status, manifest_sha256 from raw.deliveries "
            "order by version"
        )
        rows = connection.execute(asked).fetchall()
        self._known = {sha256: told for sha256, *told in rows}
        self._withheld: dict[str, frozenset[str]] = {}

    def _withheld_of(self, feed: str) -> frozenset[str]:
        """Return the keys that deliveries of a feed left out, written or not yet."""
        if feed not in self._withheld:
            asked = "select hashed_key from raw.withheld_keys where feed = ?"
            keys = self._connection.execute(asked, [feed]).fetchall()
            self._withheld[feed] = frozenset(key for (key,) in keys)
        return self._withheld[feed]

    def is_known(self, delivery: Delivery) -> bool:
        """Say whether a delivery was dealt with, by its content and not its name.

        What was refused is tried again when asked to, or when its manifest changed.
        """
        if delivery.sha256 not in self._known:
            return False
        _, status, manifest = self._known[delivery.sha256]
        told = delivery.sidecar.own_sha256 if delivery.sidecar else None
        return status != "quarantined" or not (self._retry or told != manifest)

    def take(self, delivery: Delivery) -> None:
        """Read one delivery and add it to the group, or what speaks against it."""
        if self.is_known(delivery):
            feed = delivery.feed.name if delivery.feed else "unknown"
            known_as, status, manifest = self._known[delivery.sha256]
            told = delivery.sidecar.own_sha256 if delivery.sidecar else None
            if status == "taken" and told not in (None, manifest):
                late_manifest.hold(self._connection, delivery, known_as)
                self._known[delivery.sha256] = known_as, status, told
            outcome = DeliveryOutcome(
                known_as, delivery.department, feed, delivery.name, status="known"
            )
            self.group.pass_over(outcome)
            return
        taken_at = self._clock()
        try:
            with self.group.reading():
                feed = delivery.feed.name if delivery.feed else ""
                earlier = self._withheld_of(feed)
                outcome, row, withheld = reading.read(
                    delivery,
                    self.group,
                    earlier,
                    taken_at,
                    self._agreement,
                    expunged=self._expunged,
                )
                self._withheld[feed] = earlier | withheld
        except Refused as refused:
            if landing.has_changed(delivery):
                raise StillArriving from refused
            outcome, row = self._refuse(delivery, refused, taken_at)
        told = delivery.sidecar.own_sha256 if delivery.sidecar else None
        self._known[delivery.sha256] = outcome.delivery_id, outcome.status, told
        self.group.book(delivery, outcome, row)

    def _refuse(
        self, delivery: Delivery, refused: Refused, taken_at: datetime
    ) -> tuple[DeliveryOutcome, tuple]:
        """Say why a delivery was refused; of its rows only those that are why stay."""
        refused.named(delivery.department, delivery.name)
        late_manifest.mark(self._connection, delivery)
        moment, rows = in_name(delivery.name), refused.rows
        name = delivery.name.encode("utf-8", "backslashreplace").decode()
        outcome = DeliveryOutcome(
            delivery_id=delivery_id(delivery, moment),
            department=delivery.department,
            feed=delivery.feed.name if delivery.feed else "unknown",
            name=name,
            status="quarantined",
            reason=str(refused).encode("utf-8", "backslashreplace").decode(),
            rows_in=rows.held if rows else 0,
            rows_quarantined=rows.held if rows else 0,
            rows_left_out=sum(rows.left_out.values()) if rows else 0,
        )
        if rows:
            self.group.show(outcome.delivery_id, rows)
        agreed = self._agreement.sha256
        return outcome, ledger_row(
            delivery, outcome, None, moment, taken_at, agreement=agreed
        )


def _worked_under(connection, agreement: Agreement | None, moment) -> Agreement:
    """Return the agreement in force, to which what lies here is held."""
    agreement = agreement or projects_agreement(moment.date())
    narrow(connection, agreement, moment)
    return agreement


def take(
    connection: duckdb.DuckDBPyConnection,
    delivery: Delivery,
    clock: Clock = now,
    *,
    agreement: Agreement | None = None,
    retry: bool = False,
) -> DeliveryOutcome:
    """Take one delivery: all of it and its ledger row in one transaction, or nothing.

    Args:
        connection: A warehouse whose raw tables exist (``ledger_tables.create``).
        delivery: What ``landing.deliveries`` found.
        clock: Tells the moment that is written down as ``taken_at`` (UTC).
        agreement: What may enter; the project's own, in force on the day, if unset.
        retry: Try again what was quarantined before, for instance after a repair here.

    Raises:
        StillArriving: The delivery changed while it was read; nothing was taken.
        RowsDoNotAddUp: A fault of ours; nothing was taken.
    """
    outcomes: list[DeliveryOutcome] = []
    agreement = _worked_under(connection, agreement, clock())
    taking = _Taking(connection, clock, retry, outcomes.append, agreement)
    taking.take(delivery)
    taking.group.write()
    return outcomes[0]


def take_all(
    connection: duckdb.DuckDBPyConnection,
    landing_dir: Path,
    *,
    departments: Collection[str] | None = None,
    feeds: Collection[str] | None = None,
    strays: bool | None = None,
    clock: Clock = now,
    progress: Progress | None = None,
    agreement: Agreement | None = None,
    retry: bool = False,
) -> list[DeliveryOutcome]:
    """Take every delivery that is new, in an order that depends on content alone.

    Creates the raw tables where they are missing. Safe to kill at any moment and run
    again; what was taken or quarantined before comes back as ``known``. ``progress`` is
    told of a delivery once it is written, and what was read whole is written even when
    a later delivery stops the run. ``agreement`` says what may enter; unset, it is the
    project's own.

    Raises:
        AgreementRefused: It is wrong, not approved as it stands, or not in force.
    """
    ledger_tables.create(connection)
    agreement = _worked_under(connection, agreement, clock())
    outcomes: list[DeliveryOutcome] = []

    def done(outcome: DeliveryOutcome) -> None:
        outcomes.append(outcome)
        if progress:
            progress(outcome, len(outcomes), len(found))

    with in_bulk(connection):
        taking = _Taking(connection, clock, retry, done, agreement)
        found = list(landing.deliveries(landing_dir, departments, feeds, strays=strays))
        old = [d for d in found if taking.is_known(d)]
        new = [d for d in found if not taking.is_known(d)]
        try:
            for delivery in [*old, *sorted(new, key=place)]:
                try:
                    taking.take(delivery)
                except StillArriving:
                    continue
        finally:
            taking.group.write()
    return outcomes
