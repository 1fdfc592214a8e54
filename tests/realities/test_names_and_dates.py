"""Realities 1 to 12: how people are called, and when they were born."""

from datetime import date

import pytest


@pytest.mark.parametrize("who", ["doe", "unknown", "refused", "male", "trauma"])
def test_reality_01_a_placeholder_is_nobodys_name(cluster, who):
    assert cluster[f"1{who}"] is None


def test_reality_01_who_could_not_be_named_is_still_a_contact(query):
    rows = query(
        "select contacts.is_linked, records.first_name, records.last_name "
        "from intermediate.int_contacts as own inner join marts.contacts as contacts "
        "on own.contact_id = contacts.contact_id "
        "left join intermediate.int_client_records as records "
        "on own.client_record_id = records.client_record_id "
        "where own.source_contact_ids in ('epcr:R1', 'epcr:R2', 'epcr:R3') order by 3"
    )
    assert rows == [
        (False, "John", "Doe"),
        (False, "Refused", "TRAUMA"),
        (False, "Male", "Unknown"),
    ], "the raw words are kept, and the contact is counted"


def test_reality_02_a_true_surname_null_or_na_is_believed(cluster, query):
    assert cluster["2a"] == cluster["2b"] is not None
    assert cluster["20a"] == cluster["20b"] is not None
    assert query(
        "select last_name from intermediate.int_client_records "
        "where client_record_id = 'fire:epcr:R4'"
    ) == [("Null",)]


def test_reality_03_a_street_name_alone_links_nobody(cluster, query):
    assert cluster["3a"] is None and cluster["3b"] is None
    ghost = "dem:team_log:a0X000000000003AAA"
    assert query(
        "select aliases, last_name from intermediate.int_client_records "
        f"where client_record_id = '{ghost}'"
    ) == [("Ghost", None)], "kept as an alias, and as no name"
    assert query(
        "select client_record_id from intermediate.int_contacts "
        "where source_contact_ids like '%a0X000000000003AAA%'"
    ) == [("fire:epcr:R6",)], "time, team and incident say who 'Ghost' was"


def test_reality_04_marks_and_spaces_compare_alike_and_stay_written(cluster, query):
    assert cluster["4a"] == cluster["4b"] is not None
    assert cluster["40a"] == cluster["40b"] is not None
    assert query(
        "select first_name, last_name from intermediate.int_client_records "
        "where client_record_id = 'hsh:hmis:100'"
    ) == [("Hạnh", "Nguyễn")]


def test_reality_05_names_in_another_order_are_one_name(cluster):
    assert cluster["5a"] == cluster["5b"] is not None
    assert cluster["50a"] == cluster["50b"] is not None


def test_reality_06_a_nickname_says_less_than_the_name(cluster, weight):
    assert cluster["6a"] == cluster["6b"] is not None
    assert weight("6a", "6b") < weight("60a", "60b")


def test_reality_07_father_and_son_and_twins_stay_two(cluster):
    assert cluster["7a"] != cluster["7b"]
    assert cluster["70a"] != cluster["70b"]


def test_reality_08_a_common_name_says_less_than_a_rare_one(weight):
    assert weight("8a", "8b") < weight("80a", "80b")


def test_reality_09_the_first_of_january_is_a_year(query):
    assert query(
        "select source_record_id, dob, dob_precision, birth_year_low "
        "from intermediate.int_client_records "
        "where source_system = 'hmis' and source_record_id in ('100', '101') order by 1"
    ) == [
        ("100", "1975-01-01", "year", 1975),
        ("101", "1990-02-03", "year", 1990),
    ]


def test_reality_10_a_date_a_system_filled_in_is_no_date(query, cluster):
    assert query(
        "select count(*), count(dob) from intermediate.int_client_records "
        "where client_record_id in ('hsh:hmis:106', 'hsh:hmis:107')"
    ) == [(2, 0)]
    assert cluster["10a"] is None and cluster["10b"] is None, "1970-01-01 is Unix's"


def test_reality_11_dates_are_read_by_their_sources_rule(query, cluster, weight):
    assert query(
        "select personal_id, dob from staging.stg_hsh__client "
        "where personal_id in ('108', '109') order by 1"
    ) == [("108", None), ("109", date(1979, 4, 8))], "and none is turned round"
    assert weight("11a", "11b") > 0, "day and month exchanged still resemble"


def test_reality_12_an_age_is_an_interval_of_years(query):
    assert query(
        "select dob, birth_year_low, birth_year_high "
        "from intermediate.int_client_records where client_record_id = 'fire:epcr:R5'"
    ) == [(None, 1979, 1980)]
