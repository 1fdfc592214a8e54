"""Who gets a shelter bed.

Belongs here: the channel a want comes through, whether it finds a bed, which shelter.
Does not belong here: wanting (``moves``), the offer written down (``offers``).

A want fails by its channel, by the way to the bed, or because no bed is free. Those
left are served in the order of a queue number; the number at which the beds ran out is
kept per day, so twins meet exactly the beds the real city had.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from dagster_project.synthetic.city import Flags, Floats, Ints
from dagster_project.synthetic.codes import PROJECTS
from dagster_project.synthetic.draws import Draws, position
from dagster_project.synthetic.parameters import Beds
from dagster_project.synthetic.state import Lives

OUTREACH, EVENING, HOTLINE = range(3)
"""Channels of a want."""
ALL_SERVED = 1.0
"""Queue cut of a day on which no want lacked a bed; queue numbers are below 1."""
FAMILY = next(at for at, project in enumerate(PROJECTS) if project[0] == "family")
VICTIM_SERVICES = next(
    at for at, project in enumerate(PROJECTS) if project[0] == "victim_services"
)


@dataclass(frozen=True)
class Wants:
    """Today's wants, one per row of ``row``."""

    row: Ints
    channel: Ints
    capacity: Flags  # the channel knew of a bed
    arrives: Flags  # and the person would reach it
    queue: Floats


def wants_today(
    lives: Lives, day: ArrayLike, wants: Flags, given: Beds, draws: Draws
) -> Wants:
    """Draw what becomes of each want, before beds are counted."""
    row = np.flatnonzero(wants)
    on = np.asarray(day)[row] if np.ndim(day) else int(day)
    person = lives.person[row]
    channel = draws.pick("channel", person, given.channels, on)
    chance = np.take(given.bed_by_channel, channel)
    return Wants(
        row=row,
        channel=channel,
        capacity=draws.uniform("bed", person, on) < chance,
        arrives=draws.uniform("in_bed", person, on) < given.in_bed,
        queue=draws.uniform("queue", person, on),
    )


def serve(wants: Wants, free: int) -> tuple[Flags, float]:
    """Return who enters and the queue number at which the beds ran out."""
    ready = wants.capacity & wants.arrives
    if ready.sum() <= free:
        return ready, ALL_SERVED
    cut = np.sort(wants.queue[ready])[free]
    return ready & (wants.queue < cut), float(cut)


def serve_as_before(wants: Wants, cut: Floats) -> Flags:
    """Return who enters when beds run out where they did in the real city."""
    return wants.capacity & wants.arrives & (wants.queue < cut)


def choose_project(
    lives: Lives,
    row: Ints,
    day: int,
    given: Beds,
    draws: Draws,
    family: Flags,
    woman: Flags,
) -> Ints:
    """Return the shelter each of ``row`` enters, as a position in ``PROJECTS``."""
    person = lives.person[row]
    project = position(draws.uniform("project", person, day), given.project_shares)
    hidden = draws.uniform("victim_services", person, day) < given.victim_services / 0.3
    project = np.where(hidden & woman[row], VICTIM_SERVICES, project)
    return np.where(family[row], FAMILY, project)


def exit_factors(project: Ints, given: Beds) -> Floats:
    """Return how fast people leave each shelter, against the mean."""
    factors = np.ones(len(PROJECTS))
    factors[: len(given.project_exit)] = given.project_exit
    return factors[project]
