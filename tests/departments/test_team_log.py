import pytest

from dagster_project.departments import team_log_columns
from dagster_project.departments.errors import Refused

from .made_up_deliveries import csv_bytes, read

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
