"""Read the times sources write, as UTC without offset.

Belongs here: text to a moment, for the ledger only. Does not belong here: typing the
rows' own times (staging).
"""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("America/Los_Angeles")
"""The clock of HMIS, CAD and 311, which write no offset."""

IN_NAME = re.compile(r"(?<!\d)(\d{8})(?:T(\d{2})(\d{2})(\d{2})?Z?)?(?!\d)")


def utc(text: str | None, *, is_local: bool) -> datetime | None:
    """Return the moment an ISO text means, or None when it means none.

    Args:
        text: For example ``2025-03-09 02:30:00`` or ``2025-03-09T10:30:00Z``.
        is_local: Whether a text without offset is San Francisco's own time.
    """
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=LOCAL if is_local else UTC)
    return moment.astimezone(UTC).replace(tzinfo=None)


def in_name(delivery: str) -> datetime | None:
    """Return the time a delivery's name carries (UTC), or None.

    >>> in_name("cad_20250707T040000.json")
    datetime.datetime(2025, 7, 7, 4, 0)
    """
    found = IN_NAME.search(delivery)
    if found is None:
        return None
    digits = found[1] + (found[2] or "00") + (found[3] or "00") + (found[4] or "00")
    try:
        return datetime.strptime(digits, "%Y%m%d%H%M%S")
    except ValueError:
        return None


def parsed_date(text: str | None) -> date | None:
    """Return the day an ISO text begins with, or None."""
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None
