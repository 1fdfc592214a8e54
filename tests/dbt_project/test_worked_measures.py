"""Measures 1 to 17, 24 and 25 of sixteen people, each figure worked out by hand.

Belongs here: what the marts must say of ``worked_city``, with the working. Does not
belong here: the parts of a model one by one (its dbt unit test).
"""

from collections.abc import Callable, Iterator
from datetime import date

import duckdb
import pytest

from tests.dbt_project import worked_city
from tests.dbt_project.conftest import run_dbt
from tests.dbt_project.raw_tables import create_empty, insert

Sql = Callable[[str], list[tuple]]

BEDS = "service_type = 'shelter' and scope_kind = 'all' and period_kind = 'all'"


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sql]:
    """Return a function that asks the built warehouse; its data tests have passed."""
    path = tmp_path_factory.mktemp("worked") / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        create_empty(connection)
        for table, rows in worked_city.TABLES.items():
            insert(connection, table, rows)
        for person, records in worked_city.PEOPLE.items():
            for record in records:
                # No join here is doubtful: the three thresholds agree.
                ends = ("person_id", "person_id_strict", "person_id_loose")
                link = {"client_record_id": record} | dict.fromkeys(ends, person)
                insert(connection, "linkage.client_links", [link])
            row = {"person_id": person, "min_link_confidence": 0.97}
            insert(connection, "linkage.persons", [row | {"needs_review": False}])
    run_dbt(
        path, path.with_name("target"), "build", "--exclude-resource-type", "unit_test"
    )
    connection = duckdb.connect(str(path), read_only=True)
    yield lambda query: connection.execute(query).fetchall()
    connection.close()


def test_nothing_is_judged_beyond_the_feed_that_ends_first(ask) -> None:
    assert ask(
        "select distinct data_through from marts.offer_acceptance "
        "union select data_through from marts.by_name_flow "
        "union select data_through from marts.team_overlap"
    ) == [(date(2026, 6, 20),)]


def test_contacts_and_people(ask) -> None:
    # Measures 1 and 2. Outreach: nine situations, one of them too late. SCRT: six
    # incidents, at one of which three units make one meeting, and a run that met
    # nobody. HSOC: two, however often they are delivered; one attempt.
    rows = ask(
        "select team_code, contacts.n_contacts, n_contacts_not_linked, n_people "
        "from marts.contacts_by_team as contacts inner join (select team_code, "
        "n_people from marts.people_served where scope_kind = 'team' "
        "and period_kind = 'all') using (team_code) "
        "where scope_kind = 'team' and period_kind = 'all' order by team_code"
    )
    assert rows == [("HSOC", 2, 0, 1), ("SCRT", 6, 0, 5), ("SFHOT", 8, 1, 7)]


def test_nights_of_the_clock_change_belong_to_their_local_day(ask) -> None:
    rows = ask(
        "select team_code, period_start, n_contacts from marts.contacts_by_team "
        "where scope_kind = 'team' and period_kind = 'month' and year(period_start) "
        "= 2025 order by all"
    )
    march, november = date(2025, 3, 1), date(2025, 11, 1)
    assert rows == [
        ("HSOC", march, 1),
        ("HSOC", november, 1),
        ("SCRT", march, 1),
        ("SCRT", november, 1),
        ("SFHOT", march, 1),
    ]


def test_coverage(ask) -> None:
    # Measure 3: of seven care reports of a client met one names nobody.
    rows = ask(
        "select source_system, numerator, denominator from marts.linkage_coverage "
        "where scope_kind = 'source_system' and period_kind = 'all' "
        "and linked_to = 'person' order by 1"
    )
    assert rows == [("epcr", 6, 7), ("hmis", 7, 8), ("team_log", 2, 2)]


def test_an_offer_is_of_a_meeting_however_many_units_write_it_down(ask) -> None:
    # Measure 4: one unit was refused the ride and the other took Kwame along.
    rows = ask(
        "select numerator, denominator, n from marts.offer_rate "
        "where scope_kind = 'team' and team_code = 'SCRT' and period_kind = 'all' "
        "and service_type = 'transport'"
    )
    assert rows == [(1, 1, 6)]
    rows = ask(
        "select numerator, denominator from marts.client_declines "
        "where scope_kind = 'all' and period_kind = 'all' "
        "and service_type = 'transport'"
    )
    assert rows == [(0, 1)]


def test_beds_accepted_and_declined(ask) -> None:
    # Measures 5 to 7. Seventeen offers of a bed: Yuki, Omar, Ines, Tomasz, Leilani
    # twice, Nguyen, Sadia three times, client 110, Malia, and five referrals of the
    # health department (Femi's needs a consent). Accepted: Omar, Ines, Tomasz, Sadia's
    # third. Declined: Yuki, Sadia's two, client 110, Malia. Not fulfilled: Nguyen.
    # Pending: one of Leilani's and the five; her other one is 30 days old without an
    # answer.
    ((*counts, low, high, strict, loose, refused, accepted, least, most),) = ask(
        "select n, denominator, numerator, n_pending, n_unknown, rate_low, rate_high, "
        "rate_strict, rate_loose, rate_if_pending_refused, rate_if_pending_accepted, "
        f"rate_if_open_refused, rate_if_open_accepted from marts.offer_acceptance "
        f"where {BEDS}"
    )
    assert counts == [17, 10, 4, 6, 1]
    # Wilson: (4 + 1.921 ± 1.96 sqrt(2.4 + 0.960)) / 13.841.
    assert (low, high) == pytest.approx((0.1682, 0.6873), abs=5e-5)
    assert strict == loose == 0.4
    assert (refused, accepted) == pytest.approx((4 / 16, 10 / 16))
    assert (least, most) == pytest.approx((4 / 17, 11 / 17))
    ((declined, of, failed, unlinked),) = ask(
        "select numerator, denominator, n_not_fulfilled, share_not_linked "
        f"from marts.client_declines where {BEDS}"
    )
    assert (declined, of, failed) == (5, 10, 1) and unlinked == pytest.approx(1 / 17)
    rows = ask(
        "select shelter_type, numerator, denominator, n_resolved, share_of_declined "
        "from marts.shelter_offers_declined where scope_kind = 'all' "
        "and period_kind = 'all' and type_kind = 'type' order by 1"
    )
    assert rows == [("congregate", 4, 16, 9, 0.8), ("family", 1, 1, 1, 0.2)]


def test_a_rate_of_all_ends_at_one_and_one_of_none_at_nothing(ask) -> None:
    ((low, rate, high),) = ask(
        "select rate_low, rate, rate_high from marts.shelter_offers_declined "
        "where scope_kind = 'all' and period_kind = 'all' and shelter_type = 'family'"
    )
    # One of one: 1 / (1 + 3.8415).
    assert low == pytest.approx(0.2065, abs=5e-5) and rate == high == 1.0
    ((low, rate, high),) = ask(
        "select rate_low, rate, rate_high from marts.client_declines "
        "where scope_kind = 'all' and period_kind = 'all' "
        "and service_type = 'transport'"
    )
    assert low == rate == 0.0 and high == pytest.approx(0.7935, abs=5e-5)


def test_the_yearly_report_agrees_with_the_rejected_offers(ask) -> None:
    yearly = ask(
        "select sum(n_offered), sum(n_declined), sum(n_no_capacity) "
        "from marts.shelter_offers_by_type"
    )
    assert yearly == [(17, 5, 1)]


def test_what_is_not_to_be_had_is_no_refusal(ask) -> None:
    # Measure 8: one of 17 offers and one request; one of 16 encounters.
    rows = ask(
        "select denominator_kind, numerator, denominator from marts.unmet_requests "
        f"where {BEDS} order by 1"
    )
    assert rows == [("encounters", 1, 16), ("requests", 1, 18)]


def test_a_yes_is_judged_after_thirty_days(ask) -> None:
    # Measure 9: Ines' offer is 30 days old and was kept within three days; Omar came a
    # day too late for that and Sadia not at all; Tomasz' offer is 29 days old.
    ((*counts, rate),) = ask(
        "select n, denominator, numerator, n_immature, n_not_fulfilled, "
        f"rate_with_not_fulfilled from marts.offer_fulfilment where {BEDS}"
    )
    assert counts == [4, 3, 1, 1, 1] and rate == 1 / 4


def test_days_until_a_bed(ask) -> None:
    # Measure 10: one of four after three days; Tomasz is watched for 29, Omar for 50,
    # Sadia for 141. Three quarters still wait, so there is no median.
    curve = ask(
        "select days_after_offer, n_at_risk, n_fulfilled, n_censored, share_waiting "
        f"from marts.days_to_fulfilment_curve where {BEDS} order by 1"
    )
    assert curve == [
        (3, 4, 1, 0, 0.75),
        (29, 3, 0, 1, 0.75),
        (50, 2, 0, 1, 0.75),
        (141, 1, 0, 1, 0.75),
    ]
    assert ask(
        f"select n, n_fulfilled, n_censored, median_days "
        f"from marts.days_to_fulfilment where {BEDS}"
    ) == [(4, 1, 3, None)]


def test_offers_until_the_first_yes(ask) -> None:
    # Measure 11: thirteen people are offered a bed, seven of them with a known answer.
    # Leilani and Sadia get a second offer, Sadia a third. Client 110 is nobody.
    rows = ask(
        "select n_prior_offers, n, denominator, numerator, n_censored, "
        "share_accepted_by_now from marts.offers_until_acceptance "
        "where service_type = 'shelter' order by 1"
    )
    assert [row[:5] for row in rows] == [
        (0, 13, 7, 3, 8),
        (1, 2, 1, 0, 1),
        (2, 1, 1, 1, 0),
    ]
    assert [row[5] for row in rows] == pytest.approx([3 / 7, 3 / 7, 1])


def test_reasons_are_asked_of_few(ask) -> None:
    # Measure 12: HMIS has no place for a reason; one of five declines has one.
    ((reason, n, numerator, denominator, missing),) = ask(
        "select decline_reason, n, numerator, denominator, share_reason_missing "
        f"from marts.decline_reasons where {BEDS}"
    )
    assert (n, numerator, denominator) == (5, 1, 1) and missing == pytest.approx(0.8)
    assert reason == "partner_or_pet"


def test_a_run_found_nobody_when_no_unit_found_anybody(ask) -> None:
    # Measure 13: seven incidents; at Kwame's one of three units found nobody.
    rows = ask(
        "select numerator, denominator from marts.no_contact_made "
        "where code_set = 'care_reports' and team_code = 'SCRT' "
        "and period_kind = 'all'"
    )
    assert rows == [(1, 7)]


def test_departments_per_person(ask) -> None:
    # Measure 14. Since 2025-06-21: Malia is met by two, ten others by one. In the year
    # before, three met Malia and nobody else was met.
    rows = ask(
        "select period_ends_on, n_departments, numerator, denominator "
        "from marts.departments_per_person_distribution "
        "where watched = 'any_time' and numerator > 0 order by 1 desc, 2"
    )
    this, last = date(2026, 6, 20), date(2025, 6, 20)
    assert rows == [(this, 1, 10, 11), (this, 2, 1, 11), (last, 3, 1, 1)]
    ((days,),) = ask(
        "select person_days from marts.departments_per_person "
        "where person_id = 'dmitri' and period_ends_on = date '2026-06-20'"
    )
    assert days == 8, "from 2026-03-01 to the day of death"


def test_teams_that_share_people(ask) -> None:
    # Measure 15: of SCRT's five HSOC met Malia, of its one person all.
    rows = ask(
        "select team_code, other_team_code, numerator, denominator "
        "from marts.team_overlap where period_ends_on = date '2026-06-20' "
        "and team_code <> other_team_code order by 1, 2"
    )
    assert rows == [
        ("HSOC", "SCRT", 1, 1),
        ("HSOC", "SFHOT", 0, 1),
        ("HSOC", "any_other_team", 1, 1),
        ("SCRT", "HSOC", 1, 5),
        ("SCRT", "SFHOT", 0, 5),
        ("SCRT", "any_other_team", 1, 5),
        ("SFHOT", "HSOC", 0, 6),
        ("SFHOT", "SCRT", 0, 6),
        ("SFHOT", "any_other_team", 0, 6),
        ("any_team", "any_other_team", 1, 11),
    ]


def test_hours_on_nights_of_the_clock_change_are_hours_gone_by(ask) -> None:
    # Measure 16. From fire: Malia twice, Kwame, Dmitri (who dies after seven days),
    # Omar and Ines, watched for 31. HSOC came one hour later on both nights: 2 of 6.
    # HSH knows the day only, so that its visit of the first of them counts as the same
    # day.
    rows = ask(
        "select to_unit, n_contacts, n_pairs, n_censored, n_same_day_order_unknown, "
        "p25_days, p25_hours, round(share_within_30d, 4) from marts.coordination_lag "
        "where unit_kind = 'department' and from_unit = 'fire' order by 1"
    )
    assert rows == [
        ("dem", 6, 2, 1, 0, 0, 1, 0.3333),
        ("hsh", 6, 1, 1, 1, None, None, 0.1667),
    ]


def test_referrals_that_ended_in_a_meeting(ask) -> None:
    # Measure 17. Of five referrals Dmitri's ended with his death. In seven days Aroha
    # (on the last) and Emeka (on the first) were met, Chidi and Bao not; in thirty
    # Chidi too, and Bao's are not over.
    rows = ask(
        "select within_days, n, denominator, numerator from marts.warm_handoffs "
        "where from_department = 'dph' and to_department = 'hsh' order by 1"
    )
    assert rows == [(7, 5, 4, 2), (30, 5, 3, 3)]


def test_outcomes_are_counted_from_the_landmark(ask) -> None:
    # Measure 24, beds after a crisis. Dmitri died on the landmark. Ines lived in a
    # shelter on hers, Omar entered one the day after his; Kwame is watched for 83 days.
    # HSH offered both a bed that week, and wrote down no meeting: no follow-up.
    rows = ask(
        "select person_id, intervened_on, is_at_risk_at_landmark, days_to_outcome, "
        "is_outcome_90d, observed_days, is_mature_90d, n_departments_7d, "
        "is_followed_up_7d from marts.interventions_to_outcomes "
        "where intervention_type = 'crisis_response' "
        "and outcome_type = 'shelter_entry' order by intervened_on"
    )
    assert rows == [
        ("malia", date(2025, 3, 9), True, None, False, 90, True, 3, False),
        ("malia", date(2025, 11, 2), True, None, False, 90, True, 2, False),
        ("dmitri", date(2026, 3, 1), False, None, None, None, True, 1, False),
        ("kwame", date(2026, 3, 22), True, None, None, 83, False, 1, False),
        ("omar", date(2026, 4, 27), True, 1, True, 1, False, 1, False),
        ("ines", date(2026, 5, 20), False, None, None, None, False, 1, False),
    ]


def test_the_by_name_list_month_by_month(ask) -> None:
    # Measure 25. March: Aroha, Chidi, Emeka come to Sadia and Nguyen. April: Chidi is
    # housed, Sadia silent for 90 days. May: four come, Nguyen is silent. June is not
    # over.
    rows = ask(
        "select month(flow_month), n_active_before, n_new, n_returned_inactive, "
        "n_housed, n_inactive, n_deceased, n_active, n_active_strict "
        "from marts.by_name_flow where flow_month >= date '2025-11-01' "
        "order by flow_month"
    )
    assert rows == [
        (11, 0, 0, 1, 0, 0, 0, 1, 1),
        (12, 1, 0, 0, 0, 0, 0, 1, 1),
        (1, 1, 1, 0, 0, 1, 0, 1, 1),
        (2, 1, 1, 0, 0, 0, 0, 2, 2),
        (3, 2, 3, 0, 0, 0, 0, 5, 5),
        (4, 5, 0, 0, 1, 1, 0, 3, 3),
        (5, 3, 4, 0, 0, 1, 0, 6, 6),
    ]
