"""Fit the three-class mixture: chance, one person, two people of one home.

Belongs here: EM over all candidate patterns. Does not belong here: u (``chance``),
value frequencies (``frequencies``), scoring (``weights``).

Fellegi and Sunter (1969) with Dempster, Laird and Rubin's (1977) EM; the household
class and the per-stratum priors follow linkage recipe 1.4.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dagster_project.linkage.bounds import (
    believed_share,
    home_within_bounds,
    most,
    told_by_pairs,
    where_little_is_told,
    within_bounds,
)
from dagster_project.linkage.chance import ChanceSample, chance, level_mask
from dagster_project.linkage.changed_names import counted_once, with_changed_names
from dagster_project.linkage.classes import (
    FEWEST_HOUSEHOLD_PAIRS,
    OF_TWINS,
    SHARED,
    copied_shares,
    household_table,
    namesake_share,
    start_table,
    told_by_ssn,
    twin_forenames,
    twin_share,
    with_usual_forenames,
)
from dagster_project.linkage.fields import (
    EXACT_COLUMNS,
    FIELD_COUNT,
    FIELD_NAMES,
    TERM_COLUMNS,
    TERM_RULES,
    field,
    level,
    term_tables,
)
from dagster_project.linkage.frequencies import Frequencies
from dagster_project.linkage.name_dependence import FullNamePairs, name_dependence
from dagster_project.linkage.stated import Stated
from dagster_project.linkage.strata import Strata
from dagster_project.linkage.weights import (
    HOUSEHOLD,
    MATCH,
    TWIN,
    Weights,
    expected_counts,
    pair_frequencies,
)

SMOOTHING = 1e-3
"""Share of a field's mass that is spread like u: no level becomes impossible."""

PRIOR_PAIRS = 5.0
"""Pairs' worth of the overall rate in the prior of each stratum."""

TAKE_MATCHES_OUT_FROM = 5
"""Iteration from which the expected matches leave u: before, they are guesses, unless
a fitted model made them."""

TOLERANCE = 3e-4
"""EM stops when the log of the share of matches moves less."""

LEAST_STEPS, MOST_STEPS = 30, 80
"""The share of matches can rest for a while before it moves again."""

LEAST_STEPS_AGAIN = 8
"""The same for a fit that starts from a fitted model."""

FULL_EVERY = 8
"""Steps between two passes over all pairs; between them only pairs of which it is open
what they are are re-weighted, the others keep their last shares."""

ACTIVE = 1e-3
"""A pair that is not of its likeliest class with less than this keeps its shares until
the next full pass."""


@dataclass(frozen=True)
class Model:
    """Everything that scoring needs and nothing that depends on single records."""

    m: NDArray[np.float64]  # [field, level]
    household: NDArray[np.float64]  # [field, level]; used where a household shares
    u: NDArray[np.float64]  # [stratum, field, level]
    prior: NDArray[np.float64]  # [stratum, class] share of all pairs
    agreement: NDArray[np.float64]  # [stratum, term column] chance of equal values
    twins: float  # pairs of twins per pair of one person
    namesakes: float  # the same for those that bear one forename
    name_dependence: float  # how much more often than chance both names are shared
    steps: int
    surplus: float = 0.0  # log of the pairs in doubt per pair foreseen
    stated_pairs: tuple[float, ...] = ()  # see ``stated.Stated.pairs``
    seen: tuple[str, ...] = FIELD_NAMES  # fields that some pair had on both sides

    @property
    def stated(self) -> Stated:
        """Return how the log odds that the model gives are stated."""
        return Stated(self.surplus, self.stated_pairs)

    def weights(self) -> Weights:
        """Return the model as log Bayes factors for the kernels.

        A field that the model has not seen says nothing: all it has for it is where its
        fit began.
        """
        log_u = np.log(np.maximum(self.u, 1e-14))
        match = np.log(np.maximum(self.m, 1e-14))[None] - log_u
        home = household_table(self.household, self.u)
        home = np.log(np.maximum(home, 1e-14)) - log_u
        match = with_changed_names(match, self.m)
        home = with_changed_names(home, None)
        match[:, :, 0] = home[:, :, 0] = 0.0
        for names in (match[:, field("full_name")], home[:, field("full_name")]):
            names[:] = 0.0
            names[:, 1] = -np.log(self.name_dependence)
        shared, of_twins = np.zeros((2, FIELD_COUNT), np.bool_)
        shared[list(SHARED)] = True
        of_twins[list(OF_TWINS)] = True
        prior = np.log(np.maximum(self.prior, 1e-300))
        base = _agreement_base(log_u, self.agreement)
        first = field("first")
        twin = np.log(np.maximum(twin_forenames(self.u), 1e-14)) - log_u[:, first]
        twin[:, 0] = 0.0
        kin = np.array([self.twins, self.namesakes])
        tables = term_tables()
        # Of a value that has no rarity, what is copied is added here, once for all.
        copied = copied_shares()[:, None] * level_mask()
        settled = (copied > 0) & (tables.column < 0)
        copies = np.log(np.where(settled, copied, 1.0)) + match
        home = np.where(settled, np.logaddexp(home, copies), home)
        copied[settled] = 0.0
        unseen = ~np.isin(FIELD_NAMES, self.seen)
        match[:, unseen] = home[:, unseen] = 0.0
        copied[unseen], tables.column[unseen] = 0.0, -1
        if unseen[first]:
            twin[:] = 0.0
        return Weights(
            match,
            home,
            prior,
            base,
            shared,
            of_twins,
            copied,
            twin,
            kin,
            *tables,
        )


def _agreement_base(log_u: NDArray, agreement: NDArray) -> NDArray[np.float64]:
    """Return the log chance that a term rule's value agrees, per stratum and level.

    For a field whose level 1 is 'equal', that is u of level 1 (less the matches), also
    for its nearly equal levels; for the others the exact count.
    """
    base = np.zeros_like(log_u)
    exact = np.log(np.maximum(agreement, 1e-9))
    for rule in TERM_RULES:
        place, number = field(rule.field), level(rule.field, rule.level)
        if EXACT_COLUMNS.get(rule.field) == rule.column:
            base[:, place, number] = log_u[:, place, 1]
        else:
            base[:, place, number] = exact[:, TERM_COLUMNS.index(rule.column)]
            if rule.beside:
                base[:, place, number] += exact[:, TERM_COLUMNS.index(rule.beside)]
    return base


@dataclass(frozen=True)
class Pairs:
    """The pairs a model is fitted on; ``scale`` candidates stand behind each."""

    levels: NDArray[np.uint8]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    stratum: NDArray[np.int64]
    scale: float


def fit(
    pairs: Pairs,
    strata: Strata,
    frequencies: Frequencies,
    sample: ChanceSample,
    full_names: FullNamePairs,
    most_steps: int = MOST_STEPS,
    household: bool = True,
    start: Model | None = None,
) -> Model:
    """Fit the mixture by EM; without ``household`` its class never has a share.

    lambda_{g,c} = (responsibilities in g + 5) / (T_g + 5 / lambda_c): all T_g pairs of
    the stratum are the denominator, candidates or not. Where a fitted model is given to
    ``start`` from, few steps are needed.
    """
    total = max(strata.pairs.sum(), 1.0)
    records = len(strata.source)
    overall = np.array([1.0, records / total, 0.2 * records / total])
    overall = np.minimum(overall, [1.0, 0.5, 0.1 * household])
    agreement = _rate(frequencies)
    least_steps = LEAST_STEPS_AGAIN if start else LEAST_STEPS
    take_out_from = 0 if start else TAKE_MATCHES_OUT_FROM
    model = start or Model(
        start_table(),
        start_table(),
        chance(sample, None),
        np.tile(overall, (strata.count, 1)),
        agreement,
        twin_share(1.0, 0.0, 0.0, 0.0) * household,
        namesake_share(overall[MATCH], overall[HOUSEHOLD]),
        1.0,
        0,
    )
    model = replace(model, seen=_seen(pairs, sample, frequencies))
    common = pair_frequencies(
        model.weights(),
        pairs.levels,
        pairs.left,
        pairs.right,
        frequencies.log_frequency,
    )
    counter = _Counter(pairs, common, strata.count)
    before = 0.0
    for step in range(most_steps):
        match, home, totals = counter.count(model.weights(), step)
        match, home = counted_once(match), counted_once(home)
        counts = match.sum(0)
        told, little = told_by_ssn(counts), where_little_is_told(counts)
        surely = believed_share(counts, most(told, little)) * totals[:, MATCH].sum()
        bounds = most(max(told, told_by_pairs(surely, records)), little)
        totals[:, MATCH] *= believed_share(counts, bounds)
        # Blocking leaves out most pairs of a person of whom there are many rows alike.
        totals[:, MATCH] = np.maximum(totals[:, MATCH], sample.repeats.max((1, 2)))
        share = totals.sum(0) / total
        prior = (totals[:, :TWIN] + PRIOR_PAIRS) / (
            strata.pairs[:, None] + PRIOR_PAIRS / np.maximum(share[:TWIN], 1e-15)
        )
        prior[:, 0] = 1.0
        least = FEWEST_HOUSEHOLD_PAIRS * share[MATCH]
        kin = max(share[HOUSEHOLD], least)
        prior[:, HOUSEHOLD] = np.maximum(prior[:, HOUSEHOLD], least) * household
        mean_u = model.u.mean(0)
        take_out = match if step >= take_out_from else None
        person = within_bounds(_normalised(counts, mean_u), bounds)
        if household:
            person = with_usual_forenames(person, share[MATCH] * total)
        unlike = person[field("first"), level("first", "different")]
        model = Model(
            person,
            home_within_bounds(_normalised(home, mean_u), person),
            chance(sample, take_out),
            prior,
            agreement,
            twin_share(share[MATCH] * total, share[TWIN] * total, unlike, told)
            * household,
            namesake_share(share[MATCH], kin),
            name_dependence(full_names, model.m, mean_u),
            step + 1,
            seen=model.seen,
        )
        moved = abs(np.log(max(share[MATCH], 1e-300) / max(before, 1e-300)))
        if step > least_steps and moved < TOLERANCE:
            break
        before = share[MATCH]
    return model


def _seen(
    pairs: Pairs, sample: ChanceSample, frequencies: Frequencies
) -> tuple[str, ...]:
    """Return the fields that two records of the file have on both sides.

    Seen from the pairs fitted on and those drawn by chance, and where a field is one
    column from its values, of which two may be too few for both.
    """
    told = (pairs.levels > 0).any(0) | (sample.compared.sum(0) > 0)
    for name, column in EXACT_COLUMNS.items():
        told[field(name)] |= frequencies.present[:, TERM_COLUMNS.index(column)].any()
    return tuple(np.array(FIELD_NAMES)[told].tolist())


def _rate(frequencies: Frequencies) -> NDArray[np.float64]:
    """Return the chance of agreeing per stratum, a little of the overall mixed in."""
    agreeing, present = frequencies.agreeing, frequencies.present
    overall = agreeing.sum(0) / np.maximum(present.sum(0), 1.0)
    return (agreeing + 10.0 * overall) / (present + 10.0)


def _normalised(counts: NDArray, u: NDArray) -> NDArray[np.float64]:
    counts = counts * level_mask()
    mass = np.maximum(counts.sum(1, keepdims=True), 1.0)
    table = (counts + SMOOTHING * mass * u + 1e-6) * level_mask()
    table = table / table.sum(1, keepdims=True)
    table[:, 0] = 1.0
    return table


class _Counter:
    """The E step with an active set; what is idle keeps its last expected counts."""

    def __init__(self, pairs: Pairs, common: NDArray, strata: int) -> None:
        self._pairs, self._common, self._strata = pairs, common, strata
        self._active = np.zeros(0, np.int64)
        self._levels = self._stratum = self._active_common = None
        self._idle: list[NDArray] = []

    def count(self, weights: Weights, step: int) -> list[NDArray]:
        """Return match counts, household counts and class totals, scaled."""
        pairs = self._pairs
        if step % FULL_EVERY == 0 or not self._idle:
            open_share = np.zeros(len(pairs.levels))
            full = self._sums(
                weights, pairs.levels, pairs.stratum, self._common, open_share
            )
            active = np.flatnonzero(open_share > ACTIVE)
            self._levels = pairs.levels[active]
            self._stratum = pairs.stratum[active]
            self._active_common = self._common[active]
            some = self._active_sums(weights)
            self._idle = [a - b for a, b in zip(full, some, strict=True)]
        else:
            some = self._active_sums(weights)
            full = [a + b for a, b in zip(self._idle, some, strict=True)]
        return [np.maximum(part, 0.0) * pairs.scale for part in full]

    def _active_sums(self, weights: Weights) -> list[NDArray]:
        nowhere = np.zeros(len(self._levels))
        return self._sums(
            weights, self._levels, self._stratum, self._active_common, nowhere
        )

    def _sums(self, weights, levels, stratum, common, open_share) -> list[NDArray]:
        return expected_counts(
            weights, levels, stratum, common, self._strata, open_share
        )
