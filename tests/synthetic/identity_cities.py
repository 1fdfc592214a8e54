"""Cities for the tests of identity: one simulated, one of evenly met people."""

from functools import cache

import numpy as np

from dagster_project.synthetic import lives, parameters
from dagster_project.synthetic.city import City, Contacts, People, Reports, Stays
from dagster_project.synthetic.codes import KINDS, SYSTEMS, TEAMS, WINDOW_END
from dagster_project.synthetic.draws import Draws
from dagster_project.synthetic.identity.book import Book, make_book
from dagster_project.synthetic.people import make_people

SEED = 2
EACH = (
    ("hmis", "SFHOT", "outreach"),
    ("hmis", "SFHOT", "outreach"),
    ("epcr", "SCRT", "crisis"),
    ("epcr", "SCRT", "crisis"),
    ("epcr", "SORT", "overdose"),
    ("fhir", "CLINIC", "clinic"),
    ("fhir", "ED", "emergency_department"),
    ("team_log", "HEART", "outreach"),
    ("team_log", "HEART", "outreach"),
)
"""Contacts of every person of the even city: system, team, kind."""


@cache
def simulated(people: int = 2500) -> City:
    return lives.simulate(parameters.load(), people, SEED)


@cache
def book_of_simulated() -> Book:
    city = simulated()
    return make_book(city.people, city.contacts, city.reports, city.stays, SEED)


def even_city(people: int) -> tuple[People, Contacts, Reports, Stays]:
    """Meet everybody alike, so that one person more changes nothing else."""
    everybody = make_people(parameters.load(), people, SEED)
    draws = Draws(SEED)
    person = np.repeat(everybody.person, len(EACH))
    which = np.tile(np.arange(len(EACH)), people)
    number = np.arange(len(person))
    day = draws.below("day", person, WINDOW_END, which)

    def codes(place: int, names: tuple[str, ...]) -> np.ndarray:
        return np.array([names.index(each[place]) for each in EACH])[which]

    contacts = Contacts(
        contact=number,
        person=person,
        second=day * 86_400 + 1_704_100_000,
        day=day,
        team=codes(1, TEAMS),
        kind=codes(2, KINDS),
        area=everybody.area[person],
        incident=np.full(len(person), -1),
        unconscious=(which == 4) & (draws.uniform("out", person) < 0.7),
        night=draws.uniform("night", person, which) < 0.2,
        transported=draws.uniform("moved", person, which) < 0.5,
        hand_off=np.zeros(len(person), dtype=bool),
    )
    reports = Reports(report=number, contact=number, system=codes(0, SYSTEMS))
    third = everybody.person[::3]
    none = np.zeros(len(third), dtype=int)
    stays = Stays(
        stay=np.arange(len(third)),
        person=third,
        kind=none,
        project=none,
        entry_day=draws.below("entry", third, WINDOW_END),
        exit_day=none - 1,
        destination=none,
    )
    return everybody, contacts, reports, stays


@cache
def book_of_even(people: int) -> Book:
    return make_book(*even_city(people), SEED)
