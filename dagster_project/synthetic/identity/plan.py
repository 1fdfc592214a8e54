"""Which records each department keeps, and whose they are.

Belongs here: one record per report in ePCR and team log; profiles in HMIS and FHIR
with duplicates and overlays; which record each report and stay hangs on.
Does not belong here: what a record says.

Draws hang on (person, system, ordinal): a person's records do not change when other
people come. A duplicate begins at a later contact of the same person; from then on
either profile may be used. An overlay sends all of a person's events of one system to
the profile of somebody with a lower number, kin if there is any.
"""

from dataclasses import dataclass

import numpy as np

from dagster_project.synthetic.city import Contacts, Flags, Ints, People, Reports, Stays
from dagster_project.synthetic.codes import SYSTEMS
from dagster_project.synthetic.draws import Draws
from dagster_project.synthetic.identity.rates import (
    EPCR,
    FHIR,
    OUTREACH,
    RATES,
    SHELTER,
    TEAM_LOG,
)

HMIS_SYSTEM, EPCR_SYSTEM, FHIR_SYSTEM, LOG_SYSTEM = range(4)
PROFILES = 4
"""Most profiles one person may have in one system, plus one."""
MET_TWICE = {HMIS_SYSTEM: 0.90, FHIR_SYSTEM: 0.76}
"""Share of people with two or more events: only they can get a duplicate, so the rate
per person is divided by it. Measured in the default city."""
THIRD_PROFILE = 0.12
USES_NEW_PROFILE = 0.7
"""Once there are two: which one is found [A]."""
HOST_TRIES = 3


@dataclass(frozen=True)
class Plan:
    """One row per record to be written; then, which record reports and stays use."""

    person: Ints
    identity: Ints  # whose identity it carries; another's where ePCRs are overlaid
    system: Ints
    source: Ints
    ordinal: Ints  # of the person in the system
    key: Ints  # day key of draws: unique per person
    form: Ints  # equal forms of a name have equal form keys
    contact: Ints  # row of the contact it began with, -1 = a stay
    created_day: Ints
    last_day: Ints  # last event on it
    intake_day: Ints  # first stay on it, -1 = none
    is_profile: Flags
    record_of_report: Ints
    record_of_stay: Ints


def make_plan(
    people: People, contacts: Contacts, reports: Reports, stays: Stays, seed: int
) -> Plan:
    """Lay out all records of clients."""
    draws = Draws(seed)
    met = np.searchsorted(contacts.contact, reports.contact)
    parts, of_report = [], np.full(len(reports.report), -1, dtype=np.int64)
    of_stay = np.full(len(stays.stay), -1, dtype=np.int64)
    start = 0
    for system in range(len(SYSTEMS)):
        own = np.flatnonzero(reports.system == system)
        at = met[own]
        person, day, within = contacts.person[at], contacts.day[at], contacts.second[at]
        if system == HMIS_SYSTEM:
            person = np.concatenate([person, stays.person])
            day = np.concatenate([day, stays.entry_day])
            # An intake comes at the end of its day.
            late = np.full(len(stays.stay), np.iinfo(np.int64).max)
            within = np.concatenate([within, late])
            at = np.concatenate([at, np.full(len(stays.stay), -1)])
        order = np.lexsort((within, day, person))
        if system in MET_TWICE:
            part, place = _profiles(system, people, draws, order, person, day, at)
        else:
            part, place = _single(system, people, draws, order, person, day, at)
        of_report[own] = place[: len(own)] + start
        if system == HMIS_SYSTEM:
            of_stay[:] = place[len(own) :] + start
        start += len(part["person"])
        parts.append(part)
    columns = {k: np.concatenate([part[k] for part in parts]) for k in parts[0]}
    return Plan(**columns, record_of_report=of_report, record_of_stay=of_stay)


def _rank(person: Ints) -> tuple[Ints, Ints]:
    """Return first row and position of each row among its person's sorted rows."""
    first = np.searchsorted(person, person)
    return first, np.arange(len(person)) - first


def _single(
    system: int,
    people: People,
    draws: Draws,
    order: Ints,
    person: Ints,
    day: Ints,
    at: Ints,
) -> tuple[dict, Ints]:
    """Make one record per report."""
    who = person[order]
    _, ordinal = _rank(who)
    key = ordinal * len(SYSTEMS) + system
    source = EPCR if system == EPCR_SYSTEM else TEAM_LOG
    # Most workers hear the form heard last time.
    fresh = draws.uniform("fresh form", who, key) < 0.25
    identity = who.copy()
    mixed = draws.uniform("overlaid", who, key) < RATES["overlays"][source]
    other = _somebody(people, draws, who, key)
    identity[mixed & (other >= 0)] = other[mixed & (other >= 0)]
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    part = {
        "person": who,
        "identity": identity,
        "system": np.full(len(who), system, dtype=np.int8),
        "source": np.full(len(who), source, dtype=np.int8),
        "ordinal": ordinal,
        "key": key,
        "form": np.where(fresh, ordinal + 1, 0),
        "contact": at[order],
        "created_day": day[order].astype(np.int64),
        "last_day": day[order].astype(np.int64),
        "intake_day": np.full(len(who), -1, dtype=np.int64),
        "is_profile": np.zeros(len(who), dtype=bool),
    }
    return part, place


def _somebody(people: People, draws: Draws, who: Ints, key: Ints) -> Ints:
    """Return the person each is mistaken for: kin, or anybody with a lower number."""
    number = draws.uniform("mistaken for", who, key)
    other = np.where(who > 0, (number * who).astype(np.int64), -1)
    return np.where(people.kin[who] >= 0, people.kin[who], other)


def _profiles(
    system: int,
    people: People,
    draws: Draws,
    order: Ints,
    person: Ints,
    day: Ints,
    at: Ints,
) -> tuple[dict, Ints]:
    """Make profiles and say which one each event uses."""
    who, when, met = person[order], day[order].astype(np.int64), at[order]
    first, rank = _rank(who)
    events = np.searchsorted(who, who, side="right") - first
    hmis = system == HMIS_SYSTEM
    begun_at = np.where(met[first] >= 0, OUTREACH, SHELTER) if hmis else FHIR
    chance = np.take(RATES["duplicates"], begun_at) / MET_TWICE[system]

    def u(process: str) -> np.ndarray:
        return draws.uniform(process, who, system)

    second = (u("duplicate") < chance) & (events > 1)
    cut = np.where(second, 1 + (u("cut") * (events - 1)).astype(np.int64), events)
    left = events - cut - 1
    third = second & (u("third") < THIRD_PROFILE) & (left > 0)
    cut_again = np.where(
        third, cut + 1 + (u("cut again") * left).astype(np.int64), events
    )
    found = draws.uniform("found", who, rank * len(SYSTEMS) + system)
    number = np.where((rank == cut) | (found < USES_NEW_PROFILE), 1, 0)
    number = np.where(rank < cut, 0, number)
    newest = (rank == cut_again) | ((rank > cut_again) & (found < 0.5))
    number = np.where(newest, 2, number)

    profile = _overlaid(system, people, draws, who, when, first, number)
    ids, begun, place = np.unique(profile, return_index=True, return_inverse=True)
    owner, ordinal = ids // PROFILES, ids % PROFILES
    last = np.zeros(len(ids), dtype=np.int64)
    np.maximum.at(last, place, when)
    created = np.full(len(ids), np.iinfo(np.int64).max)
    np.minimum.at(created, place, when)
    never = np.iinfo(np.int64).max
    intake = np.full(len(ids), never)
    if hmis:
        stay = met < 0
        np.minimum.at(intake, place[stay], when[stay])
    source = np.where(met[begun] >= 0, OUTREACH, SHELTER) if hmis else FHIR
    back = np.empty(len(order), dtype=np.int64)
    back[order] = place
    part = {
        "person": owner,
        "identity": owner,
        "system": np.full(len(ids), system, dtype=np.int8),
        "source": np.broadcast_to(source, len(ids)).astype(np.int8),
        "ordinal": ordinal,
        "key": ordinal * len(SYSTEMS) + system,
        "form": ordinal,
        "contact": met[begun],
        "created_day": created,
        "last_day": last,
        "intake_day": np.where(intake == never, -1, intake),
        "is_profile": np.ones(len(ids), dtype=bool),
    }
    return part, back


def _overlaid(
    system: int,
    people: People,
    draws: Draws,
    who: Ints,
    when: Ints,
    first: Ints,
    number: Ints,
) -> Ints:
    """Return owner * PROFILES + ordinal, with a few people put on another's profile."""
    profile = who.astype(np.int64) * PROFILES + number
    source = OUTREACH if system == HMIS_SYSTEM else FHIR
    starts = np.flatnonzero(np.arange(len(who)) == first)
    chosen = draws.uniform("overlaid", who[starts], system) < (
        RATES["overlays"][source] / 0.6
    )
    # A host must have been there before: about 60 % of tries find one.
    begun = when[starts]
    guests = np.flatnonzero(chosen)
    for guest in guests:
        for attempt in range(HOST_TRIES):
            kin = people.kin[who[starts[guest]]]
            host = int(np.searchsorted(who[starts], kin)) if kin >= 0 else -1
            if attempt or kin < 0 or who[starts[host]] != kin:
                draw = draws.uniform("host", who[starts[guest]], attempt * 8 + system)
                host = int(draw[0] * guest)
            if host < guest and not chosen[host] and begun[host] <= begun[guest]:
                rows = who == who[starts[guest]]
                profile[rows] = np.int64(who[starts[host]]) * PROFILES
                break
    return profile
