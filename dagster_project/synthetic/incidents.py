"""Dispatch calls and 311 cases, most of them about nobody we know.

Belongs here: incident numbers, calls with and without a client, duplicates, cases.
Does not belong here: who answered a crisis (``responses``), export formats.
"""

import numpy as np

from dagster_project.synthetic.city import CadCalls, Cases311, Ints
from dagster_project.synthetic.clock import to_utc
from dagster_project.synthetic.codes import (
    AGENCIES,
    CALL_KINDS,
    TEAMS,
    WINDOW_END,
    WINDOW_START,
)
from dagster_project.synthetic.draws import Draws, position
from dagster_project.synthetic.parameters import Incidents

PEOPLE_OF_CITY = 3500
"""Sizes in the parameter file are for this many people."""
KIND_SHARES = (0.62, 0.26, 0.1, 0.02)
"""Kinds of calls without a client we know, by row of CALL_KINDS [A]."""
AGENCY_SHARES = (0.46, 0.04, 0.38, 0.12)
"""By row of AGENCIES: HEART takes 5,300 of 13,000 calls, met people apart."""
WITHOUT_CLIENT = (0.24, 0.34, 0.12, 0.08, 0.12, 0.03, 0.02, 0.04, 0.01)
"""Resolutions by row of RESOLUTIONS: HEART found 700 of 1,303 gone on arrival [2]."""
WITH_CLIENT = (0.72, 0, 0, 0, 0.06, 0.06, 0.14, 0.01, 0.01)
"""Resolutions of calls at which a person was met."""
AREA_SHARES = (0.3, 0.2, 0.22, 0.12, 0.09, 0.07)
TOPIC_SHARES = (0.78, 0.08, 0.14)
"""By row of CASE_TOPICS [A]."""
LATEST_DUPLICATE = 1500
"""Seconds within which a second caller rings about the same thing [A]."""
CALL_OF_TEAM = {"SCRT": "mentally_disturbed", "HEART": "homeless_related"}
CLOSE_MEDIAN_HOURS, CLOSE_SIGMA = 20.0, 1.4
"""How long a 311 case stays open, log-normal [A]."""


def calls_and_numbers(
    given: Incidents,
    people: int,
    draws: Draws,
    event_second: Ints,
    event_area: Ints,
    event_team: Ints,
) -> tuple[CadCalls, Ints]:
    """Return all dispatched incidents, and the incident number of each event.

    Args:
        given: Parameters of incidents.
        people: How many people the city has.
        draws: The city's draws.
        event_second: UTC second of each event with a client, in order of event.
        event_area: Its area.
        event_team: The team that answered first.
    """
    events = len(event_second)
    extra = _count(given.cad_without_client, people)
    number = np.arange(extra)
    day = draws.below("call_day", number, WINDOW_END)
    hour = (7 + 17 * np.sqrt(draws.uniform("call_hour", number))) % 24
    second = to_utc(day, hour * 3600)
    area = draws.pick("call_area", number, AREA_SHARES)
    kind = draws.pick("call_kind", number, KIND_SHARES)
    agency = draws.pick("call_agency", number, AGENCY_SHARES)

    # A duplicate repeats another call without a client, some minutes later.
    twice = (draws.uniform("duplicate", number) < given.duplicate) & (number > 0)
    original = np.flatnonzero(~twice)
    of = original[np.searchsorted(original, number[twice], side="right") - 1]
    later = 60 + draws.below("duplicate_second", number[twice], LATEST_DUPLICATE)
    second[twice] = second[of] + later
    area[twice], kind[twice], agency[twice] = area[of], kind[of], agency[of]

    lookup = np.full(len(TEAMS), CALL_KINDS.index("medical"))
    for team, name in CALL_OF_TEAM.items():
        lookup[TEAMS.index(team)] = CALL_KINDS.index(name)
    heart = event_team == TEAMS.index("HEART")
    asked = np.arange(events)
    with_client = np.where(heart, AGENCIES.index("HEART"), AGENCIES.index("Fire"))
    well_being = heart & (draws.uniform("well_being", asked) < 0.3)
    event_kind = np.where(
        well_being, CALL_KINDS.index("well_being"), lookup[event_team]
    )

    seconds = np.concatenate([event_second, second])
    order = np.argsort(seconds, kind="stable")
    incident = np.empty(len(order), dtype=np.int64)
    incident[order] = _numbers(seconds[order])
    duplicate_of = np.full(len(order), -1, dtype=np.int64)
    duplicate_of[events + number[twice]] = incident[events + of]
    resolution = np.concatenate(
        [
            position(draws.uniform("resolution", asked), WITH_CLIENT),
            position(draws.uniform("resolution_of_call", number), WITHOUT_CLIENT),
        ]
    )
    calls = CadCalls(
        incident=incident[order],
        second=seconds[order],
        kind=np.concatenate([event_kind, kind])[order].astype(np.int8),
        area=np.concatenate([event_area, area])[order].astype(np.int8),
        agency=np.concatenate([with_client, agency])[order].astype(np.int8),
        resolution=resolution[order].astype(np.int8),
        sensitive=draws.uniform("sensitive", incident)[order] < given.sensitive,
        duplicate_of=duplicate_of[order],
    )
    return calls, incident[:events]


def cases_311(given: Incidents, people: int, draws: Draws) -> Cases311:
    """Return 311 cases in the order they were opened; some stay open (-1)."""
    count = _count(given.cases_311, people)
    number = np.arange(count)
    day = draws.below("case_day", number, WINDOW_END)
    hour = (6 + 16 * draws.uniform("case_hour", number)) % 24
    second = np.sort(to_utc(day, hour * 3600))
    hours = CLOSE_MEDIAN_HOURS * np.exp(
        CLOSE_SIGMA * draws.normal("case_closed", number)
    )
    closed = second + (hours * 3600).astype(np.int64)
    end = to_utc(np.array([WINDOW_END - 1]), np.array([86_399.0]))[0]
    return Cases311(
        case=16_000_000 + number,
        second=second,
        area=draws.pick("case_area", number, AREA_SHARES).astype(np.int8),
        topic=draws.pick("case_topic", number, TOPIC_SHARES).astype(np.int8),
        closed_second=np.where(closed > end, -1, closed),
    )


def _count(per_city: float, people: int) -> int:
    """Return rows for a city of this size, history before the window included."""
    days = WINDOW_END / (WINDOW_END - WINDOW_START)
    return round(per_city * people / PEOPLE_OF_CITY * days)


def _numbers(seconds: Ints) -> Ints:
    """Return incident numbers YYDDDnnnn for sorted UTC seconds, as dispatch gives."""
    days = (seconds // 86_400).astype("datetime64[D]")
    years = days.astype("datetime64[Y]")
    of_year = (days - years.astype("datetime64[D]")).astype(np.int64) + 1
    year = years.astype(np.int64) + 1970 - 2000
    new = np.flatnonzero(np.append(True, days[1:] != days[:-1]))
    first = np.zeros(len(days), dtype=np.int64)
    first[new] = new
    in_day = np.arange(len(days)) - np.maximum.accumulate(first)
    return year * 10_000_000 + of_year * 10_000 + 1 + in_day
