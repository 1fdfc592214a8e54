"""The file that keeps the case list, beside the warehouse: one CSV row per decision.

Belongs here: reading it, and adding a row so that it is there for good. Does not
belong here: what rows add up to (``listing``).

Rows are only ever added, so the file is the whole history; a steward can read it in a
spreadsheet.
"""

import csv
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from dagster_project.case_conference.entries import Entry
from dagster_project.case_conference.listing import Listing, take
from dagster_project.durable import flush
from dagster_project.locked_file import held

COLUMNS = (
    "listing_id",
    "action",
    "person_id",
    "reason",
    "team_code",
    "decided_by",
    "decided_at",
)

Add = Callable[[Entry], None]
"""Adds one entry; when it returns, the row is on the disk."""


class UnreadableCaseList(ValueError):
    """A row is no entry; the message names file and line."""


def read_case_list(path: Path) -> dict[str, Listing]:
    """Return the listings in the file, none when there is no file.

    Raises:
        UnreadableCaseList: a row is no entry, or contradicts those before it.
    """
    return _read(path, _whole(path.read_bytes())) if path.exists() else {}


@contextmanager
def adding_to(path: Path) -> Iterator[tuple[dict[str, Listing], Add]]:
    """Yield the listings and the means to add an entry, while nobody else may.

    Raises:
        UnreadableCaseList: a row is no entry, or contradicts those before it.
    """
    descriptor = held(path)
    try:
        whole = _whole(path.read_bytes())

        def add(entry: Entry) -> None:
            gap = "\n" if whole and not whole.endswith(b"\n") else ""
            head = "" if whole else _row(COLUMNS)
            os.ftruncate(descriptor, len(whole))
            os.pwrite(
                descriptor, f"{gap}{head}{_row(_cells(entry))}".encode(), len(whole)
            )
            os.fsync(descriptor)
            flush(path.parent)

        yield _read(path, whole), add
    finally:
        os.close(descriptor)


def _row(cells: tuple[str, ...]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()


def _cells(entry: Entry) -> tuple[str, ...]:
    return (
        entry.listing_id,
        entry.action,
        entry.person_id,
        entry.reason,
        entry.team_code or "",
        entry.decided_by,
        entry.decided_at.isoformat(),
    )


def _read(path: Path, whole: bytes) -> dict[str, Listing]:
    """Return the listings, telling of the first line that is wrong."""
    listings: dict[str, Listing] = {}
    try:
        text = whole.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableCaseList(f"{path.name} is not UTF-8: {error}") from error
    rows = csv.reader(io.StringIO(text, newline=""))
    for number, cells in enumerate(rows, start=1):
        if not cells or (number == 1 and tuple(cells) == COLUMNS):
            continue
        try:
            take(_entry(cells), listings)
        except ValueError as error:
            raise UnreadableCaseList(f"{path.name}: line {number}: {error}") from error
    return listings


def _entry(cells: list[str]) -> Entry:
    if len(cells) != len(COLUMNS):
        raise ValueError(f"{len(cells)} columns; there are {', '.join(COLUMNS)}")
    listing_id, action, person_id, reason, team_code, by, at = map(str.strip, cells)
    decided_at = datetime.fromisoformat(at)
    if decided_at.tzinfo is None:
        raise ValueError(f"decided_at {at} does not say its time zone")
    return Entry(
        listing_id, action, person_id, reason, team_code or None, by, decided_at
    )


def _whole(data: bytes) -> bytes:
    """Return the rows without a last one that a crash cut short.

    Such a row was never confirmed to whoever was deciding. A last row that is whole
    and only lacks its end was written by hand, and counts; the time zone at its end
    tells that it is whole.
    """
    head, end, tail = data.rpartition(b"\n")
    try:
        cells = next(csv.reader([tail.decode("utf-8-sig")]), [])
        if tail.strip() and tuple(cells) != COLUMNS:
            _entry(cells)
    except ValueError:
        return head + end
    return data
