"""Read the street teams' contact log: one CSV file, two versions of the form.

Belongs here: telling the versions apart, one form for its ids. Does not belong here:
CSV itself (``csv_rows``), local time to UTC and the change of team codes (staging).
"""

from collections.abc import Iterator
from dataclasses import replace

from dagster_project.departments import csv_rows
from dagster_project.departments.row_rules import judge
from dagster_project.departments.rows import Batch, Chunk, Facts, Source, only_file
from dagster_project.departments.salesforce_ids import long_ids

IDS = ("ContactID", "MasterRecordId")
"""Columns of record ids: a report writes 15 characters, the API 18 of the same record.
They are made one here, so that every table, the tombstones and an erasure agree."""

CUSTOM = "__c"
"""How the API ends the name of a field that an organisation made itself."""


def field(column: str) -> str:
    """Return the form's name of a column that the API calls otherwise.

    >>> field("Id"), field("Team__c"), field("Team")
    ('ContactID', 'Team', 'Team')
    """
    return "ContactID" if column == "Id" else column.removesuffix(CUSTOM)


def facts(source: Source) -> Facts:
    """Return the version of the form; the log has no header of its own."""
    (table,) = source.feed.tables
    with source.parts.open(only_file(source)) as stream:
        found = [field(name) for name in csv_rows.header(stream, source.feed.encoding)]
    return Facts(mode="delta", schema_version=csv_rows.header_of(found, table)[0][0])


def batches(source: Source, facts: Facts) -> Iterator[Batch]:
    """Read the contacts of one file."""
    (table,) = source.feed.tables
    with source.parts.open(only_file(source)) as stream:
        for chunk in csv_rows.chunks(
            stream,
            table,
            encoding=source.feed.encoding,
            is_proven_whole=source.is_proven_whole,
            version=facts.schema_version,
            spelled=field,
        ):
            yield judge(_with_long_ids(chunk))


def _with_long_ids(chunk: Chunk) -> Chunk:
    long = {c: long_ids(chunk.columns[c]) for c in IDS if c in chunk.columns}
    return replace(chunk, columns={**chunk.columns, **long})
