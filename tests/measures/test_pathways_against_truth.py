"""Measures 14 to 21 and coordination against what truly happened in the made-up city.

The same measures, computed here person by person from the truth of every contact some
department wrote down. With linkage given the truth the marts must say the same; as
linked, each test states how far the real linkage moves them (2026-11-27; seed 7).
"""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import NamedTuple

import pytest

from dagster_project.synthetic.codes import TEAM_DEPARTMENTS, TEAMS

pytestmark = pytest.mark.city

POINTS = 0.004
"""What clocks that differ by minutes, late reports and a misheard incident may move."""
PROFILES = 8
"""People a count may miss or add: departments keep a few records under a wrong profile,
and whose record it is is all that the truth of linkage can say."""
HOSPITALS = {"ED", "PES", "INPT"}
DEPARTMENT = dict(zip(TEAMS, TEAM_DEPARTMENTS, strict=True))


class Contact(NamedTuple):
    """A true contact that some department wrote down."""

    day: datetime
    at: datetime
    team: str
    kind: str

    @property
    def department(self) -> str:
        return DEPARTMENT[self.team]

    @property
    def is_timed(self) -> bool:
        return self.team != "SFHOT"


@pytest.fixture(scope="module")
def through(given_truth):
    """Return the last day the data cover."""
    ((day,),) = given_truth("select max(data_through) from marts.people")
    return day


@pytest.fixture(scope="module")
def met(given_truth, through) -> dict[int, list[Contact]]:
    """Return person -> contacts in order of time."""
    found = defaultdict(list)
    for person, *contact in given_truth(
        'select person, day, "at", team, kind from truth.contacts '
        'where contact in (select contact from truth.reports) order by person, "at"'
    ):
        if contact[0] <= through:
            found[person].append(Contact(*contact))
    return found


def rates(sql, mart: str, where: str = "true") -> dict[tuple, tuple[int, int, float]]:
    """Return the rows of a rate mart: grain -> (denominator, numerator, rate)."""
    columns = [
        name
        for (name,) in sql(
            "select column_name from duckdb_columns() where table_name = "
            f"'{mart}' and schema_name = 'marts' and database_name = 'city' "
            "order by column_index"
        )
    ]
    grain = ", ".join(columns[: columns.index("n")])
    rows = sql(
        f"select {grain}, denominator, numerator, rate from marts.{mart} where {where}"
    )
    return {tuple(row[:-3]): tuple(row[-3:]) for row in rows}


def in_last_year(contact: Contact, through) -> bool:
    return contact.day > through.replace(year=through.year - 1)


def test_departments_per_person(met, through, given_truth, as_linked) -> None:
    true = defaultdict(int)
    for contacts in met.values():
        true[len({c.department for c in contacts if in_last_year(c, through)})] += 1
    served = sum(n for departments, n in true.items() if departments)
    where = f"watched = 'any_time' and period_ends_on = '{through}'"
    told = rates(given_truth, "departments_per_person_distribution", where)
    moved = rates(as_linked, "departments_per_person_distribution", where)
    for (*_, n), (denominator, numerator, _) in told.items():
        assert denominator == pytest.approx(served, abs=PROFILES)
        assert numerator == pytest.approx(true[n], abs=PROFILES), n
    # A record too badly written to join its person is a person of one department.
    shift = {n: moved[key][2] - told[key][2] for key in told for n in [key[-1]]}
    assert 0.06 <= shift[1] <= 0.11
    assert -0.06 <= shift[4] <= -0.03


def test_team_overlap(met, through, given_truth, as_linked) -> None:
    teams = [
        {c.team for c in contacts if in_last_year(c, through)} - HOSPITALS
        for contacts in met.values()
    ]
    where = f"period_ends_on = '{through}'"
    told = rates(given_truth, "team_overlap", where)
    moved = rates(as_linked, "team_overlap", where)
    both = (through, "any_team", "any_other_team")
    assert told[both][0] == pytest.approx(sum(map(bool, teams)), abs=PROFILES)
    assert told[both][1] == pytest.approx(sum(len(t) > 1 for t in teams), abs=PROFILES)
    for one in ("SCRT", "SFHOT", "POET", "INST"):
        for other in ("SCRT", "SFHOT", "POET", "INST"):
            true = sum({one, other} <= t for t in teams)
            assert told[through, one, other][1] == pytest.approx(true, abs=PROFILES)
    assert -0.10 <= moved[both][2] - told[both][2] <= -0.05


def next_after(contacts: list[Contact], first: Contact, department: str) -> int | None:
    """Return days to the department's next contact, whoever came first unknown."""
    for other in contacts:
        if other.department != department or other.team in HOSPITALS:
            continue
        if other.day > first.day:
            return (other.day - first.day).days
        timed = first.is_timed and other.is_timed
        if other.day == first.day and (not timed or other.at >= first.at):
            return 0
    return None


def test_subsequent_contacts(met, through, given_truth, as_linked) -> None:
    told = rates(given_truth, "subsequent_contacts")
    moved = rates(as_linked, "subsequent_contacts")
    true = defaultdict(lambda: [0, 0])
    for contacts in met.values():
        for first in contacts:
            if first.team in HOSPITALS:
                continue
            for to in {"hsh", "fire", "dph", "dem"} - {first.department}:
                lag = next_after(contacts, first, to)
                for within in (7, 30):
                    if first.day + timedelta(within) <= through:
                        pair = true[first.department, to, within]
                        pair[0] += 1
                        pair[1] += lag is not None and lag <= within
    for key, (n, followed) in true.items():
        # The dead are left out by the mart: a few dozen contacts.
        assert told[key][0] == pytest.approx(n, rel=0.01), key
        assert told[key][2] == pytest.approx(followed / n, abs=POINTS), key
        # Missed links hide the other's contact; they never add one worth a point.
        assert -0.07 <= moved[key][2] - told[key][2] <= 0.01, key


def indexes(contacts: list[Contact], kind: str) -> list[datetime]:
    """Return the first day of the kind, then each more than 30 days after the last."""
    found = []
    for contact in sorted(contacts):
        if contact.kind == kind and (
            not found or contact.day > found[-1] + timedelta(30)
        ):
            found.append(contact.day)
    return found


def test_repeat_crises(met, through, given_truth, as_linked) -> None:
    true = defaultdict(lambda: [0, 0])
    for contacts in met.values():
        for day in indexes(contacts, "crisis"):
            if day + timedelta(30) <= through:
                true[day.year][0] += 1
                true[day.year][1] += any(
                    c.kind in ("crisis", "overdose")
                    and day < c.day <= day + timedelta(30)
                    for c in contacts
                )
    told = rates(given_truth, "repeat_crisis_30d", "outcome = 'repeat_crisis'")
    moved = rates(as_linked, "repeat_crisis_30d", "outcome = 'repeat_crisis'")
    for (year, _), (n, _, rate) in told.items():
        assert n == pytest.approx(true[year][0], rel=0.01)
        assert rate == pytest.approx(true[year][1] / true[year][0], abs=0.01)
        assert -0.03 <= moved[year, "repeat_crisis"][2] - rate <= 0.0


def test_overdoses_followed_up(met, through, given_truth, as_linked) -> None:
    true = defaultdict(lambda: [0, 0])
    for contacts in met.values():
        for index in contacts:
            ends = index.at + timedelta(hours=72)
            if (index.team, index.kind) != ("SORT", "overdose"):
                continue
            if ends.date() < through:
                true[index.day.year][0] += 1
                true[index.day.year][1] += any(
                    c.team in ("POET", "OCC") and index.at < c.at <= ends
                    for c in contacts
                )
    where = "followed_up_by = 'poet_or_occ'"
    told = rates(given_truth, "overdose_follow_up_72h", where)
    moved = rates(as_linked, "overdose_follow_up_72h", where)
    for (year, _), (n, _, rate) in told.items():
        # Who lay in hospital throughout, or died, is left out.
        assert true[year][0] * 0.93 <= n <= true[year][0] + 1
        assert rate == pytest.approx(true[year][1] / true[year][0], abs=0.02)
        assert abs(moved[year, "poet_or_occ"][2] - rate) <= 0.03


def test_observed_starts_of_treatment_are_a_lower_bound(
    met, through, given_truth, as_linked
) -> None:
    starts = defaultdict(list)
    for person, day in given_truth(
        "select person, day from truth.outcomes where kind = 'moud_start'"
    ):
        starts[person].append(day)
    n = started = 0
    for person, contacts in met.items():
        for day in indexes(contacts, "overdose"):
            if day + timedelta(30) <= through:
                n += 1
                started += any(
                    day <= start <= day + timedelta(30) for start in starts[person]
                )
    ((told_n, told_started),) = given_truth(
        "select sum(denominator), sum(numerator) from marts.moud_starts_30d"
    )
    assert told_n == pytest.approx(n, abs=PROFILES)
    assert 0.5 * started <= told_started <= 1.05 * started
    ((moved_n, moved_started),) = as_linked(
        "select sum(denominator), sum(numerator) from marts.moud_starts_30d"
    )
    assert abs(moved_started / moved_n - told_started / told_n) <= 0.04


def test_who_else_knows_this_person(given_truth, as_linked) -> None:
    systems = {"hmis": "hsh", "epcr": "fire", "fhir": "dph", "team_log": "dem"}
    known = defaultdict(set)
    for person, system in given_truth(
        "select person, system from truth.record_identity "
        "inner join linkage.client_links on record_id = client_record_id"
    ):
        known[person].add(systems[system])
    told = rates(given_truth, "known_elsewhere", "other_departments <> 'any'")
    moved = rates(as_linked, "known_elsewhere", "other_departments <> 'any'")
    for department, n, others in told:
        true = (
            sum(
                department in held and ";".join(sorted(held - {department})) == others
                for held in known.values()
            )
            if others != "none"
            else sum(held == {department} for held in known.values())
        )
        assert told[department, n, others][1] == true
    for department, low, high in (("hsh", 0.04, 0.08), ("dph", 0.01, 0.04)):
        alone = department, 0, "none"
        assert low <= moved[alone][2] - told[alone][2] <= high


def test_hospital_use_before_and_after_case_management(
    met, through, given_truth, as_linked
) -> None:
    window, months = timedelta(182), 30.4375
    seen = dict(
        given_truth(
            "select cast(replace(person_id, 'true:', '') as integer), first_seen_on "
            "from linked.people_by_threshold where link_threshold = 'default'"
        )
    )
    days, visits = {"before": 0, "after": 0}, {"before": 0, "after": 0}
    for person, contacts in met.items():
        firsts = [c.day for c in contacts if c.kind == "case_management"]
        if not firsts:
            continue
        index = min(firsts)
        begins = max(index - window, seen[person])
        ends = min(index + window, through)
        if not begins < index < ends:
            continue
        days["before"] += (index - begins).days
        days["after"] += (ends - index).days
        used = {(c.day, c.team) for c in contacts if c.team in ("ED", "INPT")}
        visits["before"] += sum(begins <= day < index for day, _ in used)
        visits["after"] += sum(index < day <= ends for day, _ in used)
    told = (
        "select reach, side, visits_per_month from marts.hospital_use_before_after "
        "where contact_kind = 'case_management'"
    )
    rows = {(reach, side): rate for reach, side, rate in given_truth(told)}
    moved = {(reach, side): rate for reach, side, rate in as_linked(told)}
    for side in ("before", "after"):
        true = visits[side] / days[side] * months
        assert rows["reached", side] == pytest.approx(true, rel=0.02)
        assert -0.10 <= moved["reached", side] / rows["reached", side] - 1 <= 0.02
    # Both fall back to their mean: the city gives case management no effect at all.
    for reach in ("reached", "not_yet_reached"):
        assert rows[reach, "after"] < rows[reach, "before"]
