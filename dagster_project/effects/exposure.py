"""Which departments met a person in the week after time zero, and from which day.

Belongs here: the day each kind of exposure begins, and the classes at the landmark.
Does not belong here: what it is compared on.

On a contact's own day nobody knows which came first, the contact or the bed: that day
is compared with nothing. A hospital's contact is no follow-up. Nor is a new crisis or
overdose that somebody answers: that is the course of illness, and would make follow-up
look harmful. (``intervention_follow_ups`` counts these: it asks who met whom.)
"""

from dataclasses import dataclass

import numpy as np

from dagster_project.effects.history import NEVER, Flags, Ints, Linked
from dagster_project.effects.indexes import Indexes

WINDOW_DAYS = 7
"""Follow-up is looked for on days 1 to 7, as in ``intervention_follow_ups``."""
EMERGENCIES = ("crisis", "overdose")

CLASSES = (
    "no_follow_up",
    "same_department_only",
    "one_other_department",
    "several_other_departments",
)
"""What the landmark on day 7 finds, each index in one of them."""


@dataclass(frozen=True)
class Exposure:
    """Days from time zero to each first contact, NEVER where none came by day 7."""

    other: Ints  # of another department
    several: Ints  # of a second other department
    same: Ints  # of the same department

    def at_landmark(self) -> Ints:
        """Return each index's position in ``CLASSES``."""
        position = np.where(self.same < NEVER, 1, 0)
        position = np.where(self.other < NEVER, 2, position)
        return np.where(self.several < NEVER, 3, position)


def follow_up(linked: Linked, at: Indexes) -> Exposure:
    """Return who came in the week after each index."""
    contacts = linked.contacts
    departments = sorted({name for name in contacts["department"]})
    emergency = np.isin(contacts["contact_kind"].astype(str), EMERGENCIES)
    visit = ~contacts["is_hospital"] & ~emergency
    first = np.full((len(departments), len(at.person)), NEVER)
    same = np.full(len(at.person), NEVER)
    for row, name in enumerate(departments):
        theirs = visit & (contacts["department"] == name)
        own = at.department == name
        first[row, ~own] = _days(linked, theirs, at, ~own)
        same[own] = _days(linked, theirs, at, own)
    order = np.sort(first, axis=0)
    none = np.full(len(at.person), NEVER)
    return Exposure(
        other=order[0] if len(order) else none,
        several=order[1] if len(order) > 1 else none,
        same=same,
    )


def _days(linked: Linked, chosen: Flags, at: Indexes, rows: Flags) -> Ints:
    """Return days from time zero to the first of some contacts within the window."""
    day = at.day[rows]
    found = linked.contact_days(chosen).first(
        at.person[rows], day + 1, day + WINDOW_DAYS
    )
    return np.where(found < NEVER, found - day, NEVER)
