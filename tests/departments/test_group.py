"""Deliveries written together end as if each had been written alone."""

import json
from datetime import datetime, timedelta

import duckdb
import pytest

from dagster_project.departments import group, landing, ledger, ledger_tables, soda

from .made_up_deliveries import (
    call,
    city,
    csv_bytes,
    fhir_files,
    hmis_files,
    put,
    zipped,
)

NAMES = [f"cad_202507{day:02d}.json" for day in (7, 14, 21, 28)]


def calls(*numbers: int) -> bytes:
    return json.dumps([call(number) for number in numbers]).encode()


def ticking():
    """Return a clock that is a minute later each time it is asked."""
    minutes = iter(range(10_000))
    return lambda: datetime(2025, 8, 1) + timedelta(minutes=next(minutes))


def tables(connection) -> dict[str, list]:
    """Return every raw table in the order in which its rows lie."""
    names = connection.sql(
        "select table_name from duckdb_tables() where schema_name = 'raw'"
    ).fetchall()
    return {
        name: connection.sql(f"select * from raw.{name} order by rowid").fetchall()
        for (name,) in names
    }


def taken(folder, **more) -> tuple[list, dict[str, list]]:
    with duckdb.connect() as connection:
        outcomes = ledger.take_all(connection, folder, clock=ticking(), **more)
        return outcomes, tables(connection)


@pytest.fixture
def writes(monkeypatch) -> list[int]:
    """Count the ledger rows of each transaction."""
    found, insert = [], ledger_tables.insert_records

    def counted(connection, table, records):
        if table == "deliveries" and records:
            found.append(len(records))
        insert(connection, table, records)

    monkeypatch.setattr(ledger_tables, "insert_records", counted)
    return found


@pytest.fixture
def troubled(landing_dir):
    """Fill the landing folder with weeks of deliveries, some of them bad or doubled."""
    city(landing_dir)
    put(landing_dir, "dem", "cad_20250708.json", calls(1)[:-3])
    put(landing_dir, "dem", "cad_20250715.json", calls(900, 901))
    put(landing_dir, "dem", "cad_20250716.json", calls(900, 901))
    held = json.dumps([call(902), {"cad_number": "903"}]).encode()
    put(landing_dir, "dem", "cad_20250717.json", held)
    put(landing_dir, "dem", "unknown.exe", b"")
    return landing_dir


@pytest.mark.faults
@pytest.mark.parametrize("deliveries", [1, 2, 3, 100])
@pytest.mark.parametrize("small", [1, 2_000, 1 << 20])
def test_whatever_is_written_together_the_tables_are_the_same(
    troubled, monkeypatch, deliveries, small
):
    monkeypatch.setattr(group, "GROUP_DELIVERIES", 1)
    alone = taken(troubled)
    assert {o.status for o in alone[0]} == {"taken", "quarantined", "known"}
    monkeypatch.setattr(group, "GROUP_DELIVERIES", deliveries)
    monkeypatch.setattr(group, "SMALL_BYTES", small)
    assert taken(troubled) == alone


def test_small_deliveries_share_a_transaction(troubled, writes):
    outcomes, _ = taken(troubled)
    assert writes == [sum(o.status != "known" for o in outcomes)]


@pytest.mark.parametrize(("limit", "sizes"), [(1, [1] * 4), (20_000, [2, 2])])
def test_a_group_is_bounded_by_the_memory_it_takes(
    landing_dir, writes, monkeypatch, limit, sizes
):
    for number, name in enumerate(NAMES):
        put(landing_dir, "dem", name, calls(*range(number, number + 100)))
    monkeypatch.setattr(group, "GROUP_BYTES", limit)
    taken(landing_dir)
    assert writes == sizes


@pytest.mark.faults
def test_a_refusal_in_the_middle_leaves_the_others(landing_dir, writes):
    for number, name in enumerate(NAMES):
        put(landing_dir, "dem", name, calls(number)[: -3 if number == 1 else None])
    outcomes, found = taken(landing_dir)
    statuses = ["taken", "quarantined", "taken", "taken"]
    assert [o.status for o in outcomes] == statuses
    assert [row[14] for row in found["deliveries"]] == statuses
    minutes = [row[16].minute for row in found["deliveries"]]
    assert (minutes, len(found["dem_cad_calls"]), writes) == ([1, 2, 3, 4], 3, [4])


def test_the_same_content_twice_in_one_group(landing_dir):
    for name in NAMES[:2]:
        put(landing_dir, "dem", name, calls(1))
    outcomes, found = taken(landing_dir)
    assert [o.status for o in outcomes] == ["taken", "known"]
    assert outcomes[0].delivery_id == outcomes[1].delivery_id
    assert (len(found["deliveries"]), len(found["dem_cad_calls"])) == (1, 1)


def test_the_same_refusal_twice_is_booked_once_when_tried_again(landing_dir):
    for name in NAMES[:2]:
        put(landing_dir, "dem", name, calls(1)[:-3])
    with duckdb.connect() as connection:
        for retry in (False, True, True):
            ledger.take_all(connection, landing_dir, clock=ticking(), retry=retry)
        (row,) = tables(connection)["deliveries"]
    assert row[14] == "quarantined"


def test_a_large_delivery_keeps_its_place_between_small_ones(
    landing_dir, writes, monkeypatch
):
    for at, count in enumerate((2, 2, 9_000, 2)):
        put(landing_dir, "dem", NAMES[at], calls(*range(at * 10, at * 10 + count)))
    monkeypatch.setattr(group, "SMALL_BYTES", 1 << 19)
    told = []
    _, found = taken(landing_dir, progress=lambda *what: told.append(what[1:]))
    assert writes == [2, 1, 1]
    ids = [row[-2] for row in found["dem_cad_calls"]]
    assert len(ids) == 9_006
    assert ids == sorted(ids)
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


@pytest.mark.faults
def test_a_large_delivery_refused_late_takes_back_its_own_rows_only(
    landing_dir, monkeypatch
):
    put(landing_dir, "dem", NAMES[0], calls(1))
    put(landing_dir, "dem", NAMES[1], calls(*range(9_000))[:-3])
    put(landing_dir, "dem", NAMES[2], calls(2))
    monkeypatch.setattr(group, "SMALL_BYTES", 1)
    outcomes, found = taken(landing_dir)
    assert [o.status for o in outcomes] == ["taken", "quarantined", "taken"]
    assert len(found["dem_cad_calls"]) == 2


@pytest.mark.faults
def test_what_changes_while_it_is_read_leaves_the_others(landing_dir, monkeypatch):
    for number, name in enumerate(NAMES):
        put(landing_dir, "dem", name, calls(number))
    changed = landing.has_changed
    monkeypatch.setattr(
        landing, "has_changed", lambda d: d.name == NAMES[1] or changed(d)
    )
    outcomes, _ = taken(landing_dir)
    assert [o.name for o in outcomes] == [NAMES[0], *NAMES[2:]]


@pytest.mark.faults
def test_a_fault_of_ours_loses_nothing_that_was_read_before(landing_dir, monkeypatch):
    for number, name in enumerate(NAMES):
        put(landing_dir, "dem", name, calls(number))
    facts = soda.facts

    def broken(source):
        if source.name == NAMES[2]:
            raise ZeroDivisionError
        return facts(source)

    monkeypatch.setattr(soda, "facts", broken)
    with duckdb.connect() as connection:
        with pytest.raises(ZeroDivisionError):
            ledger.take_all(connection, landing_dir)
        assert len(tables(connection)["dem_cad_calls"]) == 2
        setting = "select current_setting('threads') > 1, "
        setting += "current_setting('checkpoint_threshold')"
        with duckdb.connect() as fresh:
            assert connection.sql(setting).fetchall() == fresh.sql(setting).fetchall()


def test_what_one_delivery_withholds_the_next_of_its_group_knows(landing_dir, writes):
    put(landing_dir, "hsh", "hmis_20250701.zip", zipped(hmis_files()))
    stamp = {"DateUpdated": "2025-07-31 12:00:00"}
    delta = hmis_files(Organization=[], Project=[], Client=[], Enrollment=[])
    header, _, row = delta["Export.csv"].decode().partition("\r\n")
    later = row.replace("2025-06-30 21:00:00", "2025-07-31 21:00:00")
    delta["Export.csv"] = f"{header}\r\n{later}".encode()
    columns = delta["Exit.csv"].decode().strip().split(",")
    exits = [
        {
            **stamp,
            "ExitID": f"X{key}",
            "EnrollmentID": f"N{key}",
            "PersonalID": key,
            "ExitDate": "2025-07-15",
        }
        for key in ("C1", "C2")
    ]
    delta["Exit.csv"] = csv_bytes(columns, exits)
    put(landing_dir, "hsh", "hmis_20250801.zip", zipped(delta))
    _, found = taken(landing_dir)
    assert writes == [2]
    assert [row[0] for row in found["hsh_exit"]] == ["XC1"]
    assert "C2" not in str(found)
    keys = [key for _, key, _ in found["withheld_keys"]]
    assert len(keys) == len(set(keys))


def test_what_was_left_out_is_told_in_one_order(landing_dir):
    patient = {"resourceType": "Patient", "id": "p1"} | {f"x{n}": n for n in range(9)}
    put(landing_dir, "dph", "fhir_20250707T040000", fhir_files(Patient=[patient]))
    told = [row[1:3] for row in taken(landing_dir)[1]["left_out_rows"]]
    assert len(told) == 9
    assert told == sorted(told)
