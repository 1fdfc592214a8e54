"""A run's decisions, joined and apart, each with its posterior and its record pairs.

Belongs here: reading them off the tables of a run. Does not belong here: rates and
intervals (``quality``), groups of people or pages (``report``).

A person of n records rests on n - 1 joins. Sorted by confidence, the i-th record's
weakest join parts it from the n - i that are surer, so it stands for n - i record
pairs; that is never more confident than the join that brought the pair together.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dagster_project.linkage.coded import Codes
from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.model_file import stated_in
from dagster_project.linkage.score import NATS
from dagster_project.linkage.tables import LinkResult


@dataclass(frozen=True)
class Decided:
    """Decisions with the probability of one person and the record pairs they cover."""

    posterior: NDArray[np.float64]
    pairs: NDArray[np.float64]


@dataclass(frozen=True)
class Evidence:
    """One row per record of the partition, and the decisions taken about them."""

    ids: pa.Array
    cluster: Codes  # -1 where unlinkable, though it may have been a candidate
    confidence: NDArray[np.float64]  # nan where not linked
    sizes: Codes  # records per cluster
    order: Codes  # linked records, person by person, least sure first
    after: Codes  # how many surer records of the person follow, along ``order``
    left: Codes  # clusters held apart, left < right
    right: Codes
    apart: Decided  # one per pair of such clusters
    asked: NDArray[np.bool_]  # per record: its person is in an open question
    candidates: tuple[Codes, Codes]  # places of the two records of each candidate pair
    questions: tuple[Codes, Codes]  # clusters of the two records of each question

    @cached_property
    def decisions(self) -> tuple[Codes, NDArray[np.float64]]:
        """Return along ``order`` the decision each record rests on, and their chances.

        Two records joined to one another share one chance, so they rest on one.
        """
        cluster, sure = self.cluster[self.order], self.confidence[self.order]
        another = np.ones(len(self.order), np.bool_)
        another[1:] = (cluster[1:] != cluster[:-1]) | (sure[1:] != sure[:-1])
        return np.cumsum(another) - 1, sure[another]

    @property
    def joined(self) -> Decided:
        """Return the joins that made people."""
        real = self.after > 0
        return Decided(
            self.confidence[self.order[real]], self.after[real].astype(np.float64)
        )

    @property
    def people(self) -> int:
        """Return the number of people found."""
        return len(self.sizes)

    @cached_property
    def missed_by_cluster(self) -> NDArray[np.float64]:
        """Return the chance per cluster that a record of its person stands apart."""
        safe = np.log1p(-np.minimum(self.apart.posterior, 1 - 1e-12))
        total = np.zeros(self.people)
        np.add.at(total, self.left, safe)
        np.add.at(total, self.right, safe)
        return 1.0 - np.exp(total)


def codes_of(column: pa.ChunkedArray | pa.Array) -> tuple[Codes, int]:
    """Return a text column as places in its sorted values, -1 for null; their count."""
    coded = _whole(column).dictionary_encode()
    values = coded.dictionary
    rank = np.empty(len(values), np.int64)
    rank[np.asarray(pc.sort_indices(values))] = np.arange(len(values))
    place = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False)
    return np.where(place < 0, -1, np.append(rank, -1)[place]), len(values)


def places_of(ids: pa.Array, wanted: pa.ChunkedArray | pa.Array) -> Codes:
    """Return where record ids stand among ``ids``; -1 for unknown ones."""
    found = pc.fill_null(pc.index_in(wanted, value_set=ids), -1)
    return np.asarray(found.to_numpy(zero_copy_only=False), np.int64)


def _sides(ids: pa.Array, pairs: pa.Table) -> tuple[Codes, Codes]:
    """Return the places of both records of pairs; -1 for unknown ones."""
    sides = [pairs[f"client_record_id_{side}"].chunks for side in "lr"]
    both = pa.chunked_array([*sides[0], *sides[1]], pa.string())
    places = places_of(ids, both)
    return places[: pairs.num_rows], places[pairs.num_rows :]


def evidence(result: LinkResult, config: LinkConfig) -> Evidence:
    """Read the decisions of a run."""
    table = result.partition
    ids = _whole(table["client_record_id"])
    cluster, people = codes_of(table["cluster"])
    confidence = pc.fill_null(table["link_confidence"], np.nan).to_numpy()
    sizes = np.bincount(cluster[cluster >= 0], minlength=people)
    order = np.flatnonzero(~np.isnan(confidence))
    order = order[np.lexsort((confidence[order], cluster[order]))]
    ends = np.append(np.flatnonzero(np.diff(cluster[order])), len(order) - 1)
    after = np.repeat(ends, np.diff(np.append(-1, ends))) - np.arange(len(order))
    kept = result.background
    pairs = (kept.left, kept.right) if kept else _sides(ids, result.candidate_pairs)
    owner = np.append(cluster, -1)
    one, two = _sides(ids, result.review_queue)
    questions = owner[one], owner[two]
    left, right, apart = _apart(result, config, cluster, sizes, pairs, questions)
    open_question = np.zeros(people + 1, np.bool_)
    for side in questions:
        open_question[side] = True
    open_question[-1] = False
    return Evidence(
        ids,
        cluster,
        confidence,
        sizes,
        order,
        after if len(order) else np.zeros(0, np.int64),
        left,
        right,
        apart,
        open_question[cluster],
        pairs,
        questions,
    )


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    if isinstance(column, pa.Array):
        return column
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def _apart(result: LinkResult, config: LinkConfig, cluster, sizes, pairs, questions):
    """Return pairs of clusters held apart that were compared, and their posterior.

    Unlinkable records are nobody, so nobody is held apart from them.
    For an open question it is the pooled posterior; for the rest that of the mean log
    odds over all record pairs of the two. Each of these is stated as a join of its
    weight would be, since what is stated of pairs counts those within people too; one
    below the candidate floor stands at the floor, which is more than it can be. Two
    clusters that the loose partition parts are pooled below its threshold, whatever
    single pairs say; no pair held apart counts as one above the threshold.
    """
    sides = [np.append(cluster, -1)[place] for place in pairs]
    weight = result.candidate_pairs["match_weight"].to_numpy()
    chance = stated_in(result.models["parameters"][0].as_py()).of_joins(weight * NATS)
    loose, _ = codes_of(result.partition["cluster_loose"])
    of_cluster = np.zeros(len(sizes) + 1, np.int64)
    of_cluster[cluster] = loose
    parted = np.flatnonzero((sides[0] != sides[1]) & (np.minimum(*sides) >= 0))
    a, b = (side[parted] for side in sides)
    a, b = np.minimum(a, b), np.maximum(a, b)
    limit = np.where(of_cluster[a] == of_cluster[b], config.threshold, config.loose)
    chance = np.minimum(chance[parted], limit)
    key, place = np.unique(a * len(sizes) + b, return_inverse=True)
    left, right = np.divmod(key, max(1, len(sizes)))
    covers = (sizes[left] * sizes[right]).astype(np.float64)
    odds = np.log(chance) - np.log1p(-chance)
    floor = np.log(config.candidate_floor)
    seen = np.bincount(place, minlength=len(key))
    mean = np.bincount(place, odds, minlength=len(key)) + (covers - seen) * floor
    posterior = 1.0 / (1.0 + np.exp(-mean / covers))
    stated = pc.fill_null(result.review_queue["match_probability"], np.nan).to_numpy()
    asked = ~np.isnan(stated)
    a, b = (side[asked] for side in questions)
    wanted = np.minimum(a, b) * len(sizes) + np.maximum(a, b)
    row = np.searchsorted(key, wanted)
    known = row < len(key)
    known[known] = key[row[known]] == wanted[known]
    posterior[row[known]] = stated[asked][known]
    below = np.nextafter(config.threshold, 0.0)
    return left, right, Decided(np.minimum(posterior, below), covers)
