"""The state of an identity ledger after new events, without replaying the old ones.

Belongs here: applying events to a known state, the part of it that a change concerns.
Does not belong here: making events (``identity``), replaying all (``ledger``).
"""

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.linkage.columns import put_in
from dagster_project.linkage.ledger import LINKS, MINTED, Ledger, in_force


def new_ledger() -> Ledger:
    """Return the state before the first event."""
    return Ledger(LINKS.empty_table(), MINTED.empty_table(), frozenset(), 0, None)


def concerning(ledger: Ledger, records: pa.Array) -> Ledger:
    """Return the state with the links of some records only."""
    chosen = pc.is_in(ledger.links["client_record_id"], value_set=records)
    return replace(ledger, links=ledger.links.filter(chosen))


def after(ledger: Ledger, events: pa.Table) -> Ledger:
    """Return the state after further events."""
    if events.num_rows == 0:
        return ledger
    kind, record = events["kind"], events["client_record_id"]
    moved = record.filter(pc.is_in(kind, value_set=pa.array(["link", "unlink"])))
    linked = events.filter(pc.equal(kind, "link"))
    linked = linked.select(["client_record_id", "person_id", "at"])
    minted = events.filter(pc.equal(kind, "mint")).select(["person_id", "at"])
    linked = linked.rename_columns(LINKS.names)
    return Ledger(
        put_in(ledger.links, linked, moved.combine_chunks().unique()),
        pa.concat_tables(
            [ledger.minted, minted.rename_columns(MINTED.names)]
        ).combine_chunks(),
        in_force(events, ledger.in_force),
        events["event_id"][-1].as_py(),
        events["at"][-1].as_py(),
    )
