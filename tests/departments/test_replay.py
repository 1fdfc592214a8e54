"""A delivery read again after a mend takes the place of its earlier self."""

import json
from datetime import datetime

import pytest

from dagster_project.departments import group, ledger, soda
from dagster_project.departments.replay import CannotReplay, replay, withdraw

from .made_up_deliveries import call, hmis_files, put, zipped

CAD = "cad_20250707T040000.json"
MENDED = "cad, mended.json"


def clock() -> datetime:
    return datetime(2025, 8, 1, 6)


def calls(*numbers: int, **more) -> bytes:
    return json.dumps([call(n, **more) for n in numbers]).encode()


def take(warehouse, landing_dir) -> list[str]:
    found = ledger.take_all(warehouse, landing_dir, clock=clock)
    return [outcome.status for outcome in found]


def book(warehouse) -> list[tuple]:
    return warehouse.sql(
        "select delivery_id, status, rows_loaded, version, replaces "
        "from raw.deliveries order by taken_at, version"
    ).fetchall()


def held(warehouse, table: str = "dem_cad_calls") -> list[tuple]:
    return warehouse.sql(
        f"select cad_number, _delivery_id from raw.{table} order by all"
    ).fetchall()


@pytest.fixture
def taken(warehouse, landing_dir) -> str:
    """Take a week of calls, one of them without a time, and return its id."""
    put(landing_dir, "dem", CAD, json.dumps([call(1), {"cad_number": "7"}]).encode())
    put(landing_dir, "dem", "cad_20250714.json", calls(5))
    take(warehouse, landing_dir)
    return book(warehouse)[0][0]


def test_a_mended_file_takes_the_place_of_the_broken_one(
    warehouse, landing_dir, taken, tmp_path
):
    (tmp_path / MENDED).write_bytes(calls(1, 7, 8))
    told = replay(warehouse, landing_dir, taken, tmp_path / MENDED, clock)
    old, new, other = sorted(book(warehouse), key=lambda row: (row[1], row[3] != 2))
    assert (old[:2], new[1:]) == ((taken, "replaced"), ("taken", 3, 2, taken))
    assert told.startswith(f"{new[0]} stands in the place of {taken}: 3 rows")
    assert new[0].startswith("dem_cad_20250707T040000_")
    assert new[0].endswith("_v02")
    holders = sorted(row[1] for row in held(warehouse))
    assert holders == [new[0]] * 3 + [other[0]]
    assert warehouse.sql("from raw.quarantined_rows").fetchall() == []
    assert take(warehouse, landing_dir) == ["known", "known"], "not taken again"


def test_to_ask_twice_changes_nothing(warehouse, landing_dir, taken, tmp_path):
    (tmp_path / MENDED).write_bytes(calls(1, 7, 8))
    replay(warehouse, landing_dir, taken, tmp_path / MENDED, clock)
    before = book(warehouse), held(warehouse)
    told = replay(warehouse, landing_dir, taken, tmp_path / MENDED, clock)
    assert "reads the same as before; nothing changed" in told
    assert (book(warehouse), held(warehouse)) == before


def test_the_present_reader_reads_the_same_file(
    warehouse, landing_dir, taken, monkeypatch
):
    assert "nothing changed" in replay(warehouse, landing_dir, taken, clock=clock)
    elements = soda.elements

    def mended(*told):
        for line, _, value in elements(*told):
            row = {"received_datetime": "2025-07-06T12:00:00", **value}
            yield line, json.dumps(row), row

    monkeypatch.setattr(soda, "elements", mended)
    told = replay(warehouse, landing_dir, taken, clock=clock)
    assert "2 rows, 2 loaded, 0 quarantined" in told
    assert [row[1] for row in book(warehouse)].count("replaced") == 1


def test_a_mended_file_under_the_old_name_is_found(warehouse, landing_dir, taken):
    put(landing_dir, "dem", CAD, calls(1, 7))
    assert "2 loaded" in replay(warehouse, landing_dir, taken, clock=clock)


def test_a_mended_file_taken_by_a_run_already(warehouse, landing_dir, taken):
    put(landing_dir, "dem", CAD, calls(1, 7))
    take(warehouse, landing_dir)
    assert len(held(warehouse)) == 4, "the broken delivery is still there"
    assert "already holds these bytes" in replay(warehouse, landing_dir, taken)
    assert len(held(warehouse)) == 3
    before = book(warehouse)
    assert "already holds these bytes" in replay(warehouse, landing_dir, taken)
    assert book(warehouse) == before


def test_a_moved_file_is_found_by_its_content(warehouse, landing_dir, taken):
    (landing_dir / "dem" / CAD).rename(landing_dir / "dem" / "old calls.json")
    assert "nothing changed" in replay(warehouse, landing_dir, taken, clock=clock)


def test_what_was_refused_is_let_in_after_a_mend(warehouse, landing_dir, tmp_path):
    put(landing_dir, "hsh", "hmis_20250701.zip", zipped(hmis_files())[:900])
    assert take(warehouse, landing_dir) == ["quarantined"]
    with pytest.raises(CannotReplay, match=r"Still refused.*\[torn_archive\]"):
        replay(warehouse, landing_dir, "hsh/hmis_20250701.zip", clock=clock)
    (tmp_path / "again.zip").write_bytes(zipped(hmis_files()))
    replay(warehouse, landing_dir, "hmis_20250701.zip", tmp_path / "again.zip", clock)
    assert [row[1] for row in book(warehouse)] == ["replaced", "taken"]
    assert take(warehouse, landing_dir) == ["known"]


@pytest.mark.parametrize("small", [1, 1 << 20])
def test_a_refused_mend_leaves_the_rows_that_were_there(
    warehouse, landing_dir, taken, tmp_path, monkeypatch, small
):
    monkeypatch.setattr(group, "SMALL_BYTES", small)
    before = book(warehouse), held(warehouse)
    (tmp_path / MENDED).write_bytes(calls(*range(9_000))[:-3])
    with pytest.raises(CannotReplay, match="torn"):
        replay(warehouse, landing_dir, taken, tmp_path / MENDED, clock)
    assert (book(warehouse), held(warehouse)) == before


def test_withdrawn_and_brought_back(warehouse, landing_dir, taken):
    assert "is withdrawn" in withdraw(warehouse, taken, "sent by mistake")
    assert len(held(warehouse)) == 1
    assert "withdrawn before" in withdraw(warehouse, taken, "sent by mistake")
    assert take(warehouse, landing_dir) == ["known", "known"]
    assert "1 loaded, 1 quarantined" in replay(
        warehouse, landing_dir, taken, clock=clock
    )
    assert len(held(warehouse)) == 2


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("dem_cad_20250707T040000_00000000", "Did you mean dem_cad_20250707T04"),
        ("Ωmega'; drop table raw.deliveries", "The ledger knows no delivery"),
    ],
)
def test_an_unknown_delivery_is_answered_in_words(
    warehouse, landing_dir, taken, wanted, told
):
    with pytest.raises(CannotReplay, match=told):
        replay(warehouse, landing_dir, wanted)


def test_a_file_that_is_gone_is_asked_for(warehouse, landing_dir, taken, tmp_path):
    (landing_dir / "dem" / CAD).unlink()
    with pytest.raises(CannotReplay, match="put it back, or name a mended file"):
        replay(warehouse, landing_dir, taken)
    with pytest.raises(CannotReplay, match="There is no file"):
        replay(warehouse, landing_dir, taken, tmp_path / "nowhere.json")


def test_a_ledger_of_an_older_release_is_carried_over(warehouse, landing_dir, taken):
    for column in ("version", "replaces", "manifest_sha256"):
        warehouse.execute(f"alter table raw.deliveries drop column {column}")
    assert take(warehouse, landing_dir) == ["known", "known"]
    assert "nothing changed" in replay(warehouse, landing_dir, taken, clock=clock)
    assert {row[3] for row in book(warehouse)} == {1}


def test_an_export_with_withheld_projects_reads_the_same(warehouse, landing_dir):
    put(landing_dir, "hsh", "hmis_20250701.zip", zipped(hmis_files()))
    take(warehouse, landing_dir)
    left_out = warehouse.sql("from raw.left_out_rows order by all").fetchall()
    assert left_out
    told = replay(warehouse, landing_dir, "hmis_20250701.zip", clock=clock)
    assert "nothing changed" in told
    assert warehouse.sql("from raw.left_out_rows order by all").fetchall() == left_out
    keys = warehouse.sql("select hashed_key from raw.withheld_keys").fetchall()
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("rows", [1, 7, 19])
def test_a_delivery_no_row_of_which_can_be_taken_is_refused_and_mended(
    warehouse, landing_dir, tmp_path, rows
):
    american = {"received_datetime": "07/06/2025 23:10"}
    put(landing_dir, "dem", CAD, calls(*range(rows), **american))
    (outcome,) = ledger.take_all(warehouse, landing_dir, clock=clock)
    assert outcome.status == "quarantined"
    told = (
        f"not one of its {rows} rows could be taken: {rows} broke bad_time in "
        "dem_cad_calls.received_datetime: received_datetime is not a date or time "
        "written YYYY-MM-DD HH:MM:SS; mend it and replay it [every_row_bad]"
    )
    assert outcome.reason == f"dem/{CAD}: {told}"
    assert held(warehouse) == []
    waiting = warehouse.sql("from raw.quarantined_rows")
    assert len(waiting.fetchall()) == rows, "its department sees what to mend"
    with pytest.raises(CannotReplay, match="Still refused"):
        replay(warehouse, landing_dir, CAD)
    assert len(waiting.fetchall()) == rows
    mended = tmp_path / MENDED
    mended.write_bytes(calls(*range(rows)))
    replay(warehouse, landing_dir, CAD, mended, clock)
    assert len(held(warehouse)) == rows
    assert not waiting.fetchall()


def test_one_good_row_lets_the_others_wait(warehouse, landing_dir):
    bad = [call(n, received_datetime="07/06/2025") for n in range(7)]
    put(landing_dir, "dem", CAD, json.dumps([call(8), *bad]).encode())
    assert take(warehouse, landing_dir) == ["taken"]
    asked = "select count(*) from raw.quarantined_rows"
    assert warehouse.sql(asked).fetchone() == (7,)
