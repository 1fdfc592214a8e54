"""The run history: what is written is there, for this process and for another."""

import sqlite3
from pathlib import Path

import dagster as dg
import pytest

from dagster_project.run_history import (
    OPEN_DATABASES,
    RunHistory,
    forget_runs,
    runs_before,
)


@dg.asset
def contacts() -> dg.MaterializeResult:
    """Stand in for any asset."""
    return dg.MaterializeResult(metadata={"dagster/row_count": 3})


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dg.DagsterInstance:
    (tmp_path / "dagster.yaml").write_text(
        "telemetry: {enabled: false}\n"
        "event_log_storage:\n"
        "  module: dagster_project.run_history\n"
        "  class: RunHistory\n"
        f"  config: {{base_dir: {tmp_path / 'history'}}}\n"
    )
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    with dg.DagsterInstance.get() as instance:
        yield instance


def test_the_history_of_a_run_is_kept_and_read_by_others(instance, tmp_path) -> None:
    assert isinstance(instance.event_log_storage, RunHistory)
    result = dg.materialize([contacts], instance=instance)
    assert result.success
    event = instance.get_latest_materialization_event(dg.AssetKey("contacts"))
    assert event.asset_materialization.metadata["dagster/row_count"].value == 3
    # Another process (the UI) reads the same files, also while we hold them open.
    with sqlite3.connect(tmp_path / "history" / "index.db") as other:
        (count,) = other.execute(
            "select count(*) from event_logs where asset_key = '[\"contacts\"]'"
        ).fetchone()
    assert count >= 2


def test_a_table_that_comes_later_is_found(instance, tmp_path) -> None:
    storage = instance.event_log_storage
    assert storage.has_table("event_logs") and not storage.has_table("later")
    with sqlite3.connect(tmp_path / "history" / "index.db") as other:
        other.execute("create table later (n integer)")
    assert storage.has_table("later") and storage.has_table("event_logs")


def test_only_a_few_databases_stay_open(instance) -> None:
    for _ in range(OPEN_DATABASES + 3):
        assert dg.materialize([contacts], instance=instance).success
    storage = instance.event_log_storage
    assert len(storage._engines) == OPEN_DATABASES
    runs = instance.get_runs()
    assert len(runs) == OPEN_DATABASES + 3
    assert all(storage.get_logs_for_run(run.run_id) for run in runs)


def test_runs_older_than_the_agreement_keeps_audit_are_forgotten(
    instance, tmp_path
) -> None:
    old, new = (dg.materialize([contacts], instance=instance).run_id for _ in "ab")
    logs = Path(instance.storage_directory()) / old
    logs.mkdir(parents=True, exist_ok=True)
    long_ago = "2019-03-04 05:06:07"
    with sqlite3.connect(tmp_path / "history" / "runs.db") as runs:
        runs.execute(
            "update runs set create_timestamp = ? where run_id = ?", [long_ago, old]
        )
    assert runs_before(instance, 365) == [old]
    assert runs_before(instance, 365_000) == []
    assert forget_runs(instance, 365) == 1
    assert [run.run_id for run in instance.get_runs()] == [new]
    assert not logs.exists()
    assert [p for p in (tmp_path / "history").glob(f"{old}*")] == []
    with sqlite3.connect(tmp_path / "history" / "index.db") as other:
        kept = other.execute("select distinct run_id from event_logs").fetchall()
    assert kept == [(new,)]
    assert instance.event_log_storage.get_logs_for_run(new)
