"""The identity ledger: who is who, now and at any time before, and how it came about.

Belongs here: reconciling a new partition with earlier events, replaying events. Does
not belong here: deciding the partition (``cluster``), storing events (the caller).

The ledger is append-only. ``link`` and ``unlink`` alone move records, so replaying them
gives the state; ``mint``, ``absorb`` and ``split`` say what happened to people.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa

from dagster_project.linkage.person_ids import person_id

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
the person absorbed, or the one that a split left with records."""

KINDS = ("mint", "link", "unlink", "absorb", "split")


class LedgerOutOfOrder(ValueError):
    """The ledger or the new time would contradict the order of its events."""


@dataclass
class Ledger:
    """The state after some events: people in the order they were minted."""

    persons: dict[str, int] = field(default_factory=dict)  # person -> order of minting
    person_of: dict[str, str] = field(default_factory=dict)  # record -> person
    last_event: int = 0
    last_at: datetime | None = None


def replay(events: pa.Table, until: datetime | None = None) -> Ledger:
    """Return the state after the events up to and including ``until``.

    Raises:
        LedgerOutOfOrder: an event unlinks a record from a person it was not linked to.
    """
    ledger = Ledger()
    for row in events.sort_by("event_id").to_pylist():
        if until is not None and row["at"] > until:
            break
        kind, person, record = row["kind"], row["person_id"], row["client_record_id"]
        if kind == "mint":
            ledger.persons[person] = len(ledger.persons)
        elif kind == "link":
            ledger.person_of[record] = person
        elif kind == "unlink" and ledger.person_of.pop(record, None) != person:
            raise LedgerOutOfOrder(
                f"identity_events: event {row['event_id']} unlinks {record} from "
                f"{person}, which did not hold it"
            )
        ledger.last_event, ledger.last_at = row["event_id"], row["at"]
    return ledger


def current_links(events: pa.Table) -> dict[str, str]:
    """Return record -> person after all events."""
    return replay(events).person_of


def person_as_of(events: pa.Table, at: datetime) -> dict[str, str]:
    """Return record -> person as it stood at a time."""
    return replay(events, until=at).person_of


def no_events() -> pa.Table:
    """Return the ledger before the first run."""
    return EVENTS.empty_table()


def reconcile(
    previous_events: pa.Table,
    partition: Mapping[str, str],
    *,
    key: bytes,
    run_id: str,
    model_id: str,
    at: datetime,
    confidence: Mapping[str, float] | None = None,
) -> pa.Table:
    """Return the events that turn the ledger's state into ``partition``.

    A cluster goes on as the person with which it shares most records, ties going to the
    person minted first, then to the cluster of the first record id; each person goes on
    in one cluster at most. The same partition twice gives no events.

    Args:
        previous_events: the whole ledger so far.
        partition: record -> cluster label, linkable records only; labels need mean
            nothing beyond this call.
        key: the secret of the person ids.
        run_id: names the run in each event.
        model_id: names the model in each event.
        at: time of the events; not before the last one in the ledger.
        confidence: record -> probability of its link, kept as evidence.

    Raises:
        LedgerOutOfOrder: ``at`` is before the last event.
    """
    ledger = replay(previous_events)
    if ledger.last_at is not None and at < ledger.last_at:
        raise LedgerOutOfOrder(
            f"identity_events: {at} is before the last event, {ledger.last_at}"
        )
    clusters: dict[str, list[str]] = {}
    for record in sorted(partition):
        clusters.setdefault(partition[record], []).append(record)
    goes_on = _continue_persons(ledger, clusters)
    rows: list[dict] = []
    taken = dict(ledger.persons)
    person_of: dict[str, str] = {}
    minted: list[tuple[str, str]] = []
    for label, records in clusters.items():
        person = goes_on.get(label)
        if person is None:
            person = person_id(key, records[0], taken)
            taken[person] = len(taken)
            minted.append((person, records[0]))
        person_of.update(dict.fromkeys(records, person))
    for person, founder in minted:
        rows.append(_event("mint", person, record=founder))
    rows += _person_events(ledger, person_of)
    for record, person in sorted(ledger.person_of.items()):
        if person_of.get(record) != person:
            why = "left the partition" if record not in person_of else "moved"
            rows.append(_event("unlink", person, record=record, reason=why))
    sure = confidence or {}
    for record, person in sorted(person_of.items()):
        if ledger.person_of.get(record) != person:
            rows.append(
                _event("link", person, record=record, probability=sure.get(record))
            )
    for number, row in enumerate(rows, start=ledger.last_event + 1):
        row.update(event_id=number, at=at, run_id=run_id, model_id=model_id)
    return pa.Table.from_pylist(rows, schema=EVENTS)


def _continue_persons(ledger: Ledger, clusters: dict[str, list[str]]) -> dict[str, str]:
    """Return cluster -> the earlier person that it goes on as."""
    shared: dict[tuple[str, str], int] = {}
    for label, records in clusters.items():
        for record in records:
            person = ledger.person_of.get(record)
            if person is not None:
                shared[label, person] = shared.get((label, person), 0) + 1
    claims = sorted(
        shared,
        key=lambda pair: (-shared[pair], ledger.persons[pair[1]], clusters[pair[0]][0]),
    )
    goes_on: dict[str, str] = {}
    used: set[str] = set()
    for label, person in claims:
        if label not in goes_on and person not in used:
            goes_on[label] = person
            used.add(person)
    return goes_on


def _person_events(ledger: Ledger, person_of: dict[str, str]) -> list[dict]:
    """Return absorb and split events, by the person whose records moved.

    A person that keeps no record is absorbed by whoever took most of its records; one
    that keeps some is split, once per person that took others.
    """
    moved: dict[str, dict[str, int]] = {}
    keeps: set[str] = set(person_of.values())
    for record, person in ledger.person_of.items():
        now = person_of.get(record)
        if now is not None and now != person:
            moved.setdefault(person, {})
            moved[person][now] = moved[person].get(now, 0) + 1
    rows = []
    for person in sorted(moved, key=ledger.persons.__getitem__):
        takers = sorted(moved[person].items(), key=lambda item: (-item[1], item[0]))
        if person in keeps:
            rows += [
                _event("split", person, other, records=count) for other, count in takers
            ]
        else:
            taker, count = takers[0]
            rows.append(_event("absorb", taker, person, records=count))
            rows += [
                _event("split", person, other, records=count)
                for other, count in takers[1:]
            ]
    return rows


def _event(
    kind: str,
    person: str,
    other: str | None = None,
    *,
    record: str | None = None,
    **evidence: object,
) -> dict:
    known = {name: value for name, value in evidence.items() if value is not None}
    return {
        "kind": kind,
        "person_id": person,
        "other_person_id": other,
        "client_record_id": record,
        "evidence": json.dumps(known, sort_keys=True) if known else None,
    }
