"""Choose the shape a table is published in: the finest that passes the score.

Belongs here: scoring each shape as it would be shown, and the record of that. Does not
belong here: the points (``scoring``), hiding cells (``suppress``).

A shape is scored as it would be published, small cells hidden: CalHHS asks for masking
above the pass mark, and a table that stays above it masked is made coarser or refused.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dagster_project.disclosure.counts import Row, is_shown, rows_of
from dagster_project.disclosure.declaration import ALL, PublicTable, Shape
from dagster_project.disclosure.scoring import (
    PASS_MARK,
    Points,
    Score,
    Variable,
    meets_condition,
    score,
)

N_YEARS = {"year": 1, "two_years": 2}


@dataclass(frozen=True)
class Tried:
    """One shape of a table, scored.

    Attributes:
        table: The table.
        shape: The shape.
        rows: Its counts; empty when no whole period lies in the data.
        unmasked: Its score with every cell shown; None without rows.
        masked: Its score with small cells hidden; None without rows, or without a cell
            that may be shown.
        meets_condition: Whether it passes step 2 and needs no score.
    """

    table: PublicTable
    shape: Shape
    rows: tuple[Row, ...]
    unmasked: Score | None
    masked: Score | None
    meets_condition: bool

    @property
    def may_be_published(self) -> bool:
        """Return whether the shape passes, masked, by score or by condition."""
        return self.masked is not None and (self.masked.passes or self.meets_condition)


def try_shapes(
    table: PublicTable, counts: Sequence[Row], seed: Sequence[Points], minimum: int
) -> list[Tried]:
    """Return every shape of a table with its score, finest first."""
    return [
        _tried(table, shape, rows_of(table, shape, counts), seed, minimum)
        for shape in table.shapes
    ]


def chosen(tried: Sequence[Tried], released: str | None = None) -> Tried | None:
    """Return the shape to publish, or None to refuse the table.

    Args:
        tried: The shapes of one table, finest first.
        released: The shape the table was released in before. It stays, or the new
            periods of the table are refused: a second shape beside the first could be
            subtracted from it.
    """
    for one in tried:
        if one.may_be_published and released in (None, one.shape.name):
            return one
    return None


def _tried(
    table: PublicTable,
    shape: Shape,
    rows: Sequence[Row],
    seed: Sequence[Points],
    minimum: int,
) -> Tried:
    people = sorted(
        row[measure.people]
        for row in rows
        if is_shown(table, row)
        for measure in table.shown_measures
        if row[measure.column] > 0
    )
    large = [count for count in people if count >= minimum]
    enrolled = max(people, default=0)
    return Tried(
        table,
        shape,
        tuple(rows),
        _worst(table, shape, rows, seed, people, enrolled),
        _worst(table, shape, rows, seed, large, enrolled),
        bool(people) and meets_condition(people[0], _denominator(table, rows), minimum),
    )


def _worst(
    table: PublicTable,
    shape: Shape,
    rows: Sequence[Row],
    seed: Sequence[Points],
    people: Sequence[int],
    enrolled: int,
) -> Score | None:
    """Return the highest score of the panels, or None when no cell is there."""
    if not people:
        return None
    return max(
        (
            score(
                seed,
                smallest=people[0],
                n_years=N_YEARS[shape.period_kind],
                enrolled=enrolled,
                variables=panel,
                groups=_groups(rows, panel),
            )
            for panel in shape.panels
        ),
        key=lambda one: one.total,
    )


def _groups(rows: Sequence[Row], panel: Sequence[Variable]) -> Mapping[str, int]:
    """Return the number of categories of each variable that is scored by it."""
    return {
        variable.column: max(len({row[variable.column] for row in rows} - {ALL}), 1)
        for variable in panel
        if variable.scored_as == "other_variable"
    }


def _denominator(table: PublicTable, rows: Sequence[Row]) -> int:
    """Return the smallest count of people that a figure of the table is a part of."""
    totals = [
        row[measure.people]
        for row in rows
        for measure in table.shown_measures
        if all(row[name] == ALL for name in table.grain)
        or any(measure.column == share.denominator for share in table.shares)
    ]
    return min(totals, default=0)


def score_rows(
    tried: Mapping[str, Sequence[Tried]],
    found: Mapping[str, Tried | None],
    rows: Mapping[str, Sequence[Mapping[str, Any]]],
) -> Iterator[dict[str, Any]]:
    """Yield one row per table and shape tried: its points, and what became of it."""
    for name, shapes in tried.items():
        for place, one in enumerate(shapes, start=1):
            is_published = one is found[name]
            of_it = rows[name] if is_published else []
            n_suppressed = sum(row["is_suppressed"] for row in of_it)
            yield {
                "public_table": name,
                "shape": one.shape.name,
                "shape_order": place,
                "verdict": _verdict(one, place, n_suppressed, is_published),
                "is_published": is_published,
                "score": _total(one.masked),
                **{
                    f"score_{part}": None if one.masked is None else points
                    for part, points in _parts(one.masked)
                },
                "score_unmasked": _total(one.unmasked),
                "pass_mark": PASS_MARK,
                "meets_numerator_denominator": one.meets_condition,
                "n_rows": len(of_it),
                "n_rows_suppressed": n_suppressed,
            }


def _verdict(one: Tried, place: int, n_suppressed: int, is_published: bool) -> str:
    if is_published:
        return "masked" if n_suppressed or place > 1 else "passes"
    if one.masked is None:
        return "no_data"
    return "finer_chosen" if one.may_be_published else "fails"


def _total(score: Score | None) -> int | None:
    return None if score is None else score.total


def _parts(score: Score | None) -> list[tuple[str, int | None]]:
    names = Score.__dataclass_fields__
    return [(name, None if score is None else getattr(score, name)) for name in names]
