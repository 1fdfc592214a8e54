"""The people at time zero, watched, and the model fitted to them once.

Belongs here: hazard ratios and standardised risks of one outcome, with errors by
person. Does not belong here: who is eligible, what is shown of it (``compare``).
"""

from dataclasses import dataclass

import numpy as np

from dagster_project.effects import cox, standardise
from dagster_project.effects.covariates import Covariates, Floats
from dagster_project.effects.history import NEVER, Ints
from dagster_project.effects.incidence import Z
from dagster_project.effects.outcomes import COMPETING, OUTCOME
from dagster_project.effects.person_days import cut

WATCH_DAYS = 90
"""Time zero to the end of the watch."""
FEWEST_EXPOSED = 5
"""Outcomes after exposure below which no estimate is given: it would be noise."""


@dataclass(frozen=True)
class Interval:
    """An estimate with its 95 % limits."""

    value: float
    low: float
    high: float


class Trial:
    """The people at time zero, watched, and the model fitted to them once."""

    def __init__(
        self,
        stop: Ints,
        what: Ints,
        person: Ints,
        carried: Covariates,
        onset: dict[str, Ints],
        end: dict[str, Ints],
        effect_days: int,
    ) -> None:
        self.stop, self.what, self.person = stop, what, person
        self.outcome, self.carried, self.onset = what == OUTCOME, carried, onset
        self.names, self.effect_days = list(onset), effect_days
        self.days = cut(
            stop,
            self.outcome,
            np.stack(list(onset.values()), axis=1),
            np.stack(list(end.values()), axis=1),
            effect_days,
        )
        self.used = self._used()
        self.model, self.why = None, None
        try:
            self.model = cox.fit(
                self.days.start, self.days.stop, self.days.event, self._columns()
            )
        except cox.NoEstimateError as error:
            self.why = str(error)
        _, self.cluster = np.unique(person, return_inverse=True)
        self.competing = self._competing()

    def _used(self) -> list[int]:
        """Return the exposure columns with outcomes and people-days of their own."""
        events = self.days.exposed[self.days.event].sum(axis=0)
        return [column for column, n in enumerate(events) if n >= FEWEST_EXPOSED]

    def _columns(self) -> Floats:
        return np.concatenate(
            [self.days.exposed[:, self.used], self.carried.x[self.days.index]], axis=1
        )

    def _competing(self) -> tuple[Floats, Ints]:
        """Return each day's hazard of what competes and the number at risk."""
        last = WATCH_DAYS + 1
        ended = np.bincount(self.stop, minlength=last)
        gone = np.bincount(self.stop[self.what == COMPETING], minlength=last)
        size = len(self.stop) - np.concatenate([[0], np.cumsum(ended)[:-1]])
        size = np.maximum(size, 1)
        return gone / size, size

    def _error(self, influence: Floats) -> float:
        """Return the standard error of a number from each index's influence on it.

        Fitted influences are smaller than true ones, the more so the more coefficients
        there are, and what is known of hazards is known from outcomes: so the square
        is scaled by outcomes over outcomes less coefficients (as MacKinnon and White
        1985, HC1, with outcomes for rows).
        """
        outcomes, coefficients = self.days.event.sum(), len(self.model.beta)
        scale = outcomes / max(outcomes - coefficients, 1)
        summed = np.bincount(self.cluster, influence)
        return float(np.sqrt(scale * (summed**2).sum()))

    def _by_index(self, rows: Floats) -> Floats:
        return np.bincount(self.days.index, rows, len(self.stop))

    def hazard_ratio(self, first: int) -> Interval:
        """Return the hazard ratio of an exposure, by its first column."""
        at = self.used.index(first)
        log = float(self.model.beta[at])
        error = self._error(self._by_index(self.model.influence[:, at]))
        return on_log_scale(log, error)

    def risks(self, first: int, onset: Ints, horizon: int) -> dict:
        """Return standardised risks, their difference and ratio."""
        model, used = self.model, len(self.used)
        places = [
            self.used.index(column) if column in self.used else None
            for column in (first, first + 1)
        ]
        effect = np.array([0.0 if p is None else model.beta[p] for p in places])
        taken = onset[(onset < NEVER) & (onset < self.stop)]
        shares = np.bincount(taken) / len(taken)
        hazard = np.zeros(WATCH_DAYS + 1)
        hazard[: len(model.hazard)] = model.hazard
        risks, moved = [], []
        for regime in (shares, None):
            risk = standardise.standardised_risk(
                hazard,
                self.competing[0],
                self.carried.x,
                model.beta[used:],
                effect,
                regime,
                horizon,
                self.effect_days,
            )
            risks.append(risk.value)
            moved.append(self._influence(risk, places, used))
        apart = risks[0] - risks[1]
        error = self._error(moved[0] - moved[1])
        by_ratio = self._error(moved[0] / risks[0] - moved[1] / risks[1])
        return {
            "risk_exposed": risks[0],
            "risk_unexposed": risks[1],
            "difference": Interval(apart, apart - Z * error, apart + Z * error),
            "ratio": on_log_scale(float(np.log(risks[0] / risks[1])), by_ratio),
        }

    def _influence(
        self, risk: standardise.Risk, places: list[int | None], used: int
    ) -> Floats:
        """Return each index's influence on a standardised risk."""
        model, days = self.model, self.days
        by_beta = np.zeros(len(model.beta))
        by_beta[used:] = risk.by_beta
        for place, slope in zip(places, risk.by_exposure, strict=True):
            if place is not None:
                by_beta[place] = slope
        by_day = np.zeros(len(model.hazard))
        known = min(len(by_day), len(risk.by_hazard))
        by_day[:known] = risk.by_hazard[:known]
        rows = model.influence @ by_beta
        rows += model.hazard_influence(days.start, days.stop, days.event, by_day)
        own = (risk.of_each - risk.value) / len(self.stop)
        competing, size = self.competing
        pull = np.zeros(WATCH_DAYS + 1)
        pull[: len(risk.by_competing)] = risk.by_competing
        gone = np.where(self.what == COMPETING, (pull / size)[self.stop], 0.0)
        gone -= np.cumsum(pull * competing / size)[self.stop]
        return self._by_index(rows) + own + gone


def on_log_scale(log: float, error: float) -> Interval:
    """Return a ratio with limits that are even around it in the logarithm."""
    return Interval(
        float(np.exp(log)),
        float(np.exp(log - Z * error)),
        float(np.exp(log + Z * error)),
    )
