"""The files of ``throughline link --state``: written whole, read without copying.

Belongs here: which file holds what, and making a new state the present one at once.
Does not belong here: what is done with it (``state_run``).

``current.json`` names the folders that count. A run writes new ones beside them and
replaces ``current.json`` last; a killed run leaves folders that nobody names, and the
next one clears them.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dagster_project.linkage.base_run import BaseRun
from dagster_project.linkage.blocking import RULES
from dagster_project.linkage.columns import UnreadableRecords
from dagster_project.linkage.encode import Dropped
from dagster_project.linkage.ledger import Ledger
from dagster_project.linkage.model_file import UnreadableModel, model_text, read_model

VERSION = 1
"""Of the files; another one is refused rather than guessed at."""

ARRAYS = (
    "rows",
    "log_frequency",
    "names",
    "largest_key",
    "left",
    "right",
    "log_odds",
    "component",
)


@dataclass(frozen=True)
class State:
    """What one run leaves to the next."""

    settings: dict[str, object]
    base: BaseRun
    later: pa.Table  # records since the full run, as read
    touched: pa.Array  # record ids that the last run looked at anew
    ledger: Ledger


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a state folder for one run at a time.

    Raises:
        UnreadableRecords: another run holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise UnreadableRecords(f"--state {folder} is in use by another run") from error
    finally:
        os.close(lock)


def read_state(folder: Path) -> State | None:
    """Return the present state, None before the first run.

    Raises:
        UnreadableRecords: the folder holds something else, or another version's state.
    """
    current = folder / "current.json"
    if not current.exists():
        if any(f for f in folder.iterdir() if not f.name.startswith(("base-", "run-"))):
            raise UnreadableRecords(
                f"--state {folder} holds other files; name an empty or a new folder"
            )
        return None
    try:
        named = json.loads(current.read_text())
        if named["version"] != VERSION:
            raise UnreadableRecords(
                f"--state {folder} was written by another version; start a new one"
            )
        run = folder / named["run"]
        at = named["last_at"]
        return State(
            named["settings"],
            _read_base(folder / named["base"]),
            _read_table(run / "later.arrow"),
            _read_table(run / "touched.arrow")["client_record_id"].combine_chunks(),
            Ledger(
                _read_table(run / "links.arrow"),
                _read_table(run / "minted.arrow"),
                frozenset(),
                named["last_event"],
                datetime.fromisoformat(at) if at else None,
            ),
        )
    except (OSError, KeyError, ValueError, UnreadableModel, pa.ArrowException) as error:
        raise UnreadableRecords(
            f"--state {folder} is damaged ({error}); start a new one"
        ) from error


def write_state(
    folder: Path, state: State, events: pa.Table, *, new_base: bool
) -> None:
    """Make ``state`` the present one; its new events are kept for good."""
    current = folder / "current.json"
    named = json.loads(current.read_text()) if current.exists() else {"number": 0}
    number = named["number"] + 1
    base = f"base-{number}" if new_base else named["base"]
    if new_base:
        _write_base(_fresh(folder / base), state.base)
    run = _fresh(folder / f"run-{number}")
    _write_table(run / "later.arrow", state.later)
    _write_table(run / "touched.arrow", pa.table({"client_record_id": state.touched}))
    _write_table(run / "links.arrow", state.ledger.links)
    _write_table(run / "minted.arrow", state.ledger.minted)
    files = list(named.get("events", []))
    if events.num_rows:
        (folder / "events").mkdir(exist_ok=True)
        files.append(f"events/{number:06}.parquet")
        pq.write_table(events, folder / files[-1])
    last_at = state.ledger.last_at
    text = json.dumps(
        {
            "version": VERSION,
            "number": number,
            "settings": state.settings,
            "base": base,
            "run": run.name,
            "events": files,
            "last_event": state.ledger.last_event,
            "last_at": last_at.isoformat() if last_at else None,
        }
    )
    part = folder / "current.json.part"
    with part.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(current)
    _clear(folder, {base, run.name, *files})


def read_events(folder: Path) -> pa.Table:
    """Return the identity ledger of a state folder, event by event."""
    named = json.loads((folder / "current.json").read_text())
    return pa.concat_tables(pq.read_table(folder / file) for file in named["events"])


def _clear(folder: Path, named: set[str]) -> None:
    """Remove what the present state does not name."""
    for left in [*folder.glob("base-*"), *folder.glob("run-*")]:
        if left.name not in named:
            shutil.rmtree(left, ignore_errors=True)
    for left in folder.glob("events/*.parquet"):
        if f"events/{left.name}" not in named:
            left.unlink(missing_ok=True)


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _write_table(path: Path, table: pa.Table) -> None:
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as out:
        out.write_table(table)


def _read_table(path: Path) -> pa.Table:
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all()


def _write_base(folder: Path, base: BaseRun) -> None:
    _write_table(folder / "records.arrow", base.records)
    _write_table(folder / "partition.arrow", base.partition)
    for name in ARRAYS:
        np.save(folder / f"{name}.npy", getattr(base, name))
    for number in range(len(RULES)):
        np.save(folder / f"keys_{number}.npy", base.keys[number])
        np.save(folder / f"holders_{number}.npy", base.holders[number])
    (folder / "model.json").write_text(model_text(base.trained))
    (folder / "dropped.json").write_text(json.dumps(base.dropped._asdict()))


def _read_base(folder: Path) -> BaseRun:
    def array(name: str) -> np.ndarray:
        return np.load(folder / f"{name}.npy", mmap_mode="r")

    dropped = json.loads((folder / "dropped.json").read_text())
    return BaseRun(
        records=_read_table(folder / "records.arrow"),
        partition=_read_table(folder / "partition.arrow"),
        keys=tuple(array(f"keys_{number}") for number in range(len(RULES))),
        holders=tuple(array(f"holders_{number}") for number in range(len(RULES))),
        trained=read_model((folder / "model.json").read_text()),
        dropped=Dropped(tuple(dropped["dates"]), tuple(dropped["ssns"])),
        **{name: array(name) for name in ARRAYS},
    )
