"""Where two partitions of the same records differ: wrong clusters, split people, pairs.

Belongs here: finding and counting the errors. Does not belong here: precision and
recall (``evaluate``), reading or printing.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dagster_project.linkage.coded import Codes
from dagster_project.linkage.columns import read_columns
from dagster_project.linkage.compare import compare
from dagster_project.linkage.encode import encode
from dagster_project.linkage.fields import FIELD_NAMES, LEVEL_COUNTS
from dagster_project.linkage.standardise import standardise

MOST_PAIRS = 200_000
"""Wrong pairs looked at one by one; more would say the same and fill the memory."""

MOST_OF_ONE = 2_000
"""Records of one cluster whose pairs are looked at: two million pairs."""

SIZES = ((1, 1), (2, 2), (3, 5), (6, 10), (11, None))
"""Classes of cluster size that are reported, from and to."""


@dataclass(frozen=True)
class Mixed:
    """Groups of one size class, and those that mix several groups of the other side."""

    sizes: str
    groups: int
    mixed: int
    records: int  # in mixed groups


def mixed_groups(group: Codes, other: Codes) -> list[Mixed]:
    """Return per size class how many groups hold records of several others."""
    size = np.bincount(group)
    both = np.unique(np.column_stack([group, other]), axis=0)
    several = np.bincount(both[:, 0], minlength=len(size)) > 1
    rows = []
    for low, high in SIZES:
        inside = (size >= low) & (size <= (high or size.max(initial=0)))
        label = f"{low}" if low == high else f"{low}-{high}" if high else f"{low}+"
        mixed = inside & several
        if inside.any():
            rows.append(
                Mixed(
                    label, int(inside.sum()), int(mixed.sum()), int(size[mixed].sum())
                )
            )
    return rows


def crossing_pairs(
    group: Codes, other: Codes, most: int = MOST_PAIRS
) -> tuple[Codes, Codes]:
    """Return pairs of one group that are of different others, at most ``most``."""
    order = np.lexsort((np.arange(len(group)), group))
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    left: list[Codes] = []
    right: list[Codes] = []
    found = 0
    for start, end in zip(starts, np.append(starts[1:], len(order)), strict=True):
        rows = order[start:end]
        if len(rows) < 2 or (other[rows] == other[rows[0]]).all():
            continue
        rows = rows[:MOST_OF_ONE]
        i, j = np.triu_indices(len(rows), 1)
        cross = other[rows[i]] != other[rows[j]]
        left.append(rows[i[cross]])
        right.append(rows[j[cross]])
        found += int(cross.sum())
        if found >= most:
            break
    none = np.zeros(0, np.int64)
    if not left:
        return none, none
    return np.concatenate(left)[:most], np.concatenate(right)[:most]


@dataclass(frozen=True)
class FieldShares:
    """Of some pairs: how many have a field on both sides, agree on it, differ on it."""

    field: str
    compared: int
    equal: int
    different: int


def field_shares(
    levels: NDArray[np.uint8],
) -> list[FieldShares]:
    """Return the shares per field; what is neither equal nor different is near."""
    rows = []
    for place, name in enumerate(FIELD_NAMES):
        column = levels[:, place]
        compared = int((column > 0).sum())
        if compared:
            rows.append(
                FieldShares(
                    name,
                    compared,
                    int((column == 1).sum()),
                    int((column == LEVEL_COUNTS[place]).sum()),
                )
            )
    return rows


def levels_of(records: pa.Table, ids: list[str], left: Codes, right: Codes):
    """Return the levels of pairs of places in ``ids`` that are in ``records``."""
    standard = standardise(read_columns(records))
    encoded = encode(standard)
    known = {record: n for n, record in enumerate(standard.record_id.to_pylist())}
    place = np.array([known.get(record, -1) for record in ids], np.int64)
    a, b = place[left], place[right]
    both = (a >= 0) & (b >= 0)
    return compare(encoded, a[both], b[both])


def pairs_in(
    ids: list[str], left: Codes, right: Codes, edges: list[tuple[str, str]]
) -> int:
    """Return how many pairs of places are among ``edges``, either way round."""
    known = {frozenset(pair) for pair in edges}
    return sum(
        frozenset((ids[a], ids[b])) in known
        for a, b in zip(left.tolist(), right.tolist(), strict=True)
    )
