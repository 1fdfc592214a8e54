from dataclasses import fields

import numpy as np
import pytest

from dagster_project.synthetic import lives, parameters
from dagster_project.synthetic.city import City
from dagster_project.synthetic.codes import (
    OFFER_STATUSES,
    OUTCOMES,
    STATES,
    TEAMS,
    WINDOW_END,
)
from dagster_project.synthetic.contacts import REGROUPED


def _arrays(city: City):
    for table in fields(City):
        rows = getattr(city, table.name)
        for column in fields(rows):
            yield f"{table.name}.{column.name}", getattr(rows, column.name)


def test_the_same_seed_is_the_same_city(village):
    again = lives.simulate(parameters.load(), len(village.people.person), seed=7)
    for (name, left), (_, right) in zip(_arrays(village), _arrays(again), strict=True):
        np.testing.assert_array_equal(left, right, err_msg=name)


def test_columns_of_a_table_have_one_length(village):
    for table in fields(City):
        rows = getattr(village, table.name)
        lengths = {len(getattr(rows, column.name)) for column in fields(rows)}
        assert len(lengths) == 1, table.name


def test_nobody_is_met_before_arrival_or_after_death(village):
    people, contacts = village.people, village.contacts
    assert (contacts.day >= people.arrives[contacts.person]).all()
    dies = people.dies[contacts.person]
    assert ((dies < 0) | (contacts.day <= dies)).all()


def test_nobody_is_in_two_states_at_once_or_in_none(village):
    states = village.states
    assert (states.to_day > states.from_day).all()
    same = states.person[1:] == states.person[:-1]
    assert (states.from_day[1:][same] == states.to_day[:-1][same]).all()
    assert (states.to_day[:-1][~same] == WINDOW_END).all()
    assert set(np.unique(states.person)) == set(village.people.person)


def test_death_ends_a_life(village):
    states, people = village.states, village.people
    dead = states.state == STATES.index("dead")
    assert (states.to_day[dead] == WINDOW_END).all()
    assert (people.dies[states.person[dead]] <= states.from_day[dead]).all()
    deaths = village.outcomes.kind == OUTCOMES.index("death")
    assert deaths.sum() == (people.dies >= 0).sum()


def test_stays_do_not_overlap(village):
    stays = village.stays
    order = np.lexsort((stays.entry_day, stays.person))
    person, entry = stays.person[order], stays.entry_day[order]
    exit_day = np.where(stays.exit_day < 0, WINDOW_END, stays.exit_day)[order]
    same = person[1:] == person[:-1]
    assert (entry[1:][same] >= exit_day[:-1][same]).all()
    assert (exit_day >= entry).all()


@pytest.mark.parametrize(
    ("outcome", "kind"), [("shelter_entry", 0), ("permanent_housing_exit", 1)]
)
def test_every_entry_is_an_outcome_and_a_stay(village, outcome, kind):
    outcomes, stays = village.outcomes, village.stays
    rows = outcomes.kind == OUTCOMES.index(outcome)
    happened = sorted(zip(outcomes.person[rows], outcomes.day[rows], strict=True))
    kept = stays.kind == kind
    assert happened == sorted(
        zip(stays.person[kept], stays.entry_day[kept], strict=True)
    )


def test_every_offer_belongs_to_a_contact_with_the_person(village):
    offers, contacts = village.offers, village.contacts
    assert (contacts.person[offers.contact] == offers.person).all()
    assert (offers.second > contacts.second[offers.contact]).all()
    fulfilled = offers.status == OFFER_STATUSES.index("fulfilled")
    assert ((offers.fulfilled_day >= 0) == fulfilled).all()
    declined = offers.status == OFFER_STATUSES.index("declined")
    assert ((offers.decline_reason > 0) == declined).all()


def test_all_nine_offer_statuses_occur(village):
    assert set(np.unique(village.offers.status)) == set(range(len(OFFER_STATUSES)))


def test_every_contact_is_reported_and_sort_also_in_the_log(village):
    reports, contacts = village.reports, village.contacts
    assert set(reports.contact) == set(contacts.contact)
    twice = np.flatnonzero(np.bincount(reports.contact) > 1)
    assert (contacts.team[twice] == TEAMS.index("SORT")).all()


def test_teams_regroup_in_march_2025(village):
    contacts = village.contacts
    assert contacts.day[contacts.team == TEAMS.index("HSOC")].max() < REGROUPED
    assert contacts.day[contacts.team == TEAMS.index("INST")].min() >= REGROUPED


def test_local_day_and_utc_second_agree(village):
    contacts = village.contacts
    hours = contacts.second / 3600 - (19_723 + contacts.day.astype(np.int64)) * 24
    # Local midnight is 07:00 or 08:00 UTC.
    assert hours.min() >= 7 and hours.max() < 32


def test_incident_numbers_are_dispatched_once(village):
    calls, contacts = village.cad_calls, village.contacts
    assert len(np.unique(calls.incident)) == len(calls.incident)
    known = contacts.incident[contacts.incident >= 0]
    assert np.isin(known, calls.incident).all()
    doubled = calls.duplicate_of[calls.duplicate_of >= 0]
    assert len(doubled) and np.isin(doubled, calls.incident).all()


def test_a_follow_up_is_met_by_another_department_on_that_day(village):
    index, contacts = village.index_events, village.contacts
    met = set(zip(contacts.person, contacts.day, strict=True))
    exposed = index.exposed_day >= 0
    pairs = zip(index.person[exposed], index.exposed_day[exposed], strict=True)
    assert all(pair in met for pair in pairs)
    gap = index.exposed_day[exposed] - index.day[exposed]
    assert gap.min() >= 1 and gap.max() <= 7


@pytest.mark.parametrize("day", ["day", "exposed_day"])
def test_index_events_lie_in_the_window(village, day):
    assert getattr(village.index_events, day).max() < WINDOW_END
