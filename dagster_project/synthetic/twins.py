"""What would have happened either way: the twins of each index event.

Belongs here: living 90 days twice from the evening of an index crisis, with another
department's follow-up and without. Does not belong here: averages (``effects``).

Both twins read the draws the real person read. Staff, other people and the number at
which beds ran out stay as they were, so they differ only where the effect acts.
"""

import numpy as np

from dagster_project.synthetic.beds import ALL_SERVED, serve_as_before, wants_today
from dagster_project.synthetic.chronicle import Chronicle
from dagster_project.synthetic.city import Floats, IndexEvents, Ints
from dagster_project.synthetic.codes import WINDOW_END
from dagster_project.synthetic.follow_up import plan
from dagster_project.synthetic.moves import Surroundings, enter_shelter, live_day
from dagster_project.synthetic.state import Lives, join

TWIN_DAYS = 90
SHORT_DAYS = 37
"""A week in which follow-up may come, then the 30 days its effect lasts."""
NEVER = 10_000
"""Days to an entry that did not come."""


def index_events(chronicle: Chronicle, around: Surroundings) -> IndexEvents:
    """Return the index events of the window with both twins' outcomes."""
    parts = chronicle.indexes
    if not parts:
        none, flags = np.empty(0, dtype=np.int32), np.empty(0, dtype=bool)
        floats = np.empty(0)
        return IndexEvents(
            none, none, none, none, floats, flags, flags, floats, *[none] * 4
        )
    day = np.concatenate([np.full(len(p.assigned.row), p.day) for p in parts])
    evening = join([part.evening for part in parts])
    other_day = np.concatenate([part.assigned.other_day for part in parts])
    cut = _longer(chronicle.queue_cut)
    treated = _days_to_entry(_told(evening, other_day, True), day, around, cut)
    untreated = _days_to_entry(_told(evening, other_day, False), day, around, cut)
    person = evening.person.astype(np.int32)
    window = around.parameters.follow_up.window_days
    return IndexEvents(
        person=person,
        day=day.astype(np.int16),
        exposed_day=_met(chronicle, person, day, window, same=False),
        same_department_day=_met(chronicle, person, day, window, same=True),
        history=np.concatenate([part.assigned.history for part in parts]),
        opioid=evening.opioid,
        serious_mental_illness=evening.serious_mental_illness,
        staff=np.concatenate([part.assigned.staff for part in parts]),
        untreated_37=(untreated <= SHORT_DAYS).astype(np.int8),
        untreated_90=(untreated <= TWIN_DAYS).astype(np.int8),
        treated_37=(treated <= SHORT_DAYS).astype(np.int8),
        treated_90=(treated <= TWIN_DAYS).astype(np.int8),
    )


def _told(evening: Lives, day: Ints, told: bool) -> Lives:
    """Return a copy whose follow-up by another department is set."""
    rows = np.arange(len(evening.person))
    copy = evening.take(rows)
    plan(copy, rows, np.full(len(rows), told), day)
    return copy


def _days_to_entry(
    lives: Lives, index_day: Ints, around: Surroundings, cut: Floats
) -> Ints:
    """Live 90 days after each index; return the days to the first shelter entry."""
    given, draws = around.parameters.beds, around.draws
    entry = np.full(len(index_day), NEVER)
    for after in range(1, TWIN_DAYS + 1):
        day = index_day + after
        today = live_day(lives, day, around)
        wants = wants_today(lives, day, today.wants_bed, given, draws)
        served = serve_as_before(wants, cut[day[wants.row]])
        entered = np.zeros(len(day), dtype=bool)
        entered[wants.row[served]] = True
        enter_shelter(lives, entered, day)
        entry[entered & (entry == NEVER)] = after
    return entry


def _longer(cut: Floats) -> Floats:
    """Repeat the last days' beds beyond the city's end, for late indexes."""
    longer = np.append(cut, cut[WINDOW_END - TWIN_DAYS - 1 :])
    return np.minimum(longer, ALL_SERVED)


def _met(
    chronicle: Chronicle, person: Ints, day: Ints, window: int, same: bool
) -> Ints:
    """Return the day of the follow-up within the window after each index, or -1."""
    kept = chronicle.exposed.column("same") == same
    who = chronicle.exposed.column("person")[kept].astype(np.int64)
    when = chronicle.exposed.column("day")[kept].astype(np.int64)
    span = 2 * WINDOW_END
    keys = np.sort(who * span + when)
    wanted = person.astype(np.int64) * span + day
    at = np.searchsorted(keys, wanted, side="right")
    found = np.append(keys, np.iinfo(np.int64).max)[at]
    within = found - wanted <= window
    return np.where(within, day + found - wanted, -1).astype(np.int16)
