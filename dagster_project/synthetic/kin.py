"""Families, and people who are easily taken for each other.

Belongs here: who is whose twin, son, partner or namesake, and what they share.
Does not belong here: the names themselves (``identity``).

Ties are laid out in blocks of 200 people by position, and the later person points to
the earlier one. So a tie never reaches beyond the last person, and the first people
stay who they are when more come.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from dagster_project.synthetic.city import Flags, Floats, Ints
from dagster_project.synthetic.codes import DAY_ZERO, HOUSEHOLD_ROLES, KIN_KINDS
from dagster_project.synthetic.draws import Draws
from dagster_project.synthetic.parameters import Kin as KinParameters

BLOCK = 200
"""People per block: the rarest tie then still has a place in most blocks."""
HOUSEHOLD_SIZE = 4
"""Places per household: head, child, second child, third member."""
FIRST_HOUSEHOLD = 100
"""Position of a block's first household; pairs take the positions before it."""
FATHERS = 10
"""Position of a block's first namesake father."""
YEAR = 365.25
DAY_ZERO_BORN = (DAY_ZERO - date(1970, 1, 1)).days


@dataclass(frozen=True)
class Kin:
    """Who belongs to whom; ``other`` is an earlier person or -1."""

    household: Ints
    role: Ints
    other: Ints
    kind: Ints
    same_day: Flags
    gap_days: Ints  # how much younger than ``other`` or the head
    father: Flags
    own_age: Floats  # of fathers and heads, years

    def share(self, values: np.ndarray) -> np.ndarray:
        """Give families (not namesakes) the earlier person's value."""
        values = values.copy()
        alike = np.isin(self.kind, [_kind(k) for k in KIN_KINDS[1:5]])
        family = alike & (self.kind != _kind("couple"))
        rows = np.flatnonzero(family)
        values[rows] = values[self.other[rows]]
        members = np.flatnonzero(self.household >= 0)
        values[members] = values[self.household[members]]
        return values

    def same_sex(self, sex: Ints) -> Ints:
        """Make fathers and namesake sons men, and most couples of two sexes."""
        sex = sex.copy()
        sons = np.flatnonzero(self.kind == _kind("namesake_father"))
        sex[sons] = sex[self.other[sons]] = 1
        couples = np.flatnonzero((self.kind == _kind("couple")) & ~self.same_day)
        sex[couples] = 1 - sex[self.other[couples]]
        names = np.flatnonzero(self.kind == _kind("same_name"))
        sex[names] = sex[self.other[names]]
        return sex

    def births(self, days: Ints) -> Ints:
        """Set birth days that follow from the tie, as days since 1970."""
        days = np.where(
            self.father | (self.role == 1), DAY_ZERO_BORN - self.own_age * YEAR, days
        ).astype(np.int64)
        tied = np.flatnonzero(self.other >= 0)
        days[tied] = days[self.other[tied]] + self.gap_days[tied]
        days[tied] = np.minimum(days[tied], DAY_ZERO_BORN - np.int64(18.1 * YEAR))
        members = np.flatnonzero(self.role > 1)
        days[members] = days[self.household[members]] + self.gap_days[members]
        names = np.flatnonzero((self.kind == _kind("same_name")) & ~self.same_day)
        first = days[self.other[names]]
        years = first.astype("datetime64[D]").astype("datetime64[Y]")
        start = years.astype("datetime64[D]").astype(np.int64)
        days[names] = start + (first - start + 1 + self.gap_days[names]) % 365
        return days


def _kind(name: str) -> int:
    return KIN_KINDS.index(name)


def make_kin(given: KinParameters, person: Ints, draws: Draws) -> Kin:
    """Lay out families and look-alikes among people numbered from 0."""
    people = len(person)
    position, block = person % BLOCK, person // BLOCK
    other = np.full(people, -1, dtype=np.int32)
    kind = np.zeros(people, dtype=np.int8)
    gap = np.zeros(people, dtype=np.int64)
    number = draws.uniform("kin_gap", person)
    pairs = (
        ("twin", given.twins, 0, np.zeros(people)),
        ("namesake_father", given.namesake_fathers, FATHERS, (19 + 10 * number) * YEAR),
        ("sibling", given.siblings, 20, (1.2 + 6 * number) * YEAR),
        ("couple", given.couples, 40, (number - 0.5) * 12 * YEAR),
        ("same_name", given.same_name, 80, np.floor(number * 360)),
    )
    for name, expected, start, gaps in pairs:
        place = (position - start) // 2
        chance = np.clip(expected - place, 0, 1)
        tied = (position >= start) & (place < np.ceil(expected))
        tied &= (position - start) % 2 == 1
        tied &= draws.uniform(f"kin_{name}", block * BLOCK + place.clip(0)) < chance
        rows = np.flatnonzero(tied)
        other[rows], kind[rows] = rows - 1, _kind(name)
        gap[rows] = np.floor(gaps[rows])
    same_day = draws.uniform("kin_same_day", person) < given.same_birth_date
    gap[(kind == _kind("same_name")) & same_day] = 0
    household, role = _households(given, person, draws)
    number = draws.uniform("kin_own_age", person)
    father = _fathers(given, person, draws)
    own_age = np.where(father, 50 + 20 * number, 20 + 22 * number)
    child_age = draws.uniform("child_age", person) * 17
    child_age = np.minimum(child_age, own_age[household] - 16.5)
    gap = np.where(role == 2, np.floor((own_age[household] - child_age) * YEAR), gap)
    gap = np.where(role == 3, np.floor(-number * 6 * YEAR), gap)
    return Kin(household, role, other, kind, same_day, gap, father, own_age)


def _fathers(given: KinParameters, person: Ints, draws: Draws) -> Flags:
    """Return who is a namesake's father, by position, present son or not."""
    position, block = person % BLOCK, person // BLOCK
    number = draws.uniform("kin_namesake_father", block * BLOCK)
    return (position == FATHERS) & (number < given.namesake_fathers)


def _households(given: KinParameters, person: Ints, draws: Draws) -> tuple[Ints, Ints]:
    """Return household (its head's number) and role."""
    position, block = person % BLOCK - FIRST_HOUSEHOLD, person // BLOCK
    place, seat = position // HOUSEHOLD_SIZE, position % HOUSEHOLD_SIZE
    first = np.where(position >= 0, person - seat, 0)
    chance = np.clip(given.households - place, 0, 1)
    there = (position >= 0) & (
        draws.uniform("household", block * BLOCK + place) < chance
    )
    number = draws.uniform("household_member", person)
    there &= (
        (seat < 2)
        | ((seat == 2) & (number < given.second_child))
        | ((seat == 3) & (number < given.third_member))
    )
    partner = there & (seat == 3) & (number < given.third_member / 2)
    role = np.where(there, np.where(seat == 0, 1, 2), 0)
    role = np.where(partner, HOUSEHOLD_ROLES.index("partner"), role)
    household = np.where(there, first, -1).astype(np.int32)
    return household, role.astype(np.int8)
