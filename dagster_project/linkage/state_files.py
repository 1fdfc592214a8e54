"""The files of ``throughline link --state``: written whole, read without copying.

Belongs here: which file holds what, and making a new state the present one at once.
Does not belong here: a full run's files (``base_files``), what is done with a state
(``state_run``).

``current.json`` names the folders that count. A run writes new ones beside them and
replaces ``current.json`` last; a killed run leaves folders that nobody names, and the
next one clears them.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dagster_project.linkage.base_files import (
    keep,
    keep_all,
    read_base,
    write_base,
)
from dagster_project.linkage.base_run import BaseRun
from dagster_project.linkage.columns import UnreadableRecords
from dagster_project.linkage.laid_aside import read_table, write_table
from dagster_project.linkage.ledger import Ledger, no_events
from dagster_project.linkage.ledger_since import LedgerSince
from dagster_project.linkage.model_file import UnreadableModel
from dagster_project.linkage.rows_by_id import ids_of

VERSION = 9
"""Of the files; another one is refused rather than guessed at."""

PART = "current.json.part"

DAMAGE = (
    OSError,
    EOFError,
    KeyError,
    TypeError,
    AttributeError,
    ValueError,
    UnreadableModel,
    pa.ArrowException,
)
"""What reading a file that is gone, cut short or another's may raise."""


@dataclass(frozen=True)
class State:
    """What one run leaves to the next."""

    settings: dict[str, object]
    base: BaseRun
    links: pa.Table  # every record of the full run with its person, as it left them
    counts: dict[str, int]  # of these
    later: pa.Table  # records since the full run, as read
    touched: pa.Array  # record ids that the last run looked at anew
    ledger: LedgerSince


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a state folder for one run at a time.

    Raises:
        UnreadableRecords: another run holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UnreadableRecords(
                f"--state {folder} is in use by another run"
            ) from error
        yield
    finally:
        os.close(lock)


def read_state(folder: Path) -> State | None:
    """Return the present state, None before the first run.

    Raises:
        UnreadableRecords: the folder holds something else, or another version's state.
    """
    current = folder / "current.json"
    if not current.exists():
        if not _is_unfinished(folder):
            raise UnreadableRecords(
                f"--state {folder} holds other files; name an empty or a new folder"
            )
        return None
    try:
        named = json.loads(current.read_text())
        version = named["version"]
    except DAMAGE as error:
        raise UnreadableRecords(_damaged(folder)) from error
    if version != VERSION:
        raise UnreadableRecords(
            f"--state {folder} was written by another version; start a new one"
        )
    try:
        for file in named["events"]:
            os.stat(folder / file)
        base, run = folder / named["base"], folder / named["run"]
        at = named["last_at"]
        told = (
            frozenset(named["in_force"]),
            named["last_event"],
            datetime.fromisoformat(at) if at else None,
        )
        kept = [read_table(base / f"{name}.arrow") for name in ("ledger", "minted")]
        return State(
            named["settings"],
            read_base(base),
            read_table(base / "links.arrow"),
            named["counts"],
            read_table(run / "later.arrow"),
            ids_of(read_table(run / "touched.arrow")),
            LedgerSince(
                Ledger(*kept, *told),
                read_table(run / "links.arrow"),
                read_table(run / "minted.arrow"),
                *told,
            ),
        )
    except DAMAGE as error:
        raise UnreadableRecords(_damaged(folder)) from error


def _damaged(folder: Path) -> str:
    return f"--state {folder} is damaged; take its last good copy or start a new one"


def _is_unfinished(folder: Path) -> bool:
    """Return whether a folder is empty, or holds what a killed first run left.

    A later state without its ``current.json`` is not taken for one: its events are the
    only account of who was who.
    """
    names = {path.name for path in folder.iterdir()}
    events = {path.name for path in folder.glob("events/*")}
    ours = names & {"base-1", "run-1"}
    first = names - ours <= {"events", PART} and events <= {f"{1:06}.parquet"}
    return not names or bool(ours and first)


def next_base(folder: Path) -> Path:
    """Return where a full run that follows puts its files; nothing lies there yet."""
    base = folder / f"base-{_named(folder)['number'] + 1}"
    shutil.rmtree(base, ignore_errors=True)
    return base


def _named(folder: Path) -> dict:
    current = folder / "current.json"
    return json.loads(current.read_text()) if current.exists() else {"number": 0}


def write_state(
    folder: Path,
    state: State,
    events: pa.Table,
    *,
    new_base: bool,
    ready: Callable[[], object] = lambda: None,
) -> None:
    """Make ``state`` the present one; its new events are kept for good.

    Args:
        folder: of the state.
        state: what the run leaves to the next.
        events: of identity, new ones.
        new_base: whether it was a full run.
        ready: waits for what must be written before; until it returns, the state
            before is the present one.
    """
    named = _named(folder)
    number = named["number"] + 1
    base = f"base-{number}" if new_base else named["base"]
    if new_base:
        (folder / base).mkdir(parents=True, exist_ok=True)
        write_table(folder / base / "ledger.arrow", state.ledger.base.links)
        write_table(folder / base / "minted.arrow", state.ledger.base.minted)
        write_table(folder / base / "links.arrow", state.links)
        write_base(folder / base, state.base)
    run = _fresh(folder / f"run-{number}")
    write_table(run / "later.arrow", state.later)
    write_table(run / "touched.arrow", pa.table({"client_record_id": state.touched}))
    write_table(run / "links.arrow", state.ledger.moved)
    write_table(run / "minted.arrow", state.ledger.minted)
    files = list(named.get("events", []))
    if events.num_rows:
        (folder / "events").mkdir(exist_ok=True)
        files.append(f"events/{number:06}.parquet")
        pq.write_table(events, folder / files[-1])
        keep(folder / files[-1])
        keep(folder / "events")
    last_at = state.ledger.last_at
    text = json.dumps(
        {
            "version": VERSION,
            "number": number,
            "settings": state.settings,
            "base": base,
            "counts": state.counts,
            "run": run.name,
            "events": files,
            "in_force": sorted(state.ledger.in_force),
            "last_event": state.ledger.last_event,
            "last_at": last_at.isoformat() if last_at else None,
        }
    )
    part = folder / PART
    part.write_text(text)
    keep_all(run)
    keep(part)
    ready()
    part.replace(folder / "current.json")
    keep(folder)
    _clear(folder, {base, run.name, *files})


def read_events(folder: Path) -> pa.Table:
    """Return the identity ledger of a state folder, event by event."""
    named = json.loads((folder / "current.json").read_text())
    tables = [pq.read_table(folder / file) for file in named["events"]]
    return pa.concat_tables([no_events(), *tables])


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
