"""Cox's proportional hazards on whole days, with errors clustered by person.

Belongs here: the partial likelihood (Efron's ties, counting-process rows), and each
row's influence on the estimate. Does not belong here: which rows and covariates.

lifelines' ``CoxTimeVaryingFitter`` gives the same coefficients but has no errors
clustered by person ("Not available yet") and loops over days in Python; the tests hold
this module against it and against ``CoxPHFitter``.

Sources: Efron 1977 (ties); Lin and Wei 1989 (sandwich); Therneau and Grambsch 2000,
section 7.2, for score residuals under Efron's ties.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Ints = NDArray[np.integer]
Flags = NDArray[np.bool_]

STEPS = 30
"""Newton steps; the likelihood is concave and five usually do."""
TOLERANCE = 1e-9
"""Gain in log likelihood below which the climb ends."""
STEEPEST = 15.0
"""A log hazard ratio beyond this has no finite estimate: a covariate decides alone."""


class NoEstimateError(ValueError):
    """The data hold no finite estimate."""


@dataclass(frozen=True)
class Cox:
    """A fitted model; arrays by day have one entry for each day 0, 1, … last."""

    beta: Floats  # (p,) log hazard ratios
    influence: Floats  # (rows, p): what a row more would move beta by
    weight: Floats  # (rows,) exp(x beta)
    hazard: Floats  # (days,) baseline hazard at x = 0, Efron
    pull: Floats  # (days, p) minus the derivative of hazard by beta
    events: Floats  # (days,) number of events

    def hazard_influence(self, start: Ints, stop: Ints, event: Flags, by_day: Floats):
        """Return each row's influence on ``sum(by_day * hazard)``.

        Args:
            start: As given to ``fit``.
            stop: As given to ``fit``.
            event: As given to ``fit``.
            by_day: (days,) how much a quantity hangs on each day's hazard.

        Returns:
            (rows,) influence, through the events, the people at risk and beta.
        """
        per_event = np.divide(
            self.hazard,
            self.events,
            out=np.zeros_like(self.hazard),
            where=self.events > 0,
        )
        at_risk = np.cumsum(by_day * per_event * self.hazard)
        own = np.where(event, (by_day * per_event)[stop], 0.0)
        own -= self.weight * (at_risk[stop] - at_risk[start])
        return own - self.influence @ (by_day @ self.pull)


def fit(start: Ints, stop: Ints, event: Flags, x: Floats) -> Cox:
    """Fit the model by Newton's method.

    Args:
        start: (rows,) last whole day before the row's watch, from 0.
        stop: (rows,) last day of its watch, above ``start``.
        event: (rows,) whether the event came on day ``stop``.
        x: (rows, p) covariates.

    Raises:
        NoEstimateError: No event, no covariate, or no finite maximum.
    """
    if not event.any():
        raise NoEstimateError("no outcome")
    if not x.shape[1]:
        raise NoEstimateError("nothing to compare")
    risk = _Risk(start, stop, event)
    beta = np.zeros(x.shape[1])
    likelihood, gradient, hessian = risk.at(beta, x)
    for _ in range(STEPS):
        try:
            step = np.linalg.solve(hessian, gradient)
        except np.linalg.LinAlgError as error:
            raise NoEstimateError("covariates say the same") from error
        for _ in range(STEPS):
            ahead = risk.at(beta + step, x)
            if ahead[0] >= likelihood - TOLERANCE:
                break
            step = step / 2
        gain = ahead[0] - likelihood
        beta, (likelihood, gradient, hessian) = beta + step, ahead
        if np.abs(beta).max(initial=0.0) > STEEPEST:
            raise NoEstimateError("a covariate decides alone")
        if gain < TOLERANCE:
            return risk.result(beta, x, np.linalg.inv(hessian))
    raise NoEstimateError("no finite maximum")


class _Risk:
    """Who is at risk on which day, and the tied events of each day in turn."""

    def __init__(self, start: Ints, stop: Ints, event: Flags) -> None:
        self.start, self.stop = start.astype(np.int64), stop.astype(np.int64)
        self.event = event
        self.days = int(stop.max()) + 1
        self.row = np.flatnonzero(event)
        self.row = self.row[np.argsort(self.stop[self.row], kind="stable")]
        self.day = self.stop[self.row]
        self.tied = np.bincount(self.day, minlength=self.days)
        first = np.concatenate([[0], np.cumsum(self.tied)[:-1]])
        place = np.arange(len(self.row)) - first[self.day]
        self.share = place / self.tied[self.day]

    def _sums(self, values: Floats) -> Floats:
        """Return the sum over those at risk on each day."""
        change = self._by_day(self.start, values) - self._by_day(self.stop, values)
        total = np.zeros_like(change)
        total[1:] = np.cumsum(change, axis=0)[:-1]
        return total

    def _by_day(self, day: Ints, values: Floats) -> Floats:
        columns = values.reshape(len(values), -1).T
        summed = [np.bincount(day, column, self.days) for column in columns]
        return np.stack(summed, axis=1).reshape(self.days, *values.shape[1:])

    def _ties(self, weight: Floats, x: Floats) -> tuple[Floats, Floats]:
        """Return, for each event in turn, the risk set's total and mean of x."""
        weighted = weight[:, None] * x
        total, first = self._sums(weight), self._sums(weighted)
        at, own = self.day, self.row
        tied = np.bincount(at, weight[own], self.days)
        tied_first = self._by_day(at, weighted[own])
        size = total[at] - self.share * tied[at]
        mean = first[at] - self.share[:, None] * tied_first[at]
        return size, mean / size[:, None]

    def _over_days(self, per_event: Floats) -> Floats:
        """Return the sum of something over each day's events."""
        return self._by_day(self.day, per_event)

    def at(self, beta: Floats, x: Floats) -> tuple[float, Floats, Floats]:
        """Return the log likelihood, its gradient and minus its second derivative."""
        linear = x @ beta
        weight = np.exp(linear)
        size, mean = self._ties(weight, x)
        likelihood = float(linear[self.row].sum() - np.log(size).sum())
        gradient = (x[self.row] - mean).sum(axis=0)
        reached = np.cumsum(self._over_days(1 / size))
        hold = reached[self.stop] - reached[self.start]
        hold[self.row] -= self._over_days(self.share / size)[self.day]
        second = (x * (weight * hold)[:, None]).T @ x
        return likelihood, gradient, second - mean.T @ mean

    def result(self, beta: Floats, x: Floats, inverse: Floats) -> Cox:
        """Return the fitted model with each row's influence."""
        weight = np.exp(x @ beta)
        size, mean = self._ties(weight, x)
        hazard = self._over_days(1 / size)
        pull = self._over_days(mean / size[:, None])
        reached, pulled = np.cumsum(hazard), np.cumsum(pull, axis=0)
        hold = reached[self.stop] - reached[self.start]
        drawn = pulled[self.stop] - pulled[self.start]
        own = self._over_days(self.share / size)
        own_pull = self._over_days(mean * (self.share / size)[:, None])
        hold[self.row] -= own[self.day]
        drawn[self.row] -= own_pull[self.day]
        score = -weight[:, None] * (x * hold[:, None] - drawn)
        centre = self._over_days(mean) / np.maximum(self.tied, 1)[:, None]
        score[self.row] += x[self.row] - centre[self.day]
        return Cox(beta, score @ inverse, weight, hazard, pull, self.tied.astype(float))
