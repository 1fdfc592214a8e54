"""The second of the day at which things happen.

Belongs here: local time of day by kind of contact, and its UTC second. Does not belong
here: on which day (``moves``, ``contacts``), how a department writes it down.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from dagster_project.synthetic.city import Flags, Floats, Ints
from dagster_project.synthetic.codes import DAY_ZERO, KINDS, TEAMS
from dagster_project.synthetic.draws import Draws

PACIFIC = ZoneInfo("America/Los_Angeles")
DAY_SECONDS = 86_400
AT_HOSPITAL = (1500, 2700)
"""Seconds from an incident to the hospital's door: 25 to 70 minutes [A]."""
NIGHT = (21, 7)
"""Hours between which it is night."""
AROUND_THE_CLOCK = ("SCRT", "SORT", "EMS", "ED", "PES", "INPT")
EVENING_TEAMS = ("SCRT", "HEART")
"""Teams that do outreach in the evening too."""


def midnights(days: int) -> Ints:
    """Return the UTC second of each local midnight from day 0 to ``days``."""
    start = datetime(DAY_ZERO.year, DAY_ZERO.month, DAY_ZERO.day, tzinfo=PACIFIC)
    # Adding days to an aware datetime keeps the local clock time across the change
    # to summer time, which is what a midnight is.
    return np.array(
        [int((start + timedelta(days=day)).timestamp()) for day in range(days + 1)],
        dtype=np.int64,
    )


def to_utc(day: Ints, of_day: Floats) -> Ints:
    """Return UTC seconds for seconds since local midnight on a day of 24 hours."""
    midnight = midnights(int(np.max(day, initial=0)) + 1)
    length = np.diff(midnight)
    scaled = of_day * (length[day] / DAY_SECONDS)
    return midnight[day] + scaled.astype(np.int64)


def seconds_of_day(
    person: Ints, day: Ints, team: Ints, kind: Ints, event: Ints, draws: Draws
) -> Floats:
    """Return local seconds since midnight of each contact.

    Contacts of one incident follow its first by the way to the hospital.
    """
    key = day.astype(np.int64) * len(TEAMS) + team
    number = draws.uniform("second", person, key)
    spread = draws.uniform("second_of_peak", person, key)
    office = 8 + 9.5 * number
    evening = 17 + 5.5 * number
    # Half around the clock, half heaped about 18:00 as emergency calls are.
    always = np.where(spread < 0.5, 24 * number, (12 + 12 * np.sqrt(number)) % 24)
    hours = np.where(np.isin(team, _codes(AROUND_THE_CLOCK)), always, office)
    late = np.isin(team, _codes(EVENING_TEAMS)) & (kind == KINDS.index("outreach"))
    seconds = np.where(late, evening, hours) * 3600
    seconds = np.where(kind == KINDS.index("follow_up"), office * 3600, seconds)

    shared = np.flatnonzero(event >= 0)
    if not len(shared):
        return seconds
    first = np.full(event.max() + 1, len(event))
    np.minimum.at(first, event[shared], shared)
    later = shared[first[event[shared]] != shared]
    way = AT_HOSPITAL[0] + AT_HOSPITAL[1] * number[later]
    arrival = seconds[first[event[later]]] + way
    # The same night, not the next day: a hospital door is part of the incident.
    seconds[later] = np.minimum(arrival, DAY_SECONDS - 1)
    return seconds


def is_night(of_day: Floats) -> Flags:
    """Return whether seconds since midnight fall into the night."""
    hour = of_day / 3600
    return (hour >= NIGHT[0]) | (hour < NIGHT[1])


def _codes(teams: tuple[str, ...]) -> list[int]:
    return [TEAMS.index(team) for team in teams]
