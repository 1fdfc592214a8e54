"""Read a birth date in any spelling a department uses, as far as it is known.

Belongs here: spelling to yyyymmdd, dates that systems fill in. Does not belong here:
which dates are default by their frequency (``overuse``), comparing dates (``compare``).
"""

import re

OCR = str.maketrans(
    {"o": "0", "s": "5", "l": "1", "i": "1", "|": "1", "b": "8", "z": "2", "g": "9"}
)
"""Letters that stand for a digit in scanned or hurried typing."""

PIVOT = 26
"""Two-digit years up to this are 20xx: nobody alive was born later than 2026."""

EARLIEST, LATEST = 1583, 2026
"""Years outside are read as no date. Nobody alive was born in 1900, but 1900-05-20 may
be a slip of 1990-05-20 and still resembles it; and historical registers are older."""

DEFAULT_DATES = frozenset(
    {19000101, 19010101, 17530101, 18000101, 19700101, 18991230, 18991231}
)
"""Dates that systems fill in by themselves: SQL Server, Excel, Unix and data entry."""

PRECISIONS = {"year": 4, "month": 6, "day": 8}
"""How many digits of yyyymmdd a stated precision leaves standing."""

ISO = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
"""A date as it is nearly always written."""


def read_birth_date(text: str | None, precision: str | None = None) -> int:
    """Return a birth date as yyyymmdd, zeros for what is not known; 0 if nothing is.

    Impossible days and months are kept as digits (a slip of one digit still resembles
    the truth), only the year must be a living person's.

    Args:
        text: the date as written.
        precision: may lower what is believed of it; see ``PRECISIONS``.
    """
    if not text:
        return 0
    digits = text.replace("-", "") if ISO.fullmatch(text) else _digits(text)
    if len(digits) not in (4, 6, 8):
        return 0
    digits = digits.ljust(8, "0")
    if precision in PRECISIONS:
        digits = digits[: PRECISIONS[precision]].ljust(8, "0")
    value = int(digits)
    if not EARLIEST <= value // 10000 <= LATEST or value in DEFAULT_DATES:
        return 0
    return value // 10000 * 10000 if digits[4:6] == "00" else value


def _digits(text: str) -> str:
    """Return yyyy, yyyymm or yyyymmdd from a written date, '' when there is none."""
    text = text.strip().lower()
    stamp = re.match(r"(\d{4}-\d\d-\d\d)[t ]\d", text)
    if stamp:
        text = stamp.group(1)
    elif re.search(r"[a-z|]", text):
        text = text.translate(OCR)
    parts = re.fullmatch(r"(\d{1,4})[/\-. ](\d{1,2})(?:[/\-. ](\d{1,4}))?", text)
    if parts:
        return _from_parts(*parts.groups())
    if not text.isdigit():
        return ""
    if len(text) == 8 and text[:2] not in ("18", "19", "20"):
        return text[4:] + text[:4]
    return text


def _from_parts(one: str, two: str, three: str | None) -> str:
    if three is None:
        return one + two.zfill(2) if len(one) == 4 else ""
    year, month, day = (one, two, three) if len(one) == 4 else (three, one, two)
    if len(year) <= 2:
        year = ("20" if int(year) <= PIVOT else "19") + year.zfill(2)
    if len(year) != 4 or len(day) > 2 or len(month) > 2:
        return ""
    return year + month.zfill(2) + day.zfill(2)
