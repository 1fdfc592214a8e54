"""A few pairs taken apart, without a value: clear ones and ones near the thresholds.

Belongs here: choosing the pairs and scoring them anew. Does not belong here: the terms
of a score (``contributions``), drawing them (``curves``).
"""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dagster_project.linkage.coded import Codes
from dagster_project.linkage.columns import read_columns
from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.contributions import Explanation, explain_pair
from dagster_project.linkage.encode import Encoded, encode
from dagster_project.linkage.evidence import Evidence, codes_of
from dagster_project.linkage.frequencies import frequencies
from dagster_project.linkage.linkable import may_join
from dagster_project.linkage.model import Model
from dagster_project.linkage.standardise import standardise
from dagster_project.linkage.strata import Strata, strata
from dagster_project.linkage.tables import LinkResult


class Example(NamedTuple):
    """A pair of records, what became of it, and its score's terms."""

    title: str
    explained: Explanation


class Compared(NamedTuple):
    """The linkable records as a run compares them; ``rows`` are their places."""

    rows: Codes
    encoded: Encoded
    strata: Strata
    model: Model
    log_frequency: NDArray[np.float32]


def examples(
    result: LinkResult,
    model: Model,
    evidence: Evidence,
    records: pa.Table,
    config: LinkConfig,
) -> list[Example]:
    """Return a clear link, pairs near the threshold on both sides, and a clear apart.

    The record ids and values stay here: the page names levels only.
    """
    chosen = chosen_pairs(result, evidence, config)
    if not chosen:
        return []
    kept = result.background
    if kept:
        known = Compared(
            kept.rows, kept.encoded, kept.strata, kept.model, kept.log_frequency
        )
    else:
        known = _compared_again(result, model, records, config)
    weights = known.model.weights()
    cluster = evidence.cluster[known.rows]
    alone = evidence.cluster.max(initial=-1) + 1 + np.arange(len(cluster))
    person = np.where(cluster >= 0, cluster, alone)
    return [
        Example(
            title,
            explain_pair(
                weights,
                known.encoded,
                known.strata,
                known.log_frequency,
                *sorted(int(np.searchsorted(known.rows, place)) for place in pair),
                person,
            ),
        )
        for title, pair in chosen
    ]


def _compared_again(
    result: LinkResult, model: Model, records: pa.Table, config: LinkConfig
) -> Compared:
    """Read the records anew, for a run that is only known by its tables."""
    standard = standardise(read_columns(records, config.columns))
    rows = np.flatnonzero(may_join(standard))
    linkable = standard.take(rows)
    encoded = encode(linkable)
    sources = strata(linkable.source.codes, linkable.source.values)
    common = frequencies(encoded, sources, _person_weights(result, rows))
    return Compared(rows, encoded, sources, model, common.log_frequency)


def _person_weights(result: LinkResult, rows: np.ndarray) -> np.ndarray:
    """Return one over the size of each record's loose cluster.

    The run counted values in the persons that its first pass expected; these, which are
    kept, are nearly the same.
    """
    cluster, people = codes_of(result.partition["cluster_loose"])
    sizes = np.bincount(cluster[cluster >= 0], minlength=people)
    return 1.0 / np.append(sizes, 1)[cluster[rows]]


def chosen_pairs(
    result: LinkResult, evidence: Evidence, config: LinkConfig
) -> list[tuple[str, tuple[int, int]]]:
    """Return a title and the places of two records for each kind there is."""
    left, right = evidence.candidates
    chance = result.candidate_pairs["match_probability"].to_numpy()
    a, b = (evidence.cluster[side] for side in (left, right))
    people = (a >= 0) & (b >= 0)
    together, parted = people & (a == b), people & (a != b)
    middle = (config.loose + config.threshold) / 2
    median = float(np.median(chance[together])) if together.any() else 1.0
    wanted = (
        ("Linked, as sure as the median pair", together, median),
        ("Linked, just above the threshold", together, config.threshold),
        ("Apart, in the zone of review", parted, middle),
        ("Apart, clearly", parted, 10 * config.candidate_floor),
    )
    found, used = [], set()
    for title, inside, near in wanted:
        places = np.flatnonzero(inside)
        if not len(places):
            continue
        place = int(places[np.argmin(np.abs(chance[places] - near))])
        if place not in used:
            used.add(place)
            found.append((title, (int(left[place]), int(right[place]))))
    return found
