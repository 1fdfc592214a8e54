import pytest

from dagster_project.departments import ledger, team_log_columns
from dagster_project.departments.errors import Refused

from .made_up_deliveries import csv_bytes, put, read

ROW = {"ContactID": "003Ab00000xYz1QAAS", "FirstName": "Lupita", "Team": "HSOC"}
V1 = ROW | {"EncounterDate": "2025-01-31", "EncounterTime": "14:35"}
V2 = ROW | {"EncounterDateTimeUTC": "2025-04-02T21:35:00.000Z", "Team": "INST"}


@pytest.mark.parametrize(
    ("columns", "row", "version"),
    [
        (team_log_columns.VERSION_1, V1, "v1"),
        (team_log_columns.VERSION_2, V2, "v2"),
        (tuple(reversed(team_log_columns.VERSION_2)), V2, "v2"),
    ],
)
def test_both_versions_of_the_form(columns, row, version):
    facts, rows, held, _, _ = read(
        "dem_team_log", {"log.csv": csv_bytes(columns, [row])}
    )
    assert facts.schema_version == version
    assert rows["dem_team_log"][0]["ContactID"] == "003Ab00000xYz1QAAS"
    assert not held


@pytest.mark.parametrize(
    ("told", "time"), [("2:35 PM", "14:35"), ("12:05 am", "00:05"), ("14:35", "14:35")]
)
def test_a_time_of_twelve_hours_is_not_lost(told, time):
    data = csv_bytes(team_log_columns.VERSION_1, [V1 | {"EncounterTime": told}])
    (row,) = read("dem_team_log", {"log.csv": data})[1]["dem_team_log"]
    assert row["EncounterTime"] == time


@pytest.mark.parametrize(
    ("odd", "rule"),
    [
        ({"IsDeleted": "Verdadero"}, "unknown_word"),
        ({"IsDeleted": "Sí"}, "unknown_word"),
        ({"MasterRecordId": "Thandiwe Nkosi"}, "not_an_id"),
        ({"IsDeleted": " TRUE "}, None),
        ({"IsDeleted": "0"}, None),
        ({"MasterRecordId": "003Ab00000xYz2QAAS"}, None),
    ],
)
def test_what_deletes_or_merges_in_words_waits(odd, rule):
    rows = [V2 | odd, V2 | {"ContactID": "003Ab00000xYz3QAAS"}]
    data = csv_bytes(team_log_columns.VERSION_2, rows)
    _, rows, held, _, _ = read("dem_team_log", {"log.csv": data})
    assert [row.rule for row in held] == ([rule] if rule else [])
    assert len(rows["dem_team_log"]) == 2 - bool(rule)


def test_a_renamed_column_is_refused_by_name():
    columns = [c.replace("Team", "Squad") for c in team_log_columns.VERSION_1]
    with pytest.raises(Refused, match="Squad"):
        read("dem_team_log", {"log.csv": csv_bytes(columns, [V1])})


def test_a_mixture_of_versions_is_refused():
    columns = [*team_log_columns.VERSION_1, "NeighborhoodTeam"]
    with pytest.raises(Refused, match="NeighborhoodTeam"):
        read("dem_team_log", {"log.csv": csv_bytes(columns, [V1])})


def test_a_report_without_the_optional_columns_is_taken():
    columns = [c for c in team_log_columns.VERSION_2 if c in team_log_columns.NEEDED]
    facts, rows, held, _, _ = read(
        "dem_team_log", {"log.csv": csv_bytes(columns, [V2])}
    )
    assert (facts.schema_version, len(rows["dem_team_log"]), held) == ("v2", 1, [])


@pytest.mark.parametrize(("mark", "name"), [("\t", "tabs"), (";", "semicolons")])
def test_other_separators_are_named(mark, name):
    data = csv_bytes(team_log_columns.VERSION_1, [V1]).replace(b",", mark.encode())
    with pytest.raises(Refused, match=f"parted by {name}"):
        read("dem_team_log", {"log.csv": data})


def test_separators_of_a_header_in_quotes_are_named():
    columns = '";"'.join(team_log_columns.VERSION_1)
    with pytest.raises(Refused, match="parted by semicolons"):
        read("dem_team_log", {"log.csv": f'"{columns}"\r\n'.encode()})


def test_fields_may_have_the_names_that_the_api_gives_them():
    own = ("FirstName", "LastName", "IsDeleted", "MasterRecordId", "SystemModstamp")
    named = {c: c if c in own else f"{c}__c" for c in team_log_columns.VERSION_2}
    named["ContactID"] = "Id"
    columns = list(named.values())
    row = {named[column]: V2[column] for column in V2}
    facts, rows, _, _, _ = read("dem_team_log", {"log.csv": csv_bytes(columns, [row])})
    plain = csv_bytes(team_log_columns.VERSION_2, [V2])
    assert (facts.schema_version, rows) == ("v2", read("dem_team_log", {"a": plain})[1])


def test_a_short_and_a_long_salesforce_id_are_one_record():
    rows = [
        V2 | {"ContactID": "a0D30000001n7Pi", "MasterRecordId": "0010o00002cEs9E"},
        V2 | {"ContactID": "a0D30000001n7PiEAI", "MasterRecordId": ""},
        V2 | {"ContactID": "a0D30000001n7pi"},
        V2 | {"ContactID": "HEART-2025-0042"},
        V2 | {"ContactID": "42"},
    ]
    data = csv_bytes(team_log_columns.VERSION_2, rows)
    _, read_rows, held, _, _ = read("dem_team_log", {"log.csv": data})
    kept = read_rows["dem_team_log"]
    assert [row["ContactID"] for row in kept] == [
        "a0D30000001n7PiEAI",
        "a0D30000001n7PiEAI",
        "a0D30000001n7piEAA",
        "HEART-2025-0042",
        "42",
    ]
    assert [row["MasterRecordId"] for row in kept[:2]] == ["0010o00002cEs9EAAS", None]
    assert not held


def test_a_report_tells_its_maker_below_its_rows(warehouse, landing_dir):
    columns = [c for c in team_log_columns.VERSION_2 if c in team_log_columns.NEEDED]
    rows = csv_bytes(columns, [V2, V2 | {"ContactID": "003Ab00000xYz2QAAS"}])
    below = (
        b'\r\n\r\n"Street contacts"\r\n"Confidential Information - Do Not Distribute"'
        b'\r\n"Generated By:  Amina Yusuf"'
    )
    log = put(landing_dir, "dem", "team_log_20250501.csv", rows + below)
    log.with_name(f"{log.name}.manifest.json").write_text('{"rows": 2}')
    (outcome,) = ledger.take_all(warehouse, landing_dir)
    assert (outcome.rows_in, outcome.rows_loaded, outcome.reason) == (2, 2, None)
    left_out = warehouse.sql("select rule, rows from raw.left_out_rows").fetchall()
    assert ("lines_passed_over", 3) in left_out
    assert "Amina" not in str(left_out)
