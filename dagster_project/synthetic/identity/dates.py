"""Birth dates as systems hold them: wrong, half known, guessed.

Belongs here: which mistake a date has, and how a date of some precision is written.
Does not belong here: whether it has one (``correlation``).

Dates are days since 1970-01-01. Shares of mistakes are those of made_up_city §3.
"""

from datetime import date, timedelta

import numpy as np

from dagster_project.synthetic.city import Floats, Ints
from dagster_project.synthetic.codes import DAY_ZERO, SYSTEMS
from dagster_project.synthetic.identity.errors import Dice

EPOCH = date(1970, 1, 1)
DAY_ZERO_SINCE_EPOCH = (DAY_ZERO - EPOCH).days
KINDS = ("new_year", "swap", "digit", "year", "day", "relative", "invented")
SHARES = (0.22, 0.13, 0.30, 0.17, 0.08, 0.04, 0.06)
MISSING, PARTIAL, WRONG, RIGHT = range(4)
YEAR = 365.25
DEFAULT_DATE = "1900-01-01"
DEFAULT_SHARE = (0.20, 0.0, 0.40, 0.0)
"""By ``SYSTEMS``: missing dates that a form filled with its default [A]."""
GUESS = 5
"""Ages in the team log are guessed within five years."""


def wrong_date(birth: int, kind: str, other: int | None, number: float) -> int:
    """Return another day than ``birth``.

    Args:
        birth: The true day.
        kind: One of ``KINDS``; one that changes nothing falls back on a digit.
        other: A relative's birthday, if there is one.
        number: The draw.
    """
    dice, true = Dice(number), EPOCH + timedelta(days=birth)
    result = birth
    if kind == "new_year":
        result = (true.replace(month=1, day=1) - EPOCH).days
    elif kind == "swap" and true.day <= 12:
        result = (true.replace(month=true.day, day=true.month) - EPOCH).days
    elif kind == "year":
        step = (-1, 1, -10, 10, -1, 1)[dice.below(6)]
        day = min(true.day, 28) if true.month == 2 else true.day
        result = (true.replace(year=true.year + step, day=day) - EPOCH).days
    elif kind == "day":
        result = birth + (1 if dice.below(2) else -1)
    elif kind == "relative" and other is not None:
        result = other
    elif kind in ("relative", "invented"):
        result = birth + dice.below(10_000) - 5_000
    while result == birth:
        result = _one_digit(true, dice)
    return min(result, DAY_ZERO_SINCE_EPOCH - 1)


def _one_digit(true: date, dice: Dice) -> int:
    """Return the date with one digit changed, the day itself if that is no date."""
    digits = list(f"{true:%Y%m%d}")
    at = (2, 3, 3, 4, 5, 6, 7, 7)[dice.below(8)]
    digits[at] = str(dice.below(10))
    text = "".join(digits)
    try:
        found = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return (true - EPOCH).days
    # Nobody is older than 100 or unborn: a form would not take it.
    return (found if 1923 < found.year < 2024 else true).toordinal() - EPOCH.toordinal()


def date_texts(day: Ints) -> np.ndarray:
    """Return ISO dates."""
    return day.astype("datetime64[D]").astype(str).astype(object)


def age_on(birth: Ints, day: Ints) -> Ints:
    """Return whole years on a city day (to a day or so)."""
    return np.floor((DAY_ZERO_SINCE_EPOCH + day - birth) / YEAR).astype(np.int64)


def written_dates(
    state: Ints, written: Ints, system: Ints, number: Floats
) -> dict[str, np.ndarray]:
    """Return ``dob`` and ``dob_quality`` of each record.

    HMIS holds a half-known date as 1 January of the year with data quality 2, the
    hospital as the year alone; ePCR and log have an age instead.
    """
    years = written.astype("datetime64[D]").astype("datetime64[Y]")
    text = date_texts(written)
    year = years.astype(str).astype(object)
    hmis, fhir = SYSTEMS.index("hmis"), SYSTEMS.index("fhir")
    half = state == PARTIAL
    text = np.where(half & (system == hmis), year + "-01-01", text)
    text = np.where(half & (system == fhir), year, text)
    text = np.where(half & (system != hmis) & (system != fhir), "", text)
    default = (state == MISSING) & (number < np.take(DEFAULT_SHARE, system))
    text = np.where(state == MISSING, np.where(default, DEFAULT_DATE, ""), text)
    # Among missing: not collected, does not know, prefers not to say.
    why = np.where(number > 0.8, 8, np.where(number > 0.7, 9, 99))
    quality = np.where(state == MISSING, why, np.where(half, 2, 1))
    return {"dob": text.astype(object), "dob_quality": quality}


def written_ages(
    state: Ints, written: Ints, day: Ints, system: Ints, number: Floats
) -> Ints:
    """Return the age a record holds, -1 for none.

    ePCR always has one with a date, the log in half of the rows; where no date is
    known, a medic asks (right but for a year), the log's worker guesses.
    """
    age = age_on(written, day)
    epcr, log = system == SYSTEMS.index("epcr"), system == SYSTEMS.index("team_log")
    guess = age + np.round((number - 0.5) * 2 * GUESS).astype(np.int64)
    guess = np.where((number * 100).astype(int) % 5 < 2, 5 * np.round(guess / 5), guess)
    asked = age + np.where(number < 0.1, -1, np.where(number > 0.9, 1, 0))
    half = state == PARTIAL
    given = np.where(half, np.where(log, guess, asked), age)
    held = (epcr & (state != MISSING)) | (
        log & (half | ((state > PARTIAL) & (number < 0.5)))
    )
    return np.where(held, np.maximum(given, 0), -1).astype(np.int64)
