"""Read the street teams' contact log: one CSV file, two versions of the form.

Belongs here: telling the versions apart. Does not belong here: CSV itself
(``csv_rows``), local time to UTC and the change of team codes (staging).
"""

from collections.abc import Iterator

from dagster_project.departments import csv_rows
from dagster_project.departments.row_rules import judge
from dagster_project.departments.rows import Batch, Facts, Source


def facts(source: Source) -> Facts:
    """Return the version of the form; the log has no header of its own."""
    (table,) = source.feed.tables
    with source.parts.open(source.parts.names[0]) as stream:
        found = csv_rows.header(stream, source.feed.encoding)
    return Facts(mode="delta", schema_version=csv_rows.header_of(found, table)[0][0])


def batches(source: Source, facts: Facts) -> Iterator[Batch]:
    """Read the contacts of one file."""
    (table,) = source.feed.tables
    with source.parts.open(source.parts.names[0]) as stream:
        for chunk in csv_rows.chunks(
            stream,
            table,
            encoding=source.feed.encoding,
            is_proven_whole=source.is_proven_whole,
            version=facts.schema_version,
        ):
            yield judge(chunk)
