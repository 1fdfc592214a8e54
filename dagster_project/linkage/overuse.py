"""Values too common to be one person's: a default date, one SSN for many people.

Belongs here: the frequency rules. Does not belong here: lists of known defaults, which
stand beside the reader of each kind.
"""

import numpy as np

from dagster_project.linkage.coded import Codes

SSN_HOLDERS = 4
"""An SSN on fewer records than this is judged pair by pair, not by its frequency."""

DATE_HOLDERS = 12
"""A date on fewer records than this may be chance in any town."""

DATE_EXCESS = 20.0
"""A default date stands out at least this far above the mean date; 1 January does not
reach it in honest data, a form's pre-filled date does."""

DAY_HOLDERS, DAY_EXCESS = 12, 5.0
"""A day of the year stands for an unknown one if so many stand on it at least, a
surname counting once for each year, and so many times more than on a mean day."""

DAYS = 365.25
"""Days of a year."""

ONE_PERSON = 0.5
"""One person's many records mostly carry one surname, or one birth date: a value of
which one of either makes up this share is theirs, however often they were met."""


def shared_by_strangers(
    values: Codes, surnames: Codes, dates: Codes, holders: int
) -> Codes:
    """Return the values held by at least ``holders`` records of no one person.

    Args:
        values: one value per record, 0 where missing.
        surnames: a sound code of the surname per record, 0 where missing.
        dates: birth date per record, 0 where missing.
        holders: fewest named records that are judged.
    """
    rows = np.flatnonzero((values > 0) & (surnames > 0))
    if len(rows) < holders:
        return np.zeros(0, np.int64)
    found, place, counts = np.unique(
        values[rows], return_inverse=True, return_counts=True
    )
    of_one = np.maximum(
        _most_of_one(place, surnames[rows], len(found)),
        _most_of_one(place, dates[rows], len(found)),
    )
    return found[(counts >= holders) & (of_one < ONE_PERSON * counts)]


def _most_of_one(place: Codes, trait: Codes, values: int) -> Codes:
    """Return for each value how many of its records share one trait at most."""
    known = trait > 0
    width = int(trait.max(initial=0)) + 1
    both, times = np.unique(place[known] * width + trait[known], return_counts=True)
    most = np.zeros(values, np.int64)
    np.maximum.at(most, both // width, times)
    return most


def default_days(dates: Codes, surnames: Codes) -> Codes:
    """Return the days, as mmdd, that stand in many years for a day that nobody knew.

    A date on such a day (1 January mostly) says the year and no more. A day that is so
    frequent in one year alone is a form's default date instead.

    Args:
        dates: yyyymmdd per record, 0 where missing.
        surnames: a sound code of the surname per record; a person who was met often
            counts once for each.
    """
    known = dates % 100 > 0
    if not known.any():
        return np.zeros(0, np.int64)
    width = int(surnames.max(initial=0)) + 1
    date = np.unique(dates[known] * width + surnames[known]) // width
    year, day = date // 10000, date % 10000
    found, place, counts = np.unique(day, return_inverse=True, return_counts=True)
    in_one_year = _most_of_one(place, year, len(found))
    many = (counts >= DAY_HOLDERS) & (counts > DAY_EXCESS * len(day) / DAYS)
    return found[many & (in_one_year < ONE_PERSON * counts)]


def default_dates(dates: Codes, surnames: Codes) -> Codes:
    """Return the dates that stand on far more records than any birthday would.

    A year alone, or a month, is no date and may stand on many.
    """
    dates = np.where(dates % 100 > 0, dates, 0)
    known = dates[dates > 0]
    if len(known) == 0:
        return np.zeros(0, np.int64)
    found, counts = np.unique(known, return_counts=True)
    common = found[counts > DATE_EXCESS * counts.mean()]
    nobodys = shared_by_strangers(dates, surnames, np.zeros_like(dates), DATE_HOLDERS)
    return np.intersect1d(common, nobodys)


def of_year_alone(dates: Codes, days: Codes) -> Codes:
    """Return ``dates`` with month and day made 0 where they are one of ``days``."""
    if not len(days):
        return dates
    return np.where(np.isin(dates % 10000, days), dates // 10000 * 10000, dates)


def without(values: Codes, dropped: Codes) -> Codes:
    """Return ``values`` with every dropped value made missing."""
    return np.where(np.isin(values, dropped), 0, values) if len(dropped) else values
