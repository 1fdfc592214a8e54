"""A warehouse made anew goes on with the history of the older one."""

from datetime import UTC, datetime, timedelta

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from dagster_project.linkage.carry_over import CannotCarryOver, carry_over
from dagster_project.linkage.ledger import person_as_of
from dagster_project.linkage.link import link
from dagster_project.linkage.store import read_events, write_linkage
from tests.linkage.invented_town import invented_records

DAY = datetime(2026, 1, 1)


def opened() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    return connection


def ran(warehouse, records, day: int) -> None:
    write_linkage(
        warehouse,
        link(records),
        records,
        read_events(warehouse),
        key=b"kept beside it",
        at=DAY + timedelta(days=day),
        run_id=f"run{day}",
    )


@pytest.fixture(scope="module")
def town() -> pa.Table:
    records, _ = invented_records(120, seed=4)
    department = [r.split(":")[0] for r in records["client_record_id"].to_pylist()]
    return records.append_column("department", pa.array(department))


@pytest.fixture(scope="module")
def old(town) -> duckdb.DuckDBPyConnection:
    """Return a warehouse after two runs; in the second half the town was new."""
    warehouse = opened()
    ran(warehouse, town.slice(0, town.num_rows // 2), 0)
    ran(warehouse, town, 1)
    return warehouse


def links(warehouse) -> dict[str, str]:
    return dict(
        warehouse.execute(
            "select client_record_id, person_id from linkage.client_links "
            "where person_id is not null"
        ).fetchall()
    )


def nobody(record: str) -> None:
    return None


def test_who_is_who_and_who_was_who_stay(old, town):
    new, events = opened(), read_events(old)
    assert carry_over(old, new, nobody) == events.num_rows
    ran(new, town, 7)
    assert links(new) == links(old)
    assert read_events(new).equals(events), "nothing happened that has to be told"
    asked = (
        "select * from linkage.person_as_of(timestamp '2026-01-01 12:00') order by 1"
    )
    assert new.execute(asked).fetchall() == old.execute(asked).fetchall()
    assert person_as_of(read_events(new), DAY.replace(tzinfo=UTC))


def test_a_record_that_is_called_otherwise_moves_by_events(old, town):
    one = sorted(links(old))[0]
    ids = pc.replace_substring(town["client_record_id"], one, f"{one}@S40")
    renamed = town.set_column(
        town.column_names.index("client_record_id"), "client_record_id", ids
    )
    new, before = opened(), read_events(old)
    carry_over(old, new, nobody)
    ran(new, renamed, 7)
    fresh = read_events(new).slice(before.num_rows).to_pylist()
    told = {(event["kind"], event["client_record_id"]) for event in fresh}
    assert {("unlink", one), ("link", f"{one}@S40")} <= told
    minted = [
        e["person_id"] for e in read_events(new).to_pylist() if e["kind"] == "mint"
    ]
    assert len(minted) == len(set(minted)), "no person id is given out twice"


def test_who_was_expunged_since_stays_out(old):
    one = sorted(links(old))[0]
    new = opened()
    carry_over(old, new, lambda record: "expunged:1" if record == one else None)
    found = read_events(new)["client_record_id"].to_pylist()
    assert one not in found
    assert "expunged:1" in found


def test_two_histories_are_not_made_one(old, town):
    new = opened()
    ran(new, town, 7)
    with pytest.raises(CannotCarryOver, match="history of its own"):
        carry_over(old, new, nobody)
    with pytest.raises(CannotCarryOver, match="holds no history"):
        carry_over(opened(), opened(), nobody)


def test_a_torn_history_is_not_gone_on_with(old):
    torn, new = opened(), opened()
    carry_over(old, torn, nobody)
    torn.execute("delete from linkage.identity_events where event_id = 3")
    with pytest.raises(CannotCarryOver, match="gap"):
        carry_over(torn, new, nobody)
    assert not read_events(new).num_rows
