"""The two passes over the candidates: fit and score, again in persons, then join.

Belongs here: the order within and between passes, with a model to fit and with one that
is trained. Does not belong here: any formula, what comes before and after (``link``).
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dagster_project.linkage.candidates import Candidates
from dagster_project.linkage.chance import sample_chance
from dagster_project.linkage.cluster import Decisions, Merges, agglomerate
from dagster_project.linkage.coded import Codes
from dagster_project.linkage.compare import compare
from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.encode import Encoded
from dagster_project.linkage.filtering import Filter, cells, glances, worth_comparing
from dagster_project.linkage.frequencies import frequencies
from dagster_project.linkage.model import MOST_STEPS, Model, Pairs, fit
from dagster_project.linkage.name_dependence import count_full_name_pairs
from dagster_project.linkage.repeated import repeated
from dagster_project.linkage.sampling import keyed_subset
from dagster_project.linkage.score import Scored, compare_and_score, probability, score
from dagster_project.linkage.stage_clock import Clock
from dagster_project.linkage.stated_pairs import stated_pairs
from dagster_project.linkage.strata import Strata
from dagster_project.linkage.surplus import surplus
from dagster_project.linkage.trained import TrainedModel, log_frequencies
from dagster_project.linkage.weights import log_odds

REFIT_STEPS = 40
"""Most EM steps of the second pass, which starts nearly right."""

WORTH_FILTERING = 2.0
"""Candidates per pair that EM is fitted on from which a filter spares more than it
costs."""

SLACK = 0.1
"""The first pass keeps pairs down to this share of the candidate floor, so that the
second may still lift them."""


class Input(NamedTuple):
    """What both passes read."""

    encoded: Encoded
    strata: Strata
    candidates: list[Candidates]  # empty once they are scored
    decided: Decisions
    config: LinkConfig
    clock: Clock


class Passed(NamedTuple):
    """What the last pass knew."""

    model: Model
    log_frequency: NDArray[np.float32]
    scored: Scored
    merges: Merges
    weights: NDArray[np.float64]  # per record, 1 / records of the person, as counted
    filtered: Codes  # per blocking rule, candidates that were not compared


def fit_and_cluster(given: Input) -> Passed:
    """Fit and score; again with values counted in persons (recipe 1.5); then join."""
    encoded, sources, config, clock = (
        given.encoded,
        given.strata,
        given.config,
        given.clock,
    )
    with clock.stage("compare a sample"):
        training = _training_pairs(given)
    alike = repeated(encoded, sources)
    full_names = count_full_name_pairs(encoded)
    scored, weights, model = None, alike.weights, None
    for number in range(max(1, config.passes)):
        with clock.stage("frequencies"):
            if scored:
                weights = np.minimum(
                    alike.weights, person_weights(scored, len(encoded.values))
                )
            common = frequencies(encoded, sources, weights)
            if number == 0:
                levels = alike.levels(encoded, sources)
                chances = sample_chance(encoded, sources, common, config.seed, levels)
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
                model,
            )
        logs = common.log_frequency
        if scored:
            scored = _scored_again(given, scored, model, logs, number)
            continue
        chosen = _filter(given, training, model, logs)
        scored, filtered = _first_scored(given, model, logs, chosen)
    with clock.stage("count pairs in doubt"):
        found = surplus(scored, model, sources, logs, config.seed)
        model = replace(model, surplus=found)
    return _joined(given, scored, model, logs, weights, filtered)


def score_and_cluster(given: Input, trained: TrainedModel, model: Model) -> Passed:
    """Score and join with a trained model; the file's own values count in persons.

    Args:
        given: the records and their candidates.
        trained: the model as it was trained.
        model: the same, over the strata of these records.
    """
    scored = None
    alike = weights = repeated(given.encoded, given.strata).weights
    for number in range(max(1, given.config.passes)):
        with given.clock.stage("frequencies"):
            if scored:
                weights = np.minimum(alike, person_weights(scored, len(alike)))
            logs = log_frequencies(trained, given.encoded, given.strata, weights)
        if scored:
            scored = _scored_again(given, scored, model, logs, number)
            continue
        scored, filtered = _first_scored(given, model, logs, None)
    return _joined(given, scored, model, logs, weights, filtered)


def _training_pairs(given: Input) -> Pairs:
    """Compare a sample of the candidates for EM to learn from."""
    (candidates,) = given.candidates
    wanted, seed = given.config.fit_pairs, given.config.seed
    sample = keyed_subset(len(candidates.left), wanted, seed)
    some = Candidates(*(column[sample] for column in candidates[:3]), candidates.record)
    left, right = some.records()
    return Pairs(
        compare(given.encoded, left, right),
        left,
        right,
        given.strata.of_pairs(left, right),
        len(candidates.left) / max(1, len(sample)),
    )


def _filter(
    given: Input, training: Pairs, model: Model, log_frequency: NDArray[np.float32]
) -> Filter | None:
    """Return what spares comparing, by what the model says of the training pairs."""
    if training.scale < WORTH_FILTERING:
        return None
    odds = log_odds(
        model.weights(),
        training.levels,
        training.left,
        training.right,
        training.stratum,
        log_frequency,
    )
    rows = glances(given.encoded)
    cell = cells(rows, training.left, training.right)
    near = np.take(rows, given.candidates[0].record)
    return Filter(near, worth_comparing(cell, probability(odds)))


def _first_scored(
    given: Input,
    model: Model,
    log_frequency: NDArray[np.float32],
    chosen: Filter | None,
) -> tuple[Scored, Codes]:
    """Return the likely pairs of all candidates, and how many the filter left out."""
    terms = model.weights(), given.strata, log_frequency, _floor(given.config, 0)
    with given.clock.stage("compare and score"):
        return compare_and_score(given.encoded, given.candidates, *terms, chosen)


def _scored_again(
    given: Input,
    scored: Scored,
    model: Model,
    log_frequency: NDArray[np.float32],
    number: int,
) -> Scored:
    """Return those of the likely pairs that this pass, too, finds likely."""
    floor = _floor(given.config, number)
    with given.clock.stage("score"):
        return score(scored, model.weights(), given.strata, log_frequency, floor)


def _floor(config: LinkConfig, number: int) -> float:
    last = number + 1 == max(1, config.passes)
    return config.candidate_floor * (1.0 if last else SLACK)


def _joined(
    given: Input,
    scored: Scored,
    model: Model,
    log_frequency: NDArray[np.float32],
    weights: NDArray[np.float64],
    filtered: Codes,
) -> Passed:
    """Join the records that the last pass scored; return all that it knew."""
    config = given.config
    with given.clock.stage("cluster"):
        merges = agglomerate(
            given.encoded,
            scored,
            model.weights(),
            given.strata,
            log_frequency,
            given.decided,
            stated=model.stated,
            until=config.loose,
            floor=config.component_floor,
            largest=config.largest_component,
            alpha=config.size_exponent,
        )
        if not model.stated_pairs:
            told = stated_pairs(scored, merges, config.loose)
            model = replace(model, stated_pairs=told)
    floor = model.stated.pair_log_odds(config.candidate_floor)
    scored = scored.kept(scored.log_odds >= floor)
    return Passed(model, log_frequency, scored, merges, weights, filtered)


def person_weights(pairs: Scored, records: int) -> NDArray[np.float64]:
    """Return one over the records that each record's person is expected to have.

    1 + sum of p over the record's pairs: all the person's records if each was brought
    together with it and is certain, fewer if not. Nothing is joined for it, so a chain
    of doubtful pairs never counts as one person.
    """
    share = probability(pairs.log_odds)
    others = np.bincount(pairs.left, share, records)
    others += np.bincount(pairs.right, share, records)
    return 1.0 / (1.0 + others)
