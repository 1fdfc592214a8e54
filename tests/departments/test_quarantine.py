"""Rows that wait are shown to the department that sent them, and to nobody else."""

import csv
import json
import stat

import pytest

from dagster_project.departments import ledger, quarantine

from .made_up_deliveries import call, epcr, put, report

FORMULAS = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"]


@pytest.fixture
def two(warehouse, landing_dir):
    """Take a delivery of two departments, each with a row that must wait."""
    rows = [call(n) for n in range(30)] + [{"cad_number": "secret of dem"}]
    put(landing_dir, "dem", "cad_20250707.json", json.dumps(rows).encode())
    keyless = (
        '<PatientCareReport UUID="u1"><eResponse><eResponse.14>secret of fire'
        "</eResponse.14></eResponse></PatientCareReport>"
    )
    put(landing_dir, "fire", "epcr_20250707.xml", epcr(keyless, report(2)))
    ledger.take_all(warehouse, landing_dir)
    return warehouse


def test_a_department_reads_its_own_rows_only(two):
    assert quarantine.departments(two) == ["dem", "fire"]
    for own, other in (("dem", "fire"), ("fire", "dem")):
        text = str(list(quarantine.rows_of(two, own)))
        assert f"secret of {own}" in text
        assert f"secret of {other}" not in text


def test_each_department_has_a_file_closed_to_all_others(two, tmp_path):
    folder = tmp_path / "quarantine"
    quarantine.write_files(two, folder)
    for own, other in (("dem", "fire"), ("fire", "dem")):
        path = folder / own / quarantine.FILE
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        text = path.read_text(encoding="utf-8")
        assert f"secret of {own}" in text
        assert f"secret of {other}" not in text
    (folder / "dem").chmod(0o750)
    two.execute("delete from raw.quarantined_rows where department = 'dem'")
    quarantine.write_files(two, folder)
    path = folder / "dem" / quarantine.FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o640, "opened to its group"
    assert path.read_text(encoding="utf-8").strip() == ",".join(quarantine.COLUMNS)
    assert not list(folder.rglob("*.tmp"))


@pytest.mark.faults
@pytest.mark.parametrize("formula", FORMULAS)
def test_row_48_a_formula_is_kept_as_it_came_and_harmless_in_a_file(
    warehouse, tmp_path, formula
):
    row = ["d", "dem", "dem_team_log", 2, "ContactID", "rule", "reason", formula]
    warehouse.execute("insert into raw.quarantined_rows values (?,?,?,?,?,?,?,?)", row)
    quarantine.write_files(warehouse, tmp_path / "quarantine")
    path = tmp_path / "quarantine" / "dem" / quarantine.FILE
    with path.open(encoding="utf-8", newline="") as stream:
        _, written = csv.reader(stream)
    assert written[-1] == "'" + formula
    kept = warehouse.sql("select original from raw.quarantined_rows").fetchone()
    assert kept == (formula,)
