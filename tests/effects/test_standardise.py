"""Standardised risks: closed forms, and derivatives by taking small steps."""

import numpy as np
import pytest

from dagster_project.effects.standardise import standardised_risk

DAYS = 91
DAILY = np.where(np.arange(DAYS) > 0, 0.01, 0.0)
NONE = np.zeros(DAYS)
ALIKE = np.zeros((50, 1))


def _risk(**given):
    usual = {
        "hazard": DAILY,
        "competing": NONE,
        "x": ALIKE,
        "beta": np.zeros(1),
        "exposure": np.zeros(2),
        "onset": None,
        "horizon": 37,
        "effect_days": 30,
    }
    return standardised_risk(**(usual | given))


def test_a_steady_hazard_gives_its_closed_form():
    assert _risk().value == pytest.approx(1 - np.exp(-0.37))


def test_exposure_acts_from_its_own_day_for_its_days():
    """Exposed on day 2: day 1 as it is, 2 to 31 doubled, 32 to 37 halved."""
    risk = _risk(exposure=np.log([2.0, 0.5]), onset=np.array([0, 0, 1.0]))
    assert risk.value == pytest.approx(1 - np.exp(-0.01 * (1 + 2 * 30 + 0.5 * 6)))


def test_onset_days_are_mixed_by_their_shares():
    early, late = np.array([0, 1.0]), np.array([0, 0, 0, 0, 0, 1.0])
    effect = np.log([2.0, 1.0])
    mixed = _risk(exposure=effect, onset=0.25 * np.append(early, [0] * 4) + 0.75 * late)
    apart = [_risk(exposure=effect, onset=onset).value for onset in (early, late)]
    assert mixed.value == pytest.approx(0.25 * apart[0] + 0.75 * apart[1])


def test_what_competes_takes_people_out():
    competing = np.where(np.arange(DAYS) > 0, 0.02, 0.0)
    chance = 1 - np.exp(-0.01)
    stays = (1 - chance - 0.02) ** np.arange(37)
    assert _risk(competing=competing).value == pytest.approx((stays * chance).sum())


def test_twelve_people_of_two_kinds_worked_by_hand():
    """Eight with a quiet history (x = 0) and four with a restless one (x = 1).

    One in ten of the quiet has the outcome on a day, and the restless have twice the
    hazard: 1 - .9 · .9 = .19. Exposure doubles the hazard again, from day 1 on: .19 of
    the quiet, 1 - .9^4 = .3439 of the restless. One in twenty leaves otherwise.
    By day 2, without exposure:
        quiet     .1  + (1 - .1  - .05) · .1  = .1  + .085  = .185
        restless  .19 + (1 - .19 - .05) · .19 = .19 + .1444 = .3344
        all       (8 · .185 + 4 · .3344) / 12 = .2348
    with it:
        quiet     .3344, as the restless without
        restless  .3439 + (1 - .3439 - .05) · .3439 = .3439 + .20843779 = .55233779
        all       (8 · .3344 + 4 · .55233779) / 12 = .40704593
    Were only the restless exposed, a crude comparison would say .5523 against .185:
    more than twice the .1722 that exposure adds in these twelve.
    """
    given = {
        "hazard": np.array([0, *[-np.log(0.9)] * 2]),
        "competing": np.array([0, 0.05, 0.05]),
        "x": np.array([[0.0]] * 8 + [[1.0]] * 4),
        "beta": np.log([2.0]),
        "exposure": np.log([2.0, 1.0]),
        "horizon": 2,
    }
    without = _risk(**given)
    exposed = _risk(**given, onset=np.array([0, 1.0]))
    assert without.value == pytest.approx(0.2348, rel=1e-4)
    assert exposed.value == pytest.approx(0.40704593, rel=1e-4)
    np.testing.assert_allclose(without.of_each, [0.185] * 8 + [0.3344] * 4, rtol=1e-4)


def test_reading_off_the_grid_is_as_good_as_each_person_alone():
    draws = np.random.default_rng(1)
    x, beta = draws.normal(size=(200, 3)), np.array([0.8, -0.5, 0.3])
    own = 1 - np.exp(-0.37 * np.exp(x @ beta))
    risk = _risk(x=x, beta=beta)
    np.testing.assert_allclose(risk.of_each, own, rtol=1e-4)
    assert risk.value == pytest.approx(own.mean(), rel=1e-5)


def test_derivatives_are_those_of_small_steps():
    draws = np.random.default_rng(2)
    given = {
        "x": draws.normal(size=(80, 2)),
        "beta": np.array([0.4, -0.2]),
        "exposure": np.log([1.6, 0.9]),
        "onset": np.array([0, 0.5, 0, 0.5]),
        "competing": np.where(np.arange(DAYS) > 0, 0.002, 0.0),
        "hazard": DAILY * draws.uniform(0.5, 1.5, DAYS),
    }
    risk = _risk(**given)
    step = 1e-5
    by = {
        "beta": risk.by_beta,
        "exposure": risk.by_exposure,
        "hazard": risk.by_hazard,
        "competing": risk.by_competing,
    }
    for name, derivative in by.items():
        for place in range(1 if name in ("hazard", "competing") else 0, 2):
            moved = given[name].copy()
            moved[place] += step
            slope = (_risk(**(given | {name: moved})).value - risk.value) / step
            assert derivative[place] == pytest.approx(slope, rel=5e-3, abs=2e-4), name
