"""Realities 26, 27, 32 and 34 to 37: places, choices, teams and words."""

from tests.realities.street import SECRET


def test_reality_26_a_crossing_has_one_spelling(query):
    """The spellings themselves are in the unit test of stg_dem__cad_calls."""
    rows = query(
        "select distinct intersection from staging.stg_dem__cad_calls "
        "union select distinct intersection from staging.stg_fire__calls order by 1"
    )
    assert rows == [("BRYANT ST / SOUTH VAN NESS AVE",), (None,)]


def test_reality_27_a_sensitive_call_has_no_place_and_is_said_to_be_one(query):
    assert query(
        "select is_sensitive, neighborhood from intermediate.int_dispatched_incidents "
        "where incident_number = '251880002'"
    ) == [(True, None)]
    assert query(
        "select intersection, supervisor_district from staging.stg_dem__cad_calls "
        "where cad_number = '251880002'"
    ) == [(None, None)]
    assert (
        query(
            "select table_name from information_schema.columns where table_schema in "
            "('staging', 'intermediate', 'marts') and regexp_matches(column_name, "
            "'(^|_)(lat|lon|long|latitude|longitude|point|geom.*)$')"
        )
        == []
    ), "no place is a pair of numbers, so none can be 0,0"


def test_reality_32_the_most_restrictive_choice_in_force_holds(query):
    rows = query(
        "select source_client_record_id from intermediate.int_part2_consents order by 1"
    )
    assert rows == [("dph:fhir:p5",)], "p4 has expired, p6 is denied in p6b"


def test_reality_34_accepted_implies_offered_and_the_doubt_is_kept(query):
    rows = query(
        "select service_type, offer_status, lists_disagree "
        "from intermediate.int_offers__dem "
        "where source_report_id = 'a0X000000000004AAA' order by 1"
    )
    assert rows == [
        ("basic_needs", "declined", False),
        ("moud", "accepted", True),
        ("treatment", "declined", False),
    ]


def test_reality_35_one_meeting_in_two_systems_is_one_contact(query):
    rows = query(
        "select source_contact_ids, n_reports from intermediate.int_contacts "
        "where incident_number = '251840001'"
    )
    assert rows == [("epcr:R6;team_log:a0X000000000003AAA", 2)]
    assert query(
        "select n_units from intermediate.int_dispatched_incidents "
        "where agency = 'Fire' and incident_number = '251880001'"
    ) == [(2,)], "and two units of one call are one incident"


def test_reality_36_a_team_is_itself_only_while_it_lasts(query):
    spells = query(
        "select team_code, cast(valid_from as varchar), cast(valid_to as varchar) "
        "from intermediate.int_teams where team_code in ('SWRT', 'INST') order by 1"
    )
    assert spells == [
        ("INST", "2025-03-25", None),
        ("SWRT", "2022-01-01", "2023-03-04"),
    ]
    assert (
        query(
            "select table_name from information_schema.columns "
            "where table_schema = 'marts' and column_name = 'supervisor_district'"
        )
        == []
    ), "districts were drawn anew on 2022-04-28; neighbourhoods were not"


def test_reality_37_what_people_say_of_others_does_not_enter(query):
    tables = query(
        "select schema_name || '.' || table_name from duckdb_tables() "
        "where schema_name in ('raw', 'staging', 'intermediate', 'linkage', 'marts')"
    )
    assert ("raw.dem_team_log",) in tables
    for (table,) in tables:
        asked = f"select count(*) from {table} as t where t::varchar like '%{SECRET}%'"
        assert query(asked) == [(0,)], table
