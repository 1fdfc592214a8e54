import fcntl
import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest

from dagster_project.whole_folder import FolderRefused, check_folder, whole_folder


def write(out: Path, text: str) -> None:
    with whole_folder(out) as folder:
        (folder / "a.txt").write_text(text)
        (folder / "b.txt").write_text(text)


def contents(folder: Path) -> dict[str, str]:
    return {p.name: p.read_text() for p in folder.iterdir()}


def test_a_folder_is_written_and_written_again(tmp_path):
    out = tmp_path / "above" / "out"
    write(out, "one")
    (out / "notes.txt").write_text("mine")
    write(out, "two")
    assert contents(out) == {"a.txt": "two", "b.txt": "two", "notes.txt": "mine"}
    assert [p.name for p in out.parent.iterdir()] == ["out"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_error_leaves_everything_as_it_was(tmp_path, error):
    out = tmp_path / "out"
    write(out, "one")
    with pytest.raises(error), whole_folder(out) as folder:
        (folder / "a.txt").write_text("half")
        raise error
    assert contents(out) == {"a.txt": "one", "b.txt": "one"}
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def hang(out: Path) -> None:
    with whole_folder(out) as folder:
        (folder / "a.txt").write_text("half")
        time.sleep(600)


@pytest.mark.faults
def test_what_a_killed_run_left_is_cleared_and_a_living_one_is_not(tmp_path):
    out = tmp_path / "out"
    running = [
        multiprocessing.get_context("spawn").Process(target=hang, args=(out,))
        for _ in range(2)
    ]
    for process in running:
        process.start()
    wanted = {f".out.part-{process.pid}" for process in running}
    deadline = time.monotonic() + 120
    while {p.parent.name for p in tmp_path.glob(".out.part-*/a.txt")} != wanted:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.kill(running[0].pid, signal.SIGKILL)
    running[0].join()
    assert not out.exists()
    write(out, "whole")
    try:
        assert contents(out) == {"a.txt": "whole", "b.txt": "whole"}
        left = {p.name for p in tmp_path.glob(".out.part-*")}
        assert left == {f".out.part-{running[1].pid}"}
    finally:
        running[1].kill()
        running[1].join()


@pytest.mark.faults
def test_one_that_begins_is_not_cleared_by_another(tmp_path, monkeypatch):
    out = tmp_path / "out"
    other = multiprocessing.get_context("spawn").Process(
        target=write, args=(out, "other")
    )
    lock = fcntl.flock

    def late(descriptor: int, how: int) -> None:
        made = list(tmp_path.glob(".out.part-*"))
        if made and not other.pid:
            other.start()
            other.join(timeout=3)
        lock(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", late)
    write(out, "one")
    other.join()
    assert other.exitcode == 0
    whole = [{"a.txt": last, "b.txt": last} for last in ("one", "other")]
    assert contents(out) in whole, "whoever came last, and nothing of the other"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_place_that_cannot_be_a_folder_is_refused_at_once(tmp_path):
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(FolderRefused, match="is a file"):
        check_folder(file)
    with pytest.raises(FolderRefused, match=r"--state .*file is a file"):
        check_folder(file, "--state")
    with pytest.raises(FolderRefused, match="which is a file"):
        check_folder(file / "out" / "deeper")
    check_folder(tmp_path / "new" / "deeper")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
