"""What departments put right later, and other changes of a record's content.

Belongs here: which field of a record changes on which day, and what it held before.
Does not belong here: merges (``merges``).

``Records`` hold the last content. The value on a day is ``before`` of the field's
earliest correction after that day, else the last content. A profile is mended only
while it is in use, so people whom nobody meets again keep their mistakes.
"""

import numpy as np

from dagster_project.synthetic.city import Flags, Ints, People
from dagster_project.synthetic.draws import Draws
from dagster_project.synthetic.identity.plan import FHIR_SYSTEM, Plan
from dagster_project.synthetic.identity.rates import (
    INTAKE_MENDS,
    LATER_NAMED,
    MENDED_ONCE,
    MENDED_PER_MONTH,
    OUTREACH,
)
from dagster_project.synthetic.identity.written_names import NONE, Content
from dagster_project.synthetic.names.legal import LegalNames
from dagster_project.synthetic.records import Corrections

MONTH = 30
PHONE_UPDATED = 0.5
"""Profiles in use whose phone is asked for again [A]."""
MARRIED_UPDATED = 0.5


class Changes:
    """Collects corrections."""

    def __init__(self) -> None:
        self._rows: list[Ints] = []
        self._fields: list[np.ndarray] = []
        self._before: list[np.ndarray] = []
        self._days: list[Ints] = []

    def add(self, rows: Ints, field: str, before: np.ndarray, day: Ints) -> None:
        """Note what rows held in a field before a day; numbers become text."""
        texts = before if before.dtype == object else before.astype(str).astype(object)
        self._rows.append(np.asarray(rows, dtype=np.int64))
        self._fields.append(np.full(len(rows), field, dtype=object))
        self._before.append(texts)
        self._days.append(np.asarray(day, dtype=np.int64))

    def replace(
        self, content: Content, new: Content, rows: Ints, day: Ints, *fields: str
    ) -> None:
        """Put new values in place and note the old ones where they differ."""
        for field in fields:
            old = content[field][rows]
            differs = np.flatnonzero(old != new[field][rows])
            some = rows[differs]
            self.add(some, field, old[differs], day[differs])
            content[field][some] = new[field][some]

    def corrections(self) -> Corrections:
        """Return all corrections by record and day."""
        if not self._rows:
            empty, none = np.empty(0, dtype=np.int64), np.empty(0, dtype=object)
            return Corrections(empty, none, none, empty)
        row, day = np.concatenate(self._rows), np.concatenate(self._days)
        order = np.lexsort((day, row))
        return Corrections(
            row=row[order],
            field=np.concatenate(self._fields)[order],
            before=np.concatenate(self._before)[order],
            day=day[order],
        )


def mended_days(plan: Plan, wrong: Flags, field: str, seed: int) -> Ints:
    """Return the day each record's mistake in a field is put right, -1 for never."""
    draws = Draws(seed)
    monthly = np.take(MENDED_PER_MONTH, plan.source)
    number = draws.uniform(f"mends {field}", plan.person, plan.key)
    with np.errstate(divide="ignore"):
        months = np.ceil(np.log1p(-number) / np.log1p(-monthly))
    far = 10_000
    days = np.where(monthly > 0, np.minimum(months, far) * MONTH, far * MONTH)
    day = plan.created_day + days.astype(np.int64)
    day = np.where(day <= plan.last_day, day, -1)
    intake = (plan.source == OUTREACH) & (plan.intake_day > plan.created_day)
    intake &= draws.uniform(f"intake {field}", plan.person, plan.key) < INTAKE_MENDS
    intake &= (day < 0) | (day > plan.intake_day)
    day = np.where(intake, plan.intake_day, day)
    for source, share in MENDED_ONCE.items():
        once = (plan.source == source) & (number < share)
        soon = plan.created_day + 1 + (number * 997).astype(np.int64) % 6
        day = np.where(once, soon, day)
    return np.where(wrong, day, -1)


def later_named(plan: Plan, state: Ints, seed: int) -> Ints:
    """Return the day a nameless hospital patient is named, -1 for never."""
    number = Draws(seed).uniform("later named", plan.person, plan.key)
    named = (plan.system == FHIR_SYSTEM) & (state == NONE) & (number < LATER_NAMED)
    after = 1 + (number / LATER_NAMED * 14).astype(np.int64)
    return np.where(named, plan.created_day + after, -1)


def changed_phones(
    changes: Changes, content: Content, plan: Plan, new: np.ndarray, seed: int
) -> None:
    """Take a new phone down in half of the profiles in use, in place."""
    number = Draws(seed).uniform("phone updated", plan.person, plan.key)
    rows = np.flatnonzero(
        plan.is_profile
        & (number < PHONE_UPDATED)
        & (content["phone"] != "")
        & (plan.last_day > plan.created_day)
    )
    changes.replace(content, {"phone": new}, rows, plan.last_day[rows], "phone")


def married_names(
    changes: Changes,
    content: Content,
    plan: Plan,
    people: People,
    names: LegalNames,
    right: Flags,
    seed: int,
) -> None:
    """Change surnames of profiles begun before a marriage and used after, in place."""
    day = names.married_day[plan.identity]
    number = Draws(seed).uniform("married updated", plan.person, plan.key)
    rows = np.flatnonzero(
        right
        & plan.is_profile
        & (plan.created_day < day)
        & (day < plan.last_day)
        & (number < MARRIED_UPDATED)
    )
    new = {"last": names.married[plan.identity]}
    changes.replace(content, new, rows, day[rows], "last")
