"""Read rows of DataSF: a JSON array of its API, streamed, or CSV of API or portal.

Belongs here: JSON or CSV to columns of text for CAD, Fire calls and 311.
Does not belong here: the portal's names and times (``portal``), local times, "94133.0",
intersections (staging).

Source: dev.socrata.com. The API leaves null keys out, adds ``:@computed_region_...``
keys of its own, and answers a bad query with one object in place of the array.
"""

import codecs
import json
import re
from collections.abc import Iterator
from functools import partial
from itertools import islice, repeat
from typing import Any, BinaryIO

import pyarrow as pa

from dagster_project.departments import csv_rows
from dagster_project.departments.errors import Refused
from dagster_project.departments.feed import Table
from dagster_project.departments.portal import field_name, with_iso_times
from dagster_project.departments.row_rules import judge
from dagster_project.departments.rows import (
    Batch,
    Chunk,
    Facts,
    QuarantinedRow,
    Source,
)
from dagster_project.departments.strict_json import not_a_number, repeats_key

READ = 1 << 20
"""Bytes per read."""
HEAD = 1 << 10
"""Bytes that show whether a file is JSON."""
ROW_LIMIT = 4 << 20
"""Characters in one row; a longer one is an array that never closes."""
PARSED_ROWS = 5_000
"""Rows per batch, as in ``csv_rows``."""
SYSTEM = ":"
"""First letter of the keys the API adds by itself; they are not data of the city.
Other keys we do not know are left out and counted: DataSF adds columns unasked."""
NOT_KEPT = "(not kept: nobody can say what of it was agreed)"
NO_OBJECT = "an element of the array is not an object"
REPEATED = "a key stands twice in the row, so that nobody knows which value counts"
BETWEEN = re.compile(r"[\s,]*")
COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def facts(source: Source) -> Facts:
    """Return the format; such a file says nothing else about itself."""
    name = source.parts.names[0]
    format = next((f for f in ("csv", "json") if f".{f}" in name.lower()), "")
    return Facts(mode="delta", schema_version=format or _format_seen(source))


def _format_seen(source: Source) -> str:
    """Return the format of a file whose name does not say it."""
    with source.parts.open(source.parts.names[0]) as stream:
        head = stream.read(HEAD).removeprefix(codecs.BOM_UTF8).lstrip()
    return "json" if head.startswith((b"[", b"{")) else "csv"


def _decoded(stream: BinaryIO) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8-sig")("strict")
    while data := stream.read(READ):
        try:
            yield decoder.decode(data)
        except UnicodeDecodeError as fault:
            reason = (
                f"byte 0x{fault.object[fault.start]:02X} is not UTF-8, as JSON must be"
            )
            raise Refused("encoding", reason) from None


def _opened(text: str) -> int:
    """Return where the rows begin, or refuse what is no array of rows."""
    at = len(text) - len(text.lstrip())
    if text[at : at + 1] == "<":
        raise Refused("web_page", "this is a web page, not JSON", line=1)
    if text[at : at + 1] == "{":
        reason = "this is one object, probably the server's error; send the rows"
        raise Refused("not_an_array", reason, line=1)
    if text[at : at + 1] != "[":
        raise Refused("not_json", "this is not a JSON array of rows", line=1)
    return at + 1


def objects(stream: BinaryIO) -> Iterator[tuple[int, str, Any]]:
    """Yield line, text and value of each element of one JSON array.

    Raises:
        Refused: The array is not JSON, never closes, or something follows it.
    """
    decode = json.JSONDecoder(parse_constant=not_a_number).raw_decode
    pieces = _decoded(stream)
    text, line = next(pieces, ""), 1
    if not text.strip():
        raise Refused("empty", "the file is empty", line=1)
    at = _opened(text)
    rows = 0
    while True:
        gap = BETWEEN.match(text, at).end()
        between = text[at:gap]
        if gap < len(text) and text[gap] == "]":
            if "," in between or text[gap + 1 :].strip() or "".join(pieces).strip():
                raise Refused("not_json", "something stands after the rows", line=line)
            return
        try:
            value, end = decode(text, gap)
        except (ValueError, RecursionError) as fault:
            more = next(pieces, None)
            if more is None or len(text) - at > ROW_LIMIT:
                rule = "torn" if more is None else "not_json"
                reason = f"row {rows + 1} is cut off or not JSON ({str(fault)[:60]})"
                raise Refused(rule, reason, line=line) from None
            text, at = text[at:] + more, 0
            continue
        if between.count(",") != (1 if rows else 0):
            raise Refused("not_json", "rows are not parted by one comma", line=line)
        rows += 1
        line += text.count("\n", at, gap)
        yield line, text[gap:end], value
        line += text.count("\n", gap, end)
        at = end


def text_of(value: Any) -> str | None:
    """Return a JSON value as the text it was delivered as.

    Half of a surrogate pair is no character: its escape stays as it was written.
    """
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return COMPACT(value).encode("utf-8", "backslashreplace").decode()


def _column(rows: list[dict], column: str) -> pa.Array:
    values = list(map(dict.get, rows, repeat(column)))
    try:
        return pa.array(values, pa.string())
    except (pa.ArrowTypeError, pa.ArrowInvalid, UnicodeEncodeError):
        return pa.array([text_of(value) for value in values], pa.string())


def _chunk(table: Table, rows: list[tuple[int, str, Any]], first: int) -> Chunk:
    values = [value for _, _, value in rows]
    unknown = set().union(*values) - set(table.columns)
    unknown = sorted(key for key in unknown if not key.startswith(SYSTEM))
    if unknown and not table.drops_unknown:
        line = next(line for line, _, value in rows if unknown[0] in value)
        reason = f"{unknown[0]!r} is not a field agreed for {table.source}"
        raise Refused("header_unknown", reason, line=line, column=unknown[0][:80])
    return Chunk(
        table=table,
        columns={column: _column(values, column) for column in table.columns},
        first_row=first,
        line_of=lambda at: rows[at][0],
        columns_left_out={
            key: sum(1 for value in values if value.get(key) not in (None, ""))
            for key in unknown
        },
    )


def _json_batches(stream: BinaryIO, table: Table) -> Iterator[Batch]:
    elements, first = objects(stream), 1
    while read := list(islice(elements, PARSED_ROWS)):
        objects_read = [row for row in read if isinstance(row[2], dict)]
        if not objects_read:
            reason = "the elements of the array are not objects"
            raise Refused("not_a_row", reason, line=read[0][0])
        rows = [row for row in objects_read if not repeats_key(row[1], row[2])]
        if rows:
            yield judge(_chunk(table, rows, first))
        if len(rows) < len(read):
            enter = {line for line, _, _ in rows}
            yield _no_rows(table, [row for row in read if row[0] not in enter])
        first += len(read)


def _no_rows(table: Table, read: list[tuple[int, str, Any]]) -> Batch:
    """Return elements that are no rows; nobody can say what of them was agreed."""
    held = tuple(
        QuarantinedRow(table.name, line, "", "repeated_key", REPEATED, NOT_KEPT)
        if isinstance(value, dict)
        else QuarantinedRow(table.name, line, "", "not_a_row", NO_OBJECT, NOT_KEPT)
        for line, _, value in read
    )
    empty = pa.table({"_row_number": pa.array([], pa.int64())})
    return Batch(table.name, empty, held, rows_in=len(held))


def batches(source: Source, facts: Facts) -> Iterator[Batch]:
    """Read the rows of one file."""
    (table,) = source.feed.tables
    with source.parts.open(source.parts.names[0]) as stream:
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
