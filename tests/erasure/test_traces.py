"""Histories keep their order and lose the id."""

import json
from datetime import UTC, datetime

import duckdb
import pytest

from dagster_project.erasure import traces
from dagster_project.linkage import ledger
from dagster_project.linkage.decision_entries import decision_line
from dagster_project.linkage.decision_file import adding_to, read_decisions
from dagster_project.linkage.decisions import Decision
from dagster_project.linkage.warehouse_tables import create_empty

AT = datetime(2026, 3, 1, tzinfo=UTC)
INSTEAD = {"hsh:hmis:7": "expunged:aa", "fire:epcr:Ж1": "expunged:bb"}


def test_the_ledger_replays_as_before_without_the_id() -> None:
    told = {"decision_id": "d1", "effect": "holds"}
    steward = json.dumps(told | {"other_client_record_id": "fire:epcr:Ж1"})
    rows = [
        ("mint", "p_1", "hsh:hmis:7", None),
        ("link", "p_1", "hsh:hmis:7", '{"probability": 0.9}'),
        ("link", "p_1", "hsh:hmis:77", None),
        ("steward", "p_1", "hsh:hmis:77", steward),
    ]
    with duckdb.connect() as connection:
        create_empty(connection)
        for number, (kind, person, record, evidence) in enumerate(rows, start=1):
            connection.execute(
                "insert into linkage.identity_events "
                "values (?, ?, 'r', 'm', ?, ?, null, ?, ?)",
                [number, AT.replace(tzinfo=None), kind, person, record, evidence],
            )
        assert traces.in_ledger(connection, INSTEAD) == 3
        assert traces.in_ledger(connection, INSTEAD) == 0
        events = connection.sql("from linkage.identity_events").to_arrow_table()
    state = ledger.replay(events)
    assert state.person_of() == {"expunged:aa": "p_1", "hsh:hmis:77": "p_1"}
    assert state.in_force == {"d1"}
    text = json.dumps(events.to_pylist(), default=str, ensure_ascii=False)
    assert 'hmis:7"' not in text and "Ж1" not in text and "expunged:bb" in text


def decision(number: int, left: str, right: str) -> str:
    return decision_line(
        Decision(
            f"d{number}", "must_link", left, right, "seen together", "Þóra", AT, {}, {}
        )
    )


@pytest.fixture
def folder(tmp_path):
    with adding_to(tmp_path / "decisions.jsonl") as (_, add):
        add(decision(1, "hsh:hmis:7", "hsh:hmis:77"))
    with adding_to(tmp_path / "decisions.jsonl") as (_, add):
        add(decision(2, "fire:epcr:Ж1", "hsh:hmis:77"))
    (tmp_path / "consents.jsonl").write_text(
        '{"client_record_id": "hsh:hmis:7", "said": "objected"}\n'
        '{"client_record_id": "fire:epcr:\\u04161", "said": "objected"}\n'
    )
    (tmp_path / "case_list.csv").write_text("listing_id,person_id\nL1,p_1\nL2,p_2\n")
    return tmp_path


def test_stewards_files_keep_every_line_and_lose_the_id(folder) -> None:
    found = traces.in_files(folder, INSTEAD, {"p_1": "expunged:cc"})
    assert found == {"decisions.jsonl": 2, "consents.jsonl": 2, "case_list.csv": 1}
    first, second = read_decisions(folder / "decisions.jsonl")
    assert (first.left, first.right) == ("expunged:aa", "hsh:hmis:77")
    assert (second.left, second.right) == ("expunged:bb", "hsh:hmis:77")
    assert "expunged:bb" in (folder / "consents.jsonl").read_text()
    listed = (folder / "case_list.csv").read_text()
    assert listed == "listing_id,person_id\nL1,expunged:cc\nL2,p_2\n"
    assert traces.in_files(folder, INSTEAD, {"p_1": "expunged:cc"}) == {}


def test_a_decision_that_waits_for_the_file_is_added_to_the_new_one(folder) -> None:
    """Whoever waited for the lock holds a file that was replaced meanwhile."""
    import threading

    path = folder / "decisions.jsonl"
    began = threading.Event()

    def decide() -> None:
        began.set()
        with adding_to(path) as (_, add):
            add(decision(3, "dph:fhir:D1", "dph:fhir:D2"))

    with adding_to(path):
        late = threading.Thread(target=decide)
        late.start()
        began.wait()
        path.with_name("new").write_text(path.read_text())
        path.with_name("new").replace(path)
    late.join()
    assert [d.decision_id for d in read_decisions(path)] == ["d1", "d2", "d3"]
