"""Round what the page shows, so that no small count can be worked out from it.

Belongs here: the one way from a count or a share to what is printed or drawn. Does not
belong here: which figures there are.

A page of many tables invites subtraction: all offers less the offers of every team but
one. So a count of 1 to 14 is not shown, every other is rounded to the nearest ten, and
a share is computed from rounded counts only. What is shown of a figure is then a
function of its rounded counts, and a difference of two of them is uncertain by ten:
``tests/publication/page/test_rounding`` tries every sum. None is shown as none, as the
rule of the Centers for Medicare & Medicaid Services allows.
"""

import math
from dataclasses import dataclass

SMALL = 15
"""A count of fewer is not shown. The rule of CMS (ResDAC 1506, 2024) is 11; but if 11
to 14 were shown, as 10, a difference of two such counts would leave three values."""

STEP = 10
"""Counts are shown to the nearest ten: a step below ``SMALL`` would let a difference of
two counts single out one small one."""

SHARE_FROM = 50
"""A share of fewer is not shown: below it rounding moves a share further than chance
does (half the 95 % interval of 25 in 50 is 13 points; rounding moves it by 10)."""

HIDDEN = f"<{SMALL}"
NOTHING = "–"


def rounded(count: float) -> int:
    """Return a count to the nearest ten, halves up.

    >>> [rounded(n) for n in (0, 14, 15, 1234)]
    [0, 10, 20, 1230]
    """
    return math.floor((count + STEP / 2) / STEP) * STEP


def is_small(count: float | None) -> bool:
    """Return whether a count is one that nobody may see."""
    return count is not None and 0 < count < SMALL


def count_shown(count: float | None) -> str:
    """Return a count as printed.

    >>> [count_shown(n) for n in (None, 0, 3, 15, 12345)]
    ['–', '0', '<15', '20', '12,350']
    """
    if count is None:
        return NOTHING
    return HIDDEN if is_small(count) else f"{rounded(count):,}"


def count_drawn(count: float | None) -> int | None:
    """Return a count as drawn: nothing where it is not printed."""
    return None if count is None or is_small(count) else rounded(count)


def share_drawn(share: float | None, out_of: float | None) -> float | None:
    """Return a share, 0 to 1, as the rounded counts give it; None if it is not shown.

    Args:
        share: The exact share, of any estimator (a rate, an incidence, a bound).
        out_of: How many it is a share of.
    """
    if share is None or out_of is None or out_of < SHARE_FROM:
        return None
    counted = share * out_of
    # What is within half a unit of none or all is none or all, by any estimator.
    rest = out_of - counted
    if 0.5 <= counted < SMALL - 0.5 or 0.5 <= rest < SMALL - 0.5:
        return None
    return min(1.0, rounded(round(counted, 6)) / rounded(out_of))


def share_shown(share: float | None, out_of: float | None) -> str:
    """Return a share as printed, in whole per cent.

    >>> share_shown(0.4567, 1000).split(), share_shown(0.5, 20)
    (['46', '%'], '–')
    """
    drawn = share_drawn(share, out_of)
    return NOTHING if drawn is None else f"{100 * drawn:.0f}\u00a0%"


@dataclass(frozen=True)
class Rate:
    """A rate as the page shows it; every figure is a function of rounded counts.

    Attributes:
        label: What it is the rate of.
        value: The share at the default linkage threshold; None where it is hidden.
        low, high: Its 95 % interval (Wilson 1927), of the rounded counts.
        strict, loose: The share at the other linkage thresholds.
        counted, out_of, looked_at: Numerator, denominator and n, as printed.
        not_linked: The share without a person, as printed.
    """

    label: str
    value: float | None
    low: float | None
    high: float | None
    strict: float | None
    loose: float | None
    counted: str
    out_of: str
    looked_at: str
    not_linked: str


def rate_shown(label: str, row: dict) -> Rate:
    """Return a row of a rate mart as the page may show it.

    Args:
        label: What it is the rate of.
        row: Columns ``n, numerator, denominator, rate, rate_strict, rate_loose,
            share_not_linked`` as every rate mart has them.
    """
    out_of = row["denominator"]
    value = share_drawn(row["rate"], out_of)
    low, high = (None, None) if value is None else wilson(value, rounded(out_of))
    counted = count_shown(row["numerator"])
    if is_small(out_of - row["numerator"]) and not is_small(row["numerator"]):
        # All but a few: the numerator would give the few away.
        counted = NOTHING
    return Rate(
        label=label,
        value=value,
        low=low,
        high=high,
        strict=None if value is None else share_drawn(row["rate_strict"], out_of),
        loose=None if value is None else share_drawn(row["rate_loose"], out_of),
        counted=counted,
        out_of=count_shown(out_of),
        looked_at=count_shown(row["n"]),
        not_linked=share_shown(row["share_not_linked"], row["n"]),
    )


def wilson(share: float, out_of: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share (Wilson 1927, score interval)."""
    z = 1.959963984540054
    middle = share + z * z / (2 * out_of)
    half = z * math.sqrt(share * (1 - share) / out_of + z * z / (4 * out_of * out_of))
    scale = 1 + z * z / out_of
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)
