"""Rows 4 and 13: what a killed run held in Dagster is given back, at any moment."""

from pathlib import Path

import dagster as dg
import pytest

from dagster_project.places import Places
from dagster_project.runs import _bury_the_dead, prepare_dagster_home

pytestmark = pytest.mark.faults

POOL = "duckdb_writer"
DEAD = "4194305"
"""A process id that Linux never gives (above its greatest)."""


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dg.DagsterInstance:
    for name in ("DAGSTER_HOME", "DAGSTER_HISTORY"):
        monkeypatch.setenv(name, "")
    prepare_dagster_home(Places(tmp_path, tmp_path / "warehouse.duckdb"))
    with dg.DagsterInstance.get() as instance:
        yield instance


@dg.op
def link() -> None:
    """Stand in for any step."""


@dg.job
def everything() -> None:
    """Stand in for the job."""
    link()


def test_row_04_a_place_promised_to_a_killed_run_is_given_back(instance) -> None:
    run = instance.create_run_for_job(
        everything,
        status=dg.DagsterRunStatus.STARTED,
        tags={"throughline/pid": DEAD},
    )
    storage = instance.event_log_storage
    storage.set_concurrency_slots(POOL, 1)
    storage.claim_concurrency_slot(POOL, run.run_id, "first")
    storage.claim_concurrency_slot(POOL, run.run_id, "second")
    # The step that held the place ends, so it is promised to the next; the process is
    # killed before that one takes it.
    storage.free_concurrency_slot_for_step(run.run_id, "first")
    info = storage.get_concurrency_info(POOL)
    assert info.assigned_run_ids == {run.run_id}
    assert info.active_run_ids | info.pending_run_ids == set()

    _bury_the_dead(instance)
    assert instance.get_run_by_id(run.run_id).status == dg.DagsterRunStatus.FAILURE
    claim = storage.claim_concurrency_slot(POOL, "the next run", "first")
    assert claim.is_claimed, "the next run would wait for ever"
