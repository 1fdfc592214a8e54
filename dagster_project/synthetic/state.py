"""The state of lives on one morning.

Belongs here: the mutable arrays a day's moves read and change, and how they begin.
Does not belong here: the moves (``moves``), what is written down (``log``).

A row is a person in the real city, or one of two twins of an index event: the same
moves serve both.
"""

from dataclasses import dataclass, fields

import numpy as np

from dagster_project.synthetic.city import Flags, Floats, Ints, People
from dagster_project.synthetic.codes import STATES
from dagster_project.synthetic.draws import Draws
from dagster_project.synthetic.parameters import Parameters

STREET, SHELTER, HOUSED, INSTITUTION, AWAY, DEAD = range(len(STATES))
NOT_YET = -1
"""State of somebody who has not arrived."""
LONG_AGO = -10_000
"""Day of something that never happened, far enough back to be past every window."""
HISTORY_DAYS = 180
"""Days of crises that make up H, the history an assignment and a want hang on."""


@dataclass
class Lives:
    """One row per life; all arrays but ``ring`` have one value per row."""

    person: Ints
    severity: Floats
    engagement: Floats
    opioid: Flags
    serious_mental_illness: Flags
    area: Ints
    crisis_rate: Floats  # per day
    overdose_rate: Floats  # per day at the window's start
    death_factor: Floats
    want_factor: Floats
    state: Ints
    since: Ints  # day the state began
    exit_factor: Floats  # of the shelter the person is in
    mood: Floats  # the weekly state
    recent: Ints  # crises in the last 180 days, all departments
    last_overdose: Ints
    moud_due: Ints  # day treatment starts
    moud_until: Ints
    had_moud: Flags
    last_accepted: Ints
    institution_until: Ints
    last_index: Ints
    index_by: Ints  # department that met the index crisis: 0 fire, 1 dph
    follow_up_day: Ints
    same_department_day: Ints
    effect_until: Ints  # E1 acts before this day
    same_effect_until: Ints  # E1b
    listed: Flags  # on the priority list
    operation_until: Ints  # 30 days after an encampment operation
    managed_until: Ints  # in EMS-6 case management
    ring: Ints  # crises by day modulo 180, one column per row

    def take(self, rows: Ints) -> "Lives":
        """Return a copy of some rows."""
        return Lives(
            **{
                field.name: getattr(self, field.name)[..., rows]
                for field in fields(Lives)
            }
        )

    @property
    def history(self) -> Floats:
        """Return H: log(1 + crises in the 180 days before today)."""
        return np.log1p(self.recent)


def join(parts: list[Lives]) -> Lives:
    """Return the rows of several states one after another."""
    return Lives(
        **{
            field.name: np.concatenate(
                [getattr(part, field.name) for part in parts], axis=-1
            )
            for field in fields(Lives)
        }
    )


def begin(people: People, parameters: Parameters, draws: Draws) -> Lives:
    """Return everybody's state before day 0; nobody has arrived."""
    person = people.person.astype(np.int64)
    count = len(person)
    severity, engagement = people.severity, people.engagement
    crises, moves, beds = parameters.crises, parameters.moves, parameters.beds
    share = crises.severity_share
    spread = np.sqrt(share) * severity
    spread = spread + np.sqrt(1 - share) * draws.normal("crisis_rate", person)
    sigma = crises.sigma
    alone = people.household < 0  # families are known to HMIS only
    crisis_rate = crises.per_year / 365 * np.exp(sigma * spread - sigma**2 / 2)
    slope = crises.overdose_by_severity
    overdose = crises.overdoses_per_year / 365 * np.exp(slope * severity - slope**2 / 2)
    slope = moves.death_by_severity
    return Lives(
        person=person,
        severity=severity,
        engagement=engagement,
        opioid=people.opioid,
        serious_mental_illness=people.serious_mental_illness,
        area=people.area.astype(np.int64),
        crisis_rate=crisis_rate * alone,
        overdose_rate=np.where(people.opioid & alone, overdose, 0.0),
        death_factor=np.exp(slope * severity - slope**2 / 2)
        * np.where(people.opioid, moves.death_opioid, 1.0),
        want_factor=np.exp(
            beds.want_by_severity * severity + beds.want_by_engagement * engagement
        ),
        state=np.full(count, NOT_YET, dtype=np.int8),
        since=np.zeros(count, dtype=np.int32),
        exit_factor=np.ones(count),
        mood=crises.weekly_sd * draws.normal("first_mood", person),
        recent=np.zeros(count, dtype=np.int32),
        last_overdose=_never(count),
        moud_due=_never(count),
        moud_until=_never(count),
        had_moud=np.zeros(count, dtype=bool),
        last_accepted=_never(count),
        institution_until=_never(count),
        last_index=_never(count),
        index_by=np.zeros(count, dtype=np.int8),
        follow_up_day=_never(count),
        same_department_day=_never(count),
        effect_until=_never(count),
        same_effect_until=_never(count),
        listed=np.zeros(count, dtype=bool),
        operation_until=_never(count),
        managed_until=_never(count),
        ring=np.zeros((HISTORY_DAYS, count), dtype=np.uint8),
    )


def _never(count: int) -> Ints:
    return np.full(count, LONG_AGO, dtype=np.int32)
