"""The identity ledger as data: its columns, and the state after some of its events.

Belongs here: replaying events. Does not belong here: making new ones (``identity``),
storing them (``store``).

The ledger is append-only. ``link`` and ``unlink`` alone move records, so replaying them
gives the state; ``mint``, ``absorb``, ``split`` and ``steward`` say what happened to
people, and why.
"""

import json
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

EVENTS = pa.schema(
    [
        ("event_id", pa.int64()),
        ("at", pa.timestamp("us", tz="UTC")),
        ("run_id", pa.string()),
        ("model_id", pa.string()),
        ("kind", pa.string()),
        ("person_id", pa.string()),
        ("other_person_id", pa.string()),
        ("client_record_id", pa.string()),
        ("evidence", pa.string()),
    ]
)
"""One row per change. ``event_id`` counts upwards without gaps; ``other_person_id`` is
the person absorbed, the one that a split left with records, or the one a steward's
decision keeps apart."""

LINKS = pa.schema(
    [
        ("client_record_id", pa.string()),
        ("person_id", pa.string()),
        ("linked_at", pa.timestamp("us", tz="UTC")),
    ]
)
MINTED = pa.schema(
    [("person_id", pa.string()), ("minted_at", pa.timestamp("us", tz="UTC"))]
)

HOLDS, LIFTED = "holds", "lifted"
"""Effects that a ``steward`` event tells of."""


class LedgerOutOfOrder(ValueError):
    """The ledger or the new time would contradict the order of its events."""


@dataclass(frozen=True)
class Ledger:
    """The state after some events.

    Attributes:
        links: One row per linked record, by record id.
        minted: One row per person ever, in the order of minting.
        in_force: Decisions of stewards that an event says took effect, and none since
            that it was lifted.
        last_event: The number of the last event, 0 before the first.
        last_at: Its time.
    """

    links: pa.Table
    minted: pa.Table
    in_force: frozenset[str]
    last_event: int
    last_at: datetime | None

    def persons_of(self, records: pa.Array) -> pa.Array:
        """Return the person of each record, null where it has none."""
        place = pc.index_in(
            records, value_set=self.links["client_record_id"].combine_chunks()
        )
        return self.links["person_id"].combine_chunks().take(place)

    def person_of(self) -> dict[str, str]:
        """Return record -> person."""
        record, person = self.links["client_record_id"], self.links["person_id"]
        return dict(zip(record.to_pylist(), person.to_pylist(), strict=True))


def no_events() -> pa.Table:
    """Return the ledger before the first run."""
    return EVENTS.empty_table()


def replay(events: pa.Table, until: datetime | None = None) -> Ledger:
    """Return the state after the events up to and including ``until``.

    Raises:
        LedgerOutOfOrder: the numbers of the events have a gap, an event unlinks a
            record from a person that did not hold it, or links one that is held.
    """
    rows = events.sort_by("event_id").combine_chunks()
    numbers = rows["event_id"].to_numpy()
    if not np.array_equal(numbers, np.arange(1, len(numbers) + 1)):
        raise LedgerOutOfOrder("identity_events: the event ids have a gap")
    if until is not None:
        rows = rows.filter(pc.less_equal(rows["at"], pa.scalar(until, EVENTS[1].type)))
    minted = rows.filter(pc.equal(rows["kind"], "mint")).select(["person_id", "at"])
    return Ledger(
        links=_links(rows),
        minted=minted.rename_columns(MINTED.names),
        in_force=in_force(rows),
        last_event=rows.num_rows,
        last_at=rows["at"][-1].as_py() if rows.num_rows else None,
    )


def person_as_of(events: pa.Table, at: datetime) -> dict[str, str]:
    """Return record -> person as it stood at a time."""
    return replay(events, until=at).person_of()


def _links(rows: pa.Table) -> pa.Table:
    """Return where the last move of each record left it."""
    moves = rows.filter(pc.is_in(rows["kind"], pa.array(["link", "unlink"])))
    record, person = _codes(moves["client_record_id"]), _codes(moves["person_id"])
    links = pc.equal(moves["kind"], "link").to_numpy(zero_copy_only=False)
    order = np.argsort(record, kind="stable")
    record, person, links = record[order], person[order], links[order]
    again = np.zeros(len(order), np.bool_)
    again[1:] = record[1:] == record[:-1]
    held = again & np.roll(links, 1)
    wrong = (held & links) | (~links & ~(held & (person == np.roll(person, 1))))
    if wrong.any():
        row = moves.slice(order[wrong].min(), 1).to_pylist()[0]
        raise LedgerOutOfOrder(
            f"identity_events: event {row['event_id']} {row['kind']}s "
            f"{row['client_record_id']} and {row['person_id']}, which contradicts the "
            "event before"
        )
    last = np.ones(len(order), np.bool_)
    last[:-1] = ~again[1:]
    kept = moves.take(order[last & links])
    kept = kept.select(["client_record_id", "person_id", "at"])
    return kept.rename_columns(LINKS.names).sort_by("client_record_id")


def in_force(rows: pa.Table, before: frozenset[str] = frozenset()) -> frozenset[str]:
    """Return the decisions whose last event says that they hold.

    Args:
        rows: events in their order.
        before: the decisions that held before them.
    """
    told = rows.filter(pc.equal(rows["kind"], "steward"))["evidence"].to_pylist()
    last = dict.fromkeys(before, HOLDS)
    last |= {e["decision_id"]: e["effect"] for e in map(json.loads, told)}
    return frozenset(d for d, effect in last.items() if effect == HOLDS)


def _codes(column: pa.ChunkedArray) -> np.ndarray:
    return (
        column.combine_chunks()
        .dictionary_encode()
        .indices.to_numpy(zero_copy_only=False)
    )
