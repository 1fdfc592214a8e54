"""Follow a client who was expunged to another id that their department gives them.

Belongs here: the order that a merge opens, at the door, and whom it comes to concern.
Does not belong here: reading merges (``merges``), carrying out.

Only who asked to be expunged is followed. Whose time was up may come back, under
whatever id. The order is an ordinary one: the run that took the delivery carries it
out before it builds a table, and proves it.
"""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb

from dagster_project.departments.rows import Batch
from dagster_project.erasure import merges, orders, whom
from dagster_project.erasure.fingerprints import tables
from dagster_project.erasure.orders import Order
from dagster_project.erasure.register import Entry, Register, hashed

MERGED = "its department merged it with a client of erasure "
"""How the reason of an order begins that a merge opened."""
NEEDED = {
    ("intermediate", "int_client_records"),
    ("intermediate", "int_client_record_history"),
    ("intermediate", "int_client_record_crosswalk"),
    ("linkage", "client_links"),
}


def follow(known: Register, batch: Batch, at: datetime) -> None:
    """Open an order for each id that a batch says is a client who was expunged.

    Args:
        known: The register; where it has no folder, nothing is written.
        batch: Rows as delivered, before any is left out.
        at: When the delivery was extracted.
    """
    if known.folder is None:
        return
    pairs = merges.told(batch.table, batch.rows) if batch.rows.num_rows else set()
    if not pairs:
        return
    standing = {
        told: entry
        for entry in known.entries
        if entry.kind == "request"
        for told in entry.hashes
    }
    names = {record: hashed(known.key, record) for pair in pairs for record in pair}
    found = merges.led_to(pairs, lambda record: names[record] in standing)
    for record, origin in found.items():
        _open(known.folder, record, names[record], standing[names[origin]], at)


def _open(beside: Path, record: str, told: str, origin: Entry, at: datetime) -> None:
    # The id comes from the client's, so that a delivery read twice opens one order.
    order = Order(
        erasure_id=f"{origin.erasure_id}_{told[:8]}",
        kind="request",
        at=at,
        by=origin.by,
        reason=MERGED + origin.erasure_id,
        client_records=(record,),
    )
    if not any(o.erasure_id == order.erasure_id for o in orders.open_orders(beside)):
        orders.keep(beside, order)


def is_following(order: Order) -> bool:
    """Say whether a merge opened an order."""
    return order.reason.startswith(MERGED)


def completed(connection: duckdb.DuckDBPyConnection, order: Order) -> Order:
    """Return an order with all the ids, persons and identities it comes to concern."""
    records = sorted(merges.closure(connection, set(order.client_records)))
    if not set(tables(connection)) >= NEEDED:
        return replace(order, client_records=tuple(records))
    ids = whom.all_ids(connection, records)
    return replace(
        order,
        client_records=tuple(ids),
        persons=tuple(whom.emptied(connection, ids)),
        identities=tuple(whom.identities(connection, ids)),
    )
