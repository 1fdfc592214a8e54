"""Link a table of client records into people: the engine's one public entry.

Belongs here: the order of the stages. Does not belong here: any stage's work.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dagster_project.linkage import tables
from dagster_project.linkage.blocking import Candidates, block
from dagster_project.linkage.blocking_keys import KeyParts
from dagster_project.linkage.chance import sample_chance
from dagster_project.linkage.cluster import (
    Decisions,
    Merges,
    agglomerate,
    decisions,
)
from dagster_project.linkage.columns import read_columns
from dagster_project.linkage.compare import compare
from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.deaths import death_questions
from dagster_project.linkage.encode import Encoded, encode
from dagster_project.linkage.frequencies import Frequencies, frequencies
from dagster_project.linkage.linkable import may_found, may_join
from dagster_project.linkage.model import MOST_STEPS, Model, Pairs, fit
from dagster_project.linkage.name_dependence import count_full_name_pairs
from dagster_project.linkage.questions import most_useful_first
from dagster_project.linkage.sampling import keyed_subset
from dagster_project.linkage.score import Scored, compare_and_score, logit, score
from dagster_project.linkage.standardise import standardise
from dagster_project.linkage.strata import Strata, strata
from dagster_project.linkage.tables import LinkResult

Progress = Callable[[str, float], None]
"""Called after each stage with its name and its wall seconds."""

FIT_PAIRS = 500_000
"""Candidates EM is fitted on; the rest tells it nothing new."""

REFIT_STEPS = 40
"""Most EM steps of the second pass, which starts nearly right."""

SLACK = 0.01
"""The first pass keeps pairs down to this share of the candidate floor, so that the
second may still lift them."""


@dataclass
class _Clock:
    progress: Progress | None
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        spent = time.perf_counter() - start
        self.seconds[name] = self.seconds.get(name, 0.0) + spent
        if self.progress:
            self.progress(name, spent)


def link(
    records: pa.Table,
    *,
    config: LinkConfig | None = None,
    must_link: Sequence[tuple[str, str]] = (),
    cannot_link: Sequence[tuple[str, str]] = (),
    progress: Progress | None = None,
) -> LinkResult:
    """Decide which records are one person.

    Args:
        records: one row per department's record of a client; see ``columns``.
        config: settings; the defaults are the product's.
        must_link: pairs of record ids a steward found to be one person.
        cannot_link: pairs of record ids a steward found to be two.
        progress: called after each stage.

    Returns:
        The tables of schema ``linkage`` that a run makes, the same bytes whatever the
        order of the rows and the number of threads.

    Raises:
        UnreadableRecords: no record id column, or ids that are null or not unique.
        ContradictoryDecisions: the steward's decisions contradict one another.
    """
    config = config or LinkConfig()
    clock = _Clock(progress)
    with clock.stage("standardise"):
        table = read_columns(records, config.columns)
        standard = standardise(table)
        rows = np.flatnonzero(may_join(standard))
        founding = may_found(standard)
        linkable = standard.take(rows)
    with clock.stage("encode"):
        encoded = encode(linkable)
        sources = strata(linkable.source.codes, linkable.source.values)
        ids = linkable.record_id
        decided = decisions(must_link, cannot_link, ids.to_pylist())
    with clock.stage("block"):
        blocking = block(KeyParts(encoded), config.pairs_per_record)
    scored, model, merges = _fit_and_cluster(
        encoded, sources, blocking.pairs, decided, config, clock
    )
    with clock.stage("tables"):
        n_pairs = len(blocking.pairs.left)
        models = tables.model_table(model, sources, len(rows), n_pairs)
        model_id = models["model_id"][0].as_py()
        edges = scored.kept(scored.log_odds >= logit(config.edge_floor))
        partition = tables.partition_table(
            standard.record_id, rows, founding, merges, config
        )
        deaths = death_questions(table, partition["cluster"])
        return LinkResult(
            candidate_pairs=tables.candidate_table(scored, ids),
            edges=tables.edge_table(edges, ids, model_id),
            partition=partition,
            review_queue=most_useful_first(
                pa.concat_tables(
                    [tables.review_table(ids, merges, scored, config), deaths]
                )
            ),
            models=models,
            blocking_report=blocking.report,
            seconds=clock.seconds,
        )


def _fit_and_cluster(
    encoded: Encoded,
    sources: Strata,
    candidates: Candidates,
    decided: Decisions,
    config: LinkConfig,
    clock: _Clock,
) -> tuple[Scored, Model, Merges]:
    """Fit, score and join; then again with values counted in persons (recipe 1.5)."""
    with clock.stage("compare a sample"):
        training = _training_pairs(encoded, sources, candidates, config.seed)
    full_names = count_full_name_pairs(encoded)
    scored, weights = None, None
    for number in range(max(1, config.passes)):
        last = number + 1 == max(1, config.passes)
        with clock.stage("frequencies"):
            common: Frequencies = frequencies(encoded, sources, weights)
            if number == 0:
                chances = sample_chance(encoded, sources, common, config.seed)
        with clock.stage("fit"):
            steps = REFIT_STEPS if number else MOST_STEPS
            model = fit(
                training,
                sources,
                common,
                chances,
                full_names,
                steps,
                config.household,
            )
        with clock.stage("score" if number else "compare and score"):
            floor = config.candidate_floor * (1.0 if last else SLACK)
            terms = (model.weights(), sources, common.log_frequency, floor)
            if scored is None:
                scored = compare_and_score(encoded, candidates, *terms)
            else:
                scored = score(scored, *terms)
        with clock.stage("cluster"):
            merges = agglomerate(
                encoded,
                scored,
                model.weights(),
                sources,
                common.log_frequency,
                decided,
                until=config.loose,
                floor=config.component_floor,
                largest=config.largest_component,
                alpha=config.size_exponent,
            )
            weights = person_weights(merges.partition(config.loose))
    return scored, model, merges


def _training_pairs(
    encoded: Encoded, sources: Strata, candidates: Candidates, seed: int
) -> Pairs:
    """Compare a sample of the candidates for EM to learn from."""
    sample = keyed_subset(len(candidates.left), FIT_PAIRS, seed)
    left, right = candidates.left[sample], candidates.right[sample]
    return Pairs(
        compare(encoded, left, right),
        left,
        right,
        sources.of_pairs(left, right),
        len(candidates.left) / max(1, len(sample)),
    )


def person_weights(partition: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return one over the size of each record's cluster."""
    return 1.0 / np.bincount(partition, minlength=len(partition))[partition]
