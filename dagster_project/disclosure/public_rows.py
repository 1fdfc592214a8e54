"""The rows of a public table as readers get them.

Belongs here: hidden counts made null, and with them every share and interval that
derives from them. Does not belong here: which counts are hidden (``suppress``).
"""

from collections.abc import Iterator, Mapping, Sequence
from math import sqrt
from typing import Any

from dagster_project.disclosure.counts import Row, is_shown, key_of
from dagster_project.disclosure.declaration import ALL, PublicTable, Share
from dagster_project.disclosure.register import Release, standing
from dagster_project.disclosure.system import Key

SHOWN, SUPPRESSED = "shown", "suppressed"
"""The words beside a row. A cell hidden for being small and one hidden to protect it
carry the same word: "<11" would tell readers which is which, and so its bounds."""

Z = 1.959963984540054
"""Standard normal quantile of a two-sided interval of 95 %."""


def wilson(numerator: int, denominator: int) -> tuple[float, float]:
    """Return the interval of Wilson (1927) at 95 %, two shares from 0 to 1.

    Args:
        numerator: 0 to ``denominator``.
        denominator: 1 or more.
    """
    middle = numerator + Z * Z / 2
    reach = Z * sqrt(numerator * (denominator - numerator) / denominator + Z * Z / 4)
    size = denominator + Z * Z
    return max(0.0, (middle - reach) / size), min(1.0, (middle + reach) / size)


def public_rows(
    table: PublicTable,
    rows: Sequence[Row],
    hidden: frozenset[Key],
    data_through: str,
) -> Iterator[dict[str, Any]]:
    """Yield the rows readers get: hidden counts, and what derives from them, null."""
    of_period: dict[str, int | None] = {}
    shown = [row for row in rows if is_shown(table, row)]
    visible = [
        {
            measure.column: None
            if key_of(table, row, measure) in hidden
            else row[measure.column]
            for measure in table.shown_measures
        }
        for row in shown
    ]
    for row, counts in zip(shown, visible, strict=True):
        if all(row[name] == ALL for name in table.grain):
            of_period[row["period"]] = counts.get("n_people")
    for row, counts in zip(shown, visible, strict=True):
        known = counts | {"n_people_of_period": of_period.get(row["period"])}
        is_suppressed = None in counts.values()
        yield {
            "period_kind": row["period_kind"],
            "period": row["period"],
            **{name: row[name] for name in table.grain if name != table.detail},
            **counts,
            **_shares(table.shares, known),
            "is_suppressed": is_suppressed,
            "suppression": SUPPRESSED if is_suppressed else SHOWN,
            "release_status": "proposed",
            "released_on": None,
            "data_through": data_through or None,
        }


def _shares(
    shares: Sequence[Share], known: Mapping[str, int | None]
) -> dict[str, float | None]:
    """Return each quotient and interval; null as soon as one of its counts is."""
    derived: dict[str, float | None] = {}
    for share in shares:
        part, whole = known[share.numerator], known[share.denominator]
        is_known = part is not None and whole is not None and whole > 0
        derived[share.column] = part / whole if is_known else None
        if share.low and share.high:
            low, high = wilson(part, whole) if is_known else (None, None)
            derived |= {share.low: low, share.high: high}
    return derived


def released_rows(
    table: PublicTable, register: Sequence[Release]
) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table that stand released, as they were released."""
    for release in standing(register):
        if release.table == table.name:
            for row in release.rows:
                yield dict(row) | {
                    "release_status": "released",
                    "released_on": release.released_on,
                }
