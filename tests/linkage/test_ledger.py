from datetime import UTC, datetime

import pyarrow as pa
import pytest

from dagster_project.linkage.ledger import EVENTS, LedgerOutOfOrder, replay

AT = datetime(2026, 1, 1, tzinfo=UTC)


def events(*rows):
    told = [
        {"event_id": n, "at": AT, "kind": kind, "person_id": p, "client_record_id": r}
        for n, kind, p, r in rows
    ]
    return pa.Table.from_pylist(told, schema=EVENTS)


def test_the_last_move_of_a_record_counts():
    ledger = replay(
        events(
            (3, "unlink", "p_1", "a"),
            (1, "mint", "p_1", "a"),
            (2, "link", "p_1", "a"),
            (4, "mint", "p_2", "b"),
            (5, "link", "p_2", "b"),
            (6, "link", "p_2", "a"),
        )
    )
    assert ledger.person_of() == {"a": "p_2", "b": "p_2"}
    assert ledger.minted["person_id"].to_pylist() == ["p_1", "p_2"]
    wanted = pa.array(["b", "never heard of"])
    assert ledger.persons_of(wanted).to_pylist() == ["p_2", None]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([(1, "mint", "p_1", "a"), (3, "link", "p_1", "a")], "gap"),
        ([(1, "unlink", "p_1", "a")], "event 1 unlinks a"),
        ([(1, "link", "p_1", "a"), (2, "unlink", "p_2", "a")], "event 2 unlinks a"),
        ([(1, "link", "p_1", "a"), (2, "link", "p_2", "a")], "event 2 links a"),
        ([(1, "link", "p_1", "a"), (2, "unlink", "p_1", "b")], "event 2 unlinks b"),
    ],
)
def test_a_ledger_that_contradicts_itself_is_refused(rows, said):
    with pytest.raises(LedgerOutOfOrder, match=said):
        replay(events(*rows))
