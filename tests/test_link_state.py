"""``throughline link --state`` as a user meets it, killed and otherwise."""

import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from dagster_project import whole_folder
from dagster_project.cli import app
from dagster_project.linkage import state_files, state_run
from dagster_project.linkage.ledger import replay
from dagster_project.linkage.state_files import held, read_events, read_state
from tests.commands import Call
from tests.linkage.invented_town import invented_records

pytestmark = pytest.mark.usefixtures("small_files_wait_too")

RESULTS = ("client_links", "edges", "review_queue")
VOLATILE = ["at", "run_id"]


def say(*words: object, code: int = 0) -> str:
    """Run a command; return its output, or its one sentence when it should fail."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == code, result.output
    if code:
        assert result.stderr.count("\n") == 1, result.stderr
    return result.stderr if code else result.output


class Place:
    """A state, its results and its batches in one folder."""

    def __init__(self, home: Path) -> None:
        self.home, self.state, self.out = home, home / "state", home / "out"

    def arguments(self, batch: str) -> list[str]:
        records = self.home / f"{batch}.parquet"
        where = ["--out", self.out, "--state", self.state]
        return [str(word) for word in ("link", records, *where)]

    def link(self, batch: str) -> str:
        return say(*self.arguments(batch))

    def results(self) -> dict[str, object]:
        """Return all that a run leaves, but for the time and the name of the run."""
        found: dict[str, object] = {
            name: pq.read_table(self.out / f"{name}.parquet") for name in RESULTS
        }
        found["model"] = (self.out / "model.json").read_bytes()
        found["events"] = read_events(self.state).drop_columns(VOLATILE)
        return found

    def check(self) -> None:
        """Results, ledger and state tell the same, and nothing else lies about."""
        told = replay(read_events(self.state))
        state = read_state(self.state)
        assert state.ledger.whole.links.equals(told.links)
        links = pq.read_table(self.out / "client_links.parquet")
        linked = links.filter(pc.not_equal(links["link_status"], "unlinkable"))
        assert linked["record_id"].equals(told.links["client_record_id"])
        assert linked["person_id"].equals(told.links["person_id"])
        kinds = sorted(p.name.split("-")[0] for p in self.state.iterdir())
        assert kinds == ["base", "current.json", "events", "run"]
        assert not list(self.home.glob(".out*"))


@pytest.fixture(scope="module")
def begun(tmp_path_factory) -> Path:
    """Return a folder with batches, linked as far as the first."""
    home = tmp_path_factory.mktemp("begun")
    town = invented_records(150, seed=31)[0]
    ids = town["client_record_id"].to_pylist()
    renamed = ["record_id", "source", *town.column_names[2:]]
    town = town.rename_columns(renamed)
    assert len(ids) > 300
    pq.write_table(town.slice(12), home / "first.parquet")
    pq.write_table(town.slice(0, 12), home / "second.parquet")
    Place(home).link("first")
    return home


@pytest.fixture(scope="module")
def undisturbed(begun, tmp_path_factory) -> dict[str, dict[str, object]]:
    """Return what undisturbed runs leave, by the last batch."""
    home = tmp_path_factory.mktemp("undisturbed")
    shutil.copytree(begun, home, dirs_exist_ok=True)
    place = Place(home)
    place.check()
    first = place.results()
    said = place.link("second")
    assert "what came since the last full run" in said
    place.check()
    return {"first": first, "second": place.results()}


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def only_results(write: Callable, table: pa.Table, path: Path, **options: str) -> None:
    die() if path.parent.name == "events" else write(table, path, **options)


def all_but_the_list(path: Path) -> None:
    path.name != state_files.PART or die()


POINTS = {
    "in the middle of the files": (state_files, "write_table", die),
    "before the events": (pq, "write_table", partial(only_results, pq.write_table)),
    "before the list of files": (state_files, "keep", all_but_the_list),
    "before old files are cleared": (state_files, "_clear", die),
    "before the results are seen": (whole_folder, "_move", die),
}
"""Where a run is killed: what is replaced by the end of the process."""


def begin(place: "Place", batch: str, point: str | None = None) -> Call:
    """Begin a run in a process of its own, which a point kills."""
    words = place.arguments(batch)
    return Call(*words, environment=os.environ, before=partial(prepare, point))


def prepare(point: str | None) -> None:
    """Have small files wait in the new process, too, and replace what is to kill it."""
    state_run.SMALL = 1
    if point:
        setattr(*POINTS[point])


def disturbed(begun: Path, batch: str, home: Path) -> Place:
    """Return a place where the batch is still to come."""
    shutil.copytree(begun, home)
    place = Place(home)
    if batch == "first":
        shutil.rmtree(place.state)
        shutil.rmtree(place.out)
    return place


def came_back(place: Place, batch: str, undisturbed: dict) -> None:
    """A rerun leaves what an undisturbed run leaves."""
    place.link(batch)
    place.check()
    found, expected = place.results(), undisturbed[batch]
    for name, value in expected.items():
        same = found[name] == value
        assert same if isinstance(same, bool) else found[name].equals(value), name


@pytest.mark.faults
@pytest.mark.parametrize("batch", ["first", "second"])
@pytest.mark.parametrize("point", POINTS)
def test_a_run_killed_at_a_point_is_made_good_by_the_next(
    point, batch, begun, undisturbed, tmp_path
):
    place = disturbed(begun, batch, tmp_path / "home")
    before = place.results() if batch == "second" else None
    run = begin(place, batch, point)
    told = run.communicate()
    assert run.returncode == -signal.SIGKILL, told
    if before:
        # The results are the last ones, and the state is a whole one.
        seen = pq.read_table(place.out / "client_links.parquet")
        assert seen.equals(before["client_links"])
        assert read_state(place.state) is not None
    else:
        assert not place.out.exists()
    came_back(place, batch, undisturbed)


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(4))
def test_a_run_killed_at_any_moment_is_made_good_by_the_next(
    seed, begun, undisturbed, tmp_path
):
    draw = random.Random(seed)
    batch = draw.choice(["first", "second"])
    place = disturbed(begun, batch, tmp_path / "home")
    for _ in range(3):
        run = begin(place, batch)
        for line in run.stderr:
            if "Join records into people" in line:
                break
        time.sleep(draw.random() * 0.1)  # it has about as long to go
        run.send_signal(signal.SIGKILL)
        run.communicate()
        if (place.state / "current.json").exists():
            read_state(place.state)
    came_back(place, batch, undisturbed)


def test_lost_results_come_back(begun, undisturbed, tmp_path):
    place = disturbed(begun, "second", tmp_path / "home")
    place.link("second")
    shutil.rmtree(place.out)
    came_back(place, "second", undisturbed)


def test_two_runs_at_once_and_folders_of_others_are_refused(begun, tmp_path):
    place = disturbed(begun, "second", tmp_path / "home")
    with held(place.state):
        said = say(*place.arguments("second"), code=1)
    assert "is in use by another run" in said
    other = tmp_path / "other"
    other.mkdir()
    (other / "letter.txt").write_text("mine")
    words = ["link", place.home / "second.parquet", "--out", tmp_path / "o"]
    assert "holds other files" in say(*words, "--state", other, code=1)
    said = say(*words, "--state", other / "letter.txt", code=1)
    assert f"--state {other / 'letter.txt'} is a file; name a folder" in said
    assert not (tmp_path / "o").exists()


def test_what_does_not_go_with_a_state_is_refused(begun, tmp_path, monkeypatch):
    place = disturbed(begun, "second", tmp_path / "home")
    words = place.arguments("second")
    before = place.results()
    model = ["--model", place.out / "model.json"]
    assert "leave --model out" in say(*words, *model, code=1)
    assert "another --seed" in say(*words, "--seed", 4, code=1)
    jobs = pq.read_table(place.home / "second.parquet")
    jobs = jobs.append_column("job", pa.array(["cook"] * jobs.num_rows))
    pq.write_table(jobs, place.home / "jobs.parquet")
    others = [*place.arguments("jobs"), "--extra", "job"]
    assert "other --extra columns" in say(*others, code=1)
    monkeypatch.setenv("THROUGHLINE_PERSON_KEY", "forgotten so far")
    assert "another THROUGHLINE_PERSON_KEY" in say(*words, code=1)
    (place.state / "run-1" / "links.arrow").write_bytes(b"x")
    assert "is damaged" in say(*words, code=1)
    found = {n: pq.read_table(place.out / f"{n}.parquet") for n in RESULTS}
    assert all(found[name].equals(before[name]) for name in RESULTS)


def test_decisions_hold_on_until_a_file_leaves_them_out(begun, tmp_path):
    place = disturbed(begun, "second", tmp_path / "home")
    links = pq.read_table(place.out / "client_links.parquet").to_pylist()
    one, *others = [row for row in links if row["link_status"] == "linked"]
    other = next(row for row in others if row["person_id"] != one["person_id"])
    decisions = place.home / "decisions.csv"
    pair = f"{one['record_id']},{other['record_id']}"
    decisions.write_text(f"record_id_l,record_id_r,decision\n{pair},must_link\n")
    given = [*place.arguments("second"), "--decisions", str(decisions)]
    assert "by a full run" in say(*given)
    place.check()

    def persons() -> dict[str, str]:
        rows = pq.read_table(place.out / "client_links.parquet").to_pylist()
        return {row["record_id"]: row["person_id"] for row in rows}

    assert persons()[one["record_id"]] == persons()[other["record_id"]]
    assert "what came since the last full run" in say(*given)
    before = place.results()
    decisions.write_text(f"record_id_l,record_id_r,decision\n{pair},perhaps\n")
    assert "decision is 'perhaps' in row 1" in say(*given, code=1)
    assert place.results()["events"].equals(before["events"])
    # Without a file nothing is withdrawn.
    for batch in ("second", "first"):
        told = CliRunner().invoke(app, place.arguments(batch))
        assert "Decisions that the state remembers: 1; they hold on." in told.stderr
        assert "withdrawn" not in told.stderr
        assert persons()[one["record_id"]] == persons()[other["record_id"]]
        assert place.results()["events"].equals(before["events"])
        place.check()
    # A record that a decision names changes: it holds, and is asked again.
    batch = pq.read_table(place.home / "second.parquet")
    row = {**batch.slice(0, 1).to_pylist()[0], "record_id": one["record_id"]}
    changed = pa.Table.from_pylist([row | {"last_name": "Đặng"}], batch.schema)
    pq.write_table(changed, place.home / "changed.parquet")
    told = CliRunner().invoke(app, place.arguments("changed"))
    assert "Decisions of which a record changed since: 1; they hold on" in told.stderr
    queue = pq.read_table(place.out / "review_queue.parquet").to_pylist()
    (reason,) = [q["reason"] for q in queue if q["reason"].startswith("decided on")]
    assert "since then" in reason and "last_name" in reason
    assert persons()[one["record_id"]] == persons()[other["record_id"]]
    place.check()
    # A file of headings alone says that nothing is decided any more.
    decisions.write_text("record_id_l,record_id_r,decision\n")
    told = CliRunner().invoke(app, given)
    assert "no longer given: 1; they are withdrawn." in told.stderr
    assert "by a full run" in told.output
    assert persons()[one["record_id"]] != persons()[other["record_id"]]
    place.check()
    assert "hold on" not in CliRunner().invoke(app, place.arguments("second")).stderr


def test_record_ids_come_back_as_numbers_unless_two_would_be_one(tmp_path):
    place = Place(tmp_path)
    names = ["Akua", "Brónach", "Cem"]
    born = ["1950-06-01", "1961-07-02", "1972-08-03"]
    table = pa.table({"record_id": [7, 8, 10], "first_name": names, "dob": born})
    pq.write_table(table, place.home / "numbers.parquet")
    place.link("numbers")
    links = pq.read_table(place.out / "client_links.parquet")
    assert links["record_id"].type == pa.int64()
    assert sorted(links["record_id"].to_pylist()) == [7, 8, 10]
    texts = table.set_column(0, "record_id", pa.array(["007", "008", "010"]))
    pq.write_table(texts, place.home / "texts.parquet")
    place.link("texts")
    place.link("numbers")
    links, edges = (pq.read_table(place.out / f"{n}.parquet") for n in RESULTS[:2])
    assert links["record_id"].to_pylist() == ["007", "008", "010", "10", "7", "8"]
    assert edges["record_id_l"].type == pa.string()
    place.check()
