"""What a fitted model takes along, so that other files can be scored with it.

Belongs here: the values that are common enough to travel, the strata of a new file, its
frequencies under the model. Does not belong here: the file format (``model_file``),
fitting (``model``).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dagster_project.linkage.coded import Codes
from dagster_project.linkage.encode import Encoded
from dagster_project.linkage.fields import EXTRA_FIELDS, TERM_COLUMNS
from dagster_project.linkage.frequencies import (
    BORROWED,
    ELSEWHERE,
    discount,
    other_holders,
    term_values,
)
from dagster_project.linkage.model import Model
from dagster_project.linkage.strata import Strata, number_pairs

PEOPLE = 5
"""A value is kept when at least so many people hold it: it is then nobody's own."""

PRIVATE = frozenset(("ssn", "ssn_last4", "phone", "email", "street"))
"""Columns of which no value is ever kept, only how much was counted."""

TELLS = {
    "first_name": ("first",),
    "middle_name": ("middle",),
    "last_name": ("last",),
    "suffix": ("suffix",),
    "dob": ("dob", "birth_year", "age"),
    "sex": ("sex",),
    "ssn": ("ssn", "ssn_last4"),
    "phone": ("phone",),
    "email": ("email",),
    "address": ("address",),
    "city": ("address",),
    "zip": ("address",),
}
"""Columns of a table of people and the fields that each of them tells."""

OTHER_SOURCE = "(another source)"
"""Label of the sources that the model has not seen."""


@dataclass(frozen=True)
class Counts:
    """One term column, counted in persons: ``held`` is value -> weight per source."""

    total: NDArray[np.float64]  # [source]
    people: float  # holders of all values, at least one for each
    discount: float  # of the holders of a value, see ``frequencies``
    held: dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class TrainedModel:
    """A model, the sources it was fitted on, and how common values were there."""

    model: Model
    sources: tuple[str, ...]
    pairs: NDArray[np.float64]  # [stratum] record pairs in training
    counts: dict[str, Counts]  # by term column
    records: int
    candidates: int
    seed: int
    extras: tuple[str, ...] = ()  # what the caller calls the extra fields


def unknown_columns(trained: TrainedModel, records: pa.Table) -> list[str]:
    """Return the columns with values of which the model has seen no field.

    Such a field has no weight (``Model.weights``): the model says nothing of it.
    """
    unseen = (
        column
        for column, told in TELLS.items()
        if column in records.column_names and not {*told} & {*trained.model.seen}
    )
    return [
        column
        for column in unseen
        if pc.any(pc.not_equal(records[column].cast(pa.string()), "")).as_py()
    ]


def value_reader(encoded: Encoded, column: str) -> Callable[[int], str]:
    """Return how a value of a term column is written down."""
    if column in ("first", "last", "middle"):
        return encoded.name_values.__getitem__
    if column in EXTRA_FIELDS:
        return encoded.extra_values[EXTRA_FIELDS.index(column)].__getitem__
    if column == "birth_date":
        return lambda packed: format(packed, "x")
    if column == "birth_year":
        return str
    return {"zip": encoded.zip_values, "city": encoded.city_values}[column].__getitem__


def count_values(
    encoded: Encoded, strata: Strata, weights: NDArray[np.float64]
) -> dict[str, Counts]:
    """Return the counts that may travel; ``weights`` is 1 / records of the person.

    A person's records weigh one together, so a sum of five needs five people.
    """
    found = {}
    sources = len(strata.sources)
    for column in TERM_COLUMNS:
        table = _table(encoded, strata, weights, column)
        cells, held = table.held, {}
        if column not in PRIVATE:
            read = value_reader(encoded, column)
            common = np.flatnonzero(cells.sum(1) >= PEOPLE)
            held = {read(int(table.distinct[row])): cells[row] for row in common}
        holders = np.maximum(cells.sum(1), 1.0)
        found[column] = Counts(
            cells.sum(0).reshape(sources), holders.sum(), discount(holders), held
        )
    return found


class _Table(NamedTuple):
    """Who holds which value of a term column."""

    distinct: Codes  # values, of the records asked about
    known: Codes  # those of these records that have one
    value: Codes  # of each, its place among the distinct ones
    held: NDArray[np.float64]  # [value, source] by all records
    beside: NDArray[np.float64]  # [source] other values, by all records


def _table(
    encoded: Encoded, strata: Strata, weights, column: str, asked: int | None = None
) -> _Table:
    """Return who holds the values of the first ``asked`` records, of all if unset."""
    values = term_values(encoded, column)
    asked = len(values) if asked is None else asked
    sources = len(strata.sources)
    known = np.flatnonzero(values[:asked] > 0)
    others = asked + np.flatnonzero(values[asked:] > 0)
    distinct, value = np.unique(values[known], return_inverse=True)
    # Of the others few hold such a value: all would be sorted for it.
    place = np.searchsorted(distinct, values[others])
    same = np.append(distinct, 0)[place] == values[others]
    holder = np.concatenate([known, others[same]])
    cell = np.concatenate([value, place[same]]) * sources + strata.source[holder]
    cells = np.bincount(cell, weights[holder], minlength=len(distinct) * sources)
    rest = others[~same]
    return _Table(
        distinct,
        known,
        value,
        cells.reshape(len(distinct), sources),
        np.bincount(strata.source[rest], weights[rest], minlength=sources),
    )


def fit_to(
    trained: TrainedModel, source: Codes, names: list[str]
) -> tuple[Model, Strata]:
    """Return the model and the strata for records of other sources.

    Pairs with a source that the model has not seen are judged by the mean over all
    pairs of the training file. A model of very many sources knows one stratum for all.
    """
    size = len(trained.sources)
    if trained.sources == ("all",):
        place = np.zeros(len(names), np.int64)
    else:
        known = {name: number for number, name in enumerate(trained.sources)}
        place = np.array([known.get(name, size) for name in names], np.int64)
    labels = (*trained.sources, OTHER_SOURCE)
    strata = number_pairs(place[source], labels)
    share = trained.pairs / trained.pairs.sum() if trained.pairs.sum() else None
    of = number_pairs(np.zeros(0, np.int64), trained.sources).of

    def grown(table: NDArray[np.float64]) -> NDArray[np.float64]:
        overall = np.average(table, axis=0, weights=share)
        return np.stack(
            [
                overall if size in (a, b) else table[of[a, b]]
                for a, b in strata.members()
            ]
        )

    model = trained.model
    return replace(
        model,
        u=grown(model.u),
        prior=grown(model.prior),
        agreement=grown(model.agreement),
    ), strata


def log_frequencies(
    trained: TrainedModel,
    encoded: Encoded,
    strata: Strata,
    weights: NDArray[np.float64] | None = None,
    asked: int | None = None,
) -> NDArray[np.float32]:
    """Return [record, term column] log frequencies under the model.

    A value counts as many people as the model knows of or as the file at hand shows,
    whichever is more, out of the larger of the two; one that neither knows is as rare
    as a value that one person held in training. A value of five people and more in the
    file is at least as common as the file alone says: the model keeps no telephone
    numbers, and a shelter's is only seen to be one here. Each source leans on the
    overall frequency as in training (``frequencies``).

    Args:
        trained: the model.
        encoded: the records of the file.
        strata: of their sources.
        weights: of each, 1 / records of the person; 1 if unset.
        asked: the number of records that are returned, the first ones; all if unset.
            The others only hold values too, each as a person of its own.
    """
    rows = len(encoded.values)
    weights = np.ones(rows) if weights is None else weights
    asked = rows if asked is None else asked
    logs = np.zeros((asked, len(TERM_COLUMNS)), np.float32)
    for place, column in enumerate(TERM_COLUMNS):
        distinct, known, value, here, beside = _table(
            encoded, strata, weights, column, asked
        )
        if not len(known):
            continue
        counts = trained.counts[column]
        total = np.append(counts.total, counts.total.sum())
        whole = max(total[-1], 1.0)
        there = np.tile(total / whole, (len(distinct), 1))
        if counts.held:
            read = value_reader(encoded, column)
            for row, number in enumerate(distinct.tolist()):
                held = counts.held.get(read(number))
                if held is not None:
                    there[row, :-1], there[row, -1] = held, held.sum()
        source = strata.source[known]
        seen, of_source = np.maximum(here.sum(1), 1.0), here.sum(0) + beside
        of_all = seen.sum() + beside.sum()
        people = np.maximum(there[:, -1], seen)
        modelled = _shrunk(
            np.maximum(there, here)[value, source],
            np.maximum(total, of_source)[source],
            (people / (max(counts.people, of_all) + ELSEWHERE))[value],
        )
        alone = _shrunk(
            here[value, source],
            of_source[source],
            (seen / (of_all + ELSEWHERE))[value],
        )
        alone = np.where((here.sum(1) >= PEOPLE)[value], alone, 0.0)
        others = other_holders(people, counts.discount) / people
        logs[known, place] = np.log(np.maximum(modelled, alone) * others[value])
    return logs


def _shrunk(own, total, overall) -> NDArray[np.float64]:
    return (own + BORROWED * overall) / (total + BORROWED)
