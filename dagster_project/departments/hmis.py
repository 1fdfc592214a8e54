"""Read an HMIS CSV export (HSH, the ONE system): its files in a zip or a folder.

Belongs here: which files, which year's format, hashed exports, the order of reading.
Does not belong here: CSV itself (``csv_rows``), the columns (``hmis_columns``).

Sources: HUD HMIS CSV Format Specifications FY2024 and FY2026. HUD's own sample export
has 21 Export rows of several versions, so "one Export row" is not assumed.
"""

import re
from collections.abc import Collection, Iterator
from datetime import date
from pathlib import PurePosixPath

import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.departments import csv_rows
from dagster_project.departments.clocks import parsed_date, utc
from dagster_project.departments.csv_lines import plain
from dagster_project.departments.errors import Refused
from dagster_project.departments.feed import Table
from dagster_project.departments.hmis_door import RULE, Door
from dagster_project.departments.hmis_ids import Spellings, plain_ids
from dagster_project.departments.row_rules import codes, judge
from dagster_project.departments.rows import Batch, Chunk, Facts, Source

UNHASHED = "1"
"""HUD list HashStatus: 2 SHA-1 (RHY), 3 other, 4 SHA-256. Hashed names link nothing."""
MODES = {"1": "delta", "2": "full", "3": "period"}
"""HUD list ExportDirective: 1 delta refresh, 2 full refresh, 3 other."""
UPDATED_ONLY = "1"
"""HUD list ExportPeriodType: 1 holds only what was updated, so it is a delta, whatever
ExportDirective says; 3 a reporting period, 4 other."""
TELLING = ("Client", "Enrollment")
"""The files whose headers differ between the two years."""
IN_FORCE = {"2024": "FY2024", "2025": "FY2024", "2026": "FY2026"}
"""Year in CSVVersion to the format: FY2024's stayed in force until 2025-09-30."""
SHOWN_BY = {
    "FY2024": {"hispaniclatinaeo", "woman"},
    "FY2026": {"hispaniclatinao", "sex"},
}
"""Columns of Client.csv that no other format has, FY2022 and older ones included."""
OLD = re.compile(r"(?<!\d)20(1\d|2[0-3])(?!\d)|^\s*[1-6]\.\d")
"""A CSVVersion older than FY2024: the year, or 6.12 and before. Those have other code
lists under the same columns, so no header can make up for it."""
OPTIONAL = frozenset({"CurrentLivingSituation", "Event", "Services", "Assessment"})
"""Files some systems do not write at all; a file that is not there, or holds nothing,
says nothing, so its absence deletes nothing either (staging). One with a header alone
says "none"."""
NOT_DELIVERED = "file_not_delivered"
BLANK = 1 << 10
"""Bytes of a file that are looked at to see that it holds nothing."""

NO = pa.array(["0", "00", "false", "no", "n", "f"], pa.string())
"""VictimServiceProvider is 0 or 1. Whatever does not say no keeps people out: a wrong
guess the one way costs some records, the other way somebody's hiding place. A blank is
no guess: whole systems leave the column empty where they serve no victims."""
NO_ROWS = pa.table({"_row_number": pa.array([], pa.int64())})


def _names(source: Source) -> dict[str, str]:
    """Return the CSV files by name in lower case, without folder and ``.csv``."""
    found: dict[str, str] = {}
    for name in source.parts.names:
        path = PurePosixPath(re.sub(r"(?i)\.gz$", "", name))
        if path.suffix.lower() == ".csv":
            if path.stem.lower() in found:
                reason = f"{path.name} is in the delivery twice; send each export alone"
                raise Refused("file_twice", reason, member=name)
            found[path.stem.lower()] = name
    for table in source.feed.tables:
        copies = [n for n in found if _is_copy(n, table.source.lower())]
        if copies and table.source.lower() in found:
            name = found[copies[0]]
            reason = f"it lies beside {table.source}.csv; send the one that counts"
            raise Refused("file_twice", reason, member=name)
    return found


def _is_copy(name: str, file: str) -> bool:
    """Say whether a name is what a computer calls a second file of the same name.

    >>> _is_copy("client (1)", "client"), _is_copy("client - copy", "client")
    (True, True)
    """
    return bool(re.fullmatch(rf"{file} *(\(\d+\)|- copy.*)|copy of {file}", name))


def _is_blank(source: Source, name: str) -> bool:
    """Say whether a file holds nothing, not even a header."""
    with source.parts.open(name) as stream:
        return not stream.read(BLANK).strip(b"\xef\xbb\xbf \t\r\n")


def _refuse_missing(source: Source, found: dict[str, str]) -> None:
    wanted = [t.source for t in source.feed.tables if t.source not in OPTIONAL]
    missing = [file for file in wanted if file.lower() not in found]
    if missing:
        reason = (
            f"the export lacks {', '.join(f'{name}.csv' for name in missing)}; ask for "
            "all files, also those without a row"
        )
        raise Refused("file_missing", reason)


def _chunks(
    source: Source,
    name: str,
    table: Table,
    version: str = "",
    closing: Collection[str] = (),
) -> Iterator[Chunk]:
    """Read one file; Export.csv has one line mostly, whose width is proof enough."""
    try:
        with source.parts.open(name) as stream:
            yield from csv_rows.chunks(
                stream,
                table,
                encoding=source.feed.encoding,
                is_proven_whole=source.is_proven_whole or table.source == "Export",
                version=version,
                closing=closing,
            )
    except Refused as refused:
        raise refused.named("", "", name) from refused.__cause__


def _year(source: Source, names: dict[str, str], told: set[str]) -> str:
    """Return the format that the headers allow and CSVVersion names.

    Where CSVVersion is blank, absent or of a format that the headers deny, a column of
    Client.csv that one format alone has decides.

    Raises:
        Refused: The files contradict each other, or nothing tells the format.
    """
    years: dict[str, set[str]] = {}
    headers: dict[str, set[str]] = {}
    for file in TELLING:
        name, table = names[file.lower()], source.feed.table(file)
        with source.parts.open(name) as stream:
            try:
                found = csv_rows.header(stream, source.feed.encoding)
                years[file] = set(csv_rows.header_of(found, table)[0])
            except Refused as refused:
                if not any(told):
                    raise _too_old() from refused
                raise refused.named("", "", name) from None
        headers[file] = {plain(column) for column in found}
    possible = set.intersection(*years.values())
    if not possible:
        files = " and ".join(f"{file}.csv is {min(y)}" for file, y in years.items())
        raise Refused("header_version", f"the files disagree on the format: {files}")
    if meant := {year for text in told if (year := _format(text)) in possible}:
        return max(meant)
    shown = [year for year in sorted(possible) if headers["Client"] & SHOWN_BY[year]]
    if len(shown) == 1:
        return shown[0]
    if not any(told):
        raise _too_old()
    reason = (
        f"the columns are {' or '.join(sorted(possible))}, but CSVVersion says "
        f"{', '.join(sorted(text or 'blank' for text in told))}"
    )
    raise Refused("version_conflict", reason, column="CSVVersion")


def _too_old() -> Refused:
    reason = (
        "Export.csv has no CSVVersion and the columns are not those of FY2024 or "
        "FY2026: this is probably an HMIS CSV older than FY2024; ask for one of the two"
    )
    return Refused("old_format", reason, column="CSVVersion")


def _format(csv_version: str) -> str:
    """Return the format a CSVVersion names, '' when it names none we read.

    >>> _format("2024 v1.4"), _format("FY2025 v1.0"), _format("6.12")
    ('FY2024', 'FY2024', '')
    """
    year = re.search(r"20\d\d", csv_version)
    return IN_FORCE.get(year[0], "") if year else ""


def _export_rows(source: Source, names: dict[str, str]) -> list[dict[str, str]]:
    if "export" not in names:
        raise Refused("file_missing", "there is no Export.csv, so this is no HMIS CSV")
    chunks = list(_chunks(source, names["export"], source.feed.table("Export")))
    rows = [row for c in chunks for row in pa.table(c.columns).to_pylist()]
    if not rows:
        raise Refused("empty", "Export.csv has no row", member=names["export"])
    return rows


def _export_ids(source: Source, names: dict[str, str]) -> set[str]:
    """Return the ExportIDs, with one of which every row of every file ends."""
    return {row["ExportID"] for row in _export_rows(source, names) if row["ExportID"]}


def facts(source: Source) -> Facts:
    """Read Export.csv and the headers that tell the year.

    Raises:
        Refused: A file is missing, the format is old, the year is contradicted, or
            names are hashed.
    """
    names = _names(source)
    rows = _export_rows(source, names)
    _refuse_missing(source, names)
    versions = {row.get("CSVVersion") or "" for row in rows}
    if any(map(OLD.search, versions)) and not any(map(_format, versions)):
        reason = (
            f"CSVVersion says {', '.join(sorted(versions))}; ask for the FY2024 or "
            "FY2026 format"
        )
        raise Refused("old_format", reason, member=names["export"], column="CSVVersion")
    year = _year(source, names, versions)
    hashes = {_code(row["HashStatus"]) for row in rows} - {UNHASHED}
    if hashes:
        told = ", ".join(sorted(text or "blank" for text in hashes))
        reason = (
            f"HashStatus is {told}, and only 1 says that names are not hashed; ask for "
            "an unhashed export"
        )
        raise Refused("hashed", reason, member=names["export"], column="HashStatus")
    ours = [row for row in rows if _format(row.get("CSVVersion") or "") == year]
    last = max(
        ours or rows, key=lambda row: (row["ExportDate"] or "", row["ExportID"] or "")
    )
    is_delta = _code(last.get("ExportPeriodType")) == UPDATED_ONLY
    mode = MODES.get(_code(last["ExportDirective"]), "period")
    start, end = _period(last, names["export"])
    return Facts(
        mode="delta" if is_delta else mode,
        schema_version=f"{year} ({last['CSVVersion'] if ours else 'by its columns'})",
        extracted_at=utc(last["ExportDate"], is_local=True),
        period_start=start,
        period_end=end,
    )


def _period(export: dict[str, str], name: str) -> tuple[date | None, date | None]:
    """Return the days between which absence means something; a blank is unknown."""
    columns = ("ExportStartDate", "ExportEndDate")
    start, end = found = [_date(export[column]) for column in columns]
    for column, day in zip(columns, found, strict=True):
        if (export[column] or "").strip() and day is None:
            reason = f"{column} is no date written YYYY-MM-DD"
            raise Refused("export_period", reason, member=name, column=column)
    if start and end and end < start:
        reason = "the period ends before it begins"
        raise Refused("export_period", reason, member=name, column=columns[1])
    return start, end


def _code(text: str | None) -> str:
    """Return a code as its list writes it: a spreadsheet makes ``2.0`` of 2."""
    return re.sub(r"\.0+$", "", (text or "").strip())


def _date(text: str | None) -> date | None:
    return parsed_date(text.strip()) if text else None


def _shut(door: Door, file: str, columns: dict[str, pa.Array]) -> pa.Array:
    """Return which rows of a file must stay outside, and remember their keys."""
    if file == "Export":
        return pa.repeat(False, len(columns["ExportID"]))
    if file == "Client":
        return door.shut("person", columns["PersonalID"])
    if file == "Organization":
        flag = pc.utf8_lower(codes(columns["VictimServiceProvider"]))
        shut = pc.and_(pc.is_valid(flag), pc.invert(pc.is_in(flag, NO)))
        door.note("organization", columns["OrganizationID"], shut)
    elif file == "Project":
        shut = door.shut("organization", columns["OrganizationID"])
        door.note("project", columns["ProjectID"], shut)
    elif file == "Enrollment":
        shut = door.shut("project", columns["ProjectID"])
        door.note("enrollment", columns["EnrollmentID"], shut)
        door.note("person", columns["PersonalID"], shut)
    else:
        shut = door.shut("enrollment", columns["EnrollmentID"])
    return shut


def batches(source: Source, facts: Facts) -> Iterator[Batch]:
    """Read the files, in the order that lets the door decide.

    Other files of the standard (income, disabilities, health, ...) are not opened:
    no question of ours needs them.
    """
    names, door, ids = _names(source), Door(source.withheld), Spellings()
    year, exports = facts.schema_version[:6], _export_ids(source, names)
    clients = source.feed.table("Client")
    for read in _chunks(source, names["client"], clients, year, exports):
        # Enrollments, which point to them, are read first: they open the door.
        ids.describe("PersonalID", plain_ids(read).columns["PersonalID"])
    for table in source.feed.tables:
        name = names.get(table.source.lower(), "")
        if not name or (table.source in OPTIONAL and _is_blank(source, name)):
            yield Batch(table.name, NO_ROWS, left_out={NOT_DELIVERED: 0})
            continue
        for read in _chunks(source, name, table, year, exports):
            chunk = plain_ids(read)
            odd = ids.odd(chunk)
            shut = _shut(door, table.source, chunk.columns)
            yield judge(chunk, shut, RULE, odd)
    ids.check(facts.mode)
    yield Batch(source.feed.tables[0].name, NO_ROWS, withheld=door.learnt())
