"""Read what only a column of dates tells: whether days come first, or are numbers.

Belongs here: rewriting a column as ``dates`` reads it. Does not belong here: the
reading of one date (``dates``).
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dagster_project.linkage.coded import code_column
from dagster_project.linkage.dates import ISO, without_time

SHORT = re.compile(r"(\d{1,2})([/\-. ])(\d{1,2})\2(\d{4}|\d\d)")
"""Two numbers that may be day or month, then the year."""

MONTHS_OF_A_YEAR = 12

EPOCH = date(1899, 12, 30)
"""Spreadsheets count days from here."""

SERIAL = re.compile(r"[1-9]\d{3,4}", re.ASCII)
FIRST_SERIAL = 2027
"""Days before 20 July 1905: nobody alive was born then, and up to here it is a year."""

LAST_SERIAL = (date(2026, 12, 31) - EPOCH).days
"""See ``dates.LATEST``."""

SURE_SERIAL = 10_000
"""A number of five digits is no year; a column without one is not read as days."""


def plain_dates(
    column: pa.ChunkedArray, source: pa.ChunkedArray | None
) -> pa.ChunkedArray:
    """Return a column of written dates with month before day and no day numbers.

    Each source is judged by itself: if more of its dates begin with 13 to 31 than have
    it in second place, they begin with the day; if it holds nothing but whole numbers
    that are days of a spreadsheet's calendar, it is read so.

    Args:
        column: dates as text.
        source: of each, if the table says so.
    """
    usual = pc.match_substring_regex(column, f"^{ISO.pattern}$")
    if pc.all(usual).as_py() is not False:
        return column
    dates, sources = code_column(column, len(column)), code_column(source, len(column))
    kinds = len(dates.values)
    both, place, counts = np.unique(
        sources.codes * kinds + dates.codes, return_inverse=True, return_counts=True
    )
    texts = [dates.values[code] for code in (both % kinds).tolist()]
    starts = np.flatnonzero(np.diff(both // kinds, prepend=-1)).tolist()
    read: list[str] = []
    for start, end in zip(starts, [*starts[1:], len(texts)], strict=True):
        read += _of_one_source(texts[start:end], counts[start:end])
    plain = pa.array([text or None for text in read], pa.string())
    return pa.chunked_array([plain.take(pa.array(place))])


def _of_one_source(texts: Sequence[str], counts: NDArray[np.int64]) -> Sequence[str]:
    if _are_serials(texts):
        return [text and _day(int(text)).isoformat() for text in texts]
    parts = [SHORT.fullmatch(without_time(text)) for text in texts]
    if not _day_is_first(parts, counts):
        return texts
    return [
        f"{found[3]}/{found[1]}/{found[4]}" if found else text
        for found, text in zip(parts, texts, strict=True)
    ]


def _are_serials(texts: Sequence[str]) -> bool:
    told = [text for text in texts if text]
    if not all(SERIAL.fullmatch(text) for text in told):
        return False
    days = [int(text) for text in told]
    return (
        max(days, default=0) >= SURE_SERIAL
        and min(days) >= FIRST_SERIAL
        and max(days) <= LAST_SERIAL
    )


def _day(serial: int) -> date:
    return EPOCH + timedelta(serial)


def _day_is_first(
    parts: Sequence[re.Match[str] | None], counts: NDArray[np.int64]
) -> bool:
    """Return whether more dates must begin with the day than with the month."""
    first = second = 0
    for found, count in zip(parts, counts.tolist(), strict=True):
        if found:
            one, two = int(found[1]), int(found[3])
            first += count * (two <= MONTHS_OF_A_YEAR < one)
            second += count * (one <= MONTHS_OF_A_YEAR < two)
    return first > second
