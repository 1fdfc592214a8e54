"""A manifest that comes after its delivery is held to as if it had come in time."""

import json

import pytest

from dagster_project.departments.drift import warnings
from dagster_project.departments.ledger import take_all
from dagster_project.departments.profiles import profile

from .made_up_deliveries import call, hmis_files, put, zipped

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


def test_a_corrected_manifest_clears_the_mark(warehouse, landing_dir):
    late(warehouse, landing_dir, "dem", "cad.json", CALLS, {"rows": 3})
    told = json.dumps({"rows": 2}).encode()
    put(landing_dir, "dem", "cad.json.manifest.json", told)
    take_all(warehouse, landing_dir)
    asked = "select reason from raw.deliveries"
    assert warehouse.sql(asked).fetchall() == [(None,)]
