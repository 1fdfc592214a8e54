"""``throughline explain`` as a user meets it."""

from pathlib import Path

import pytest

from tests.link_commands.said import read, say


def test_explain_says_why_without_a_value(town):
    folder, _ = town
    edges = read(folder / "out", "edges").to_pylist()
    best = max(edges, key=lambda edge: edge["match_weight"])
    pair = best["record_id_l"], best["record_id_r"]
    picture = folder / "why.svg"
    how = ["--records", folder / "records.parquet"]
    said = say("explain", *pair, *how, "--picture", picture)
    assert f"{best['match_weight']:.1f} bits" in said
    assert "One person: when the two were joined" in said
    rows = {r["record_id"]: r for r in read(folder, "records").to_pylist()}
    for column in ("first_name", "last_name", "dob", "ssn", "phone"):
        value = rows[pair[0]][column]
        assert not value or value not in said + picture.read_text()
    shown = say("explain", *pair, *how, "--show-values")
    assert rows[pair[0]]["last_name"] in shown
    model = folder / "out" / "model.json"
    assert "One person" in say("explain", *pair, *how, "--model", model)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("a nobody --records r.csv", "There is no record 'nobody' in r.csv"),
        ("a a --records r.csv", "'a' is given twice"),
        ("a b --records r.csv --picture p.gif", "end it in .html, .svg or .png"),
        ("a b --model m.json", "need --records"),
        ("a b", "There is no warehouse at"),
    ],
)
def test_explain_refuses_in_one_sentence(tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WAREHOUSE_PATH", str(tmp_path / "none.duckdb"))
    Path("r.csv").write_text(
        "record_id,last_name,dob\na,Xu,1980-01-02\nb,Oh,1970-01-02"
    )
    error = say("explain", *words.split(), code=1)
    assert said in error and error.count("\n") == 1


def test_explain_names_a_record_that_is_too_thin(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("record_id,last_name,dob\na,Xu,1980-01-02\nb,Oh,\n")
    said = say("explain", "a", "b", "--records", path)
    assert "Record b is too thin to be linked" in said
