"""Read a birth date in any spelling a department uses, as far as it is known.

Belongs here: spelling to yyyymmdd, dates that systems fill in. Does not belong here:
what only a whole column tells (``date_columns``), which dates are default by their
frequency (``overuse``), comparing dates (``compare``).
"""

import re

from dagster_project.linkage import names
from dagster_project.linkage.word_lists import words

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

PARTS = re.compile(r"(\d{1,4})\s*[/\-. ]\s*(\d{1,2})(?:\s*[/\-. ]\s*(\d{1,4}))?")
"""A date in numbers."""

TIME = re.compile(
    r"""(t|,?\s)
    (\d{1,2}:\d\d(:\d\d([.,:]\d+)?)?(\s*[ap]\.?\s?m\.?)?
    |\d{1,2}\.\d\d\.\d\d([.,]\d+)?\s*[ap]m)
    \s*(z|utc|gmt|[+-]\d\d:?\d\d)?$""",
    re.VERBOSE | re.ASCII,
)
"""The time of day that databases and spreadsheets write behind a date."""

MONTHS = {
    name: number
    for number, named in enumerate(
        (
            "january jan enero ene janvier janv januar janeiro gennaio gen",
            "february feb febrero fevrier fevr fev februar fevereiro febbraio pebrero",
            "march mar marzo mars marz maerz mrz marco marso",
            "april apr abril abr avril avr aprile",
            "may mayo mai maio maggio mag",
            "june jun junio juin juni junho giugno giu hunyo",
            "july jul julio juillet juil juli julho luglio lug hulyo",
            "august aug agosto ago aout",
            "september sept sep septiembre septembre setiembre setembro settembre set "
            "setyembre",
            "october oct octubre octobre oktober okt outubro out ottobre ott oktubre",
            "november nov noviembre novembre novembro nobyembre",
            "december dec diciembre dic decembre dezember dez dezembro dicembre "
            "disyembre",
        ),
        1,
    )
    for name in words(named)
}
"""Months as they are folded: of English, Spanish, French, German, Portuguese, Italian,
Tagalog. No word stands for two of them."""

BESIDE_A_MONTH = frozenset(
    words(
        """
    st nd rd th of de del er monday mon tuesday tue wednesday wed thursday thu friday
    fri saturday sat sunday sun
    """
    )
)
"""Words around a month that say nothing more: ``Sat, May 3rd``, ``3 de mayo``."""


def read_birth_date(text: str | None, precision: str | None = None) -> int:
    """Return a birth date as yyyymmdd, zeros for what is not known; 0 if nothing is.

    Impossible days and months are kept as digits (a slip of one digit still resembles
    the truth), only the year must be a living person's. A time of day is passed over,
    months may be named, and eight digits may have lost the zero they began with.

    Args:
        text: the date as written.
        precision: may lower what is believed of it; see ``PRECISIONS``.
    """
    if not text:
        return 0
    digits = written_digits(text)
    if not digits:
        return 0
    digits = digits.ljust(8, "0")
    if precision in PRECISIONS:
        digits = digits[: PRECISIONS[precision]].ljust(8, "0")
    value = int(digits)
    if not EARLIEST <= value // 10000 <= LATEST or value in DEFAULT_DATES:
        return 0
    return value // 10000 * 10000 if digits[4:6] == "00" else value


def written_digits(text: str) -> str:
    """Return yyyy, yyyymm or yyyymmdd of a date, '' where its spelling is unknown."""
    digits = text.replace("-", "") if ISO.fullmatch(text) else _digits(text)
    return digits if len(digits) in (4, 6, 8) else ""


def without_time(text: str) -> str:
    """Return a date in small letters and without a time of day."""
    text = " ".join(text.lower().split())
    stamp = re.match(r"(\d{4}-\d\d-\d\d)[t ]\d", text)
    return stamp[1] if stamp else TIME.sub("", text)


def _digits(text: str) -> str:
    text = without_time(text)
    if re.search(r"[^\W\d_]|\|", text):
        if named := _of_named_month(text):
            return named
        text = text.translate(OCR)
    parts = PARTS.fullmatch(text)
    if parts:
        return _from_parts(*parts.groups())
    if not text.isdigit():
        return ""
    if len(text) == 7:  # a whole number: 03051980 became 3051980
        text = text.zfill(8)
    if len(text) == 8 and text[:2] not in ("18", "19", "20"):
        return text[4:] + text[:4]
    return text


def _of_named_month(text: str) -> str:
    """Return the digits of a date whose month is a word, '' if it is none."""
    found = re.findall(r"[a-z]+|[0-9]+", names.fold(text))
    told = [part for part in found if part not in BESIDE_A_MONTH]
    months = [MONTHS[part] for part in told if part in MONTHS]
    numbers = [part for part in told if part.isdigit()]
    if len(months) != 1 or len(months) + len(numbers) < len(told):
        return ""
    month = str(months[0])
    if len(numbers) == 1:
        return _from_parts(numbers[0], month, None)
    if len(numbers) != 2:
        return ""
    if len(numbers[0]) == 4:
        return _from_parts(numbers[0], month, numbers[1])
    return _from_parts(month, *numbers)


def _from_parts(one: str, two: str, three: str | None) -> str:
    if three is None:
        return one + two.zfill(2) if len(one) == 4 else ""
    year, month, day = (one, two, three) if len(one) == 4 else (three, one, two)
    if len(year) <= 2:
        year = ("20" if int(year) <= PIVOT else "19") + year.zfill(2)
    if len(year) != 4 or len(day) > 2 or len(month) > 2:
        return ""
    return year + month.zfill(2) + day.zfill(2)
