"""A text column as whole numbers, so that each distinct value is read only once.

Belongs here: coding and re-reading a column. Does not belong here: what a value means.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Coded:
    """``values[codes[i]]`` is the value of row i; code 0 is '' and means missing."""

    values: list[str]
    codes: Codes

    def take(self, rows: Codes) -> "Coded":
        """Return the same values for some of the rows."""
        return Coded(self.values, self.codes[rows])

    def read(self, reader: Callable[[str], str]) -> "Coded":
        """Return the column with ``reader`` applied to every distinct value once."""
        return recode([reader(value) if value else "" for value in self.values], self)

    def followed_by(self, other: "Coded") -> "Coded":
        """Return the rows of this column, then those of another."""
        places = {value: place for place, value in enumerate(self.values)}
        moved = [places.setdefault(value, len(places)) for value in other.values]
        codes = np.array(moved, np.int64)[other.codes]
        return Coded(list(places), np.concatenate([self.codes, codes]))

    def numbers(self, reader: Callable[[str], int]) -> Codes:
        """Return one whole number per row; 0 where the value is missing."""
        table = [reader(value) if value else 0 for value in self.values]
        return np.array(table, dtype=np.int64)[self.codes]


def recode(values: list[str], column: Coded) -> Coded:
    """Return ``column`` with its value list replaced, equal values sharing a code."""
    places: dict[str, int] = {"": 0}
    moved = np.array([places.setdefault(v, len(places)) for v in values], np.int64)
    return Coded(list(places), moved[column.codes])


def code_column(column: pa.ChunkedArray | pa.Array | None, rows: int) -> Coded:
    """Code a text column; a missing column is a column of missing values."""
    if column is None:
        return Coded([""], np.zeros(rows, np.int64))
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if not pa.types.is_string(column.type):
        column = column.cast(pa.string())
    distinct = column.dictionary_encode()
    values = distinct.dictionary.to_pylist()
    code = np.arange(1, len(values) + 2)
    code[-1] = 0  # of null
    if "" in values:
        missing = values.index("")
        code[missing] = 0
        code[missing + 1 : -1] -= 1
        del values[missing]
    place = pc.fill_null(distinct.indices, -1).to_numpy(zero_copy_only=False)
    return Coded(["", *values], code[place])


def whole_numbers(column: pa.ChunkedArray | pa.Array | None, rows: int) -> Codes:
    """Return a column of whole numbers with 0 for null."""
    if column is None:
        return np.zeros(rows, np.int64)
    filled = pc.fill_null(column.cast(pa.int64()), 0)
    return np.ascontiguousarray(filled.to_numpy(), dtype=np.int64)


def numbered(values: Codes) -> tuple[int, Codes]:
    """Return how many distinct values there are and each one's place in their order.

    Values are whole numbers from 0. Where they are not far apart they are counted off,
    which is several times as fast as sorting them.
    """
    highest = int(values.max(initial=0))
    if highest > 4 * len(values):
        distinct, place = np.unique(values, return_inverse=True)
        return len(distinct), place
    place = np.cumsum(np.bincount(values, minlength=highest + 1) > 0) - 1
    return int(place[-1]) + 1, place[values]


def count_pairs(left: Codes, right: Codes) -> tuple[Codes, Codes, Codes]:
    """Return the distinct pairs of two columns of codes, in order, and how often."""
    width = int(right.max(initial=0)) + 1
    pairs, counts = np.unique(left * width + right, return_counts=True)
    return pairs // width, pairs % width, counts
