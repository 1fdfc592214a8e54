"""Rows 35 to 39: torn archives, bombs, links, and files that still grow."""

import gzip
import io
import os
import random
import resource
import socket
import stat
import zipfile

import pytest

from dagster_project.departments import arriving
from dagster_project.departments.team_log_columns import VERSION_2
from tests.departments.made_up_deliveries import (
    call,
    csv_bytes,
    epcr,
    hmis_files,
    put,
    report,
    zipped,
)

from .aftermath import BOOKS, Home, assert_survived, raw, take

pytestmark = pytest.mark.faults

HMIS = "hmis_20250701T040000.zip"
EPCR = "epcr_20250707T040000.xml"
CALLS = b'[{"cad_number": "1", "received_datetime": "2025-07-06T23:10:00"}]'


def refused(home: Home, rule: str) -> None:
    """Assert that the one delivery is refused by this rule, and nothing of it is in."""
    (outcome,) = take(home)
    assert f"[{rule}]" in (outcome.reason or ""), outcome
    after = assert_survived(home)
    filled = {name for name, rows in after.items() if rows}
    assert filled == {"deliveries"}


@pytest.mark.parametrize("share", [0.2, 0.6, 0.95])
def test_row_35_a_torn_archive(home, share):
    whole = zipped(hmis_files())
    put(home.landing, "hsh", HMIS, whole[: int(len(whole) * share)])
    refused(home, "torn_archive")


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_row_35_a_torn_gzip(home, share):
    rows = b",".join(CALLS[1:-1] for _ in range(500))
    whole = gzip.compress(b"[" + rows + b"]", mtime=0)
    put(home.landing, "dem", "cad_20250707.json.gz", whole[: int(len(whole) * share)])
    refused(home, "torn_archive")


def test_row_35_no_flipped_byte_of_an_archive_is_believed(home):
    good = zipped(hmis_files())
    path = put(home.landing, "hsh", HMIS, good)
    take(home)
    expected = without_ids(raw(home.warehouse))
    draw, refusals = random.Random(35), 0
    for _ in range(15):
        spoiled = bytearray(good)
        spoiled[draw.randrange(len(spoiled))] ^= 1 << draw.randrange(8)
        path.write_bytes(spoiled)
        home.warehouse.unlink()
        (outcome,) = take(home)
        refusals += outcome.status == "quarantined"
        if outcome.status == "taken":
            assert without_ids(raw(home.warehouse)) == expected, "believed"
    assert refusals
    assert_survived(home)


def without_ids(found: dict[str, list[tuple]]) -> dict[str, list[tuple]]:
    return {
        name: [row[:-2] for row in rows]
        for name, rows in found.items()
        if name not in BOOKS
    }


def zip_bomb(megabytes: int) -> bytes:
    files = hmis_files()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        with archive.open("Bomb.csv", "w") as bomb:
            for _ in range(megabytes):
                bomb.write(b"0" * (1 << 20))
    return packed.getvalue()


def gzip_bomb(megabytes: int) -> bytes:
    row = {"ContactID": "x", "Team": "HEART", "Notes": "0" * 900_000}
    header, one = csv_bytes(VERSION_2, [row]).split(b"\r\n", 1)
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="w", mtime=0) as bomb:
        bomb.write(header + b"\r\n")
        for _ in range(megabytes):
            bomb.write(one)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("department", "name", "content", "rule"),
    [
        ("hsh", HMIS, zip_bomb(200), "unpacked_size"),
        ("dem", "team_log_20250707.csv.gz", gzip_bomb(200), "unpacked_size"),
        (
            "fire",
            EPCR,
            b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">'
            + b"".join(
                b'<!ENTITY %c "&%c;&%c;&%c;&%c;">' % ((n,) + (n - 1,) * 4)
                for n in range(ord("c"), ord("z"))
            )
            + b"]>"
            + epcr(report(1, "&y;")).partition(b"?>")[2],
            "dtd",
        ),
        (
            "fire",
            EPCR,
            b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
            + epcr(report(1, "&x;")).partition(b"?>")[2],
            "dtd",
        ),
    ],
    ids=["zip", "gzip", "billion_laughs", "external_entity"],
)
def test_row_36_a_bomb_stops_at_its_limit(home, department, name, content, rule):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    put(home.landing, department, name, content)
    refused(home, rule)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 150 << 10, "memory stays flat"


def entry(name: str, mode: int = 0o644) -> bytes:
    packed = io.BytesIO(zipped(hmis_files()))
    with zipfile.ZipFile(packed, "a") as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        archive.writestr(info, b"/etc/passwd")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (entry("../../../etc/cron.d/x"), "archive_path"),
        (entry("/etc/passwd"), "archive_path"),
        (entry("Notes.csv", stat.S_IFLNK | 0o777), "archive_link"),
        (entry("inner.zip"), "archive_nested"),
        (entry("client.csv"), "file_twice"),
    ],
)
def test_row_37_an_archive_that_points_elsewhere(home, content, rule):
    put(home.landing, "hsh", HMIS, content)
    refused(home, rule)


def listening(path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        here = os.getcwd()
        os.chdir(path.parent)  # a socket's path may not be long
        try:
            server.bind(path.name)
        finally:
            os.chdir(here)


def device(path) -> None:
    try:
        os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("no right to make a device")


@pytest.mark.parametrize(
    "make",
    [
        lambda path, secret: path.symlink_to(secret),
        lambda path, secret: path.symlink_to(secret.parent),
        lambda path, secret: os.link(secret, path),
        lambda path, secret: os.mkfifo(path),
        lambda path, secret: device(path),
        lambda path, secret: listening(path),
    ],
    ids=["link", "folder_link", "hard_link", "fifo", "device", "socket"],
)
@pytest.mark.parametrize("name", ["cad_20250707.json", "calls of July"])
def test_row_38_what_is_no_plain_file_is_never_read(home, tmp_path, make, name):
    (tmp_path / "elsewhere").mkdir()
    secret = tmp_path / "elsewhere" / "secret"
    secret.write_text("Gia Hân Nguyễn, 1990-01-02")
    make(home.landing / "dem" / name, secret)
    (outcome,) = take(home)
    assert "[not_a_plain_file]" in outcome.reason
    assert "Nguyễn" not in str(assert_survived(home))


def test_row_38_a_department_folder_that_is_a_link_is_not_followed(home, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "cad_20250707.json").write_bytes(CALLS)
    (home.landing / "dem").rmdir()
    (home.landing / "dem").symlink_to(tmp_path / "elsewhere")
    refused(home, "no_department")


def test_row_39_a_file_that_still_grows_is_left_for_the_next_run(home, monkeypatch):
    whole = str([call(n) for n in range(50)]).replace("'", '"').encode()
    path = put(home.landing, "dem", "cad_20250707.json", whole[:900])
    monkeypatch.setattr(arriving, "SETTLE_SECONDS", 60)
    monkeypatch.setattr(arriving.time, "sleep", lambda _: path.write_bytes(whole))
    assert take(home) == []
    monkeypatch.setattr(arriving, "SETTLE_SECONDS", 0)
    assert [outcome.rows_loaded for outcome in take(home)] == [50]
    assert_survived(home)


def test_row_39_a_file_that_changes_while_it_is_read_is_not_taken(home, monkeypatch):
    from dagster_project.departments import soda

    path = put(home.landing, "dem", "cad_20250707.json", CALLS)
    elements = soda.elements

    def grown(*told):
        yield from elements(*told)
        path.write_bytes(CALLS.replace(b"]", b"," + CALLS[1:]))

    monkeypatch.setattr(soda, "elements", grown)
    assert take(home) == []
    monkeypatch.undo()
    monkeypatch.setattr(arriving, "SETTLE_SECONDS", 0)
    assert_survived(home)
