from pathlib import Path

import pyarrow.parquet as pq
from typer.testing import CliRunner

from dagster_project.cli import app
from dagster_project.linkage import state_run, warm
from dagster_project.linkage.agglomerate import merge_components
from dagster_project.linkage.link import link
from tests.linkage.invented_town import invented_records


def test_after_compiling_nothing_is_left_to_compile(tmp_path, monkeypatch):
    seconds = warm.compile_kernels()
    folder = Path(merge_components.stats.cache_path)
    assert (folder / warm.STAMP).is_file()
    assert set(seconds) >= {"block", "compare and score", "fit", "score", "cluster"}
    kernels = {path.name for path in folder.glob("*.nb?")}
    assert kernels
    link(invented_records(500, seed=3)[0])
    assert {path.name for path in folder.glob("*.nb?")} == kernels
    town = invented_records(150, seed=3)[0]
    pq.write_table(town, tmp_path / "town.parquet")
    later = invented_records(150, seed=4)[0].slice(3, 6)
    pq.write_table(later, tmp_path / "later.parquet")
    monkeypatch.setattr(state_run, "SMALL", 1)  # or else a full run is due
    out, state = tmp_path / "out", tmp_path / "state"
    pair = town["client_record_id"].to_pylist()[:2]
    for words in (
        ["link", tmp_path / "town.parquet", "--out", out],
        ["link", tmp_path / "town.parquet", "--out", out, "--state", state],
        ["link", tmp_path / "later.parquet", "--out", out, "--state", state],
        ["explain", *pair, "--records", tmp_path / "town.parquet"],
    ):
        given = [str(word) for word in words]
        if words[0] == "explain":
            given += ["--model", str(out / "model.json")]
        result = CliRunner().invoke(app, given)
        assert result.exit_code == 0, result.output
        assert {path.name for path in folder.glob("*.nb?")} == kernels, given
    assert warm.discard_stale_kernels() is False
