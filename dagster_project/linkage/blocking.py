"""Bring together the record pairs worth comparing, within a budget.

Belongs here: the blocking rules, the budget, the report of what it left out. Does not
belong here: comparing the pairs.

Every rule takes its keys from the rarest upwards until the next size of key would
exceed the rule's budget; the cost is known exactly from the sizes of the keys before a
single pair is made. A rule whose keys strangers seldom share has a budget of its own.
Of the commoner keys, those that a person with very many records may have all alone are
not given up: their records are put in order of name and birth date, and each meets its
next few neighbours (the sorted neighbourhood of Hernández and Stolfo, 1995). That costs
a constant per record, and it is enough: ``cluster`` compares all records of a
component, however they were brought together.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numba import get_num_threads, njit
from numpy.typing import NDArray

from dagster_project.linkage.blocking_keys import KeyParts
from dagster_project.linkage.coded import Codes
from dagster_project.linkage.word_lists import words

RULES = words(
    """
    s em eml ph s4+f s4+l s4+by s4+bmd b+f b+l b+fi b+li b+z b+c b f+l sw f3+l3
    f3+l3+by fn+by l+by fn+bmd l+bmd fn+z l+z fn+c l+c f l st+f st+l st+by st ph+fi
    z3+fn z3+l z+by by+bmd+x c+by+fi c+by+li z s4 lt+fi lt+by fa+l fa+by
    """
)
"""Parts of a key joined by +; ``blocking_keys`` says what each part is. Narrow rules
find the ordinary pairs, broad ones (f, l, z) only the rare names and places."""

LEAST_BUDGET, MOST_BUDGET = 0.4, 30.0
"""Pairs per record and rule: small files can afford all that might help, large ones
are held to what a few seconds per million records can compare."""

MIDDLING, MIDDLING_BUDGET = 20_000, 20.0
"""Records of a middling file, and what it affords. A file n times as large affords
n ** 1.5 times less per record: more of its keys are shared by strangers."""

TELLING = 1.5
"""A rule whose keys few strangers share, this many pairs per record at most, finds
hardly anything but people's own pairs."""

TELLING_BUDGET = 8.0
"""Pairs per record of such a rule: a budget still, but one that people fill."""

NEIGHBOURS = 4
"""Neighbours each record of a common key meets, if they are alike."""

LARGEST_PERSON = 1000
"""Records of a key above which it is nobody's own: a default date, a common surname."""

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


@dataclass(frozen=True)
class Blocking:
    """The candidate pairs and the report of every rule."""

    pairs: Candidates
    report: pa.Table


_Found = tuple[dict[str, object], list[NDArray[np.int64]]]
"""A rule's row of the report, and the packed pairs it found."""


def pairs_per_record(records: int) -> float:
    """Return the default pair budget of one rule, per record."""
    budget = MIDDLING_BUDGET * (MIDDLING / max(records, 1)) ** 1.5
    return min(MOST_BUDGET, max(LEAST_BUDGET, budget))


def block(parts: KeyParts, budget: float | None = None) -> Blocking:
    """Return every pair that some rule brings together within its budget."""
    usual = parts.records * (budget or pairs_per_record(parts.records))
    parts.prepare(RULES)
    gathered = _Gathered()
    rows = []
    for number, (row, found) in enumerate(
        _in_order(lambda rule: _one_rule(parts, rule, usual), RULES)
    ):
        rows.append(row)
        for packed in found:
            gathered.add(packed | number)
    report = pa.Table.from_pylist(rows, schema=REPORT)
    return Blocking(gathered.distinct(parts.likeness.record), report)


def _in_order(work: Callable[[str], _Found], rules: Sequence[str]) -> Iterator[_Found]:
    """Do the rules in as many threads as the kernels have; yield in their order.

    No more rules are under way, or wait to be taken, than there are threads: what a
    rule found is large.
    """
    threads = get_num_threads()
    if threads == 1:
        yield from map(work, rules)
        return
    ahead: deque[Future[_Found]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for rule in rules:
            ahead.append(pool.submit(work, rule))
            if len(ahead) >= threads:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def _one_rule(parts: KeyParts, rule: str, usual: float) -> _Found:
    """Return a rule's row of the report and the packed pairs it found."""
    telling = parts.chance_pairs(rule) <= TELLING * parts.records
    allowed = max(usual, telling * TELLING_BUDGET * parts.records)
    groups = key_groups(*parts.keys(rule), parts.likeness.place)
    largest = _largest_size(groups.sizes, allowed)
    taken = groups.sizes <= largest
    near = ~taken & (groups.sizes <= LARGEST_PERSON)
    cost = groups.sizes * (groups.sizes - 1) // 2
    pairs = int(cost[taken].sum())
    row = {
        "rule": rule,
        "largest_key": largest,
        "keys_used": int(taken.sum()),
        "keys_left_out": int((~taken).sum()),
        "pairs": pairs,
        "pairs_left_out": int(cost[~taken].sum()),
        "keys_by_neighbours": int(near.sum()),
    }
    alike, found = parts.likeness, []
    if near.any():
        starts, sizes = groups.starts[near], groups.sizes[near]
        found.append(_neighbours_of(groups.places, starts, sizes, alike.names))
    if pairs:
        starts, sizes = groups.starts[taken], groups.sizes[taken]
        found.append(_pairs_of(groups.places, starts, sizes, pairs))
    return row, found


REPORT = pa.schema(
    [
        ("rule", pa.string()),
        ("largest_key", pa.int64()),
        ("keys_used", pa.int64()),
        ("keys_left_out", pa.int64()),
        ("pairs", pa.int64()),
        ("pairs_left_out", pa.int64()),
        ("keys_by_neighbours", pa.int64()),
    ]
)


class Groups(NamedTuple):
    """Records that share a key, key after key; only keys of two records and more.

    A record is told by its place in the order of likeness, so that those of a key stand
    beside whom they are like.
    """

    places: Codes
    starts: Codes
    sizes: Codes


def key_groups(records: Codes, keys: NDArray[np.uint64], place: Codes) -> Groups:
    """Group records by key; a record counts once for a key.

    Key and place are sorted as one number: the low bits of the key's hash give way to
    the place, and two keys that then look alike only cost a few pairs.

    Args:
        records: of each key.
        keys: a record may have several.
        place: of each record in the order in which those of a key shall stand.
    """
    bits = np.uint64(max(len(place) - 1, 0).bit_length())
    keys = (keys >> bits << bits) | place[records].astype(np.uint64)
    keys.sort()
    again = np.zeros(len(keys), np.bool_)
    again[1:] = keys[1:] == keys[:-1]
    keys = keys[~again]
    places = (keys & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.int64)
    keys >>= bits
    first = np.ones(len(keys), np.bool_)
    first[1:] = keys[1:] != keys[:-1]
    starts = np.flatnonzero(first)
    sizes = np.diff(np.append(starts, len(keys)))
    several = sizes >= 2
    return Groups(places, starts[several], sizes[several])


def _largest_size(sizes: Codes, allowed: float) -> int:
    """Return the size of the most common keys whose pairs still fit."""
    found, times = np.unique(sizes, return_counts=True)
    total = np.cumsum(times * (found * (found - 1) // 2))
    fitting = np.searchsorted(total, allowed, side="right")
    return int(found[fitting - 1]) if fitting else 0


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
def _pairs_of(places, starts, sizes, total):
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
def _neighbours_of(places, starts, sizes, names):
    """Pair each record of a group with the next ones in the order of likeness.

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


class _Gathered:
    """Packed pairs, made distinct now and then so that memory stays bounded."""

    def __init__(self) -> None:
        self._distinct = np.zeros(0, np.int64)
        self._parts: list[Codes] = []
        self._waiting = 0

    def add(self, packed: Codes) -> None:
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
