"""San Francisco's clock: epoch seconds to the spellings departments use.

Belongs here: daylight saving, local days, formatting of whole columns of times.
Does not belong here: when something happens, or who hears of it when.

All times inside the export are UTC epoch seconds; ``NEVER`` means it does not happen.
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from dagster_project.synthetic.codes import DAY_ZERO

NEVER = np.int64(2**62)
"""Later than any delivery: the event does not take place."""
HOUR, DAY = 3600, 86400
WINTER, SUMMER = -8 * HOUR, -7 * HOUR
EPOCH_DAY_ZERO = (DAY_ZERO - date(1970, 1, 1)).days
"""Days from 1970-01-01 to the city's day 0."""

Seconds = NDArray[np.int64]


def _nth_sunday(year: int, month: int, n: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(6 - first.weekday()) % 7 + 7 * (n - 1))


@lru_cache(maxsize=1)
def _changes() -> tuple[Seconds, Seconds]:
    """Return the moments clocks change and the offsets that hold from then on.

    Energy Policy Act of 2005: second Sunday of March to first Sunday of November.
    """
    moments, offsets = [0], [WINTER]
    for year in range(2023, 2029):
        for sunday, hour, offset in (
            (_nth_sunday(year, 3, 2), 10, SUMMER),
            (_nth_sunday(year, 11, 1), 9, WINTER),
        ):
            at = datetime(sunday.year, sunday.month, sunday.day, hour, tzinfo=UTC)
            moments.append(int(at.timestamp()))
            offsets.append(offset)
    return np.array(moments), np.array(offsets)


def offset(seconds: Seconds) -> Seconds:
    """Return the local offset from UTC, in seconds."""
    moments, offsets = _changes()
    return offsets[np.searchsorted(moments, seconds, side="right") - 1]


def day_second(day: NDArray[np.integer], second_of_day: Seconds) -> Seconds:
    """Return the moment of a local wall time on a day counted from day 0."""
    wall = (np.asarray(day, dtype=np.int64) + EPOCH_DAY_ZERO) * DAY + second_of_day
    guess = wall - offset(wall - WINTER)
    return wall - offset(guess)


def local_day(seconds: Seconds) -> Seconds:
    """Return the local date as days from day 0."""
    return (seconds + offset(seconds)) // DAY - EPOCH_DAY_ZERO


def _text(wall: Seconds, unit: str) -> list[str]:
    moments = np.asarray(wall, dtype="int64").astype("datetime64[s]")
    return np.datetime_as_string(moments, unit=unit).tolist()


def iso_days(day: NDArray[np.integer]) -> list[str]:
    """Write days from day 0 as ``2025-01-31``; a negative day as nothing."""
    days = np.asarray(day, dtype=np.int64)
    texts = _text((np.maximum(days, 0) + EPOCH_DAY_ZERO) * DAY, "D")
    return blank_where(texts, days < 0)


def local_dates(seconds: Seconds) -> list[str]:
    """Write the local date."""
    return _text(seconds + offset(seconds), "D")


def local_minutes(seconds: Seconds) -> list[str]:
    """Write the local wall time as ``14:35``."""
    return [text[11:16] for text in _text(seconds + offset(seconds), "s")]


def local_datetimes(seconds: Seconds) -> list[str]:
    """Write local wall time as HMIS does: ``2025-01-31 14:35:09``."""
    return [text.replace("T", " ") for text in _text(seconds + offset(seconds), "s")]


def floating(seconds: Seconds) -> list[str]:
    """Write local wall time as DataSF does: ``2025-01-31T14:35:09.000``.

    A moment that never comes is written as nothing.
    """
    seconds = np.asarray(seconds, dtype=np.int64)
    known = np.where(seconds < NEVER, seconds, 0)
    texts = [text + ".000" for text in _text(known + offset(known), "s")]
    return blank_where(texts, seconds >= NEVER)


def with_offset(seconds: Seconds) -> list[str]:
    """Write local time with its offset: ``2025-01-31T14:35:09-08:00``."""
    away = offset(seconds)
    texts = _text(seconds + away, "s")
    summer = (away == SUMMER).tolist()
    return [
        text + ("-07:00" if is_summer else "-08:00")
        for text, is_summer in zip(texts, summer, strict=True)
    ]


def utc(seconds: Seconds) -> list[str]:
    """Write UTC as ``2025-01-31T22:35:09.000Z``."""
    return [text + ".000Z" for text in _text(seconds, "s")]


def blank_where(texts: list[str], missing: NDArray[np.bool_]) -> list[str]:
    """Replace the texts of missing values by nothing."""
    for position in np.flatnonzero(missing).tolist():
        texts[position] = ""
    return texts
