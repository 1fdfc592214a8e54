"""The files are what their names say, to the byte, and parse."""

import json
from hashlib import sha256

import numpy as np
from lxml import etree

from dagster_project.synthetic.codes import KINDS, SYSTEMS
from dagster_project.synthetic.export import cases_311, fire_calls, team_log
from tests.synthetic.export import delivered as read


def _digests(folder):
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_same_seed_same_bytes(spoiled, spoiled_again):
    assert _digests(spoiled.landing) == _digests(spoiled_again.landing)
    assert _digests(spoiled.truth) == _digests(spoiled_again.truth)


def test_no_unfinished_files(delivered):
    assert not list(delivered.landing.rglob("*.part"))


def test_datasf_headers_are_the_api_names(shared_domain):
    path = shared_domain / "datasf" / "datasf_columns.csv"
    official = read.csv_rows(path)
    for dataset, header in (
        ("nuek-vuh3", fire_calls.HEADER),
        ("vw6y-z8j6", cases_311.HEADER),
    ):
        names = [r["column"] for r in official if r["dataset_id"] == dataset]
        assert list(header) == names


def test_cad_keys_are_api_names(delivered, shared_domain):
    official = read.csv_rows(shared_domain / "datasf" / "datasf_columns.csv")
    names = {
        r["column"] for r in official if r["dataset_id"] in ("gnap-fj3t", "2zdj-bwza")
    }
    for path in sorted((delivered.landing / "dem").glob("cad_*0000.json")):
        for row in json.loads(path.read_text()):
            assert set(row) <= names
            if row["sensitive_call"]:
                assert "intersection_name" not in row
                assert "analysis_neighborhood" not in row


def test_cad_rows_end_as_closed_and_overlap(delivered):
    last, seen = {}, 0
    for path in sorted((delivered.landing / "dem").glob("cad_*0000.json")):
        for row in json.loads(path.read_text()):
            seen += 1
            last[row["cad_number"]] = row
    assert seen > len(last)
    assert sum("close_datetime" in row for row in last.values()) > 0.9 * len(last)


def test_team_log_changes_columns_in_march_2025(delivered):
    for path in sorted((delivered.landing / "dem").glob("team_log_*.csv")):
        header = tuple(path.read_text().split("\n", 1)[0].split(","))
        old = path.name < "team_log_20250325"
        assert header == (team_log.HEADER_V1 if old else team_log.HEADER_V2)


def test_reports_keep_schema_order(delivered, shared_domain):
    sample = (
        shared_domain / "federal-samples" / "nemsis" / "2025-EMS-1-Overdose_v351.xml"
    )
    official = next(etree.parse(sample).iter(f"{read.NEMSIS}PatientCareReport"))
    order = {element.tag: n for n, element in enumerate(official.iter("*"))}
    assert read.reports(delivered.landing)
    for report in list(read.reports(delivered.landing).values())[:50]:
        places = [order[e.tag] for e in report.iter("*") if e.tag in order]
        # Repeated elements come back to their place; nothing may go backwards.
        assert places == sorted(places)


def test_overdoses_and_times_in_reports(delivered):
    city = delivered.city
    found = read.reports(delivered.landing)
    rows = np.flatnonzero(city.reports.system == SYSTEMS.index("epcr"))
    contact = np.searchsorted(city.contacts.contact, city.reports.contact[rows])
    ids = delivered.records.source_record_id[delivered.records.record_of_report[rows]]
    naloxone = 0
    for number, who in zip(contact.tolist(), ids, strict=True):
        report = found[who]
        at = np.datetime64(read.text(report, "eTimes.07")[:19], "s").astype(int)
        hours = int(read.text(report, "eTimes.07")[19:22])
        assert abs(at - hours * 3600 - city.contacts.second[number]) <= 90
        moved = read.text(report, "eDisposition.30") == "4230001"
        assert moved == city.contacts.transported[number]
        if KINDS[city.contacts.kind[number]] == "overdose":
            naloxone += read.text(report, "eMedications.03") == "7242"
            assert read.text(report, "eDispatch.01") == "2301053"
    assert naloxone > 0


def test_merged_patients_point_to_the_survivor(delivered):
    patients = read.resources(delivered.landing, "Patient")
    records = delivered.records
    merged = np.flatnonzero((records.system == 2) & (records.merged_into >= 0))
    assert len(merged)
    for row in merged:
        patient = patients[records.source_record_id[row]]
        other = records.source_record_id[records.merged_into[row]]
        assert patient["link"][0]["type"] == "replaced-by"
        assert patient["link"][0]["other"]["reference"] == f"Patient/{other}"


def test_references_of_live_resources_exist(delivered):
    patients = read.resources(delivered.landing, "Patient")
    encounters = read.resources(delivered.landing, "Encounter")
    for kind in ("Encounter", "Procedure", "Condition", "ServiceRequest"):
        for row in read.resources(delivered.landing, kind).values():
            assert row["subject"]["reference"].split("/")[1] in patients
            if "encounter" in row:
                assert row["encounter"]["reference"].split("/")[1] in encounters
