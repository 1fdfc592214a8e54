"""The day in San Francisco, for Python and for PostgreSQL.

Belongs here: whose midnight ends the days of agreements, consents and eligibility. Does
not belong here: what ends with them.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

ZONE = "America/Los_Angeles"
"""Whose days they are, wherever the machine, the server or the reader is."""


def today() -> date:
    """Return the day that it is in the city."""
    return datetime.now(ZoneInfo(ZONE)).date()


def today_sql() -> str:
    """Return the same as an expression of PostgreSQL.

    ``current_date`` follows the reader's ``timezone`` setting, by which a reader could
    move a day on which something ends.
    """
    return f"(pg_catalog.now() at time zone '{ZONE}')::date"


def today_once_sql() -> str:
    """Return it for a policy: worked out once for a query, not for each row.

    A day from a moment in a time zone cost more than half of a scan through the policy
    (2026-11).
    """
    return f"(select {today_sql()})"
