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

import numpy as np
import pyarrow as pa
from numba import get_num_threads
from numpy.typing import NDArray

from dagster_project.linkage.blocking_keys import KeyParts
from dagster_project.linkage.candidates import (
    Candidates,
    Gathered,
    neighbours_of,
    pairs_of,
)
from dagster_project.linkage.coded import Codes
from dagster_project.linkage.key_groups import key_groups
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

LARGEST_PERSON = 1000
"""Records of a key above which it is nobody's own: a default date, a common surname."""


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
    gathered = Gathered()
    rows = []
    for number, (row, found) in enumerate(
        _in_order(lambda rule: _one_rule(parts, rule, usual), RULES)
    ):
        rows.append(row)
        for packed in found:
            gathered.add(packed, number)
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
        found.append(neighbours_of(groups.places, starts, sizes, alike.names))
    if pairs:
        starts, sizes = groups.starts[taken], groups.sizes[taken]
        found.append(pairs_of(groups.places, starts, sizes, pairs))
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


def _largest_size(sizes: Codes, allowed: float) -> int:
    """Return the size of the most common keys whose pairs still fit."""
    found, times = np.unique(sizes, return_counts=True)
    total = np.cumsum(times * (found * (found - 1) // 2))
    fitting = np.searchsorted(total, allowed, side="right")
    return int(found[fitting - 1]) if fitting else 0
