"""The warehouse at rest: its key, and how an encrypted file is opened.

Belongs here: where the key comes from, attaching a file with it, writing a file anew
under another key. Does not belong here: who may open the warehouse, or when.

DuckDB encrypts a file with AES-256-GCM under a key derived from the one it is given. It
only writes such files with OpenSSL, which lies in its extension httpfs; that comes as a
pinned wheel and is loaded by path, so nothing is fetched. The key is handed over in a
variable of the connection: it stands in no statement, and so in no log and no error.
"""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

import duckdb

from dagster_project.durable import flush

KEY = "THROUGHLINE_WAREHOUSE_KEY"
KEY_FILE = "THROUGHLINE_WAREHOUSE_KEY_FILE"
LEAST_KEY = 32
"""Fewest characters of a key: 128 bits where they are random hexadecimal digits."""

CATALOG = "warehouse"
"""Name under which the file is attached, here and by dbt."""

FLAGS_AT = 20
"""Where a DuckDB file's flags begin: after checksum, 'DUCK' and version; bit 0 of the
first byte says that the rest is encrypted (DuckDB, ``main_header.hpp``)."""


class WarehouseKeyError(RuntimeError):
    """The key is missing, unfit, or not the file's."""


def warehouse_key(environment: Mapping[str, str] | None = None) -> str | None:
    """Return the key, from the environment or the file it names; None when unset.

    Raises:
        WarehouseKeyError: Both are set, the file cannot be read or others may read it,
            or the key is short.
    """
    environment = os.environ if environment is None else environment
    key, file = environment.get(KEY), environment.get(KEY_FILE)
    if key and file:
        raise WarehouseKeyError(f"{KEY} and {KEY_FILE} are both set; keep one.")
    if file:
        return read_key(Path(file))
    return _fit(key.strip(), KEY) if key else None


def read_key(file: Path) -> str:
    """Return the key in a file that nobody but its owner may read.

    Raises:
        WarehouseKeyError: As for ``warehouse_key``.
    """
    try:
        mode, key = file.stat().st_mode, file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        told = getattr(error, "strerror", None) or "it is not text"
        raise WarehouseKeyError(
            f"The key file {file} cannot be read: {told}."
        ) from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise WarehouseKeyError(
            f"The key file {file} can be read by others; chmod 600 {file}."
        )
    return _fit(key, str(file))


def _fit(key: str, origin: str) -> str:
    if len(key) < LEAST_KEY:
        raise WarehouseKeyError(
            f"The key in {origin} has fewer than {LEAST_KEY} characters; "
            "'openssl rand -hex 32' makes a good one."
        )
    return key


def is_encrypted(path: Path) -> bool:
    """Return whether a DuckDB file says of itself that it is encrypted."""
    with path.open("rb") as stream:
        stream.seek(FLAGS_AT)
        flags = stream.read(1)
    return bool(flags and flags[0] & 1)


def check_key(path: Path, key: str | None) -> None:
    """Refuse a key where the file has none, and the other way round.

    Raises:
        WarehouseKeyError: With what to do about it.
    """
    if not path.exists() or path.stat().st_size == 0:
        return
    if is_encrypted(path) and not key:
        raise WarehouseKeyError(
            f"{path} is encrypted; set {KEY_FILE} to the file that holds its key."
        )
    if key and not is_encrypted(path):
        raise WarehouseKeyError(
            f"A key is set, but {path} is not encrypted yet; 'throughline encrypt' "
            "writes it anew under the key."
        )


def attach(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    key: str | None,
    *,
    read_only: bool = False,
    catalog: str = CATALOG,
) -> None:
    """Attach a warehouse file, under its key if it has one.

    Args:
        connection: An in-memory database's; what it spills is encrypted as well.
        path: The file; made when missing.
        key: Its key; None for a plain file.
        read_only: Attach without the right to write.
        catalog: Name to attach it as.

    Raises:
        WarehouseKeyError: The key is not the file's.
    """
    options = ["read_only"] if read_only else []
    if key:
        _load_openssl(connection)
        spill = str(path.with_name(path.name + ".tmp"))
        connection.execute("set temp_file_encryption = true")
        connection.execute("set temp_directory = ?", [spill])
        connection.execute("set variable warehouse_key = ?", [key])
        options.append("encryption_key getvariable('warehouse_key')")
    told = f" ({', '.join(options)})" if options else ""
    quoted = str(path).replace("'", "''")
    try:
        connection.execute(f"attach '{quoted}' as {catalog}{told}")
    except (duckdb.IOException, duckdb.BinderException, duckdb.InvalidInputException):
        if key and path.exists() and not _opens(path, key):
            raise WarehouseKeyError(
                f"The key that is set is not the one {path} was encrypted under."
            ) from None
        raise
    finally:
        if key:
            connection.execute("reset variable warehouse_key")


def _opens(path: Path, key: str) -> bool:
    """Return whether a key is right, as far as the file can be opened at all."""
    with duckdb.connect() as connection:
        _load_openssl(connection)
        connection.execute("set variable warehouse_key = ?", [key])
        quoted = str(path).replace("'", "''")
        try:
            connection.execute(
                f"attach '{quoted}' as probe "
                "(read_only, encryption_key getvariable('warehouse_key'))"
            )
        except duckdb.Error as error:
            return "key" not in str(error).lower()
    return True


def _load_openssl(connection: duckdb.DuckDBPyConnection) -> None:
    """Load httpfs from its wheel; loading twice does nothing."""
    import duckdb_extension_httpfs

    folder = Path(duckdb_extension_httpfs.__file__).parent
    (extension,) = folder.glob(
        f"extensions/v{duckdb.__version__}/httpfs.duckdb_extension"
    )
    quoted = str(extension).replace("'", "''")
    connection.execute(f"load '{quoted}'")


def rewrite(path: Path, old_key: str | None, key: str | None) -> None:
    """Write a warehouse anew under another key, in one atomic step.

    Args:
        path: The warehouse; no run may be going on.
        old_key: The key it has; None for a plain file.
        key: The key it gets; None leaves it plain.

    Raises:
        WarehouseKeyError: The old key is not the file's.
    """
    fresh = path.with_name(path.name + ".rewritten")
    fresh.unlink(missing_ok=True)
    try:
        with duckdb.connect() as connection:
            attach(connection, path, old_key, read_only=True, catalog="before")
            attach(connection, fresh, key, catalog="after")
            connection.execute("copy from database before to after")
        flush(fresh)
        fresh.chmod(path.stat().st_mode & 0o777)
        os.replace(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)
