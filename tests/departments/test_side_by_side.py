"""Pieces of a large file: the same whoever reads them, and nothing stays behind."""

import io
import os
import pickle
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from dagster_project.departments import fhir, ndjson, side_by_side
from dagster_project.departments.errors import Refused
from dagster_project.places import REPOSITORY

from .made_up_deliveries import fhir_files, source

NAMES = ["Nguyễn", "Wójcik", "O'Brien", "محمد", "王", "Ibáñez"]


def patient(number: int) -> dict:
    name = [{"family": NAMES[number % len(NAMES)]}]
    return {"resourceType": "Patient", "id": f"p{number}", "name": name}


LINES = ["" if n % 11 == 4 else "{" if n % 7 == 3 else patient(n) for n in range(500)]


@pytest.fixture
def small_pieces(monkeypatch, workers_first) -> None:
    monkeypatch.setattr(ndjson, "READ", 1 << 10)
    monkeypatch.setattr(side_by_side, "ALONE", 2)


@pytest.fixture
def workers_first(monkeypatch) -> None:
    """Wait for the workers, so that so little work is theirs and not done before."""
    monkeypatch.setattr(side_by_side, "_is_set", lambda event: event.wait())


def said(given) -> list[tuple]:
    return [
        (b.rows.to_pylist(), b.quarantined, b.rows_in, b.columns_left_out, b.left_out)
        for b in fhir.batches(given, fhir.facts(given))
    ]


@pytest.mark.usefixtures("small_pieces")
def test_workers_change_no_row_and_no_order(monkeypatch):
    given = source("dph_fhir", fhir_files(Patient=LINES))
    started: list[int] = []
    start = side_by_side._started
    monkeypatch.setattr(
        side_by_side, "_started", lambda task: started.append(1) or start(task)
    )
    monkeypatch.setattr(side_by_side, "cores", lambda: 1)
    alone = said(given)
    assert not started, "one processor is not shared"
    monkeypatch.setattr(side_by_side, "cores", lambda: 2)
    assert said(given) == alone
    assert len(started) == side_by_side.WORKERS


@pytest.mark.usefixtures("small_pieces")
def test_a_small_file_starts_no_worker(monkeypatch):
    monkeypatch.setattr(side_by_side, "_started", None)
    assert said(source("dph_fhir", fhir_files(Patient=LINES[:10])))


def length(shared: int, piece: str) -> tuple[int, int]:
    """Return a piece's length and who measured it; one word ends a worker."""
    if piece == "die" and os.getpid() != shared:
        os.kill(os.getpid(), signal.SIGKILL)
    return len(piece), os.getpid()


@pytest.mark.usefixtures("workers_first")
def test_what_a_dead_worker_leaves_is_done_here(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY / "tests"))  # where length is
    words = ["naïve", "die", "Łódź", "die", "die", "ok", "last"] * 3
    found = list(side_by_side.done(length, os.getpid(), words, alone=0))
    assert [size for size, _ in found] == list(map(len, words))
    assert {who for _, who in found} > {os.getpid()}, "nobody else did anything"


def test_until_a_worker_is_there_the_work_is_done_here(monkeypatch):
    asleep: list[subprocess.Popen] = []

    def never_there(task: bytes) -> subprocess.Popen:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        asleep.append(subprocess.Popen(["sleep", "60"], **pipes))
        return asleep[-1]

    monkeypatch.setattr(side_by_side, "_started", never_there)
    began = time.monotonic()
    found = list(side_by_side.done(length, 0, ["Ngô", "Þór"], alone=0))
    assert found == [(3, os.getpid())] * 2
    assert len(asleep) == side_by_side.WORKERS
    assert all(worker.returncode is not None for worker in asleep)
    assert time.monotonic() - began < 30, "it waited for them"


def test_only_a_file_known_to_be_large_starts_its_workers_at_once(tmp_path):
    file = tmp_path / "Patient.ndjson"
    file.write_bytes(b"x" * 5_000)
    with file.open("rb") as plain:
        assert ndjson.size(plain) == 5_000
    assert ndjson.size(io.BytesIO(b"x" * 5_000)) == 0


def test_without_a_place_for_workers_the_work_is_done_here(monkeypatch):
    monkeypatch.setattr(side_by_side, "_started", lambda task: None)
    found = list(side_by_side.done(length, os.getpid(), ["a", "bb", "ccc"], alone=0))
    assert found == [(size, os.getpid()) for size in (1, 2, 3)]


def children() -> list[int]:
    """Return the workers of this process that still run."""
    task = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    return [int(child) for child in task.read_text().split()]


@pytest.mark.usefixtures("small_pieces")
def test_a_reading_that_stops_leaves_no_worker(monkeypatch):
    monkeypatch.setattr(side_by_side, "cores", lambda: 2)
    before = children()
    given = source("dph_fhir", fhir_files(Patient=[*LINES, "[" * 300_000, '{"a"']))
    with closing(fhir.batches(given, fhir.facts(given))) as batches:
        while len(children()) == len(before):
            next(batches)
    assert children() == before
    torn = fhir_files(Patient=LINES)
    torn["Patient.000.ndjson"] += b'{"resourceType":"Pat'
    with pytest.raises(Refused, match="cut off") as refused:
        said(source("dph_fhir", torn))
    assert (refused.value.rule, refused.value.line) == ("torn", len(LINES) + 1)
    assert children() == before


ENDLESS = """
import os, signal
# pytest's workers ignore both, and so does what they start.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGTERM, signal.SIG_DFL)
from dagster_project.departments import side_by_side
from tests.departments.test_side_by_side import length
side_by_side.cores = lambda: 2
words = iter(lambda: "Þór", None)
for number, _ in enumerate(side_by_side.done(length, os.getpid(), words, alone=0)):
    if number == 20:
        at = f"/proc/{os.getpid()}/task/{os.getpid()}/children"
        print(open(at).read(), flush=True)
"""


@pytest.mark.faults
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_workers_end_with_the_process_that_started_them(how):
    command = [sys.executable, "-c", ENDLESS]
    with subprocess.Popen(
        command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as run:
        workers = [int(worker) for worker in run.stdout.readline().split()]
        assert len(workers) == side_by_side.WORKERS
        run.send_signal(how)
        try:
            run.wait(timeout=120)
        finally:
            run.kill()
    until = time.monotonic() + 120
    while any(map(is_running, workers)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(is_running, workers))


def is_running(worker: int) -> bool:
    try:
        state = Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_refusal_comes_back_from_a_worker_as_it_was():
    refused = Refused("torn", "cut off", member="Patient.ndjson", line=3)
    returned = pickle.loads(pickle.dumps(refused.named("dph", "fhir_20250707")))
    assert vars(returned) == vars(refused)
