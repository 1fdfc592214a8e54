"""Silos, the by-name list and the case conference against the made-up city's truth.

With linkage given the truth they must say what the truth says, as far as departments
wrote it down. As linked, each test states how far the real linkage moves the measure
(2026-11-27; seed 7).
"""

from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest

from dagster_project.synthetic.codes import TEAM_DEPARTMENTS, TEAMS
from tests.dbt_project.by_name_walk import CAME, LEFT, Life, walk

pytestmark = pytest.mark.city

DAY_ZERO = date(2024, 1, 1)
THROUGH = date(2026, 6, 30)
YEAR = THROUGH - timedelta(365)
WRITTEN = "contact in (select contact from truth.reports)"
DEPARTMENT = dict(zip(TEAMS, TEAM_DEPARTMENTS, strict=True))
PROFILES = 3
"""People a count may miss or add: departments keep a few records under a wrong
profile."""
TOLERANCE = 5
"""People proposed on another day than the truth's, and people a month's active may
differ by: 58 of 3,036 lives are told a little otherwise, by records under a wrong
profile and rows HMIS loses for good."""
SLIPS = 50
"""Comings or goings of one kind that 30 months together may differ by, of 2,000."""
SHELTER = "kind = 'shelter' and project <> 'Safe Steps'"
"""Stays that are told: what is for victims of violence is left out at the door."""
SHOWS_HOMELESSNESS = (
    "(team in ('SFHOT', 'HEART', 'HSOC', 'INST') "
    "or (team = 'STMED' and kind = 'outreach'))"
)
"""Contacts the records call outreach or an encampment operation: for the first four
teams they do not say why somebody was met."""


@pytest.fixture(scope="module")
def days_met(given_truth) -> dict[str, dict[int, set[date]]]:
    """Return department -> person -> days met in the last year, as written down."""
    found = defaultdict(lambda: defaultdict(set))
    for person, day, team in given_truth(
        f"select person, day, team from truth.contacts where {WRITTEN} "
        f"and day > date '{YEAR}' and day <= date '{THROUGH}'"
    ):
        found[DEPARTMENT[team]][person].add(day)
    return found


def test_who_is_known_elsewhere(as_linked, given_truth, days_met) -> None:
    told = (
        "select department, other_department, n, numerator, person_days, rate, "
        "rate_strict, rate_loose from marts.silo_clients_known_elsewhere"
    )
    rows = given_truth(told)
    assert len(rows) == len(days_met) * len(days_met)
    true_rates = {}
    for department, other, n, numerator, person_days, *rates in rows:
        clients = days_met[department]
        others = [other] if other != "any" else [d for d in days_met if d != department]
        elsewhere = {
            person: set().union(*(days_met[o].get(person, set()) for o in others))
            for person in clients
        }
        known = sum(map(bool, elsewhere.values()))
        unseen = sum(len(days - clients[p]) for p, days in elsewhere.items())
        pair = (department, other)
        assert n == pytest.approx(len(clients), abs=PROFILES), pair
        assert numerator == pytest.approx(known, abs=PROFILES), pair
        # Clocks differ by minutes, so a few contacts lie on the day beside.
        assert person_days == pytest.approx(unseen, rel=0.01), pair
        assert rates[0] == rates[1] == rates[2], pair
        true_rates[pair] = known / len(clients)
    for department, other, *_, rate, strict, loose in as_linked(told):
        # Most of the contact log names nobody: DEM is known to know the fewest.
        allowed = 0.35 if "dem" in (department, other) else 0.09
        true = true_rates[department, other]
        assert rate == pytest.approx(true, abs=allowed), (department, other)
        assert strict - 0.01 <= rate <= loose + 0.01, (department, other)


def test_the_flow_of_the_by_name_list(as_linked, given_truth) -> None:
    told = (
        f"select flow_month, n_active_before, {', '.join(f'n_{w}' for w in CAME)}, "
        f"{', '.join(f'n_{w}' for w in LEFT)}, n_active "
        "from marts.by_name_flow order by flow_month"
    )
    lives = _lives(given_truth)
    true: dict[date, Counter] = defaultdict(Counter)
    for life in lives.values():
        for day, what in walk(life, (THROUGH - DAY_ZERO).days):
            true[(DAY_ZERO + timedelta(day)).replace(day=1)][what] += 1
    active = 0
    differing = Counter()
    rows = given_truth(told)
    assert [month for month, *_ in rows] == sorted(true)
    for month, before, *figures, now in rows:
        expected = [true[month][what] for what in (*CAME, *LEFT)]
        active += sum(expected[:3]) - sum(expected[3:])
        assert now == before + sum(figures[:3]) - sum(figures[3:])
        assert now == pytest.approx(active, abs=TOLERANCE), month
        for what, told_n, true_n in zip((*CAME, *LEFT), figures, expected, strict=True):
            differing[what] += abs(told_n - true_n)
    assert max(differing.values()) <= SLIPS, differing
    # Contacts that name nobody keep nobody active: 2 to 5 % of the active are missing.
    for (month, *_, linked), (*_, now) in zip(as_linked(told), rows, strict=True):
        assert -0.06 <= linked / now - 1 <= 0, month


def _lives(given_truth) -> dict[int, Life]:
    """Return what departments wrote down of each person, from the truth."""
    day = f"date_diff('day', date '{DAY_ZERO}', {{}})"
    shown, homes = defaultdict(list), defaultdict(list)
    for person, met in given_truth(
        f"select person, {day.format('day')} from truth.contacts "
        f"where {WRITTEN} and {SHOWS_HOMELESSNESS} and day <= date '{THROUGH}'"
    ):
        shown[person].append((met, met))
    end = day.format(f"coalesce(exit_day, date '{THROUGH}' + 100)")
    for person, kind, entry, left in given_truth(
        f"select person, kind, {day.format('entry_day')}, {end} from truth.stays "
        f"where entry_day <= date '{THROUGH}' "
        f"and ({SHELTER} or kind = 'permanent_housing')"
    ):
        if kind == "shelter":
            shown[person].append((entry, left))
        elif kind == "permanent_housing":
            homes[person].append((entry, left))
    died = dict(
        given_truth(
            f"select lives.person, {day.format('min(lives.from_day)')} "
            "from truth.lives as lives inner join marts.outcomes as outcomes "
            "on outcomes.person_id = 'true:' || lives.person "
            "where lives.state = 'dead' and outcomes.outcome_type = 'death' group by 1"
        )
    )
    return {
        person: Life(
            shown[person],
            homes[person],
            [moved for moved, _ in homes[person]],
            died.get(person),
        )
        for person in shown
    }


def test_who_is_proposed_showed_homelessness_within_the_year(given_truth) -> None:
    shown = dict(
        given_truth(
            "select 'true:' || person, max(day) from ("
            f"  select person, day from truth.contacts where {WRITTEN} "
            f"  and {SHOWS_HOMELESSNESS} "
            "  union all "
            f"  select person, least(coalesce(exit_day, date '{THROUGH}'), "
            f"    date '{THROUGH}') from truth.stays where {SHELTER}"
            f") where day <= date '{THROUGH}' group by 1"
        )
    )
    told = given_truth(
        "select person_id, last_homeless_on, homeless_evidence, conference_rank "
        "from marts.case_conference_candidates"
    )
    ranked = [row for row in told if row[-1] is not None]
    assert len(ranked) > 200
    assert sorted(rank for *_, rank in ranked) == list(range(1, len(ranked) + 1))
    # The truth knows street contacts and shelter days; an enrolment, a living situation
    # or what was said to paramedics may only tell of a later day.
    differing = [
        person
        for person, last, evidence, _ in told
        if (last or date.min) < shown.get(person, date.min)
        or (
            evidence in ("street_contact", "shelter_stay") and shown.get(person) != last
        )
    ]
    assert len(differing) <= TOLERANCE, differing
    year_ago = THROUGH.replace(year=THROUGH.year - 1)
    assert all(last >= year_ago for _, last, *_ in ranked)
