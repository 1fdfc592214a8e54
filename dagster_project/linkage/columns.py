"""The columns the engine reads, under the names a caller may use for them.

Belongs here: names, the sort that makes results independent of row order, and refusal
of a table the engine cannot link. Does not belong here: what the values mean.
"""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

RECORD_ID = "client_record_id"

COLUMNS = (
    RECORD_ID,
    "source_system",
    "first_name",
    "middle_name",
    "last_name",
    "suffix",
    "aliases",
    "dob",
    "dob_precision",
    "birth_year_low",
    "birth_year_high",
    "sex",
    "ssn",
    "phone",
    "email",
    "address",
    "city",
    "zip",
    "died_on",
    "last_seen_on",
    "extra_1",
    "extra_2",
)
"""What the engine looks at; every column but the record id may be absent.
``extra_1`` and ``extra_2`` are whatever further attributes the caller names."""

ALIASES = {
    "record_id": RECORD_ID,
    "rec_id": RECORD_ID,
    "source": "source_system",
    "given_name": "first_name",
    "surname": "last_name",
    "date_of_birth": "dob",
    "street": "address",
    "postcode": "zip",
    "alias": "aliases",
}
"""Other names people give these columns; a column already named ours wins."""


class UnreadableRecords(ValueError):
    """The table cannot be linked as it is; the message says which column and rule."""


def read_columns(records: pa.Table, names: Mapping[str, str] | None = None) -> pa.Table:
    """Return our columns of ``records``, sorted by record id.

    Args:
        records: any table of people.
        names: input column -> our name, before the usual other names are tried.

    Raises:
        UnreadableRecords: no record id, a missing one, or one that stands twice.
    """
    found: dict[str, pa.ChunkedArray] = {}
    known = {**ALIASES, **{c: c for c in COLUMNS}, **dict(names or {})}
    stated = set(names or {})
    order = sorted(
        records.column_names, key=lambda c: (c not in stated, c not in COLUMNS, c)
    )
    for column in order:
        ours = known.get(column)
        if ours in COLUMNS and ours not in found:
            found[ours] = records[column]
    if RECORD_ID not in found:
        raise UnreadableRecords(
            f"records: no column {RECORD_ID}; the columns are {records.column_names}"
        )
    ids = found[RECORD_ID].cast(pa.string())
    if ids.null_count:
        raise UnreadableRecords(f"records.{RECORD_ID}: {ids.null_count} rows are null")
    found[RECORD_ID] = ids
    table = pa.table(found).sort_by(RECORD_ID)
    ids = table[RECORD_ID]
    if len(ids) > 1:
        repeated = pc.equal(ids[1:], ids[:-1])
        if pc.any(repeated).as_py():
            example = ids[1:].filter(repeated)[0].as_py()
            raise UnreadableRecords(f"records.{RECORD_ID}: {example!r} is not unique")
    return table
