"""The CSV file of the case list: whole rows only, added and never changed."""

import pytest

from dagster_project.case_conference.list_file import (
    UnreadableCaseList,
    adding_to,
    read_case_list,
)
from tests.case_conference.test_listing import COURSE


@pytest.fixture
def path(tmp_path):
    return tmp_path / "case_list.csv"


def write(path, *entries):
    for entry in entries:
        with adding_to(path) as (_, add):
            add(entry)


def test_what_is_added_is_read_back_and_no_row_is_ever_changed(path):
    before = b""
    for entry in COURSE:
        write(path, entry)
        now = path.read_bytes()
        assert now.startswith(before) and now.count(b"listing_id") == 1
        before = now
    (listing,) = read_case_list(path).values()
    assert listing.entries == tuple(COURSE)
    assert read_case_list(path.with_name("none.csv")) == {}
    assert path.stat().st_mode & 0o077 == 0, "nobody else reads it"


@pytest.mark.parametrize("cut", range(1, 30))
def test_a_row_cut_short_by_a_crash_was_never_confirmed(path, cut):
    write(path, *COURSE[:2])
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    (listing,) = read_case_list(path).values()
    entries = len(listing.entries)
    # Without its line end alone, or the minutes of its time zone, the row is whole.
    assert entries == (2 if whole[:-cut].endswith((b"+00:00", b"+00")) else 1)
    write(path, *COURSE[entries:3])
    (listing,) = read_case_list(path).values()
    assert listing.entries == tuple(COURSE[:3])


def test_a_row_written_by_hand_without_a_line_end_counts_and_is_kept(path):
    write(path, COURSE[0])
    row = "L1,include,p1,agreed_in_conference,,amina.k,2026-06-02T10:00:00-07:00"
    path.write_text("\ufeff" + path.read_text() + row, encoding="utf-8")
    write(path, COURSE[2])
    (listing,) = read_case_list(path).values()
    assert [e.action for e in listing.entries] == ["nominate", "include", "assign"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("L1,include,p1", r"line 3: 3 columns; there are listing_id"),
        (
            "L1,include,p1,agreed_in_conference,,wei.z,2026-06-02T10:00:00",
            "line 3: decided_at 2026-06-02T10:00:00 does not say its time zone",
        ),
        (
            "L1,assign,p1,fits_the_need,EMS6,wei.z,2026-06-02T10:00:00Z",
            "line 3: L1 .* cannot be assigned",
        ),
        (
            "L1,include,p1,José said so,,wei.z,2026-06-02T10:00:00Z",
            "line 3: 'José said so' is no reason to include",
        ),
    ],
)
def test_a_wrong_row_is_told_by_its_line_and_nothing_is_added(path, row, said):
    write(path, COURSE[0])
    path.write_text(path.read_text() + row + "\n", encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(UnreadableCaseList, match=said):
        read_case_list(path)
    with pytest.raises(UnreadableCaseList):
        write(path, COURSE[1])
    assert path.read_bytes() == before


def test_a_file_in_another_encoding_is_refused(path):
    path.write_bytes("L1,nominate,p1,é".encode("cp1252") + b"\n")
    with pytest.raises(UnreadableCaseList, match=r"case_list\.csv is not UTF-8"):
        read_case_list(path)
