"""Who the people on the case list are today, as the identity ledger tells it.

Belongs here: following a person_id from the day it was written down to today. Does not
belong here: the ledger itself (``linkage.ledger``), the list (``listing``).

A person is a cluster of client records. Who was listed are the records the person held
when the last entry was made; today they may be another person's (merged) or several
persons' (split). A listing is never moved silently: what changed is shown for review
until a steward's next entry names the person anew.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC

import duckdb

from dagster_project.case_conference.listing import Listing

SAME, MERGED, SPLIT, UNKNOWN = "same", "merged", "split", "unknown"
"""What happened to a listed person's identity since the last entry."""

RECORDS_THEN_AND_NOW = """
    with listed as (
        select
            unnest($listings::varchar[]) as listing_id,
            unnest($persons::varchar[]) as person_id,
            unnest($moments::timestamp[]) as decided_at
    ),
    ever as (
        select distinct listed.listing_id, listed.person_id, listed.decided_at,
            moves.client_record_id
        from listed
        inner join linkage.identity_events as moves
            on listed.person_id = moves.person_id
        where moves.kind = 'link'
    ),
    last_moves as (
        select ever.listing_id, ever.client_record_id, ever.person_id,
            max_by(
                {'kind': moves.kind, 'person_id': moves.person_id}, moves.event_id
            ) as move
        from ever
        inner join linkage.identity_events as moves
            on ever.client_record_id = moves.client_record_id
        where moves.kind in ('link', 'unlink') and moves."at" <= ever.decided_at
        group by all
    ),
    held as (
        select listing_id, client_record_id
        from last_moves
        where move['kind'] = 'link' and move['person_id'] = person_id
    ),
    meant as (
        select listing_id, client_record_id from held
        union
        select listing_id, client_record_id from ever
        where listing_id not in (select listing_id from held)
    )
    select meant.listing_id, links.person_id, count(*) as n_records
    from meant
    inner join linkage.client_links as links
        on meant.client_record_id = links.client_record_id
    where links.person_id is not null
    group by all
    order by all
"""
"""Listing -> the persons of today who hold the records its person held. A list older
than the ledger (kept from an earlier warehouse) goes by all the person ever held."""


@dataclass(frozen=True)
class Present:
    """Who a listed person is today.

    Attributes:
        person_id: The person of today; none when no record of theirs is left.
        identity_change: ``same``, ``merged``, ``split`` or ``unknown``.
    """

    person_id: str | None
    identity_change: str


def present(listed: str, holders: Mapping[str, int]) -> Present:
    """Return who a listed person is today.

    Args:
        listed: The person_id as written in the list.
        holders: Person of today -> how many of the listed person's records it holds.

    Returns:
        The listed person where it still holds one of its records; else the holder of
        most, ties going to the first id.
    """
    if not holders:
        return Present(None, UNKNOWN)
    goes_on = min(holders, key=lambda who: (who != listed, -holders[who], who))
    if len(holders) > 1:
        return Present(goes_on, SPLIT)
    return Present(goes_on, SAME if goes_on == listed else MERGED)


def people_now(
    connection: duckdb.DuckDBPyConnection, listings: Iterable[Listing]
) -> dict[str, Present]:
    """Return listing id -> who its person is today, from the warehouse."""
    named = {listing.listing_id: listing.last for listing in listings}
    rows = connection.execute(
        RECORDS_THEN_AND_NOW,
        {
            "listings": list(named),
            "persons": [entry.person_id for entry in named.values()],
            "moments": [
                entry.decided_at.astimezone(UTC).replace(tzinfo=None)
                for entry in named.values()
            ],
        },
    ).fetchall()
    holders: dict[str, dict[str, int]] = {listing_id: {} for listing_id in named}
    for listing_id, person_id, n_records in rows:
        holders[listing_id][person_id] = n_records
    return {
        listing_id: present(entry.person_id, holders[listing_id])
        for listing_id, entry in named.items()
    }
