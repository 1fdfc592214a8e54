"""Realities 13 to 19 and 29 to 31: who is who."""

import pytest

from tests.realities import crowd


def test_reality_13_a_number_is_full_partial_or_none(query, cluster):
    assert query(
        "select source_record_id, ssn from intermediate.int_client_records "
        "where client_record_id in ('hsh:hmis:102', 'hsh:hmis:103') order by 1"
    ) == [("102", "043218976"), ("103", "1234")]
    assert cluster["13a"] is None or cluster["13a"] != cluster["13b"]


def test_reality_14_a_number_of_many_people_joins_nobody(cluster):
    shared = [cluster[key] for key in cluster if key.startswith("14-")]
    assert len(shared) == len(set(shared)) == 12


def test_reality_15_a_value_its_quality_disowns_is_no_evidence(query):
    assert query(
        "select first_name, last_name, dob, ssn from intermediate.int_client_records "
        "where client_record_id = 'hsh:hmis:105'"
    ) == [(None, None, None, None)]
    assert query("select LastName from raw.hsh_client where PersonalID = '105'")


def test_reality_16_records_of_one_source_are_linked_too(cluster):
    assert cluster["16a"] == cluster["16b"] == cluster["16c"] is not None
    assert cluster["16d"] == cluster["16a"], "one of another source may be all three"


def history(query, record: str) -> list[tuple]:
    return query(
        "select state, client_record_id, cast(valid_from as varchar), "
        "cast(valid_to as varchar), is_current "
        "from intermediate.int_client_record_history "
        f"where source_client_record_id = '{record}' order by spell"
    )


def test_reality_17_a_merge_and_its_taking_back_are_remembered(query):
    old, new = "hsh:hmis:200", "hsh:hmis:201"
    merged, parted = "2026-01-01 04:00:00", "2026-03-01 04:00:00"
    assert history(query, old) == [
        ("itself", old, None, merged, False),
        ("merged_away", new, merged, parted, False),
        ("itself", old, parted, None, True),
    ]
    old, new = "dph:fhir:p2", "dph:fhir:p1"
    merged, parted = "2025-07-10 00:00:00", "2025-07-17 00:00:00"
    assert history(query, old) == [
        ("itself", old, None, merged, False),
        ("merged_away", new, merged, parted, False),
        ("itself", old, parted, None, True),
    ]
    merged = "dem:team_log:a0X000000000006AAA"
    (spell,) = history(query, merged)
    assert spell[:2] == ("merged_away", merged.replace("06AAA", "05AAA"))
    assert query(
        "select client_record_id, other_client_record_id "
        "from intermediate.int_client_record_see_also"
    ) == [("dph:fhir:p1", "dph:fhir:p8")]


def test_reality_17_what_hangs_on_a_merged_record_hangs_on_the_survivor(query):
    assert query(
        "select client_record_id from intermediate.int_client_record_redirects "
        "where old_client_record_id in ('dph:fhir:p6b', 'hsh:hmis:200', 'dph:fhir:p2')"
    ) == [("dph:fhir:p6",)]


def test_reality_18_a_thin_record_does_not_chain_two_people(cluster):
    assert cluster["18a"] != cluster["18c"]


@pytest.fixture(scope="module")
def decided() -> dict[str, str | None]:
    joined, parted = [("7a", "70a")], [("16a", "16b"), ("4a", "4b")]
    return crowd.linked(must_link=joined, cannot_link=parted)[1]


def test_reality_19_a_stewards_decisions_outlive_the_model(decided):
    assert decided["7a"] == decided["70a"]
    assert decided["16a"] != decided["16b"]
    assert decided["4a"] != decided["4b"]


def test_reality_29_a_household_does_not_become_one_person(query, cluster):
    assert cluster["29a"] != cluster["29b"]
    assert query(
        "select household_id, personal_id, relationship_to_head "
        "from staging.stg_hsh__enrollment where household_id = 'H4' order by 2"
    ) == [("H4", "400", "1"), ("H4", "401", "1")], "the child became the head"
    assert query(
        "select count(distinct client_record_id) from intermediate.int_client_records "
        "where source_record_id in ('400', '401')"
    ) == [(2,)]


def test_reality_30_sex_and_gender_change_and_veto_nothing(query, cluster):
    assert cluster["30a"] == cluster["30b"] is not None
    assert query(
        "select sex, gender from intermediate.int_client_records "
        "where client_record_id = 'hsh:hmis:500'"
    ) == [("M", "woman")], "the last gender told outlives the column"


def test_reality_31_who_is_seen_after_a_death_is_asked_about(query):
    ((dead, seen, reason),) = query(
        "select client_record_id_l, client_record_id_r, reason "
        "from linkage.review_queue where question = 'death'"
    )
    assert (dead, seen) == ("dph:fhir:p7", "fire:epcr:R9")
    assert "after a recorded death" in reason


def test_reality_31_nothing_follows_a_death(query):
    assert query(
        "select deceased_on is not null, is_deceased from staging.stg_dph__patient "
        "where patient_id = 'p7'"
    ) == [(True, True)]
    followed = (
        "select count(*) from marts.interventions_to_outcomes as measured "
        "inner join marts.outcomes as deaths "
        "on measured.person_id = deaths.person_id and deaths.outcome_type = 'death' "
        "where measured.landmark_on >= deaths.occurred_on"
    )
    ((after_death,),) = query(followed)
    assert after_death > 0, "R9 tells of a contact after it"
    assert query(f"{followed} and measured.is_at_risk_at_landmark") == [(0,)]
