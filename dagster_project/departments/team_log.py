"""Read the street teams' contact log: one CSV file, two versions of the form.

Belongs here: telling the versions apart, one form for its ids and its times of day.
Does not belong here: CSV itself (``csv_rows``), local time to UTC and the change of
team codes (staging).
"""

import re
from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.departments import csv_rows
from dagster_project.departments.row_rules import judge
from dagster_project.departments.rows import Batch, Chunk, Facts, Source, only_file
from dagster_project.departments.salesforce_ids import long_ids
from dagster_project.departments.spoiled import YES, Fault

IDS = ("ContactID", "MasterRecordId")
"""Columns of record ids: a report writes 15 characters, the API 18 of the same record.
They are made one here, so that every table, the tombstones and an erasure agree."""

NO = ("false", "f", "0", "0.0", "no", "n")
UNKNOWN_WORD = (
    "IsDeleted says neither yes nor no in English; send true or false, as the API does"
)
"""A formula writes the words of the language of whoever exports."""
NOT_AN_ID = (
    "MasterRecordId is a name and no id, as a report shows it; send the id of the "
    "entry that stays"
)

HOUR = re.compile(r"(1[0-2]|0?[1-9])(:[0-5]\d(?::[0-5]\d)?)\s*([ap])\.?m\.?", re.I)
"""A time of day as twelve hours are written."""
CUSTOM = "__c"
"""How the API ends the name of a field that an organisation made itself."""


def field(column: str) -> str:
    """Return the form's name of a column that the API calls otherwise.

    >>> field("Id"), field("Team__c"), field("Team")
    ('ContactID', 'Team', 'Team')
    """
    return "ContactID" if column == "Id" else column.removesuffix(CUSTOM)


def hour_of_24(text: str | None) -> str | None:
    """Return a time of day as it is written with 24 hours; any other text as it is.

    >>> hour_of_24("3:05 PM"), hour_of_24("12:10:30 a.m."), hour_of_24("12:00 pm")
    ('15:05', '00:10:30', '12:00')
    >>> hour_of_24("15:05"), hour_of_24("13:05 PM"), hour_of_24("noon")
    ('15:05', '13:05 PM', 'noon')
    """
    found = HOUR.fullmatch((text or "").strip())
    if found is None:
        return text
    hour = int(found[1]) % 12 + (12 if found[3] in "pP" else 0)
    return f"{hour:02}{found[2]}"


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
            read = _in_one_form(chunk)
            yield judge(read, also=list(_faults(read)))


def _faults(chunk: Chunk) -> Iterator[Fault]:
    """Find what would delete a record, or merge it, by a word nobody understands."""
    deleted = chunk.columns.get("IsDeleted")
    if deleted is not None:
        told = pc.utf8_lower(pc.utf8_trim_whitespace(deleted))
        known = pc.is_in(told, pa.array(["", *YES, *NO], pa.string()))
        bad = pc.and_(pc.is_valid(told), pc.invert(known))
        if pc.any(bad).as_py():
            yield "IsDeleted", "unknown_word", UNKNOWN_WORD, bad
    master = chunk.columns.get("MasterRecordId")
    if master is not None:
        named = pc.match_substring_regex(pc.utf8_trim_whitespace(master), r"\s")
        if pc.any(named).as_py():
            yield "MasterRecordId", "not_an_id", NOT_AN_ID, pc.fill_null(named, False)


def _in_one_form(chunk: Chunk) -> Chunk:
    """Return rows whose ids and times of day are written in one way."""
    changed = {c: long_ids(chunk.columns[c]) for c in IDS if c in chunk.columns}
    if (times := chunk.columns.get("EncounterTime")) is not None:
        hours = map(hour_of_24, times.to_pylist())
        changed["EncounterTime"] = pa.array(hours, pa.string())
    return replace(chunk, columns={**chunk.columns, **changed})
