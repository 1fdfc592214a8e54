"""Who answers a crisis or an overdose, and who comes after.

Belongs here: contacts brought about by an event. Does not belong here: contacts
nothing brought about (``routine``), whether follow-up comes at all (``follow_up``).
"""

import numpy as np

from dagster_project.synthetic.city import Floats, Ints
from dagster_project.synthetic.contacts import TEAM, Meetings
from dagster_project.synthetic.draws import position
from dagster_project.synthetic.follow_up import unmet_window
from dagster_project.synthetic.moud import AfterOverdose
from dagster_project.synthetic.moves import Surroundings, Today
from dagster_project.synthetic.state import SHELTER, STREET, Lives

FIRE, DPH = 0, 1
"""Department that met an index crisis."""


def met_by_department(
    lives: Lives, day: int, around: Surroundings, rows: Ints
) -> Floats:
    """Return the draw that says who meets a crisis; below ``met_by_fire`` it is Fire.

    In the week after an index, before follow-up, the same department comes again.
    """
    given = around.parameters
    number = around.draws.uniform("met_by", lives.person[rows], day)
    open_window = unmet_window(lives, day, given.follow_up)[rows]
    fire = given.crises.met_by_fire
    by_fire = open_window & (lives.index_by[rows] == FIRE)
    by_dph = open_window & (lives.index_by[rows] == DPH)
    number = np.where(by_fire, number * fire, number)
    return np.where(by_dph, fire + number * (1 - fire), number)


def crises_and_overdoses(
    meetings: Meetings,
    lives: Lives,
    day: int,
    today: Today,
    handed: AfterOverdose,
    around: Surroundings,
) -> Ints:
    """Write who met today's crises and overdoses, and where they were taken.

    Returns:
        The rows that used the Fire Department today.
    """
    given, draws = around.parameters.crises, around.draws
    rows = np.flatnonzero(today.crisis)
    window = unmet_window(lives, day, around.parameters.follow_up)
    users = rows[:0]
    if len(rows):
        number = met_by_department(lives, day, around, rows)
        fire = number < given.met_by_fire
        lives.index_by[today.assigned.row] = np.where(
            fire[np.searchsorted(rows, today.assigned.row)], FIRE, DPH
        )
        taken = today.hospital[rows] | (
            draws.uniform("transported", lives.person[rows], day) < given.transported
        )
        by_fire = users = rows[fire]
        team = np.where(number[fire] < given.met_by_scrt, TEAM["SCRT"], TEAM["EMS"])
        event = meetings.new_events(len(by_fire))
        meetings.meet(
            lives,
            by_fire,
            day,
            team,
            "crisis",
            around,
            event=event,
            transported=taken[fire],
        )
        number = draws.uniform("which_hospital", lives.person[by_fire], day)
        arrives = taken[fire] & ~window[by_fire] & (number < given.general_hospital)
        meetings.meet(
            lives,
            by_fire[arrives],
            day,
            "ED",
            "emergency_department",
            around,
            event=event[arrives],
        )
        site = position(draws.uniform("site", lives.person[rows], day), SITE_SHARES)
        site = np.take([TEAM["ED"], TEAM["PES"], TEAM["STMED"]], site)
        meetings.meet(lives, rows[~fire], day, site[~fire], "crisis", around)

    rows = np.flatnonzero(today.overdose)
    if len(rows):
        person = lives.person[rows]
        taken = today.hospital[rows] | (
            draws.uniform("transported_overdose", person, day)
            < given.transported_overdose
        )
        event = meetings.new_events(len(rows))
        meetings.meet(
            lives,
            rows,
            day,
            "SORT",
            "overdose",
            around,
            event=event,
            transported=taken,
            hand_off=handed.hand_off,
            unconscious=draws.uniform("unconscious", person, day) < UNCONSCIOUS,
        )
        number = draws.uniform("which_hospital", person, day)
        arrives = taken & ~window[rows] & (number < given.general_hospital_overdose)
        meetings.meet(
            lives,
            rows[arrives],
            day,
            "ED",
            "emergency_department",
            around,
            event=event[arrives],
        )
    admitted = np.flatnonzero(today.hospital & ~window)
    admitted = admitted[
        draws.uniform("admitted", lives.person[admitted], day) < ADMITTED
    ]
    meetings.meet(lives, admitted, day, "INPT", "inpatient", around)
    return np.concatenate([users, handed.row])


SITE_SHARES = (0.6, 0.2, 0.2)
"""Crises nobody called 911 for: emergency department, psychiatric emergency, street
medicine [A]."""
UNCONSCIOUS = 0.7
"""Of overdoses met by SORT [A]."""
ADMITTED = 0.2
"""Institution spells in the hospital DPH runs; the others are spent in another
hospital, in jail or in a programme [A]."""


def follow_ups(
    meetings: Meetings, lives: Lives, day: int, today: Today, around: Surroundings
) -> None:
    """Write follow-up visits by another and by the same department."""
    given, draws = around.parameters.follow_up, around.draws
    choices = {
        FIRE: (given.after_fire, ("OCC", "SFHOT", "HSOC", "STMED"), "SCRT"),
        DPH: (given.after_dph, ("SFHOT", "HSOC", "SCRT"), "OCC"),
    }
    for department, (shares, teams, own) in choices.items():
        theirs = lives.index_by == department
        rows = np.flatnonzero(today.followed_up & theirs)
        pick = draws.pick("follow_up_team", lives.person[rows], shares, day)
        codes = np.array([TEAM[team] for team in teams])
        meetings.meet(lives, rows, day, codes[pick], "follow_up", around)
        rows = np.flatnonzero(today.followed_up_same & theirs)
        meetings.meet(lives, rows, day, own, "follow_up", around)
    since = day - lives.last_overdose
    due = (since >= 1) & (since <= given.overdose_follow_up_days)
    due &= (lives.state == STREET) | (lives.state == SHELTER)
    rows = np.flatnonzero(due & ~unmet_window(lives, day, given))
    person, last = lives.person[rows], lives.last_overdose[rows]
    told = draws.uniform("poet", person, last) < given.overdose_follow_up
    when = 1 + draws.below("poet_day", person, given.overdose_follow_up_days, last)
    rows = rows[told & (when == since[rows])]
    meetings.meet(lives, rows, day, "POET", "overdose_follow_up", around)
