"""Measures 22 and 23 against HUD's rules, written a second time.

HMIS is its own truth of who was enrolled where; the made-up city's truth says whose
enrolment it was. The same rules, followed here one person after the other in Python,
must give the figures of the marts when linkage is given the truth; as linked, the tests
state how far the real linkage moves them (2026-11-27; seed 7).
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

import pytest

pytestmark = pytest.mark.city

HOMELESS = {"0", "1", "2", "4", "8"}
HOMES = {"3", "9", "10", "13"}
LSA = {"0", "1", "2", "3", "8", "13"}
EXCLUDED = {"206", "329", "24"}
TEMPORARY = {101, 118, 215, 204, 205, 225, 314, 312, 313, 302, 327, 332}
UNKNOWN = {"8", "9", "17", "30", "99", None}
"""HUD's codes, as the SPM programming specifications list them for 7a.1."""
BUCKETS = {"0-180": (0, 180), "181-365": (181, 365), "366-730": (366, 730)}
NEVER = date(9999, 12, 31)


class Enrolment(NamedTuple):
    """An enrolment of a person in a project, whoever wrote it down."""

    key: str
    kind: str
    entry: date
    exit: date
    destination: str | None
    is_head: bool


@pytest.fixture(scope="module")
def enrolments(given_truth) -> dict[int, list[Enrolment]]:
    """Return person -> enrolments in order of entry."""
    found = defaultdict(list)
    for person, *row in given_truth(
        "select person, enrollment_id, project_type_code, entry_date, "
        f"coalesce(exit_date, date '{NEVER}'), destination_code, "
        "coalesce(relationship_to_head = '1', false) "
        "from staging.stg_hsh__enrollment "
        "inner join staging.stg_hsh__project using (project_id) "
        "left join (select enrollment_id, exit_date, destination_code "
        "from staging.stg_hsh__exit) using (enrollment_id) "
        "inner join intermediate.int_client_record_crosswalk "
        "on source_client_record_id = 'hsh:hmis:' || personal_id "
        "inner join truth.record_identity on record_id = client_record_id "
        "where not test_client order by entry_date, enrollment_id"
    ):
        found[person].append(Enrolment(*row))
    return found


@pytest.fixture(scope="module")
def through(given_truth) -> date:
    """Return the last day the data cover."""
    ((day,),) = given_truth("select max(data_through) from marts.people")
    return day


def is_permanent(one: Enrolment) -> bool:
    return (one.destination or "").startswith("4")


def spm_returns(
    enrolments: dict[int, list[Enrolment]], through: date
) -> Iterator[int | None]:
    """Yield the days to each person's first return, as measure 2 counts them."""
    last = through - timedelta(730)
    first = through.replace(year=through.year - 1) + timedelta(1) - timedelta(730)
    for stays in enrolments.values():
        stays = [s for s in stays if s.kind in HOMELESS | HOMES]
        exits = [s for s in stays if is_permanent(s) and first <= s.exit <= last]
        if not exits:
            continue
        left = min(exits, key=lambda s: (s.exit, s.entry, s.key))
        days = []
        for stay in stays:
            if stay.key == left.key or not left.exit <= stay.entry <= through:
                continue
            is_return = stay.kind in HOMELESS or (
                stay.entry > left.exit + timedelta(14)
                and not any(
                    home.kind in HOMES
                    and home.key != stay.key
                    and home.entry < stay.entry
                    and (home.exit == NEVER or stay.entry <= home.exit + timedelta(14))
                    for home in stays
                )
            )
            if is_return:
                days.append((stay.entry - left.exit).days)
        yield min(days, default=None)


def test_returns_as_measure_2_counts_them(
    enrolments, through, given_truth, as_linked
) -> None:
    true = list(spm_returns(enrolments, through))
    assert len(true) > 100
    told = (
        "select returned_in_days, denominator, numerator "
        "from marts.returns_to_homelessness "
        "where exit_cohort = 'look_back' and project_type = 'all'"
    )
    rows = {bucket: (n, back) for bucket, n, back in given_truth(told)}
    for bucket, (low, high) in BUCKETS.items():
        back = sum(days is not None and low <= days <= high for days in true)
        assert rows[bucket] == (len(true), back), bucket
    moved = {bucket: (n, back) for bucket, n, back in as_linked(told)}
    n, back = moved["0-730"]
    # HMIS names people well: a return is rarely missed.
    assert n == pytest.approx(len(true), abs=4)
    assert back / n == pytest.approx(rows["0-730"][1] / len(true), abs=0.03)


@pytest.mark.parametrize("cohort", [0, -1, -2])
def test_returns_as_the_lsa_counts_them(
    enrolments, through, given_truth, as_linked, cohort
) -> None:
    within = {0: 180, -1: 365, -2: 730}[cohort]
    starts = through.replace(year=through.year - 1 + cohort) + timedelta(1)
    ends = through.replace(year=through.year + cohort)
    if cohort == 0:
        ends = starts + timedelta(182)  # The half year to 30 December.
    n = back = 0
    for stays in enrolments.values():
        stays = [s for s in stays if s.kind in LSA and s.is_head]
        quiet = [
            s
            for s in stays
            if is_permanent(s)
            and starts <= s.exit <= ends
            and not any(
                o.key != s.key and o.entry < s.exit + timedelta(14) and o.exit > s.exit
                for o in stays
            )
        ]
        if quiet:
            left = min(s.exit for s in quiet)
            n += 1
            back += any(15 <= (s.entry - left).days <= within for s in stays)
    told = (
        "select denominator, numerator from marts.returns_to_homelessness_lsa "
        f"where exit_cohort = '{cohort}' and project_type = 'all'"
    )
    # Who moves into the city's own housing has not left its system: few have.
    assert (given_truth(told) or [(0, 0)]) == [(n, back)]
    ((moved_n, moved_back),) = as_linked(told) or [(0, 0)]
    assert moved_n == pytest.approx(n, abs=3)
    assert moved_back == pytest.approx(back, abs=1)


def test_exits_from_outreach_as_measure_7a1_counts_them(
    enrolments, through, given_truth, as_linked
) -> None:
    starts = through.replace(year=through.year - 1) + timedelta(1)
    destinations = []
    for stays in enrolments.values():
        active = [
            s
            for s in stays
            if s.kind == "4" and s.entry <= through and s.exit >= starts
        ]
        if active and all(s.exit <= through for s in active):
            last = max(active, key=lambda s: (s.exit, s.entry, s.key))
            destinations.append(last.destination)
    judged = [code for code in destinations if code not in EXCLUDED]
    permanent = sum((code or "").startswith("4") for code in judged)
    success = permanent + sum(int(code or 0) in TEMPORARY for code in judged)
    unknown = sum(code in UNKNOWN for code in judged)
    told = (
        "select destination, n, denominator, numerator, rate "
        "from marts.exits_to_permanent_housing "
        f"where period_ends_on = '{through}'"
    )
    rows = {name: row for name, *row in given_truth(told)}
    for name, numerator in (
        ("spm_7a1_success", success),
        ("permanent_housing", permanent),
        ("unknown", unknown),
    ):
        counts = [len(destinations), len(judged), numerator]
        assert rows[name][:3] == counts, name
    for name, *row in as_linked(told):
        assert row[-1] == pytest.approx(rows[name][-1], abs=0.02), name
