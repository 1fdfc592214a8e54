"""Overlap of sources, and how well each pair of them links.

Belongs here: counts of people per set and per pair of sources, error rates per pair.
Does not belong here: how they look (``sections``).
"""

from typing import NamedTuple

import numpy as np

from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.evidence import Evidence
from dagster_project.linkage.quality import Point, curve
from dagster_project.linkage.report.groups import sources_of_people
from dagster_project.linkage.report.parts import LEAST_SHOWN
from dagster_project.linkage.report.people import Grouping

MOST_SETS = 14
"""Sets shown; the others are pooled, with those of fewer than eleven people."""

OTHER_SETS = -1


class Pair(NamedTuple):
    """Two sources, or one twice: the people in both, and how sure."""

    one: str
    two: str
    both: int
    either: int
    questions: int
    rates: Point


def source_sets(evidence: Evidence, source: Grouping) -> list[tuple[int, int]]:
    """Return (set of sources as bits, people), the largest first, small ones pooled."""
    inside = sources_of_people(evidence, source) > 0
    bits = (inside * (1 << np.arange(len(source.labels)))).sum(1)
    found, counts = np.unique(bits, return_counts=True)
    rows = sorted(
        zip(found.tolist(), counts.tolist(), strict=True), key=lambda r: (-r[1], r[0])
    )
    shown = [r for r in rows if r[1] >= LEAST_SHOWN][:MOST_SETS]
    rest = sum(size for _, size in rows[len(shown) :])
    # A lone small set would be told by subtracting the others from the total.
    while 0 < rest < LEAST_SHOWN and shown:
        rest += shown.pop()[1]
    return [*shown, (OTHER_SETS, rest)] if rest else shown


def pairs_of_sources(
    evidence: Evidence, source: Grouping, config: LinkConfig
) -> list[Pair]:
    """Return every pair of sources with the people in both and its error rates."""
    counts = sources_of_people(evidence, source)
    inside = counts > 0
    several = evidence.after > 0
    later = _surer_records(evidence, source)[several]
    own = source.codes[evidence.order[several]]
    joined = evidence.confidence[evidence.order[several]]
    apart = evidence.apart.posterior
    asked = evidence.questions
    real = np.minimum(*asked) >= 0
    asked = [inside[people[real]] for people in asked]
    held = np.ascontiguousarray(counts.T)
    rows = []
    for a in range(len(source.labels)):
        for b in range(a, len(source.labels)):
            here = (own == a) * later[:, b]
            there = held[a][evidence.left] * held[b][evidence.right]
            open_ = asked[0][:, a] & asked[1][:, b]
            if a != b:
                here += (own == b) * later[:, a]
                there += held[b][evidence.left] * held[a][evidence.right]
                open_ |= asked[0][:, b] & asked[1][:, a]
                both = int((inside[:, a] & inside[:, b]).sum())
            else:
                both = int((counts[:, a] > 1).sum())
            use, rest = here > 0, there > 0
            (rates,) = curve(
                np.concatenate([joined[use], apart[rest]]),
                np.concatenate([here[use], there[rest]]),
                [config.threshold],
            )
            either = int((inside[:, a] | inside[:, b]).sum())
            names = source.labels[a], source.labels[b]
            rows.append(Pair(*names, both, either, int(open_.sum()), rates))
    return rows


def _surer_records(evidence: Evidence, source: Grouping) -> np.ndarray:
    """Return, along ``order``, the surer records of the person per source."""
    size = len(source.labels)
    own = source.codes[evidence.order]
    one = np.zeros((len(own) + 1, size), np.int64)
    one[np.arange(1, len(own) + 1), own] = 1
    running = one.cumsum(0)
    here = np.arange(1, len(own) + 1)
    return running[here + evidence.after] - running[here]
