"""Read one delivery to its end, and say what came of it.

Belongs here: the steps from bytes to counted rows, the same for a first reading and for
a replay. Does not belong here: whether to read (``ledger``, ``replay``), transactions
(``group``).
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dagster_project.departments import group, landing, promises, row_rules
from dagster_project.departments.agreed import agreed_feed
from dagster_project.departments.errors import Refused
from dagster_project.departments.feed import Feed
from dagster_project.departments.landing import Delivery, StillArriving
from dagster_project.departments.load import Load
from dagster_project.departments.order import delivery_id, extracted_at, source_of
from dagster_project.departments.outcomes import DeliveryOutcome, ledger_row
from dagster_project.departments.rows import Facts, Source, reader_of
from dagster_project.erasure.door import door
from dagster_project.erasure.register import Register
from dagster_project.governance.agreement import Agreement


@dataclass(frozen=True)
class Place:
    """Where a reading stands in the ledger.

    Attributes:
        version: Counted from 1; 2 and more take the place of an earlier reading.
        replaces: Delivery id of the reading before.
        moment: When the source extracted it, for a file that does not say so itself.
    """

    version: int = 1
    replaces: str | None = None
    moment: datetime | None = None


FIRST = Place()

AHEAD = timedelta(days=1)
"""How far an event may lie ahead: a day, since one clock is local and the other UTC."""


def _when(source: Source, facts: Facts, place: Place, now: datetime) -> datetime | None:
    """Return when the source extracted a delivery, which is not after it came.

    Raises:
        Refused: It says itself that it was made in the future, so that every later one
            would count as older.
    """
    told = facts.extracted_at
    if told and told > now + AHEAD:
        reason = (
            f"it says that it was made at {told:%Y-%m-%d %H:%M} UTC, more than a day "
            f"after it was read ({now:%Y-%m-%d %H:%M}); set the clock of the system "
            "that wrote it right and export again"
        )
        raise Refused("future_time", reason)
    if told or not place.moment or place.moment > now + AHEAD:
        return told or extracted_at(source, facts, now + AHEAD)
    return place.moment


@contextmanager
def _no_later_than(day: str) -> Iterator[None]:
    token = row_rules.LAST_DAY.set(day)
    try:
        yield
    finally:
        row_rules.LAST_DAY.reset(token)


def _agreed(delivery: Delivery, agreement: Agreement, taken_at: datetime) -> Feed:
    """Return a delivery's feed as far as its department agreed to share it."""
    party = agreement.parties[delivery.department]
    if not party.is_party_on(taken_at.date()):
        reason = (
            f"{party.short} is no party of the sharing agreement on "
            f"{taken_at.date()} (joined {party.joined}, left {party.left or 'never'})"
        )
        raise Refused("not_a_party", reason)
    return agreed_feed(delivery.feed, agreement.feeds[delivery.feed.name])


def read(
    delivery: Delivery,
    into: group.Group,
    withheld: frozenset[str],
    taken_at: datetime,
    agreement: Agreement,
    place: Place = FIRST,
    *,
    expunged: Register | None,
) -> tuple[DeliveryOutcome, tuple, set[str]]:
    """Read a delivery and hand its rows to a group; only a large one touches tables.

    This is the one way in, and nothing gets further than the agreement lets
    it, and no row of a client who was expunged.

    ``expunged`` is the register of the warehouse that is filled (``register_of``).

    Returns:
        What came of it, its ledger row, and the hashed keys of what it left out.

    Raises:
        Refused: It must not be taken; what was streamed of it has to be taken back.
        StillArriving: It changed meanwhile.
    """
    if delivery.fault:
        raise delivery.fault
    delivery = replace(delivery, feed=_agreed(delivery, agreement, taken_at))
    last_day = (taken_at + AHEAD).date().isoformat()
    with source_of(delivery, withheld) as source, _no_later_than(last_day):
        promises.hold_to_files(delivery.sidecar, source.parts)
        reader = reader_of(source.feed)
        facts = reader.facts(source)
        moment = _when(source, facts, place, taken_at)
        promises.hold_to_facts(delivery.sidecar, facts, source.feed.reader, moment)
        load = Load(delivery, delivery_id(delivery, moment, place.version))
        let_in = door(expunged, moment or taken_at)
        with closing(reader.batches(source, facts)) as batches:
            for batch in batches:
                load.add(let_in(batch))
                if load.bytes >= group.SMALL_BYTES:
                    into.stream(load)
        load.check(source)
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
    row = ledger_row(
        delivery,
        outcome,
        facts,
        moment,
        taken_at,
        agreement=agreement.sha256,
        version=place.version,
        replaces=place.replaces,
    )
    into.take(load, delivery.feed.name)
    return outcome, row, load.withheld
