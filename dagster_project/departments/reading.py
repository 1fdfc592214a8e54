"""Read one delivery to its end, and say what came of it.

Belongs here: the steps from bytes to counted rows, the same for a first reading and for
a replay. Does not belong here: whether to read (``ledger``, ``replay``), transactions
(``group``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from dagster_project.departments import group, landing, sidecar
from dagster_project.departments.landing import Delivery, StillArriving
from dagster_project.departments.load import Load
from dagster_project.departments.order import delivery_id, extracted_at, source_of
from dagster_project.departments.outcomes import DeliveryOutcome, ledger_row
from dagster_project.departments.rows import reader_of


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


def read(
    delivery: Delivery,
    into: group.Group,
    withheld: frozenset[str],
    clock: Callable[[], datetime],
    place: Place = FIRST,
) -> tuple[DeliveryOutcome, tuple, set[str]]:
    """Read a delivery and hand its rows to a group; only a large one touches tables.

    Returns:
        What came of it, its ledger row, and the hashed keys of what it left out.

    Raises:
        Refused: It must not be taken; what was streamed of it has to be taken back.
        StillArriving: It changed meanwhile.
    """
    if delivery.fault:
        raise delivery.fault
    with source_of(delivery, withheld) as source:
        sidecar.hold_to_files(delivery.sidecar, source.parts)
        reader = reader_of(source.feed)
        facts = reader.facts(source)
        moment = facts.extracted_at or place.moment or extracted_at(source, facts)
        sidecar.hold_to_facts(delivery.sidecar, facts, source.feed.reader, moment)
        load = Load(delivery, delivery_id(delivery, moment, place.version))
        for batch in reader.batches(source, facts):
            load.add(batch)
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
        clock(),
        version=place.version,
        replaces=place.replaces,
    )
    into.take(load, delivery.feed.name, sorted(load.withheld - withheld))
    return outcome, row, load.withheld
