"""Link later records to the people of a full run, without running it again.

Belongs here: which earlier records a later one meets, and joining anew what it touches.
Does not belong here: when a full run is due, people's lasting ids (``state_run``).

All records that came since the full run are linked at once, whenever they came: the
result does not depend on how they were cut into batches. They are scored with the full
run's model and frequencies; every component that one of them is likely to belong to, or
that lost a record, is agglomerated anew from all its records.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dagster_project.linkage.base_run import BaseRun, found_by_keys
from dagster_project.linkage.blocking import block
from dagster_project.linkage.blocking_keys import KeyParts
from dagster_project.linkage.candidates import Candidates
from dagster_project.linkage.cluster import (
    Decisions,
    Merges,
    agglomerate,
    decisions,
)
from dagster_project.linkage.compare import compare
from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.decisions import CANNOT_LINK, MUST_LINK
from dagster_project.linkage.encode import Encoded, encode
from dagster_project.linkage.fields import TERM_COLUMNS
from dagster_project.linkage.frequencies import term_values
from dagster_project.linkage.linkable import may_found, may_join
from dagster_project.linkage.rows_by_id import halved, ids_of, places, runs
from dagster_project.linkage.score import Scored, compare_and_score, logit
from dagster_project.linkage.stage_clock import Clock
from dagster_project.linkage.standard_table import standard_of
from dagster_project.linkage.standardise import Standard, standardise
from dagster_project.linkage.strata import Strata
from dagster_project.linkage.table_decisions import TableDecision
from dagster_project.linkage.table_decisions import pairs as pairs_of
from dagster_project.linkage.tables import partition_table
from dagster_project.linkage.trained import fit_to, log_frequencies
from dagster_project.linkage.weights import Weights


class Touched(NamedTuple):
    """The records that were looked at anew and what became of them."""

    partition: pa.Table  # as of ``link``, of the later and the touched records alone
    record_ids: pa.Array  # of the places below
    scored: Scored
    merges: Merges
    compared: int


class _Scene(NamedTuple):
    """Some later and some earlier records, ready to be compared."""

    encoded: Encoded
    strata: Strata
    weights: Weights
    log_frequency: NDArray[np.float32]


def link_later(
    base: BaseRun,
    later: pa.Table,
    config: LinkConfig,
    clock: Clock,
    decided: Sequence[TableDecision] = (),
) -> Touched:
    """Link records that came after a full run.

    Args:
        base: the full run.
        later: ``read_columns``'s table of all records since; one whose id the base
            knows takes the place of the earlier one.
        config: the settings of the full run.
        clock: told of each stage.
        decided: a steward's decisions, those of the full run; none is on a later
            record.
    """
    with clock.stage("standardise"):
        standard = standardise(later)
        new = standard.take(np.flatnonzero(may_join(standard)))
        fresh = len(new.record_id)
        gone = np.zeros(len(base.rows), np.bool_)
        again = places(ids_of(base.standard), standard.record_id)
        gone[again[again >= 0]] = True
    with clock.stage("block"):
        parts = KeyParts(encode(new, base.dropped))
        found = block(parts, config.pairs_per_record).pairs
        within = found.records()
        left, holder, rule = found_by_keys(base, parts, gone)
        met = np.unique(holder)
        candidates = Candidates(
            np.concatenate([within[0], left]).astype(np.int32),
            np.concatenate([within[1], fresh + np.searchsorted(met, holder)]).astype(
                np.int32
            ),
            np.concatenate([found.rule, rule]),
            np.arange(fresh + len(met)),
        )
    with clock.stage("compare and score"):
        scene = _scene(base, new, met)
        scored, _ = compare_and_score(
            scene.encoded,
            [candidates],
            scene.weights,
            scene.strata,
            scene.log_frequency,
            config.candidate_floor,
        )
    with clock.stage("cluster"):
        members = _touched_places(base, scored, met, gone, fresh, config)
        ids, pairs, merges = _join_anew(
            base, new, members, met, scored, decided, config
        )
        partition = _partition(base, standard, members, ids, merges, config)
    return Touched(partition, ids, pairs, merges, len(candidates.left))


def _scene(base: BaseRun, new: Standard, places: NDArray) -> _Scene:
    """Return new records, then the base's records at ``places``, with frequencies.

    A later record's value is as common as the base's records have it, else as the model
    says of one that it has not seen.
    """
    standard = new.followed_by(standard_of(base.standard.take(pa.array(places))))
    fresh = len(new.record_id)
    encoded = encode(standard, base.dropped)
    source = standard.source.codes, standard.source.values
    model, strata = fit_to(base.trained, *source)
    logs = log_frequencies(base.trained, encoded, strata, asked=fresh)
    known_logs = base.log_frequency[places]
    for place, column in enumerate(TERM_COLUMNS):
        value = term_values(encoded, column)
        distinct, number = np.unique(value[:fresh], return_inverse=True)
        at = np.searchsorted(distinct, value[fresh:])
        same = np.append(distinct, -1)[at] == value[fresh:]
        common = np.full(len(distinct), -np.inf, np.float32)
        np.maximum.at(common, at[same], known_logs[same, place])
        here = (np.isfinite(common) & (distinct > 0))[number]
        logs[here, place] = common[number][here]
    logs = np.concatenate([logs, known_logs])
    return _Scene(encoded, strata, model.weights(), logs)


def _touched_places(base, scored, met, gone, new, config) -> NDArray[np.int64]:
    """Return the places of every component that gained or lost a record."""
    likely = (scored.log_odds >= logit(config.component_floor)) & (scored.right >= new)
    marked = np.zeros(int(base.component.max(initial=-1)) + 1, np.bool_)
    marked[base.component[met[scored.right[likely] - new]]] = True
    marked[base.component[gone]] = True
    return np.flatnonzero(marked[base.component] & ~gone)


def _join_anew(
    base: BaseRun,
    new: Standard,
    members: NDArray[np.int64],
    met: NDArray[np.int64],
    scored: Scored,
    decided: Sequence[TableDecision],
    config: LinkConfig,
) -> tuple[pa.Array, Scored, Merges]:
    """Agglomerate the touched components; returns record ids, pairs, merges.

    Records stand in the order of their ids, as in a full run: ties fall alike.
    """
    ids = pa.concat_arrays([new.record_id, _ids_of(base, members)])
    order = pc.sort_indices(ids).to_numpy()
    ids = ids.take(pa.array(order))
    rank = np.empty(len(ids), np.int64)
    rank[order] = np.arange(len(ids))

    scene = _scene(base, new, members)
    encoded, strata = scene.encoded.take(order), scene.strata.take(order)
    pairs = _pairs_among(base, members, met, len(new.record_id), scored, rank)
    pairs = pairs._replace(levels=compare(encoded, pairs.left, pairs.right))
    merges = agglomerate(
        encoded,
        pairs,
        scene.weights,
        strata,
        scene.log_frequency[order],
        _decisions_among(decided, ids),
        stated=base.trained.model.stated,
        until=config.loose,
        floor=config.component_floor,
        largest=config.largest_component,
        alpha=config.size_exponent,
    )
    return ids, pairs, merges


def _decisions_among(decided: Sequence[TableDecision], ids: pa.Array) -> Decisions:
    must, cannot = (pairs_of(decided, kind) for kind in (MUST_LINK, CANNOT_LINK))
    return decisions(must, cannot, ids)


def _partition(
    base: BaseRun,
    later: Standard,
    members: NDArray[np.int64],
    ids: pa.Array,
    merges: Merges,
    config: LinkConfig,
) -> pa.Table:
    """Return the partition of all later records and the members."""
    everyone = pa.concat_arrays([later.record_id, _ids_of(base, members)])
    founding = [may_found(later, base.telling), base.founding[members]]
    order = pc.sort_indices(everyone)
    everyone = everyone.take(order)
    founding = np.concatenate(founding)[order.to_numpy()]
    rows = pc.index_in(ids, value_set=everyone).to_numpy().astype(np.int64)
    return partition_table(everyone, rows, founding, merges, config)


def _ids_of(base: BaseRun, places: NDArray[np.int64]) -> pa.Array:
    return ids_of(base.standard).take(pa.array(places))


def _pairs_among(
    base: BaseRun,
    members: NDArray[np.int64],
    met: NDArray[np.int64],
    new: int,
    scored: Scored,
    rank: NDArray[np.int64],
) -> Scored:
    """Return the likely pairs among new records and members, levels left empty."""
    inside = np.zeros(len(base.rows), np.bool_)
    inside[members] = True
    old = _pairs_of(base, np.unique(base.component[members]))
    left, right = base.left[old], base.right[old]
    here = inside[left] & inside[right]
    old, left, right = old[here], left[here], right[here]
    is_new = scored.right < new
    kept, holder = is_new, np.zeros(len(is_new), np.int64)
    if len(met):
        holder = met[np.where(is_new, 0, scored.right - new)]
        kept = is_new | inside[holder]

    def place(of: NDArray) -> NDArray[np.int64]:
        return new + np.searchsorted(members, of)

    second = np.where(is_new, scored.right, place(holder))[kept]
    one = rank[np.concatenate([place(left), scored.left[kept]])]
    two = rank[np.concatenate([place(right), second])]
    odds = np.concatenate([base.log_odds[old], scored.log_odds[kept]])
    rule = np.concatenate([np.zeros(len(old), np.uint8), scored.rule[kept]])
    left, right = np.minimum(one, two), np.maximum(one, two)
    order = np.lexsort((right, left))
    return Scored(
        left[order].astype(np.int32),
        right[order].astype(np.int32),
        scored.levels[:0],
        rule[order],
        odds[order],
    )


def _pairs_of(base: BaseRun, components: NDArray) -> NDArray[np.int64]:
    """Return where the likely pairs of some components stand among the base's."""

    def end(of: NDArray) -> NDArray[np.int64]:
        def before(place: NDArray[np.int64]) -> NDArray[np.bool_]:
            return base.component[base.left[place]] <= of

        return halved(before, len(base.left), len(of))

    return runs(end(components - 1), end(components))
