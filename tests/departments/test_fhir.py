import gzip
import json
from datetime import datetime

import duckdb
import pytest

from dagster_project.departments import fhir, ndjson
from dagster_project.departments.errors import Refused
from dagster_project.departments.ledger import take_all

from .made_up_deliveries import call, fhir_files, put, read, source

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
    bundles = [delete("Patient/p7", "Encounter/e9"), delete("Patient/p8/_history/3")]
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
        ('{"resourceType":"Patient","id":"\\ud83d"}', "missing_key"),
        ("[" * 100_000, "not_json"),
        (f'{{"resourceType":"Patient","name":{"[" * 600}{"]" * 600}}}', "not_json"),
    ],
)
def test_one_bad_line_waits_and_the_file_goes_on(line, rule):
    _, rows, held, _, _ = read("dph_fhir", fhir_files(Patient=[AN, line, AN]))
    assert len(rows["dph_patient"]) == 2
    assert [(q.table, q.line, q.rule) for q in held] == [("dph_patient", 2, rule)]
    if rule == "missing_key":
        kept = json.loads(held[0].original)
        assert kept["resourceType"] == "Patient"
        assert not {"n", "photo"} & set(kept)
    else:  # what cannot be read cannot be cut down, so none of it is kept
        told = f"(a line of {len(line.encode()) + 1:,} bytes, not kept)"
        assert held[0].original == told


def test_a_deletion_without_id_waits():
    bundles = [delete("Patient?identifier=7", "Patient/p8")]
    _, rows, held, _, _ = read("dph_fhir", fhir_files(deleted=bundles))
    assert len(rows["dph_deleted"]) == 1
    assert held[0].rule == "not_a_deletion"


@pytest.mark.parametrize(
    "entry", [7, True, "Patient/p7", {"request": {}}, [7], [{"request": 7}]]
)
def test_a_list_of_deletions_that_is_none_waits(entry):
    bundle = {"resourceType": "Bundle", "entry": entry}
    half = delete("Patient/p9", "Patient/\ud83d")
    files = fhir_files(deleted=[bundle, half])
    _, rows, held, _, _ = read("dph_fhir", files)
    assert [row["id"] for row in rows["dph_deleted"]] == ["p9"]
    assert [q.rule for q in held] == ["not_a_deletion"] * 2


@pytest.mark.parametrize(
    ("join", "rule", "said"),
    [
        (lambda lines: "\r".join(lines) + "\r", "not_ndjson", "end in CR alone"),
        (lambda lines: "\n".join(lines)[:-5], "torn", "cut off"),
        (
            lambda lines: json.dumps(json.loads(lines[0]), indent=2) + "\n",
            "not_ndjson",
            "over several lines",
        ),
    ],
)
def test_a_file_that_is_not_one_resource_a_line_says_how_it_is_not(join, rule, said):
    lines = [json.dumps({"resourceType": "Patient", "id": f"p{n}"}) for n in "12"]
    files = fhir_files(Patient=[])
    files["Patient.000.ndjson"] = join(lines).encode()
    with pytest.raises(Refused, match=said) as refused:
        read("dph_fhir", files)
    assert refused.value.rule == rule


def test_other_resources_are_counted_and_left_out():
    places = [{"resourceType": "Location", "id": "l1"}] * 3
    _, rows, _, left_out, _ = read(
        "dph_fhir", fhir_files(Patient=[AN], Location=places)
    )
    assert left_out == {"resource_not_taken: Location": 3}
    assert len(rows["dph_patient"]) == 1


def told(files: dict[str, bytes], **changes) -> dict[str, bytes]:
    """Return an export with other entries in its manifest."""
    manifest = json.loads(files["manifest.json"]) | changes
    return files | {"manifest.json": json.dumps(manifest).encode()}


def test_what_the_server_could_not_export_is_counted():
    outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]}
    files = fhir_files(Patient=[AN])
    files["errors.ndjson"] = (json.dumps(outcome) + "\n").encode() * 2
    error = [{"type": "OperationOutcome", "url": "https://x/errors.ndjson"}]
    _, _, _, left_out, _ = read("dph_fhir", told(files, error=error))
    assert left_out == {"export_error": 2}


def test_a_file_of_another_export_is_counted_and_left_out():
    files = fhir_files(Patient=[AN]) | {
        "Patient.001.ndjson": b'{"resourceType":"Patient","id":"old"}\n',
        "log.ndjson": b"{}\n",
    }
    _, rows, _, left_out, _ = read("dph_fhir", files)
    assert left_out == {"file_not_listed: Patient.001.ndjson": 1}
    assert [row["id"] for row in rows["dph_patient"]] == ["p1"]


def test_blank_lines_marks_and_packed_names_do_no_harm():
    files = fhir_files(Patient=[AN, AN])
    lines = files.pop("Patient.000.ndjson").replace(b"\n", b"\r\n\r\n")
    files["Patient.000.ndjson.gz"] = b"\xef\xbb\xbf" + lines
    _, rows, held, _, _ = read("dph_fhir", files)
    assert (len(rows["dph_patient"]), held) == (2, [])


def test_memory_does_not_hold_all_bad_lines():
    bad = ["{", AN] * 6_000
    given = source("dph_fhir", fhir_files(Patient=bad))
    batches = list(fhir.batches(given, fhir.facts(given)))
    assert max(len(batch.quarantined) for batch in batches) <= ndjson.LINES
    assert sum(len(batch.quarantined) for batch in batches) == 6_000
    numbers = [n for b in batches for n in b.rows["_row_number"].to_pylist()]
    assert len(set(numbers)) == 6_000


PATIENTS = "Patient.000.ndjson"
OPAQUE = [
    {"type": "Patient", "url": "https://dph.example/BulkRequest/17/eXq-9"},
    {"type": "Encounter", "url": "https://dph.example/BulkRequest/17/fBv-2?t=1"},
]


def manifest(**changes) -> dict[str, bytes]:
    return told(fhir_files(Patient=[AN]), **changes)


@pytest.mark.parametrize(
    ("files", "rule"),
    [
        ({"Patient.000.ndjson": b""}, "manifest_missing"),
        ({"manifest.json": b"<html>"}, "manifest"),
        ({"manifest.json": b"[]"}, "manifest"),
        (manifest(transactionTime="soon"), "manifest"),
        (
            manifest(output=[{"type": "Patient", "url": "x/gone.ndjson"}]),
            "file_missing",
        ),
        (manifest(output=OPAQUE), "file_missing"),
        (manifest(output=OPAQUE[:1], deleted=OPAQUE[1:]), "file_missing"),
        (manifest(output=[OPAQUE[0] | {"type": ["Patient"]}]), "manifest"),
        (manifest(deleted=5), "manifest"),
        (manifest(output=[OPAQUE[0] | {"count": 2}]), "row_count"),
        (manifest(output=["x"]), "manifest"),
        (manifest(output=[{"type": "Patient", "url": "https://[dph/x"}]), "manifest"),
        (manifest(request="https://[dph?_since=2025"), "manifest"),
        (manifest(output=[{"type": ["Patient"], "url": PATIENTS}]), "manifest"),
        (manifest(output=[{"type": "Patient", "url": PATIENTS}] * 2), "manifest"),
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
        (
            fhir_files(Patient=[AN])
            | {"Patient.000.ndjson": json.dumps(AN).encode("utf-16")},
            "encoding",
        ),
    ],
)
def test_refuses(files, rule):
    with pytest.raises(Refused) as refused:
        read("dph_fhir", files)
    assert refused.value.rule == rule


@pytest.mark.parametrize("name", ["manifest.json", "export status.json"])
@pytest.mark.parametrize("counts", [(None, None), (1, 2)])
def test_files_are_matched_by_what_they_hold_where_no_address_names_one(name, counts):
    visits = [{"resourceType": "Encounter", "id": f"e{at}"} for at in range(2)]
    error = {"resourceType": "OperationOutcome", "issue": []}
    gone = [delete("Patient/p9")]
    files = fhir_files(Patient=[AN], Encounter=visits, deleted=gone, errors=[error])
    output = [
        entry if count is None else entry | {"count": count}
        for entry, count in zip(OPAQUE, counts, strict=True)
    ]
    listed = [{"url": "https://dph.example/BulkRequest/17/g1"}]
    files = told(files, output=output, deleted=listed, error=listed)
    files[name] = files.pop("manifest.json")
    facts, rows, held, left_out, _ = read("dph_fhir", files)
    assert (facts.mode, held) == ("delta", [])
    assert [row["id"] for row in rows["dph_patient"]] == ["p1"]
    assert [row["id"] for row in rows["dph_encounter"]] == ["e0", "e1"]
    assert [row["id"] for row in rows["dph_deleted"]] == ["p9"]
    assert left_out == {"export_error": 1}


def test_a_type_that_no_address_is_listed_for_is_of_another_export():
    visit = {"resourceType": "Encounter", "id": "e1"}
    files = told(fhir_files(Patient=[AN], Encounter=[visit]), output=OPAQUE[:1])
    _, rows, _, left_out, _ = read("dph_fhir", files)
    assert (len(rows["dph_patient"]), "dph_encounter" in rows) == (1, False)
    assert left_out == {"file_not_listed: Encounter.000.ndjson": 1}


def test_one_file_alone_is_an_export_too():
    files = {"patients": (json.dumps(AN) + "\n").encode()}
    facts, rows, _, _, _ = read("dph_fhir", files)
    assert facts.extracted_at.isoformat() == "2025-07-01T00:00:00"
    assert [row["id"] for row in rows["dph_patient"]] == ["p1"]


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
    manifest = {"transactionTime": "2024-08-06T18:12:57Z", "output": output}
    files["manifest.json"] = json.dumps(manifest).encode()
    facts, rows, held, left_out, _ = read("dph_fhir", files)
    assert facts.mode == "full"
    assert len(rows["dph_encounter"]) == 250
    assert len(rows["dph_condition"]) == 150
    assert not held
    assert sum(left_out.values()) == 87


@pytest.mark.parametrize(
    "name", ["Patient.json", "patient-0001.jsonl", "Patient.000.NDJSON", "Patient.txt"]
)
def test_an_export_without_manifest_may_name_its_files_otherwise(landing_dir, name):
    line = b'{"resourceType":"Patient","id":"%s"}\n'
    files = {name: line % b"p1", f"{name[:7]}.2.ndjson.gz": gzip.compress(line % b"p2")}
    put(landing_dir, "dph", "2025-07-07", files)
    with duckdb.connect() as connection:
        (outcome,) = take_all(connection, landing_dir)
        rows = connection.sql("select id from raw.dph_patient order by id").fetchall()
    assert (outcome.status, rows) == ("taken", [("p1",), ("p2",)])


def test_json_over_several_lines_is_refused_with_what_to_send():
    patient = json.dumps(AN, indent=2).encode()
    with pytest.raises(Refused, match="one resource a line"):
        read("dph_fhir", {"Patient.json": patient, "Encounter.json": patient})


WHEN = datetime(2025, 7, 7)
VISITS = [
    {
        "contained": [{"resourceType": "Practitioner", "id": "d"}],
        "id": f"e{n}",
        "resourceType": "Encounter",
    }
    for n in range(2)
]


def bare(**lines) -> dict[str, bytes]:
    """Return an export without manifest."""
    files = fhir_files(**lines)
    return {name: data for name, data in files.items() if name != "manifest.json"}


def test_what_is_contained_does_not_tell_the_type_of_a_file():
    _, rows, _, left_out, _ = read("dph_fhir", bare(Encounter=VISITS), modified=WHEN)
    assert [row["id"] for row in rows["dph_encounter"]] == ["e0", "e1"]
    assert not left_out


@pytest.mark.parametrize(
    ("files", "rule"),
    [
        (bare(Patient=[json.dumps([{"resourceType": "Patient"}])]), "not_ndjson"),
        (fhir_files(Patient=[json.dumps([{"resourceType": "Patient"}])]), "not_ndjson"),
    ],
)
def test_resources_that_would_be_overlooked_refuse_the_export(files, rule):
    with pytest.raises(Refused) as refused:
        read("dph_fhir", files, modified=WHEN)
    assert refused.value.rule == rule
    assert "one resource a line" in refused.value.reason


def test_a_clock_that_runs_ahead_makes_no_resource_the_newest_for_ever(landing_dir):
    ahead = AN | {"id": "p9", "meta": {"lastUpdated": "2999-01-01T00:00:00Z"}}
    odd = AN | {"id": "p8", "meta": {"lastUpdated": "yesterday"}}
    put(landing_dir, "dph", "fhir_20250707", fhir_files(Patient=[AN, ahead, odd]))
    with duckdb.connect() as connection:
        (outcome,) = take_all(connection, landing_dir)
        held = connection.sql("select line, rule from raw.quarantined_rows").fetchall()
    assert (outcome.rows_loaded, held) == (2, [(2, "future_time")])


def test_half_a_character_in_a_key_is_counted_and_stops_nothing(landing_dir):
    half = '{"resourceType":"Patient","id":"p2","\\ud83d":1}'
    put(landing_dir, "dph", "fhir_20250707", fhir_files(Patient=[AN, half]))
    row = json.dumps(call(1))[:-1] + ', "\\ud83d": 1}'
    put(landing_dir, "dem", "cad_20250707.json", f"[{row}]".encode())
    with duckdb.connect() as connection:
        outcomes = take_all(connection, landing_dir)
        asked = "select rule from raw.left_out_rows where rule like '%ud83d' order by 1"
        rules = [rule for (rule,) in connection.sql(asked).fetchall()]
    assert [outcome.status for outcome in outcomes] == ["taken", "taken"]
    half = "\\ud83d"
    assert rules == [
        f"column_not_agreed: {half}",
        f"column_not_agreed: resource.{half}",
    ]


@pytest.mark.parametrize(
    ("kind", "odd"),
    [
        ("Patient", {"name": [{"family": ["Nguyễn"], "given": ["Thùy"]}]}),
        ("Encounter", {"class": "emergency"}),
        ("Encounter", {"class": [{"coding": [{"code": "EMER"}]}]}),
        ("Encounter", {"actualPeriod": {"start": "2025-07-03"}}),
        ("Condition", {"verificationStatus": "entered-in-error"}),
        ("Condition", {"clinicalStatus": "active"}),
        ("Procedure", {"occurrenceDateTime": "2025-07-03"}),
        ("Procedure", {"status": "completed", "notDone": True}),
        ("Procedure", {"status": "completed", "notPerformed": False}),
        ("Consent", {"except": [{"type": "deny"}]}),
        ("Consent", {"policyRule": "http://hl7.org/fhir/ConsentPolicy/opt-in"}),
        ("ServiceRequest", {"code": {"concept": {"text": "shelter"}}}),
        ("Consent", {"provision": [{"period": {"end": "2025-07-03"}}]}),
    ],
)
def test_a_resource_of_another_release_waits(kind, odd):
    told = {"resourceType": kind, "meta": AN["meta"]}
    new = {**told, "id": "a", **odd}
    old = {**told, "id": "b"}
    bundle = {"resourceType": "Bundle", "entry": [{"resource": r} for r in (new, old)]}
    by_line = fhir_files(**{kind: [new, old]})
    for files in (by_line, {"export.json": json.dumps(bundle).encode()}):
        _, rows, held, _, _ = read("dph_fhir", files)
        assert [(row.rule, row.line) for row in held] == [("fhir_release", 1)]
        assert [row["id"] for found in rows.values() for row in found] == ["b"]


@pytest.mark.parametrize("is_listed", [True, False])
def test_files_of_one_name_in_several_folders_are_told_apart(is_listed):
    new = {"resourceType": "Encounter", "id": "e1"}
    files = {
        "out/Patient/part-0.ndjson": json.dumps(AN).encode() + b"\n",
        "out/Encounter/part-0.ndjson": json.dumps(new).encode() + b"\n",
    }
    url = "https://dph.example/bulk/{}/part-0.ndjson?sig=a%2Fb"
    output = [{"type": t, "url": url.format(t)} for t in ("Patient", "Encounter")]
    manifest = {"transactionTime": "2025-07-07T04:00:00Z", "output": output}
    if is_listed:
        files["out/manifest.json"] = json.dumps(manifest).encode()
    _, rows, _, left_out, _ = read("dph_fhir", files)
    assert [row["id"] for row in rows["dph_encounter"]] == ["e1"]
    assert len(rows["dph_patient"]) == 1 and not left_out


def test_two_files_that_an_address_could_mean_are_refused():
    line = json.dumps(AN).encode() + b"\n"
    files = {"a/x/Patient.ndjson": line, "b/x/Patient.ndjson": line}
    output = [{"type": "Patient", "url": "https://dph.example/x/Patient.ndjson"}]
    manifest = {"transactionTime": "2025-07-07T04:00:00Z", "output": output}
    files["manifest.json"] = json.dumps(manifest).encode()
    with pytest.raises(Refused) as refused:
        read("dph_fhir", files)
    assert refused.value.rule == "file_twice"


def test_a_manifest_may_write_a_type_in_small_letters():
    files = fhir_files(Patient=[AN])
    name = "manifest.json"
    files[name] = files[name].replace(b'"type": "Patient"', b'"type": "patient"')
    _, rows, _, left_out, _ = read("dph_fhir", files)
    assert len(rows["dph_patient"]) == 1 and not left_out


@pytest.mark.parametrize(
    ("name", "text", "rule"),
    [
        ("Patient.000.ndjson", b'<?xml version="1.0"?><Error/>', "not_ndjson"),
        ("x.ndjson", b'{"resourceType": "OperationOutcome"}\n', "no_export"),
    ],
)
def test_a_servers_error_is_no_export(name, text, rule):
    files = {name: text}
    if rule == "not_ndjson":
        files = fhir_files(Patient=[AN]) | files
    with pytest.raises(Refused) as refused:
        read("dph_fhir", files)
    assert (refused.value.rule, refused.value.member) == (rule, name)
