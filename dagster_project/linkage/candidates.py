"""Candidate pairs, packed into one number each while they are gathered; compiled.

Belongs here: making the pairs of a group of records, and each pair once. Does not
belong here: which groups are followed (``blocking``), comparing the pairs.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from dagster_project.linkage.coded import Codes

NEIGHBOURS = 4
"""Neighbours each record of a common key meets, if they are alike."""

RULE_BITS = 6
"""Low bits of a packed pair that hold the first rule that found it."""

RECORD_BITS = 28
"""Bits of a record's place: 268 million records."""

AT_ONCE = 8_000_000
"""Pairs gathered before those that several rules found are made one."""


class Candidates(NamedTuple):
    """One row per pair, left < right, sorted; ``rule`` is the first that found it.

    A record is told by its place in the order of likeness: so the records that are met
    one after another lie beside one another in memory.
    """

    left: NDArray[np.int32]
    right: NDArray[np.int32]
    rule: NDArray[np.uint8]
    record: Codes  # at each place

    def records(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return the records of each pair, the first one left."""
        record = self.record.astype(np.int32)
        one, two = record[self.left], record[self.right]
        return np.minimum(one, two), np.maximum(one, two)


@njit(cache=True, nogil=True, inline="always")
def _packed(a, b):
    return ((min(a, b) << RECORD_BITS) | max(a, b)) << RULE_BITS


@njit(cache=True, nogil=True)
def _unpacked(pairs):
    left, right = np.empty(len(pairs), np.int32), np.empty(len(pairs), np.int32)
    rule = np.empty(len(pairs), np.uint8)
    for q in range(len(pairs)):
        left[q] = pairs[q] >> (RECORD_BITS + RULE_BITS)
        right[q] = (pairs[q] >> RULE_BITS) & ((1 << RECORD_BITS) - 1)
        rule[q] = pairs[q] & ((1 << RULE_BITS) - 1)
    return left, right, rule


@njit(cache=True, nogil=True)
def pairs_of(places, starts, sizes, total):
    """Return the ``total`` pairs of the records of each group, packed."""
    out = np.empty(total, np.int64)
    found = 0
    for group in range(len(starts)):
        end = starts[group] + sizes[group]
        for i in range(starts[group], end):
            one = places[i]
            for j in range(i + 1, end):
                out[found] = _packed(one, places[j])
                found += 1
    return out


@njit(cache=True, nogil=True)
def neighbours_of(places, starts, sizes, names):
    """Return each record of a group with the next ones in the order of likeness.

    ``names`` holds surname, forename and birth date at each place: neighbours that
    share fewer than two of them stand side by side by chance.
    """
    room = 0
    for group in range(len(starts)):
        for i in range(sizes[group]):
            room += min(NEIGHBOURS, sizes[group] - 1 - i)
    out = np.empty(room, np.int64)
    found = 0
    for group in range(len(starts)):
        end = starts[group] + sizes[group]
        for i in range(starts[group], end):
            one = places[i]
            for j in range(i + 1, min(i + 1 + NEIGHBOURS, end)):
                other = places[j]
                alike = 0
                for part in range(names.shape[1]):
                    told = names[one, part]
                    alike += told > 0 and told == names[other, part]
                if alike >= 2:
                    out[found] = _packed(one, other)
                    found += 1
    return out[:found]


@njit(cache=True, nogil=True)
def _united(known, new):
    """Merge two sorted lists of packed pairs; of each pair the first is kept.

    What is returned is the head of an array with room for all; its unused rest was
    never touched, so no memory stands behind it.
    """
    out = np.empty(len(known) + len(new), np.int64)
    kept = i = j = 0
    before = np.int64(-1)
    while i < len(known) or j < len(new):
        if j == len(new) or (i < len(known) and known[i] <= new[j]):
            packed = known[i]
            i += 1
        else:
            packed = new[j]
            j += 1
        if packed >> RULE_BITS != before:
            out[kept] = packed
            kept += 1
            before = packed >> RULE_BITS
    return out[:kept]


class Gathered:
    """Packed pairs, made distinct now and then so that memory stays bounded."""

    def __init__(self) -> None:
        self._distinct = np.zeros(0, np.int64)
        self._parts: list[Codes] = []
        self._waiting = 0

    def add(self, packed: Codes, rule: int) -> None:
        """Take the pairs that a rule found."""
        packed |= rule
        self._parts.append(packed)
        self._waiting += len(packed)
        if self._waiting > AT_ONCE:
            self._unite()

    def distinct(self, record: Codes) -> Candidates:
        """Return each pair once, with the first rule that found it."""
        self._unite()
        pairs, self._distinct = self._distinct, np.zeros(0, np.int64)
        return Candidates(*_unpacked(pairs), record)

    def _unite(self) -> None:
        new = np.concatenate([*self._parts, np.zeros(0, np.int64)])
        self._parts.clear()
        self._waiting = 0
        new.sort()
        self._distinct = _united(self._distinct, new)
