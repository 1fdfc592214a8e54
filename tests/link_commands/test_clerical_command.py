"""``throughline clerical-sample`` as a user meets it."""

from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from dagster_project.cli import app
from tests.link_commands.said import bytes_of, read, say


def test_a_clerical_sample_goes_out_and_comes_back_into_the_report(town):
    folder, _ = town
    sample = folder / "sample.csv"
    words = ["clerical-sample", folder / "records.parquet", "--links", folder / "out"]
    said = say(*words, "--out", sample, "--pairs", 60)
    assert said.startswith("60 of ") and str(sample) in said
    assert sample.stat().st_mode & 0o077 == 0
    shuffled = read(folder, "records").take(list(range(100, -1, -1)))
    rest = read(folder, "records").slice(101)
    pq.write_table(pa.concat_tables([rest, shuffled]), folder / "turned.parquet")
    again = folder / "again.csv"
    words[1] = folder / "turned.parquet"
    say(*words, "--out", again, "--pairs", 60)
    assert again.read_bytes() == sample.read_bytes()
    table = pacsv.read_csv(sample)
    columns = table.column_names
    assert columns[:3] == ["record_id_l", "record_id_r", "is_match"]
    own = [c for c in read(folder, "records").column_names if c != "record_id"]
    assert columns[3:] == [f"{c}_{side}" for c in own for side in "lr"]
    truth = dict(zip(*read(folder, "truth").to_pydict().values(), strict=True))
    lines = sample.read_text(encoding="utf-8-sig").splitlines()
    filled = [lines[0]]
    for line in lines[1:]:
        left, right, rest = line.split(",", 2)
        word = "yes" if truth[left] == truth[right] else "no"
        filled.append(f"{left},{right},{word}{rest}")
    filled += [f"nobody,{left},no{rest}", f"nowhere,{left},{rest}"]
    answers = folder / "answers.csv"
    answers.write_text("\n".join(filled), encoding="utf-8")
    out = folder / "reviewed"
    records = folder / "records.parquet"
    how = ["link", records, "--out", out, "--clerical-sample", answers]
    result = CliRunner().invoke(app, [str(word) for word in how])
    assert result.exit_code == 0
    told = "One pair of --clerical-sample names a record not known here, 'nobody' first"
    assert told in result.stderr
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "From pairs that people looked at" in page
    assert "n = 60 pairs looked at" in page
    assert "From the model’s own probabilities" in page
    assert bytes_of(out) == bytes_of(folder / "out")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("r.csv --links none --out s.csv", "none holds no client_links.parquet"),
        ("r.csv --links one --out s.csv", "no two records of one person and no edge"),
        ("r.csv --links odd --out s.csv", "has no column person_id"),
        ("r.csv --links one --out s.txt", "end it in .csv"),
        ("r.csv --links one --out r.csv", "is there already and may hold answers"),
        ("x.csv --links one --out s.csv", "x.csv does not exist"),
        ("r.csv --links two --out s.csv", "record 'b' of the links is not in the"),
    ],
)
def test_clerical_sample_refuses_in_one_sentence(tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    Path("r.csv").write_text("record_id,last_name\na,Xu\nc,Đặng\n")
    edges = {"record_id_l": [], "record_id_r": [], "match_probability": []}
    for name, status, sure in (("one", "single", None), ("two", "linked", 0.97)):
        Path(name).mkdir()
        links = {"record_id": ["a", "b"], "person_id": ["p", "p"]}
        if name == "one":
            links["person_id"] = ["p", "q"]
        links |= {"link_confidence": [sure] * 2, "link_status": [status] * 2}
        pq.write_table(pa.table(links), Path(name) / "client_links.parquet")
        pq.write_table(pa.table(edges), Path(name) / "edges.parquet")
    Path("odd").mkdir()
    odd = pa.table({"record_id": ["a"]})
    pq.write_table(odd, Path("odd") / "client_links.parquet")
    before = sorted(tmp_path.rglob("*"))
    error = say("clerical-sample", *words.split(), code=1)
    assert said in error and error.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before
