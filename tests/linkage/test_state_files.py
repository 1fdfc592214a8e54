"""The files of a state: whole or refused in one sentence, never half believed."""

import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from dagster_project.linkage.columns import UnreadableRecords
from dagster_project.linkage.laid_aside import LaidAside
from dagster_project.linkage.state_files import VERSION, held, next_base, read_state
from tests.linkage.invented_town import invented_records
from tests.linkage.state_lives import Life

pytestmark = pytest.mark.usefixtures("small_files_wait_too")


@pytest.fixture(scope="module")
def lived(tmp_path_factory) -> Path:
    """Return a state after a full run and a batch."""
    life = Life(tmp_path_factory.mktemp("lived") / "state")
    town = invented_records(120, seed=2)[0]
    life.run(town.slice(10))
    assert not life.run(town.slice(0, 10)).is_full
    return life.folder


@pytest.fixture
def state(lived, tmp_path) -> Path:
    return Path(shutil.copytree(lived, tmp_path / "state"))


def refused(folder: Path) -> str:
    with pytest.raises(UnreadableRecords) as error:
        read_state(folder)
    assert str(error.value).count("\n") == 0
    return str(error.value)


def test_only_what_counts_is_kept(state):
    names = {path.name for path in state.iterdir()}
    assert names == {"base-1", "run-2", "events", "current.json"}
    events = {path.name for path in (state / "events").iterdir()}
    assert events == {"000001.parquet", "000002.parquet"}


def test_what_is_laid_aside_is_the_same_bytes(lived, tmp_path):
    life = Life(tmp_path / "state", lays_aside=False)
    life.run(invented_records(120, seed=2)[0].slice(10))
    files = sorted(path.name for path in (lived / "base-1").iterdir())
    assert files == sorted(path.name for path in (life.folder / "base-1").iterdir())
    for name in files:
        one, two = (folder / "base-1" / name for folder in (lived, life.folder))
        assert one.read_bytes() == two.read_bytes(), name


def test_a_killed_full_run_leaves_nothing_to_the_next(state):
    killed = next_base(state)
    killed.mkdir()
    (killed / "keys_0.npy").write_bytes(b"torn")
    assert next_base(state) == killed and not killed.exists()


@pytest.mark.parametrize("write", [LaidAside.array, LaidAside.table])
def test_a_full_disk_is_told_as_one(tmp_path, write):
    many = np.arange(1_000_000)
    full = pa.table({"n": many}) if write is LaidAside.table else many
    (tmp_path / f"n.{'arrow' if write is LaidAside.table else 'npy'}").symlink_to(
        "/dev/full"
    )
    with pytest.raises(OSError, match="No space left on device"):
        write(LaidAside(tmp_path), "n", full)


def test_every_file_is_missed_when_it_is_gone_or_cut_short(state):
    files = [path for path in state.rglob("*") if path.is_file()]
    assert len(files) > 100
    for path in files:
        whole = path.read_bytes()
        is_event = path.suffix == ".parquet"
        for torn in (b"", whole[: len(whole) // 2], whole[:-1], b"\0" * 16):
            if is_event:
                continue  # events are read by who asks for them, not by a run
            path.write_bytes(torn)
            if path.suffix in (".json", ".arrow") and torn == whole[:-1]:
                continue  # without its last line break or padding it says the same
            assert "is damaged" in refused(state), path
        path.unlink()
        lost = "holds other files" if path.name == "current.json" else "is damaged"
        assert lost in refused(state), path
        path.write_bytes(whole)
    assert read_state(state) is not None


BARE = f'{{"version": {VERSION}}}'


@pytest.mark.parametrize("text", ["[]", "7", "{}", BARE, "null", "\xff"])
def test_a_strange_list_of_files_is_refused(state, text):
    (state / "current.json").write_bytes(text.encode("latin-1"))
    assert "is damaged" in refused(state)


def test_another_version_is_refused(state):
    named = json.loads((state / "current.json").read_text())
    (state / "current.json").write_text(json.dumps({**named, "version": 0}))
    assert "was written by another version" in refused(state)


@pytest.mark.parametrize("name", ["notes.txt", "events", "base", "run-of-luck"])
def test_a_folder_of_other_things_is_refused_and_left_alone(tmp_path, name):
    (tmp_path / name).mkdir()
    (tmp_path / name / "mine.parquet").write_text("mine")
    assert "holds other files" in refused(tmp_path)
    assert (tmp_path / name / "mine.parquet").read_text() == "mine"


@pytest.mark.parametrize(
    "left", [["base-1"], ["base-1", "run-1", "events"], ["run-1"], []]
)
def test_what_a_killed_first_run_left_is_no_obstacle(tmp_path, left):
    for name in left:
        (tmp_path / name).mkdir()
        (tmp_path / name / "000001.parquet").write_text("half")
    if "events" in left:
        (tmp_path / "current.json.part").write_text("{")
    assert read_state(tmp_path) is None
    Life(tmp_path).run(pa.table({"record_id": ["a"], "ssn": ["734112233"]}))
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"base-1", "run-1", "events", "current.json"}


def test_leftovers_of_a_later_run_are_cleared(state):
    for name in ("base-3", "run-3", "run-4"):
        (state / name).mkdir()
    (state / "events" / "000003.parquet").write_text("half")
    life = Life(state)
    life.days = 2
    life.run(pa.table({"record_id": ["a"], "ssn": ["734112233"]}))
    names = {path.name for path in state.iterdir()}
    assert names == {"base-1", "run-3", "events", "current.json"}


def test_one_run_at_a_time(state):
    with (
        held(state),
        pytest.raises(UnreadableRecords, match="in use by another run"),
        held(state),
    ):
        pass
    with held(state):
        pass


def test_an_error_within_is_not_taken_for_another_run(state):
    with pytest.raises(BlockingIOError), held(state):
        raise BlockingIOError
