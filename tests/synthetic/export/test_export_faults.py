"""Planted faults are where the list says, and nothing is lost to them."""

import json

import pyarrow.parquet as pq
import pytest
from lxml import etree

from dagster_project.synthetic.export.faults import FILE_FAULTS
from tests.synthetic.export import delivered as read


@pytest.fixture(scope="module")
def listed(spoiled):
    return pq.read_table(spoiled.truth / "injected_faults.parquet").to_pylist()


def test_each_kind_is_planted_once(listed):
    kinds = [fault["fault"] for fault in listed if fault["row_number"] < 0]
    assert sorted(kinds) == sorted(fault.kind for fault in FILE_FAULTS)
    assert 10 <= sum(fault["row_number"] >= 0 for fault in listed) <= 21


def test_refused_files_come_again_whole(spoiled, delivered, listed):
    again = [fault for fault in listed if fault["delivered_again_as"]]
    assert len(again) == 5
    for fault in again:
        folder = spoiled.landing / fault["department"]
        bad = (folder / fault["delivery"]).read_bytes()
        good = (folder / fault["delivered_again_as"]).read_bytes()
        assert (
            good
            == (
                delivered.landing / fault["department"] / fault["delivery"]
            ).read_bytes()
        )
        assert (bad == good) == (fault["expected"] == "not taken again")


def test_files_are_broken_as_named(spoiled, listed):
    paths = {
        f["fault"]: spoiled.landing / f["department"] / f["delivery"]
        for f in listed
        if f["row_number"] < 0
    }
    with pytest.raises(etree.XMLSyntaxError):
        etree.parse(paths["truncated"])
    with pytest.raises(UnicodeDecodeError):
        paths["windows_1252"].read_text(encoding="utf-8")
    assert paths["byte_order_mark"].read_bytes().startswith(b"\xef\xbb\xbf")
    assert paths["header_renamed"].read_text().startswith("call_no,")
    assert paths["html_error_page"].read_text().startswith("<!DOCTYPE html>")
    late = paths["late_two_months"]
    assert (
        late.stat().st_mtime
        > late.with_name("cases_20250924T120000.csv").stat().st_mtime
    )


def test_spoiled_rows_stand_on_their_lines(spoiled, listed):
    for fault in listed:
        if fault["row_number"] < 0 or fault["feed"] in (
            "hsh_hmis",
            "fire_epcr",
            "dph_fhir",
        ):
            continue
        path = spoiled.landing / fault["department"] / fault["delivery"]
        rows = (
            read.csv_rows(path)
            if path.suffix == ".csv"
            else json.loads(path.read_text())
        )
        value = rows[fault["row_number"] - 1].get(fault["column_name"], "")
        if fault["fault"] == "missing_key":
            assert value == ""
        else:
            assert value in ("yesterday", "00/00/2025", "2025-05-32T25:00:00.000Z")


def test_no_faults_when_switched_off(delivered):
    assert pq.read_table(delivered.truth / "injected_faults.parquet").num_rows == 0
    assert len(delivered.written) == 2 * 19 + 5 * 79
