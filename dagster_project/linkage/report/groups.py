"""Quality of linkage by group of people, small groups pooled.

Belongs here: the measures per group, and hiding groups that are too small to show. Does
not belong here: who is in which group (``people``), how it looks (``sections``).
"""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dagster_project.linkage.coded import Codes, count_pairs
from dagster_project.linkage.evidence import Evidence
from dagster_project.linkage.quality import Estimate, share
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
    several = (sources_of_people(evidence, source) > 0).sum(1, dtype=np.int8) > 1
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
    evidence: Evidence, grouping: Grouping, elsewhere: NDArray[np.bool_]
) -> list[Measures]:
    """Return the measures of every group of a grouping, small ones pooled.

    Args:
        evidence: of the run.
        grouping: of the records.
        elsewhere: which records are of a person of several sources; see
            ``in_several_sources``.
    """
    grouping = pooled(evidence, grouping)
    groups = len(grouping.labels)
    linkable = evidence.cluster >= 0
    able = np.where(linkable, grouping.codes, groups)
    inside = np.bincount(grouping.codes, minlength=groups)
    people = people_per_label(evidence, grouping)
    several = _means(elsewhere, able, groups)
    asked = _means(evidence.asked, able, groups)
    linked = grouping.codes[evidence.order]
    sure = _means(evidence.confidence[evidence.order], linked, groups)
    decision, chance = evidence.decisions
    false = _shares(linked, decision, 1.0 - chance, groups)
    cluster = np.maximum(evidence.cluster, 0)
    missed = _shares(able, cluster, evidence.missed_by_cluster, groups)
    unlinkable = _means(~linkable, grouping.codes, groups)
    return [
        Measures(
            label,
            int(inside[number]),
            int(people[number]),
            unlinkable[number],
            several[number],
            asked[number],
            sure[number],
            false[number],
            missed[number],
            bool(people[number] >= LEAST_SHOWN),
        )
        for number, label in enumerate(grouping.labels)
    ]


def _means(values: NDArray, group: Codes, groups: int) -> list[float]:
    """Return the mean of each group, nan where it has no row."""
    total = np.bincount(group, values, minlength=groups)
    rows = np.bincount(group, minlength=groups)
    with np.errstate(invalid="ignore"):
        return (total / rows)[:groups].tolist()


def _shares(
    group: Codes, event: Codes, chance: NDArray[np.float64], groups: int
) -> list[Estimate]:
    """Return per group the expected share of its rows whose event happens.

    Args:
        group: of each row; those from ``groups`` on are of none.
        event: of each row; rows of one event share its chance.
        chance: of each event.
        groups: how many there are.
    """
    owner, found, rows = count_pairs(group, event)
    ends = np.searchsorted(owner, np.arange(groups + 1))
    return [
        share(chance[found[start:end]], rows[start:end])
        for start, end in itertools.pairwise(ends.tolist())
    ]
