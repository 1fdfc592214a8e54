"""Cumulative incidence: by hand, against lifelines, and what must always hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import AalenJohansenFitter, KaplanMeierFitter

from dagster_project.effects.incidence import cumulative_incidence
from dagster_project.effects.outcomes import CENSORED, COMPETING, OUTCOME

TWELVE = [
    ("Amina", 3, OUTCOME),
    ("Bảo", 3, OUTCOME),
    ("Chidi", 3, COMPETING),  # dies on the day two others have the outcome
    ("Dolores", 5, CENSORED),  # data end: after the outcome of that day
    ("Eun-ji", 5, OUTCOME),
    ("Farid", 8, COMPETING),
    ("Giang", 8, CENSORED),
    ("Hana", 10, OUTCOME),
    ("Ikaika", 12, CENSORED),
    ("João", 12, OUTCOME),
    ("Kateryna", 20, CENSORED),
    ("Luis", 20, CENSORED),
]
"""Day 3: 12 watched, 2 outcomes, 1 death. F = 2/12. S = 9/12.
Day 5: 9 watched, 1 outcome. F += 9/12 · 1/9 = 1/12, so 3/12. S = 9/12 · 8/9 = 8/12.
Day 8: 7 watched (Dolores gone), 1 death. S = 8/12 · 6/7 = 4/7.
Day 10: 5 watched (Giang gone), 1 outcome. F += 4/7 · 1/5. S = 4/7 · 4/5 = 16/35.
Day 12: 4 watched, 1 outcome (Ikaika ends after it). F += 16/35 · 1/4 = 4/35.
"""


def _curve(rows, days=30):
    stop = np.array([day for _, day, _ in rows])
    what = np.array([kind for *_, kind in rows])
    return cumulative_incidence(stop, what, np.arange(len(rows)), days)


def test_twelve_people_worked_by_hand():
    curve = _curve(TWELVE)
    for day, expected in (
        (0, 0),
        (2, 0),
        (3, 2 / 12),
        (4, 2 / 12),
        (5, 3 / 12),
        (8, 3 / 12),
        (10, 3 / 12 + 4 / 35),
        (12, 3 / 12 + 8 / 35),
        (30, 3 / 12 + 8 / 35),
    ):
        assert curve.incidence[day] == pytest.approx(expected), day
    assert curve.at_risk[[0, 3, 5, 8, 10, 12, 20, 21]].tolist() == [
        12, 12, 9, 7, 5, 4, 2, 0,
    ]  # fmt: skip
    assert curve.outcomes[30] == 5
    assert curve.competing[30] == 2
    assert curve.censored[30] == 5


def test_death_taken_for_censoring_would_say_more():
    stop = np.array([day for _, day, _ in TWELVE])
    outcome = np.array([kind == OUTCOME for *_, kind in TWELVE])
    as_if = 1 - KaplanMeierFitter().fit(stop, outcome).predict(12)
    assert as_if > _curve(TWELVE).incidence[12] + 0.02


def test_without_what_competes_it_is_one_less_kaplan_and_meier():
    draws = np.random.default_rng(3)
    stop = draws.integers(1, 40, 300)  # many ties
    what = np.where(draws.random(300) < 0.6, OUTCOME, CENSORED)
    fitted = KaplanMeierFitter().fit(stop, what == OUTCOME)
    curve = cumulative_incidence(stop, what, np.arange(300), 40)
    expected = 1 - fitted.predict(np.arange(41)).to_numpy()
    np.testing.assert_allclose(curve.incidence, expected, atol=1e-12)


def test_equals_lifelines_where_no_two_share_a_day():
    """With ties lifelines shifts days at random, so none are given to it."""
    draws = np.random.default_rng(11)
    count = 400
    stop = draws.permutation(count) + 1
    what = draws.choice([CENSORED, OUTCOME, COMPETING], count, p=[0.3, 0.4, 0.3])
    curve = cumulative_incidence(stop, what, np.arange(count), count)
    theirs = AalenJohansenFitter().fit(stop, what, event_of_interest=OUTCOME)
    fitted = theirs.cumulative_density_.iloc[:, 0]
    days = fitted.index.astype(int)
    np.testing.assert_allclose(curve.incidence[days], fitted, atol=1e-12)
    limits = theirs.confidence_interval_.dropna()
    limits = limits[(limits.index >= 50) & (limits.index <= 350)]
    days = limits.index.astype(int)
    # Theirs is Greenwood's variance, ours the jackknife's: alike at this size.
    np.testing.assert_allclose(curve.low[days], limits.min(axis=1), rtol=0.02)
    np.testing.assert_allclose(curve.high[days], limits.max(axis=1), rtol=0.02)


def _some(seed: int, persons: int = 60, rows: int = 150):
    draws = np.random.default_rng(seed)
    person = draws.integers(0, persons, rows)
    stop = draws.integers(0, 25, rows)
    what = draws.choice([CENSORED, OUTCOME, COMPETING], rows, p=[0.3, 0.4, 0.3])
    what[stop == 0] = CENSORED
    return stop, what, person


def test_limits_are_those_of_leaving_out_one_person_at_a_time():
    stop, what, person = _some(5)
    whole = cumulative_incidence(stop, what, person, 20)
    without = []
    for one in np.unique(person):
        kept = person != one
        part = cumulative_incidence(stop[kept], what[kept], person[kept], 20)
        without.append(part.incidence[15])
    without = np.array(without)
    count = len(without)
    jackknife = np.sqrt((count - 1) / count * ((without - without.mean()) ** 2).sum())
    value = whole.incidence[15]
    width = np.log(np.log(whole.low[15]) / np.log(value)) / 1.959963984540054
    error = width * value * abs(np.log(value))
    assert error == pytest.approx(jackknife, rel=0.04)


def test_a_person_seen_twice_is_one_person():
    stop, what, person = _some(8)
    once = cumulative_incidence(stop, what, person, 20)
    twice = [np.concatenate([values, values]) for values in (stop, what, person)]
    again = cumulative_incidence(*twice, 20)
    np.testing.assert_allclose(again.incidence, once.incidence)
    np.testing.assert_allclose(again.low, once.low)
    np.testing.assert_allclose(again.high, once.high)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_what_must_always_hold(seed):
    stop, what, person = _some(seed, persons=20, rows=50)
    curve = cumulative_incidence(stop, what, person, 20)
    other = np.select([what == OUTCOME, what == COMPETING], [COMPETING, OUTCOME], 0)
    rest = cumulative_incidence(stop, other, person, 20)
    assert (np.diff(curve.incidence) >= 0).all()
    assert (curve.incidence + rest.incidence <= 1 + 1e-12).all()
    assert (curve.low <= curve.incidence + 1e-12).all()
    assert (curve.incidence <= curve.high + 1e-12).all()
    assert (curve.low >= 0).all()
    assert (curve.high <= 1).all()
    order = np.random.default_rng(seed).permutation(len(stop))
    mixed = cumulative_incidence(stop[order], what[order], person[order], 20)
    np.testing.assert_allclose(mixed.incidence, curve.incidence)
    np.testing.assert_allclose(mixed.high, curve.high)


def test_nothing_seen_yet_is_not_certainty():
    """Of ten people none by day 5: up to 31 % is within the limits (exact)."""
    curve = cumulative_incidence(np.full(10, 20), np.zeros(10, int), np.arange(10), 20)
    assert curve.incidence[5] == 0
    assert curve.high[5] == pytest.approx(0.3085, abs=1e-4)
    assert curve.low[5] == 0
