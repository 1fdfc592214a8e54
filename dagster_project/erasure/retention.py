"""Whose time is up, as the agreement's clocks say.

Belongs here: last contacts, clocks, counting, opening an order. Does not belong here:
erasing (``carrying_out``).

The clock is a client's, not a record's: it runs from the last contact of any of the
person's records, or the last time a department touched one, whichever is later. Tables
of every tier are built from the raw rows, so the shortest clock is the one that ends
them; a longer one allows, it does not oblige.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import duckdb

from dagster_project.erasure import orders, whom
from dagster_project.erasure.fingerprints import tables
from dagster_project.erasure.newest import newest
from dagster_project.erasure.orders import Order
from dagster_project.governance.agreement import Agreement
from dagster_project.places import Places

BUILT_FROM_RAW = ("raw", "identified", "marts")
"""Tiers whose clock runs from a client's last contact."""

LAST_CONTACTS = """
    with told as (
        select
            client_record_id,
            greatest(
                last_seen_on, first_seen_on, cast(updated_at as date)
            ) as seen_on
        from intermediate.int_client_records
        union all
        select client_record_id, greatest(offered_on, fulfilled_on) as seen_on
        from intermediate.int_offers
        union all
        select client_record_id, occurred_on as seen_on
        from intermediate.int_outcome_events
        union all
        -- Whoever has not left is in contact today.
        select client_record_id, coalesce(left_on, cast(? as date)) as seen_on
        from intermediate.int_stays
    ),
    per_record as (
        select client_record_id, max(seen_on) as seen_on
        from told
        group by client_record_id
    )
    select
        records.client_record_id,
        records.department,
        coalesce(links.person_id, records.client_record_id) as client,
        max(per_record.seen_on) over (
            partition by coalesce(links.person_id, records.client_record_id)
        ) as last_contact_on
    from intermediate.int_client_records as records
    inner join per_record
        on records.client_record_id = per_record.client_record_id
    left join linkage.client_links as links
        on records.client_record_id = links.client_record_id
    order by records.client_record_id
"""
NEEDED = {
    ("intermediate", "int_client_records"),
    ("intermediate", "int_offers"),
    ("intermediate", "int_outcome_events"),
    ("intermediate", "int_stays"),
    ("intermediate", "int_client_record_history"),
    ("intermediate", "int_client_record_crosswalk"),
    ("linkage", "client_links"),
}


@dataclass(frozen=True)
class Ended:
    """A client record whose clock ran out in some tiers."""

    client_record_id: str
    department: str
    tiers: tuple[str, ...]


def last_days(agreement: Agreement, today: date) -> dict[str, date]:
    """Return per tier the day before which a last contact is too long ago."""
    return {
        tier: today - timedelta(days=agreement.retention[tier].days)
        for tier in BUILT_FROM_RAW
        if tier in agreement.retention and agreement.retention[tier].after_last_contact
    }


def ended(
    connection: duckdb.DuckDBPyConnection, last: Mapping[str, date], today: date
) -> list[Ended]:
    """Return the client records whose time is up, by id.

    Args:
        connection: The warehouse after a run; none are found before the first.
        last: Per tier, the day before which a last contact is too long ago.
        today: The day it is asked on.
    """
    if not last or set(tables(connection)) & NEEDED != NEEDED:
        return []
    found = [
        (record, department, client, str(seen))
        for record, department, client, seen in connection.execute(
            LAST_CONTACTS, [today]
        ).fetchall()
        if seen is not None and seen < max(last.values())
    ]
    if not found:
        return []
    touched = newest(connection, frozenset(r for r, *_ in found).__contains__)
    newest_of: dict[str, str] = {}
    for record, _, client, seen in found:
        day = max(seen, touched.get(record, ""), newest_of.get(client, ""))
        newest_of[client] = day
    result = []
    for record, department, client, _ in found:
        tiers = tuple(t for t, day in last.items() if newest_of[client] < str(day))
        if tiers:
            result.append(Ended(record, department, tiers))
    return result


def counts(found: list[Ended]) -> dict[tuple[str, str], int]:
    """Return how many client records end, by department and tier; never whose."""
    told = Counter((e.department, tier) for e in found for tier in e.tiers)
    return dict(sorted(told.items()))


def open_order(
    connection: duckdb.DuckDBPyConnection,
    here: Places,
    agreement: Agreement,
    now: datetime,
) -> Order | None:
    """Open an order for everybody whose time is up; None when nobody's is.

    The next run carries it out before it builds anything.
    """
    last = last_days(agreement, now.date())
    due = [e.client_record_id for e in ended(connection, last, now.date())]
    if not due:
        return None
    order = Order(
        erasure_id=orders.new_id(now),
        kind="retention",
        at=now,
        by="retention clock",
        reason=f"agreement {agreement.id} {agreement.version}, retention",
        client_records=tuple(whom.all_ids(connection, due)),
        persons=tuple(whom.emptied(connection, due)),
        identities=tuple(whom.identities(connection, due)),
        untouched_since=str(max(last.values())),
    )
    orders.keep(here.warehouse.parent, order)
    return order
