"""From scored pairs to people: the merges, and the partitions at three thresholds.

Belongs here: a steward's decisions as constraints, reading partitions and confidence
off the merges. Does not belong here: the pooled score (``agglomerate``).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dagster_project.linkage.agglomerate import STEWARD, Known, merge_components
from dagster_project.linkage.coded import Codes
from dagster_project.linkage.components import (
    Components,
    component_labels,
    components,
    first_of_component,
)
from dagster_project.linkage.encode import Encoded
from dagster_project.linkage.membership import weakest_joins
from dagster_project.linkage.rounds import Joins, before_first, join_in_rounds
from dagster_project.linkage.score import Scored
from dagster_project.linkage.stated import THRESHOLDS, Stated
from dagster_project.linkage.strata import Strata
from dagster_project.linkage.weights import Weights, factors

SHARES = 64
"""Shares of like work that the components are dealt into; many to a thread, so that
it matters little where one thread's run ends and the next begins."""


class ContradictoryDecisions(ValueError):
    """A steward's decisions both join and part two records."""


@dataclass(frozen=True)
class Decisions:
    """Record places that must, and that must not, be one person."""

    must: NDArray[np.int64]  # [n, 2]
    cannot: NDArray[np.int64]


def decisions(
    must_link: Sequence[tuple[str, str]],
    cannot_link: Sequence[tuple[str, str]],
    record_ids: pa.Array,
) -> Decisions:
    """Look up a steward's pairs of record ids; pairs of unknown records are ignored.

    Raises:
        ContradictoryDecisions: must-links imply what a cannot-link forbids.
    """
    named = sorted({record for pair in (*must_link, *cannot_link) for record in pair})
    places: dict[str, int] = {}
    if named:
        found = pc.index_in(pa.array(named, record_ids.type), value_set=record_ids)
        known = zip(named, found.to_pylist(), strict=True)
        places = {record: place for record, place in known if place is not None}

    def rows(pairs: Sequence[tuple[str, str]]) -> NDArray[np.int64]:
        known = {
            tuple(sorted((places[a], places[b])))
            for a, b in pairs
            if a in places and b in places and a != b
        }
        return np.array(sorted(known), np.int64).reshape(-1, 2)

    must, cannot = rows(must_link), rows(cannot_link)
    label = component_labels(len(record_ids), must[:, 0], must[:, 1])
    clash = np.flatnonzero(label[cannot[:, 0]] == label[cannot[:, 1]])
    if len(clash):
        a, b = cannot[clash[0]]
        one, two = record_ids[int(a)], record_ids[int(b)]
        raise ContradictoryDecisions(f"cannot-link {one} / {two}: must-links join them")
    return Decisions(must, cannot)


@dataclass(frozen=True)
class Merges:
    """The joins in order, component after component."""

    kept: Codes
    joined: Codes
    score: NDArray[np.float64]
    component: Codes
    records: int
    stated: Stated  # how its scores are stated

    def before(self, threshold: float) -> NDArray[np.bool_]:
        """Return the merges made before the first one of its component below.

        Best-first agglomeration that stops at a threshold is a prefix of the one that
        goes on, so one run serves every threshold and the partitions are nested.
        """
        below = self.score < self.stated.join_log_odds(threshold)
        return before_first(below, self.component)

    def partition(self, threshold: float) -> Codes:
        """Return each record's cluster: the place of the cluster's first record."""
        chosen = self.before(threshold)
        return first_of_component(self.records, self.kept[chosen], self.joined[chosen])

    def confidence(self, threshold: float) -> NDArray[np.float64]:
        """Return the log odds of each record's weakest join; inf where it never joined.

        See ``membership`` for whose a join's score is.
        """
        made = self.before(threshold)
        return weakest_joins(
            self.kept[made], self.joined[made], self.score[made], self.records
        )


def agglomerate(
    encoded: Encoded,
    pairs: Scored,
    weights: Weights,
    strata: Strata,
    log_frequency: NDArray[np.float32],
    decided: Decisions,
    *,
    stated: Stated,
    until: float,
    floor: float,
    largest: int,
    alpha: float,
) -> Merges:
    """Join records best first until no two clusters reach ``until``.

    Args:
        encoded: the records.
        pairs: scored candidates; from ``floor`` up they make the components.
        weights: the model as the kernels read it.
        strata: pairs of sources.
        log_frequency: of the records' values.
        decided: a steward's must-links and cannot-links.
        stated: how log odds are stated.
        until: stated probability at which joining stops.
        floor: probability from which pairs hold a component together.
        largest: most records of one component.
        alpha: exponent of the size term.
    """
    records = len(encoded.values)
    known, telling = _known(pairs, records), factors(weights)

    def join(parts: Components) -> Joins:
        constraints, starts = _by_component(decided, parts, records)
        merges, scores, made = merge_components(
            _shared_out(parts.starts),
            parts.records,
            parts.of,
            parts.starts,
            *encoded.for_kernels,
            encoded.told_fields,
            known,
            weights,
            telling,
            strata.source,
            strata.of,
            log_frequency,
            constraints,
            starts,
            lowest,
            alpha,
        )
        component = np.repeat(np.arange(len(made)), np.diff(parts.starts) - 1)
        first = parts.starts[:-1] - np.arange(len(made))
        real = np.arange(len(scores)) - first[component] < made[component]
        return Joins(merges[real, 0], merges[real, 1], scores[real], component[real])

    def cut(clusters: Codes, among: NDArray[np.bool_]) -> Components:
        return components(pairs, floor, largest, decided.must, clusters, among)

    lowest = stated.join_log_odds(until)
    surest = max(lowest, stated.join_log_odds(max(THRESHOLDS)))
    made = join_in_rounds(records, cut, join, surest)
    return Merges(*made, records, stated)


def _shared_out(starts: Codes) -> Codes:
    """Return the components so that any part of the list holds large ones and small.

    Threads take equal runs of it, and a component costs the square of its size. So the
    shares that are dealt to first lie as far apart as can be: half of the list from one
    another, then a quarter.
    """
    by_size = np.argsort(-np.diff(starts), kind="stable")
    turn = np.arange(len(by_size)) % (2 * SHARES)
    turn = np.minimum(turn, 2 * SHARES - 1 - turn)  # dealt there and back
    share = np.zeros_like(turn)
    for bit in range(SHARES.bit_length() - 1):
        share = 2 * share + (turn >> bit) % 2
    return by_size[np.argsort(share, kind="stable")]


def _known(pairs: Scored, records: int) -> Known:
    """Return the pairs so that a record's own are found at once."""
    left, right, levels = pairs.left, pairs.right, pairs.levels
    packed = (left.astype(np.int64) << 32) | right
    if np.any(packed[1:] < packed[:-1]):
        order = np.argsort(packed)
        left, right, levels = left[order], right[order], levels[order]
    starts = np.searchsorted(left, np.arange(records + 1))
    return Known(starts.astype(np.int64), right.astype(np.int32), levels)


def _by_component(decided: Decisions, parts: Components, records: int):
    """Return decisions as (place in component, place, kind) sorted by component."""
    owner = np.full(records, -1)
    place = np.zeros(records, np.int64)
    sizes = np.diff(parts.starts)
    owner[parts.records] = np.repeat(np.arange(len(sizes)), sizes)
    place[parts.records] = np.arange(len(parts.records)) - np.repeat(
        parts.starts[:-1], sizes
    )
    pairs = np.concatenate([decided.must, decided.cannot])
    kinds = np.repeat([1, -1], [len(decided.must), len(decided.cannot)])
    inside = (owner[pairs[:, 0]] == owner[pairs[:, 1]]) & (owner[pairs[:, 0]] >= 0)
    pairs, kinds = pairs[inside], kinds[inside]
    order = np.argsort(owner[pairs[:, 0]], kind="stable")
    pairs, kinds = pairs[order], kinds[order]
    rows = np.column_stack([place[pairs[:, 0]], place[pairs[:, 1]], kinds])
    ends = np.searchsorted(owner[pairs[:, 0]], np.arange(len(sizes) + 1))
    return rows.astype(np.int64).reshape(-1, 3), ends.astype(np.int64)


__all__ = ["STEWARD", "Decisions", "Merges", "agglomerate", "decisions"]
