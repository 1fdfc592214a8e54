"""Pictures with intervals and running totals.

Belongs here: curves over thresholds, dots with whiskers, waterfalls. Does not belong
here: what is shown (``sections``), single marks (``svg``).
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from dagster_project.linkage.contributions import Explanation
from dagster_project.linkage.quality import Estimate, Point
from dagster_project.linkage.report.pictures import short
from dagster_project.linkage.report.svg import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    WIDTH,
    band,
    disc,
    frame,
    line,
    path,
    rect,
    square,
    text,
)


def over_thresholds(points: Sequence[Point], chosen: float, label: str) -> str:
    """Return precision (full line) and recall (dashed) with their 95 % bands."""
    left, right, top, bottom = 40, WIDTH - 62, 14, 210
    shown = [p for p in points if math.isfinite(p.precision.value + p.recall.value)]
    if not shown:
        return ""
    odds = [_odds(p.threshold) for p in shown]
    span = (odds[-1] - odds[0]) or 1.0
    lowest = min(min(p.precision.low, p.recall.low) for p in shown)
    floor = max(0.0, math.floor(lowest * 20) / 20 - (lowest > 0.95) * 0.05)

    def across(threshold: float) -> float:
        return left + (right - left) * (_odds(threshold) - odds[0]) / span

    def up(value: float) -> float:
        return bottom - (bottom - top) * (value - floor) / (1 - floor)

    marks = []
    for step in range(6):
        value = floor + (1 - floor) * step / 5
        marks.append(line(left, up(value), right, up(value)))
        marks.append(text(left - 4, up(value) + 4, f"{value:.2f}", "end", "small"))
    for name, colour, dash in (("precision", BLUE, ""), ("recall", ORANGE, "6 3")):
        rates: list[Estimate] = [getattr(p, name) for p in shown]
        places = [across(p.threshold) for p in shown]
        upper = [(x, up(r.high)) for x, r in zip(places, rates, strict=True)]
        lower = [(x, up(r.low)) for x, r in zip(places, rates, strict=True)]
        marks.append(band(upper + lower[::-1], colour))
        middle = [(x, up(r.value)) for x, r in zip(places, rates, strict=True)]
        marks.append(path(middle, colour, dash))
        ends = up(rates[-1].value)
        marks.append(text(right + 4, min(ends + 4, bottom), name, style="small"))
    marks.append(line(across(chosen), top - 4, across(chosen), bottom, INK, "3 2"))
    for number, point in enumerate(shown):
        y = bottom + 14 + 12 * (number % 2)
        words = f"{point.threshold:g}"
        marks.append(text(across(point.threshold), y, words, "middle", "small"))
    words = f"threshold (dashed: {chosen:g}, in use)"
    marks.append(text((left + right) / 2, bottom + 42, words, "middle", "small"))
    return frame(bottom + 48, marks, label)


def _odds(probability: float) -> float:
    return math.log(probability) - math.log1p(-probability)


class Spot(NamedTuple):
    """A row of a dot picture: two values, the second with its interval."""

    label: str
    first: float
    second: Estimate


def dots(
    rows: Sequence[Spot],
    names: tuple[str, str],
    label: str,
    *,
    log_from: float | None = None,
) -> str:
    """Return a disc and a hollow square with its interval per row, on one scale.

    Args:
        rows: what is shown; values that are no number are left out.
        names: what disc and square stand for.
        label: what a screen reader says.
        log_from: lower end of a log scale up to 1; without it the scale begins at 0.
    """
    height, room, head = 32, WIDTH - 16, 22
    values = [v for r in rows for v in (r.first, r.second.high) if math.isfinite(v)]
    most = 1.0 if log_from else _round_up(max(values, default=0.0))

    def across(value: float) -> float:
        if log_from:
            lift = math.log10(max(value, log_from) / log_from)
            return 8 + room * lift / -math.log10(log_from)
        return 8 + room * value / most

    marks = [
        disc(8, 8, BLUE),
        text(16, 12, names[0], style="small"),
        square(WIDTH / 2, 8, ORANGE),
        text(WIDTH / 2 + 9, 12, names[1], style="small"),
    ]
    for number, row in enumerate(rows):
        y = head + height * number
        marks.append(text(8, y + 11, short(row.label), style="small"))
        marks.append(line(8, y + 21, WIDTH - 8, y + 21))
        if math.isfinite(row.second.value):
            ends = across(row.second.low), across(row.second.high)
            marks.append(line(ends[0], y + 21, ends[1], y + 21, ORANGE))
            marks.append(square(across(row.second.value), y + 21, ORANGE))
        if math.isfinite(row.first):
            marks.append(disc(across(row.first), y + 21, BLUE))
    foot = head + height * len(rows) + 10
    for share in (0.0, 0.5, 1.0):
        value = log_from ** (1 - share) if log_from else share * most
        words = f"{value:.0e}" if log_from and value < 0.01 else f"{100 * value:.3g} %"
        place = ("start", "middle", "end")[int(share * 2)]
        marks.append(text(8 + room * share, foot, words, place, "small"))
    return frame(foot + 4, marks, label)


def _round_up(value: float) -> float:
    """Return the next 1, 2 or 5 times a power of ten."""
    if value <= 0:
        return 0.01
    power = 10.0 ** math.floor(math.log10(value))
    return min(1.0, next(f * power for f in (1, 2, 5, 10) if f * power >= value))


def waterfall(explained: Explanation, label: str) -> str:
    """Return a pair's match weight as bars that each begin where the last one ended."""
    steps = [("before looking: how seldom two records are one", explained.prior)]
    steps += [(part.level, part.bits + part.rarity_bits) for part in explained.fields]
    steps.append(("may be two of one home", explained.household))
    totals = [0.0]
    for _, bits in steps:
        totals.append(totals[-1] + bits)
    low, high = min(totals), max(totals)
    room, left = WIDTH - 122, 52

    def across(bits: float) -> float:
        return left + room * (bits - low) / ((high - low) or 1.0)

    marks = [line(across(0), 0, across(0), 34 * (len(steps) + 1), GREY, "3 2")]
    for number, (words, bits) in enumerate(steps):
        y = 34 * number
        begin, end = sorted((across(totals[number]), across(totals[number + 1])))
        marks.append(text(0, y + 12, short(words)))
        marks.append(rect(begin, y + 17, max(end - begin, 1), 11, _sign(bits)))
        marks.append(text(end + 4, y + 27, signed(bits), style="small"))
    y = 34 * len(steps)
    begin, end = sorted((across(0), across(totals[-1])))
    marks.append(text(0, y + 12, "match weight", style="strong"))
    marks.append(rect(begin, y + 17, max(end - begin, 1), 11, INK))
    marks.append(text(end + 4, y + 27, f"{signed(totals[-1])} bits", style="small"))
    said = "; ".join(f"{words} {signed(bits)}" for words, bits in steps)
    return frame(
        y + 34, marks, f"{label}: {said}; match weight {signed(totals[-1])} bits"
    )


def signed(bits: float) -> str:
    """Return bits with their sign, a true minus, and none for nought.

    >>> signed(2.04), signed(-3.2), signed(-0.01)
    ('+2.0', '−3.2', '0.0')
    """
    shown = f"{bits:+.1f}"
    return "0.0" if shown in ("+0.0", "-0.0") else shown.replace("-", "−")


def _sign(bits: float) -> str:
    return BLUE if bits >= 0 else ORANGE
