"""Deliveries that lie in folders of folders are found, each as one."""

import json
import os

import pytest

from dagster_project.departments.ledger import take_all
from dagster_project.departments.shelves import DEPTH

from .made_up_deliveries import call, fhir_files, hmis_files, put, zipped

PATIENTS = fhir_files(Patient=[{"resourceType": "Patient", "id": "p1"}])
CALLS = json.dumps([call(1)]).encode()
OTHER = json.dumps([call(2)]).encode()


def lay(landing, department: str, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        path = landing / department / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def under(folder: str, files: dict[str, bytes]) -> dict[str, bytes]:
    return {f"{folder}/{name}": content for name, content in files.items()}


def taken(warehouse, landing) -> dict[str, str]:
    """Return the name of each delivery, and its feed or why it was refused."""
    return {
        outcome.name: outcome.reason or outcome.feed
        for outcome in take_all(warehouse, landing)
    }


@pytest.mark.parametrize(
    ("department", "files", "found"),
    [
        (
            "hsh",
            under("2026-07/export", hmis_files()),
            {"2026-07/export": "hsh_hmis"},
        ),
        (
            "hsh",
            under("hmis_20250701/ONE/CSV", hmis_files()),
            {"hmis_20250701/ONE/CSV": "hsh_hmis"},
        ),
        ("dph", under("2025-07-07", PATIENTS), {"2025-07-07": "dph_fhir"}),
        (
            "dph",
            under("2025/07", under("a", PATIENTS))
            | under("2025", {"b/b.ndjson": b'{"resourceType":"Patient","id":"x"}\n'}),
            {"2025/07/a": "dph_fhir", "2025/b": "dph_fhir"},
        ),
        (
            "dem",
            under("2025-07", {"cad_20250707.json": CALLS, "more.json": OTHER}),
            {"2025-07/cad_20250707.json": "dem_cad", "2025-07/more.json": "dem_cad"},
        ),
        (
            "hsh",
            {"2026/Export.zip": zipped(under("ONE export", hmis_files()))},
            {"2026/Export.zip": "hsh_hmis"},
        ),
        ("dph", {"x.zip": zipped(under("bulk", PATIENTS))}, {"x.zip": "dph_fhir"}),
    ],
)
def test_a_folder_around_a_delivery_is_opened(
    warehouse, landing_dir, department, files, found
):
    lay(landing_dir, department, files)
    assert taken(warehouse, landing_dir) == found
    again = take_all(warehouse, landing_dir)
    assert {outcome.status for outcome in again} == {"known"}


def test_a_delivery_found_on_a_shelf_is_the_same_without_it(warehouse, landing_dir):
    lay(landing_dir, "hsh", under("2026-07/export", hmis_files()))
    take_all(warehouse, landing_dir)
    os.rename(landing_dir / "hsh/2026-07/export", landing_dir / "hsh/hmis_20260701")
    os.rmdir(landing_dir / "hsh/2026-07")
    (outcome,) = take_all(warehouse, landing_dir)
    assert outcome.status == "known"


@pytest.mark.parametrize(
    ("files", "rule"),
    [
        (under("x/export", hmis_files()) | {"x/Export.csv": b"a\n"}, "nested_folder"),
        (under("/".join("x" * (DEPTH + 2)), hmis_files()), "nested_folder"),
        ({"x/minutes.docx": b"\0", "x/agenda.txt": b"Ngozi Eze"}, "unknown_name"),
        (under("hmis_20250701", {"Client.csv": b"a\n"}), "file_missing"),
    ],
)
def test_what_is_no_delivery_is_refused_once(warehouse, landing_dir, files, rule):
    lay(landing_dir, "hsh", files)
    ((_, reason),) = taken(warehouse, landing_dir).items()
    assert f"[{rule}]" in reason
    assert "Ngozi" not in reason


def test_no_link_on_a_shelf_is_followed(warehouse, landing_dir, tmp_path):
    elsewhere = put(landing_dir.parent, "", "elsewhere", hmis_files())
    (landing_dir / "hsh" / "2026-07").mkdir()
    (landing_dir / "hsh" / "2026-07" / "export").symlink_to(elsewhere)
    lay(landing_dir, "hsh", under("2026-07/real", hmis_files()))
    found = taken(warehouse, landing_dir)
    assert found.pop("2026-07/real") == "hsh_hmis"
    ((name, reason),) = found.items()
    assert name == "2026-07/export"
    assert "[not_a_plain_file]" in reason


@pytest.mark.parametrize(
    ("files", "manifest", "rule"),
    [
        (under("m/export", hmis_files()), {"rows": 3}, "sidecar_rows"),
        (
            under("m/a", {"1.json": CALLS, "2.json": OTHER}),
            {"rows": 1},
            "sidecar",
        ),
    ],
)
def test_a_manifest_beside_a_shelf_speaks_of_the_one_delivery_on_it(
    warehouse, landing_dir, files, manifest, rule
):
    told = {"m.manifest.json": json.dumps(manifest).encode()}
    lay(landing_dir, "hsh" if "m/export/Client.csv" in files else "dem", files | told)
    ((_, reason),) = taken(warehouse, landing_dir).items()
    assert f"[{rule}]" in reason


def test_a_manifest_on_a_shelf_is_held_to_or_asked_about(warehouse, landing_dir):
    told = json.dumps({"rows": 2}).encode()
    files = {"a.json": CALLS, "a.json.manifest.json": told, "b.manifest.json": told}
    lay(landing_dir, "dem", under("2025-07", files))
    found = taken(warehouse, landing_dir)
    assert "[sidecar_rows]" in found["2025-07/a.json"]
    assert "[sidecar_alone]" in found["2025-07/b.manifest.json"]
