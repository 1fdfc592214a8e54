"""Batch after batch ends where one run over all records ends."""

import shutil

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.made_up_people import made_up_people
from dagster_project.linkage import state_run
from dagster_project.linkage.columns import UnreadableRecords
from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.evaluate import evaluate
from dagster_project.linkage.link import link
from tests.linkage.invented_town import invented_records
from tests.linkage.state_lives import Life, clusters, shuffled

pytestmark = pytest.mark.usefixtures("small_files_wait_too")

RECORDS = 3000
PROFILES = ("full", "names_dob_city", "historical")


@pytest.fixture(scope="module", params=PROFILES)
def people(request):
    """Return shuffled records, their partition by one run over all, and the truth."""
    table = shuffled(made_up_people(RECORDS, request.param, seed=5), 11)
    ids = table["record_id"].to_pylist()
    truth = dict(zip(ids, table["true_person"].to_pylist(), strict=True))
    return table, link(table).partition, truth


def alone(found: dict) -> list:
    """Return the clusters, a record without one being alone."""
    return [cluster or record for record, cluster in found.items()]


def likeness(found: dict, whole: dict) -> float:
    """Return the pairwise F1 of two partitions over the records of the first."""
    return evaluate(alone(found), [whole[r] or r for r in found]).pairwise.f1


def quality(found: dict, truth: dict) -> float:
    """Return the pairwise F1 of a partition against the true persons."""
    return evaluate(alone(found), [truth[r] for r in found]).pairwise.f1


def test_ten_equal_batches(people, tmp_path):
    table, _, truth = people
    batches, size = 10, RECORDS // 30
    table = table.slice(0, batches * size)
    full = link(table).partition
    life = Life(tmp_path / "state")
    for number in range(batches):
        found = life.run(table.slice(number * size, size))
        assert found.is_full  # each is more than a twentieth of those before
    assert found.partition.equals(full)
    assert quality(clusters(full), truth) > 0.5


def test_small_batches_after_a_large_one(people, tmp_path):
    table, full, truth = people
    life = Life(tmp_path / "state")
    first, size = RECORDS - RECORDS // 25, RECORDS // 100
    begun = life.run(table.slice(0, first))
    for start in range(first, RECORDS, size):
        found = life.run(table.slice(start, size))
        assert not found.is_full
    state, whole = clusters(found.partition), clusters(full)
    assert state.keys() == whole.keys()
    # A model fitted to 96 % of 3,000 records is another one, whoever links by it: the
    # same first records, linked by one run over them and by one over all, differ too.
    # 2026-11: by up to .0014 of F1. What linking in batches adds to that is below .001.
    begin = clusters(begun.partition)
    both = {record: whole[record] for record in begin}
    drift = abs(quality(begin, truth) - quality(both, truth))
    assert abs(quality(state, truth) - quality(whole, truth)) <= 0.001 + drift
    assert likeness(state, whole) >= 0.999 - (1 - likeness(begin, whole))
    # However they are cut and in whatever order they stand.
    other = Life(tmp_path / "other")
    other.run(shuffled(table.slice(0, first), 1))
    twice = shuffled(table.slice(first), 2)
    other.run(twice.slice(0, 17))
    again = other.run(twice)
    assert again.partition.equals(found.partition)
    assert again.edges.equals(found.edges)
    assert again.review_queue.equals(found.review_queue)
    assert clusters(again.partition) == clusters(found.partition)
    # And what is looked at anew gives every later record its edges.
    assert found.edges.num_rows > 0


@pytest.mark.parametrize(
    ("known", "later", "due"),
    [
        (0, 1, True),
        (1000, 0, False),
        (1000, 3, True),
        (10_000, 250, False),
        (10_000, 251, True),
        (1_000_000, 50_000, False),
        (1_000_000, 50_001, True),
    ],
)
def test_small_files_are_run_in_full_sooner(known, later, due, monkeypatch):
    monkeypatch.setattr(state_run, "SMALL", 20_000)
    assert state_run.is_full_run_due(known, later) == due


@pytest.fixture(scope="module")
def town():
    return invented_records(110, seed=8)[0]


def changed(table: pa.Table, row: int, **values: str | None) -> pa.Table:
    """Return one row with other values."""
    (record,) = table.slice(row, 1).to_pylist()
    return pa.Table.from_pylist([{**record, **values}], schema=table.schema)


def test_the_same_batch_twice_changes_nothing(town, tmp_path):
    life = Life(tmp_path / "state")
    begun, later = town.slice(20), town.slice(0, 20)
    first = life.run(begun)
    again = life.run(shuffled(begun, 3))
    assert not again.is_full and again.events.num_rows == 0
    added = life.run(later)
    once_more = life.run(later)
    assert added.events.num_rows > 0 and once_more.events.num_rows == 0
    for one, two in ((first, again), (added, once_more)):
        assert one.partition.equals(two.partition)
        assert one.edges.equals(two.edges)
        assert one.review_queue.equals(two.review_queue)
        assert one.model == two.model
    assert life.run(town).events.num_rows == 0


def test_an_empty_batch_changes_nothing(town, tmp_path):
    life = Life(tmp_path / "state")
    first = life.run(town)
    assert life.run(town.slice(0, 0)).partition.equals(first.partition)
    assert life.run(town.slice(0, 0)).events.num_rows == 0


def joined_row(partition: pa.Table, table: pa.Table) -> int:
    """Return the row of a record that is linked to exactly one other."""
    cluster = partition["cluster"]
    counts = {c["values"]: c["counts"] for c in pc.value_counts(cluster).to_pylist()}
    for row, record in enumerate(table["client_record_id"].to_pylist()):
        if counts.get(clusters(partition)[record]) == 2:
            return row
    raise AssertionError("nobody has two records")


def test_a_changed_record_leaves_and_comes_back(town, tmp_path):
    life = Life(tmp_path / "state")
    first = life.run(town)
    row = joined_row(first.partition, town)
    record = town["client_record_id"][row].as_py()
    person = first.state.ledger.whole.person_of()[record]
    other = changed(
        town,
        row,
        first_name="Ngozi",
        middle_name=None,
        last_name="Çelik-Abubakar",
        dob="1931-12-09",
        dob_precision="day",
        ssn=None,
        phone=None,
        address=None,
        zip=None,
        aliases=None,
    )
    moved = life.run(other)
    assert moved.partition.num_rows == first.partition.num_rows
    assert clusters(moved.partition)[record] == record
    now = moved.state.ledger.whole.person_of()
    assert [r for r, p in now.items() if p == now[record]] == [record]
    back = life.run(town.slice(row, 1))
    assert back.partition.equals(first.partition)
    assert back.edges.equals(first.edges)
    assert back.review_queue.equals(first.review_queue)
    assert back.state.later.num_rows == 0
    # Whoever of the two kept the person, they are one again, and no id is new.
    mate = [r for r, p in first.state.ledger.whole.person_of().items() if p == person]
    assert len({back.state.ledger.whole.person_of()[r] for r in mate}) == 1
    assert "mint" not in back.events["kind"].to_pylist()


def test_a_record_that_becomes_thin_is_nobody_and_comes_back(town, tmp_path):
    life = Life(tmp_path / "state")
    first = life.run(town)
    row = joined_row(first.partition, town)
    record = town["client_record_id"][row].as_py()
    empty = {c: None for c in town.column_names[2:]}
    thin = life.run(changed(town, row, **empty))
    assert clusters(thin.partition)[record] is None
    assert record not in thin.state.ledger.whole.person_of()
    assert "left the partition" in thin.events["evidence"].to_pylist()[0]
    assert life.run(town).partition.equals(first.partition)


def test_thin_records_come_first_later_and_for_good(town, tmp_path):
    life = Life(tmp_path / "state")
    nobody = pa.table({"record_id": ["z1", "z2"], "city": ["Oakland", "Oakland"]})
    life.run(pa.concat_tables([town, renamed(nobody)], promote_options="default"))
    found = life.run(pa.table({"record_id": ["z3"], "first_name": ["Siobhán"]}))
    states = clusters(found.partition)
    assert states["z1"] is states["z2"] is states["z3"] is None
    better = {"record_id": ["z3"], "first_name": ["Siobhán"], "dob": ["1969-03-02"]}
    assert clusters(life.run(pa.table(better)).partition)["z3"] == "z3"


def renamed(table: pa.Table) -> pa.Table:
    return table.rename_columns(["client_record_id", *table.column_names[1:]])


def test_names_and_zip_found_a_person_by_what_the_source_is_known_to_hold(
    town, tmp_path
):
    # A source that holds more than names and places judges such a record harshly,
    # also when the batch shows nothing else of it.
    row = {"first_name": "Xiulan", "last_name": "Oyelaran", "zip": "94110"}
    life = Life(tmp_path / "state")
    life.run(town)
    batch = [
        {"client_record_id": "a", "source_system": "hmis", **row},
        {"client_record_id": "b", "source_system": "soup kitchen", **row},
    ]
    batch[1] |= {"first_name": "Thandiwe", "last_name": "Mkhize", "zip": "94124"}
    found = life.run(pa.Table.from_pylist(batch))
    assert not found.is_full
    both = [town, pa.Table.from_pylist(batch)]
    both = pa.concat_tables(both, promote_options="default")
    whole = clusters(link(both).partition)
    assert (whole["a"], whole["b"]) == (None, "b")
    assert {r: clusters(found.partition)[r] for r in "ab"} == {"a": None, "b": "b"}


def test_new_sources_come_later(town, tmp_path):
    life = Life(tmp_path / "state")
    is_new = pc.equal(town["source_system"], "team_log")
    rest, late = town.filter(pc.invert(is_new)), town.filter(is_new).slice(0, 15)
    life.run(rest)
    found = life.run(late)
    assert not found.is_full
    statuses = found.partition.filter(
        pc.is_in(
            found.partition["client_record_id"],
            value_set=late["client_record_id"].combine_chunks(),
        )
    )["link_status"]
    assert "linked" in statuses.to_pylist()


@pytest.mark.parametrize("late_is_richer", [True, False])
def test_columns_may_come_and_go(late_is_richer, tmp_path):
    table = shuffled(made_up_people(1500, "full", seed=3), 2)
    poor = table.drop_columns(["email", "middle_name", "sex", "source"])
    first, late = (poor, table) if late_is_richer else (table, poor)
    life = Life(tmp_path / "state")
    life.run(first.slice(0, 1450))
    found = life.run(late.slice(1450))
    assert not found.is_full
    ids, people = (table[c].to_pylist() for c in ("record_id", "true_person"))
    truth = dict(zip(ids, people, strict=True))
    states = clusters(found.partition)
    assert quality(states, truth) > 0.9
    # Whoever is sent again with more or less in it is a changed record.
    assert life.run(late).is_full


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_a_state_may_begin_with_hardly_anybody(count, town, tmp_path):
    life = Life(tmp_path / "state")
    found = life.run(town.slice(0, count))
    assert found.is_full and found.partition.num_rows == count
    assert life.run(town.slice(0, count)).events.num_rows == 0
    grown = life.run(town.slice(0, 40))
    assert grown.partition.equals(link(town.slice(0, 40)).partition)


def test_nobody_who_can_be_linked_is_a_state_too(tmp_path):
    life = Life(tmp_path / "state")
    thin = pa.table({"record_id": [f"{n}" for n in range(50)], "sex": ["f"] * 50})
    assert life.run(thin).events.num_rows == 0
    one = pa.table({"record_id": ["x"], "last_name": ["Ōta"], "dob": ["1980-04-09"]})
    found = life.run(one)
    assert not found.is_full
    assert found.state.ledger.whole.person_of().keys() == {"x"}


def test_other_settings_and_another_clock_are_refused(town, tmp_path):
    life = Life(tmp_path / "state")
    life.run(town)
    life.config = LinkConfig(seed=7)
    with pytest.raises(UnreadableRecords, match="another --seed"):
        life.run(town)
    life.config = LinkConfig(columns={"zip": "extra_1"})
    with pytest.raises(UnreadableRecords, match="other --extra"):
        life.run(town)
    life.config, life.days = LinkConfig(), -5
    with pytest.raises(UnreadableRecords, match="set this machine's clock"):
        life.run(town)


def test_further_columns_do_not_change_places(town, tmp_path):
    jobs = town.append_column("job", pa.array(["cook"] * town.num_rows))
    jobs = jobs.append_column("pet", pa.array(["dog"] * town.num_rows))
    one = {"job": "extra_1", "pet": "extra_2"}
    other = {"pet": "extra_1", "job": "extra_2"}
    life = Life(tmp_path / "state", LinkConfig(columns=one))
    life.run(jobs)
    life.config = LinkConfig(columns=other)
    with pytest.raises(UnreadableRecords, match="other --extra"):
        life.run(jobs)


SCHEMA = pa.schema(
    {c: pa.string() for c in ("record_id", "first_name", "last_name", "dob", "ssn")}
)
ROWS = st.fixed_dictionaries(
    {
        "record_id": st.sampled_from([f"r{n}" for n in range(12)]),
        "first_name": st.sampled_from(("Ana", "Anna", "Bảo", "Chidi", None)),
        "last_name": st.sampled_from(("Quispe", "Nguyễn", "O'Brien")),
        "dob": st.sampled_from(("1980-02-03", "1980-03-02", "1991-11-19", None)),
        "ssn": st.sampled_from(("734112233", "746998877", None)),
    }
)
BATCHES = st.lists(
    st.lists(ROWS, max_size=6, unique_by=lambda row: row["record_id"]),
    min_size=1,
    max_size=5,
)


@pytest.fixture(scope="module")
def crowd(town, tmp_path_factory):
    life = Life(tmp_path_factory.mktemp("crowd") / "state")
    life.run(town)
    return life


@settings(max_examples=12, deadline=None)
@given(batches=BATCHES, in_a_crowd=st.booleans())
def test_ids_are_never_given_twice(batches, in_a_crowd, tmp_path_factory, crowd):
    # Life.run checks the books after every run: replayed events, files and ids agree.
    life = Life(tmp_path_factory.mktemp("life") / "state")
    if in_a_crowd:
        shutil.copytree(crowd.folder, life.folder, dirs_exist_ok=True)
        life.days = crowd.days
    given_out: set[str] = set()
    for rows in batches:
        found = life.run(pa.Table.from_pylist(rows, schema=SCHEMA))
        events = found.events.to_pylist()
        new = {e["person_id"] for e in events if e["kind"] == "mint"}
        assert not new & given_out
        given_out |= new
        assert {e["person_id"] for e in events if e["kind"] == "link"} <= set(
            found.state.ledger.whole.minted["person_id"].to_pylist()
        )
