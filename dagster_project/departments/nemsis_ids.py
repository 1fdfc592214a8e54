"""Tell patient care reports of several agencies apart.

Belongs here: the id of a report, made of what it and its file's header say. Does not
belong here: XML (``nemsis``), which version of a report counts (staging).

eRecord.01 is unique within an agency, and private ambulances and neighbours number
their reports as the Fire Department does: by the number alone one person's report
would replace another's. Why an id is written so: docs/decisions/0024.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

OWN_AGENCIES = frozenset({"S38-50827", "S38-50901"})
"""Numbers (eResponse.01) that the Fire Department's own agency bears and bore, so that
a number of one of its reports means one report however the agency is numbered: those of
the made-up city, renumbered on 2025-01-15. A department writes its own here before its
first delivery, for ids do not change later."""

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
    number = _told(number)
    agency = next(filter(None, map(_told, agencies)), "").upper()
    if not number or agency in OWN_AGENCIES:
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
