"""What people save from DataSF's portal is read as what its API answers."""

import json
import re

import pytest

from dagster_project.departments.errors import Refused
from dagster_project.departments.ledger import take_all
from dagster_project.departments.portal import field_name, iso_time

from .made_up_deliveries import BY_NAME, csv_bytes, put, read

FIRE = {
    "Call Number": "251880001",
    "Unit ID": "M12",
    "Received DtTm": "07/06/2025 11:10:00 PM",
    "Call Date": "07/06/2025 12:00:00 AM",
    "Zipcode of Incident": "94133",
    "Unit sequence in call dispatch": "1",
    "Neighborhooods - Analysis Boundaries": "Mission",
    "RowID": "251880001-M12",
}
CASE = {
    "CaseID": "101",
    "Opened": "2025/07/06 01:02:03 AM",
    "Closed": "",
    "Status": "Open",
    "Responsible Agency": "DPW",
    "Category": "Encampments",
    "Request Type": "Encampment Reports",
    "Neighborhood": "Mission",
    "Latitude": "37.77",
    "Longitude": "-122.41",
    "Source": "Mobile/Open311",
}
CAD = {
    "\ufeffcad_number": "251880001",
    "received_datetime": "2025/07/06 12:10:00 PM",
    "call_type_final_desc": "WELL BEING CHECK",
    "priority_orginal": "B",
    "sensitive_call": "false",
    "call_last_updated_at": "2025/07/06 12:40:00 PM",
}
"""Exported under the names of its fields, one of them misspelled until 2025."""
FIRE_2026 = FIRE | {
    "Received DtTm": "2025 Jul 06 11:10:00 PM",
    "Call Date": "2025 Jul 06 12:00:00 AM",
}


def tidy(row: dict) -> dict:
    return {key: value for key, value in row.items() if value and key[0] != "_"}


@pytest.mark.parametrize(
    ("feed", "department", "row", "expected"),
    [
        (
            "fire_calls",
            "fire",
            FIRE,
            {
                "call_number": "251880001",
                "unit_id": "M12",
                "received_dttm": "2025-07-06T23:10:00",
                "call_date": "2025-07-06T00:00:00",
                "zipcode_of_incident": "94133",
                "unit_sequence_in_call_dispatch": "1",
                "neighborhoods_analysis_boundaries": "Mission",
                "rowid": "251880001-M12",
            },
        ),
        (
            "datasf_311",
            "datasf",
            CASE,
            {
                "service_request_id": "101",
                "requested_datetime": "2025-07-06T01:02:03",
                "status_description": "Open",
                "agency_responsible": "DPW",
                "service_name": "Encampments",
                "service_subtype": "Encampment Reports",
                "neighborhoods_sffind_boundaries": "Mission",
                "lat": "37.77",
                "long": "-122.41",
                "source": "Mobile/Open311",
            },
        ),
        (
            "dem_cad",
            "dem",
            CAD,
            {
                "cad_number": "251880001",
                "received_datetime": "2025-07-06T12:10:00",
                "call_type_final_desc": "WELL BEING CHECK",
                "sensitive_call": "false",
                "call_last_updated_at": "2025-07-06T12:40:00",
            },
        ),
    ],
)
def test_a_portal_export_reads_as_the_api(
    warehouse, landing_dir, feed, department, row, expected
):
    data = csv_bytes(list(row), [row])
    ((_, (kept,)),) = read(feed, {"x.csv": data})[1].items()
    lands = BY_NAME[feed].tables[0].lands
    assert tidy(kept) == {k: v for k, v in expected.items() if k in lands}
    put(landing_dir, department, "Export (3).csv", data)
    (outcome,) = take_all(warehouse, landing_dir)
    assert (outcome.feed, outcome.rows_loaded) == (feed, 1), outcome.reason


def test_an_export_of_2026_reads_as_one_of_before():
    files = [{"x.csv": csv_bytes(list(row), [row])} for row in (FIRE, FIRE_2026)]
    before, after = (read("fire_calls", each)[1] for each in files)
    assert before == after
    assert "2025-07-06T23:10:00" in str(before)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("07/06/2025 11:10:00 PM", "2025-07-06T23:10:00"),
        ("2025/07/06 12:10:00 AM", "2025-07-06T00:10:00"),
        ("2016 Apr 03 11:15:12 PM", "2016-04-03T23:15:12"),
        ("2016 Feb 30 11:15:12 PM", "2016 Feb 30 11:15:12 PM"),
        ("06/07/2025", "06/07/2025"),
        ("13/06/2025 11:10:00 PM", "13/06/2025 11:10:00 PM"),
        ("02/30/2025 11:10:00 PM", "02/30/2025 11:10:00 PM"),
        ("TEAM", "TEAM"),
        (None, None),
    ],
)
def test_only_a_time_that_says_its_half_of_the_day_is_rewritten(text, time):
    assert iso_time(text) == time


def test_a_row_with_an_impossible_time_waits():
    row = FIRE | {"Received DtTm": "02/30/2025 11:10:00 PM"}
    _, _, held, _, _ = read("fire_calls", {"x.csv": csv_bytes(list(row), [row])})
    assert [(q.column, q.rule) for q in held] == [("received_dttm", "bad_time")]


@pytest.mark.parametrize("feed", ["fire_calls", "dem_cad", "datasf_311"])
def test_every_field_is_found_by_its_name_with_blanks(feed):
    (table,) = BY_NAME[feed].tables
    for field in table.columns:
        assert field_name(table, field.replace("_", " ").title()) == field
    assert field_name(table, "Media URL") == "Media URL"


@pytest.mark.parametrize(
    ("feed", "column", "field"),
    [
        ("datasf_311", "CaseID", "service_request_id"),
        ("datasf_311", "Neighborhoods - SFFind boundaries", "neighborhoods_sffind_"),
        ("fire_calls", "Neighborhooods - Analysis Boundaries", "neighborhoods_"),
        ("fire_calls", "Location", "case_location"),
        ("fire_calls", "On Scene DtTm", "on_scene_dttm"),
        ("dem_cad", "OnView Flag", "onview_flag"),
    ],
)
def test_names_as_the_portal_has_written_them(feed, column, field):
    (table,) = BY_NAME[feed].tables
    found = field_name(table, column)
    assert found.startswith(field)
    assert found in table.columns


CASES_2016 = (
    "CaseID,Opened,Closed,Status,Responsible Agency,Category,Request Type,"
    "Request Details,Address,Supervisor District,Neighborhood,Point,Source,Media URL"
)
CASES_2020 = (
    "CaseID,Opened,Closed,Updated,Status,Status Notes,Responsible Agency,Category,"
    "Request Type,Request Details,Address,Street,Supervisor District,Neighborhood,"
    "Police District,Latitude,Longitude,Point,Source,Media URL,"
    "Current Police Districts,Analysis Neighborhoods,Neighborhoods"
)
FIRE_2017 = (
    "Call Number,Unit ID,Incident Number,Call Type,Call Date,Watch Date,Received DtTm,"
    "Entry DtTm,Dispatch DtTm,Response DtTm,On Scene DtTm,Transport DtTm,Hospital DtTm,"
    "Call Final Disposition,Available DtTm,Address,City,Zipcode of Incident,Battalion,"
    "Station Area,Box,Original Priority,Priority,Final Priority,ALS Unit,"
    "Call Type Group,Number of Alarms,Unit Type,Unit sequence in call dispatch,"
    "Fire Prevention District,Supervisor District,Neighborhood  District,Location,RowID"
)
OWN = {"Media URL", "Current Police Districts", "Analysis Neighborhoods"}
"""Columns of the portal alone: a picture, and the numbers of areas on its own maps."""


@pytest.mark.parametrize(
    ("feed", "header", "unknown"),
    [
        ("datasf_311", CASES_2016, {"Media URL"}),
        ("datasf_311", CASES_2020, OWN | {"Neighborhoods"}),
        ("fire_calls", FIRE_2017, set()),
    ],
)
def test_every_title_of_a_published_export_is_a_field_of_its_own(feed, header, unknown):
    (table,) = BY_NAME[feed].tables
    titles = header.split(",")
    found = [field_name(table, title) for title in titles]
    assert len(set(found)) == len(titles)
    assert set(found) - set(table.columns) == unknown


def rows_file(dataset: str, fields, rows, **meta) -> bytes:
    """Return what the portal answers at ``/api/views/<dataset>/rows.json``."""
    columns = [{"id": -1, "name": "sid", "fieldName": ":sid", "position": 0}]
    columns += [{"name": field.title(), "fieldName": field} for field in fields]
    view = {"id": dataset, "name": "Calls", "columns": columns} | meta
    data = [[f"row-{n}", *row] for n, row in enumerate(rows)]
    return json.dumps({"meta": {"view": view}, "data": data}, indent=2).encode()


CLOSED = ("cad_number", "received_datetime", "sensitive_call", "intersection_point")
POINT = [None, "37.77", "-122.41", None, False]
TOLD = [
    ["251880001", "2025-07-06T23:10:00", True, POINT],
    ["251880002", "2025-07-06T23:11:00", None, None],
]


@pytest.mark.parametrize("long", [0, 3 << 20])
@pytest.mark.parametrize(
    ("name", "dataset"),
    [("cad_20250707.json", "gnap-fj3t"), ("rows (1).json", "2zdj-bwza")],
)
def test_the_portals_own_json_reads_as_the_api(
    warehouse, landing_dir, long, name, dataset
):
    data = rows_file(dataset, CLOSED, TOLD, description="x" * long)
    _, rows, held, _, _ = read("dem_cad", {"rows.json": data})
    first, second = map(tidy, rows["dem_cad_calls"])
    assert first.pop("intersection_point", json.dumps(POINT)) is not None
    assert first == {
        "cad_number": "251880001",
        "received_datetime": "2025-07-06T23:10:00",
        "sensitive_call": "true",
    }
    assert second["cad_number"] == "251880002"
    assert not held
    put(landing_dir, "dem", name, data)
    (outcome,) = take_all(warehouse, landing_dir)
    assert (outcome.feed, outcome.rows_loaded) == ("dem_cad", 2), outcome.reason


@pytest.mark.parametrize(
    "odd", ['["r", "Ngozi"]', '{"cad_number": "Ngozi"}', '"Ngozi"']
)
def test_a_row_that_does_not_fit_its_columns_waits_with_its_line(odd):
    data = rows_file("gnap-fj3t", CLOSED, [TOLD[0], ["odd"], TOLD[1]])
    data = re.sub(rb'\[\s+"row-1",\s+"odd"\s+\]', odd.encode(), data)
    _, rows, held, _, _ = read("dem_cad", {"rows.json": data})
    assert len(rows["dem_cad_calls"]) == 2
    (row,) = held
    assert row.rule == "not_a_row"
    assert b"Ngozi" in data.splitlines()[row.line - 1]
    assert "Ngozi" not in str(row)


WHOLE = rows_file("gnap-fj3t", CLOSED, TOLD)


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (WHOLE[:-1], "torn"),
        (WHOLE[:-3], "torn"),
        (WHOLE[: len(WHOLE) // 2], "torn"),
        (WHOLE[:40], "torn"),
        (WHOLE + b"{}", "not_json"),
        (WHOLE.replace(b'"data"', b'"rows"'), "torn"),
        (WHOLE.replace(b'"columns"', b'"fields"'), "header"),
        (WHOLE.replace(b'"sensitive_call"', b'"cad_number"'), "header_twice"),
    ],
)
def test_a_portal_file_that_is_not_whole_is_refused(data, rule):
    with pytest.raises(Refused) as refused:
        read("dem_cad", {"rows.json": data})
    assert refused.value.rule == rule
