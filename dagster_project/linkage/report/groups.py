"""Quality of linkage by group of people, small groups pooled.

Belongs here: the measures per group, and hiding groups that are too small to show. Does
not belong here: who is in which group (``people``), how it looks (``sections``).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dagster_project.linkage.coded import Codes
from dagster_project.linkage.evidence import Evidence
from dagster_project.linkage.quality import NOTHING, Estimate, share
from dagster_project.linkage.report.parts import LEAST_SHOWN
from dagster_project.linkage.report.people import Grouping

POOLED = "small groups, pooled"
ALL_POOLED = "all, as no group can be shown apart"


@dataclass(frozen=True)
class Measures:
    """One group; shares are of its records."""

    label: str
    records: int
    people: int
    unlinkable: float
    elsewhere: float  # of linkable records: linked with another source's
    asked: float  # of linkable records: their person is in an open question
    confidence: float  # mean, of linked records
    false: Estimate  # of linked records: linked wrongly
    missed: Estimate  # of linkable records: a record of the person stands apart
    shown: bool  # enough people to be shown


def in_several_sources(evidence: Evidence, source: Grouping) -> NDArray[np.bool_]:
    """Return which records belong to a person of more than one source."""
    several = sources_of_people(evidence, source).astype(bool).sum(1) > 1
    return np.append(several, False)[evidence.cluster]


def sources_of_people(evidence: Evidence, source: Grouping) -> NDArray[np.int64]:
    """Return how many records each person has in each source."""
    inside = evidence.cluster >= 0
    size = len(source.labels)
    cell = evidence.cluster[inside] * size + source.codes[inside]
    counts = np.bincount(cell, minlength=evidence.people * size)
    return counts.reshape(evidence.people, size)


def people_per_label(evidence: Evidence, grouping: Grouping) -> NDArray[np.int64]:
    """Return how many people have a record in each group."""
    counted = sources_of_people(evidence, grouping)
    return (counted > 0).sum(0)


def pooled(evidence: Evidence, grouping: Grouping) -> Grouping:
    """Put groups of fewer than eleven people into one, with the next if need be.

    A lone small group beside the total would be told by subtraction, so the next
    smallest joins it until the pool is large enough.
    """
    people = people_per_label(evidence, grouping)
    records = np.bincount(grouping.codes, minlength=len(grouping.labels))
    order = sorted(np.flatnonzero(records).tolist(), key=lambda n: (people[n], n))
    pool = [n for n in order if people[n] < LEAST_SHOWN]
    rest = order[len(pool) :]
    while pool and rest and people[pool].sum() < LEAST_SHOWN:
        pool.append(rest.pop(0))
    kept = sorted(rest)
    table = np.full(len(grouping.labels), len(kept))
    table[kept] = np.arange(len(kept))
    labels = [grouping.labels[n] for n in kept]
    if pool:
        labels.append(POOLED if kept else ALL_POOLED)
    return Grouping(grouping.name, table[grouping.codes], labels)


def measures(
    evidence: Evidence, grouping: Grouping, source: Grouping
) -> list[Measures]:
    """Return the measures of every group of a grouping, small ones pooled."""
    grouping = pooled(evidence, grouping)
    linkable = evidence.cluster >= 0
    linked = ~np.isnan(evidence.confidence)
    several = in_several_sources(evidence, source)
    people = people_per_label(evidence, grouping)
    missed = evidence.missed_by_cluster()
    rows = []
    for number, label in enumerate(grouping.labels):
        inside = grouping.codes == number
        able, sure = inside & linkable, inside & linked
        rows.append(
            Measures(
                label,
                int(inside.sum()),
                int(people[number]),
                _mean(~linkable, inside),
                _mean(several, able),
                _mean(evidence.asked, able),
                _mean(evidence.confidence, sure),
                _false(evidence, np.flatnonzero(sure)),
                _missed(evidence, missed, able),
                bool(people[number] >= LEAST_SHOWN),
            )
        )
    return rows


def _mean(values: NDArray, inside: NDArray[np.bool_]) -> float:
    return float(values[inside].mean()) if inside.any() else float("nan")


def _false(evidence: Evidence, rows: Codes) -> Estimate:
    """Return the expected share of records that were linked wrongly.

    Two records joined to one another share one chance, so they count as one decision.
    """
    if not len(rows):
        return NOTHING
    sure, place = np.unique(evidence.confidence[rows], return_inverse=True)
    keys = evidence.cluster[rows] * len(sure) + place
    decisions, size = np.unique(keys, return_counts=True)
    return share(1.0 - sure[decisions % len(sure)], size)


def _missed(
    evidence: Evidence, missed: NDArray[np.float64], rows: NDArray[np.bool_]
) -> Estimate:
    """Return the expected share of records whose person has another record apart."""
    if not rows.any():
        return NOTHING
    clusters, size = np.unique(evidence.cluster[rows], return_counts=True)
    return share(missed[clusters], size)
