"""A manifest proves itself, and says nothing of who it was."""

import json
from datetime import datetime

import pytest

from dagster_project.erasure import manifest, register
from dagster_project.erasure.manifest import ManifestDoubted
from dagster_project.erasure.orders import Order
from dagster_project.erasure.register import Entry, RegisterUnusable
from dagster_project.erasure.search import Searched

AT = datetime(2026, 7, 6, 12)
RECORDS = ("hsh:hmis:286748516", "fire:epcr:PCR-1728162612")


@pytest.fixture
def signed(tmp_path):
    """Return the manifest of an erasure that the register knows."""
    (tmp_path / register.KEY_FILE).write_text("ab" * 32)
    key = register.key_beside(tmp_path)
    hashes = {record: register.hashed(key, record) for record in RECORDS}
    entry = Entry("e1", "request", AT, "Yaa", "asked", tuple(sorted(hashes.values())))
    register.add(tmp_path, entry)
    order = Order(
        "e1",
        "request",
        AT,
        "Yaa",
        "asked",
        RECORDS,
        before={"raw.fire_epcr": (9, "aa"), "raw.dropped": (1, "bb")},
        erased={"fire_epcr": {"fire_epcr_20250101T120000_022ae0c5": 1}},
    )
    told = manifest.content(
        order,
        hashes=hashes,
        after={"raw.fire_epcr": (8, "cc"), "marts.people": (5, "dd")},
        moved={"unlink": 1},
        searched=Searched(3, 22, 4, 0, ()),
        run_id="r1",
        agreement_sha256="ee",
        proven_at=AT.isoformat(),
    )
    return manifest.write(tmp_path, told)


def test_it_verifies_and_counts(signed) -> None:
    told = manifest.verify(signed.parent.parent, signed)
    assert told["tables"]["raw.fire_epcr"] == {
        "rows_before": 9,
        "rows_after": 8,
        "sha256_before": "aa",
        "sha256_after": "cc",
    }
    assert told["tables"]["marts.people"]["rows_before"] is None
    assert told["tables"]["raw.dropped"]["rows_after"] is None


def test_it_names_nobody_and_is_closed_to_others(signed) -> None:
    text = signed.read_text()
    assert not any(record.split(":")[-1] in text for record in RECORDS)
    for path in (signed, signed.parent.parent / manifest.KEY_FILE):
        assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("reason", "a mistake"),
        ("erased_rows", {}),
        ("search", {"traces": 0}),
        ("proven_at", "2026-07-07T12:00:00"),
        ("signature", "0" * 64),
    ],
)
def test_a_changed_one_does_not(signed, part: str, value: object) -> None:
    told = json.loads(signed.read_text())
    signed.write_text(json.dumps(told | {part: value}))
    with pytest.raises(ManifestDoubted, match="not what was signed"):
        manifest.verify(signed.parent.parent, signed)


def test_a_register_that_forgot_is_told(signed) -> None:
    path = signed.parent.parent / register.FILE
    told = path.read_text()
    path.write_text(told.replace(json.loads(told)["hashes"][0], "0" * 32))
    with pytest.raises(ManifestDoubted, match="register was changed"):
        manifest.verify(signed.parent.parent, signed)
    path.write_text("")
    with pytest.raises(RegisterUnusable, match="does not know erasure e1"):
        manifest.verify(signed.parent.parent, signed)


def test_another_key_or_another_file_proves_nothing(signed) -> None:
    folder = signed.parent.parent
    (folder / manifest.KEY_FILE).write_text("cd" * 32)
    with pytest.raises(ManifestDoubted, match="another key"):
        manifest.verify(folder, signed)
    (folder / manifest.KEY_FILE).unlink()
    with pytest.raises(ManifestDoubted, match="missing or damaged"):
        manifest.verify(folder, signed)
    with pytest.raises(ManifestDoubted, match="no manifest"):
        manifest.verify(folder, folder / register.FILE)
