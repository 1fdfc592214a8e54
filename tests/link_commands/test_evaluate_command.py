"""``throughline evaluate`` as a user meets it."""

import json
from pathlib import Path

import pytest

from tests.link_commands.said import say


def test_evaluate_prints_figures_and_json(town):
    folder, _ = town
    words = ["evaluate", folder / "out" / "client_links.parquet"]
    words += [folder / "truth.parquet"]
    said = json.loads(say(*words, "--json"))
    assert said["pairwise"]["precision"] > 0.9
    text = say(
        *words,
        "--records",
        folder / "records.parquet",
        "--edges",
        folder / "out" / "edges.parquet",
    )
    assert f"{said['pairwise']['f1']:.4f}" in text
    assert "Missed pairs" in text and "are among the edges" in text


@pytest.mark.parametrize(
    ("links", "truth", "said"),
    [
        ("record_id,person_id\na,1\n", "id,x\na,1\n", "truth.csv has no column"),
        ("record_id,person_id\na,1\n", "record_id,x\nb,1\n", "no record in common"),
        ("record_id,person_id\na,1\na,2\n", "record_id,x\na,1\n", "links.csv: column"),
        ("", "record_id,x\na,1\n", "links.csv is empty"),
    ],
)
def test_evaluate_refuses_in_one_sentence(tmp_path, monkeypatch, links, truth, said):
    monkeypatch.chdir(tmp_path)
    Path("links.csv").write_text(links)
    Path("truth.csv").write_text(truth)
    error = say("evaluate", "links.csv", "truth.csv", code=1)
    assert said in error and error.count("\n") == 1
