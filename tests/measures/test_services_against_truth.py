"""Measures 1 to 13 against what truly happened in the made-up city.

With linkage given the truth they must say what the truth says, as far as departments
wrote it down; each allowance says what they did not. As linked, each test states how
far the real linkage moves the measure (2026-11-27; seed 7).
"""

from collections import Counter

import pytest

from dagster_project.synthetic import lives, parameters
from dagster_project.synthetic.city import City
from dagster_project.synthetic.codes import AGENCIES, RESOLUTIONS

pytestmark = pytest.mark.city

PROFILES = 3
"""People a count may miss or add: departments keep a few records under a wrong profile,
and whose record it is is all that the truth of linkage can say."""
STAYS = 0.005
"""HMIS knows of beds taken that no team heard of; and it loses a few rows for good."""

WRITTEN = "contact in (select contact from truth.reports)"
SHELTER = "(resource like 'Shelter%' or resource = 'Safe Sleep')"
BED_OFFERS = (
    "truth.offers inner join truth.contacts using (contact) "
    f"where {SHELTER} and contact in "
    "(select contact from truth.reports where system <> 'epcr')"
)
"""Offers of a bed that some system has a place for: a care report has none."""
NO_OFFER = "('not_offered', 'no_capacity', 'ineligible')"
OTHER_SERVICES = {
    "Medical Care": "medical_care",
    "Mental Health": "mental_health",
    "Transport": "transport",
    "Hygiene": "basic_needs",
    "Harm Reduction Supplies": "harm_reduction",
}
"""Resources offered that the health department's requests and our list both name."""


@pytest.fixture(scope="module")
def city() -> City:
    """Return the default city itself: its dispatch calls stand in no truth table."""
    return lives.simulate(parameters.load(), 3500, seed=7)


def test_contacts_of_each_team_and_month(as_linked, given_truth) -> None:
    told = (
        "select team_code, period_start, n_contacts from marts.contacts_by_team "
        "where scope_kind = 'team' and period_kind = 'month' order by all"
    )
    true = given_truth(
        "select team, cast(date_trunc('month', day) as date), count(*) "
        f"from truth.contacts where {WRITTEN} group by all order by all"
    )
    by_team = Counter()
    for (team, month, n), (true_team, true_month, true_n) in zip(
        given_truth(told), true, strict=True
    ):
        assert (team, month) == (true_team, true_month)
        # Clocks differ by minutes: a record may date a visit before midnight after it.
        assert n == pytest.approx(true_n, abs=1), (team, month)
        by_team[team] += n - true_n
    assert not any(by_team.values())
    # A misheard number puts two people at one incident; unlinked, they are one there.
    lost = sum(n for *_, n in true) - sum(n for *_, n in as_linked(told))
    assert 0 <= lost <= 20


@pytest.mark.parametrize(
    ("scope", "whom", "moved"),
    [
        ("scope_kind = 'all'", "true", (0.0, 0.10)),
        ("scope_kind = 'department' and department = 'hsh'", "team = 'SFHOT'", 0.05),
        (
            "scope_kind = 'department' and department = 'fire'",
            "team in ('SCRT', 'SORT', 'EMS6', 'EMS')",
            0.05,
        ),
        (
            "scope_kind = 'department' and department = 'dem'",
            "team in ('HSOC', 'HEART', 'INST')",
            (-0.40, -0.30),
        ),
        ("scope_kind = 'programme' and programme = 'hospitals'", None, 0.02),
    ],
    ids=["all", "housing", "fire", "emergency management", "hospitals"],
)
def test_people_served(as_linked, given_truth, scope, whom, moved) -> None:
    """Most of the contact log names nobody: linkage cannot find those people."""
    told = (
        "select n_people, n_people_strict, n_people_loose from marts.people_served "
        f"where {scope} and period_kind = 'all'"
    )
    whom = whom or "team in ('ED', 'PES', 'INPT')"
    ((true,),) = given_truth(
        f"select count(distinct person) from truth.contacts where {WRITTEN} and {whom}"
    )
    ((n, strict, loose),) = given_truth(told)
    assert n == pytest.approx(true, abs=PROFILES)
    assert n == strict == loose
    ((n, strict, loose),) = as_linked(told)
    low, high = moved if isinstance(moved, tuple) else (-moved, moved)
    assert low <= n / true - 1 <= high
    assert loose <= n <= strict


def test_people_of_a_month(given_truth) -> None:
    true = dict(
        given_truth(
            "select cast(date_trunc('month', day) as date), count(distinct person) "
            f"from truth.contacts where {WRITTEN} group by all"
        )
    )
    told = given_truth(
        "select period_start, n_people from marts.people_served "
        "where scope_kind = 'all' and period_kind = 'month'"
    )
    assert len(told) == len(true)
    for month, n in told:
        assert n == pytest.approx(true[month], abs=PROFILES), month


def test_coverage_tells_how_much_linkage_misses(as_linked, given_truth) -> None:
    told = (
        "select linked_to, rate from marts.linkage_coverage "
        "where scope_kind = 'all' and period_kind = 'all'"
    )
    assert dict(given_truth(told))["person"] == 1
    ((true,),) = given_truth(
        "select avg(cast(n > 1 as integer)) from truth.contacts inner join ("
        "  select person, count(distinct system) as n from truth.record_identity "
        f"  where merged_into is null group by person) using (person) where {WRITTEN}"
    )
    assert dict(given_truth(told))["other_department"] == pytest.approx(true, abs=0.002)
    found = dict(as_linked(told))
    assert found["person"] == pytest.approx(0.94, abs=0.01)
    assert true - 0.11 <= found["other_department"] <= true - 0.07


def test_whether_a_bed_is_spoken_of(as_linked, given_truth) -> None:
    told = (
        "select numerator, denominator from marts.offer_rate where scope_kind = 'all' "
        "and period_kind = 'all' and service_type = 'shelter'"
    )
    true = given_truth(
        f"select count(distinct contact) filter (where status not in {NO_OFFER}), "
        f"count(distinct contact) from truth.offers where {SHELTER} and contact in "
        "(select contact from truth.reports where system = 'fhir')"
    )
    assert given_truth(told) == true == as_linked(told)


def test_beds_accepted_declined_and_lacking(as_linked, given_truth) -> None:
    true = Counter(
        dict(given_truth(f"select status, count(*) from {BED_OFFERS} group by 1"))
    )
    accepted = true["accepted"] + true["fulfilled"]
    resolved = accepted + true["declined"] + true["not_fulfilled"]
    offered = resolved + true["pending"] + true["unknown"]
    beds = "scope_kind = 'all' and period_kind = 'all' and service_type = 'shelter'"
    for sql in (given_truth, as_linked):  # No link can move them.
        for mart, numerator, denominator, n in (
            ("offer_acceptance", accepted, resolved, offered),
            ("client_declines", true["declined"], resolved, offered),
            (
                "unmet_requests",
                true["no_capacity"],
                offered + true["no_capacity"],
                offered + true["no_capacity"],
            ),
        ):
            of = " and denominator_kind = 'requests'" if "unmet" in mart else ""
            (row,) = sql(
                f"select numerator, denominator, n from marts.{mart} where {beds}{of}"
            )
            assert row == pytest.approx((numerator, denominator, n), rel=STAYS), mart
        ((low, rate, high),) = sql(
            "select rate_if_open_refused, rate, rate_if_open_accepted "
            f"from marts.offer_acceptance where {beds}"
        )
        assert low < rate < high


def test_rejected_offers_by_type_of_shelter(given_truth) -> None:
    name = "replace(lower(resource), 'shelter - ', '')"
    true = given_truth(
        f"select replace(replace({name}, '-', '_'), ' ', '_') as shelter_type, "
        "count(*) filter (where status = 'declined'), count(*) "
        f"from {BED_OFFERS} and status not in {NO_OFFER} group by 1 order by 1"
    )
    told = given_truth(
        "select shelter_type, numerator, denominator "
        "from marts.shelter_offers_declined where scope_kind = 'all' "
        "and type_kind = 'type' and period_kind = 'all' order by 1"
    )
    assert [row[0] for row in told] == [row[0] for row in true]
    for (_, *counted), (name, *really) in zip(told, true, strict=True):
        assert counted == pytest.approx(really, rel=STAYS), name


def test_encounters_at_which_something_was_lacking(given_truth) -> None:
    true = given_truth(
        "select count(distinct contact) from truth.offers where status = 'no_capacity' "
        f"and {SHELTER} and contact in "
        "(select contact from truth.reports where system <> 'epcr')"
    )
    told = given_truth(
        "select numerator from marts.unmet_requests where scope_kind = 'all' "
        "and denominator_kind = 'encounters' and period_kind = 'all' "
        "and service_type = 'shelter'"
    )
    assert told == true


def test_what_the_health_department_fulfils(given_truth) -> None:
    """Of 30 days and more before June 30, the day the data reach."""
    resources = ", ".join(f"('{a}', '{b}')" for a, b in OTHER_SERVICES.items())
    true = given_truth(
        "select service, count(*) filter (where status = 'fulfilled' and mature), "
        "count(*) filter (where mature), count(*) from (select "
        "  services.service, offers.status, contacts.day <= date '2026-05-31' as mature"
        "  from truth.offers inner join truth.contacts using (contact) "
        f"  inner join (values {resources}) as services (resource, service) "
        "  using (resource) where offers.status in ('accepted', 'fulfilled') "
        "  and contact in (select contact from truth.reports where system = 'fhir')) "
        "group by 1 order by 1"
    )
    told = given_truth(
        "select service_type, numerator, denominator, n from marts.offer_fulfilment "
        "where scope_kind = 'department' and department = 'dph' "
        "and period_kind = 'all' order by 1"
    )
    services = set(OTHER_SERVICES.values())
    told = [row for row in told if row[0] in services]
    assert [row[0] for row in told] == [row[0] for row in true]
    for (_, *counted), (name, *really) in zip(told, true, strict=True):
        # One offer at midnight of May 31, on another day by another clock.
        assert counted == pytest.approx(really, abs=1), name
    waits = given_truth(
        "select service_type, n_fulfilled, n_fulfilled + n_censored, median_days "
        "from marts.days_to_fulfilment where scope_kind = 'department' "
        "and department = 'dph' and period_kind = 'all' order by 1"
    )
    for service, fulfilled, n, median in waits:
        if service in services:
            (really,) = [row[-1] for row in true if row[0] == service]
            assert n == really
            # All of them began on the day of the offer, or have not begun at all.
            assert median == (0 if fulfilled / n >= 0.5 else None), service


def test_offers_until_the_first_yes(as_linked, given_truth) -> None:
    """People fall apart into fragments: fewer seem to hear many offers."""
    true = Counter()
    accepted = Counter()
    said = given_truth(
        "select offers.person, bool_or(status in ('accepted', 'fulfilled')) "
        f"from {BED_OFFERS} and status not in {NO_OFFER} "
        "group by offers.person, contact order by 1, min(offers.at), contact"
    )
    before: Counter = Counter()
    done = set()
    for person, yes in said:
        if person not in done:
            true[before[person]] += 1
            accepted[before[person]] += yes
            before[person] += 1
            if yes:
                done.add(person)
    told = (
        "select n_prior_offers, n, numerator from marts.offers_until_acceptance "
        "where service_type = 'shelter' and n_prior_offers < 5 order by 1"
    )
    for prior, n, numerator in given_truth(told):
        assert n == pytest.approx(true[prior], rel=0.02, abs=PROFILES), prior
        assert numerator == pytest.approx(accepted[prior], rel=0.03, abs=PROFILES)
    told_n = [n for _, n, _ in as_linked(told)]
    assert 0.95 <= told_n[0] / true[0] <= 1.0
    assert 0.80 <= told_n[4] / true[4] <= 0.95


def test_why_beds_are_declined(given_truth) -> None:
    """The contact log has one reason for an entry, the health department one each."""
    true = Counter(
        dict(
            given_truth(
                f"select decline_reason, count(*) from {BED_OFFERS} "
                "and status = 'declined' and contact in "
                "(select contact from truth.reports where system <> 'hmis') group by 1"
            )
        )
    )
    given = {reason: n for reason, n in true.items() if reason != "no reason given"}
    told = given_truth(
        "select decline_reason, rate, n, n_reason_not_recorded, denominator "
        "from marts.decline_reasons where scope_kind = 'all' and period_kind = 'all' "
        "and service_type = 'shelter'"
    )
    assert len(told) == len(given)
    for reason, rate, *_ in told:
        (name,) = [x for x in given if x.replace(" ", "_") == reason]
        assert rate == pytest.approx(given[name] / sum(given.values()), abs=0.01), name
    (_, _, n, not_recorded, denominator), *_ = told
    ((hmis,),) = given_truth(
        f"select count(*) from {BED_OFFERS} and status = 'declined' and contact in "
        "(select contact from truth.reports where system = 'hmis')"
    )
    assert not_recorded == pytest.approx(hmis, rel=STAYS)
    assert denominator == pytest.approx(sum(given.values()), rel=STAYS)
    assert n == pytest.approx(sum(true.values()) + hmis, rel=STAYS)


def test_runs_that_found_nobody(city, as_linked) -> None:
    calls = city.cad_calls
    own = calls.duplicate_of < 0
    for agency, department in (("HEART", "dem"), ("Police", None), ("Sheriff", None)):
        here = own & (calls.agency == AGENCIES.index(agency))
        ends = Counter(RESOLUTIONS[code] for code in calls.resolution[here].tolist())
        found = as_linked(
            "select numerator, denominator, n_cancelled from marts.no_contact_made "
            "where code_set = 'police_dispatch' and period_kind = 'all' "
            "and scope_kind = 'department' "
            f"and department = '{department or agency.lower()}'"
        )
        nobody = ends["gone_on_arrival"] + ends["unable_to_locate"]
        ((numerator, denominator, cancelled),) = found
        assert (numerator, cancelled) == (nobody, ends["cancelled"]), agency
        if agency == "Police":
            # They go along to the Fire Department's calls, and hand those over.
            assert denominator > sum(ends.values()) - ends["open"]
        else:
            assert denominator == sum(ends.values()) - ends["open"], agency
    here = calls.agency == AGENCIES.index("Fire")
    ends = Counter(RESOLUTIONS[code] for code in calls.resolution[here].tolist())
    assert as_linked(
        "select numerator from marts.no_contact_made where period_kind = 'all' "
        "and code_set = 'ems_dispatch_since_2023_05_24'"
    ) == [(ends["gone_on_arrival"] + ends["unable_to_locate"],)]
