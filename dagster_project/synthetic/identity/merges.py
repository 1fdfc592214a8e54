"""Profiles a department merges, and what it takes back.

Belongs here: which profile ends in which other one on which day; the planted cases: a
wrong merge undone, a right merge undone, ids used again.
Does not belong here: how duplicates arise (``plan``).

A merge taken back shows in ``Corrections`` with the fields ``merged_into`` (the row as
text) and ``merged_day``: on a day between the two corrections ``before`` of the later
one holds; the last content is -1. Reports and stays keep the profile they were written
to; who wants the survivor follows ``merged_into``.
"""

import numpy as np

from dagster_project.synthetic.city import Ints, People
from dagster_project.synthetic.codes import KIN_KINDS, WINDOW_END
from dagster_project.synthetic.draws import Draws
from dagster_project.synthetic.identity.mending import Changes
from dagster_project.synthetic.identity.plan import FHIR_SYSTEM, HMIS_SYSTEM, Plan

MERGED = {HMIS_SYSTEM: 0.58, FHIR_SYSTEM: 0.85}
"""Share of extra profiles found and merged: with the duplicates of the table, two to
three merges per 100 people a year."""
YOUNGER_STAYS = 0.2
"""Merges in which the later profile is the one kept [A]."""
FOUND_AFTER = (10, 240)
"""Days until a duplicate is found [A]."""
UNDONE_AFTER = 75
REUSED = 0.001
"""HMIS ids that once belonged to somebody else: about three in the city [A]."""
WRONG_MERGE_KIN = ("twin", "sibling", "same_name")


def merges(plan: Plan, seed: int) -> tuple[Ints, Ints]:
    """Return the row each row is merged into and the day, -1 for none."""
    draws = Draws(seed)
    into = np.full(len(plan.person), -1, dtype=np.int64)
    day = np.full(len(plan.person), -1, dtype=np.int64)
    extra = np.flatnonzero(plan.is_profile & (plan.ordinal > 0))
    who, key = plan.person[extra], plan.key[extra]
    first = extra - plan.ordinal[extra]
    kept = plan.person[first] == who
    chance = np.where(
        plan.system[extra] == HMIS_SYSTEM, MERGED[HMIS_SYSTEM], MERGED[FHIR_SYSTEM]
    )
    span = FOUND_AFTER[1] - FOUND_AFTER[0]
    after = FOUND_AFTER[0] + draws.below("merge found", who, span, key)
    # A merge after the last of the three is found beyond the window: never seen.
    when = plan.created_day[extra] + after
    merged = kept & (draws.uniform("merged", who, key) < chance) & (when < WINDOW_END)
    only_two = np.bincount(first, minlength=len(into))[first] == 1
    younger = draws.uniform("younger stays", who, key) < YOUNGER_STAYS
    younger &= only_two & (plan.ordinal[extra] == 1)
    loser, winner = np.where(younger, first, extra), np.where(younger, extra, first)
    into[loser[merged]] = winner[merged]
    day[loser[merged]] = when[merged]
    return into, day


def undone_merges(
    changes: Changes, plan: Plan, people: People, into: Ints, hmis_only: int
) -> Ints:
    """Note one wrong and one right merge that were taken back; return their rows.

    The wrong one joins two kin or namesakes; the right one is a person whom a
    decision keeps apart: the department's word, not the truth.
    """
    rows = np.flatnonzero(plan.system == hmis_only)
    row_of = np.full(len(people.person), -1, dtype=np.int64)
    firsts = rows[plan.ordinal[rows] == 0]
    row_of[plan.person[firsts]] = firsts
    kinds = [KIN_KINDS.index(name) for name in WRONG_MERGE_KIN]
    later = np.isin(people.kin_kind, kinds) & (people.kin >= 0)
    pairs = [(row_of[p], row_of[people.kin[p]]) for p in np.flatnonzero(later)]
    twice = rows[(plan.ordinal[rows] == 1) & (into[rows] < 0)]
    pairs_of_one = [(row, row_of[plan.person[row]]) for row in twice]
    touched = []
    for choices in (pairs, pairs_of_one):
        for loser, winner in choices:
            free = min(loser, winner) >= 0 and into[loser] < 0 and into[winner] < 0
            start = int(max(plan.created_day[[loser, winner]])) + 60
            if not free or not 200 < start < WINDOW_END - 2 * UNDONE_AFTER:
                continue
            when = np.array([start, start + UNDONE_AFTER])
            both = np.array([loser, loser])
            changes.add(both, "merged_into", np.array([-1, winner]), when)
            changes.add(both, "merged_day", np.array([-1, start]), when)
            touched.append(loser)
            break
    return np.array(touched, dtype=np.int64)


def reused(plan: Plan, into: Ints, seed: int) -> Ints:
    """Return HMIS rows whose id had another holder before."""
    number = Draws(seed).uniform("id used again", plan.person, plan.key)
    late = plan.created_day > 220
    hmis = (plan.system == HMIS_SYSTEM) & (into < 0) & (plan.person > 0)
    return np.flatnonzero(hmis & late & (number < REUSED))
