"""The estimates as the tables analysts read.

Belongs here: from linked records at three thresholds to finished tables. Does not
belong here: reading or writing the warehouse, estimating.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from dagster_project.effects import columns, exposure, incidence, questions
from dagster_project.effects.adjusted_row import (
    LOOSE,
    STRICT,
    adjusted_row,
    competing_words,
)
from dagster_project.effects.history import Flags, Ints, Linked
from dagster_project.effects.indexes import Indexes, index_interventions, types_of
from dagster_project.effects.outcomes import OUTCOMES, Question, watch

DEFAULT = "default"
DAYS = (7, 30, 60, 90, 180)
"""Days for which incidence is tabled."""
LAST_DAY = 180
DRAWN_DAYS = 90
"""Last day of the curves kept for pictures."""
FEWEST_MATURE = 11
"""Interventions old enough to be judged by a day; with fewer, while others are younger,
the day is not shown: one person would move it, and 11 is the least the agreement lets a
table show."""
EVERYONE = "everyone"

Rows = list[dict[str, Any]]


def build(
    linked: Mapping[str, Linked],
    data_through: date,
    share_not_linked: Mapping[str, float],
) -> dict[str, pa.Table]:
    """Return every table of ``columns.TABLES``.

    Args:
        linked: The linked record at each threshold: default, strict and loose.
        data_through: The last day that is judged.
        share_not_linked: By type of intervention, at the default threshold.
    """
    curves = {name: dict(_curves(record)) for name, record in linked.items()}
    about = {"meaning": columns.ASSOCIATION, "data_through": data_through}

    def of(kind: str) -> dict[str, Any]:
        return about | {"share_not_linked": share_not_linked.get(kind)}

    rows: dict[str, Rows] = {name: [] for name in columns.TABLES}
    for key, (people, curve, shown) in curves[DEFAULT].items():
        others = {
            name: curves[name][key][1] if key in curves[name] else None
            for name in (STRICT, LOOSE)
        }
        rows["outcome_incidence"] += [
            _tabled(key, people, curve, others, day) | of(key[0])
            for day in DAYS
            if shown[day]
        ]
        rows["outcome_incidence_curves"] += [
            _point(key, curve, day) | about
            for day in range(DRAWN_DAYS + 1)
            if shown[day]
        ]
    found = {name: dict(_compared(record)) for name, record in linked.items()}
    for key, answer in found[DEFAULT].items():
        others = {name: found[name].get(key) for name in (STRICT, LOOSE)}
        rows["adjusted_outcomes"].append(adjusted_row(answer, others) | of(key[0]))
    return {name: _table(name, content) for name, content in rows.items()}


def _table(name: str, rows: Rows) -> pa.Table:
    schema = columns.schema(name)
    return pa.table(
        {field.name: [row[field.name] for row in rows] for field in schema},
        schema=schema,
    )


def _curves(linked: Linked) -> Iterator[tuple[tuple, tuple]]:
    """Return (type, exposure, outcome, landmark) and (persons, curve, days shown)."""
    for kind in types_of(linked):
        at = index_interventions(linked, kind)
        classes = exposure.follow_up(linked, at).at_landmark()
        for outcome, question in OUTCOMES.items():
            yield from _of_group(linked, at, question, (kind, EVERYONE, outcome, 0))
            for number, name in enumerate(exposure.CLASSES):
                group = at.take(classes == number)
                key = (kind, name, outcome, exposure.WINDOW_DAYS)
                yield from _of_group(linked, group, question, key)


def _of_group(
    linked: Linked, at: Indexes, question: Question, key: tuple
) -> Iterator[tuple[tuple, tuple]]:
    seen = watch(linked, at, question, key[3], LAST_DAY)
    kept = seen.at_risk
    if kept.any():
        person = at.person[kept]
        curve = incidence.cumulative_incidence(
            seen.stop[kept], seen.what[kept], person, LAST_DAY
        )
        age = linked.data_through - at.day[kept] - key[3]
        yield key, (len(np.unique(person)), curve, days_shown(age))


def days_shown(age: Ints) -> Flags:
    """Tell for each day 0 to ``LAST_DAY`` whether enough is known to show it.

    Args:
        age: (n,) days from the start of each watch to the last day that is judged.
    """
    mature = len(age) - np.searchsorted(np.sort(age), np.arange(LAST_DAY + 1))
    return (mature >= FEWEST_MATURE) | (mature == len(age))


def _point(key: tuple, curve: incidence.Curve, day: int) -> dict[str, Any]:
    """Return one day of a curve."""
    return {
        "intervention_type": key[0],
        "exposure": key[1],
        "outcome_type": key[2],
        "landmark_day": key[3],
        "day": day,
        "incidence": float(curve.incidence[day]),
        "incidence_low": float(curve.low[day]),
        "incidence_high": float(curve.high[day]),
        "n_at_risk": int(curve.at_risk[day]),
    }


def _tabled(
    key: tuple,
    persons: int,
    curve: incidence.Curve,
    others: Mapping[str, incidence.Curve | None],
    day: int,
) -> dict[str, Any]:
    """Return one row of ``outcome_incidence``."""
    return (
        _point(key, curve, day)
        | {
            "n": int(curve.at_risk[0]),
            "n_persons": persons,
            "n_outcomes": int(curve.outcomes[day]),
            "n_competing": int(curve.competing[day]),
            "n_censored": int(curve.censored[day - 1]),
            "competing_events": competing_words(key[2]),
        }
        | {
            f"incidence_{name}": None if other is None else float(other.incidence[day])
            for name, other in others.items()
        }
    )


def _compared(linked: Linked) -> Iterator[tuple[tuple, questions.Answer]]:
    for answer in questions.answers(linked):
        result = answer.result
        yield (
            (answer.intervention, result.exposure, answer.outcome, result.horizon),
            answer,
        )
