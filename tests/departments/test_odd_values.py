"""Values that mean nothing, or too much: each waits, or stays the text it was.

What becomes of the text is dbt's (``tests/dbt_project/test_odd_values.py``): none may
become another value on the way, and none may stop a run.
"""

import json
from collections.abc import Callable

import pytest

from dagster_project.departments import row_rules, soda_columns
from dagster_project.departments.errors import Refused

from .made_up_deliveries import (
    call,
    csv_bytes,
    epcr,
    fhir_files,
    hmis_files,
    read,
    report,
)

TIMES = {
    "0000-00-00": "bad_time",
    "0001-01-01": "no_time",
    "0001-01-01T00:00:00": "no_time",
    "1753-01-01 00:00:00": "no_time",
    "1900-01-01": "no_time",
    "9999-12-31": "future_time",
    "9999-12-31T23:59:59.999": "future_time",
    "2025-02-30": "bad_time",
    "2025-07-01T24:00:00": "bad_time",
    "2025-06-30T23:59:60": "bad_time",
    "2025-07-01T10:61:00": "bad_time",
    "2025-07-01T10:00:00+99:99": "bad_time",
    "2025-07-01T10:00:00-15:00": "bad_time",
    "25-07-01": "bad_time",
    "45839": "bad_time",
    "45839.5": "bad_time",
    "1751353200": "bad_time",
    "99999999999999999999": "bad_time",
    "-5": "bad_time",
    "NaN": "bad_time",
    "Infinity": "bad_time",
    "true": "bad_time",
    "２０２５-０７-０１": "bad_time",
    "10000-01-01": "bad_time",
    "2025-07-01T10:00:00-07:00": "",
    "2025-07-01 10:00:00.123456": "",
}
"""A time to the rule for which its row waits, "" where it is one."""


@pytest.fixture(autouse=True)
def _a_day_of_receipt():
    token = row_rules.LAST_DAY.set("2025-07-08")
    yield
    row_rules.LAST_DAY.reset(token)


def enrolment(text: str) -> tuple[str, dict]:
    key = {"EnrollmentID": "N1", "PersonalID": "C1", "ProjectID": "P1"}
    rows = [key | {"EntryDate": text}, key | {"EntryDate": "2025-02-03"}]
    return "hsh_hmis", hmis_files(Enrollment=rows)


def changed(text: str) -> tuple[str, dict]:
    key = {"EnrollmentID": "N1", "PersonalID": "C1", "ProjectID": "P1"}
    good = key | {"EntryDate": "2025-02-03"}
    return "hsh_hmis", hmis_files(Enrollment=[good | {"DateUpdated": text}, good])


def dispatched(text: str) -> tuple[str, dict]:
    rows = [call(1, received_datetime=text), call(2)]
    return "dem_cad", {"cad.json": json.dumps(rows).encode()}


def dispatched_csv(text: str) -> tuple[str, dict]:
    rows = [call(1, received_datetime=text), call(2)]
    return "dem_cad", {"cad.csv": csv_bytes(soda_columns.CAD_CALLS, rows)}


def fire_unit(text: str) -> tuple[str, dict]:
    row = {"rowid": "1", "call_number": "9", "received_dttm": "2025-07-01T10:00:00"}
    rows = [row | {"received_dttm": text}, row]
    return "fire_calls", {"calls.json": json.dumps(rows).encode()}


def case_311(text: str) -> tuple[str, dict]:
    row = {"service_request_id": "1", "requested_datetime": "2025-07-01T10:00:00"}
    rows = [row | {"requested_datetime": text}, row]
    return "datasf_311", {"cases.json": json.dumps(rows).encode()}


@pytest.mark.parametrize(
    "sent",
    [enrolment, changed, dispatched, dispatched_csv, fire_unit, case_311],
    ids=lambda sent: sent.__name__,
)
@pytest.mark.parametrize("text", TIMES)
def test_a_time_that_is_none_waits_and_is_never_another(
    sent: Callable[[str], tuple[str, dict]], text
):
    feed, files = sent(text)
    _, rows, held, _, _ = read(feed, files)
    assert [row.rule for row in held] == ([TIMES[text]] if TIMES[text] else [])
    kept = {value for found in rows.values() for row in found for value in row.values()}
    assert (text in kept) == (not TIMES[text])


TEXTS = {
    "99999999999999999999999": "99999999999999999999999",
    "-5": "-5",
    "123456789012345678901234567890.123456789": None,
    "1e400": "1e400",
    "NaN": "NaN",
    "Infinity": "Infinity",
    "TRUE": "TRUE",
    "Ngo\x07zi": "Ngozi",
    "Lucí\x7fa": "Lucía",
    "0000-00-00": "0000-00-00",
}


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_stays_as_it_was_in_every_format(text):
    expected = TEXTS[text] or text
    name = {"PersonalID": "C1", "FirstName": text}
    _, rows, _, _, _ = read("hsh_hmis", hmis_files(Client=[name]))
    assert [row["FirstName"] for row in rows["hsh_client"]] == [expected]
    found = read("dem_cad", {"c.json": json.dumps([call(1, agency=text)]).encode()})
    assert [row["agency"] for row in found[1]["dem_cad_calls"]] == [expected]
    patient = {"resourceType": "Patient", "id": "p1", "name": [{"family": text}]}
    found = read("dph_fhir", fhir_files(Patient=[patient]))
    (row,) = found[1]["dph_patient"]
    assert json.loads(row["resource"])["name"] == [{"family": expected}]
    if text == expected:  # XML has no control characters
        inside = f"<eResponse><eResponse.14>{text}</eResponse.14></eResponse>"
        found = read("fire_epcr", {"e.xml": epcr(report(1, inside))})
        assert [row["eresponse_14"] for row in found[1]["fire_epcr"]] == [expected]


NUMBERS = {
    "99999999999999999999999": "99999999999999999999999",
    "-9223372036854775809": "-9223372036854775809",
    "1.5": "1.5",
    "true": "true",
    "false": "false",
    "null": None,
    "1e400": "1e400",
}
"""A JSON value that is no text, to the text it is loaded as."""


@pytest.mark.parametrize("written", NUMBERS)
def test_a_number_in_a_row_keeps_its_digits(written):
    row = json.dumps(call(1))[:-1] + f', "agency": {written}}}'
    found = read("dem_cad", {"c.json": f"[{row}]".encode()})
    assert [row["agency"] for row in found[1]["dem_cad_calls"]] == [NUMBERS[written]]


@pytest.mark.parametrize("written", ["NaN", "Infinity", "-Infinity"])
def test_what_json_does_not_know_is_never_a_number(written):
    row = json.dumps(call(1))[:-1] + f', "priority_final": {written}}}'
    with pytest.raises(Refused, match=f"{written.removeprefix('-')} is not JSON"):
        read("dem_cad", {"c.json": f"[{row}]".encode()})
    line = (
        f'{{"resourceType": "Patient", "id": "p1", "multipleBirthInteger": {written}}}'
    )
    _, _, held, _, _ = read("dph_fhir", fhir_files(Patient=[line]))
    assert [row.rule for row in held] == ["not_json"]


def test_half_a_character_is_spelled_out_so_that_it_can_be_read_on():
    family = "Ng\\ud83d, \\ud83d\\ude00 \\\\ud83d"
    half = f'{{"resourceType":"Patient","id":"p1","name":[{{"family":"{family}"}}]}}'
    _, rows, held, _, _ = read("dph_fhir", fhir_files(Patient=[half]))
    (row,) = rows["dph_patient"]
    assert "\\\\ud83d" in row["resource"]
    name = json.loads(row["resource"])["name"][0]["family"]
    assert name == "Ng\\ud83d, 😀 \\ud83d"
    assert not held


NUL = b"\0"


@pytest.mark.parametrize(
    ("feed", "files", "rule"),
    [
        ("hsh_hmis", hmis_files(), "nul"),
        ("fire_epcr", {"e.xml": epcr(report(1))}, "not_well_formed"),
    ],
)
def test_a_nul_byte_refuses_the_file(feed, files, rule):
    name = "Client.csv" if feed == "hsh_hmis" else "e.xml"
    torn = (
        files[name].replace(b"R1", b"R1" + NUL).replace("José".encode(), b"Jos" + NUL)
    )
    assert NUL in torn
    with pytest.raises(Refused) as refused:
        read(feed, files | {name: torn})
    assert refused.value.rule == rule
