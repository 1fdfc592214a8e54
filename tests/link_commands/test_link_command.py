"""``throughline link`` as a user meets it."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from dagster_project.cli import app
from tests.link_commands.said import WRITTEN, bytes_of, read, say


def test_every_record_gets_a_person(town):
    folder, said = town
    assert sorted(p.name for p in (folder / "out").iterdir()) == sorted(WRITTEN)
    links = read(folder / "out", "client_links")
    records = read(folder, "records")
    assert sorted(records["record_id"].to_pylist()) == links["record_id"].to_pylist()
    assert links["person_id"].null_count == 0
    assert all(p.startswith("p_") for p in links["person_id"].to_pylist())
    thin = links.filter(pa.compute.equal(links["link_status"], "unlinkable"))
    everybody = links["person_id"].to_pylist()
    assert thin.num_rows > 0
    assert all(everybody.count(p) == 1 for p in thin["person_id"].to_pylist())
    edges = read(folder / "out", "edges")
    assert edges.column_names == [
        "record_id_l",
        "record_id_r",
        "match_weight",
        "match_probability",
    ]
    assert f"{links.num_rows:,}" in said
    people = len(set(everybody)) - thin.num_rows
    assert re.search(rf"^people +{people:,}$", said, re.MULTILINE)
    page = (folder / "out" / "report.html").read_text()
    assert f"<dt>people found</dt><dd>{people:,}</dd>" in page
    for words in ("candidate pairs", "linked records", "too thin", "seconds"):
        assert words in said
    assert "Column 'Gender' is not known and is left out" in said


def test_row_order_threads_and_file_kind_change_no_byte(town):
    folder, _ = town
    table = read(folder, "records")
    rows = np.random.default_rng(5).permutation(table.num_rows)
    pq.write_table(table.take(pa.array(rows)), folder / "shuffled.parquet")
    expected = bytes_of(folder / "out")
    for number, how in enumerate(
        (
            [folder / "shuffled.parquet", "--threads", 1],
            [folder / "records.csv", "--threads", 2],
        )
    ):
        out = folder / f"again{number}"
        say("link", *how, "--out", out)
        assert bytes_of(out) == expected


def test_a_key_changes_the_ids_and_not_the_people(town, monkeypatch):
    folder, _ = town
    monkeypatch.setenv("THROUGHLINE_PERSON_KEY", "between us")
    say("link", folder / "records.parquet", "--out", folder / "keyed")
    one, two = (read(folder / n, "client_links")["person_id"] for n in ("out", "keyed"))
    assert set(one.to_pylist()).isdisjoint(two.to_pylist())
    pairs = set(zip(one.to_pylist(), two.to_pylist(), strict=True))
    assert len(pairs) == len(set(one.to_pylist())) == len(set(two.to_pylist()))


def test_a_model_links_another_file(town):
    folder, _ = town
    model = folder / "out" / "model.json"
    records = folder / "three.csv"
    records.write_text(
        "record_id,first_name,last_name,dob\n"
        "1,Tomasz,Wojciechowski,1966-05-04\n"
        "2,TOMASZ,Wojciechowski,05/04/1966\n"
        "3,Leilani,Kahananui,1990-10-30\n"
    )
    say("link", records, "--out", folder / "three", "--model", model)
    one, two, three = read(folder / "three", "client_links")["person_id"].to_pylist()
    assert one == two != three
    assert (folder / "three" / "model.json").read_bytes() == model.read_bytes()


def test_columns_that_a_model_has_never_seen_are_named(town):
    folder, _ = town
    records, narrow = folder / "records.csv", folder / "narrow"
    few = ["record_id", "source", "first_name", "last_name", "dob"]
    pq.write_table(read(folder, "records").select(few), folder / "few.parquet")
    say("link", folder / "few.parquet", "--out", narrow)
    said = say("link", records, "--out", folder / "n", "--model", narrow / "model.json")
    (line,) = [line for line in said.splitlines() if "trained without" in line]
    assert "ssn, phone" in line and "dob" not in line
    assert line.endswith("a model trained on this table would use them.")
    for table, model in ((records, "out"), (folder / "few.parquet", "narrow")):
        model = folder / model / "model.json"
        said = say("link", table, "--out", folder / "n", "--model", model)
        assert "trained without" not in said


def test_whole_numbers_are_given_back_as_they_came(tmp_path):
    records = {"record_id": [10, 9], "last_name": ["Xu", "Oh"], "dob": [19800102, None]}
    pq.write_table(pa.table(records), tmp_path / "r.parquet")
    say("link", tmp_path / "r.parquet", "--out", tmp_path / "out")
    links = read(tmp_path / "out", "client_links")
    assert links["record_id"].type == pa.int64()
    assert sorted(links["record_id"].to_pylist()) == [9, 10]


def test_what_could_not_be_read_is_said_without_a_value(tmp_path):
    records = tmp_path / "r.csv"
    records.write_text(
        "record_id,first_name,last_name,dob,phone\n"
        "1,Mei,Tanaka,29344,555-0123 x4\n"
        "2,Mei,Tanaka,5/3/1980 0:00,4155550123\n"
    )
    said = say("link", records, "--out", tmp_path / "out")
    assert "dob: 1 of 2 values could not be read, for example of the form 99999" in said
    assert "29344" not in said and "phone" not in said


def test_a_further_column_is_compared_and_named(town):
    folder, _ = town
    table = read(folder, "records")
    jobs = pa.array([["cook", "Näherin", None][n % 3] for n in range(table.num_rows)])
    pq.write_table(table.append_column("job", jobs), folder / "jobs.parquet")
    out = folder / "jobs"
    said = say("link", folder / "jobs.parquet", "--out", out, "--extra", "job")
    assert "'job'" not in said
    assert json.loads((out / "model.json").read_text())["extra"] == ["job"]
    asked = read(out, "review_queue")["reason"].to_pylist()
    assert not any("extra" in reason for reason in asked)
    # The model remembers its further column, and a file may do without.
    model = out / "model.json"
    said = say("link", folder / "records.csv", "--out", folder / "x", "--model", model)
    assert "The model compares 'job', which this file does not have." in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("nowhere.csv", "does not exist"),
        ("records.txt", "neither .csv nor .parquet"),
        (".", "is a folder"),
        ("no_id.csv", "did you mean 'rec_id'"),
        ("twice.csv", "must be unique, but 1 value"),
        ("space.csv", "column 'record_id' is empty in 1 record, the first in row 2"),
        ("good.csv --state twice.csv", "--state twice.csv is a file; name a folder"),
        ("good.csv --state twice.csv/x", "lies below twice.csv, which is a file"),
        ("good.csv --extra job", "has no column 'job'"),
        ("good.csv --model good.csv", "is not JSON"),
        ("good.csv --model nothing.json", "cannot be read: No such file"),
        ("good.csv --model other.json", "no model that 'throughline link' wrote"),
        ("good.csv --decisions none.csv", "none.csv does not exist"),
        (
            "good.csv --decisions no_word.csv",
            "no column decision; did you mean 'decis'",
        ),
        (
            "good.csv --decisions word.csv",
            "decision is 'yes' in row 1; say 'must_link'",
        ),
        ("good.csv --decisions self.csv", "row 1 names 'a' twice"),
        (
            "good.csv --decisions clash.csv",
            "so none was used: row 1 (must-link a / b), ",
        ),
        ("good.csv --clerical-sample word.csv", "word.csv has no column is_match"),
        ("good.csv --clerical-sample blank.csv", "is_match is empty in every row"),
        (
            "good.csv --clerical-sample blank.csv --state s",
            "leave --clerical-sample out",
        ),
        ("good.csv --threads 999", "--threads 999: there are"),
        ("good.csv --rename dob", "should read THEIRS=OURS"),
        ("good.csv --out good.csv", "is a file; name a folder"),
    ],
)
def test_a_mistake_gets_one_sentence_and_writes_nothing(
    tmp_path, monkeypatch, arguments, said
):
    monkeypatch.chdir(tmp_path)
    Path("records.txt").write_text("x")
    Path("no_id.csv").write_text("rec_id,dob\n1,1980-01-02\n")
    Path("twice.csv").write_text("record_id,dob\na,1980-01-02\na,1980-01-03\n")
    Path("space.csv").write_text("record_id,dob\na,1980-01-02\n \u3000,1980-01-03\n")
    Path("good.csv").write_text("record_id,dob\na,1980-01-02\nb,1980-01-03\n")
    Path("other.json").write_text("{}")
    pair = "record_id_l,record_id_r,"
    Path("no_word.csv").write_text(f"{pair}decis\na,b,must_link\n")
    Path("word.csv").write_text(f"{pair}decision\na,b,yes\n")
    Path("blank.csv").write_text(f"{pair}is_match\na,b,\n")
    Path("self.csv").write_text(f"{pair}decision\na,a,must_link\n")
    clash = f"{pair}decision\na,b,must_link\nb,a,cannot_link\n"
    Path("clash.csv").write_text(clash)
    before = sorted(tmp_path.rglob("*"))
    words = arguments.split()
    if "--out" not in words:
        words += ["--out", "out"]
    error = say("link", *words, code=1)
    assert said in error
    assert error.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before


def test_a_seed_that_no_key_holds_is_refused(tmp_path):
    words = ["link", tmp_path / "r.csv", "--out", tmp_path / "out", "--seed"]
    for seed in (-1, 2**53 + 1, 2**64):
        said = " ".join(say(*words, seed, code=2).split())
        assert "'--seed'" in said and "is not in the range" in said


def test_the_greatest_seed_links(town):
    folder, _ = town
    say("link", folder / "records.csv", "--out", folder / "seed", "--seed", 2**53)


def test_decisions_hold_whatever_the_evidence_says(town):
    folder, _ = town
    links = read(folder / "out", "client_links").to_pylist()
    person = {row["record_id"]: row["person_id"] for row in links}
    linked = [row["record_id"] for row in links if row["link_status"] == "linked"]
    one = linked[0]
    same = next(r for r in linked[1:] if person[r] == person[one])
    other = next(r for r in linked if person[r] != person[one])
    telling = ("first_name", "last_name", "dob", "ssn", "phone", "email", "address")
    thin = next(
        row["record_id"]
        for row in read(folder, "records").to_pylist()
        if sum(row.get(column) is not None for column in telling) < 2
    )
    path = folder / "decisions.csv"
    path.write_text(
        "record_id_l,record_id_r,decision,reason,by,colour\n"
        f"{one},{same},cannot_link,two brothers,Zainab,red\n"
        f"{other},{one},must-link,,,\n"
        f"{thin},{one},must_link,,,\n"
        f"{one},nobody,must_link,,,\n"
        f"{one},nowhere,cannot_link,,,\n"
    )
    out = folder / "decided"
    words = ["link", folder / "records.parquet", "--out", out, "--decisions", path]
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == 0
    for told in (
        "column 'colour' is not known and is left out.",
        "2 pairs of --decisions name records not known here, 'nowhere' first; left",
        f"One must-link of --decisions with a record too thin to be linked, '{thin}'",
    ):
        assert told in result.stderr
    now = {
        r["record_id"]: r["person_id"] for r in read(out, "client_links").to_pylist()
    }
    assert now[one] == now[other] != now[same]
    assert now[thin] != now[one]


def start(*words: object, **environment: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "dagster_project.cli", *map(str, words)]
    return subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
        # A shell that runs the tests in the background has them ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


@pytest.mark.faults
@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGKILL, -9), (signal.SIGTERM, 130), (signal.SIGINT, 130)],
)
def test_a_stopped_run_leaves_nothing(town, tmp_path, number, code):
    folder, _ = town
    out = tmp_path / "results" / "out"
    process = start("link", folder / "records.parquet", "--out", out)
    for line in process.stderr:
        if "Bring records together" in line:
            break
    process.send_signal(number)
    _, error = process.communicate(timeout=600)
    assert process.returncode == code
    assert list(tmp_path.iterdir()) == []
    assert number == signal.SIGKILL or "nothing was written" in error


def test_help_needs_no_slow_import():
    code = "import dagster_project.cli, sys; print('numba' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
