"""What can happen to a life in a day: death, moves, crises, follow-up, a bed.

Belongs here: the daily moves of the structural model, for real people and for twins.
Does not belong here: how likely each is (``hazards``), contacts and offers (they only
watch), the bed queue (``beds``).

Order within a day: death, leaving hospital or shelter, housing, overdose and crisis,
index and assignment, follow-up, wanting a bed, going away. ``day`` is one number for
the real city and one number per row for twins.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from dagster_project.synthetic import hazards
from dagster_project.synthetic.city import Flags, Floats
from dagster_project.synthetic.draws import Draws
from dagster_project.synthetic.follow_up import Assigned, assign, follow_up
from dagster_project.synthetic.parameters import Parameters
from dagster_project.synthetic.state import (
    AWAY,
    DEAD,
    HISTORY_DAYS,
    HOUSED,
    INSTITUTION,
    SHELTER,
    STREET,
    Lives,
)

EARLY_SHELTER_DAYS = 28
"""Most who leave a shelter soon leave in the first four weeks."""
EARLY_HOUSED_DAYS = 182
"""Returns are likelier in the first 26 weeks."""
LONGEST_TREATMENT = 3000
"""Days; beyond any city's end, so the length fits its type."""


@dataclass(frozen=True)
class Surroundings:
    """What a life meets but does not change."""

    parameters: Parameters
    draws: Draws
    staff: Floats  # by area and week: how well follow-up was staffed


@dataclass(frozen=True)
class Today:
    """What happened to whom today, one flag per row."""

    died: Flags
    housed_from_shelter: Flags
    housed_from_street: Flags
    returned: Flags
    overdose: Flags
    crisis: Flags
    hospital: Flags
    programme: Flags  # a hospital spell that goes on in a treatment programme
    assigned: Assigned
    followed_up: Flags
    followed_up_same: Flags
    wants_bed: Flags
    started_moud: Flags


def live_day(lives: Lives, day: ArrayLike, around: Surroundings) -> Today:
    """Change ``lives`` by one day, up to and including wanting a bed."""
    given, draws, person = around.parameters, around.draws, lives.person

    def happens(process: str, hazard: Floats) -> Flags:
        return draws.uniform(process, person, day) < hazard

    _new_week(lives, day, around)
    started = _start_treatment(lives, day, around)
    since_overdose = day - lives.last_overdose
    on_moud = lives.moud_until > day

    died = happens("death", hazards.death(lives, given, since_overdose, on_moud))
    _enter(lives, died, DEAD, day)
    discharged = (lives.state == INSTITUTION) & (lives.institution_until <= day)
    _enter(lives, discharged, STREET, day)

    housed, returned = _moves(lives, day, around)
    street_housed = _street_to_housed(lives, day, around)

    can = (lives.state >= STREET) & (lives.state <= HOUSED)
    overdose = can & happens(
        "overdose", hazards.overdose(lives, given, day, since_overdose, on_moud)
    )
    crisis = can & happens("crisis", hazards.crisis(lives, given, day))
    lives.last_overdose = np.where(overdose, day, lives.last_overdose)

    hospital, programme = _hospital(lives, day, around, crisis, overdose)
    assigned = assign(lives, day, crisis, given.follow_up, draws, around.staff)
    followed_up, same = follow_up(lives, day, given.follow_up)
    wants = (lives.state == STREET) & ~crisis
    wants &= happens("want", hazards.wanting(lives, given, day))
    came_back = (lives.state == AWAY) & happens("back", given.moves.away_to_street / 7)
    went_away = (lives.state == STREET) & ~wants & ~crisis & ~came_back
    went_away &= happens("away", given.moves.street_to_away / 7)
    _enter(lives, came_back, STREET, day)
    _enter(lives, went_away, AWAY, day)
    _remember(lives, day, crisis)
    return Today(
        died=died,
        housed_from_shelter=housed,
        housed_from_street=street_housed,
        returned=returned,
        overdose=overdose,
        crisis=crisis,
        hospital=hospital,
        programme=programme,
        assigned=assigned,
        followed_up=followed_up,
        followed_up_same=same,
        wants_bed=wants,
        started_moud=started,
    )


def enter_shelter(lives: Lives, entered: Flags, day: ArrayLike) -> None:
    """Move people into a shelter."""
    _enter(lives, entered, SHELTER, day)


def _enter(lives: Lives, who: Flags, state: int, day: ArrayLike) -> None:
    lives.state[who] = state
    lives.since[who] = day[who] if np.ndim(day) else day


def _new_week(lives: Lives, day: ArrayLike, around: Surroundings) -> None:
    """Move the weekly state on, on every seventh day."""
    new = np.asarray(day) % 7 == 0
    if not new.any():
        return
    given = around.parameters.crises
    memory = given.weekly_memory
    step = np.sqrt(1 - memory**2) * given.weekly_sd
    mood = memory * lives.mood + step * around.draws.normal("mood", lives.person, day)
    lives.mood = np.where(new, mood, lives.mood)


def _start_treatment(lives: Lives, day: ArrayLike, around: Surroundings) -> Flags:
    """Start MOUD in those whose day it is, for as long as they will stay on it."""
    started = (lives.moud_due == day) & (lives.state >= STREET) & (lives.state < AWAY)
    number = around.draws.uniform("moud_stays", lives.person, day)
    median = around.parameters.moud.median_days
    length = 1 - np.log1p(-number) * median / np.log(2)
    until = day + np.minimum(length, LONGEST_TREATMENT)
    lives.moud_until = np.where(started, until, lives.moud_until).astype(np.int32)
    lives.had_moud |= started
    return started


def _moves(lives: Lives, day: ArrayLike, around: Surroundings) -> tuple[Flags, Flags]:
    """Leave shelter for the street or a home, or a home for the street."""
    moves, draws = around.parameters.moves, around.draws
    stay = day - lives.since
    early = stay < EARLY_SHELTER_DAYS
    hazard = np.where(early, moves.shelter_to_street_early, moves.shelter_to_street)
    number = draws.uniform("leave", lives.person, day)
    left = (lives.state == SHELTER) & (number < hazard / 7 * lives.exit_factor)
    housing = around.draws.uniform("housed", lives.person, day)
    hazard = (
        moves.shelter_to_housed / 7 * hazards.housing(lives, day, around.parameters)
    )
    housed = (lives.state == SHELTER) & ~left & (housing < hazard)
    early = stay < EARLY_HOUSED_DAYS
    hazard = np.where(early, moves.housed_to_street_early, moves.housed_to_street)
    returned = (lives.state == HOUSED) & (number < hazard / 7)
    _enter(lives, left | returned, STREET, day)
    _enter(lives, housed, HOUSED, day)
    return housed, returned


def _street_to_housed(lives: Lives, day: ArrayLike, around: Surroundings) -> Flags:
    hazard = around.parameters.moves.street_to_housed / 7
    number = around.draws.uniform("street_housed", lives.person, day)
    housed = number < hazard * hazards.housing(lives, day, around.parameters)
    housed &= lives.state == STREET
    _enter(lives, housed, HOUSED, day)
    return housed


def _hospital(
    lives: Lives, day: ArrayLike, around: Surroundings, crisis: Flags, overdose: Flags
) -> tuple[Flags, Flags]:
    """Take some people to a hospital, a jail or a programme for a while."""
    moves, draws, person = around.parameters.moves, around.draws, lives.person
    number = draws.uniform("hospital", person, day)
    taken = (crisis & (number < moves.hospital_after_crisis)) | (
        overdose & (number < moves.hospital_after_overdose)
    )
    taken &= (lives.state == STREET) | (lives.state == SHELTER)
    length = 1 + draws.below("hospital_days", person, moves.hospital_days, day)
    number = draws.uniform("treatment", person, day)
    longer = number < moves.treatment_after_hospital
    length = np.where(longer, length + moves.treatment_days / 2, length)
    until = (day + length).astype(np.int32)
    lives.institution_until = np.where(taken, until, lives.institution_until)
    _enter(lives, taken, INSTITUTION, day)
    return taken, taken & longer


def _remember(lives: Lives, day: ArrayLike, crisis: Flags) -> None:
    """Move the 180-day count of crises on by a day."""
    slot = np.asarray(day) % HISTORY_DAYS
    at = (slot, np.arange(len(crisis))) if np.ndim(day) else (int(slot),)
    lives.recent = lives.recent + crisis - lives.ring[at]
    lives.ring[at] = crisis
