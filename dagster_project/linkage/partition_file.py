"""Read a partition: which record is which person, from any two-column table.

Belongs here: finding the two columns and refusing what is no partition. Does not belong
here: comparing partitions (``evaluation_report``).
"""

import pyarrow as pa

from dagster_project.linkage.columns import UnreadableRecords
from dagster_project.linkage.people_columns import check_ids
from dagster_project.linkage.people_file import text_of

RECORD_COLUMNS = ("record_id", "client_record_id")
PERSON_COLUMN = "person_id"


def read_partition(table: pa.Table, name: str) -> dict[str, str | None]:
    """Return record id -> person.

    The person stands in ``person_id``, or in the only other column of the table.

    Raises:
        UnreadableRecords: a column is missing, or ids are missing or repeated.
    """
    record = next((c for c in RECORD_COLUMNS if c in table.column_names), None)
    if record is None:
        listed = ", ".join(table.column_names) or "none"
        raise UnreadableRecords(
            f"{name} has no column record_id; its columns are: {listed}"
        )
    others = [c for c in table.column_names if c != record]
    if PERSON_COLUMN in others:
        person = PERSON_COLUMN
    elif len(others) == 1:
        person = others[0]
    else:
        listed = ", ".join(others) or "none"
        raise UnreadableRecords(
            f"{name} has no column person_id; its other columns are: {listed}"
        )
    if table.num_rows == 0:
        raise UnreadableRecords(f"{name} holds no records, only column names")
    ids = text_of(table[record], record)
    check_ids(ids, f"{name}: column {record!r}")
    people = text_of(table[person], person)
    return dict(zip(ids.to_pylist(), people.to_pylist(), strict=True))


def read_pairs(table: pa.Table, name: str) -> list[tuple[str, str]]:
    """Return the pairs of an edge table.

    Raises:
        UnreadableRecords: there are no two columns of record ids.
    """
    for record in RECORD_COLUMNS:
        both = [f"{record}_l", f"{record}_r"]
        if set(both) <= set(table.column_names):
            left, right = (text_of(table[c], c).to_pylist() for c in both)
            return list(zip(left, right, strict=True))
    raise UnreadableRecords(f"{name} has no columns record_id_l and record_id_r")
