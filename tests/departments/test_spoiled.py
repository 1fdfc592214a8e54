import json
import time

import pytest

from dagster_project.departments import soda_columns
from dagster_project.departments.team_log_columns import VERSION_1, VERSION_2

from .made_up_deliveries import call, csv_bytes, hmis_files, read

LOG = {
    "ContactID": "003Ab00000xYz1QAAS",
    "FirstName": "Thị Hạnh",
    "LastName": "Nguyễn",
    "EncounterDateTimeUTC": "2025-04-02T21:35:00.000Z",
    "Team": "HEART",
}
OTHER = LOG | {"ContactID": "003Ab00000xYz2QAAS", "FirstName": "Şirin"}


def held_of(feed: str, files: dict[str, bytes]) -> list[tuple[str, str, int]]:
    held = read(feed, files)[2]
    return [(row.column, row.rule, row.line) for row in held]


@pytest.mark.parametrize("number", ["2.5188E+08", "2.51880001E+8", "3e+11", " 2E+05 "])
def test_an_id_that_a_spreadsheet_rounded_names_nobody(number):
    rows = [call(1), call(2, cad_number=number), call(3, dup_cad_number=number)]
    data = csv_bytes(soda_columns.CAD_CALLS, rows)
    assert held_of("dem_cad", {"cad.csv": data}) == [
        ("cad_number", "rounded_id", 3),
        ("dup_cad_number", "rounded_id", 4),
    ]


@pytest.mark.parametrize("number", ["'251880001", '="251880001"', "251,880,001"])
def test_an_id_in_a_spreadsheets_own_form_is_not_that_of_another_record(number):
    rows = [call(1), call(2, cad_number=number), call(3, dup_cad_number=number)]
    data = csv_bytes(soda_columns.CAD_CALLS, rows)
    assert held_of("dem_cad", {"cad.csv": data}) == [
        ("cad_number", "spreadsheet_id", 3),
        ("dup_cad_number", "spreadsheet_id", 4),
    ]


@pytest.mark.parametrize(
    "number", ["25188-E01", "2E5", "1E-5", "25188.0", "E+1", "1,2"]
)
def test_an_id_that_only_looks_like_one_is_kept(number):
    data = csv_bytes(soda_columns.CAD_CALLS, [call(1, cad_number=number)])
    assert held_of("dem_cad", {"cad.csv": data}) == []


@pytest.mark.parametrize(
    "number", ["2518\x0080001", "25188\x070001", "\ud83d", ["251880001"], {"a": 1}]
)
def test_an_id_with_something_in_it_that_is_part_of_none_waits(number):
    rows = [call(1), call(2, cad_number=number), call(3, dup_cad_number=number)]
    data = json.dumps(rows).encode()
    found = [place[:2] for place in held_of("dem_cad", {"cad.json": data})]
    assert found == [("cad_number", "broken_id"), ("dup_cad_number", "broken_id")]


@pytest.mark.parametrize("key", ["{7F3A-0B}", "[/] Şükrü", "a\\b", "Ñ-1", "💩"])
def test_an_id_with_brackets_of_its_own_is_one(key):
    (row,) = read(
        "dem_cad", {"c.json": json.dumps([call(1, cad_number=key)]).encode()}
    )[1]["dem_cad_calls"]
    assert row["cad_number"] == key


@pytest.mark.parametrize("word", ["NULL", "null", "\\N", "N/A", "None", "nan", "-"])
def test_a_word_for_no_id_is_nobodys_id(word):
    merged = [LOG, OTHER | {"MasterRecordId": word, "IsDeleted": "true"}]
    assert held_of("dem_team_log", {"log.csv": csv_bytes(VERSION_2, merged)}) == [
        ("MasterRecordId", "no_id", 3)
    ]
    rows = [call(1), call(2, cad_number=word), call(3, dup_cad_number=word)]
    assert held_of("dem_cad", {"cad.json": json.dumps(rows).encode()}) == [
        ("cad_number", "no_id", 1),
        ("dup_cad_number", "no_id", 1),
    ]


def test_a_name_that_is_such_a_word_is_a_name():
    data = csv_bytes(VERSION_2, [LOG | {"LastName": "Null", "FirstName": "Nan"}])
    assert held_of("dem_team_log", {"log.csv": data}) == []


def test_two_people_under_one_rounded_id_enter_no_table():
    files = {
        name: data.replace(b"C1,", b"1.2E+11,").replace(b"C4,", b"1.2E+11,")
        for name, data in hmis_files().items()
    }
    _, rows, held, _, _ = read("hsh_hmis", files)
    assert {row.rule for row in held} == {"rounded_id"}
    assert not [r for r in rows["hsh_client"] if "E+" in r["PersonalID"]]
    assert not [r for r in rows["hsh_enrollment"] if "E+" in r["PersonalID"]]


@pytest.mark.parametrize("again", [str, str.upper])
def test_a_header_in_the_middle_says_that_files_were_joined(again):
    first, second = csv_bytes(VERSION_2, [LOG]), csv_bytes(VERSION_2, [OTHER])
    header, _, rest = second.decode().partition("\r\n")
    data = first + f"{again(header)}\r\n{rest}".encode()
    assert held_of("dem_team_log", {"log.csv": data}) == [
        ("ContactID", "header_again", 3)
    ]


@pytest.mark.parametrize(
    ("columns", "moment"),
    [(VERSION_1, "EncounterDate"), (VERSION_2, "EncounterDateTimeUTC")],
)
def test_a_line_of_totals_is_no_contact(columns, moment):
    dated = LOG | {"EncounterDate": "2025-01-31"}
    totals = {"ContactID": "Grand total", "FirstName": "2"}
    data = csv_bytes(columns, [dated, totals, dated | {moment: "  "}])
    assert held_of("dem_team_log", {"log.csv": data}) == [
        (moment, "missing_moment", 3),
        (moment, "missing_moment", 4),
    ]


@pytest.mark.parametrize("told", ["true", "TRUE", "1"])
def test_a_deleted_entry_need_not_say_when_it_was(told):
    gone = {"ContactID": "003Ab00000xYz3QAAS", "IsDeleted": told}
    data = csv_bytes(VERSION_2, [LOG, gone])
    assert held_of("dem_team_log", {"log.csv": data}) == []


def test_a_file_of_bad_rows_is_told_about_as_soon_as_one_of_good_ones():
    bad = [call(1, cad_number="2.5E+08", agency="Police") for _ in range(10_000)]
    data = csv_bytes(soda_columns.CAD_CALLS, bad)
    began = time.process_time()
    held = held_of("dem_cad", {"cad.csv": data})
    seconds = time.process_time() - began
    assert held[-1] == ("cad_number", "rounded_id", 10_001)
    assert seconds < 3, "each row looked up its line and its text by itself: 10 s"
