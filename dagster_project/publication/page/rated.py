"""Figures of the shape that every rate mart has.

Belongs here: one figure from one rate mart: bars with intervals, three thresholds, the
table. Does not belong here: which marts a section shows (``sections``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dagster_project.publication.page import charts
from dagster_project.publication.page.described import describe
from dagster_project.publication.page.parts import Figure, Table, figure
from dagster_project.publication.page.rounding import (
    NOTHING,
    SHARE_FROM,
    Rate,
    rate_shown,
)
from dagster_project.publication.page.source import Source, words

RATE_COLUMNS = {
    "rate": "share",
    "rate_low": "95 % interval",
    "rate_strict": "strict links",
    "rate_loose": "loose links",
    "numerator": "counted",
    "denominator": "of",
    "n": "n",
    "share_not_linked": "not linked",
}
"""Columns of every rate mart and their headings; their meaning is the mart's own."""

MOST = 16
"""Rows of one picture: more fit no phone. The table has them all."""


@dataclass(frozen=True)
class Rated:
    """A figure of one rate mart.

    Attributes:
        table: The mart.
        title: What is asked.
        unit: What n counts.
        by: Columns whose words label a row.
        share: What the share is of, under the picture.
        where: Which rows, as SQL; all when empty.
        yearly: Whether the mart has periods, of which the last whole year is shown.
        caution: What must not be concluded.
        order: Order of the rows, as SQL; the most looked at first when empty.
    """

    table: str
    title: str
    unit: str
    by: Sequence[str]
    share: str
    where: str = "true"
    yearly: bool = True
    caution: str = ""
    order: str = "n desc"


def rate_figure(source: Source, wanted: Rated) -> str:
    """Return a figure of a rate mart: bars with intervals, thresholds and the table."""
    period, when = source.period(wanted.table) if wanted.yearly else ("true", "")
    rows = source.rows(
        f"select * from marts.{wanted.table} where ({wanted.where}) and {period} "
        f"order by {', '.join([wanted.order, *wanted.by])}"
    )
    shown = [rate_shown(label(row, wanted.by), row) for row in rows]
    tables = sorted(shown, key=lambda rate: rate.value is None)
    drawn = [rate for rate in tables if rate.value is not None][:MOST]
    return figure(
        Figure(
            anchor=_anchor(wanted),
            title=f"{wanted.title}{when}",
            described=[describe(source.connection, wanted.table)],
            basis=source.basis(
                max((row["n"] or 0 for row in rows), default=0),
                wanted.unit,
                max((row["data_through"] for row in rows), default=None),
                most=len(rows) > 1,
            ),
            table=Table(
                caption=f"{wanted.title}{when}. n counts {wanted.unit}; a share of "
                f"fewer than {SHARE_FROM} is not shown.",
                columns={"by": " and ".join(map(words, wanted.by)) or "all"}
                | RATE_COLUMNS,
                rows=[_row(rate) for rate in tables],
            ),
            draw=charts.rates(drawn, wanted.share) if drawn else None,
            told=told(drawn),
            caution=wanted.caution,
        )
    )


def told(drawn: Sequence[Rate]) -> str:
    """Return what a picture of rates shows, in a sentence."""
    if not drawn:
        return ""
    ranked = sorted(drawn, key=lambda rate: rate.value)
    if len(ranked) == 1:
        return f"{ranked[0].label}: {percent(ranked[0].value)}."
    low, high = ranked[0], ranked[-1]
    return (
        f"{len(ranked)} shares, from {percent(low.value)} ({low.label}) "
        f"to {percent(high.value)} ({high.label})."
    )


def label(row: Mapping, by: Sequence[str]) -> str:
    """Return what a row is of, in words."""
    return " · ".join(words(row[name]) for name in by) or "all"


def percent(share: float | None) -> str:
    """Return a share that may be shown, in whole per cent."""
    return NOTHING if share is None else f"{100 * share:.0f}\u00a0%"


def _row(rate: Rate) -> list[str]:
    interval = (
        NOTHING if rate.low is None else f"{percent(rate.low)} to {percent(rate.high)}"
    )
    return [
        rate.label,
        percent(rate.value),
        interval,
        percent(rate.strict),
        percent(rate.loose),
        rate.counted,
        rate.out_of,
        rate.looked_at,
        rate.not_linked,
    ]


def _anchor(wanted: Rated) -> str:
    return f"{wanted.table}-{'-'.join(wanted.by)}".replace("_", "-").rstrip("-")
