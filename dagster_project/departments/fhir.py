"""Read a FHIR R4 bulk export (DPH): NDJSON files with a manifest, folder or zip.

Belongs here: one resource per line, deletions, which resource types we take.
Does not belong here: the manifest (``fhir_manifest``), what is inside a resource
(staging).

Source: HL7 FHIR Bulk Data Access 2.0: ``output`` and ``error`` list NDJSON files;
``deleted`` lists Bundles whose entries say ``DELETE Patient/123``, filled when the
export was asked for changes ``_since`` a moment.
"""

import codecs
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any, BinaryIO
from urllib.parse import parse_qs, unquote, urlsplit

import orjson
import pyarrow as pa

from dagster_project.departments.agreed import CODE_NOT_AGREED, cut_document
from dagster_project.departments.appearance import BUNDLE
from dagster_project.departments.clocks import parsed_date, utc
from dagster_project.departments.errors import Refused
from dagster_project.departments.feed import Table
from dagster_project.departments.fhir_manifest import (
    MANIFEST,
    is_resources,
    manifest_of,
    unpacked_name,
)
from dagster_project.departments.row_rules import judge
from dagster_project.departments.rows import (
    Batch,
    Chunk,
    Facts,
    QuarantinedRow,
    Source,
    left_out,
)
from dagster_project.departments.strict_json import RepeatedKey, decode

LINE_LIMIT = 16 << 20
"""Bytes in one resource, which may hold a document; more is a missing line end."""
KIND = re.compile(r"[A-Za-z]{1,40}")
LINES = 5_000
"""Resources per batch: about 8 MB of text."""


def facts(source: Source) -> Facts:
    """Read the export's own time, and whether it holds everything or changes."""
    manifest = manifest_of(source)
    moment = utc(str(manifest.get("transactionTime")), is_local=False)
    if moment is None:
        reason = (
            "transactionTime is missing or no time, so its place in order is unknown"
        )
        raise Refused("manifest", reason, member=MANIFEST, column="transactionTime")
    since = parse_qs(urlsplit(str(manifest.get("request", ""))).query).get("_since")
    start: date | None = parsed_date(since[0]) if since else None
    mode = "delta" if since else "full"
    told_by = manifest.get("told_by")
    version = f"R4 without manifest, time from {told_by}" if told_by else "R4"
    return Facts(mode, version, moment, period_start=start, period_end=moment.date())


def _files(source: Source, manifest: dict[str, Any], part: str) -> Iterator[dict]:
    """Yield the manifest's entries of one part, each with the file it stands for."""
    found = {unpacked_name(name): name for name in source.parts.names}
    for entry in manifest.get(part) or ():
        if not isinstance(entry, dict):
            raise Refused(
                "manifest", f"an entry of {part!r} is no object", member=MANIFEST
            )
        base = unpacked_name(unquote(urlsplit(str(entry.get("url", ""))).path))
        if base not in found:
            reason = f"{base!r} is listed in the manifest but was not delivered"
            raise Refused("file_missing", reason, member=MANIFEST)
        yield {**entry, "file": found[base]}


def _lines(stream: BinaryIO, name: str) -> Iterator[tuple[int, bytes]]:
    number = 0
    while line := stream.readline(LINE_LIMIT + 1):
        number += 1
        if len(line) > LINE_LIMIT:
            reason = "a line is longer than 16 MB"
            raise Refused("line_limit", reason, member=name, line=number)
        if number == 1:
            if line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                raise Refused("encoding", "this is UTF-16; send UTF-8", member=name)
            line = line.removeprefix(codecs.BOM_UTF8)
            if line.lstrip().startswith(b"["):
                reason = "it is a JSON array; send NDJSON, one resource a line"
                raise Refused("not_ndjson", reason, member=name, line=1)
        if line.strip():
            yield number, line


def _resource(line: bytes, wanted: str) -> tuple[dict[str, Any] | None, str, str]:
    """Return a resource, or the rule and reason that hold its line back."""
    try:
        resource = decode(line.decode())
    except UnicodeDecodeError:
        return None, "encoding", "the line is not UTF-8"
    except RepeatedKey:
        return None, "repeated_key", "a key stands twice in one object of the line"
    except (ValueError, RecursionError) as fault:
        return None, "not_json", f"the line is not JSON ({str(fault)[:80]})"
    if not isinstance(resource, dict):
        return None, "not_a_resource", "the line is not a JSON object"
    kind = resource.get("resourceType")
    if kind != wanted:
        told = kind if isinstance(kind, str) and KIND.fullmatch(kind) else "no type"
        return None, "resource_type", f"resourceType is {told}, the file holds {wanted}"
    return resource, "", ""


def _held(table: Table, line: int, text: bytes, rule: str, reason: str):
    # What cannot be read cannot be cut down to what was agreed, so none of it is kept.
    original = f"(a line of {len(text):,} bytes, not kept)"
    column = "resourceType" if rule == "resource_type" else "resource"
    return QuarantinedRow(table.name, line, column, rule, reason, original)


def _text(value: Any) -> str | None:
    """Return a text; what is none, or holds half a character, is nothing."""
    is_text = isinstance(value, str) and value.isprintable()
    return value if is_text else None


def _document(table: Table, resource: dict, left_out: Counter[str]) -> str | None:
    """Return what may land of a resource as text, None when it stays outside."""
    kept = cut_document(table, resource, left_out)
    if kept is None:
        return None
    try:
        return orjson.dumps(kept).decode()
    except orjson.JSONEncodeError:
        # Half of a character, which stays the escape it was, or a number of more than
        # 64 bits.
        return json.dumps(kept, separators=(",", ":"))


def _values(
    table: Table, resource: dict, moment: str, left_out: Counter[str]
) -> list[tuple]:
    """Return the raw rows of one line: itself, or one per deletion it lists."""
    if table.source != "deleted":
        meta = resource.get("meta")
        updated = meta.get("lastUpdated") if isinstance(meta, dict) else None
        text = _document(table, resource, left_out)
        if text is None:
            return []
        return [(table.source, _text(resource.get("id")), _text(updated), text)]
    rows = []
    for entry in resource.get("entry") or ():
        request = entry.get("request") if isinstance(entry, dict) else None
        request = request if isinstance(request, dict) else {}
        path = str(request.get("url", "")).split("?")[0].split("/")
        deleted = (
            request.get("method") == "DELETE" and len(path) >= 2 and all(path[-2:])
        )
        rows.append((path[-2], path[-1], moment) if deleted else (None, None, moment))
    return rows


def _judged(
    table: Table, rows: list[tuple], where: list[int], first: int, found: Counter[str]
) -> Batch:
    turned = zip(*rows, strict=True)
    columns = {
        column: pa.array(values, pa.string())
        for column, values in zip(table.columns, turned, strict=True)
    }
    return judge(
        Chunk(
            table=table,
            columns=columns,
            first_row=first,
            line_of=lambda at: where[at],
            columns_left_out=found,
        )
    )


def _read(source: Source, table: Table, entries: list[dict], moment: str):
    """Read all files of one table; rows are numbered across its files."""
    wanted = "Bundle" if table.source == "deleted" else table.source
    first = 1
    for entry in entries:
        name, count = entry["file"], 0
        with source.parts.open(name) as stream:
            rows: list[tuple] = []
            where: list[int] = []
            held: list[QuarantinedRow] = []
            found: Counter[str] = Counter()
            outside = 0
            for number, line in _lines(stream, name):
                count += 1
                resource, rule, reason = _resource(line, wanted)
                if resource is None:
                    is_whole = line.endswith(b"\n") or source.is_proven_whole
                    if rule == "not_json" and not is_whole:
                        reason = "the last line is cut off; send the export again"
                        raise Refused("torn", reason, member=name, line=number)
                    held.append(_held(table, number, line, rule, reason))
                else:
                    try:
                        values = _values(table, resource, moment, found)
                    except Refused as refused:
                        refused.line = number
                        raise refused.named("", "", name) from None
                    outside += not values and table.source != "deleted"
                    rows += values
                    where += [number] * len(values)
                if len(rows) + len(held) >= LINES:
                    yield from _flushed(table, rows, where, held, first, found)
                    first += len(rows) + len(held)
                    rows, where, held, found = [], [], [], Counter()
            yield from _flushed(table, rows, where, held, first, found)
            first += len(rows) + len(held)
            if outside:
                yield left_out(table.name, CODE_NOT_AGREED, outside)
        _check_count(entry, count)


def _flushed(table: Table, rows, where, held, first: int, found) -> Iterator[Batch]:
    """Yield what was read so far: rows to be judged, and lines that were none."""
    if rows:
        yield _judged(table, rows, where, first, found)
    if held:
        empty = pa.table({"_row_number": pa.array([], pa.int64())})
        yield Batch(table.name, empty, tuple(held), rows_in=len(held))


def _check_count(entry: dict, count: int) -> None:
    if isinstance(entry.get("count"), int) and entry["count"] != count:
        reason = f"the manifest counts {entry['count']} lines, the file has {count}"
        raise Refused("row_count", reason, member=entry["file"])


def _count(source: Source, name: str) -> int:
    with source.parts.open(name) as stream:
        return sum(1 for _ in _lines(stream, name))


def batches(source: Source, facts: Facts) -> Iterator[Batch]:
    """Read the declared resource types; all other lines are counted and left out.

    So are the errors the server met, which say that the export is not complete, and
    files that the manifest does not list: they are of another export.
    """
    manifest = manifest_of(source)
    output = list(_files(source, manifest, "output"))
    deleted = list(_files(source, manifest, "deleted"))
    declared = {table.source for table in source.feed.tables} - {"deleted"}
    moment = facts.extracted_at.isoformat() + "Z" if facts.extracted_at else ""
    bundles = next((entry for entry in output if entry.get("type") == "Bundle"), None)
    if bundles:  # what is inside them would be left out unseen
        raise Refused("bundles", BUNDLE, member=bundles["file"])
    for table in source.feed.tables:
        chosen = [entry for entry in output if entry.get("type") == table.source]
        chosen = deleted if table.source == "deleted" else chosen
        yield from _read(source, table, chosen, moment)
    for entry in output:
        if entry.get("type") not in declared:
            rule = f"resource_not_taken: {str(entry.get('type'))[:40]}"
            yield _counted(source, rule, entry["file"])
    errors = list(_files(source, manifest, "error"))
    for entry in errors:
        yield _counted(source, "export_error", entry["file"])
    listed = {entry["file"] for entry in (*output, *deleted, *errors)}
    for name in filter(is_resources, source.parts.names):
        if name not in listed:
            yield _counted(source, f"file_not_listed: {unpacked_name(name)}", name)


def _counted(source: Source, rule: str, name: str) -> Batch:
    """Count the lines of a file whose resources are not taken."""
    return left_out(source.feed.tables[0].name, rule, _count(source, name))
