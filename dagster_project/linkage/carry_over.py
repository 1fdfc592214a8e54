"""Carry the identity ledger of an older warehouse over into a new one.

Belongs here: reading the one, beginning the other, expunged clients kept out. Does not
belong here: who is who (``identity``), opening files (``carry_over_command``).

A warehouse that is made anew from its deliveries would begin with no history: every
person minted today, nothing to be said of yesterday. With the ledger in it the next run
goes on where the last one of the older warehouse ended: a record that is called
otherwise now is unlinked and linked by events, and no person id is given out twice.
"""

import json
from collections.abc import Callable, Mapping

import duckdb
import pyarrow as pa

from dagster_project.erasure.traces import in_ledger
from dagster_project.linkage.ledger import EVENTS, LedgerOutOfOrder, replay
from dagster_project.linkage.store import read_events
from dagster_project.linkage.warehouse_tables import create_empty, without_zone


class CannotCarryOver(RuntimeError):
    """Nothing was changed, and why, in a sentence."""


def carry_over(
    old: duckdb.DuckDBPyConnection,
    new: duckdb.DuckDBPyConnection,
    instead_of: Callable[[str], str | None],
) -> int:
    """Begin a warehouse's identity ledger with that of another, all or nothing.

    Args:
        old: The older warehouse; only read.
        new: The new one, before its first run or not yet filled.
        instead_of: What stands in the place of a client record id, None for itself:
            a client may have been expunged since the older warehouse was put away.

    Returns:
        Events carried over.

    Raises:
        CannotCarryOver: The new one has a history, or the old one has none that can be
            replayed.
    """
    if read_events(new).num_rows:
        raise CannotCarryOver(
            "the warehouse has a history of its own already, and two cannot be one; "
            "carry over before its first run, or move it away"
        )
    try:
        events = read_events(old)
        replay(events)
    except (KeyError, LedgerOutOfOrder) as error:
        raise CannotCarryOver(
            f"the older warehouse's history cannot be gone on with: {error}"
        ) from None
    if not events.num_rows:
        raise CannotCarryOver("the older warehouse holds no history")
    ids = {*events["client_record_id"].to_pylist()}
    for told in events["evidence"].drop_null().to_pylist():
        ids |= {value for value in _values(told) if isinstance(value, str)}
    instead = {one: put for one in ids if one and (put := instead_of(one))}
    _events = _without(events.cast(without_zone(EVENTS)), instead)
    _models = old.execute("select * from linkage.models").to_arrow_table()
    new.execute("begin transaction")
    try:
        create_empty(new)
        new.execute("insert into linkage.identity_events by name select * from _events")
        new.execute("insert into linkage.models by name select * from _models")
    except BaseException:
        new.execute("rollback")
        raise
    new.execute("commit")
    return events.num_rows


def _without(_events: pa.Table, instead: Mapping[str, str]) -> pa.Table:
    """Return events with other ids in the place of some, before any file holds them."""
    if not instead:
        return _events
    with duckdb.connect() as memory:
        create_empty(memory)
        memory.execute(
            "insert into linkage.identity_events by name select * from _events"
        )
        in_ledger(memory, instead)
        asked = "from linkage.identity_events order by event_id"
        return memory.execute(asked).to_arrow_table()


def _values(evidence: str) -> list:
    """Return what an event's evidence says, none where it is no JSON object."""
    try:
        told = json.loads(evidence)
    except ValueError:
        return []
    return list(told.values()) if isinstance(told, dict) else []
