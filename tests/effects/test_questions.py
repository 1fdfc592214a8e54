"""Which comparisons a record allows: hand-offs by the log, and none where none can be.

The cases of "no estimate" are worked from records in which everything else is in order.
"""

import numpy as np
import pytest

from dagster_project.effects import questions
from dagster_project.effects.tables import FEWEST_MATURE, LAST_DAY, days_shown
from tests.effects.street import record

T = 200
NAMES = [
    "Adaeze",
    "Ayşe",
    "Bình",
    "Chiamaka",
    "Dmitri",
    "Esperanza",
    "Farah",
    "Goran",
    "Hạnh",
    "Ioana",
    "Jamal",
    "Keoni",
    "Leilani",
    "Mehmet",
    "Nkechi",
    "Oluwaseun",
    "Priya",
    "Quỳnh",
    "Rashid",
    "Siaosi",
    "Tevita",
    "Uyên",
    "Viliami",
    "Wanjiru",
    "Ximena",
    "Yusuf",
    "Zainab",
    "Åse",
    "Łukasz",
    "Ñusta",
]


def _street(visited=(), entries=None, deaths=None, twice=(), earlier=None):
    """Return a record: everybody's crisis on day T, some visited on the second day.

    Args:
        visited: Who was met by another department on day T + 2.
        entries: Person to days until they enter a shelter.
        deaths: Person to days until they die.
        twice: Who was met by a second one that same day.
        earlier: Person to days, below 0, of a shelter entry before.
    """
    began = [(name, 0, "hsh", "outreach") for name in NAMES]
    crises = [(name, T, "fire", "crisis") for name in NAMES]
    came = [(name, T + 2, "hsh", "outreach") for name in visited]
    came += [(name, T + 2, "dph", "follow_up") for name in twice]
    ends = [(who, T + day, "shelter_entry") for who, day in (entries or {}).items()]
    ends += [(who, T + day, "shelter_entry") for who, day in (earlier or {}).items()]
    ends += [(who, T + day, "death") for who, day in (deaths or {}).items()]
    return record(contacts=began + crises + came, outcomes=ends)


def _entry(linked, exposure="any_other_department", horizon=37):
    (found,) = (
        answer.result
        for answer in questions.follow_up(linked, "crisis_response")
        if answer.outcome == "shelter_entry"
        and answer.result.exposure == exposure
        and answer.result.horizon == horizon
    )
    return found


def _entering(names, first_day):
    """Return one entry a day, from a day on."""
    return {name: first_day + place for place, name in enumerate(names)}


HALF, REST = NAMES[:15], NAMES[15:]
BOTH_ENTER = _entering(HALF[:8], 5) | _entering(REST[:6], 5)


def test_with_outcomes_on_both_sides_there_is_an_estimate():
    """8 of 15 visited and 6 of 15 others enter: the naive difference is 2 in 15."""
    found = _entry(_street(visited=HALF, entries=BOTH_ENTER))
    assert (found.n, found.exposed, found.outcomes_exposed) == (30, 15, 8)
    assert found.why_none is None
    assert found.hazard_ratio.low < found.hazard_ratio.value < found.hazard_ratio.high
    assert found.naive.difference == pytest.approx(8 / 15 - 6 / 15)


@pytest.mark.parametrize(
    ("visited", "entries", "why", "exposed"),
    [
        ((), BOTH_ENTER, "nobody was exposed", 0),
        (NAMES, _entering(NAMES[:14], 5), "outcomes without exposure", 30),  # all are
        (HALF, _entering(REST[:8], 5), "the 30 days from exposure on", 15),
        (HALF, _entering(HALF[:8], 5), "outcomes without exposure", 15),
        (HALF, {}, "no outcome", 15),
        # The outcome before the visit, and on its day: nobody's.
        (HALF, dict.fromkeys(HALF[:8], 1), "the 30 days from exposure on", 7),
        (HALF, dict.fromkeys(HALF[:8], 2), "the 30 days from exposure on", 7),
    ],
)
def test_without_outcomes_on_a_side_the_row_says_why(visited, entries, why, exposed):
    found = _entry(_street(visited=visited, entries=entries))
    assert found.hazard_ratio is None
    assert found.difference is None
    assert why in found.why_none
    assert found.exposed == exposed


def test_nobody_exposed_and_everybody_exposed_have_no_naive_figure():
    assert _entry(_street(entries=BOTH_ENTER)).naive is None
    assert _entry(_street(visited=NAMES, entries=BOTH_ENTER)).naive is None


def test_two_departments_on_one_day_are_several_and_never_one():
    linked = _street(visited=HALF, twice=HALF, entries=BOTH_ENTER)
    assert _entry(linked, "several_other_departments").outcomes_exposed == 8
    assert _entry(linked, "one_other_department").outcomes_exposed == 0
    assert _entry(linked, "one_other_department").hazard_ratio is None


def test_death_ends_the_watch_and_is_no_outcome():
    """Two die on the day they were visited: they are never watched as exposed."""
    linked = _street(
        visited=HALF, entries=BOTH_ENTER, deaths=dict.fromkeys(HALF[-2:], 2)
    )
    found = _entry(linked)
    assert found.exposed == 13
    assert found.outcomes == 14


def test_a_stratum_in_which_nobody_was_visited_is_not_hidden():
    """15 of 30 had been in a shelter before, and of these nobody was visited.

    Of the 15 others 10 were. For half there is nobody to compare with: the row says so.
    """
    visited, alone = NAMES[:10], NAMES[15:]
    entries = _entering(visited[:8], 5) | _entering(NAMES[10:13], 5)
    entries |= _entering(NAMES[15:20], 5)
    together = _entry(_street(visited=visited, entries=entries))
    before = dict.fromkeys(alone, -100)
    apart = _entry(_street(visited=visited, entries=entries, earlier=before))
    assert together.overlap.share == 1
    assert apart.overlap.share == pytest.approx(0.5)
    assert apart.overlap.before > 1 > together.overlap.before


def _overdoses(told, starts):
    """Return a record: everybody's overdose on day T as the log tells of it."""
    met = [
        (name, T, "fire", "overdose", *([word] if word else []))
        for name, word in zip(NAMES, told, strict=True)
    ]
    began = [(name, 0, "hsh", "outreach") for name in NAMES]
    outcomes = [(who, T + day, "moud_start") for who, day in starts.items()]
    outcomes += [(name, T, "overdose") for name in NAMES]
    return record(contacts=began + met, outcomes=outcomes)


def test_a_hand_off_is_known_at_time_zero_and_who_is_not_told_of_is_left_out():
    """10 of 12 handed off and 6 of 12 others start; of six no log tells."""
    told = ["warm"] * 12 + ["none"] * 12 + [None] * 6
    starts = _entering(NAMES[:10], 3) | _entering(NAMES[12:18], 3)
    starts |= _entering(NAMES[24:], 3)
    found = list(questions.warm_hand_off(_overdoses(told, starts)))
    assert [answer.result.horizon for answer in found] == [37, 90]
    result = found[0].result
    assert (found[0].intervention, found[0].outcome) == (
        "overdose_response",
        "moud_start",
    )
    assert (result.n, result.exposed) == (24, 12)
    assert (result.outcomes, result.outcomes_exposed) == (16, 10)
    assert result.naive.difference == pytest.approx(10 / 12 - 6 / 12)
    assert result.risk_exposed > result.risk_unexposed


def test_without_a_log_no_hand_off_is_compared():
    told = [None] * len(NAMES)
    linked = _overdoses(told, _entering(NAMES[:10], 3))
    assert list(questions.warm_hand_off(linked)) == []


def test_days_for_which_few_are_old_enough_are_not_shown():
    """20 watches: 9 began 30 days before the end, 11 a year before."""
    age = np.array([30] * 9 + [365] * 11)
    assert days_shown(age).all()
    age = np.array([30] * 10 + [365] * (FEWEST_MATURE - 1))
    shown = days_shown(age)
    assert shown[:31].all()
    assert not shown[31:].any()


def test_few_watches_that_are_all_old_enough_are_shown():
    assert days_shown(np.full(3, LAST_DAY)).all()
