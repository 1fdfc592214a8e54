"""The register: it forgets nobody and names nobody."""

from datetime import datetime

import pytest

from dagster_project.erasure import register
from dagster_project.erasure.register import Entry, RegisterUnusable

AT = datetime(2026, 7, 6, 12)
SECRET = "ab" * 32


@pytest.fixture
def folder(tmp_path):
    (tmp_path / register.KEY_FILE).write_text(SECRET)
    return tmp_path


def entry(erasure_id: str, key: bytes, *records: str) -> Entry:
    hashes = tuple(register.hashed(key, record) for record in records)
    return Entry(erasure_id, "request", AT, "Ngozi Okonkwo", "asked", hashes)


def test_it_finds_who_was_expunged_and_holds_no_id(folder) -> None:
    key = register.key_beside(folder)
    register.add(folder, entry("e1", key, "hsh:hmis:286748516", "fire:epcr:R1"))
    register.add(folder, entry("e2", key, "dph:fhir:D1"))
    register.add(folder, entry("e1", key, "hsh:hmis:286748516"))
    known = register.read(folder)
    assert [e.erasure_id for e in known.entries] == ["e1", "e2"]
    assert [e.erasure_id for e in known.find("hsh:hmis:286748516")] == ["e1"]
    assert known.find("hsh:hmis:28674851") == []
    text = (folder / register.FILE).read_text()
    assert "286748516" not in text and "hmis" not in text
    assert (folder / register.FILE).stat().st_mode & 0o077 == 0


def test_another_secret_gives_other_hashes(folder) -> None:
    key = register.key_beside(folder)
    other = register.derived_key(bytes.fromhex("cd" * 32))
    assert register.hashed(key, "hsh:hmis:1") != register.hashed(other, "hsh:hmis:1")
    assert key != bytes.fromhex(SECRET)


def test_nobody_was_expunged_before_the_first_line(folder) -> None:
    assert register.read(folder) is None
    (folder / register.FILE).write_bytes(b"")
    assert register.read(folder) is None


def test_a_line_that_a_crash_cut_short_was_never_entered(folder) -> None:
    key = register.key_beside(folder)
    register.add(folder, entry("e1", key, "hsh:hmis:1"))
    with (folder / register.FILE).open("a") as stream:
        stream.write('{"erasure_id": "e2", "has')
    assert [e.erasure_id for e in register.read(folder).entries] == ["e1"]
    register.add(folder, entry("e3", key, "hsh:hmis:3"))
    assert [e.erasure_id for e in register.read(folder).entries] == ["e1", "e3"]


def test_nothing_is_read_without_the_key_or_with_a_line_nobody_wrote(folder) -> None:
    register.add(folder, entry("e1", register.key_beside(folder), "hsh:hmis:1"))
    (folder / register.KEY_FILE).unlink()
    with pytest.raises(RegisterUnusable, match="Put it back"):
        register.read(folder)
    (folder / register.KEY_FILE).write_text("not hexadecimal")
    with pytest.raises(RegisterUnusable, match="damaged"):
        register.read(folder)
    (folder / register.KEY_FILE).write_text(SECRET)
    (folder / register.FILE).write_text('{"erasure_id": "e1"}\n')
    with pytest.raises(RegisterUnusable, match="line 1"):
        register.read(folder)


def test_a_register_that_lost_a_proven_erasure_stops_every_reading(folder) -> None:
    (folder / register.MANIFESTS).mkdir()
    (folder / register.MANIFESTS / "e2.open.json").write_text("{}")
    register.add(folder, entry("e1", register.key_beside(folder), "hsh:hmis:1"))
    (folder / register.MANIFESTS / "e1.json").write_text("{}")
    assert register.read(folder).find("hsh:hmis:1")
    (folder / register.FILE).unlink()
    with pytest.raises(RegisterUnusable, match="does not know erasure e1"):
        register.read(folder)
