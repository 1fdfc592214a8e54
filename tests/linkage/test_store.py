from datetime import UTC, datetime, timedelta

import duckdb
import pyarrow as pa
import pytest

from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.decisions import (
    CANNOT_LINK,
    MUST_LINK,
    Decision,
    Standing,
    stand,
)
from dagster_project.linkage.ledger import (
    EVENTS,
    LedgerOutOfOrder,
    person_as_of,
    replay,
)
from dagster_project.linkage.ledger_sql import check_present
from dagster_project.linkage.link import link
from dagster_project.linkage.store import (
    TABLES,
    _add_events,
    read_events,
    write_linkage,
)
from dagster_project.linkage.warehouse_tables import create_empty
from tests.linkage.invented_town import invented_records

DAY = datetime(2026, 1, 1)
NONE = Standing()


@pytest.fixture(scope="module")
def town():
    records, _ = invented_records(120, seed=4)
    department = [r.split(":")[0] for r in records["client_record_id"].to_pylist()]
    return records.append_column("department", pa.array(department))


@pytest.fixture(scope="module")
def plain(town):
    return link(town)


@pytest.fixture
def warehouse():
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        yield connection


def run(warehouse, town, day=0, standing=NONE, result=None):
    if result is None:
        result = link(
            town,
            must_link=standing.pairs(MUST_LINK),
            cannot_link=standing.pairs(CANNOT_LINK),
        )
    return write_linkage(
        warehouse,
        result,
        town,
        read_events(warehouse),
        key=b"kept elsewhere",
        at=DAY + timedelta(days=day),
        run_id=f"run{day}",
        standing=standing,
    )


def rows(warehouse, query):
    return warehouse.execute(query).fetchall()


def decision(number, kind, left, right, **more):
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return Decision(f"d{number}", kind, left, right, "seen", "Mwangi", at, **more)


def standing_of(town, *decisions):
    return stand(decisions, {r: {} for r in town["client_record_id"].to_pylist()})


def test_the_same_records_again_change_nothing(warehouse, town, plain):
    assert run(warehouse, town, 0, result=plain).keys() == TABLES.keys()
    first = {
        t: rows(warehouse, f"select * from linkage.{t} order by all") for t in TABLES
    }
    run(warehouse, town, 1, result=plain)
    again = {
        t: rows(warehouse, f"select * from linkage.{t} order by all") for t in TABLES
    }
    assert first == again


def test_blocking_keys_are_kept_if_the_run_made_them(warehouse, town, plain):
    assert run(warehouse, town, 0, result=plain)["blocking_keys"] == 0
    result = link(town, config=LinkConfig(blocking_keys=True))
    assert result.partition.equals(plain.partition)
    made = result.blocking_keys.num_rows
    assert run(warehouse, town, 1, result=result)["blocking_keys"] == made > 0
    kinds = rows(
        warehouse,
        "select distinct typeof(client_record_id), typeof(rule), typeof(key) "
        "from linkage.blocking_keys",
    )
    assert kinds == [("VARCHAR", "VARCHAR", "UBIGINT")]
    # Every pair shares a key under the rule that found it.
    (without,) = rows(
        warehouse,
        """
        select count(*) from linkage.candidate_pairs as pairs
        where not exists (
            from linkage.blocking_keys as one
            inner join linkage.blocking_keys as two using (rule, key)
            where one.client_record_id = pairs.client_record_id_l
                and two.client_record_id = pairs.client_record_id_r
                and rule = pairs.blocking_rule
        )
        """,
    )
    assert without == (0,)


def test_sql_and_python_tell_the_same_past(warehouse, town, plain):
    run(warehouse, town, 0, result=plain)
    run(warehouse, town.slice(0, town.num_rows // 2), 5)
    run(warehouse, town, 9, result=plain)
    events = read_events(warehouse)
    for day in (-1, 0, 4, 5, 8, 9, 100):
        moment = DAY + timedelta(days=day)
        told = rows(
            warehouse,
            "select client_record_id, person_id from linkage.person_as_of("
            f"timestamp '{moment}')",
        )
        assert dict(told) == person_as_of(events, moment.replace(tzinfo=UTC))
        assert len(told) == len(dict(told))
    (persons,) = rows(
        warehouse,
        "select count(*) from linkage.persons_as_of(timestamp 'infinity')",
    )
    assert persons == rows(warehouse, "select count(*) from linkage.persons")[0]


@pytest.mark.parametrize(
    ("change", "table"),
    [
        (
            "update linkage.client_links set person_id = 'p_0' where rowid = "
            "(select min(rowid) from linkage.client_links "
            "where person_id is not null)",
            "client_links",
        ),
        (
            "delete from linkage.persons where rowid = 0",
            "persons",
        ),
        ("update linkage.persons set n_client_records = 99", "persons"),
    ],
)
def test_tables_that_differ_from_the_ledger_are_found(
    warehouse, town, plain, change, table
):
    run(warehouse, town, 0, result=plain)
    check_present(warehouse)
    warehouse.execute(change)
    with pytest.raises(LedgerOutOfOrder, match=f"linkage.{table} differs"):
        check_present(warehouse)


def test_a_decision_holds_at_every_threshold_and_is_booked_once(warehouse, town, plain):
    run(warehouse, town, 0, result=plain)
    person_of = replay(read_events(warehouse)).person_of()
    by_person: dict[str, list[str]] = {}
    for record, person in person_of.items():
        by_person.setdefault(person, []).append(record)
    left, right = next(m for m in by_person.values() if len(m) > 1)[:2]
    far = next(m[0] for m in by_person.values() if right not in m)
    taken = [
        decision(1, CANNOT_LINK, left, right),
        decision(2, MUST_LINK, right, far),
        decision(3, CANNOT_LINK, left, "gone"),
    ]
    run(warehouse, town, 1, standing_of(town, *taken))
    columns = "person_id", "person_id_loose", "person_id_strict"
    found = {
        row[0]: row[1:]
        for row in rows(
            warehouse,
            f"select client_record_id, {', '.join(columns)} from linkage.client_links",
        )
    }
    for place, column in enumerate(columns):
        assert found[left][place] != found[right][place], column
        assert found[right][place] == found[far][place], column
    booked = "select evidence->>'decision_id', evidence->>'effect' from "
    booked += "linkage.identity_events where kind = 'steward' order by event_id"
    assert rows(warehouse, booked) == [("d1", "holds"), ("d2", "holds")]
    assert rows(warehouse, "select status from linkage.decisions order by 1") == [
        ("active",),
        ("active",),
        ("dormant",),
    ]
    run(warehouse, town, 2, standing_of(town, *taken))
    assert len(rows(warehouse, booked)) == 2, "the same again is no event"

    at = datetime(2026, 1, 3, tzinfo=UTC)
    back = [
        decision(n, kind, a, b, withdrawn_at=at, withdrawn_by="Sato")
        for n, kind, a, b in [(1, CANNOT_LINK, left, right), (2, MUST_LINK, right, far)]
    ]
    run(warehouse, town, 3, standing_of(town, *back))
    assert set(rows(warehouse, booked)[2:]) == {("d1", "lifted"), ("d2", "lifted")}
    run(warehouse, town, 4, standing_of(town, *back))
    assert len(rows(warehouse, booked)) == 4


def test_what_needs_an_answer_stands_in_the_review_queue(warehouse, town, plain):
    run(warehouse, town, 0, result=plain)
    linked = rows(
        warehouse,
        "select client_record_id from linkage.client_links "
        "where person_id is not null order by 1 limit 4",
    )
    a, b, c, d = (record for (record,) in linked)
    changed = {"content": "then"}
    taken = [
        decision(1, MUST_LINK, a, b),
        decision(2, CANNOT_LINK, b, a),
        decision(3, CANNOT_LINK, c, d, left_content=changed),
    ]
    run(warehouse, town, 1, standing_of(town, *taken))
    asked = rows(
        warehouse,
        "select question, client_record_id_l, client_record_id_r, reason "
        "from linkage.review_queue where question in ('decision', 'contradiction') "
        "order by question",
    )
    assert asked == [
        (
            "contradiction",
            b,
            a,
            f"contradictory decisions: d1 (must-link {a} / {b}), "
            f"d2 (cannot-link {b} / {a})",
        ),
        (
            "decision",
            c,
            d,
            "decided on 2026-01-01 by Mwangi, since then content changed",
        ),
    ]
    needs = rows(
        warehouse,
        "select bool_and(needs_review) from linkage.persons inner join "
        "linkage.client_links using (person_id) "
        f"where client_record_id in ('{a}', '{c}', '{d}')",
    )
    assert needs == [(True,)]


def test_a_question_says_what_a_yes_would_join(warehouse, town, plain):
    run(warehouse, town, 0, result=plain)
    queue = rows(
        warehouse,
        "select client_record_id_l, client_record_id_r, n_client_records, n_persons "
        "from linkage.review_queue order by n_client_records",
    )
    assert queue
    left, right, n_records, n_persons = queue[0]
    taken = decision(1, MUST_LINK, left, right)
    before = rows(warehouse, "select count(*) from linkage.persons")[0][0]
    run(warehouse, town, 1, standing_of(town, taken))
    after = rows(warehouse, "select count(*) from linkage.persons")[0][0]
    assert before - after == n_persons - 1
    (size,) = rows(
        warehouse,
        "select n_client_records from linkage.persons inner join linkage.client_links "
        f"using (person_id) where client_record_id = '{left}'",
    )
    assert size == (n_records,)


def test_a_first_run_with_very_many_events_loses_none(warehouse):
    # 2026-11-24: DuckDB 1.5.5 dropped them, see create_empty.
    many = 125_000
    rows_ = pa.table(
        {
            "event_id": pa.array(range(1, many + 1)),
            "at": pa.repeat(pa.scalar(DAY, EVENTS.field("at").type), many),
        }
    )
    missing = {f.name: pa.nulls(many, f.type) for f in EVENTS}
    columns = missing | {name: rows_[name] for name in rows_.column_names}
    events = pa.table({name: columns[name] for name in EVENTS.names}).cast(EVENTS)
    warehouse.execute("begin transaction")
    create_empty(warehouse)
    _add_events(warehouse, events)
    warehouse.execute("commit")
    assert read_events(warehouse).num_rows == many


def test_a_warehouse_of_an_earlier_version_is_brought_up(warehouse, town, plain):
    warehouse.execute("create schema linkage")
    warehouse.execute(
        "create table linkage.models as select 'm_0' as model_id, '{}' as parameters, "
        "1 as n_records, 1 as n_pairs, timestamp '2025-01-01' as trained_at"
    )
    run(warehouse, town, 0, result=plain)
    assert rows(
        warehouse,
        "select model_id, n_training_pairs <= n_pairs, "
        "json_array_length(calibration) from linkage.models order by trained_at",
    ) == [("m_0", None, None), (plain.model_id, True, 4)]
