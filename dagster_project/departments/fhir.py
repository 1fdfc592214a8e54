"""Read a FHIR R4 bulk export (DPH): NDJSON files with a manifest, folder or zip.

Belongs here: which files are read, what an export says of itself, which resource types
we take. Does not belong here: the manifest (``fhir_manifest``), the lines of a file
(``fhir_lines``), what is inside a resource (staging).

Source: HL7 FHIR Bulk Data Access 2.0: ``output`` and ``error`` list NDJSON files;
``deleted`` lists files of deletions, filled when the export was asked for changes
``_since`` a moment.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from urllib.parse import parse_qs

import pyarrow as pa

from dagster_project.departments import (
    bundle_entries,
    fhir_bundles,
    fhir_lines,
    fhir_pieces,
    ndjson,
    side_by_side,
)
from dagster_project.departments.agreed import CODE_NOT_AGREED
from dagster_project.departments.clocks import parsed_date, utc
from dagster_project.departments.errors import Refused
from dagster_project.departments.feed import Table
from dagster_project.departments.fhir_files import (
    BUNDLE,
    MANIFEST,
    is_bundle,
    is_by_line,
    is_resources,
    unpacked_name,
)
from dagster_project.departments.fhir_manifest import files, manifest_of, split
from dagster_project.departments.row_rules import judge
from dagster_project.departments.rows import Batch, Chunk, Facts, Source, left_out


def facts(source: Source) -> Facts:
    """Read the export's own time, and whether it holds everything or changes."""
    manifest = manifest_of(source)
    moment = utc(str(manifest.get("transactionTime")), is_local=False)
    if moment is None:
        reason = (
            "transactionTime is missing or no time, so its place in order is unknown"
        )
        raise Refused("manifest", reason, member=MANIFEST, column="transactionTime")
    asked = split(str(manifest.get("request", ""))).query
    since = parse_qs(asked).get("_since")
    start: date | None = parsed_date(since[0]) if since else None
    mode = "delta" if since else "full"
    told_by = manifest.get("told_by")
    version = f"R4 without manifest, time from {told_by}" if told_by else "R4"
    return Facts(mode, version, moment, period_start=start, period_end=moment.date())


def _read(source: Source, table: Table, entry: dict, moment: str, first: Counter):
    """Read a file of one type; the rows of a table are numbered across its files."""
    name, count, outside = entry["file"], 0, 0
    wanted = fhir_lines.Wanted(table, moment, name)
    with source.parts.open(name) as stream:
        pieces = ndjson.pieces(stream, name, is_whole=source.is_proven_whole)
        is_large = ndjson.size(stream) > side_by_side.ALONE * ndjson.READ
        alone = 0 if is_large else None
        for read in side_by_side.done(fhir_pieces.parsed, wanted, pieces, alone):
            if read.fault:
                raise read.fault
            yield from _judged(table, read, first)
            count += read.count
            outside += read.outside
    if outside:
        yield left_out(table.name, CODE_NOT_AGREED, outside)
    _check_count(entry, count)


def _read_bundles(source: Source, entry: dict, moment: str, first: Counter):
    """Read a file of Bundles, which fill all tables."""
    outside: Counter[tuple[str, str]] = Counter()
    for read in fhir_bundles.read(source, entry["file"], moment):
        for table, parsed in read.tables.values():
            if parsed.where or parsed.held:
                done = fhir_lines.finished(table, parsed)
                yield from _judged(table, done, first, is_history=read.is_history)
            outside[table.name, CODE_NOT_AGREED] += parsed.outside
        for rule, rows in read.left_out.items():
            outside[source.feed.tables[0].name, rule] += rows
    for (table, rule), rows in outside.items():
        if rows:
            yield left_out(table, rule, rows)
    if is_by_line(entry["file"]):
        _check_count(entry, _count(source, entry["file"]))


def _judged(
    table: Table, read: fhir_lines.Parsed, first: Counter, *, is_history: bool = False
) -> Iterator[Batch]:
    """Yield what was read of a piece: rows, judged, and lines that were none.

    ``first`` counts the rows of each table so far, those that were none among them.
    """
    if read.where:
        yield judge(
            Chunk(
                table=table,
                columns=read.columns,
                first_row=first[table.name] + 1,
                line_of=read.where.__getitem__,
                columns_left_out=read.found,
                is_newest_first=is_history,
            )
        )
    if read.held:
        empty = pa.table({"_row_number": pa.array([], pa.int64())})
        yield Batch(table.name, empty, tuple(read.held), rows_in=len(read.held))
    first[table.name] += len(read.where) + len(read.held)


def _check_count(entry: dict, count: int) -> None:
    if isinstance(entry.get("count"), int) and entry["count"] != count:
        reason = f"the manifest counts {entry['count']} lines, the file has {count}"
        raise Refused("row_count", reason, member=entry["file"])


def _count(source: Source, name: str) -> int:
    """Return how many lines a file has, or entries if it is one document."""
    is_document = is_bundle(source, name)
    with source.parts.open(name) as stream:
        if is_document:
            return sum(1 for _ in bundle_entries.entries(stream))
        return ndjson.lines(stream, name)


def batches(source: Source, facts: Facts) -> Iterator[Batch]:
    """Read the declared resource types; all other lines are counted and left out.

    So are the errors the server met, which say that the export is not complete, and
    files that the manifest does not list: they are of another export.
    """
    manifest = manifest_of(source)
    output = list(files(source, manifest, "output"))
    deleted = list(files(source, manifest, "deleted"))
    declared = {table.source for table in source.feed.tables} - {"deleted"} | {BUNDLE}
    moment = facts.extracted_at.isoformat() + "Z" if facts.extracted_at else ""
    first: Counter[str] = Counter()
    for table in source.feed.tables:
        chosen = [entry for entry in output if entry.get("type") == table.source]
        for entry in deleted if table.source == "deleted" else chosen:
            yield from _read(source, table, entry, moment, first)
    for entry in output:
        if entry.get("type") == BUNDLE:
            yield from _read_bundles(source, entry, moment, first)
    for entry in output:
        if entry.get("type") not in declared:
            rule = f"resource_not_taken: {str(entry.get('type'))[:40]}"
            yield _counted(source, rule, entry["file"])
    errors = list(files(source, manifest, "error"))
    for entry in errors:
        yield _counted(source, "export_error", entry["file"])
    listed = {entry["file"] for entry in (*output, *deleted, *errors)}
    for name in source.parts.names:
        if name not in listed and (is_resources(name) or is_bundle(source, name)):
            yield _counted(source, f"file_not_listed: {unpacked_name(name)}", name)


def _counted(source: Source, rule: str, name: str) -> Batch:
    """Count the lines of a file whose resources are not taken."""
    return left_out(source.feed.tables[0].name, rule, _count(source, name))
