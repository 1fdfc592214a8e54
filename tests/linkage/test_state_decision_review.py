"""A decision on records that changed since a state took it up is asked about again."""

import json
import shutil

import pyarrow as pa
import pytest

from dagster_project.linkage.decision_contents import COMPARED
from dagster_project.linkage.decisions import CANNOT_LINK, MUST_LINK
from dagster_project.linkage.state_decision_review import TAKEN
from dagster_project.linkage.table_decisions import Statement
from tests.linkage import decided_town
from tests.linkage.decided_town import against_evidence, stands
from tests.linkage.state_lives import Life, clusters

pytestmark = pytest.mark.usefixtures("small_files_wait_too")


@pytest.fixture(scope="module")
def town():
    return decided_town.town()


def with_values(table: pa.Table, record: str, **values: str | None) -> pa.Table:
    """Return one record with other values."""
    rows = {r["client_record_id"]: r for r in table.to_pylist()}
    return pa.Table.from_pylist([rows[record] | values], table.schema)


def asked(found) -> list[tuple[str, str, str]]:
    """Return the decisions that a run asks about again, with the reasons."""
    rows = [q for q in found.review_queue.to_pylist() if q["question"] == "decision"]
    names = "client_record_id_l", "client_record_id_r", "reason"
    return [tuple(row[name] for name in names) for row in rows]


@pytest.fixture(scope="module")
def taken_up(town, tmp_path_factory):
    """Return a state that took up both decisions on its second day, and the words."""
    both = against_evidence()
    words = {d.decision_id: Statement("both came", "Nguyễn") for d in both}
    life = Life(tmp_path_factory.mktemp("taken") / "state")
    life.run(town)
    assert asked(life.run(town, both, words)) == []
    return life, both, words


@pytest.fixture
def life_of(taken_up, tmp_path):
    """Return a copy of that state to live on."""
    life = Life(tmp_path / "state")
    shutil.copytree(taken_up[0].folder, life.folder, dirs_exist_ok=True)
    life.days = taken_up[0].days
    return life


CHANGES = [
    ({"first_name": "Siobhán"}, "first_name"),
    ({"last_name": "Çelik-Abubakar"}, "last_name"),
    ({"dob": "1931-12-09"}, "dob"),
    ({"ssn": "734-11-2233"}, "ssn"),
    ({"last_name": "Đặng", "dob": "1931-12-09"}, "dob, last_name"),
]


@pytest.mark.parametrize(("values", "changed"), CHANGES)
@pytest.mark.parametrize("number", [0, 1], ids=[CANNOT_LINK, MUST_LINK])
def test_a_decision_whose_record_changed_holds_and_is_asked_again(
    number, values, changed, life_of, taken_up, town
):
    _, both, words = taken_up
    one = both[number]
    said = f"decided on 2026-07-04 by Nguyễn, since then {changed} changed"
    again = [(one.left, one.right, said)]
    moved = life_of.run(with_values(town, one.right, **values), None)
    assert asked(moved) == again
    assert stands(clusters(moved.partition), both) == [True, True]
    # It is asked as long as nobody answers, also when the same file is given.
    kept = life_of.run(town.slice(0, 0), both, words)
    assert asked(kept) == again and not kept.is_full
    assert kept.events.num_rows == 0
    # The record as it was is no question.
    assert asked(life_of.run(with_values(town, one.right), None)) == []


@pytest.mark.parametrize(
    "answer", ["another reason", "another hand", "turned round", "left out, given"]
)
def test_a_decision_taken_anew_is_not_asked_again(answer, life_of, taken_up, town):
    _, both, words = taken_up
    one, other = both
    changed = with_values(town, one.left, last_name="Ōta", dob="1931-12-09")
    assert len(asked(life_of.run(changed, None))) == 1
    nobody, kind, name = town.slice(0, 0), one.kind, one.decision_id
    if answer == "another reason":
        words = words | {name: Statement("came again", "Nguyễn")}
    if answer == "another hand":
        words = words | {name: Statement("both came", "Adebayo")}
    if answer == "turned round":
        kind = MUST_LINK
    if answer == "left out, given":
        assert asked(life_of.run(nobody, [other], words)) == []
    now = sorted([one._replace(kind=kind), other])
    found = life_of.run(nobody, now, words)
    assert asked(found) == [] and found.decided.stand == tuple(now)
    assert stands(clusters(found.partition), now) == [True, True]
    assert asked(life_of.run(nobody, None)) == []
    # The next change is asked about again.
    assert len(asked(life_of.run(with_values(town, one.left), None))) == 1


def test_a_batch_in_a_component_of_a_decision_leaves_its_question(
    life_of, taken_up, town
):
    _, both, words = taken_up
    one = both[1]
    moved = life_of.run(with_values(town, one.left, dob="1931-12-09"), both, words)
    copy = with_values(town, one.right, client_record_id="further")
    later = life_of.run(copy, both, words)
    assert not later.is_full and one.right in later.state.touched.to_pylist()
    assert asked(later) == asked(moved) != []


def test_a_column_without_values_that_comes_or_goes_is_no_change(
    life_of, taken_up, town
):
    _, both, words = taken_up
    row = with_values(town, both[0].left)
    bare = row.drop_columns([c for c in row.column_names if not row[c][0].as_py()])
    assert asked(life_of.run(bare, both, words)) == []
    other = next(c for c in COMPARED if c not in row.column_names)
    more = row.append_column(other, pa.array([""]))
    assert asked(life_of.run(more, both, words)) == []


def test_a_state_keeps_no_value_for_its_decisions(taken_up, town):
    life, both, _ = taken_up
    told = json.loads((life.folder / "current.json").read_text())["settings"][TAKEN]
    assert set(told) == {d.decision_id for d in both}
    rows = {r["client_record_id"]: r for r in town.to_pylist()}
    values = {str(rows[both[0].left][c]) for c in ("first_name", "last_name", "dob")}
    assert not [value for value in values if value in json.dumps(told)]
