"""Reconcile a new partition with the identity ledger: who goes on as whom.

Belongs here: which person a cluster goes on as, and the events that say so. Does not
belong here: deciding the partition (``cluster``), replaying events (``ledger``), what a
steward's decision did (``steward_events``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dagster_project.linkage.coded import count_pairs
from dagster_project.linkage.decisions import Decision
from dagster_project.linkage.ledger import EVENTS, Ledger, LedgerOutOfOrder
from dagster_project.linkage.person_ids import person_id
from dagster_project.linkage.steward_events import steward_events

Numbers = NDArray[np.int64]

NOBODY = -1


@dataclass(frozen=True)
class _Change:
    """Records and the number of their persons, before and now.

    Persons are numbered in the order of minting; ``NOBODY`` stands for none.
    """

    records: pa.Array
    before: Numbers
    now: Numbers


def reconcile(
    ledger: Ledger,
    partition: pa.Table,
    *,
    key: bytes,
    run_id: str,
    model_id: str,
    at: datetime,
    decisions: Sequence[Decision] = (),
    given: pa.ChunkedArray | None = None,
) -> pa.Table:
    """Return the events that turn the ledger's state into ``partition``.

    A cluster goes on as the person with which it shares most records, ties going to the
    person minted first, then to the cluster of the first record id; each person goes on
    in one cluster at most. The same partition twice gives no events.

    Args:
        ledger: the state so far.
        partition: ``client_record_id``, ``cluster`` and perhaps ``link_confidence``, of
            the linkable records only; the labels need mean nothing beyond this call.
        key: the secret of the person ids.
        run_id: names the run in each event.
        model_id: names the model in each event.
        at: time of the events; not before the last one in the ledger.
        decisions: a steward's, as they stand in this run.
        given: every person id there ever was, if ``ledger`` is but a part of one.

    Raises:
        LedgerOutOfOrder: ``at`` is before the last event.
    """
    if ledger.last_at is not None and at < ledger.last_at:
        raise LedgerOutOfOrder(
            f"identity_events: {at} is before the last event, {ledger.last_at}"
        )
    partition = partition.sort_by("client_record_id").combine_chunks()
    records = partition["client_record_id"].combine_chunks()
    labels = partition["cluster"].combine_chunks().dictionary_encode()
    cluster = labels.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    earlier = ledger.minted["person_id"].combine_chunks()
    before = _numbers(ledger.persons_of(records), earlier)
    goes_on = _continue_persons(cluster, before, len(labels.dictionary))
    fresh = np.flatnonzero(goes_on == NOBODY)
    goes_on[fresh] = len(earlier) + np.arange(len(fresh))
    # Clusters are numbered by their first record, so the first ones found them.
    founders = records.take(pa.array(_first_of_each(cluster)[fresh]))
    minted = _mint(key, founders, earlier if given is None else given)
    persons = pa.concat_arrays([earlier, minted])
    gone = ledger.links.filter(
        pc.invert(pc.is_in(ledger.links["client_record_id"], value_set=records))
    )
    change = _Change(records, before, goes_on[cluster])
    sections = [
        _section("mint", minted, records=founders),
        _person_events(change, persons),
        _unlinks(change, persons, gone),
        _links(change, persons, partition),
    ]
    if decisions:
        sections.append(_steward_events(ledger, change, persons, decisions))
    rows = pa.concat_tables(sections)
    count = rows.num_rows
    stamped = {
        "event_id": pa.array(ledger.last_event + 1 + np.arange(count)),
        "at": pa.repeat(pa.scalar(at, EVENTS.field("at").type), count),
        "run_id": pa.repeat(run_id, count),
        "model_id": pa.repeat(model_id, count),
    }
    columns = {name: rows[name] for name in rows.column_names} | stamped
    return pa.table({name: columns[name] for name in EVENTS.names}).cast(EVENTS)


def _continue_persons(cluster: Numbers, before: Numbers, clusters: int) -> Numbers:
    """Return for each cluster the earlier person that it goes on as, or ``NOBODY``."""
    known = before != NOBODY
    of, person, count = count_pairs(cluster[known], before[known])
    goes_on = np.full(clusters, NOBODY)
    # Most claims have no rival; only the others are settled one after the other.
    alone = (np.bincount(of, minlength=1)[of] == 1) & (
        np.bincount(person, minlength=1)[person] == 1
    )
    goes_on[of[alone]] = person[alone]
    used: set[int] = set()
    rivals = np.flatnonzero(~alone)
    order = np.lexsort((of[rivals], person[rivals], -count[rivals]))
    for row in rivals[order].tolist():
        if goes_on[of[row]] == NOBODY and person[row] not in used:
            goes_on[of[row]] = person[row]
            used.add(person[row])
    return goes_on


def _mint(
    key: bytes, founders: pa.Array, earlier: pa.Array | pa.ChunkedArray
) -> pa.Array:
    """Return new person ids, none of them given before."""
    names = founders.to_pylist()
    used: set[str] = set()
    while True:
        taken, minted = set(used), []
        for founder in names:
            minted.append(person_id(key, founder, taken))
            taken.add(minted[-1])
        found = pa.array(minted, pa.string())
        again = earlier.filter(pc.is_in(earlier, value_set=found)) if minted else found
        if not len(again):
            return found
        used.update(again.to_pylist())


def _person_events(change: _Change, persons: pa.Array) -> pa.Table:
    """Return absorb and split events, by the person whose records moved.

    A person that keeps no record is absorbed by whoever took most of its records; one
    that keeps some is split, once per person that took others.
    """
    moved = (change.now != change.before) & (change.before != NOBODY)
    leaves, takes, counts = count_pairs(change.before[moved], change.now[moved])
    keeps = np.isin(leaves, change.now)
    name = persons.take(pa.array(takes)).to_pylist()
    order = sorted(
        range(len(leaves)), key=lambda row: (leaves[row], -counts[row], name[row])
    )
    kinds, person, other = [], [], []
    absorbed: set[int] = set()
    for row in order:
        left, taker = int(leaves[row]), int(takes[row])
        is_absorbed = not keeps[row] and left not in absorbed
        absorbed.add(left)
        kinds.append("absorb" if is_absorbed else "split")
        person.append(taker if is_absorbed else left)
        other.append(left if is_absorbed else taker)
    return _section(
        pa.array(kinds, pa.string()),
        persons.take(pa.array(person, pa.int64())),
        others=persons.take(pa.array(other, pa.int64())),
        evidence=[f'{{"records": {counts[row]}}}' for row in order],
    )


def _unlinks(change: _Change, persons: pa.Array, gone: pa.Table) -> pa.Table:
    """Return an event for every record that left its person, by record id."""
    rows = np.flatnonzero((change.now != change.before) & (change.before != NOBODY))
    moved = _section(
        "unlink",
        persons.take(pa.array(change.before[rows])),
        records=change.records.take(pa.array(rows)),
        evidence=['{"reason": "moved"}'] * len(rows),
    )
    left = _section(
        "unlink",
        gone["person_id"].combine_chunks(),
        records=gone["client_record_id"].combine_chunks(),
        evidence=['{"reason": "left the partition"}'] * gone.num_rows,
    )
    return pa.concat_tables([moved, left]).sort_by("client_record_id")


def _links(change: _Change, persons: pa.Array, partition: pa.Table) -> pa.Table:
    """Return an event for every record that came to a person, by record id."""
    rows = pa.array(np.flatnonzero(change.now != change.before))
    evidence = [None] * len(rows)
    if "link_confidence" in partition.column_names:
        sure = partition["link_confidence"].take(rows).to_pylist()
        evidence = [p if p is None else f'{{"probability": {p!r}}}' for p in sure]
    return _section(
        "link",
        persons.take(pa.array(change.now).take(rows)),
        records=change.records.take(rows),
        evidence=evidence,
    )


def _steward_events(
    ledger: Ledger, change: _Change, persons: pa.Array, decisions: Sequence[Decision]
) -> pa.Table:
    """Return an event for every decision whose effect began or ended here."""
    named = pa.array(sorted({r for d in decisions for r in d.records}), pa.string())
    place = pc.index_in(named, value_set=change.records)
    now = persons.take(pa.array(change.now).take(place))
    told = steward_events(
        decisions,
        ledger.in_force,
        dict(zip(named.to_pylist(), ledger.persons_of(named).to_pylist(), strict=True)),
        dict(zip(named.to_pylist(), now.to_pylist(), strict=True)),
    )
    columns = list(zip(*told, strict=True)) or [()] * 4
    person, other, record, evidence = (pa.array(c, pa.string()) for c in columns)
    return _section("steward", person, others=other, records=record, evidence=evidence)


def _section(
    kind: str | pa.Array,
    persons: pa.Array,
    *,
    others: pa.Array | None = None,
    records: pa.Array | None = None,
    evidence: pa.Array | Sequence[str | None] | None = None,
) -> pa.Table:
    """Return events without number, time and run."""
    none = pa.nulls(len(persons), pa.string())
    return pa.table(
        {
            "kind": pa.repeat(kind, len(persons)) if isinstance(kind, str) else kind,
            "person_id": persons,
            "other_person_id": none if others is None else others,
            "client_record_id": none if records is None else records,
            "evidence": none if evidence is None else pa.array(evidence, pa.string()),
        }
    )


def _numbers(persons: pa.Array, minted: pa.Array) -> Numbers:
    """Return the place of each person in the order of minting; null is ``NOBODY``."""
    place = pc.index_in(persons, value_set=minted)
    return pc.fill_null(place, NOBODY).to_numpy(zero_copy_only=False).astype(np.int64)


def _first_of_each(codes: Numbers) -> Numbers:
    """Return where each code, numbered by first appearance, stands first."""
    return np.unique(codes, return_index=True)[1]
