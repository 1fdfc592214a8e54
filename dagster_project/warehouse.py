"""The DuckDB file: how it is opened, and only that.

Belongs here: connection settings. Does not belong here: SQL about any table.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from dagster_project.encryption import CATALOG, attach, check_key, warehouse_key

SETTINGS = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "threads": "2",
}
"""No extension is fetched behind our back. dbt opens the same file in the same process
with the same settings (``dbt_project/profiles.yml``): DuckDB refuses others."""


class WarehouseBusyError(RuntimeError):
    """Another process holds the warehouse file."""


@contextmanager
def open_warehouse(
    path: Path, *, read_only: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection to the warehouse and close it afterwards.

    Args:
        path: The DuckDB file; its folder is made when missing.
        read_only: Open without the right to write.

    Raises:
        WarehouseBusyError: Another process is writing to the file.
        WarehouseKeyError: The file is encrypted and its key is not set, or the other
            way round.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    key = warehouse_key()
    check_key(path, key)
    try:
        connection = _connect(path, key, read_only)
    except duckdb.IOException as error:
        if "lock" in str(error).lower():
            raise WarehouseBusyError(
                f"{path} is being written by another run; wait for it to end, or read "
                f"the published copy {path.with_name('marts.duckdb')}."
            ) from error
        raise
    try:
        connection.execute("set timezone = 'UTC'")
        yield connection
    finally:
        connection.close()


def _connect(path: Path, key: str | None, read_only: bool) -> duckdb.DuckDBPyConnection:
    """Open the file itself, or attach it where a key has to be told."""
    if not key:
        return duckdb.connect(str(path), read_only=read_only, config=SETTINGS)
    connection = duckdb.connect(config=SETTINGS)
    try:
        attach(connection, path, key, read_only=read_only)
        connection.execute(f"use {CATALOG}")
    except BaseException:
        connection.close()
        raise
    return connection
