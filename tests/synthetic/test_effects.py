"""The truth by potential outcomes: twins that differ only where an effect acts."""

import numpy as np
import pytest

from dagster_project.synthetic import lives, parameters
from dagster_project.synthetic.city import City
from dagster_project.synthetic.codes import KINDS, OUTCOMES, TEAM_DEPARTMENTS

PEOPLE = 1_200
"""About 800 index events: enough to see the sign of an effect, in two seconds."""


def _city(**effects: float) -> City:
    overrides = {f"effects.{name}": value for name, value in effects.items()}
    return lives.simulate(parameters.load(overrides), PEOPLE, seed=5)


@pytest.fixture(scope="module")
def city() -> City:
    return _city()


def _truth(city: City, effect: str, measure: str) -> float:
    pairs = zip(city.effects.effect, city.effects.measure, strict=True)
    return float(city.effects.value[list(pairs).index((effect, measure))])


def test_twins_agree_where_there_is_no_effect():
    index = _city(hr_follow_up=1.0).index_events
    assert (index.treated_37 == index.untreated_37).all()
    assert (index.treated_90 == index.untreated_90).all()


@pytest.mark.parametrize("days", [37, 90])
def test_follow_up_brings_people_into_shelter(city, days):
    value = _truth(city, "follow_up_other_department", f"average_effect_{days}")
    assert value > 0.01


def test_a_stronger_effect_is_a_larger_difference(city):
    measure = ("follow_up_other_department", "average_effect_37")
    assert _truth(_city(hr_follow_up=3.0), *measure) > _truth(city, *measure)


def test_one_of_the_twins_lived_the_real_life(city):
    index, outcomes = city.index_events, city.outcomes
    entries = outcomes.kind == OUTCOMES.index("shelter_entry")
    span = 10_000
    keys = np.sort(
        outcomes.person[entries].astype(np.int64) * span + outcomes.day[entries]
    )
    start = index.person.astype(np.int64) * span + index.day
    next_entry = np.append(keys, 10**12)[np.searchsorted(keys, start, side="right")]
    entered = next_entry - start <= 37
    exposed = index.exposed_day >= 0
    # A follow-up planned for somebody who had left the street never came.
    lived = np.where(exposed, index.treated_37, index.untreated_37)
    # Twins do not meet outreach, whose priority list may house a few (2026-07).
    assert (lived == entered).mean() > 0.99


def test_the_naive_comparison_sees_less_than_the_truth(city):
    index = city.index_events
    exposed = index.exposed_day >= 0
    lived = np.where(exposed, index.treated_37, index.untreated_37)
    naive = lived[exposed].mean() - lived[~exposed].mean()
    truth = (index.treated_37 - index.untreated_37)[exposed].mean()
    assert naive < truth


def test_a_hand_off_adds_the_stated_points(city):
    value = _truth(city, "warm_hand_off_moud", "average_effect_30")
    # Four standard errors of a share at 170 overdoses (2026-07).
    assert abs(value - 0.08) < 0.08


def test_only_follow_up_brings_another_department_within_the_week(city):
    """Then "met by another department" and "followed up" are one thing."""
    departments = np.array(TEAM_DEPARTMENTS)
    contacts, index = city.contacts, city.index_events
    unexposed = np.flatnonzero(index.exposed_day < 0)
    for row in unexposed[:300]:
        own = contacts.person == index.person[row]
        first = own & (contacts.day == index.day[row])
        week = own & (contacts.day > index.day[row])
        week &= contacts.day <= index.day[row] + 7
        met = set(departments[contacts.team[first]])
        assert set(departments[contacts.team[week]]) <= met


def test_history_is_what_linked_contacts_show(city):
    """The confounder is in the record: crises met by all departments in 180 days."""
    contacts, index = city.contacts, city.index_events
    crisis = contacts.kind == KINDS.index("crisis")
    person, day = contacts.person[crisis], contacts.day[crisis]
    for row in range(0, len(index.person), 5):
        before = (person == index.person[row]) & (day < index.day[row])
        before &= day >= index.day[row] - 180
        assert index.history[row] == np.log1p(before.sum())


def test_stated_effects_stand_in_the_table(city):
    assert _truth(city, "follow_up_other_department", "hazard_ratio") == 1.6
    assert _truth(city, "encampment_operation_housing", "hazard_ratio") == 1.0
