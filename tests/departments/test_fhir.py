import json

import pytest

from dagster_project.departments.errors import Refused

from .made_up_deliveries import fhir_files, read

AN = {
    "resourceType": "Patient",
    "id": "p1",
    "meta": {"lastUpdated": "2025-07-01T00:00:00Z"},
}


def delete(*paths: str) -> dict:
    entries = [{"request": {"method": "DELETE", "url": path}} for path in paths]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def test_reads_one_resource_per_line():
    facts, rows, _, _, _ = read("dph_fhir", fhir_files(Patient=[AN]))
    assert (facts.mode, facts.period_start.isoformat()) == ("delta", "2025-06-30")
    assert facts.extracted_at.isoformat() == "2025-07-07T04:00:00"
    (row,) = rows["dph_patient"]
    assert json.loads(row.pop("resource")) == AN
    assert row == {
        "resource_type": "Patient",
        "id": "p1",
        "last_updated": "2025-07-01T00:00:00Z",
        "_row_number": 1,
    }


def test_deletions_become_rows():
    bundles = [delete("Patient/p7", "Encounter/e9"), delete("Patient/p8")]
    _, rows, held, _, _ = read("dph_fhir", fhir_files(Patient=[], deleted=bundles))
    found = [(r["resource_type"], r["id"]) for r in rows["dph_deleted"]]
    assert found == [("Patient", "p7"), ("Encounter", "e9"), ("Patient", "p8")]
    assert {r["deleted_at"] for r in rows["dph_deleted"]} == {"2025-07-07T04:00:00Z"}
    assert not held


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ('{"resourceType":"Patient","id":"p2"', "not_json"),
        ('{"resourceType":"Patient","id":"p2","n":NaN}', "not_json"),
        ('"Patient"', "not_a_resource"),
        ('{"resourceType":"Encounter","id":"e1"}', "resource_type"),
        ('{"resourceType":"Patient"}', "missing_key"),
        ('{"resourceType":"Patient","id":7}', "missing_key"),
        ("[" * 100_000, "not_json"),
    ],
)
def test_one_bad_line_waits_and_the_file_goes_on(line, rule):
    _, rows, held, _, _ = read("dph_fhir", fhir_files(Patient=[AN, line, AN]))
    assert len(rows["dph_patient"]) == 2
    assert [(q.table, q.line, q.rule) for q in held] == [("dph_patient", 2, rule)]
    assert held[0].original == line[: 64 * 1024]


def test_a_deletion_without_id_waits():
    bundles = [delete("Patient?identifier=7", "Patient/p8")]
    _, rows, held, _, _ = read("dph_fhir", fhir_files(deleted=bundles))
    assert len(rows["dph_deleted"]) == 1
    assert held[0].rule == "missing_key"


def test_other_resources_are_counted_and_left_out():
    places = [{"resourceType": "Location", "id": "l1"}] * 3
    _, rows, _, left_out, _ = read(
        "dph_fhir", fhir_files(Patient=[AN], Location=places)
    )
    assert left_out == {"resource_not_taken: Location": 3}
    assert len(rows["dph_patient"]) == 1


def manifest(**changes) -> dict[str, bytes]:
    files = fhir_files(Patient=[AN])
    told = json.loads(files["manifest.json"]) | changes
    return files | {"manifest.json": json.dumps(told).encode()}


@pytest.mark.parametrize(
    ("files", "rule"),
    [
        ({"Patient.000.ndjson": b""}, "manifest_missing"),
        ({"manifest.json": b"<html>"}, "manifest"),
        ({"manifest.json": b"[]"}, "manifest"),
        (manifest(transactionTime="soon"), "manifest"),
        (
            manifest(output=[{"type": "Patient", "url": "x/gone"}]),
            "file_missing",
        ),
        (manifest(output=["x"]), "manifest"),
        (
            manifest(
                output=[{"type": "Patient", "url": "Patient.000.ndjson", "count": 9}]
            ),
            "row_count",
        ),
        (
            fhir_files(Patient=[AN])
            | {"Patient.000.ndjson": json.dumps(AN).encode()[:-5]},
            "torn",
        ),
    ],
)
def test_refuses(files, rule):
    with pytest.raises(Refused) as refused:
        read("dph_fhir", files)
    assert refused.value.rule == rule


def test_a_line_that_is_not_utf8_waits():
    bad = b'{"resourceType":"Patient","id":"p2","n":"Jos\xe9"}\n'
    files = fhir_files(Patient=[AN])
    files["Patient.000.ndjson"] += bad
    _, _, held, _, _ = read("dph_fhir", files)
    assert [(q.line, q.rule) for q in held] == [(2, "encoding")]


def test_synthetic_hospital_sample(shared_domain):
    files = {
        p.name: p.read_bytes() for p in (shared_domain / "fhir").glob("*.0*.ndjson")
    }
    output = [{"type": name.split(".")[0], "url": f"x/{name}"} for name in files]
    told = {"transactionTime": "2024-08-06T18:12:57Z", "output": output}
    files["manifest.json"] = json.dumps(told).encode()
    facts, rows, held, left_out, _ = read("dph_fhir", files)
    assert facts.mode == "full"
    assert len(rows["dph_encounter"]) == 250
    assert len(rows["dph_condition"]) == 150
    assert not held
    assert sum(left_out.values()) == 87
