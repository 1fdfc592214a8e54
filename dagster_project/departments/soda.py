"""Read rows of DataSF: JSON, streamed, or CSV, of its API or of its portal.

Belongs here: JSON or CSV to columns of text for CAD, Fire calls and 311.
Does not belong here: the array (``json_array``), the portal's own JSON
(``portal_rows``), names and times (``portal``); local times, "94133.0", intersections
(staging).

Source: dev.socrata.com. The API leaves null keys out, adds ``:@computed_region_...``
keys of its own, and answers a bad query with one object in place of the array.
"""

import codecs
import json
from collections.abc import Iterator
from functools import partial
from itertools import islice, repeat
from typing import Any, BinaryIO

import pyarrow as pa

from dagster_project.departments import csv_rows, portal_rows
from dagster_project.departments.errors import Refused
from dagster_project.departments.feed import Table
from dagster_project.departments.json_array import decoded, elements, opened
from dagster_project.departments.portal import field_name, with_iso_times
from dagster_project.departments.row_rules import judge
from dagster_project.departments.rows import (
    Batch,
    Chunk,
    Facts,
    QuarantinedRow,
    Source,
    only_file,
)
from dagster_project.departments.strict_json import repeats_key

HEAD = 1 << 10
"""Bytes that show whether a file is JSON."""
PARSED_ROWS = 1_000
"""Rows turned into columns at once. A row is a dozen times what it is in CSV, and what
has left the processor's cache before its turn is dear."""
SYSTEM = ":"
"""First letter of the keys the API adds by itself; they are not data of the city.
Other keys we do not know are left out and counted: DataSF adds columns unasked."""
NOT_KEPT = "(not kept: nobody can say what of it was agreed)"
NO_OBJECT = "an element of the array is not an object"
NO_FIT = "the row has not as many values as 'meta' names columns"
REPEATED = "a key stands twice in the row, so that nobody knows which value counts"
Row = tuple[int, dict[str, Any], tuple[str, str] | None]
"""Line and value of an element, and the rule and reason why it is no row."""
COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def facts(source: Source) -> Facts:
    """Return the format; such a file says nothing else about itself."""
    return Facts(mode="delta", schema_version=_format(source))


def _format(source: Source) -> str:
    """Return the format that a file is in, whatever its name says."""
    name = only_file(source)
    with source.parts.open(name) as stream:
        head = stream.read(HEAD).removeprefix(codecs.BOM_UTF8).lstrip()
    is_rows = b"," in head.partition(b"\n")[0] or ".json" not in name.lower()
    return "csv" if is_rows and not head.startswith((b"[", b"{")) else "json"


def text_of(value: Any) -> str | None:
    """Return a JSON value as the text it was delivered as.

    Half of a surrogate pair is no character: its escape stays as it was written.
    """
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    return COMPACT(value).encode("utf-8", "backslashreplace").decode()


def _column(rows: list[dict], column: str) -> pa.Array:
    values = list(map(dict.get, rows, repeat(column)))
    try:
        return pa.array(values, pa.string())
    except (pa.ArrowTypeError, pa.ArrowInvalid, UnicodeEncodeError):
        return pa.array([text_of(value) for value in values], pa.string())


def _respelled(table: Table, values: list[dict], keys: set[str]) -> list[dict]:
    """Return rows whose keys are fields where they only write one otherwise.

    ``CAD_NUMBER`` and ``CAD Number`` are one field, as they are in CSV; a row that has
    the field as well keeps both apart.
    """
    named = {key: field_name(table, key) for key in keys}
    named = {key: field for key, field in named.items() if field in table.columns}
    if not named or len(set(named.values())) < len(named):
        return values
    return [
        {
            (named[key] if key in named and named[key] not in row else key): value
            for key, value in row.items()
        }
        for row in values
    ]


def _chunk(table: Table, rows: list[Row], first: int) -> Chunk:
    values = [value for _, value, _ in rows]
    unknown = set().union(*values) - set(table.columns)
    if unknown:
        values = _respelled(table, values, unknown)
        unknown = set().union(*values) - set(table.columns)
    unknown = sorted(key for key in unknown if not key.startswith(SYSTEM))
    if unknown and not table.drops_unknown:
        line = next(line for line, value, _ in rows if unknown[0] in value)
        reason = f"{unknown[0]!r} is not a field agreed for {table.source}"
        raise Refused("header_unknown", reason, line=line, column=unknown[0][:80])
    return Chunk(
        table=table,
        columns={
            column: _column(values, column)
            for column in table.columns
            if table.lands_column(column)
        },
        first_row=first,
        line_of=lambda at: rows[at][0],
        columns_left_out={
            key: sum(1 for value in values if value.get(key) not in (None, ""))
            for key in unknown
        },
    )


def _rows(stream: BinaryIO, table: Table) -> Iterator[Row]:
    """Yield each element of a JSON file with its line and what is wrong with it."""
    pieces = decoded(stream)
    text = next(pieces, "")
    is_listed = portal_rows.is_rows_file(text)
    if is_listed:
        found, why = portal_rows.rows(text, pieces, table), NO_FIT
    else:
        found, why = elements(text, opened(text), pieces), NO_OBJECT
    for line, written, value in found:
        if not isinstance(value, dict):
            yield line, {}, ("not_a_row", why)
        elif not is_listed and repeats_key(written, value):
            yield line, {}, ("repeated_key", REPEATED)
        else:
            yield line, value, None


def _json_batches(stream: BinaryIO, table: Table) -> Iterator[Batch]:
    elements_read, first = _rows(stream, table), 1
    while read := list(islice(elements_read, PARSED_ROWS)):
        rows = [row for row in read if not row[2]]
        held = [row for row in read if row[2]]
        if all(fault and fault[0] == "not_a_row" for _, _, fault in read):
            line, _, (rule, reason) = read[0]
            raise Refused(rule, reason, line=line)
        if rows:
            yield judge(_chunk(table, rows, first))
        if held:
            yield _no_rows(table, held)
        first += len(read)


def _no_rows(table: Table, read: list[Row]) -> Batch:
    """Return elements that are no rows; nobody can say what of them was agreed."""
    held = tuple(
        QuarantinedRow(table.name, line, "", rule, reason, NOT_KEPT)
        for line, _, (rule, reason) in read
    )
    empty = pa.table({"_row_number": pa.array([], pa.int64())})
    return Batch(table.name, empty, held, rows_in=len(held))


def batches(source: Source, facts: Facts) -> Iterator[Batch]:
    """Read the rows of one file."""
    (table,) = source.feed.tables
    with source.parts.open(only_file(source)) as stream:
        if facts.schema_version == "csv":
            for chunk in csv_rows.chunks(
                stream,
                table,
                encoding=source.feed.encoding,
                is_proven_whole=source.is_proven_whole,
                spelled=partial(field_name, table),
            ):
                yield judge(with_iso_times(chunk))
        else:
            yield from _json_batches(stream, table)
