"""What a record said when a steward decided on it, kept as keyed hashes.

Belongs here: hashing the columns that are compared. Does not belong here: what a change
of them means (``decisions``).

A plain hash of a birth date or an SSN is guessed in seconds; these are HMACs under the
key of the person ids, so the file of decisions holds nothing about anybody.
"""

import hmac
from collections.abc import Collection, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.linkage.columns import COLUMNS, RECORD_ID
from dagster_project.linkage.decisions import Contents

COMPARED = tuple(
    c
    for c in COLUMNS
    if c not in (RECORD_ID, "source_system", "died_on", "last_seen_on")
)
"""The columns a decision rests on; when a record was seen changes with every visit."""

BYTES = 6
"""Of a hash: two values of one column differ but for one time in 280 billion."""


def contents(
    records: pa.Table, wanted: Collection[str], key: bytes
) -> Mapping[str, Contents]:
    """Return the content of the wanted records that are there, by record id."""
    chosen = records.filter(
        pc.is_in(records[RECORD_ID], value_set=pa.array(sorted(wanted), pa.string()))
    )
    there = [c for c in COMPARED if c in chosen.column_names]
    return {
        row[RECORD_ID]: {column: _hashed(key, column, row[column]) for column in there}
        for row in chosen.select([RECORD_ID, *there]).to_pylist()
    }


def _hashed(key: bytes, column: str, value: object) -> str:
    """Return a hash that tells values apart; letter case and margins tell nothing."""
    text = "" if value is None else str(value).strip().casefold()
    return hmac.digest(key, f"{column}\n{text}".encode(), "sha256")[:BYTES].hex()
