"""The hazard model gives lifelines' numbers, and errors lifelines has not."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from lifelines import CoxPHFitter, CoxTimeVaryingFitter

from dagster_project.effects.cox import NoEstimateError, fit

TRUE = np.array([0.5, -0.3, 0.4])


def _lives(count: int, seed: int) -> pd.DataFrame:
    """Return days with ties, an exposure that begins on the way, three covariates."""
    draws = np.random.default_rng(seed)
    x = draws.normal(size=(count, 3))
    end = np.ceil(draws.exponential(60 / np.exp(x @ TRUE))).astype(int)
    last = draws.integers(5, 90, count)
    onset = draws.integers(1, 30, count)
    rows = []
    for one in range(count):
        stop, event = min(end[one], last[one]), end[one] <= last[one]
        edges = [0, *([onset[one]] if onset[one] < stop else []), stop]
        for low, high in pairwise(edges):
            exposed = float(low >= onset[one])
            done = bool(event and high == stop)
            rows.append((one, low, high, done, *x[one], exposed))
    return pd.DataFrame(rows, columns=["id", "start", "stop", "e", *"abc", "exposed"])


def _fit(rows: pd.DataFrame):
    x = rows[[*"abc", "exposed"]].to_numpy(float)
    start, stop = rows["start"].to_numpy(), rows["stop"].to_numpy()
    return fit(start, stop, rows["e"].to_numpy(bool), x)


def test_coefficients_are_those_of_lifelines_with_ties_and_late_exposure():
    rows = _lives(500, 1)
    theirs = CoxTimeVaryingFitter().fit(rows, event_col="e", id_col="id")
    ours = _fit(rows)
    np.testing.assert_allclose(ours.beta, theirs.params_, rtol=1e-5)


def test_clustered_errors_are_those_of_lifelines_without_ties():
    """Its robust errors take fixed covariates and no ties."""
    draws = np.random.default_rng(2)
    x = draws.normal(size=(500, 3))
    stop = np.argsort(np.argsort(draws.exponential(1 / np.exp(x @ TRUE)))) + 1
    event = draws.random(500) < 0.7
    cluster = draws.integers(0, 170, 500)
    frame = pd.DataFrame(x, columns=list("abc")).assign(t=stop, e=event, g=cluster)
    theirs = CoxPHFitter().fit(frame, "t", "e", cluster_col="g")
    ours = fit(np.zeros(500, int), stop, event, x)
    summed = np.zeros((170, 3))
    np.add.at(summed, cluster, ours.influence)
    errors = np.sqrt((summed**2).sum(axis=0))
    np.testing.assert_allclose(ours.beta, theirs.params_, rtol=1e-4)
    np.testing.assert_allclose(errors, theirs.standard_errors_, rtol=1e-4)


def test_influences_are_those_of_leaving_out_one_at_a_time():
    """Of the coefficients, and of a sum over the baseline hazard, ties and all."""
    rows = _lives(400, 4)
    whole = _fit(rows)
    by_day = np.linspace(0.2, 1.0, len(whole.hazard))
    of_hazard = whole.hazard_influence(
        rows["start"].to_numpy(),
        rows["stop"].to_numpy(),
        rows["e"].to_numpy(bool),
        by_day,
    )
    predicted, found = [], []
    for one in range(0, 400, 4):
        own = (rows["id"] == one).to_numpy()
        part = _fit(rows[~own])
        days = len(part.hazard)
        found.append(
            [
                *(whole.beta - part.beta),
                by_day @ whole.hazard - by_day[:days] @ part.hazard,
            ]
        )
        predicted.append([*whole.influence[own].sum(axis=0), of_hazard[own].sum()])
    predicted, found = np.array(predicted), np.array(found)
    for column in range(5):
        assert np.corrcoef(predicted[:, column], found[:, column])[0, 1] > 0.99
        ratio = predicted[:, column].std() / found[:, column].std()
        assert ratio == pytest.approx(1, abs=0.06)


@pytest.mark.parametrize(
    ("x", "event", "why"),
    [
        ([[0.0], [1.0], [0.0], [1.0]], [False] * 4, "no outcome"),
        ([[], [], [], []], [True] * 4, "nothing to compare"),
        ([[0.0], [1.0], [0.0], [1.0]], [False, True, False, True], "decides alone"),
        ([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0], [0.0, 0.0]], [True] * 4, "same"),
    ],
)
def test_says_why_there_is_no_estimate(x, event, why):
    start, stop = np.zeros(4, int), np.array([2, 3, 4, 5])
    with pytest.raises(NoEstimateError, match=why):
        fit(start, stop, np.array(event), np.array(x, dtype=float).reshape(4, -1))
