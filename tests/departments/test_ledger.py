import json
from datetime import datetime

import pytest

from dagster_project.departments import (
    group,
    landing,
    ledger,
    ledger_tables,
    load,
    soda_columns,
)
from dagster_project.departments.feeds import FEEDS
from dagster_project.departments.landing import StillArriving
from dagster_project.departments.order import place

from .made_up_deliveries import (
    call,
    city,
    csv_bytes,
    epcr,
    fhir_files,
    hmis_files,
    put,
    report,
    zipped,
)

CAD = "cad_20250707T040000.json"


def clock() -> datetime:
    return datetime(2025, 8, 1, 6)


def take_all(warehouse, folder, **more):
    return ledger.take_all(warehouse, folder, clock=clock, **more)


def calls(*numbers: int, **more) -> bytes:
    return json.dumps([call(n, **more) for n in numbers]).encode()


def contents(warehouse) -> dict[str, list]:
    names = warehouse.sql(
        "select table_name from information_schema.tables where table_schema = 'raw'"
    ).fetchall()
    return {
        name: warehouse.sql(f"from raw.{name} order by all").fetchall()
        for (name,) in names
    }


def test_every_raw_table_exists_before_anything_is_delivered(warehouse):
    tables = contents(warehouse)
    assert {table.name for feed in FEEDS for table in feed.tables} < set(tables)
    assert not any(tables.values())
    kinds = warehouse.sql(
        "select distinct data_type from information_schema.columns where table_schema"
        " = 'raw' and table_name like 'hsh_%' and column_name <> '_row_number'"
    ).fetchall()
    assert kinds == [("VARCHAR",)]


def test_takes_everything_in_order_and_only_once(warehouse, landing_dir):
    city(landing_dir)
    outcomes = take_all(warehouse, landing_dir)
    assert {o.status for o in outcomes} == {"taken"}
    ids = [o.delivery_id for o in outcomes]
    assert ids == sorted(ids)
    assert ids[-1].startswith("hsh_hmis_20250701T040000_")
    before = contents(warehouse)
    put(
        landing_dir,
        "dem",
        "cad_20251231.json",
        (landing_dir / "dem" / CAD).read_bytes(),
    )
    again = take_all(warehouse, landing_dir)
    assert {o.status for o in again} == {"known"}
    assert contents(warehouse) == before


def test_the_ledger_row(warehouse, landing_dir):
    put(landing_dir, "hsh", "hmis_20250101.zip", zipped(hmis_files()))
    (outcome,) = take_all(warehouse, landing_dir)
    row = warehouse.sql("from raw.deliveries").fetchdf().to_dict("records")[0]
    assert row["delivery_id"] == f"hsh_hmis_20250701T040000_{row['sha256'][:8]}"
    assert (row["mode"], row["schema_version"]) == ("full", "FY2024 (2024 v1.0)")
    assert row["taken_at"] == clock()
    assert row["rows_in"] == row["rows_loaded"] + row["rows_quarantined"]
    left_out = warehouse.sql("select sum(rows) from raw.left_out_rows").fetchone()[0]
    assert left_out == outcome.rows_left_out == 7
    assert "C2" not in str(contents(warehouse))


def test_rows_that_wait_are_counted(warehouse, landing_dir):
    rows = [call(1), {"cad_number": "7"}, call(2)]
    put(landing_dir, "dem", CAD, json.dumps(rows).encode())
    (outcome,) = take_all(warehouse, landing_dir)
    found = (outcome.rows_in, outcome.rows_loaded, outcome.rows_quarantined)
    assert found == (3, 2, 1)
    held = warehouse.sql("from raw.quarantined_rows").fetchall()
    assert [row[1:6] for row in held] == [
        ("dem", "dem_cad_calls", 1, "received_datetime", "missing_required")
    ]
    numbers = warehouse.sql("select _row_number from raw.dem_cad_calls order by 1")
    assert numbers.fetchall() == [(1,), (3,)]


HEADER = list(soda_columns.CAD_CALLS)
MANY_BAD = [call(n) | {"received_datetime": "07/06/2025"} for n in range(30)]


@pytest.mark.faults
@pytest.mark.parametrize(
    ("department", "name", "content", "rule"),
    [
        ("dem", CAD, calls(1)[:-3], "torn"),
        ("dem", CAD, b"[]", "no_rows"),
        ("dem", CAD, json.dumps(MANY_BAD).encode(), "most_rows_bad"),
        ("dem", "cad_20250707.csv", b"<html>502</html>\n", "web_page"),
        ("dem", "cad_20250707.csv", csv_bytes(HEADER, []), "no_rows"),
        ("dem", "cad.exe", b"", "unknown_name"),
        ("fire", "epcr_20250707.xml", epcr(*map(report, range(9)))[:-40], "not_well"),
        ("hsh", "hmis_20250707.zip", zipped(hmis_files())[:900], "torn_archive"),
        ("dph", "fhir_20250707", {"Patient.ndjson": b""}, "manifest_missing"),
    ],
)
def test_a_refused_delivery_leaves_one_ledger_row(
    warehouse, landing_dir, department, name, content, rule
):
    put(landing_dir, department, name, content)
    put(landing_dir, "datasf", "cases_1.csv.tmp", b"")
    (outcome,) = take_all(warehouse, landing_dir)
    assert outcome.status == "quarantined"
    assert outcome.reason.startswith(f"{department}/{name}")
    assert f"[{rule}" in outcome.reason
    tables = contents(warehouse)
    assert len(tables.pop("agreements")) == 1, "it was refused under an agreement"
    (booked,) = tables.pop("deliveries")
    held = tables.pop("quarantined_rows")
    assert len(held) == outcome.rows_quarantined == (rule == "most_rows_bad") * 30
    assert {row[0] for row in held} <= {outcome.delivery_id}
    assert not any(tables.values()), "no row of it is in the tables"
    assert booked[11:15] == (len(held), 0, len(held), "quarantined")
    (again,) = take_all(warehouse, landing_dir)
    assert again.status == "known"
    (retried,) = take_all(warehouse, landing_dir, retry=True)
    assert retried.status == "quarantined"
    assert len(contents(warehouse)["deliveries"]) == 1


def test_a_fault_late_in_a_file_takes_back_its_early_rows(warehouse, landing_dir):
    rows = [call(n) for n in range(12_000)]
    put(landing_dir, "dem", CAD, (json.dumps(rows)[:-1] + ",{").encode())
    put(landing_dir, "dem", "cad_20250714.json", calls(1))
    statuses = [o.status for o in take_all(warehouse, landing_dir)]
    assert statuses == ["quarantined", "taken"]
    assert len(contents(warehouse)["dem_cad_calls"]) == 1


@pytest.mark.parametrize(("rows", "status"), [(2, "taken"), (3, "quarantined")])
def test_a_sidecar_counts_rows(warehouse, landing_dir, rows, status):
    put(landing_dir, "dem", CAD, calls(1, 2))
    told = {"rows": rows, "mode": "full", "period_start": "2025-06-01"}
    put(landing_dir, "dem", CAD + ".manifest.json", json.dumps(told).encode())
    (outcome,) = take_all(warehouse, landing_dir)
    assert outcome.status == status


def test_an_undated_delivery_is_placed_by_its_newest_row(landing_dir):
    path = put(
        landing_dir, "dem", CAD, calls(1, call_last_updated_at="2025-07-06 20:00")
    )
    (found,) = landing.deliveries(landing_dir)
    undated = landing.Delivery(**{**vars(found), "name": "cad.json", "path": path})
    assert place(undated)[2] == datetime(2025, 7, 7, 3)


def test_what_changes_while_it_is_read_is_not_taken(warehouse, landing_dir):
    path = put(landing_dir, "dem", CAD, calls(1))
    (found,) = landing.deliveries(landing_dir)
    path.write_bytes(calls(1, 2, 3))
    with pytest.raises(StillArriving):
        ledger.take(warehouse, found, clock)
    assert not contents(warehouse)["deliveries"]


def test_an_older_delivery_that_comes_late_sorts_before(warehouse, landing_dir):
    put(landing_dir, "dem", "cad_20250714.json", calls(1, disposition="HAN"))
    take_all(warehouse, landing_dir)
    put(landing_dir, "dem", CAD, calls(1))
    take_all(warehouse, landing_dir)
    ids = warehouse.sql(
        "select _delivery_id from raw.dem_cad_calls order by _delivery_id"
    ).fetchall()
    assert [i[:16] for (i,) in ids] == ["dem_cad_20250707", "dem_cad_20250714"]


def test_rows_that_do_not_add_up_stop_the_run(warehouse, landing_dir, monkeypatch):
    put(landing_dir, "dem", CAD, calls(1, 2))
    monkeypatch.setattr(ledger_tables, "insert", lambda *told: 1)
    with pytest.raises(RuntimeError, match="2 rows read, 1 loaded"):
        take_all(warehouse, landing_dir)
    monkeypatch.undo()
    assert not contents(warehouse)["deliveries"]


def test_the_rows_that_refuse_a_delivery_are_shown_and_counted(
    warehouse, landing_dir, monkeypatch
):
    monkeypatch.setattr(group, "SMALL_BYTES", 1)  # what was streamed is taken back
    monkeypatch.setattr(load, "SHOWN", 25)
    good = [call(90, call_type_final="Aylin"), call(91)]
    put(landing_dir, "dem", CAD, json.dumps([*MANY_BAD, *good]).encode())
    (outcome,) = take_all(warehouse, landing_dir)
    assert (outcome.status, outcome.rows_in, outcome.rows_quarantined) == (
        "quarantined",
        30,
        30,
    )
    assert "; the first 25 are in quarantine [most_rows_bad]" in outcome.reason
    before = contents(warehouse)
    assert not before["dem_cad_calls"]
    told = "".join(row[6] for row in before["quarantined_rows"])
    assert all(f"(row {number})" in told for number in range(1, 26))
    assert {(row[0], row[5]) for row in before["quarantined_rows"]} == {
        (outcome.delivery_id, "bad_time")
    }
    assert "07/06/2025" in before["quarantined_rows"][0][-1]
    assert before["left_out_rows"] == [
        (outcome.delivery_id, "dem_cad_calls", "refused_with_its_delivery", 2)
    ]
    put(landing_dir, "dem", f"{CAD}.manifest.json", b'{"rows": 32}')
    take_all(warehouse, landing_dir)
    after = contents(warehouse)
    for table in ("quarantined_rows", "left_out_rows"):
        assert after[table] == before[table], "tried again, they are there once"


def test_what_was_left_out_does_not_hide_that_nothing_else_could_be_taken(
    warehouse, landing_dir
):
    files = hmis_files()
    for day in (b"2025-02-03", b"2025-03-01"):
        files["Enrollment.csv"] = files["Enrollment.csv"].replace(day, b"03/02/2025")
    put(landing_dir, "hsh", "hmis_20250701T040000.zip", zipped(files))
    (outcome,) = ledger.take_all(warehouse, landing_dir)
    assert outcome.status == "quarantined"
    assert "not one of the 4 rows of hsh_enrollment could be taken" in outcome.reason


@pytest.mark.parametrize(("rows", "status"), [(2, "taken"), (3, "quarantined")])
def test_a_table_nobody_can_read_a_row_of_refuses_its_export(
    warehouse, landing_dir, rows, status
):
    exits = [
        {"ExitID": f"X{n}", "EnrollmentID": "NC1", "PersonalID": "C1"}
        for n in range(rows)
    ]
    put(landing_dir, "hsh", "hmis_20250701.zip", zipped(hmis_files(Exit=exits)))
    (outcome,) = take_all(warehouse, landing_dir)
    assert outcome.status == status
    if status == "quarantined":
        assert "not one of the 3 rows of hsh_exit could be taken" in outcome.reason
        assert "3 broke missing_required in hsh_exit.ExitDate" in outcome.reason
    assert len(contents(warehouse)["quarantined_rows"]) == rows


def test_an_export_without_changes_is_honest_news(warehouse, landing_dir):
    put(landing_dir, "dph", "fhir_20250707", fhir_files(Patient=[]))
    (outcome,) = take_all(warehouse, landing_dir)
    assert (outcome.status, outcome.rows_in) == ("taken", 0)


def test_hud_sample_through_the_ledger(warehouse, landing_dir, shared_domain):
    folder = shared_domain / "federal-samples/hud-lsa-sample/fy2026_sliceA"
    files = {path.name: path.read_bytes() for path in folder.glob("*.csv")}
    put(landing_dir, "hsh", "hmis_20261113", files)
    later = datetime(2026, 11, 14)
    (outcome,) = ledger.take_all(warehouse, landing_dir, clock=lambda: later)
    assert (outcome.status, outcome.rows_loaded) == ("taken", 3795)
    assert len(contents(warehouse)["hsh_client"]) == 657
