"""Simulate the made-up city: every life, day by day.

Belongs here: the loop over days and the order of a day's parts. Does not belong here:
the parts themselves, one module each; turning logs into tables (``assembly``).
"""

from dataclasses import dataclass, replace

import numpy as np

from dagster_project.synthetic import beds, contacts, moud, offering, offers, routine
from dagster_project.synthetic.assembly import assemble
from dagster_project.synthetic.beds import choose_project, exit_factors, wants_today
from dagster_project.synthetic.case_management import FireUses, manage_cases
from dagster_project.synthetic.chronicle import Chronicle
from dagster_project.synthetic.city import City, Flags, Ints, People
from dagster_project.synthetic.codes import WINDOW_END
from dagster_project.synthetic.draws import Draws
from dagster_project.synthetic.effects import effects
from dagster_project.synthetic.follow_up import staffing
from dagster_project.synthetic.moves import Surroundings, enter_shelter, live_day
from dagster_project.synthetic.parameters import Parameters
from dagster_project.synthetic.people import make_people
from dagster_project.synthetic.responses import crises_and_overdoses, follow_ups
from dagster_project.synthetic.state import (
    AWAY,
    DEAD,
    HOUSED,
    INSTITUTION,
    NOT_YET,
    SHELTER,
    STREET,
    Lives,
    begin,
)
from dagster_project.synthetic.stays import TREATMENT, StayBook
from dagster_project.synthetic.twins import TWIN_DAYS, index_events

PEOPLE_OF_CITY = 3500
"""Beds in the parameter file are for this many people."""


@dataclass
class _Town:
    """All that a day of the real city reads and writes."""

    people: People
    lives: Lives
    around: Surroundings
    rates: routine.Pace
    meetings: contacts.Meetings
    desk: offers.Desk
    uses: FireUses
    stays: StayBook
    chronicle: Chronicle
    beds: int
    family: Flags
    woman: Flags
    follows_nobody: Flags  # members of a household follow its head


def simulate(parameters: Parameters, people: int, seed: int) -> City:
    """Simulate a city of ``people`` from day 0 to the window's end.

    Args:
        parameters: The city's parameters (``parameters.load``).
        people: How many people are ever seen.
        seed: All draws hang on it; the same seed gives the same arrays.
    """
    draws = Draws(seed)
    population = make_people(parameters, people, seed)
    town = _settle(parameters, population, draws)
    for day in range(WINDOW_END):
        _day(town, day)
    lives, around, chronicle = town.lives, town.around, town.chronicle
    index = index_events(chronicle, around)
    died = np.full(people, -1, dtype=np.int16)
    dead = lives.state == DEAD
    died[dead] = lives.since[dead]
    return assemble(
        replace(population, dies=died),
        town.meetings.log,
        town.desk.log,
        town.stays.stays(),
        chronicle,
        index,
        effects(parameters, index, chronicle),
        parameters,
        draws,
    )


def _settle(parameters: Parameters, population: People, draws: Draws) -> _Town:
    """Lay out the city on the evening before day 0."""
    count = len(population.person)
    lives = begin(population, parameters, draws)
    days = WINDOW_END + TWIN_DAYS
    around = Surroundings(
        parameters, draws, staffing(parameters.follow_up, draws, days)
    )
    companion = (
        draws.uniform("companion", population.person) < parameters.offers.has_companion
    )
    return _Town(
        people=population,
        lives=lives,
        around=around,
        rates=routine.pace(
            population,
            parameters.contacts,
            parameters.people.severity_engagement,
            draws,
        ),
        meetings=contacts.Meetings(contacts.new_log(), count),
        desk=offers.Desk(offers.new_log(), lives, around, companion),
        uses=FireUses(count),
        stays=StayBook(count, draws, parameters.beds.destination_unknown),
        chronicle=Chronicle(count),
        beds=round(parameters.beds.beds * count / PEOPLE_OF_CITY),
        family=population.household_role == 1,
        woman=population.sex == 0,
        follows_nobody=population.household_role <= 1,
    )


def _day(town: _Town, day: int) -> None:
    """Live one day."""
    lives, around, meetings = town.lives, town.around, town.meetings
    arrived = _arrive(town, day)
    before = lives.state.copy()
    today = live_day(lives, day, around)
    _end_stays(town, day, before)
    town.stays.enter_home(
        np.flatnonzero((lives.state == HOUSED) & (before != HOUSED)), day
    )
    programme = np.flatnonzero(today.programme & (before != INSTITUTION))
    town.stays.enter(programme, day, "treatment", np.int16(TREATMENT))
    handed = moud.after_overdose(lives, day, today.overdose, around)

    wants = wants_today(
        lives, day, today.wants_bed, around.parameters.beds, around.draws
    )
    free = max(town.beds - int((lives.state == SHELTER).sum()), 0)
    entered, cut = beds.serve(wants, free)
    project = _choose(town, wants.row, day)
    _enter(town, wants.row[entered], project[entered], day)

    meetings.new_day()
    users = crises_and_overdoses(meetings, lives, day, today, handed, around)
    follow_ups(meetings, lives, day, today, around)
    routine.routine(meetings, lives, day, town.rates, around)
    manage_cases(town.uses, meetings, lives, day, around)
    town.uses.add(day, users)
    offering.hand_offs(town.desk, meetings, day, handed)
    offering.beds_wanted(town.desk, meetings, day, wants, entered, project)
    offering.refusals_and_others(town.desk, meetings, day, today.wants_bed, town.family)
    entries = np.concatenate([arrived, wants.row[entered]])
    town.chronicle.end_day(day, lives, today, handed, entries, cut)


def _arrive(town: _Town, day: int) -> Ints:
    """Let people arrive, on day 0 those there already; return who is in a shelter."""
    lives, given = town.lives, town.around.parameters
    new = (lives.state == NOT_YET) & (town.people.arrives <= day)
    rows = np.flatnonzero(new & town.follows_nobody)
    if not len(rows):
        return rows
    draws, moves = town.around.draws, given.moves
    person = lives.person[rows]
    share = moves.arrives_in_shelter if day else moves.starts_in_shelter
    indoors = draws.uniform("starts_in_shelter", person) < share
    free = max(town.beds - int((lives.state == SHELTER).sum()), 0)
    indoors &= np.cumsum(indoors) <= free
    gone = ~indoors & (draws.uniform("starts_away", person) < moves.starts_away)
    lives.state[rows] = np.where(gone & (day == 0), AWAY, STREET)
    lives.since[rows] = day
    started = lives.opioid[rows] & (
        draws.uniform("starts_on_moud", person) < given.moud.on_at_arrival
    )
    lives.moud_due[rows[started]] = day
    rows = rows[indoors]
    _enter(town, rows, _choose(town, rows, day), day)
    return rows


def _choose(town: _Town, rows: Ints, day: int) -> Ints:
    return choose_project(
        town.lives,
        rows,
        day,
        town.around.parameters.beds,
        town.around.draws,
        town.family,
        town.woman,
    )


def _enter(town: _Town, rows: Ints, project: Ints, day: int) -> None:
    """Take people into shelters."""
    lives = town.lives
    inside = np.zeros(len(lives.state), dtype=bool)
    inside[rows] = True
    enter_shelter(lives, inside, day)
    lives.exit_factor[rows] = exit_factors(project, town.around.parameters.beds)
    town.stays.enter(rows, day, "shelter", project)


def _end_stays(town: _Town, day: int, before: Ints) -> None:
    """Close the stays of those who left a shelter, a home or a programme."""
    state = town.lives.state
    inside = (before == SHELTER) | (before == HOUSED) | (before == INSTITUTION)
    rows = np.flatnonzero(inside & (state != before))
    town.stays.leave(rows, day, state[rows])
