"""dbt reads its project once for every warehouse of one name."""

import os
from pathlib import Path

import pytest

from dagster_project.dbt_reading import KEPT, read_project


def test_another_folder_is_not_read_anew_and_another_name_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    monkeypatch.setenv("WAREHOUSE_PATH", "as it was")
    one = read_project(tmp_path / "one" / "warehouse.duckdb")
    kept = (tmp_path / "target" / KEPT).stat()
    other = read_project(tmp_path / "other" / "warehouse.duckdb")
    again = (tmp_path / "target" / KEPT).stat()
    assert (again.st_mtime_ns, again.st_ino) == (kept.st_mtime_ns, kept.st_ino)
    assert one.nodes.keys() == other.nodes.keys()
    assert {node.database for node in other.nodes.values()} == {"warehouse"}
    named = read_project(tmp_path / "other" / "city.duckdb", "--no-write-json")
    assert named.nodes.keys() == one.nodes.keys()
    assert {node.database for node in named.nodes.values()} == {"city"}
    assert os.environ["WAREHOUSE_PATH"] == "as it was"
    assert not (tmp_path / "one").exists(), "nothing is opened"


def test_what_cannot_be_read_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    monkeypatch.delenv("WAREHOUSE_PATH", raising=False)
    with pytest.raises(RuntimeError, match="could not read its project: Runtime Error"):
        read_project(tmp_path / "warehouse.duckdb", "--target", "nosuch")
    assert "WAREHOUSE_PATH" not in os.environ
