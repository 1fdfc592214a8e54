"""The case list as the table ``linkage.case_list``.

Belongs here: its columns and writing it. Does not belong here: the file it is read
from (``list_file``), the states as intervals (the mart ``case_list_states``).
"""

from collections.abc import Iterable
from datetime import UTC

import duckdb
import pyarrow as pa

from dagster_project.case_conference.entries import STATES
from dagster_project.case_conference.listing import Listing
from dagster_project.case_conference.present import people_now

CASE_LIST = pa.schema(
    [
        ("listing_id", pa.string()),
        ("entry_number", pa.int64()),
        ("action", pa.string()),
        ("state", pa.string()),
        ("person_id", pa.string()),
        ("listed_person_id", pa.string()),
        ("identity_change", pa.string()),
        ("reason", pa.string()),
        ("team_code", pa.string()),
        ("decided_by", pa.string()),
        ("decided_at", pa.timestamp("us")),
    ]
)
"""One row per entry. ``person_id`` is the person of today, ``listed_person_id`` the one
named in the entry; ``identity_change`` is the listing's, since its last entry."""


def write_case_list(
    connection: duckdb.DuckDBPyConnection, listings: Iterable[Listing]
) -> int:
    """Replace ``linkage.case_list`` and return its rows.

    The identity ledger must be there: it tells who the people are today.
    """
    listings = list(listings)
    now = people_now(connection, listings)
    rows = [
        {
            "listing_id": listing.listing_id,
            "entry_number": number,
            "action": entry.action,
            "state": STATES[entry.action],
            "person_id": now[listing.listing_id].person_id,
            "listed_person_id": entry.person_id,
            "identity_change": now[listing.listing_id].identity_change,
            "reason": entry.reason,
            "team_code": entry.team_code,
            "decided_by": entry.decided_by,
            "decided_at": entry.decided_at.astimezone(UTC).replace(tzinfo=None),
        }
        for listing in listings
        for number, entry in enumerate(listing.entries, start=1)
    ]
    _rows = pa.Table.from_pylist(rows, CASE_LIST)
    connection.execute(
        "create or replace table linkage.case_list as select * from _rows"
    )
    return len(rows)
