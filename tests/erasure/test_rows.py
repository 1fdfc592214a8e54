"""Erased rows and rows left out at the door end in the same tables."""

import json
from datetime import datetime

import duckdb
import pyarrow as pa
import pytest

from dagster_project.departments import arriving, ledger
from dagster_project.departments.replay import replay
from dagster_project.departments.rows import Batch
from dagster_project.erasure import door, merges, orders, raw_rows, register
from dagster_project.erasure.carrying_out import carry_out
from dagster_project.erasure.orders import Order
from dagster_project.erasure.register import Entry, Register, RegisterUnusable
from dagster_project.places import Places
from dagster_project.warehouse import SETTINGS
from tests.departments.made_up_deliveries import (
    city,
    epcr,
    fhir_files,
    hmis_files,
    put,
    report,
    zipped,
)

NOW = datetime(2025, 8, 1, 6)
LATER = datetime(2025, 9, 1, 6)
GONE = ("hsh:hmis:C1", "fire:epcr:R10", "dph:fhir:p1-2")
BOOKS = ("deliveries", "quarantined_rows", "left_out_rows", "withheld_keys")


@pytest.fixture(autouse=True)
def settle_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arriving, "SETTLE_SECONDS", 0)


@pytest.fixture
def here(tmp_path) -> Places:
    """Return a landing folder with three weeks, and rows that wait in quarantine."""
    landing = tmp_path / "landing"
    for department in ("hsh", "fire", "dph", "dem", "datasf"):
        (landing / department).mkdir(parents=True)
    city(landing)
    exits = [
        # Neither can be loaded: no day. One is C1's own, one is another client's.
        {"ExitID": f"X{key}", "PersonalID": key, "EnrollmentID": f"N{key}"}
        for key in ("C1", "C4")
    ]
    export = zipped(hmis_files(Exit=exits))
    put(landing, "hsh", "hmis_20250702T040000.zip", export)
    mention = {
        "resourceType": "Patient",
        "id": "p9",
        "link": [{"type": "seealso", "other": {"reference": "Patient/p1-2"}}],
    }
    put(landing, "dph", "fhir_20250728T040000", fhir_files(Patient=[mention]))
    home = tmp_path / "home"
    home.mkdir()
    (home / register.KEY_FILE).write_text("ab" * 32)
    return Places(landing=landing, warehouse=home / "warehouse.duckdb")


def take(here: Places, now: datetime = NOW) -> dict[str, list[tuple]]:
    with duckdb.connect(str(here.warehouse), config=SETTINGS) as connection:
        ledger.take_all(connection, here.landing, clock=lambda: now)
        return raw(connection)


def raw(connection) -> dict[str, list[tuple]]:
    names = connection.sql(
        "select table_name from duckdb_tables() where schema_name = 'raw' "
        "and table_name not in ('column_profiles', 'code_profiles', 'garbled_names')"
    ).fetchall()
    return {
        name: connection.sql(f"from raw.{name} order by all").fetchall()
        for (name,) in names
    }


def is_balanced(found: dict[str, list[tuple]]) -> None:
    """Assert that the ledger's sums are the rows that are there."""
    taken = [row for row in found["deliveries"] if row[14] == "taken"]
    loaded, held = (sum(row[place] for row in taken) for place in (12, 13))
    assert all(row[11] == row[12] + row[13] for row in taken)
    assert held == len(found["quarantined_rows"])
    apart = (*BOOKS, "agreements")
    assert loaded == sum(len(rows) for t, rows in found.items() if t not in apart)


def entered(here: Places, *records: str, kind: str = "request", at=NOW) -> None:
    folder = here.warehouse.parent
    key = register.key_beside(folder)
    hashes = tuple(register.hashed(key, record) for record in records)
    register.add(folder, Entry(f"e{len(records)}", kind, at, "Ana", "asked", hashes))


def ordered(here: Places, *records: str) -> Order:
    order = Order("e1", "request", NOW, "Ngozi", "asked in writing", records)
    orders.keep(here.warehouse.parent, order)
    return order


def test_erased_and_left_out_are_the_same(here) -> None:
    before = take(here)
    assert len(before["quarantined_rows"]) == 2
    ordered(here, *GONE)
    with duckdb.connect(str(here.warehouse), config=SETTINGS) as connection:
        (order,) = carry_out(connection, here)
        erased = raw(connection)
    is_balanced(erased)
    assert order.erased["fire_epcr"].values()
    assert sum(order.erased["quarantined_rows"].values()) == 1
    text = json.dumps(erased, default=str)
    for record in GONE:
        assert f'"{record.split(":")[-1]}"' not in text
    assert "Patient/p1-2" not in text and "Patient/expunged" in text
    here.warehouse.unlink()
    rebuilt = take(here)
    is_balanced(rebuilt)
    assert rebuilt == erased
    assert rebuilt != before


def test_carried_out_twice_is_carried_out_once(here) -> None:
    take(here)
    ordered(here, *GONE)
    with duckdb.connect(str(here.warehouse), config=SETTINGS) as connection:
        (first,) = carry_out(connection, here)
        found = raw(connection)
        (second,) = carry_out(connection, here)
        assert (second, raw(connection)) == (first, found)
    (line,) = (here.warehouse.parent / register.FILE).read_text().splitlines()
    assert not any(record in line for record in GONE)


def test_a_replay_brings_nobody_back(here) -> None:
    take(here)
    ordered(here, *GONE)
    with duckdb.connect(str(here.warehouse), config=SETTINGS) as connection:
        carry_out(connection, here)
        for name in ("hsh/hmis_20250701T040000.zip", "fire/epcr_20250714T040000.xml"):
            told = replay(connection, here.landing, name, clock=lambda: LATER)
            assert "nothing changed" in told
        again = put(
            here.landing,
            "fire",
            "epcr_20250714T040000.xml.mended",
            epcr(*(report(number) for number in (10, 11, 12, 99))),
        )
        name = "fire/epcr_20250714T040000.xml"
        replay(connection, here.landing, name, again, clock=lambda: LATER)
        kept = connection.sql("select erecord_01 from raw.fire_epcr").fetchall()
        is_balanced(raw(connection))
    assert ("R99",) in kept and ("R10",) not in kept


def test_a_register_that_cannot_be_read_stops_every_reading(here) -> None:
    entered(here, *GONE)
    (here.warehouse.parent / register.KEY_FILE).unlink()
    with pytest.raises(RegisterUnusable, match="Put it back"):
        take(here)


def test_an_empty_register_looks_at_nothing(here, monkeypatch) -> None:
    def looked(*told) -> None:
        raise AssertionError("a batch was looked at")

    monkeypatch.setattr(door, "without", looked)
    is_balanced(take(here))


def test_whose_time_was_up_comes_back_with_what_is_newer(here) -> None:
    """Old deliveries stay outside; a later one enters, and only news keeps it there."""
    entered(here, *GONE, kind="retention", at=datetime(2025, 7, 20))
    told = register.hashed(register.key_beside(here.warehouse.parent), "hsh:hmis:C1")
    objection = here.warehouse.parent / "consents.jsonl"
    objection.write_text(f'{{"client_record_id": "{register.PREFIX}{told}"}}\n')
    (here.landing / "dph" / "fhir_20250728T040000").rename(here.landing / "aside")
    assert not [r for r in take(here)["hsh_client"] if r[0] == "C1"]
    put(here.landing, "hsh", "hmis_20250801T040000.zip", later_export("2025-06-30"))
    assert [r for r in take(here)["hsh_client"] if r[0] == "C1"]
    with duckdb.connect(str(here.warehouse), config=SETTINGS) as connection:
        carry_out(connection, here)
        found = raw(connection)
    assert not [r for r in found["hsh_client"] if r[0] == "C1"]
    is_balanced(found)
    assert told in objection.read_text()
    put(here.landing, "hsh", "hmis_20250802T040000.zip", later_export("2025-07-31"))
    take(here, LATER)
    with duckdb.connect(str(here.warehouse), config=SETTINGS) as connection:
        carry_out(connection, here)
        assert [r for r in raw(connection)["hsh_client"] if r[0] == "C1"]
    assert objection.read_text() == '{"client_record_id": "hsh:hmis:C1"}\n'


def later_export(touched: str) -> bytes:
    """Return an export made in August that last touched C1 on a day."""
    files = hmis_files()
    export = files["Export.csv"].replace(b"2025-06-30 21:00:00", b"2025-08-01 02:00:00")
    client = files["Client.csv"].replace(
        b"2025-06-30 12:00:00", f"{touched} 12:00:00".encode()
    )
    return zipped({**files, "Export.csv": export, "Client.csv": client})


def test_what_tells_who_it_was_leaves_quarantine_too(here) -> None:
    take(here)
    with duckdb.connect(str(here.warehouse), config=SETTINGS) as connection:
        text = '{"FirstName": "Þóra", "SSN": "219-09-9999"}'
        connection.execute(
            "update raw.quarantined_rows set original = ? "
            "where original like '%\"C4\"%'",
            [text],
        )
        erased = raw_rows.erase_waiting(
            connection, lambda record: False, lambda told: "219-09-9999" in told
        )
        assert sum(erased["quarantined_rows"].values()) == 1
        is_balanced(raw(connection))


def patient(number: str, *links: tuple[str, str]) -> dict:
    return {
        "resourceType": "Patient",
        "id": number,
        "name": [{"family": "Tuʻipulotu", "given": ["ʻAna"]}],
        "link": [
            {"type": kind, "other": {"reference": f"Patient/{other}"}}
            for kind, other in links
        ],
    }


def encounter(number: str, of: str) -> dict:
    subject = {"reference": f"Patient/{of}"}
    return {"resourceType": "Encounter", "id": number, "subject": subject}


@pytest.mark.parametrize(
    "told",
    [
        # The new profile says which one it replaces, the old one what replaced it.
        [patient("p70", ("replaces", "p1-2"))],
        [patient("p1-2", ("replaced-by", "p70")), patient("p70")],
        [patient("p1-2", ("replaced-by", "p69")), patient("p70", ("replaces", "p69"))],
    ],
)
def test_who_was_expunged_is_followed_to_the_id_they_were_merged_into(
    here, told
) -> None:
    entered(here, *GONE)
    early = fhir_files(Patient=[patient("p70")], Encounter=[encounter("e70", "p70")])
    put(here.landing, "dph", "fhir_20250729T040000", early)
    take(here)
    assert orders.open_orders(here.warehouse.parent) == []
    put(here.landing, "dph", "fhir_20250730T040000", fhir_files(Patient=told))
    take(here)
    with duckdb.connect(str(here.warehouse), config=SETTINGS) as connection:
        (order,) = carry_out(connection, here)
        found = raw(connection)
    assert order.reason == "its department merged it with a client of erasure e3"
    assert (order.by, order.kind) == ("Ana", "request")
    is_balanced(found)
    text = json.dumps(found, default=str)
    assert '"p70"' not in text and "Patient/p70" not in text and '"e70"' not in text
    orders.close(here.warehouse.parent, order)
    known = register.read(here.warehouse.parent)
    assert known.find("dph:fhir:p70")
    # Known by now: nothing is opened again, and nothing enters.
    late = fhir_files(Patient=[*told, patient("p70")])
    put(here.landing, "dph", "fhir_20250731T040000", late)
    assert '"p70"' not in json.dumps(take(here), default=str)
    assert orders.open_orders(here.warehouse.parent) == []


@pytest.mark.parametrize(
    ("kind", "entries", "links"),
    [
        ("retention", GONE, [("replaces", "p1-2")]),
        ("request", GONE, [("seealso", "p1-2"), ("refer", "p1-2")]),
        ("request", GONE, [("replaces", "p8"), ("replaces", "expunged")]),
        ("request", GONE[:1], [("replaces", "p1-2")]),
    ],
)
def test_nobody_else_is_followed(here, kind, entries, links) -> None:
    """Whose time was up may come back; "see also" is no merge."""
    entered(here, *entries, kind=kind)
    told = fhir_files(Patient=[patient("p70", *links)])
    put(here.landing, "dph", "fhir_20250729T040000", told)
    found = take(here)
    assert orders.open_orders(here.warehouse.parent) == []
    assert '"p70"' in json.dumps(found, default=str).replace('\\"', '"')


@pytest.mark.parametrize(
    ("entry", "master"), [("T2", "T1"), ("T1", "T2")], ids=["duplicate", "master"]
)
def test_a_log_entry_merged_with_one_who_was_expunged_is_followed(
    here, entry, master
) -> None:
    known = Register(
        (Entry("e1", "request", NOW, "Ana", "asked", (told_of(here, "T1"),)),),
        register.key_beside(here.warehouse.parent),
        here.warehouse.parent,
    )
    rows = pa.table({"ContactID": [entry, "T9"], "MasterRecordId": [master, None]})
    let_in = door.door(known, NOW)
    left = let_in(Batch("dem_team_log", rows))
    assert left.rows["ContactID"].to_pylist() == ["T9"]
    (order,) = orders.open_orders(here.warehouse.parent)
    assert order.client_records == ("dem:team_log:T2",)
    let_in(Batch("dem_team_log", rows))
    assert orders.open_orders(here.warehouse.parent) == [order]


def told_of(here: Places, entry: str) -> str:
    key = register.key_beside(here.warehouse.parent)
    return register.hashed(key, f"dem:team_log:{entry}")


UUID = "a1500a8d-f414-4ca3-84bc-4e0a7d0ccb15"


def reports_of(**columns: list[str]) -> pa.Table:
    size = len(columns["report_id"])
    rest = {"pcr_uuid": [None] * size, "eresponse_03": [None] * size}
    return pa.table({**rest, **columns})


def test_a_report_sent_again_under_another_number_is_its_clients(here) -> None:
    found = {"_delivery_id": ["d1", "d2", "d1", "d1"], "report_id": ["R1", "R2@S40"]}
    found["report_id"] += ["R3", "R4"]
    raw_reports = reports_of(**found, pcr_uuid=[UUID, UUID, "c" * 36, "c" * 36])
    with duckdb.connect() as connection:
        connection.execute("create schema raw")
        connection.execute("create table raw.fire_epcr as from raw_reports")
        assert raw_reports.num_rows == 4
        of_one = merges.closure(connection, {"fire:epcr:R2@S40"})
        of_shared = merges.closure(connection, {"fire:epcr:R3"})
    assert of_one == {"fire:epcr:R1", "fire:epcr:R2@S40", f"fire:epcr:{UUID}"}
    assert of_shared == {"fire:epcr:R3"}, "a program's constant tells nothing"
    entered(here, *sorted(of_one))
    known = register.read(here.warehouse.parent)
    later = reports_of(report_id=["R7", "R8"], pcr_uuid=[UUID, None])
    left = door.door(known, LATER)(Batch("fire_epcr", later))
    assert left.rows["report_id"].to_pylist() == ["R8"]
    (order,) = orders.open_orders(here.warehouse.parent)
    assert order.client_records == ("fire:epcr:R7",)


@pytest.mark.parametrize(
    ("at", "kept"), [(NOW, ["R2"]), (datetime(2027, 5, 1), ["R1@S40", "R2"])]
)
def test_who_was_expunged_by_number_stays_outside_whatever_the_agency(
    here, at, kept
) -> None:
    entered(here, "fire:epcr:R1", at=at)
    let_in = door.door(register.read(here.warehouse.parent), at)
    left = let_in(Batch("fire_epcr", reports_of(report_id=["R1@S40", "R1", "R2"])))
    assert left.rows["report_id"].to_pylist() == kept
