"""Which clients a row names, however its department writes that."""

import json

import pyarrow as pa
import pytest

from dagster_project.departments.feeds import FEEDS
from dagster_project.erasure.client_keys import (
    NAMING,
    clients_of,
    columns_read,
    judge,
    mentions,
    without_mention,
)

NO_CLIENT = {
    "hsh_export",
    "hsh_organization",
    "hsh_project",
    "fire_calls",
    "dem_cad_calls",
    "datasf_311_cases",
}
"""Tables whose rows are about a file, a place or a call, and name no client."""


def test_every_raw_table_is_known_to_name_clients_or_not_to() -> None:
    declared = {table.name: table for feed in FEEDS for table in feed.tables}
    assert set(NAMING) | NO_CLIENT == set(declared)
    assert not set(NAMING) & NO_CLIENT
    for name in NAMING:
        assert set(columns_read(name)) <= set(declared[name].columns), name


@pytest.mark.parametrize(
    ("table", "row", "record"),
    [
        ("hsh_client", {"PersonalID": "100"}, "hsh:hmis:100"),
        ("hsh_exit", {"PersonalID": " 100 "}, "hsh:hmis:100"),
        ("fire_epcr", {"report_id": "R1"}, "fire:epcr:R1"),
        ("fire_epcr", {"report_id": "R1@S40"}, "fire:epcr:R1@S40"),
        (
            "dem_team_log",
            {"ContactID": "a2", "MasterRecordId": "a1"},
            "dem:team_log:a1",
        ),
        ("dph_deleted", {"resource_type": "Patient", "id": "D1"}, "dph:fhir:D1"),
        ("dph_patient", {"id": "D1", "resource": "{}"}, "dph:fhir:D1"),
        (
            "dph_encounter",
            {"resource": '{"subject":{"reference":"https://x/Patient/D1/_history/2"}}'},
            "dph:fhir:D1",
        ),
        (
            "dph_consent",
            {"resource": '{"patient": {"reference": "urn:uuid:D1"}}'},
            "dph:fhir:D1",
        ),
        (
            "dph_patient",
            {
                "id": "D2",
                "resource": '{"resourceType":"Patient","id":"D2","link":[{"type":'
                '"replaced-by","other":{"reference":"Patient/D1"}}]}',
            },
            "dph:fhir:D1",
        ),
    ],
)
def test_a_row_names_its_client(table: str, row: dict, record: str) -> None:
    rows = pa.Table.from_pylist([row, dict.fromkeys(row)])
    out, changed = judge(table, rows, lambda asked: asked == record)
    assert out.to_pylist()[0] is True
    assert not out.to_pylist()[1]
    assert changed == {}
    out, changed = judge(table, rows, lambda asked: asked == record + "0")
    assert not any(out.to_pylist())


def test_a_deletion_of_something_else_with_the_same_id_stays() -> None:
    rows = pa.Table.from_pylist([{"resource_type": "Encounter", "id": "D1"}])
    out, _ = judge("dph_deleted", rows, lambda record: record == "dph:fhir:D1")
    assert out.to_pylist() == [False]


def test_anothers_document_keeps_all_but_the_mention() -> None:
    """Two profiles in use that are one person: one is expunged, one is not."""
    other = {
        "resourceType": "Patient",
        "id": "D5",
        "name": [{"family": "Kovačević", "given": ["Đurđa"]}],
        "link": [{"type": "seealso", "other": {"reference": "Patient/D1"}}],
    }
    text = json.dumps(other, ensure_ascii=False)
    rows = pa.Table.from_pylist([{"id": "D5", "resource": text}])
    out, changed = judge("dph_patient", rows, lambda r: r == "dph:fhir:D1")
    assert out.to_pylist() == [False]
    other["link"][0]["other"]["reference"] = "Patient/expunged"
    assert json.loads(changed[0]) == other
    again = pa.Table.from_pylist([{"id": "D5", "resource": changed[0]}])
    assert judge("dph_patient", again, lambda r: r != "dph:fhir:D5")[1] == {}


def test_a_longer_id_is_not_a_mention() -> None:
    text = '{"subject":{"reference":"Patient/D11"}}'
    assert without_mention(text, {"D1"}) == text
    assert clients_of(text) == {"D11"}
    assert clients_of("no JSON") == clients_of("[]") == set()


@pytest.mark.parametrize(
    ("table", "text", "is_named"),
    [
        ("hsh_services", '{"PersonalID": "100", "RecordType": "999"}', True),
        ("hsh_services", '{"PersonalID": "101", "ServicesID": "100"}', False),
        ("hsh_services", '{"ServicesID": "7", "was": "100"}', True),
        ("hsh_services", "7,100,Nguyễn", True),
        ("hsh_services", "7,1001,Nguyễn", False),
        ("dph_encounter", '{"subject":{"reference":"Patient/100"}, "cut off', False),
        ("datasf_311_cases", '{"service_request_id": "100"}', False),
    ],
)
def test_a_row_in_quarantine_names_its_client(table, text, is_named) -> None:
    assert mentions(table, text, lambda r: r == "hsh:hmis:100") is is_named
