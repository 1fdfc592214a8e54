"""Tell patient care reports of several agencies apart.

Belongs here: the id of a report, made of what it and its file's header say. Does not
belong here: XML (``nemsis``), which version of a report counts (staging).

eRecord.01 is unique within an agency, and private ambulances and neighbours number
their reports as the Fire Department does: by the number alone one person's report
would replace another's. Why an id is written so: docs/decisions/0024.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files

WELL_FORMED = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
)
"""UUID of NEMSIS 3.5 (commonTypes_v3.xsd), in lower case."""
UNTOLD = re.compile(r"^(NV|PN):")
NO_UUID = {digit * 8 + (("-" + digit * 4) * 3) + "-" + digit * 12 for digit in "0f"}
"""What a program writes where it makes none: RFC 9562's nil and max."""


def uuid_of(text: str | None) -> str:
    """Return a report's UUID in lower case, '' for none and for what is none.

    >>> uuid_of("A1500A8D-F414-4CA3-84BC-4E0A7D0CCB15"), uuid_of("u1")
    ('a1500a8d-f414-4ca3-84bc-4e0a7d0ccb15', '')
    """
    told = (text or "").strip().strip("{}").lower()
    return told if WELL_FORMED.fullmatch(told) and told not in NO_UUID else ""


@cache
def own_agencies() -> frozenset[str]:
    """Return the numbers that the Fire Department's own agency bears and bore.

    A number of one of its reports means one report however the agency is numbered. A
    department writes its own into ``data/own_agencies.csv`` before its first delivery.

    Raises:
        ValueError: A line of the file names no agency.
    """
    source = files("dagster_project.departments") / "data" / "own_agencies.csv"
    with source.open(encoding="utf-8-sig", newline="") as lines:
        numbers = [
            (row.get("agency_number") or "").strip() for row in csv.DictReader(lines)
        ]
    if "" in numbers:
        line = numbers.index("") + 2
        raise ValueError(f"{source}, line {line}: agency_number is blank; write it")
    return frozenset(number.upper() for number in numbers)


def agency_of(agencies: Sequence[str | None]) -> str:
    """Return the first agency that is named in capitals, '' for none.

    >>> agency_of(["NV:7701003", "s40"])
    'S40'
    """
    return next(filter(None, map(_told, agencies)), "").upper()


def report_id(number: str | None, agencies: Sequence[str | None], uuid: str) -> str:
    """Return the id of a report: its number, and whose number it is.

    A number of the department's own stands alone. Where nobody is named the UUID says
    which report it is, for two agencies may both have left their number out.

    Args:
        number: eRecord.01.
        agencies: eResponse.01, and dAgency.02 of the header the report stands under;
            the first that names one counts.
        uuid: See ``uuid_of``.

    >>> report_id("R1", ["S38-50901"], ""), report_id("R1", ["NV:7701003", "s40"], "")
    ('R1', 'R1@S40')
    """
    number, agency = _told(number), agency_of(agencies)
    if not number or agency in own_agencies():
        return number
    whose = agency or uuid
    return f"{number}@{whose}" if whose else number


def _told(text: str | None) -> str:
    told = (text or "").strip()
    return "" if UNTOLD.match(told) else told


def number_of(report: str) -> str:
    """Return the number in a report's id.

    >>> number_of("R1@S40"), number_of("R1")
    ('R1', 'R1')
    """
    return report.partition("@")[0]


def by_uuid(reports: Iterable[tuple[str, str, str, str]]) -> dict[str, set[str]]:
    """Return each UUID that tells one report, with the ids it was delivered under.

    Some programs write one UUID into every report. One that stands on reports of two
    ids in one delivery, or of two incidents, tells nothing; staging says the same.

    Args:
        reports: UUID, id, delivery and incident number ('' where not told).
    """
    ids: dict[str, set[str]] = defaultdict(set)
    in_delivery: dict[tuple[str, str], set[str]] = defaultdict(set)
    incidents: dict[str, set[str]] = defaultdict(set)
    for uuid, report, delivery, incident in reports:
        ids[uuid].add(report)
        in_delivery[uuid, delivery].add(report)
        if _told(incident):
            incidents[uuid].add(_told(incident))
    useless = {uuid for (uuid, _), found in in_delivery.items() if len(found) > 1}
    useless |= {uuid for uuid, found in incidents.items() if len(found) > 1}
    return {uuid: found for uuid, found in ids.items() if uuid not in useless}
