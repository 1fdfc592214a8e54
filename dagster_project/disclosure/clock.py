"""The agreement's clock of what was released: days since the release.

Belongs here: which releases end and what is left of them, alone and in the register's
file. Does not belong here: clocks that run from a contact (``erasure.retention``).

Of a release that ended the register keeps that it was, without a row. Its period is
closed for good: readers may have kept the old figures, and a second version, made when
nobody here knows the first any more, could be subtracted from it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from dagster_project.disclosure.register import Release, read_register, write_register
from dagster_project.governance.agreement import Agreement
from dagster_project.locked_file import holding

TIER = "public"


def last_day(agreement: Agreement, today: date) -> date:
    """Return the day before which a release is too old."""
    return today - timedelta(days=agreement.retention[TIER].days)


def ended(register: Sequence[Release], last: date) -> list[Release]:
    """Return the releases whose time is up, with their rows.

    All of a period end together, with the youngest: what an earlier one hid protects
    the later one as long as that stands.

    Args:
        register: Every release.
        last: The day before which a release is too old.
    """
    youngest: dict[str, str] = {}
    for one in register:
        youngest[one.period] = max(one.released_on, youngest.get(one.period, ""))
    return [
        one
        for one in register
        if one.ended_on is None and youngest[one.period] < last.isoformat()
    ]


def without_rows(
    register: Sequence[Release], last: date, *, today: date, because: str
) -> list[Release]:
    """Return the register with what ended withdrawn and its rows forgotten.

    Args:
        register: Every release.
        last: The day before which a release is too old.
        today: The day it ends.
        because: Why, for releases that stood until now.
    """
    gone = {id(one) for one in ended(register, last)}
    return [
        replace(
            one,
            rows=(),
            withdrawn_because=one.withdrawn_because or because,
            ended_on=today.isoformat(),
        )
        if id(one) in gone
        else one
        for one in register
    ]


def end_releases(path: Path, agreement: Agreement, today: date) -> list[Release]:
    """Take out of the register what is too old, and return what ended.

    The figures leave the public tables and all their copies with the run that asks.

    Raises:
        ReleaseError: The register cannot be read.
    """
    if not path.exists():
        return []
    last = last_day(agreement, today)
    with holding(path):
        register = read_register(path)
        gone = ended(register, last)
        if gone:
            days = agreement.retention[TIER].days
            because = f"{days} days since its release, as {agreement.id} says"
            write_register(
                path, without_rows(register, last, today=today, because=because)
            )
    return gone
