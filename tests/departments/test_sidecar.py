"""A promise in a manifest is kept, or the delivery is refused for it."""

import json
from datetime import datetime
from hashlib import sha256

import pytest

from dagster_project.departments import ledger

from .made_up_deliveries import call, hmis_files, put, zipped

CAD = "cad_20250707T040000.json"
HMIS = "hmis_20250701T040000.zip"


def promise(landing, department: str, name: str, **told) -> None:
    put(landing, department, f"{name}.manifest.json", json.dumps(told).encode())


def taken(warehouse, landing_dir):
    clock = lambda: datetime(2025, 8, 1)  # noqa: E731
    return ledger.take_all(warehouse, landing_dir, clock=clock)


@pytest.mark.parametrize(
    ("told", "rule"),
    [
        ({"mode": "full", "schema_version": "FY2024"}, ""),
        ({"period_start": "2024-01-01", "period_end": "2025-06-30"}, ""),
        ({"mode": "delta"}, "sidecar_mode"),
        ({"schema_version": "FY2026"}, "sidecar_version"),
        ({"period_end": "2025-07-31"}, "sidecar_period"),
        ({"rows": 3}, "sidecar_rows"),
    ],
)
def test_an_hmis_export_is_held_to_its_manifest(warehouse, landing_dir, told, rule):
    put(landing_dir, "hsh", HMIS, zipped(hmis_files()))
    promise(landing_dir, "hsh", HMIS, **told)
    (outcome,) = taken(warehouse, landing_dir)
    assert outcome.status == ("quarantined" if rule else "taken")
    if rule:
        assert outcome.reason.startswith(f"hsh/{HMIS}")
        assert f"[{rule}]" in outcome.reason


def test_rows_cannot_be_older_than_their_promised_period(warehouse, landing_dir):
    put(landing_dir, "dem", CAD, json.dumps([call(1)]).encode())
    promise(landing_dir, "dem", CAD, period_start="2025-08-01")
    (outcome,) = taken(warehouse, landing_dir)
    assert "period_start 2025-08-01, but it was extracted on 2025-07-07" in (
        outcome.reason
    )


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda files: files, ""),
        (lambda files: files[1:], "sidecar_files"),
        (lambda files: [*files, {"file": "Inventory.csv"}], "sidecar_files"),
        (lambda files: [{**f, "sha256": "0" * 64} for f in files], "sidecar_sha256"),
        (lambda files: [{**f, "rows": 999} for f in files], "sidecar_rows"),
        (lambda files: [{**f, "rows": -1} for f in files], "sidecar"),
        (lambda files: files + files, "sidecar"),
    ],
)
@pytest.mark.parametrize("is_zip", [True, False])
def test_the_files_inside_are_those_promised(
    warehouse, landing_dir, change, rule, is_zip
):
    inside = hmis_files()
    name = HMIS if is_zip else "hmis_20250701T040000"
    put(landing_dir, "hsh", name, zipped(inside) if is_zip else inside)
    files = [
        {"file": file, "sha256": sha256(content).hexdigest()}
        for file, content in inside.items()
    ]
    promise(landing_dir, "hsh", name, files=change(files))
    (outcome,) = taken(warehouse, landing_dir)
    assert (outcome.reason or "").endswith(f"[{rule}]" if rule else "")
    assert outcome.status == ("quarantined" if rule else "taken")


def test_a_corrected_manifest_lets_the_same_bytes_in(warehouse, landing_dir):
    put(landing_dir, "dem", CAD, json.dumps([call(1), call(2)]).encode())
    promise(landing_dir, "dem", CAD, rows=3)
    assert [o.status for o in taken(warehouse, landing_dir)] == ["quarantined"]
    assert [o.status for o in taken(warehouse, landing_dir)] == ["known"]
    promise(landing_dir, "dem", CAD, rows=2)
    assert [o.status for o in taken(warehouse, landing_dir)] == ["taken"]
    statuses = warehouse.sql("select status, rows_in from raw.deliveries").fetchall()
    assert statuses == [("taken", 2)]


def test_a_list_of_hashes_proves_every_last_line_whole(warehouse, landing_dir):
    inside = {name: data.rstrip() for name, data in hmis_files().items()}
    put(landing_dir, "hsh", HMIS, zipped(inside))
    (outcome,) = taken(warehouse, landing_dir)
    assert "or a manifest with its sha256 [torn]" in outcome.reason
    files = [
        {"file": file, "sha256": sha256(content).hexdigest()}
        for file, content in inside.items()
    ]
    promise(landing_dir, "hsh", HMIS, files=files)
    (outcome,) = taken(warehouse, landing_dir)
    assert outcome.status == "taken", outcome.reason
