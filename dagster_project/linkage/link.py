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
from dagster_project.linkage.blocking import block
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
from dagster_project.linkage.encode import Encoded, encode
from dagster_project.linkage.fields import EXTRA_FIELDS
from dagster_project.linkage.frequencies import Frequencies, frequencies
from dagster_project.linkage.linkable import may_found, may_join
from dagster_project.linkage.model import MOST_STEPS, Model, Pairs, fit
from dagster_project.linkage.name_dependence import count_full_name_pairs
from dagster_project.linkage.sampling import keyed_subset
from dagster_project.linkage.score import Scored, logit, score
from dagster_project.linkage.standardise import standardise
from dagster_project.linkage.strata import Strata, strata
from dagster_project.linkage.tables import LinkResult
from dagster_project.linkage.trained import (
    TrainedModel,
    count_values,
    fit_to,
    log_frequencies,
)

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
    begins: Callable[[str], None] | None
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        if self.begins:
            self.begins(name)
        yield
        spent = time.perf_counter() - start
        self.seconds[name] = self.seconds.get(name, 0.0) + spent
        if self.progress:
            self.progress(name, spent)


@dataclass(frozen=True)
class Run:
    """All that a run knew at its end, for whoever explains it."""

    record_ids: pa.Array  # all records, sorted
    founding: NDArray[np.bool_]  # of all: which are a person by themselves
    rows: NDArray[np.int64]  # places of those that may join; all below is about these
    encoded: Encoded
    strata: Strata
    model: Model  # over ``strata``
    trained: TrainedModel
    log_frequency: NDArray[np.float32]
    scored: Scored
    decided: Decisions
    merges: Merges
    blocking_report: pa.Table
    compared: int


def link(
    records: pa.Table,
    *,
    config: LinkConfig | None = None,
    must_link: Sequence[tuple[str, str]] = (),
    cannot_link: Sequence[tuple[str, str]] = (),
    model: TrainedModel | None = None,
    progress: Progress | None = None,
    begins: Callable[[str], None] | None = None,
) -> LinkResult:
    """Decide which records are one person.

    Args:
        records: one row per department's record of a client; see ``columns``.
        config: settings; the defaults are the product's.
        must_link: pairs of record ids a steward found to be one person.
        cannot_link: pairs of record ids a steward found to be two.
        model: a trained model to score with; without one a model is trained.
        progress: called after each stage.
        begins: called with the name of each stage before it.

    Returns:
        The tables of schema ``linkage`` that a run makes, the same bytes whatever the
        order of the rows and the number of threads.

    Raises:
        UnreadableRecords: no record id column, or ids that are null or not unique.
        ContradictoryDecisions: the steward's decisions contradict one another.
    """
    config = config or LinkConfig()
    clock = _Clock(progress, begins)
    run = _decide(records, config, must_link, cannot_link, model, clock)
    with clock.stage("tables"):
        ids, scored = run.record_ids.take(pa.array(run.rows)), run.scored
        models = tables.model_table(run.trained)
        edges = scored.kept(scored.log_odds >= logit(config.edge_floor))
        return LinkResult(
            candidate_pairs=tables.candidate_table(scored, ids),
            edges=tables.edge_table(edges, ids, models["model_id"][0].as_py()),
            partition=tables.partition_table(
                run.record_ids, run.rows, run.founding, run.merges, config
            ),
            review_queue=tables.review_table(ids, run.merges, scored, config),
            models=models,
            blocking_report=run.blocking_report,
            seconds=clock.seconds,
            compared=run.compared,
        )


def decide(
    records: pa.Table,
    *,
    config: LinkConfig | None = None,
    must_link: Sequence[tuple[str, str]] = (),
    cannot_link: Sequence[tuple[str, str]] = (),
    model: TrainedModel | None = None,
    begins: Callable[[str], None] | None = None,
) -> Run:
    """Do what ``link`` does and return what it knew instead of tables."""
    clock = _Clock(None, begins)
    config = config or LinkConfig()
    return _decide(records, config, must_link, cannot_link, model, clock)


def _decide(
    records: pa.Table,
    config: LinkConfig,
    must_link: Sequence[tuple[str, str]],
    cannot_link: Sequence[tuple[str, str]],
    trained: TrainedModel | None,
    clock: _Clock,
) -> Run:
    with clock.stage("standardise"):
        standard = standardise(read_columns(records, config.columns))
        rows = np.flatnonzero(may_join(standard))
        founding = may_found(standard)
        linkable = standard.take(rows)
    with clock.stage("encode"):
        encoded = encode(linkable)
        codes, labels = linkable.source.codes, linkable.source.values
        if trained:
            model, sources = fit_to(trained, codes, labels)
        else:
            sources = strata(codes, labels)
        decided = decisions(must_link, cannot_link, linkable.record_id.to_pylist())
    with clock.stage("block"):
        blocking = block(KeyParts(encoded), config.pairs_per_record)
    with clock.stage("compare"):
        pairs = blocking.pairs
        candidates = Scored(
            pairs.left,
            pairs.right,
            compare(encoded, pairs.left, pairs.right),
            pairs.rule,
            np.zeros(len(pairs.left)),
        )
    if trained:
        scored, common, merges = _score_and_cluster(
            encoded, sources, candidates, decided, trained, model, config, clock
        )
    else:
        scored, model, common, merges, weights = _fit_and_cluster(
            encoded, sources, candidates, decided, config, clock
        )
        trained = TrainedModel(
            model,
            sources.sources,
            sources.pairs,
            count_values(encoded, sources, weights),
            len(rows),
            len(candidates.left),
            config.seed,
            _extras(config),
        )
    return Run(
        standard.record_id,
        founding,
        rows,
        encoded,
        sources,
        model,
        trained,
        common,
        scored,
        decided,
        merges,
        blocking.report,
        len(candidates.left),
    )


def _extras(config: LinkConfig) -> tuple[str, ...]:
    """Return what the caller calls the extra fields."""
    names = {ours: column for column, ours in config.columns.items()}
    return tuple(names[name] for name in EXTRA_FIELDS if name in names)


def _fit_and_cluster(
    encoded: Encoded,
    sources: Strata,
    candidates: Scored,
    decided: Decisions,
    config: LinkConfig,
    clock: _Clock,
) -> tuple[Scored, Model, NDArray[np.float32], Merges, NDArray[np.float64]]:
    """Fit, score and join; then again with values counted in persons (recipe 1.5).

    The last weights are those of the first pass: the model's counts go with its fit.
    """
    sample = keyed_subset(len(candidates.left), FIT_PAIRS, config.seed)
    training = Pairs(
        candidates.levels[sample],
        candidates.left[sample],
        candidates.right[sample],
        sources.of_pairs(candidates.left[sample], candidates.right[sample]),
        len(candidates.left) / max(1, len(sample)),
    )
    full_names = count_full_name_pairs(encoded)
    scored, found = candidates, None
    for number in range(max(1, config.passes)):
        last = number + 1 == max(1, config.passes)
        weights = found
        with clock.stage("frequencies"):
            common: Frequencies = frequencies(encoded, sources, weights)
            if number == 0:
                chances = sample_chance(encoded, sources, common, config.seed)
        with clock.stage("fit"):
            steps = REFIT_STEPS if number else MOST_STEPS
            model = fit(
                training, sources, common, chances, full_names, steps, config.household
            )
        logs = common.log_frequency
        scored, merges = _join(
            encoded, sources, scored, decided, model, logs, config, clock, last
        )
        found = person_weights(merges.partition(config.loose))
    return scored, model, logs, merges, found if weights is None else weights


def _score_and_cluster(
    encoded: Encoded,
    sources: Strata,
    candidates: Scored,
    decided: Decisions,
    trained: TrainedModel,
    model: Model,
    config: LinkConfig,
    clock: _Clock,
) -> tuple[Scored, NDArray[np.float32], Merges]:
    """Score and join with a trained model; the file's own values count in persons."""
    scored, weights = candidates, None
    for number in range(max(1, config.passes)):
        last = number + 1 == max(1, config.passes)
        with clock.stage("frequencies"):
            logs = log_frequencies(trained, encoded, sources, weights)
        scored, merges = _join(
            encoded, sources, scored, decided, model, logs, config, clock, last
        )
        weights = person_weights(merges.partition(config.loose))
    return scored, logs, merges


def _join(
    encoded: Encoded,
    sources: Strata,
    pairs: Scored,
    decided: Decisions,
    model: Model,
    logs: NDArray[np.float32],
    config: LinkConfig,
    clock: _Clock,
    last: bool,
) -> tuple[Scored, Merges]:
    """Score the pairs and agglomerate the records."""
    weights = model.weights()
    with clock.stage("score"):
        floor = config.candidate_floor * (1.0 if last else SLACK)
        scored = score(pairs, weights, sources, logs, floor)
    with clock.stage("cluster"):
        merges = agglomerate(
            encoded,
            scored,
            weights,
            sources,
            logs,
            decided,
            until=config.loose,
            floor=config.component_floor,
            largest=config.largest_component,
            alpha=config.size_exponent,
        )
    return scored, merges


def person_weights(partition: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return one over the size of each record's cluster."""
    return 1.0 / np.bincount(partition, minlength=len(partition))[partition]
