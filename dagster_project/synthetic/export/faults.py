"""Faults planted on purpose, and the list of where they are.

Belongs here: what goes wrong with which delivery, and what makes it good again.
Does not belong here: errors in who people say they are (``identity``).

Nothing is lost in the end: a refused file is delivered again, whole, a few days later;
a spoiled row is a broken copy of a good one. made_up_city §7 asks for one of each kind.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from dagster_project.synthetic.export import cases_311, fire_calls, team_log
from dagster_project.synthetic.export.batches import FY2026_FROM, Delivery, name_at
from dagster_project.synthetic.export.files import write_blocks
from dagster_project.synthetic.export.hmis_columns import columns


class FileFault(NamedTuple):
    """Something wrong with a whole delivery."""

    kind: str
    feed: str
    number: int
    days: int  # to the second delivery, or of lateness
    expected: str  # taken, refused, or not taken again


FILE_FAULTS = (
    FileFault("same_bytes_again", "fire_calls", 10, 1, "not taken again"),
    FileFault("truncated", "fire_epcr", 22, 3, "refused"),
    FileFault("late_two_months", "datasf_311", 30, 61, "taken"),
    FileFault("out_of_order", "dem_cad", 40, 8, "taken"),
    FileFault("byte_order_mark", "datasf_311", 14, 0, "taken"),
    FileFault("windows_1252", "dem_team_log", 8, 3, "refused"),
    FileFault("header_renamed", "fire_calls", 33, 2, "refused"),
    FileFault("html_error_page", "datasf_311", 50, 2, "refused"),
)
"""One of each kind, far enough apart not to touch each other."""


class RowFault(NamedTuple):
    """Rows a strict reader quarantines."""

    kind: str
    feed: str
    number: int
    table: str
    column: str
    value: str
    count: int


ROW_FAULTS = (
    RowFault(
        "bad_date",
        "hsh_hmis",
        4,
        "CurrentLivingSituation",
        "InformationDate",
        "2025-13-41",
        3,
    ),
    RowFault("bad_code", "hsh_hmis", 4, "Services", "RecordType", "999", 2),
    RowFault("missing_key", "hsh_hmis", 4, "Enrollment", "EnrollmentID", "", 2),
    RowFault(
        "bad_date",
        "dem_team_log",
        5,
        "dem_team_log",
        "EncounterDateTimeUTC",
        "2025-05-32T25:00:00.000Z",
        3,
    ),
    RowFault("missing_key", "dem_team_log", 5, "dem_team_log", "ContactID", "", 2),
    RowFault(
        "bad_date", "fire_calls", 20, "fire_calls", "received_dttm", "yesterday", 3
    ),
    RowFault(
        "bad_date",
        "datasf_311",
        25,
        "datasf_311_cases",
        "requested_datetime",
        "00/00/2025",
        2,
    ),
    RowFault("missing_key", "dem_cad", 30, "dem_cad_calls", "cad_number", "", 2),
    RowFault("missing_key", "dph_fhir", 35, "Encounter", "id", "", 1),
    RowFault("missing_key", "fire_epcr", 45, "PatientCareReport", "eRecord.01", "", 1),
)
"""Twenty-one rows in ten places; fewer where a delivery has no row to spoil."""
KEYS = {
    "CurrentLivingSituation": "CurrentLivingSitID",
    "Services": "ServicesID",
    "Enrollment": "EnrollmentID",
    "dem_team_log": "ContactID",
    "fire_calls": "rowid",
    "datasf_311_cases": "service_request_id",
}
"""Key column, so that a spoiled copy cannot pass for the good row."""
ERROR_PAGE = b"""<!DOCTYPE html>
<html><head><title>503 Service Unavailable</title></head>
<body><h1>Service Unavailable</h1><p>The server is temporarily busy.</p></body></html>
"""


@dataclass
class Faults:
    """Plants faults and keeps the list."""

    is_on: bool = True
    planted: list[dict[str, object]] = field(default_factory=list)

    def spoil(self, delivery: Delivery, table: str, lines: Sequence[str]) -> list[str]:
        """Return broken copies of some lines of a delivery."""
        extra: list[str] = []
        for fault in ROW_FAULTS if self.is_on else ():
            if (fault.feed, fault.number) != (delivery.feed, delivery.number):
                continue
            if fault.table != table:
                continue
            for copy in range(min(fault.count, len(lines))):
                good = lines[copy * len(lines) // fault.count]
                extra.append(_broken(delivery, fault, good, copy))
                self._list(
                    fault.kind,
                    delivery,
                    "row quarantined",
                    table_name=table,
                    column_name=fault.column,
                    row_number=len(lines) + len(extra),
                )
        return extra

    def after(self, delivery: Delivery, path: Path) -> list[tuple[Path, datetime]]:
        """Spoil a finished delivery; return what lies there now and when it came."""
        fault = next(
            (
                f
                for f in FILE_FAULTS
                if self.is_on and (f.feed, f.number) == (delivery.feed, delivery.number)
            ),
            None,
        )
        if fault is None:
            return [(path, delivery.extracted_at)]
        then = delivery.extracted_at + timedelta(days=fault.days)
        again = path.with_name(name_at(delivery.feed, then))
        if fault.kind in ("late_two_months", "out_of_order"):
            self._list(fault.kind, delivery, fault.expected, arrives_at=then)
            return [(path, then)]
        good = path.read_bytes()
        if fault.expected == "taken":
            write_blocks(path, [SPOILERS[fault.kind](good)])
            self._list(fault.kind, delivery, fault.expected)
            return [(path, delivery.extracted_at)]
        if fault.kind in SPOILERS:
            write_blocks(path, [SPOILERS[fault.kind](good)])
        write_blocks(again, [good])
        self._list(fault.kind, delivery, fault.expected, again=again.name)
        return [(path, delivery.extracted_at), (again, then)]

    def _list(
        self,
        kind: str,
        delivery: Delivery,
        expected: str,
        table_name: str = "",
        column_name: str = "",
        row_number: int = -1,
        again: str = "",
        arrives_at: datetime | None = None,
    ) -> None:
        self.planted.append(
            {
                "fault": kind,
                "department": delivery.department,
                "feed": delivery.feed,
                "delivery": delivery.name,
                "table_name": table_name,
                "column_name": column_name,
                "row_number": row_number,
                "expected": expected,
                "delivered_again_as": again,
                "arrives_at": arrives_at or delivery.extracted_at,
                "detail": f"{table_name} {column_name}".strip(),
            }
        )


def _header(delivery: Delivery, table: str) -> list[str]:
    if delivery.feed == "hsh_hmis":
        year = 2024 if delivery.extracted_at < FY2026_FROM else 2026
        return columns(table, year)[:-1]
    return {
        "dem_team_log": [*team_log.HEADER_V2],
        "fire_calls": [*fire_calls.HEADER],
        "datasf_311_cases": [*cases_311.HEADER],
    }[table]


def _broken(delivery: Delivery, fault: RowFault, line: str, copy: int) -> str:
    if fault.feed == "fire_epcr":
        text = re.sub(r"<eRecord\.01>.*?</eRecord\.01>", "", line)
        return re.sub(
            r'UUID="[^"]*"', 'UUID="00000000-0000-4000-8000-000000000000"', text
        )
    if line.startswith("{"):
        row = json.loads(line)
        del row[fault.column]
        return json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    header = _header(delivery, fault.table)
    fields = next(csv.reader([line]))
    fields[header.index(KEYS[fault.table])] = f"SPOILED{copy}"
    fields[header.index(fault.column)] = fault.value
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(fields)
    return out.getvalue()


def _windows(good: bytes) -> bytes:
    text = good.decode()
    if text.isascii():
        text = text.replace(" and ", " – ", 1)
    return text.encode("cp1252", errors="replace")


SPOILERS: dict[str, Callable[[bytes], bytes]] = {
    "truncated": lambda good: good[: len(good) * 3 // 5],
    "byte_order_mark": lambda good: b"\xef\xbb\xbf" + good,
    "windows_1252": _windows,
    "header_renamed": lambda good: good.replace(b"call_number", b"call_no", 1),
    "html_error_page": lambda good: ERROR_PAGE,
}
"""From the good bytes to the spoiled ones."""
