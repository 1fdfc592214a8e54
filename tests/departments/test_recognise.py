"""A feed is told by its name, or else by what it holds; nothing is guessed."""

import csv
import gzip
import io
import json
import os

import pytest

from dagster_project.departments import fhir, landing
from dagster_project.departments.appearance import WORKBOOK
from dagster_project.departments.errors import Refused
from dagster_project.departments.ledger import take_all
from dagster_project.departments.order import extracted_at, source_of
from dagster_project.departments.recognise import recognised

from .made_up_deliveries import call, csv_bytes, fhir_files, hmis_files, put, zipped

CALLS = [call(1), call(2)]
UNITS = [{"rowid": "251880001-E41", "call_number": "251880001"}]
CASES = [{"service_request_id": "1", "requested_datetime": "2025-07-06T08:00:00"}]
PCR = b'<!-- <a> -->\n<EMSDataSet xmlns="http://www.nemsis.org"></EMSDataSet>'


def as_csv(rows: list[dict]) -> bytes:
    return csv_bytes(list(rows[0]), rows)


def as_json(rows: list[dict]) -> bytes:
    return json.dumps(rows).encode()


def as_lines(rows: list[dict]) -> bytes:
    return "\n".join(map(json.dumps, rows)).encode()


PRETTY = b'{\n  "resourceType": "Patient",\n  "id": "p1"\n}'
GEOJSON = b'{"type": "FeatureCollection", "features": []}'
BUNDLE = b'{\n "resourceType": "Bundle",\n "type": "transaction"\n}'
SPREADSHEET = {"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}
TAR = b"Client.csv" + b"\0" * 247 + b"ustar\x0000" + b"\0" * 200
TWO = {"a.csv": as_csv(CALLS), "b.csv": as_csv(CALLS)}


def within(folder: str) -> dict[str, bytes]:
    return {folder + name: data for name, data in hmis_files().items()}


def without_manifest() -> dict[str, bytes]:
    files = fhir_files(Patient=[{"resourceType": "Patient", "id": "p1"}])
    return {name: data for name, data in files.items() if name != "manifest.json"}


@pytest.mark.parametrize(
    ("department", "name", "content", "feed"),
    [
        ("hsh", "HUD sample (FY24)", hmis_files(), "hsh_hmis"),
        ("hsh", "export.zip", zipped(hmis_files()), "hsh_hmis"),
        ("hsh", "export without ending", zipped(hmis_files()), "hsh_hmis"),
        ("hsh", "a zip of a folder.ZIP", zipped(within("in/")), "hsh_hmis"),
        ("dem", "report1751900.csv", b"Contact ID,First Name\n", "dem_team_log"),
        ("fire", "2025-EMS-1.xml", PCR, "fire_epcr"),
        ("fire", "mark.xml", b"\xef\xbb\xbf" + PCR, "fire_epcr"),
        ("fire", "wide.xml", PCR.decode().encode("utf-16"), "fire_epcr"),
        ("fire", "nuek-vuh3.json", as_json(UNITS), "fire_calls"),
        ("fire", "units.csv.gz", gzip.compress(as_csv(UNITS), mtime=0), "fire_calls"),
        ("fire", "packed", gzip.compress(as_csv(UNITS), mtime=0), "fire_calls"),
        ("dph", "10 patients", fhir_files(Patient=[]), "dph_fhir"),
        ("dph", "10 patients, bare", without_manifest(), "dph_fhir"),
        ("dph", "bulk.zip", zipped(without_manifest()), "dph_fhir"),
        ("dph", "x.json", BUNDLE, "dph_fhir"),
        ("dph", "x", {"Ayşe.json": BUNDLE}, "dph_fhir"),
        ("dph", "x.zip", zipped({"in/Ayşe.json": BUNDLE, "README": b""}), "dph_fhir"),
        ("dem", "log.tsv", b"ContactID\tFirstName\r\n1\tAnn\r\n", "dem_team_log"),
        (
            "dph",
            "Patient.ndjson.gz",
            gzip.compress(b'{"resourceType": "Patient", "id": "1"}\n', mtime=0),
            "dph_fhir",
        ),
        ("dem", "Polizei – März.json", as_json(CALLS), "dem_cad"),
        ("dem", "nulls left out.json", as_json([{"id": "1"}, *CALLS]), "dem_cad"),
        ("dem", "CALLS.CSV", as_csv(CALLS).upper(), "dem_cad"),
        ("dem", "log", b"ContactID,FirstName\r\n1,Ann\r\n", "dem_team_log"),
        ("dem", "calls.zip", zipped({"calls.csv": as_csv(CALLS)}), "dem_cad"),
        ("fire", "one.zip", zipped({"in/one.xml": PCR}), "fire_epcr"),
        ("datasf", "311", as_csv(CASES), "datasf_311"),
        ("datasf", "fire", as_json(UNITS), "fire_calls"),
    ],
)
def test_tells_a_feed_by_its_content(landing_dir, department, name, content, feed):
    path = put(landing_dir, department, name, content)
    assert recognised(department, path).name == feed


@pytest.mark.parametrize(
    ("department", "name", "content", "rule", "says"),
    [
        ("dem", "empty.csv", b"", "unknown_name", "it is empty"),
        ("dem", "x.csv", b"<!DOCTYPE html><html>", "unknown_name", "a web page"),
        ("dem", "x.json", b'{"rows":true}', "unknown_name", "not an array"),
        ("dem", "x.json", b"[]", "unknown_name", "cad_number, or CSV rows with Cont"),
        ("dem", "log.json", b'[{"ContactID": "1"}]', "unknown_name", "looked for"),
        ("fire", "x.xml", b"<StateDataSet/>", "unknown_name", "root is EMSDataSet"),
        ("hsh", "Client.csv", b"PersonalID\n", "unknown_name", "with Export.csv"),
        ("dph", "Patient.ndjson", b"{}", "unknown_name", "a folder or zip"),
        ("hsh", "x", {"Client.csv": b""}, "unknown_name", "holds no such files"),
        ("dem", "x.json", b'{"error": true}', "unknown_name", "server's error message"),
        ("dem", "x.json", as_lines(CALLS), "unknown_name", "send them as one array"),
        ("dem", "x.geojson", GEOJSON, "unknown_name", "it is GeoJSON"),
        ("dph", "x.json", PRETTY, "unknown_name", "it is one FHIR resource over"),
        ("dem", "x.json", b" [ ]", "unknown_name", "an empty JSON array"),
        ("dem", "x.xml", b"<response><row/></response>", "unknown_name", "rows in XML"),
        ("dem", "x.xlsx", zipped(SPREADSHEET), "unknown_name", "save it as CSV"),
        ("dem", "x.zip", zipped(TWO), "unknown_name", "send its files one by one"),
        ("dem", "x.zip", zipped({"a": b"?"}), "unknown_name", "the one file in it"),
        ("dem", "x.json", BUNDLE, "unknown_name", "it is a FHIR Bundle; no feed of"),
        ("dph", "x.json", b'[{"resourceType": 1}]', "unknown_name", "send NDJSON"),
        ("dph", "x.xml", b"<Bundle xmlns='x'/>", "unknown_name", "it is FHIR in XML"),
        ("fire", "x.xml", b"<DEMDataSet/>", "unknown_name", "no patient care report"),
        ("fire", "x.xml", b"<a:Envelope xmlns:a=''/>", "unknown_name", "SOAP message"),
        ("dem", "x.xls", WORKBOOK + b"\0" * 600, "unknown_name", "workbook of Excel"),
        ("dem", "x.pdf", b"%PDF-1.7\n\xe2\0", "unknown_name", "it is a PDF"),
        (
            "hsh",
            "x.rar",
            b"Rar!\x1a\x07\x00",
            "unknown_name",
            "RAR archive; send a zip",
        ),
        ("hsh", "x.7z", b"7z\xbc\xaf\x27\x1c\0", "unknown_name", "send a zip"),
        ("hsh", "x.tar.gz", TAR, "unknown_name", "it is a tar archive; send a zip"),
        ("hsh", "x.zip", b"PK", "torn_archive", "no whole zip"),
        ("hsh", "x.zip", b"Rar!\x1a\x07\x00", "torn_archive", "it is none; send a zip"),
        ("hsh", "x.zip", zipped({"in.zip": b"x"}), "archive_nested", "inside"),
        (
            "hsh",
            "two feeds",
            {"Export.csv": b"", "Patient.ndjson": b""},
            "ambiguous_content",
            "hsh_hmis and of dph_fhir",
        ),
        (
            "datasf",
            "two.csv",
            b"rowid,cad_number\n",
            "ambiguous_content",
            "fire_calls and of dem_cad",
        ),
    ],
)
def test_guesses_nothing(landing_dir, department, name, content, rule, says):
    path = put(landing_dir, department, name, content)
    with pytest.raises(Refused) as refused:
        recognised(department, path)
    assert refused.value.rule == rule
    assert says in refused.value.reason
    assert "Ayşe" not in refused.value.reason, "a file may be named after a person"
    (found,) = landing.deliveries(landing_dir)
    assert (found.name, found.fault.rule, found.feed) == (name, rule, None)


def test_an_archive_of_several_files_is_not_read_for_its_first_alone(
    warehouse, landing_dir
):
    put(landing_dir, "dem", "cad_20250707.json", zipped(TWO))
    (outcome,) = take_all(warehouse, landing_dir)
    assert outcome.status == "quarantined"
    assert "it holds 2 files where one was agreed" in outcome.reason


@pytest.mark.parametrize("name", ["cad_20250707.csv", "the calls.zip"])
def test_a_read_me_beside_the_one_file_does_no_harm(warehouse, landing_dir, name):
    beside = {"README.txt": b"About", "export/Fields.pdf": b"%PDF-1.7"}
    put(landing_dir, "dem", name, zipped({"export/July.csv": as_csv(CALLS), **beside}))
    (outcome,) = take_all(warehouse, landing_dir)
    assert (outcome.status, outcome.rows_loaded) == ("taken", len(CALLS))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (zipped(SPREADSHEET), "it is a spreadsheet; save it as CSV (UTF-8)"),
        (WORKBOOK + b"\0" * 600, "it is a workbook of Excel; save it as CSV (UTF-8)"),
        (as_lines(CALLS), "JSON objects one after another; send them as one array"),
    ],
)
def test_a_file_under_its_declared_name_that_is_something_else(
    warehouse, landing_dir, content, says
):
    put(landing_dir, "dem", "cad_20250707.csv", content)
    (outcome,) = take_all(warehouse, landing_dir)
    assert outcome.status == "quarantined"
    assert says in outcome.reason


def test_a_name_goes_before_the_content(landing_dir):
    path = put(landing_dir, "dem", "team_log_20250701.csv", as_csv(CALLS))
    assert recognised("dem", path).name == "dem_team_log"


def test_reads_the_head_only(landing_dir):
    header = io.StringIO()
    csv.writer(header).writerow(CALLS[0])
    path = put(landing_dir, "dem", "big.csv", header.getvalue().encode())
    os.truncate(path, 1 << 36)
    assert recognised("dem", path).name == "dem_cad"


def test_what_lies_in_no_departments_folder_is_reported(landing_dir):
    (landing_dir / "police").mkdir()
    (landing_dir / "README.md").write_text("x")
    (landing_dir / "dph").rmdir()
    (landing_dir / "dph").symlink_to(landing_dir / "hsh")
    found = {d.name: d.fault.rule for d in landing.deliveries(landing_dir)}
    assert found == dict.fromkeys(("README.md", "dph", "police"), "no_department")
    assert not list(landing.deliveries(landing_dir, feeds=["dem_cad"]))


LOGGED = b'{"eventDetail":{"transactionTime":"2024-08-06T18:12:57Z"}}\n'
UPDATED = b'{"resourceType":"Patient","id":"1","meta":{"lastUpdated":"%s"}}\n'


@pytest.mark.parametrize(
    ("files", "moment", "witness"),
    [
        ({"log.ndjson": b"x\n" + LOGGED}, "2024-08-06T18:12:57", "export log"),
        (
            {
                "P.1.ndjson": UPDATED % b"2024-02-01T23:00:00-05:00",
                "P.2.ndjson": UPDATED % b"2024-02-02T01:00:00Z",
            },
            "2024-02-02T04:00:00",
            "newest lastUpdated",
        ),
        ({}, "2001-09-09T01:46:40", "file time"),
    ],
)
def test_a_fhir_export_without_manifest_has_a_time(landing_dir, files, moment, witness):
    folder = put(landing_dir, "dph", "bulk", without_manifest() | files)
    for file in folder.iterdir():
        os.utime(file, (1e9, 1e9))
    (delivery,) = landing.deliveries(landing_dir)
    with source_of(delivery, frozenset()) as source:
        assert extracted_at(source).isoformat() == moment
        assert fhir.facts(source).schema_version.endswith(witness)
        assert fhir.facts(source).mode == "full"


def test_an_export_without_any_time_is_dated_by_its_name(landing_dir):
    folder = put(landing_dir, "dph", "bulk_20250601T0400", without_manifest())
    for file in folder.iterdir():
        os.utime(file, (1.8e9, 1.8e9))
    (delivery,) = landing.deliveries(landing_dir)
    with source_of(delivery, frozenset()) as source:
        assert extracted_at(source).isoformat() == "2025-06-01T04:00:00"
        assert fhir.facts(source).schema_version.endswith("name")
