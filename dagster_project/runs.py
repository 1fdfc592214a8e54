"""Run the whole job in this process, one run at a time, and show its progress.

Belongs here: the lock, Dagster's home, the execution, the story of a failure. Does not
belong here: assets (``defs``) or what is printed at the end (``summary``).
"""

import compileall
import fcntl
import os
import resource
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import duckdb
from sqlalchemy.exc import SQLAlchemyError

from dagster_project.collector import loading
from dagster_project.dbt_reading import read_project
from dagster_project.governance.in_force import projects_agreement
from dagster_project.governance.read import AgreementRefused
from dagster_project.obstacles import is_full, obstacle
from dagster_project.places import PRIVATE, Places, places
from dagster_project.progress import Stages

DAGSTER_YAML = """\
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
  pools:
    default_limit: 1
event_log_storage:
  module: dagster_project.run_history
  class: RunHistory
  config:
    base_dir:
      env: DAGSTER_HISTORY
"""
"""One run at a time over a file with one writer; nothing is sent anywhere."""


QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
"""The terminal shows one line per stage; the whole story is in the run history."""


UNCHANGED = "The run stopped; the last good marts are unchanged."


class RunFailedError(RuntimeError):
    """The job did not reach its end; the last good marts stay as they were."""


@dataclass(frozen=True)
class FinishedRun:
    """What a run cost.

    Attributes:
        run_id: Dagster's id of the run.
        seconds: Wall seconds of the whole run, imports included.
        stage_seconds: Wall seconds by stage.
        peak_megabytes: Peak resident memory of this process in MiB.
    """

    run_id: str
    seconds: float
    stage_seconds: dict[str, float]
    peak_megabytes: float


def run_everything(
    here: Places, *, as_of: str = "", began: float | None = None
) -> FinishedRun:
    """Execute the job ``everything``.

    Args:
        here: Where deliveries lie and the warehouse goes.
        as_of: The run's clock as ISO time, UTC; now when empty.
        began: ``time.perf_counter()`` when the caller began, before its imports.

    Raises:
        RunFailedError: A step or a blocking check failed, another run is going on, the
            sharing agreement is not in force, a place cannot be used, or the disk is
            full.
    """
    if told := obstacle(here):
        raise RunFailedError(told)
    _hold_to_agreement(as_of)
    try:
        return _run_everything(here, as_of, began or time.perf_counter())
    except (OSError, SQLAlchemyError, duckdb.Error) as error:
        told = str(getattr(error, "orig", None) or error)
        told = "its disk is full; make room and run again." if is_full(here) else told
        raise RunFailedError(f"{UNCHANGED}\n{here.warehouse}: {told}") from error


def _hold_to_agreement(as_of: str) -> None:
    """Refuse to run without an agreement that is whole, approved and in force."""
    moment = datetime.fromisoformat(as_of) if as_of else datetime.now(UTC)
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC)
    try:
        projects_agreement(moment.date())
    except AgreementRefused as refused:
        told = f"The sharing agreement allows no run.\n{refused}"
        raise RunFailedError(f"{UNCHANGED}\n{told}") from None


def _run_everything(here: Places, as_of: str, began: float) -> FinishedRun:
    os.umask(PRIVATE)
    if here.warehouse.exists():
        here.warehouse.chmod(here.warehouse.stat().st_mode & ~0o007)
    prepare_dagster_home(here)
    os.environ["WAREHOUSE_PATH"] = str(here.warehouse)
    os.environ["LANDING_DIR"] = str(here.landing)
    os.environ["THROUGHLINE_AS_OF"] = as_of
    with the_only_run(here), Stages() as stages:
        stages.start("load definitions")
        with loading():
            from dagster_project.definitions import defs

            job = defs().resolve_job_def("everything")
        stages.done("load definitions")
        with dg.DagsterInstance.get() as instance:
            _bury_the_dead(instance)
            run_id = str(uuid.uuid4())
            instance.add_event_listener(run_id, _Listener(stages))
            result = job.execute_in_process(
                instance=instance,
                run_id=run_id,
                raise_on_error=False,
                run_config=QUIET,
                tags={"throughline/pid": str(os.getpid())},
            )
            if not result.success:
                raise RunFailedError(_why(result))
    return FinishedRun(
        run_id=run_id,
        seconds=time.perf_counter() - began,
        stage_seconds=stages.seconds,
        peak_megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


@contextmanager
def history(here: Places) -> Iterator[dg.DagsterInstance]:
    """Yield the run history beside a warehouse."""
    prepare_dagster_home(here)
    with dg.DagsterInstance.get() as instance:
        yield instance


def prepare_dagster_home(here: Places) -> None:
    """Make Dagster's home beside the warehouse, and name it in the environment."""
    home = here.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    settings = home / "dagster.yaml"
    if not settings.exists() or settings.read_text() != DAGSTER_YAML:
        settings.write_text(DAGSTER_YAML)
    os.environ["DAGSTER_HOME"] = str(home)
    os.environ["DAGSTER_HISTORY"] = str(home / "history")
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "yes")
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")


def prepare_installation() -> None:
    """Write dbt's manifest, Python's bytecode and the cache of compiled kernels."""
    from dagster_project.linkage.warm import compile_kernels
    from dagster_project.synthetic.draws import Draws

    try:
        read_project(places().warehouse)
    except RuntimeError as error:
        raise SystemExit(str(error)) from None
    # Where Python may not write bytecode by itself, every command would compile anew.
    compileall.compile_dir(Path(__file__).parent, quiet=1)
    compile_kernels()
    Draws(seed=0).uniform("set-up", 0)  # the one kernel of made-up cities


@contextmanager
def the_only_run(here: Places) -> Iterator[None]:
    """Hold the run lock, or say who does; the lock dies with its process."""
    here.run_lock.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(here.run_lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 32).decode(errors="replace").strip()
            raise RunFailedError(
                f"Another run (process {holder}) is writing {here.warehouse}; "
                "wait for it to end."
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _bury_the_dead(instance: dg.DagsterInstance) -> None:
    """Book runs whose process was killed as failed, and give back what they held.

    A killed run leaves its place in the pool ``duckdb_writer`` taken; the next run
    would wait for it for ever.
    """
    going = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])
    for run in instance.get_runs(filters=going):
        pid = run.tags.get("throughline/pid")
        if pid and not Path(f"/proc/{pid}").exists():
            instance.report_run_failed(run, message="The process was killed.")
    storage = instance.event_log_storage
    for pool in storage.get_concurrency_keys():
        info = storage.get_concurrency_info(pool)
        # A step that was promised the place and killed before it took it holds it too.
        holders = info.active_run_ids | info.pending_run_ids | info.assigned_run_ids
        for run_id in holders:
            run = instance.get_run_by_id(run_id)
            if run is None or run.is_finished:
                storage.free_concurrency_slots_for_run(run_id)


class _Listener:
    """Turns Dagster's events into lines of progress."""

    def __init__(self, stages: Stages) -> None:
        self._stages = stages
        self._dbt_calls = 0

    def __call__(self, entry: dg.EventLogEntry) -> None:
        """Hear one event."""
        event = entry.dagster_event
        if event is None:
            if entry.step_key and entry.level == 20:
                self._stages.say(self._name(entry.step_key), entry.user_message)
            return
        if event.step_key is None:
            return
        kind = event.event_type_value
        if kind == "STEP_START":
            self._stages.start(self._name(event.step_key))
        elif kind in ("STEP_SUCCESS", "STEP_FAILURE"):
            note = "" if kind == "STEP_SUCCESS" else "FAILED"
            self._stages.done(self._name(event.step_key), note)

    @staticmethod
    def _name(step: str) -> str:
        """Return a stage's name in words."""
        return step.replace("__", "/").replace("_", " ")


def _why(result: dg.ExecuteInProcessResult) -> str:
    """Return what failed, in one paragraph a data steward can act on."""
    reasons = []
    for evaluation in result.get_asset_check_evaluations():
        if not evaluation.passed and evaluation.blocking:
            table = evaluation.asset_key.to_user_string()
            described = evaluation.metadata.get("expectations")
            reasons.append(
                f"The blocking check '{evaluation.check_name}' on {table} failed."
                + (f"\n{described.value}" if described else "")
            )
            if behind := evaluation.metadata.get("deliveries"):
                reasons.append(str(behind.value))
    steps: dict[str, list[str]] = {}
    for event in result.all_events:
        if event.is_step_failure and event.step_failure_data.error:
            error = event.step_failure_data.error
            cause = error.cause or error
            steps.setdefault(cause.message.strip(), []).append(event.step_key)
    reasons += [f"Step {', '.join(names)}: {told}" for told, names in steps.items()]
    # The proof of an erasure comes after the new marts are in place.
    is_published = set().union(*steps.values(), ()) == {"published__erasures"}
    return "\n".join(reasons if is_published else [UNCHANGED, *reasons])
