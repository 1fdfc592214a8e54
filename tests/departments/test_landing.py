import json
import os
from hashlib import sha256

import pytest

from dagster_project.departments import landing

from .made_up_deliveries import put

CAD = "cad_20250707T040000.json"


def by_name(folder, **asked) -> dict[str, landing.Delivery]:
    return {found.name: found for found in landing.deliveries(folder, **asked)}


def test_lists_what_belongs_to_a_feed_and_passes_over_the_rest(landing_dir):
    put(landing_dir, "dem", CAD, b"[]")
    put(landing_dir, "dph", "fhir_20250707", {"b": b"2", "a": b"1"})
    for name in (".hidden", "x.tmp", "cad_20250714.json.part", CAD + ".manifest.json"):
        put(landing_dir, "dem", name, b"{}")
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
        ({"mode": "everything"}, "sidecar"),
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
