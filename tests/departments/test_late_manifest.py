"""A manifest that comes after its delivery is held to as if it had come in time."""

import json
from hashlib import sha256

import pytest

from dagster_project.departments.drift import warnings
from dagster_project.departments.ledger import take_all
from dagster_project.departments.profiles import profile

from .made_up_deliveries import call, fhir_files, hmis_files, put, zipped

CALLS = json.dumps([call(1), call(2)]).encode()
WHAT = (
    "status, mode, schema_version, cast(period_start as varchar), "
    "cast(period_end as varchar), manifest_sha256 is not null, reason"
)


def late(warehouse, landing, department, name, content, promise) -> tuple:
    """Return the ledger row after a delivery, and after its manifest."""
    put(landing, department, name, content)
    take_all(warehouse, landing)
    told = json.dumps(promise).encode()
    put(landing, department, f"{name}.manifest.json", told)
    take_all(warehouse, landing)
    asked = f"select {WHAT} from raw.deliveries where status = 'taken'"
    (row,) = warehouse.sql(asked).fetchall()
    return row


def test_a_promise_that_is_kept_enters_the_ledger(warehouse, landing_dir):
    promise = {"rows": 2, "mode": "period", "period_end": "2025-07-06"}
    promise |= {"period_start": "2025-07-01", "schema_version": "gnap-fj3t"}
    row = late(warehouse, landing_dir, "dem", "cad.json", CALLS, promise)
    period = ("2025-07-01", "2025-07-06")
    assert row == ("taken", "period", "gnap-fj3t", *period, True, None)
    assert [o.status for o in take_all(warehouse, landing_dir)] == ["known"]


def test_rows_left_out_on_purpose_were_promised_too(warehouse, landing_dir):
    held = sum(len(f.splitlines()) - 1 for f in hmis_files().values())
    content = zipped(hmis_files())
    row = late(warehouse, landing_dir, "hsh", "hmis.zip", content, {"rows": held})
    assert row[-2:] == (True, None)


@pytest.mark.parametrize(
    ("department", "content", "promise", "says"),
    [
        ("dem", CALLS, {"rows": 3}, "promises 3 rows, 2 were read"),
        ("dem", CALLS, {"sha256": "0" * 64}, "its hash is not the one"),
        ("dem", CALLS, {"period_start": "2026-01-01"}, "after the extract"),
        ("hsh", zipped(hmis_files()), {"mode": "delta"}, "says delta, the export full"),
        ("hsh", zipped(hmis_files()), {"schema_version": "2026"}, "read was 'FY2024"),
        ("hsh", zipped(hmis_files()), {"period_end": "2025-01-01"}, "2025-06-30"),
    ],
)
def test_a_promise_that_is_broken_marks_the_delivery(
    warehouse, landing_dir, department, content, promise, says
):
    before = late(warehouse, landing_dir, department, "delivery", content, promise)
    assert says in before[-1]
    profile(warehouse)
    (warned,) = [w for w in warnings(warehouse) if w.rule == "manifest"]
    assert says in warned.sentence
    take_all(warehouse, landing_dir)
    asked = f"select {WHAT} from raw.deliveries where status = 'taken'"
    assert warehouse.sql(asked).fetchall() == [before]


def listed(files: dict[str, bytes], **of_file) -> dict:
    """Return a manifest that lists files, with more told of some."""
    return {
        "files": [
            {"file": name, "sha256": sha256(data).hexdigest(), **of_file.get(name, {})}
            for name, data in files.items()
        ]
    }


HMIS = hmis_files()


@pytest.mark.parametrize("content", [HMIS, zipped(HMIS)], ids=["folder", "zip"])
@pytest.mark.parametrize(
    ("promise", "says"),
    [
        (listed(HMIS), ()),
        (listed(HMIS, **{"Client.csv": {"rows": 7}, "Exit.csv": {"rows": 0}}), ()),
        (
            listed({**HMIS, "Funder.csv": b"x"}),
            ("Funder.csv: a file is promised but not there",),
        ),
        (
            listed(
                {n: d for n, d in HMIS.items() if n not in ("Exit.csv", "Event.csv")}
            ),
            (
                "Exit.csv: a file is there but not promised",
                "Event.csv: a file is there but not promised",
            ),
        ),
        (
            listed({**HMIS, "Client.csv": b"x", "Exit.csv": b"y"}),
            ("Client.csv: its hash is not", "Exit.csv: its hash is not"),
        ),
        (
            listed(HMIS, **{"Client.csv": {"rows": 8}, "Enrollment.csv": {"rows": 5}}),
            (
                "promises 8 rows for hsh_client, 7 were read",
                "promises 5 rows for hsh_enrollment, 6 were read",
            ),
        ),
    ],
)
def test_a_late_list_is_compared_file_by_file(
    warehouse, landing_dir, content, promise, says
):
    row = late(warehouse, landing_dir, "hsh", "an export", content, promise)
    assert all(each in row[-1] for each in says) if says else row[-1] is None
    assert row[-2], "the manifest is booked either way"


def test_a_manifest_that_comes_before_some_of_its_files_waits_for_them(
    warehouse, landing_dir
):
    first = {name: data for name, data in HMIS.items() if name != "Services.csv"}
    folder = put(landing_dir, "hsh", "an export", first)
    told = json.dumps(listed(HMIS)).encode()
    put(landing_dir, "hsh", "an export.manifest.json", told)
    (outcome,) = take_all(warehouse, landing_dir)
    assert outcome.status == "quarantined"
    assert "Services.csv: a file is promised but not there" in outcome.reason
    (folder / "Services.csv").write_bytes(HMIS["Services.csv"])
    (outcome,) = take_all(warehouse, landing_dir)
    assert outcome.status == "taken", outcome.reason


PATIENTS = [{"resourceType": "Patient", "id": f"p{n}"} for n in range(2)]


@pytest.mark.parametrize("is_late", [True, False])
@pytest.mark.parametrize(
    ("promise", "says"),
    [
        ({"rows": 3}, "promises 3 rows"),
        ({"mode": "full"}, "full, the export delta"),
        ({"files": [{"file": "Patient.000.ndjson"}]}, "there but not promised"),
    ],
)
def test_of_two_manifests_that_disagree_neither_is_believed(
    warehouse, landing_dir, is_late, promise, says
):
    files = fhir_files(Patient=PATIENTS)
    if is_late:
        put(landing_dir, "dph", "bulk", files)
        take_all(warehouse, landing_dir)
    put(landing_dir, "dph", "bulk.manifest.json", json.dumps(promise).encode())
    if not is_late:
        put(landing_dir, "dph", "bulk", files)
    take_all(warehouse, landing_dir)
    asked = "select status, reason from raw.deliveries"
    ((status, reason),) = warehouse.sql(asked).fetchall()
    assert status == ("taken" if is_late else "quarantined")
    assert says in reason


def test_a_corrected_manifest_clears_the_mark(warehouse, landing_dir):
    late(warehouse, landing_dir, "dem", "cad.json", CALLS, {"rows": 3})
    told = json.dumps({"rows": 2}).encode()
    put(landing_dir, "dem", "cad.json.manifest.json", told)
    take_all(warehouse, landing_dir)
    asked = "select reason from raw.deliveries"
    assert warehouse.sql(asked).fetchall() == [(None,)]
