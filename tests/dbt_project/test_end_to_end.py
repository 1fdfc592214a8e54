"""Rows of the tiny city, from raw tables to marts."""

from datetime import date, datetime

import pytest


def test_the_waist_holds_each_living_record_once(query):
    assert query(
        "select client_record_id from intermediate.int_client_records order by 1"
    ) == [
        ("dem:team_log:a0X00000000000AAAA",),
        ("dph:fhir:D1",),
        ("dph:fhir:D3",),
        ("dph:fhir:D4",),
        ("fire:epcr:R1",),
        ("fire:epcr:R2",),
        ("fire:epcr:R3",),
        ("hsh:hmis:100",),
        ("hsh:hmis:200",),
        ("hsh:hmis:301",),
    ]


def test_ids_of_merged_profiles_lead_to_the_survivor(query):
    assert query(
        "select * from intermediate.int_client_record_redirects order by 1"
    ) == [
        ("dph:fhir:D2", "dph:fhir:D1"),
        ("hsh:hmis:300", "hsh:hmis:301"),
    ]


def test_what_is_left_out_is_counted(query):
    assert query(
        "select client_record_id, reason from intermediate.int_client_records_left_out "
        "order by 1"
    ) == [("dph:fhir:D2", "merged_away"), ("hsh:hmis:900", "test_client")]


def test_the_waist_keeps_evidence_only(query):
    rows = query(
        "select first_name, dob, dob_precision, ssn, sex, gender, race "
        "from intermediate.int_client_records where department = 'hsh' order by 1"
    )
    assert rows == [
        ("Hạnh", "1975-01-01", "year", None, None, None, None),
        ("José", "1990-02-03", "year", None, None, None, None),
        ("Mele", "1980-05-17", "day", None, "F", "woman", "pacific_islander"),
    ]


def test_nemsis_not_values_are_no_names(query):
    assert query(
        "select first_name, last_name from intermediate.int_client_records "
        "where client_record_id = 'fire:epcr:R3'"
    ) == [(None, None)]


def test_contacts(query):
    rows = query(
        "select person_id, department, team_code, contact_kind, contacted_on, "
        "n_reports, is_contact_made from marts.contacts "
        "order by contacted_on, department"
    )
    assert rows == [
        (None, "dem", "HEART", "outreach", date(2024, 11, 3), 1, False),
        ("p_jose", "hsh", "SFHOT", "outreach", date(2025, 12, 2), 1, True),
        ("p_mele", "fire", "SCRT", "crisis", date(2026, 1, 15), 1, True),
        ("p_hanh", "dph", "OCC", "follow_up", date(2026, 1, 18), 1, True),
        ("p_mele", "hsh", "SFHOT", "outreach", date(2026, 1, 20), 1, True),
        (None, "fire", "SCRT", "crisis", date(2026, 2, 1), 1, True),
        ("p_hanh", "dph", "ED", "emergency_department", date(2026, 2, 10), 1, True),
        ("p_mele", "fire", "SORT", "overdose", date(2026, 3, 1), 2, True),
        ("p_amina", "dph", "STMED", "outreach", date(2026, 3, 10), 1, True),
    ]


def test_times_keep_instant_precision_and_doubt(query):
    rows = query(
        "select contacted_at, time_precision, is_ambiguous_time, neighborhood "
        "from marts.contacts where contacted_on in ('2024-11-03', '2026-01-15', "
        "'2026-01-20') order by contacted_at"
    )
    assert rows == [
        (datetime(2024, 11, 3, 9, 30), "minute", True, None),
        (datetime(2026, 1, 16, 6, 30), "second", False, None),
        (datetime(2026, 1, 20, 8, 0), "day", False, "Tenderloin"),
    ]


def test_offers(query):
    rows = query(
        "select person_id, service_type, shelter_type, offer_status, declined_by, "
        "decline_reason, fulfilled_on from marts.offers "
        "order by offered_on, service_type, shelter_type, offer_status"
    )
    assert rows == [
        ("p_mele", "medical_care", None, "fulfilled", None, None, date(2026, 1, 15)),
        ("p_mele", "transport", None, "declined", "client", "ama", None),
        ("p_hanh", "shelter", "congregate", "declined", "client", "safety", None),
        ("p_mele", "shelter", "congregate", "fulfilled", None, None, date(2026, 1, 22)),
        ("p_jose", "shelter", "congregate", "no_capacity", None, None, None),
        (None, "transport", None, "not_offered", None, None, None),
        ("p_jose", "shelter", "congregate", "declined", "client", None, None),
        ("p_jose", "shelter", "congregate", "not_fulfilled", "provider", None, None),
        ("p_jose", "shelter", "congregate", "unknown", None, None, None),
        ("p_mele", "moud", None, "fulfilled", None, None, date(2026, 3, 1)),
        ("p_mele", "shelter", "family", "declined", "client", "partner_or_pet", None),
        ("p_mele", "shelter", "safe_sleep", "ineligible", None, None, None),
        ("p_mele", "treatment", None, "fulfilled", None, None, date(2026, 3, 1)),
    ]


def test_outcomes_count_once_and_ask_for_consent(query):
    rows = query(
        "select person_id, outcome_type, occurred_on, departments from marts.outcomes "
        "order by occurred_on, outcome_type"
    )
    assert rows == [
        ("p_mele", "crisis", date(2026, 1, 15), "fire"),
        ("p_mele", "shelter_entry", date(2026, 1, 22), "hsh"),
        (None, "crisis", date(2026, 2, 1), "fire"),
        ("p_hanh", "emergency_department_visit", date(2026, 2, 10), "dph"),
        ("p_mele", "overdose", date(2026, 3, 1), "fire"),
        ("p_mele", "permanent_housing_exit", date(2026, 4, 20), "hsh"),
        ("p_wei", "moud_start", date(2026, 5, 5), "dph"),
        ("p_wei", "death", date(2026, 6, 20), "dph"),
    ]


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("shelter_entry", (False, None, None, None, None)),
        ("repeat_crisis", (True, date(2026, 3, 1), 38, True, 38)),
        ("permanent_housing_exit", (True, date(2026, 4, 20), 88, True, 88)),
        ("moud_start", (True, None, None, False, 90)),
        ("death", (True, None, None, False, 90)),
    ],
)
def test_the_crisis_of_january_and_what_came_of_it(query, outcome, expected):
    """Seen by outreach on day 5; in shelter on day 7, so not at risk for that."""
    rows = query(
        "select is_followed_up_7d, follow_up_department, landmark_on, "
        "is_at_risk_at_landmark, outcome_on, days_to_outcome, is_outcome_90d, "
        "observed_days from marts.interventions_to_outcomes where person_id = 'p_mele' "
        f"and intervention_type = 'crisis_response' and outcome_type = '{outcome}'"
    )
    assert rows == [(True, "hsh", date(2026, 1, 22), *expected)]


def test_shelter_offers_by_type(query):
    rows = query(
        "select shelter_type, n_offered, n_accepted, n_fulfilled, n_declined, "
        "n_not_fulfilled, n_pending, n_unknown, n_no_capacity, n_ineligible, "
        "round(share_declined, 2), round(share_no_capacity, 2) "
        "from marts.shelter_offers_by_type order by 1"
    )
    assert rows == [
        ("congregate", 5, 1, 1, 2, 1, 0, 1, 1, 0, 0.4, 0.17),
        ("family", 1, 0, 0, 1, 0, 0, 0, 0, 0, 1.0, 0.0),
        ("safe_sleep", 0, 0, 0, 0, 0, 0, 0, 0, 1, None, None),
    ]


def test_people_and_overlap(query):
    assert query(
        "select person_id, age_band, n_client_records, departments, data_through "
        "from marts.people order by 1"
    ) == [
        ("p_amina", "35-44", 1, "dph", date(2026, 6, 30)),
        ("p_hanh", "45-54", 2, "dph;hsh", date(2026, 6, 30)),
        ("p_jose", "35-44", 1, "hsh", date(2026, 6, 30)),
        ("p_mele", "45-54", 4, "dem;fire;hsh", date(2026, 6, 30)),
        ("p_wei", "55-64", 1, "dph", date(2026, 6, 30)),
    ]
    assert query(
        "select departments, n_persons from marts.department_overlap "
        "where contact_year = 2026 order by 1"
    ) == [("dph", 2), ("fire;hsh", 1)]


def test_an_incident_and_its_agencies(query):
    assert query(
        "select agency, resolution, n_units from intermediate.int_dispatched_incidents "
        "order by 1"
    ) == [("Fire", "other", 2), ("Police", "gone_on_arrival", 1)]
    assert query("select topic from intermediate.int_place_cases") == [("encampment",)]
