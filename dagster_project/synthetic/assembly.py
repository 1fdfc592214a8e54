"""Turn the logs of a simulated city into its tables.

Belongs here: seconds, incident numbers, reports, the order of rows, family members.
Does not belong here: deciding what happens (``lives``).
"""

import numpy as np

from dagster_project.synthetic.chronicle import OUTCOME, Chronicle
from dagster_project.synthetic.city import (
    CadCalls,
    City,
    Contacts,
    Effects,
    IndexEvents,
    Ints,
    Offers,
    Outcomes,
    People,
    Reports,
    States,
    Stays,
)
from dagster_project.synthetic.clock import is_night, seconds_of_day, to_utc
from dagster_project.synthetic.codes import SYSTEMS, TEAMS
from dagster_project.synthetic.contacts import KIND, TEAM
from dagster_project.synthetic.draws import Draws
from dagster_project.synthetic.incidents import calls_and_numbers, cases_311
from dagster_project.synthetic.log import Log
from dagster_project.synthetic.parameters import Parameters
from dagster_project.synthetic.stays import spells

SYSTEM_OF_TEAM = {
    "SCRT": "epcr",
    "SORT": "epcr",
    "EMS6": "epcr",
    "EMS": "epcr",
    "SFHOT": "hmis",
    "HSOC": "team_log",
    "HEART": "team_log",
    "INST": "team_log",
}
"""Where a team writes; all others are DPH teams and sites, which write in Epic."""
FAMILY_OUTCOMES = ("shelter_entry", "permanent_housing_exit", "return_to_homelessness")
"""What happens to a whole household at once."""
OFFER_DELAY = (120, 900)
"""Seconds from a contact to the offer written down at it: 2 to 17 minutes [A]."""


def assemble(
    people: People,
    contact_log: Log,
    offer_log: Log,
    stays: Stays,
    chronicle: Chronicle,
    index: IndexEvents,
    effects: Effects,
    parameters: Parameters,
    draws: Draws,
) -> City:
    """Return the whole city."""
    count = len(people.person)
    contacts, rank, calls = _contacts(contact_log, parameters, count, draws)
    states = _with_families(people, spells(chronicle.states))
    return City(
        people=people,
        contacts=contacts,
        reports=_reports(contacts, parameters, draws),
        offers=_offers(offer_log, contacts, rank, draws),
        stays=_families_stay(people, stays),
        outcomes=_outcomes(people, chronicle, contacts),
        states=states,
        cad_calls=calls,
        cases_311=cases_311(parameters.incidents, count, draws),
        index_events=index,
        effects=effects,
    )


def _contacts(
    log: Log, parameters: Parameters, count: int, draws: Draws
) -> tuple[Contacts, Ints, CadCalls]:
    """Return contacts by time, each logged contact's new number, and the calls."""
    person, day, team = log.column("person"), log.column("day"), log.column("team")
    kind, event, area = log.column("kind"), log.column("event"), log.column("area")
    of_day = seconds_of_day(person, day, team, kind, event, draws)
    second = to_utc(day.astype(np.int64), of_day)

    first = np.full(int(event.max(initial=-1)) + 1, len(event))
    shared = np.flatnonzero(event >= 0)
    np.minimum.at(first, event[shared], shared)
    calls, number = calls_and_numbers(
        parameters.incidents, count, draws, second[first], area[first], team[first]
    )
    incident = np.full(len(event), -1, dtype=np.int64)
    incident[shared] = number[event[shared]]

    order = np.lexsort((team, person, second))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    contacts = Contacts(
        contact=np.arange(len(order)),
        person=person[order],
        second=second[order],
        day=day[order],
        team=team[order],
        kind=kind[order],
        area=area[order],
        incident=incident[order],
        unconscious=log.column("unconscious")[order],
        night=is_night(of_day)[order],
        transported=log.column("transported")[order],
        hand_off=log.column("hand_off")[order],
    )
    return contacts, rank, calls


def _reports(contacts: Contacts, parameters: Parameters, draws: Draws) -> Reports:
    """Return who wrote each contact down; SORT writes in up to two systems."""
    lookup = np.array(
        [SYSTEMS.index(SYSTEM_OF_TEAM.get(team, "fhir")) for team in TEAMS]
    )
    first = lookup[contacts.team]
    key = contacts.day.astype(np.int64) * len(TEAMS) + contacts.team
    given = parameters.incidents
    overdose = contacts.kind == KIND["overdose"]
    number = draws.uniform("epcr_of_overdose", contacts.person, key)
    lost = overdose & (number >= given.epcr_of_overdose)
    first = np.where(lost, SYSTEMS.index("team_log"), first)
    number = draws.uniform("log_of_overdose", contacts.person, key)
    twice = (contacts.team == TEAM["SORT"]) & ~lost & (number < given.log_of_overdose)
    contact = np.concatenate([contacts.contact, contacts.contact[twice]])
    system = np.concatenate(
        [first, np.full(int(twice.sum()), SYSTEMS.index("team_log"))]
    )
    order = np.argsort(contact, kind="stable")
    return Reports(
        report=np.arange(len(contact)),
        contact=contact[order],
        system=system[order].astype(np.int8),
    )


def _offers(log: Log, contacts: Contacts, rank: Ints, draws: Draws) -> Offers:
    """Return offers in the order of their contacts."""
    contact = rank[log.column("contact")]
    resource = log.column("resource")
    order = np.lexsort((resource, contact))
    contact, resource = contact[order], resource[order]
    person = log.column("person")[order]
    key = log.column("day")[order].astype(np.int64) * 16 + resource
    low, high = OFFER_DELAY
    delay = low + draws.below("offer_delay", person, high, key)
    return Offers(
        offer=np.arange(len(order)),
        contact=contact,
        person=person,
        second=contacts.second[contact] + delay,
        resource=resource,
        status=log.column("status")[order],
        decline_reason=log.column("decline_reason")[order],
        fulfilled_day=log.column("fulfilled_day")[order],
    )


def _outcomes(people: People, chronicle: Chronicle, contacts: Contacts) -> Outcomes:
    """Return true outcome events, emergency visits once per person and day."""
    log = chronicle.outcomes
    rows, person = _copies(people, log.column("person"))
    day, kind = log.column("day")[rows], log.column("kind")[rows]
    own = np.arange(len(rows)) < log.rows
    keep = own | np.isin(kind, [OUTCOME[name] for name in FAMILY_OUTCOMES])

    visits = contacts.team == TEAM["ED"]
    pairs = np.unique(
        np.stack([contacts.day[visits], contacts.person[visits]], axis=1), axis=0
    )
    visit = np.full(len(pairs), OUTCOME["emergency_department_visit"], dtype=np.int8)
    person = np.concatenate([person[keep], pairs[:, 1].astype(np.int32)])
    day = np.concatenate([day[keep], pairs[:, 0].astype(np.int16)])
    kind = np.concatenate([kind[keep], visit])
    order = np.lexsort((kind, person, day))
    return Outcomes(person=person[order], day=day[order], kind=kind[order])


def _with_families(people: People, states: States) -> States:
    """Give children and partners the states of their household's head."""
    rows, person = _copies(people, states.person)
    order = np.lexsort((states.from_day[rows], person))
    rows = rows[order]
    return States(
        person=person[order],
        state=states.state[rows],
        from_day=states.from_day[rows],
        to_day=states.to_day[rows],
    )


def _families_stay(people: People, stays: Stays) -> Stays:
    """Give children and partners the stays of their household's head."""
    rows, person = _copies(people, stays.person)
    order = np.lexsort((person, stays.entry_day[rows]))
    rows = rows[order]
    return Stays(
        stay=np.arange(len(rows)),
        person=person[order],
        kind=stays.kind[rows],
        project=stays.project[rows],
        entry_day=stays.entry_day[rows],
        exit_day=stays.exit_day[rows],
        destination=stays.destination[rows],
    )


def _copies(people: People, person: Ints) -> tuple[Ints, Ints]:
    """Return rows, and whose they are, with a head's rows also for each member."""
    rows, owners = [np.arange(len(person))], [person]
    for member in np.flatnonzero(people.household_role > 1):
        of_head = np.flatnonzero(person == people.household[member])
        rows.append(of_head)
        owners.append(np.full(len(of_head), member, dtype=person.dtype))
    return np.concatenate(rows), np.concatenate(owners)
