import json
import os
from hashlib import sha256

import pytest

from dagster_project.departments import arriving, landing

from .made_up_deliveries import put

CAD = "cad_20250707T040000.json"


def by_name(folder, **asked) -> dict[str, landing.Delivery]:
    return {found.name: found for found in landing.deliveries(folder, **asked)}


def test_lists_what_belongs_to_a_feed_and_passes_over_the_rest(landing_dir):
    put(landing_dir, "dem", CAD, b"[]")
    put(landing_dir, "dph", "fhir_20250707", {"b": b"2", "a": b"1"})
    for name in (".hidden", "x.tmp", "cad_20250714.json.part", CAD + ".manifest.json"):
        put(landing_dir, "dem", name, b'{"mode": "delta"}')
    found = by_name(landing_dir)
    assert list(found) == [CAD, "fhir_20250707"]
    assert found[CAD].feed.name == "dem_cad"
    assert found[CAD].sha256 == sha256(b"[]").hexdigest()
    lines = "".join(
        f"{n}\0{sha256(d).hexdigest()}\n" for n, d in (("a", b"1"), ("b", b"2"))
    )
    assert found["fhir_20250707"].sha256 == sha256(lines.encode()).hexdigest()
    assert found["fhir_20250707"].bytes == 2
    assert list(by_name(landing_dir, departments=["dph"])) == ["fhir_20250707"]
    assert list(by_name(landing_dir, feeds=["dem_cad"])) == [CAD]


def symlink(path, other):
    path.symlink_to(other)


def hard_link(path, other):
    os.link(other, path)


def fifo(path, other):
    os.mkfifo(path)


@pytest.mark.faults
@pytest.mark.parametrize("make", [symlink, hard_link, fifo])
def test_never_reads_what_is_no_plain_file(landing_dir, tmp_path, make):
    (tmp_path / "secret").write_text("secret")
    make(landing_dir / "dem" / CAD, tmp_path / "secret")
    found = by_name(landing_dir)[CAD]
    assert found.fault.rule == "not_a_plain_file"
    assert found.bytes == 0


@pytest.mark.faults
def test_a_link_inside_a_folder_and_a_linked_folder(landing_dir, tmp_path):
    folder = put(landing_dir, "dph", "fhir_20250707", {"manifest.json": b"{}"})
    (folder / "Patient.ndjson").symlink_to("/etc/passwd")
    (landing_dir / "dph" / "fhir_20250714").symlink_to(folder)
    faults = {name: found.fault.rule for name, found in by_name(landing_dir).items()}
    assert set(faults.values()) == {"not_a_plain_file"}
    assert len(faults) == 2


@pytest.mark.parametrize("name", ["x;rm.csv", "cad.csv.exe", "cad_2025.json", "ü.csv"])
def test_an_unknown_name_is_reported(landing_dir, name):
    put(landing_dir, "dem", name, b"x")
    assert by_name(landing_dir)[name].fault.rule == "unknown_name"
    assert not by_name(landing_dir, feeds=["dem_cad"])


def test_a_folder_with_a_file_still_arriving_is_passed_over(landing_dir):
    put(landing_dir, "dph", "fhir_20250707", {"a.ndjson": b"", "b.ndjson.part": b""})
    assert not by_name(landing_dir)


@pytest.mark.parametrize(
    ("told", "rule"),
    [
        ({"sha256": sha256(b"[]").hexdigest().upper(), "rows": 0}, None),
        ({"sha256": "0" * 64}, "sidecar_sha256"),
        ({"file": CAD, "period_start": "2025-06-30", "period_end": "2025-07-07"}, None),
        ({"file": "cad_20250714.json"}, "sidecar_file"),
        ({"file": "../../etc/passwd"}, "sidecar_file"),
        ({"sha256": "4f53"}, "sidecar"),
        ({"mode": "everything"}, "sidecar"),
        ({"rows": "7"}, "sidecar"),
        ({"rows": -1}, "sidecar"),
        ({"rows": True}, "sidecar"),
        ({"period_start": "07/01/2025"}, "sidecar"),
        ({"period_start": 2025}, "sidecar"),
        ({"period_start": "2025-07-07", "period_end": "2025-06-30"}, "sidecar"),
        ({"files": [CAD]}, "sidecar"),
        ({"row_count": 5}, "sidecar"),
        ([], "sidecar"),
    ],
)
def test_a_sidecar_is_honoured(landing_dir, told, rule):
    put(landing_dir, "dem", CAD, b"[]")
    put(landing_dir, "dem", CAD + ".manifest.json", json.dumps(told).encode())
    found = by_name(landing_dir)[CAD]
    assert (found.fault.rule if found.fault else None) == rule


def test_notices_a_change(landing_dir):
    path = put(landing_dir, "dem", CAD, b"[]")
    found = by_name(landing_dir)[CAD]
    assert not landing.has_changed(found)
    path.write_bytes(b"[1]")
    assert landing.has_changed(found)


def test_a_manifest_whose_delivery_never_came_is_reported(landing_dir):
    put(landing_dir, "dem", CAD + ".manifest.json", b'{"rows": 5}')
    put(landing_dir, "dem", "cad_20250714.json.manifest.json", b'{"rows": 5}')
    put(landing_dir, "dem", "cad_20250714.json.part", b"[")
    found = by_name(landing_dir)
    assert [(d.name, d.fault.rule) for d in found.values()] == [
        (CAD + ".manifest.json", "sidecar_alone")
    ]
    assert CAD in str(found[CAD + ".manifest.json"].fault)


def test_what_a_process_still_writes_is_passed_over_until_it_is_closed(landing_dir):
    with (landing_dir / "dem" / CAD).open("wb") as writing:
        writing.write(b"[]")
        writing.flush()
        assert not by_name(landing_dir)
    assert list(by_name(landing_dir)) == [CAD]


def test_what_grows_in_steps_is_passed_over_until_it_rests(landing_dir, monkeypatch):
    put(landing_dir, "dem", CAD, b"[")
    put(landing_dir, "dem", "cad_20250714.json", b"[]")

    def meanwhile(seconds):
        with (landing_dir / "dem" / CAD).open("ab") as more:
            more.write(b"]")

    monkeypatch.setattr(arriving, "SETTLE_SECONDS", 60)
    monkeypatch.setattr(arriving.time, "sleep", meanwhile)
    assert list(by_name(landing_dir)) == ["cad_20250714.json"]
    monkeypatch.setattr(arriving.time, "sleep", lambda seconds: None)
    assert list(by_name(landing_dir)) == [CAD, "cad_20250714.json"]
