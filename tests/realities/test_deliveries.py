"""Realities 20 to 25, 28, 33 and 38: what comes, when, and in what shape."""

from dagster_project.departments.hmis_columns import ONLY_FY2024


def living(query, people: str) -> list[str]:
    rows = query(
        f"select personal_id from staging.stg_hsh__client where personal_id in {people}"
        " order by 1"
    )
    return [key for (key,) in rows]


def test_reality_20_only_a_full_refresh_deletes_by_absence(query):
    assert living(query, "('300', '301')") == ["301"]
    assert query(
        "select mode, count(*) from raw.deliveries where feed = 'hsh_hmis' "
        "group by all order by all"
    ) == [("delta", 1), ("full", 3), ("period", 1)]


def test_reality_20_a_row_that_waits_in_quarantine_is_not_absent(query):
    assert query(
        "select count(*) from raw.quarantined_rows where table_name = 'hsh_enrollment'"
    ) == [(1,)]
    assert query(
        "select personal_id from staging.stg_hsh__enrollment "
        "where enrollment_id = 'E109'"
    ) == [("109",)]


def test_reality_21_every_source_deletes_by_one_contract(query):
    for table, column, key in (
        ("stg_hsh__client", "personal_id", "302"),
        ("stg_dph__patient", "patient_id", "p3"),
        ("stg_dph__encounter", "encounter_id", "e2"),
        ("stg_dem__team_log", "contact_id", "a0X000000000006AAA"),
        ("stg_dem__team_log", "contact_id", "a0X000000000007AAA"),
        ("stg_fire__epcr", "report_id", "R7"),
    ):
        asked = f"select count(*) from staging.{table} where {column} = '{key}'"
        assert query(asked) == [(0,)], (table, key)
    assert query(
        "select client_record_id from intermediate.int_contacts "
        "where source_contact_ids = 'fhir:e3'"
    ) == [(None,)], "the visit stays, its client is gone"


def test_reality_22_the_last_change_wins_whenever_it_arrives(query):
    assert query(
        "select birth_date_text from staging.stg_dph__patient where patient_id = 'p1'"
    ) == [("1970-06-05",)]
    assert query(
        "select disposition_code from staging.stg_dem__cad_calls "
        "where cad_number = '251880001'"
    ) == [("GOA",)]
    assert query(
        "select count(distinct taken_at), count(distinct extracted_at) "
        "from raw.deliveries where feed = 'hsh_hmis'"
    ) == [(1, 5)], "the load time is one thing, the source's another"


def test_reality_23_a_torn_or_doubled_file_is_told_from_a_good_one(query):
    rows = query(
        "select name, status, regexp_extract(reason, '\\[(.*)\\]', 1) "
        "from raw.deliveries where feed = 'dem_team_log' order by 1"
    )
    assert rows == [
        ("team_log_20250401.csv", "taken", None),  # with a byte order mark
        ("team_log_20250714.csv", "taken", None),
        ("team_log_20250721.csv", "quarantined", "torn"),
        ("team_log_20250728.csv", "quarantined", "quotes"),
        ("team_log_20250804.csv", "quarantined", "encoding"),
    ], "the same content under another name is known, and no delivery"
    assert query(
        "select count(*) from raw.deliveries where status = 'taken' "
        "and rows_in <> rows_loaded + rows_quarantined"
    ) == [(0,)]


def test_reality_24_two_formats_of_one_standard_fill_one_table(query):
    rows = query(
        "select left(schema_version, 6), count(*) from raw.deliveries "
        "where feed = 'hsh_hmis' group by all order by all"
    )
    assert rows == [("FY2024", 2), ("FY2026", 3)]
    assert query(
        "select count(Woman), count(Sex) from raw.hsh_client where PersonalID = '500'"
    ) == [(1, 3)]
    assert "Woman" in ONLY_FY2024["Client"]


def test_reality_25_three_clocks_become_one_instant(query):
    rows = query(
        "select contact_id, cast(contacted_at as varchar), "
        "cast(contacted_on as varchar), is_ambiguous_time "
        "from staging.stg_dem__team_log where right(contact_id, 5) in "
        "('01AAA', '02AAA', '03AAA') order by 1"
    )
    assert [row[1:] for row in rows] == [
        ("2024-11-03 09:30:00", "2024-11-03", True),
        ("2025-03-09 10:30:00", "2025-03-09", True),
        ("2025-07-03 17:10:00", "2025-07-03", False),
    ]
    assert query(
        "select cast(contacted_on as varchar) from staging.stg_fire__epcr "
        "where report_id = 'R8'"
    ) == [("2025-07-03",)], "the day of the street, not of UTC"


def test_reality_28_numbers_that_passed_through_a_spreadsheet_are_ids(query):
    assert query("select distinct zip from staging.stg_fire__calls") == [("94133",)]
    assert query(
        "select duplicate_of_cad_number, supervisor_district "
        "from staging.stg_dem__cad_calls where cad_number = '251880003'"
    ) == [("251880001", 3)]
    assert query(
        "select duplicate_of_cad_number from staging.stg_dem__cad_calls "
        "where cad_number = '001880005'"
    ) == [("0251880001",)], "zeros in front are part of an id"


def test_reality_33_victim_services_are_counted_at_the_door_and_nowhere_else(query):
    for table, column in (
        ("hsh_client", "PersonalID"),
        ("hsh_enrollment", "PersonalID"),
        ("hsh_current_living_situation", "PersonalID"),
    ):
        asked = f"select count(*) from raw.{table} where {column} = '999'"
        assert query(asked) == [(0,)], table
    assert query(
        "select count(distinct delivery_id) from raw.left_out_rows "
        "where rule = 'victim_service_provider' and rows > 0"
    ) == [(5,)]


def test_reality_38_test_clients_are_left_out_and_counted(query):
    assert query(
        "select client_record_id, reason from intermediate.int_client_records_left_out "
        "where client_record_id in ('hsh:hmis:900', 'hsh:hmis:901') order by 1"
    ) == [("hsh:hmis:900", "test_client"), ("hsh:hmis:901", "test_client")]
    assert query(
        "select count(*) from intermediate.int_client_records "
        "where client_record_id in ('hsh:hmis:900', 'hsh:hmis:901')"
    ) == [(0,)]
