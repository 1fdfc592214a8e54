"""Small invented deliveries in every format, for the tests of the readers.

All people are invented; names come from many languages on purpose.
"""

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from dagster_project.departments import hmis_columns
from dagster_project.departments.agreed import agreed_feed
from dagster_project.departments.feeds import FEEDS
from dagster_project.departments.rows import Source, reader_of
from dagster_project.governance.in_force import checked
from dagster_project.places import agreement_file

AGREEMENT = checked(agreement_file())
BY_NAME = {feed.name: agreed_feed(feed, AGREEMENT.feeds[feed.name]) for feed in FEEDS}
PEOPLE = (
    ("C1", "José", "Muñoz-Peña"),
    ("C2", "Nguyễn", "Thị Hạnh"),
    ("C3", "O'Brien", "Siobhán"),
    ("C4", "لیلا", "رضایی"),
    ("C5", "美玲", "陳"),
    ("C6", "Оксана", "Шевченко"),
    ("C7", 'Ana "Anita"', "K'iche', Ixchel"),
)


class Memory:
    """Files of a delivery held in memory."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self.names = tuple(sorted(files))

    def open(self, name: str) -> BinaryIO:
        return io.BytesIO(self.files[name])


def source(feed: str, files: Mapping[str, bytes], **told) -> Source:
    return Source(BY_NAME[feed], next(iter(files)), Memory(files), **told)


def read(feed: str, files: Mapping[str, bytes], **told):
    """Return facts, rows by table, quarantined rows and rows left out by rule."""
    given = source(feed, files, **told)
    reader = reader_of(given.feed)
    facts = reader.facts(given)
    rows: dict[str, list[dict]] = {}
    held, left_out, withheld = [], {}, set()
    for batch in reader.batches(given, facts):
        rows.setdefault(batch.table, []).extend(batch.rows.to_pylist())
        held += batch.quarantined
        withheld |= batch.withheld
        for rule, count in batch.left_out.items():
            left_out[rule] = left_out.get(rule, 0) + count
        counted = batch.rows.num_rows + len(batch.quarantined)
        assert batch.rows_in == counted + sum(batch.left_out.values())
    return facts, rows, held, left_out, frozenset(withheld)


def csv_bytes(columns, rows, end: str = "\r\n") -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=end)
    writer.writerow(columns)
    writer.writerows([row.get(column, "") for column in columns] for row in rows)
    return text.getvalue().encode()


def hmis_files(year: str = "FY2024", **changes) -> dict[str, bytes]:
    """Return a small HMIS export with one victim service provider in it."""
    stamp = {"DateUpdated": "2025-06-30 12:00:00", "DateCreated": "2025-01-02 08:00:00"}
    rows: dict[str, list[dict]] = {
        "Export": [
            {
                "ExportID": "E1",
                "ExportDate": "2025-06-30 21:00:00",
                "ExportStartDate": "2024-01-01",
                "ExportEndDate": "2025-06-30",
                "CSVVersion": f"{year[2:]} v1.0",
                "ExportPeriodType": "3",
                "ExportDirective": "2",
                "HashStatus": "1",
            }
        ],
        "Organization": [
            {"OrganizationID": "O1", "VictimServiceProvider": "0"},
            {"OrganizationID": "O2", "VictimServiceProvider": "1"},
        ],
        "Project": [
            {"ProjectID": "P1", "OrganizationID": "O1"},
            {"ProjectID": "P2", "OrganizationID": "O2"},
        ],
        "Client": [
            {"PersonalID": key, "FirstName": first, "LastName": last}
            for key, first, last in PEOPLE
        ],
        "Enrollment": [
            {
                "EnrollmentID": f"N{key}",
                "PersonalID": key,
                "ProjectID": "P2" if key in ("C2", "C3") else "P1",
                "EntryDate": "2025-02-03",
            }
            for key in ("C1", "C2", "C3", "C4", "C5")
        ]
        + [
            {
                "EnrollmentID": "NC3b",
                "PersonalID": "C3",
                "ProjectID": "P1",
                "EntryDate": "2025-03-01",
            }
        ],
        "Services": [
            {
                "ServicesID": f"S{enrollment}",
                "EnrollmentID": enrollment,
                "PersonalID": enrollment[1:3],
                "DateProvided": "2025-04-05",
                "RecordType": "200",
            }
            for enrollment in ("NC1", "NC2", "NC3", "NC3b")
        ],
    }
    rows.update(changes)
    return {
        f"{file}.csv": csv_bytes(
            hmis_columns.columns(file, year),
            [{**stamp, **row} for row in rows.get(file, [])],
        )
        for file in hmis_columns.FILES
    }


def zipped(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def report(number: int, inside: str = "") -> str:
    return (
        f'<PatientCareReport UUID="u{number}"><eRecord><eRecord.01>R{number}'
        f"</eRecord.01></eRecord>{inside}</PatientCareReport>"
    )


def epcr(*reports: str) -> bytes:
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<EMSDataSet xmlns="http://www.nemsis.org" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation='
        '"http://www.nemsis.org https://nemsis.org/3.5.1.250403CP1/EMSDataSet_v3.xsd">'
        "<Header><DemographicGroup><dAgency.01>A</dAgency.01></DemographicGroup>\n"
    )
    return (head + "\n".join(reports) + "</Header></EMSDataSet>").encode()


def fhir_files(at: str = "2025-07-07T04:00:00.000Z", **lines: list) -> dict[str, bytes]:
    """Return a bulk export: resource type (or ``deleted``) to its lines."""
    files, manifest = {}, {"output": [], "deleted": [], "error": []}
    for kind, resources in lines.items():
        text = "".join(
            (line if isinstance(line, str) else json.dumps(line)) + "\n"
            for line in resources
        )
        files[f"{kind}.000.ndjson"] = text.encode()
        part = "deleted" if kind == "deleted" else "output"
        entry = {"type": kind, "url": f"https://dph.example/{kind}.000.ndjson"}
        manifest[part].append(entry)
    manifest["transactionTime"] = at
    manifest["request"] = "https://dph.example/$export?_since=2025-06-30T04:00:00Z"
    return {**files, "manifest.json": json.dumps(manifest).encode()}


def call(number: int, **more) -> dict:
    return {
        "cad_number": f"25188{number:04d}",
        "received_datetime": "2025-07-06T23:10:00.000",
        **more,
    }


def put(landing: Path, department: str, name: str, content) -> Path:
    """Put a delivery into the landing folder: bytes, or a mapping for a folder."""
    path = landing / department / name
    if isinstance(content, Mapping):
        path.mkdir()
        for member, data in content.items():
            (path / member).write_bytes(data)
    else:
        path.write_bytes(content)
    return path


def city(landing: Path, weeks: int = 3, calls: int = 20) -> None:
    """Put a few weeks of deliveries of several feeds into a landing folder."""
    put(landing, "hsh", "hmis_20250701T040000.zip", zipped(hmis_files()))
    for week in range(weeks):
        stamp = f"202507{7 * (week + 1):02d}T040000"
        rows = [call(week * calls + n, agency=f"A{week}") for n in range(calls)]
        put(landing, "dem", f"cad_{stamp}.json", json.dumps(rows).encode())
        reports = [report(week * 10 + n) for n in range(3)]
        put(landing, "fire", f"epcr_{stamp}.xml", epcr(*reports))
        patients = [{"resourceType": "Patient", "id": f"p{week}-{n}"} for n in range(5)]
        at = f"2025-07-{7 * (week + 1):02d}T04:00:00Z"
        files = fhir_files(at, Patient=patients)
        put(landing, "dph", f"fhir_{stamp}", files)
