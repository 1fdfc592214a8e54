"""Dagster's run history in SQLite: its connections kept open, old runs forgotten.

Belongs here: changes to Dagster's own storage class, and which runs are too old. Does
not belong here: what is in the history, how long it is kept (the agreement says).

Dagster opens an engine, a connection and a transaction for each event and closes them
again; closing the last connection makes SQLite write its log back and wait for the
disk. A run of ours has some 1,400 events: that was 9 CPU seconds and, on a busy disk,
40 seconds of waiting. Here an engine stays open per database, and SQLite waits for the
disk when it writes its log back, not at each event: a killed process loses nothing, a
power cut may lose the last lines of a history that a rerun writes again.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.storage.event_log import SqliteEventLogStorage
from sqlalchemy import Connection, Engine, create_engine, event

OPEN_DATABASES = 8
"""Dagster keeps one database per run; the UI looks at a few of them at a time."""

BUSY_SECONDS = 30
"""How long a writer waits for another process; Dagster's own figure."""


class RunHistory(SqliteEventLogStorage):
    """``SqliteEventLogStorage`` that opens each database once."""

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        """Open the history in ``base_dir``."""
        self._engines: dict[str, Engine] = {}
        self._tables: set[str] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> "RunHistory":
        """Make the storage that ``dagster.yaml`` asks for."""
        return cls(inst_data=inst_data, **config_value)

    def has_table(self, table_name: str) -> bool:
        """Say whether the index has a table; one that was there once is there still.

        Dagster asks anew for each check and materialization, and that asks SQLite.
        """
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.begin() as connection:
                yield connection

    def delete_events(self, run_id: str) -> None:
        """Delete a run's events, and the file they had to themselves."""
        super().delete_events(run_id)
        with self._db_lock:
            if engine := self._engines.pop(run_id, None):
                engine.dispose()
            self._initialized_dbs.discard(run_id)
            file = Path(self.path_for_shard(run_id))
            for end in ("", "-wal", "-shm"):
                file.with_name(file.name + end).unlink(missing_ok=True)

    def _engine(self, shard: str) -> Engine:
        """Return the engine of a database, closing the one unused for longest."""
        engine = self._engines.pop(shard, None)
        if engine is None:
            engine = create_engine(
                self.conn_string_for_shard(shard),
                connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
            )
            event.listen(engine, "connect", _trust_the_log)
        self._engines[shard] = engine
        while len(self._engines) > OPEN_DATABASES:
            self._engines.pop(next(iter(self._engines))).dispose()
        return engine


def _trust_the_log(connection: Any, _record: Any) -> None:
    """Let SQLite sync when it checkpoints, not at each commit (safe with its log)."""
    connection.execute("pragma synchronous = normal")


def runs_before(instance: dg.DagsterInstance, days: int) -> list[str]:
    """Return the runs that ended and began longer ago than the agreement keeps audit.

    The machine's clock decides, not the run's: nobody forgets a history by running as
    of another day.

    Args:
        instance: Whose history.
        days: How many days a run is kept.
    """
    last = datetime.now(UTC) - timedelta(days=days)
    old = instance.get_runs(filters=dg.RunsFilter(created_before=last))
    return [run.run_id for run in old if run.is_finished]


def forget_runs(instance: dg.DagsterInstance, days: int) -> int:
    """Delete the runs that are too old, with their logs; return how many."""
    old = runs_before(instance, days)
    for run_id in old:
        instance.delete_run(run_id)
        shutil.rmtree(Path(instance.storage_directory()) / run_id, ignore_errors=True)
    return len(old)
