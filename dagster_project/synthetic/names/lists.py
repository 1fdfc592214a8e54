"""Weighted lists of names, read once from the CSV files beside this module.

Belongs here: reading a list, drawing from it by a number in [0, 1).
Does not belong here: who draws from which list (``heritage``).
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

COHORTS = ("before_1965", "to_1990", "after_1990")
"""Columns of ``given.csv``: fashions in given names change by about a generation."""


@dataclass(frozen=True)
class NameList:
    """Names with the cumulated share of people who bear them."""

    names: NDArray[np.object_]
    spellings: tuple[tuple[str, ...], ...]
    edges: NDArray[np.float64]

    def position(self, number: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the position of the name that each number in [0, 1) falls on."""
        return np.searchsorted(self.edges[:-1], number, side="right")


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines())


def _name_list(rows: list[tuple[str, str, float]]) -> NameList:
    """Make a list from (name, other spellings joined by ``;``, weight)."""
    weights = np.cumsum([row[2] for row in rows])
    return NameList(
        np.array([row[0] for row in rows], dtype=object),
        tuple((row[0], *filter(None, row[1].split(";"))) for row in rows),
        weights / weights[-1],
    )


@cache
def census_surnames(heritage: str) -> NameList:
    """Return the commonest surnames of white, black, latino or native people."""
    rows = _rows("surnames_census.csv")
    return _name_list(
        [(row["name"], "", float(row[heritage])) for row in rows if row[heritage]]
    )


@cache
def rare_surnames(heritage: str) -> NameList:
    """Return a sample of rare surnames, all alike in weight."""
    rows = _rows("surnames_tail.csv")
    return _name_list(
        [(row["name"], "", 1.0) for row in rows if row["heritage"] == heritage]
    )


@cache
def surnames_by_hand(name: str) -> NameList:
    """Return a hand-written list of surnames."""
    return _name_list(
        [
            (row["name"], row["other_spellings"], float(row["weight"]))
            for row in _rows("surnames_by_hand.csv")
            if row["list"] == name
        ]
    )


@cache
def _given_rows() -> dict[tuple[str, str], list[dict[str, str]]]:
    lists: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in _rows("given.csv"):
        lists.setdefault((row["list"], row["sex"]), []).append(row)
    return lists


@cache
def given_names(name: str, sex: str, cohort: int) -> NameList:
    """Return a list of given names as one birth cohort bears them.

    Args:
        name: Which list.
        sex: ``F`` or ``M``.
        cohort: Position in ``COHORTS``.
    """
    return _name_list(
        [
            (row["name"], row["other_spellings"], float(row[COHORTS[cohort]]))
            for row in _given_rows()[name, sex]
        ]
    )


@cache
def short_forms() -> dict[str, tuple[str, ...]]:
    """Return the nicknames of a given name, commonest first."""
    return {
        row["name"]: tuple(row["short_forms"].split(";"))
        for row in _rows("nicknames.csv")
    }


@cache
def street_names() -> dict[str, tuple[str, ...]]:
    """Return what people are called on the street: nicknames, looks and places."""
    parts: dict[str, list[str]] = {}
    for row in _rows("street_names.csv"):
        parts.setdefault(row["part"], []).append(row["name"])
    return {part: tuple(names) for part, names in parts.items()}
