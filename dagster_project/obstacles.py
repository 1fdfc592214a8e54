"""Say before a run why it could not reach its end.

Belongs here: what is wrong with the places a run is given, in one sentence. Does not
belong here: what goes wrong on the way (``runs``), what the deliveries hold.
"""

import os
import shutil
import tempfile
from pathlib import Path

import duckdb

from dagster_project.departments.older_warehouse import too_old
from dagster_project.encryption import WarehouseKeyError
from dagster_project.places import Places
from dagster_project.warehouse import WarehouseBusyError, open_warehouse

NO_ROOM = 4 << 20
"""Bytes: DuckDB and the run history grow by parts of a megabyte."""
DUCKDB_MARK = b"DUCK"
DUCKDB_MARK_AT = 8
"""Where a DuckDB file says what it is: after the checksum of its first block."""


def obstacle(here: Places) -> str:
    """Return what stands in the way of a run, '' when nothing does.

    Makes the warehouse's folder when it is missing; touches nothing else.
    """
    return _about_landing(here.landing) or _about_warehouse(here.warehouse)


def is_full(here: Places) -> bool:
    """Say whether the disk under the warehouse has no room left to work in."""
    return shutil.disk_usage(here.warehouse.parent).free < NO_ROOM


def _about_landing(landing: Path) -> str:
    if not landing.is_dir():
        return f"LANDING_DIR: {landing} is not a folder."
    closed = _closed(landing) or next(filter(_closed, sorted(landing.iterdir())), None)
    return f"LANDING_DIR: {closed} cannot be read." if closed else ""


def _closed(folder: Path) -> Path | None:
    """Return a folder that we may not look into, None for one we may."""
    is_open = os.access(folder, os.R_OK | os.X_OK)
    return folder if folder.is_dir() and not is_open else None


def _about_warehouse(warehouse: Path) -> str:
    folder = warehouse.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as trial:
            trial.write(DUCKDB_MARK)
    except OSError as error:
        return f"WAREHOUSE_PATH: {folder} cannot be written to ({error.strerror})."
    if warehouse.is_dir():
        example = warehouse / "warehouse.duckdb"
        return f"WAREHOUSE_PATH: {warehouse} is a folder; name a file, as {example}."
    if not warehouse.exists():
        return ""
    try:
        with warehouse.open("rb") as stream:
            head = stream.read(DUCKDB_MARK_AT + len(DUCKDB_MARK))
    except OSError as error:
        return f"WAREHOUSE_PATH: {warehouse} cannot be read ({error.strerror})."
    if not head.endswith(DUCKDB_MARK):
        return (
            f"WAREHOUSE_PATH: {warehouse} is not a DuckDB database; move it away or "
            "name another file."
        )
    return _about_damage(warehouse)


def _about_damage(warehouse: Path) -> str:
    """Return what is wrong inside a warehouse, as far as opening it tells."""
    try:
        with open_warehouse(warehouse, read_only=True) as connection:
            told = too_old(connection)
            return f"WAREHOUSE_PATH: {warehouse}: {told}" if told else ""
    except WarehouseBusyError:
        return ""  # another run has it; the run lock says so in better words
    except WarehouseKeyError as error:
        return str(error)
    except duckdb.Error as error:
        return (
            f"WAREHOUSE_PATH: {warehouse} is damaged ({str(error).splitlines()[0]}). "
            "Move it away, or put a copy back that was kept, and run again: the "
            "deliveries in the landing folder make all of it anew, and the last good "
            "marts stay readable until then."
        )
