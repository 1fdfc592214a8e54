import gzip
import io
import os
import zipfile
from pathlib import Path

import pytest

from dagster_project.departments import archives
from dagster_project.departments.errors import Refused

from .made_up_deliveries import zipped


def contents(path: Path, is_folder: bool = False) -> dict[str, bytes]:
    with archives.opened(path, is_folder) as parts:
        found = {}
        for name in parts.names:
            with parts.open(name) as stream:
                found[name] = stream.read()
        return found


def entry(name: str, mode: int = 0o644, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr, info.compress_type = mode << 16, method
        archive.writestr(info, b"x" * 100)
    return packed.getvalue()


def test_opens_folder_zip_and_gzip_alike(tmp_path):
    files = {"Client.csv": b"a\n", "Exit.csv": b"b\n"}
    (tmp_path / "d.zip").write_bytes(zipped(files | {"__MACOSX/._x": b"", ".DS": b""}))
    (tmp_path / "d.csv.gz").write_bytes(gzip.compress(b"a\n"))
    (tmp_path / "d").mkdir()
    for name, data in files.items():
        (tmp_path / "d" / name).write_bytes(data)
    assert contents(tmp_path / "d.zip") == files
    assert contents(tmp_path / "d", True) == files
    assert contents(tmp_path / "d.csv.gz") == {"d.csv.gz": b"a\n"}


def test_unpacks_the_gzipped_files_of_a_folder(tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "Patient.ndjson.gz").write_bytes(gzip.compress(b"{}\n"))
    assert contents(tmp_path / "d", True) == {"Patient.ndjson.gz": b"{}\n"}


def test_a_file_that_was_unpacked_on_the_way_keeps_its_name(tmp_path):
    (tmp_path / "d.csv.gz").write_bytes(b"id,name\n")
    assert contents(tmp_path / "d.csv.gz") == {"d.csv.gz": b"id,name\n"}


WHOLE = zipped({"Client.csv": os.urandom(5000)})


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (WHOLE[: len(WHOLE) // 2], "torn_archive"),
        (WHOLE[:100] + b"\0" * 200 + WHOLE[300:], "torn_archive"),
        (b"not a zip", "torn_archive"),
        (b"", "torn_archive"),
        (entry("../../etc/passwd"), "archive_path"),
        (entry("/etc/passwd"), "archive_path"),
        (entry("..\\x.csv"), "archive_path"),
        (entry("C:\\x.csv"), "archive_path"),
        (entry("link", 0o120777), "archive_link"),
        (entry("pipe", 0o010644), "archive_link"),
        (entry("inner.zip"), "archive_nested"),
        (entry("x.csv", method=zipfile.ZIP_BZIP2), "archive_method"),
        (zipped({"bomb.csv": b"0" * (40 << 20)}), "unpacked_size"),
        (zipped({f"{n}.csv": b"" for n in range(2_001)}), "entries"),
    ],
)
def test_refuses_a_bad_archive(tmp_path, data, rule):
    (tmp_path / "d.zip").write_bytes(data)
    with pytest.raises(Refused) as refused:
        contents(tmp_path / "d.zip")
    assert refused.value.rule == rule


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (gzip.compress(os.urandom(5000))[:-100], "torn_archive"),
        (gzip.compress(b"0" * (60 << 20)), "unpacked_size"),
    ],
)
def test_refuses_a_bad_gzip(tmp_path, data, rule):
    (tmp_path / "d.csv.gz").write_bytes(data)
    with pytest.raises(Refused) as refused:
        contents(tmp_path / "d.csv.gz")
    assert refused.value.rule == rule


def test_a_million_names_are_refused_before_they_are_read(tmp_path):
    packed = zipped({"Client.csv": b"a\n"})
    end = packed.rindex(b"PK\5\6")
    claimed = (200 << 20).to_bytes(4, "little")
    (tmp_path / "d.zip").write_bytes(packed[: end + 12] + claimed + packed[end + 16 :])
    with pytest.raises(Refused, match="lists more than 2000 files"):
        contents(tmp_path / "d.zip")


@pytest.mark.parametrize("name", ["a\x1b[2J.csv", "é" * 200 + ".csv"])
def test_names_that_are_no_names_are_refused_and_not_shown(tmp_path, name):
    (tmp_path / "d.zip").write_bytes(entry(name))
    with pytest.raises(Refused, match="archive_name") as refused:
        contents(tmp_path / "d.zip")
    assert "\x1b" not in str(refused.value)
