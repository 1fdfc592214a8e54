"""A steward's decisions on any table of people: what they do, and what is refused."""

import pyarrow as pa
import pytest

from dagster_project.linkage.cluster import ContradictoryDecisions
from dagster_project.linkage.columns import UnreadableRecords
from dagster_project.linkage.decisions import CANNOT_LINK, MUST_LINK
from dagster_project.linkage.ledger import HOLDS, LIFTED
from dagster_project.linkage.link import link
from dagster_project.linkage.state_decisions import DECISIONS, WITHDRAWN_ONES
from dagster_project.linkage.table_decisions import (
    TableDecision,
    about,
    joining_nothing,
    pairs,
    read_table_decisions,
)
from tests.linkage import decided_town
from tests.linkage.decided_town import against_evidence, chosen, stands
from tests.linkage.state_lives import Life, clusters

pytestmark = pytest.mark.usefixtures("small_files_wait_too")


def table(*rows: tuple[str | None, ...], columns: str = "record_id_l record_id_r"):
    names = [*columns.split(), "decision"][: len(rows[0])]
    return pa.table([list(column) for column in zip(*rows, strict=True)], names)


def test_decisions_are_read_once_each_and_sorted():
    given = table(
        ("b", "a", "Must-Link "),
        ("a", "b", "must_link"),
        ("Ngũgĩ 7", "a", "cannot_link"),
    )
    found = list(read_table_decisions(given, "d.csv"))
    assert found == [
        (CANNOT_LINK, "Ngũgĩ 7", "a"),
        (MUST_LINK, "a", "b"),
    ]
    assert len({d.decision_id for d in found}) == 2
    whole = pa.table({"record_id_l": [7], "record_id_r": [10], "decision": [MUST_LINK]})
    assert list(read_table_decisions(whole, "d.parquet")) == [(MUST_LINK, "10", "7")]
    assert about(found, {"a", "b"}) == ([(MUST_LINK, "a", "b")], ["Ngũgĩ 7"])
    assert pairs(found, MUST_LINK) == [("a", "b")]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (table(("a", "b")), "d.csv has no column decision; its columns are"),
        (
            table(("a", "b", "must_link"), columns="record_id_l recordid_r"),
            "has no column record_id_r; did you mean 'recordid_r'?",
        ),
        (
            table(("a", "b", "must_link"), columns="client_record_id_l other"),
            "has no column client_record_id_r",
        ),
        (
            table(("a", "b", "must_link"), ("c", "d", "mustlink")),
            "decision is 'mustlink' in row 2; did you mean 'must_link'?",
        ),
        (
            table(("a", "b", "nein")),
            "'nein' in row 1; say 'must_link' or 'cannot_link'",
        ),
        (table(("a", "b", None)), "decision is empty in row 1; say"),
        (table(("a", None, "must_link")), "record_id_r is empty in row 1"),
        (table(("a", "a", "cannot_link")), "row 1 names 'a' twice"),
    ],
)
def test_what_is_no_decision_is_refused_by_row(given, said):
    with pytest.raises(UnreadableRecords) as refused:
        read_table_decisions(given, "d.csv")
    assert said in str(refused.value)


def test_all_contradictions_are_listed():
    given = table(
        ("a", "b", "must_link"),
        ("b", "c", "must_link"),
        ("c", "a", "cannot_link"),
        ("x", "y", "must_link"),
        ("y", "x", "cannot_link"),
        ("c", "loose end", "must_link"),
        ("a", "x", "cannot_link"),
    )
    with pytest.raises(ContradictoryDecisions) as refused:
        read_table_decisions(given, "d.csv")
    assert str(refused.value).endswith(
        "row 1 (must-link a / b), row 2 (must-link b / c), row 3 (cannot-link c / a); "
        "row 4 (must-link x / y), row 5 (cannot-link y / x)"
    )


def test_many_decisions_are_checked_in_no_time():
    count = 20_000
    rows = [(f"{n}", f"{n + 1}", "must_link") for n in range(0, count, 2)]
    rows += [(f"{n + 1}", f"{n + 2}", "cannot_link") for n in range(0, count, 2)]
    assert len(read_table_decisions(table(*rows), "d.csv")) == count


@pytest.fixture(scope="module")
def town():
    return decided_town.town()


@pytest.fixture(scope="module")
def plain():
    return decided_town.plain()


@pytest.fixture(scope="module")
def decided():
    """Return the two decisions that the evidence contradicts."""
    return against_evidence()


COLUMNS = ("cluster", "cluster_loose", "cluster_strict")


def test_a_decision_holds_at_every_threshold_and_the_evidence_elsewhere(
    town, plain, decided
):
    assert stands(plain, decided) == [False, False]
    must, cannot = (pairs(decided, kind) for kind in (MUST_LINK, CANNOT_LINK))
    result = link(town, must_link=must, cannot_link=cannot)
    for column in COLUMNS:
        assert stands(clusters(result.partition, column), decided) == [True, True]
    assert joining_nothing(decided, result.partition) == []


def test_a_must_link_with_a_record_too_thin_is_told():
    partition = pa.table({"client_record_id": ["a", "b"], "cluster": ["a", None]})
    must = TableDecision(MUST_LINK, "a", "b")
    cannot = TableDecision(CANNOT_LINK, "a", "b")
    assert joining_nothing([must, cannot], partition) == ["b"]


def effects(events: pa.Table) -> list[str]:
    """Return the effects of the steward's decisions that events tell of."""
    rows = [e for e in events.to_pylist() if e["kind"] == "steward"]
    return [w for e in rows for w in (HOLDS, LIFTED) if f'"{w}"' in e["evidence"]]


def test_decisions_are_taken_up_kept_and_withdrawn_by_full_runs(
    town, plain, decided, tmp_path
):
    life = Life(tmp_path / "state")
    named = {record for d in decided for record in (d.left, d.right)}
    ids = town["client_record_id"].to_pylist()
    late = [row for row, record in enumerate(ids) if record not in named][:6]
    first = town.take([row for row in range(len(ids)) if row not in late])
    assert life.run(first).is_full
    taken = life.run(first, decided)
    assert taken.is_full and taken.decided.is_new
    assert effects(taken.events) == [HOLDS, HOLDS]
    assert stands(clusters(taken.partition), decided) == [True, True]
    assert taken.state.settings[DECISIONS] == decided
    # The same again changes nothing, and a later run keeps to them.
    again = life.run(first, decided)
    assert not again.is_full and again.events.num_rows == 0
    later = life.run(town.take(late), decided)
    assert not later.is_full and effects(later.events) == []
    assert stands(clusters(later.partition), decided) == [True, True]
    # Left out: withdrawn, and evidence decides.
    gone = life.run(first.slice(0, 0))
    assert gone.is_full and set(gone.decided.withdrawn) == set(decided)
    assert effects(gone.events) == [LIFTED, LIFTED]
    assert clusters(gone.partition) == plain
    assert gone.state.ledger.in_force == frozenset()
    assert gone.state.settings[DECISIONS] == gone.state.settings[WITHDRAWN_ONES] == []
    assert not life.run(first.slice(0, 0)).decided.withdrawn


def test_touched_components_keep_to_decisions(town, decided, tmp_path):
    # A further record of each person named: all that they are in is joined anew.
    life = Life(tmp_path / "state")
    life.run(town, decided)
    rows = {r["client_record_id"]: r for r in town.to_pylist()}
    named = [record for pair in chosen() for record in pair]
    for number, record in enumerate(named):
        copy = {**rows[record], "client_record_id": f"further {number}"}
        found = life.run(pa.Table.from_pylist([copy], town.schema), decided)
        assert not found.is_full
        assert record in found.state.touched.to_pylist()
        for column in COLUMNS:
            held = stands(clusters(found.partition, column), decided)
            assert held == [True, True], (record, column)


def test_a_record_that_a_decision_names_is_linked_in_full(town, decided, tmp_path):
    life = Life(tmp_path / "state")
    ids = town["client_record_id"].to_pylist()
    row = ids.index(decided[0].left)
    others = town.take([n for n in range(len(ids)) if n != row])
    begun = life.run(others, decided)
    assert begun.decided.lacking == (decided[0].left,)
    assert begun.state.settings[DECISIONS] == decided[1:]
    came = life.run(town.slice(row, 1), decided)
    assert came.is_full and came.decided.lacking == ()
    assert stands(clusters(came.partition), decided) == [True, True]
    (record,) = town.slice(row, 1).to_pylist()
    moved = pa.Table.from_pylist([{**record, "phone": "415-555-0142"}], town.schema)
    changed = life.run(moved, decided)
    assert changed.is_full
    assert stands(clusters(changed.partition), decided) == [True, True]


def test_what_was_withdrawn_without_effect_is_lifted_when_evidence_goes_too(
    tmp_path, town, decided
):
    # Withdrawn while a second decision says the same through a third record: the two
    # stay one person, so nothing is lifted until that ends too.
    life = Life(tmp_path / "state")
    must = decided[1]
    third = chosen()[0][0]
    way = [
        TableDecision(MUST_LINK, *sorted((must.left, third))),
        TableDecision(MUST_LINK, *sorted((must.right, third))),
    ]
    life.run(town)
    life.run(town, [must])
    stays = life.run(town, way)
    assert must.decision_id in stays.state.ledger.in_force
    assert stays.state.settings[WITHDRAWN_ONES] == [must]
    ended = life.run(town)
    assert must.decision_id not in ended.state.ledger.in_force
    assert ended.state.settings[WITHDRAWN_ONES] == []


def test_what_a_file_says_of_a_decision_does_not_depend_on_its_rows_order():
    rows = {
        "record_id_l": ["a", "b", "c"],
        "record_id_r": ["b", "a", "d"],
        "decision": ["must_link", "Must-Link", "cannot_link"],
        "reason": ["seen together", " one card", None],
        "by": ["Wanjirũ", "Wanjirũ", None],
    }
    told = pa.table(rows)
    found = read_table_decisions(told, "d.csv")
    assert found == read_table_decisions(told.take([2, 1, 0]), "d.csv")
    assert found == {
        TableDecision(MUST_LINK, "a", "b"): (
            "one card; seen together",
            "Wanjirũ",
        ),
        TableDecision(CANNOT_LINK, "c", "d"): ("", ""),
    }
    bare = read_table_decisions(told.drop_columns(["reason", "by"]), "d.csv")
    assert set(bare.values()) == {("", "")}
