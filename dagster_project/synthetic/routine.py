"""Contacts that no crisis brought about.

Belongs here: outreach, encampment operations, visits to clinics and hospitals.
Does not belong here: answers to crises (``responses``), offers (``offers``).

Operations touch lives only through stated effects, which default to none.
"""

from dataclasses import dataclass

import numpy as np

from dagster_project.synthetic.city import Floats, Ints, People
from dagster_project.synthetic.codes import AREAS
from dagster_project.synthetic.contacts import Meetings
from dagster_project.synthetic.draws import Draws
from dagster_project.synthetic.follow_up import unmet_window
from dagster_project.synthetic.moves import Surroundings
from dagster_project.synthetic.parameters import Contacts as ContactParameters
from dagster_project.synthetic.state import SHELTER, STREET, Lives

OPERATION_EFFECT_DAYS = 30
"""How long an encampment operation could act on a life (E4, E7)."""


@dataclass(frozen=True)
class Pace:
    """Each person's own contact rates by department, mean 1 over all people."""

    hsh: Floats
    dph: Floats
    dem: Floats


def pace(
    people: People, given: ContactParameters, correlation: float, draws: Draws
) -> Pace:
    """Draw how often each department meets each person, against the mean of all.

    ``correlation`` is that of severity and engagement.
    """

    def factor(name: str, slopes: tuple[float, ...], noise: float) -> Floats:
        own = noise * draws.normal(f"pace_{name}", people.person)
        value = slopes[0] * people.severity + slopes[1] * people.engagement + own
        severe, engaged = slopes
        variance = severe**2 + engaged**2 + 2 * correlation * severe * engaged
        return np.exp(value - (variance + noise**2) / 2)

    alone = people.household < 0  # families are known to HMIS only
    slopes = {"hsh": given.hsh, "dph": given.dph, "dem": given.dem}
    return Pace(
        **{
            name: factor(name, slope, noise) * (alone if name != "hsh" else 1)
            for (name, slope), noise in zip(
                slopes.items(), given.own_noise, strict=True
            )
        }
    )


def routine(
    meetings: Meetings,
    lives: Lives,
    day: int,
    rates: Pace,
    around: Surroundings,
) -> None:
    """Write outreach, operations and visits that no crisis brought about."""
    given, draws = around.parameters.contacts, around.draws
    window = unmet_window(lives, day, around.parameters.follow_up)
    street = (lives.state == STREET) & ~window
    sheltered = (lives.state == SHELTER) & ~window
    view = street | sheltered
    found = street.astype(float)
    displaced = around.parameters.effects.encampment_contact
    if displaced != 1.0:
        found = found * np.where(lives.operation_until > day, displaced, 1.0)

    def met(process: str, per_year: float, factor: Floats, where: Floats) -> Ints:
        chance = per_year / 365 * factor * where
        return np.flatnonzero(draws.uniform(process, lives.person, day) < chance)

    shelter_too = found + given.shelter_outreach * sheltered
    rows = met("sfhot", given.outreach, rates.hsh, shelter_too)
    meetings.meet(lives, rows, day, "SFHOT", "outreach", around)
    rows = met("hsoc", given.neighbourhood, rates.dem, found)
    meetings.meet(lives, rows, day, "HSOC", "outreach", around)
    rows = met("heart", given.heart, rates.dem, found)
    meetings.meet(
        lives,
        rows,
        day,
        "HEART",
        "outreach",
        around,
        event=meetings.new_events(len(rows)),
    )
    _operations(meetings, lives, day, rates, around, found)
    sites = (
        ("STMED", "outreach", given.street_medicine, street),
        ("CLINIC", "clinic", given.clinic, view),
        ("ED", "emergency_department", given.emergency_department, view),
        ("PES", "psychiatric_emergency", given.psychiatric_emergency, view),
        ("INPT", "inpatient", given.inpatient, view),
    )
    for team, kind, per_year, where in sites:
        rows = met(team, per_year, rates.dph, where)
        meetings.meet(lives, rows, day, team, kind, around)


def _operations(
    meetings: Meetings,
    lives: Lives,
    day: int,
    rates: Pace,
    around: Surroundings,
    found: Floats,
) -> None:
    """Write an encampment operation's contacts in the areas whose day it is."""
    given, draws = around.parameters.contacts, around.draws
    areas = np.arange(len(AREAS))
    today = draws.uniform("operation", areas, day) < given.operations_per_year / 365
    if not today.any():
        return
    share = given.encampment / given.operations_per_year
    chance = share * rates.dem * found * today[lives.area]
    rows = np.flatnonzero(draws.uniform("in_operation", lives.person, day) < chance)
    meetings.meet(lives, rows, day, "HSOC", "encampment_operation", around)
    lives.operation_until[rows] = day + OPERATION_EFFECT_DAYS
