"""``throughline publish`` and ``throughline serve``: the marts for many, by agreement.

Belongs here: arguments, what is printed, where secrets are put. Does not belong here:
what is published to whom (``shared_warehouse``).
"""

import os
import shlex
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dagster_project.places import PRIVATE, Places, agreement_file, places
from dagster_project.shared_warehouse.connections import CONNECTION

if TYPE_CHECKING:
    from dagster_project.shared_warehouse.embedded import Server
    from dagster_project.shared_warehouse.release import Job, Published

AgreementOption = Annotated[
    Path | None,
    typer.Option(help="The sharing agreement; the project's own if unset."),
]


def publish(
    to: Annotated[
        str,
        typer.Option(
            envvar=CONNECTION,
            help="PostgreSQL to publish to: a URI or keyword=value pairs. Keep its "
            "password in the environment or in ~/.pgpass.",
        ),
    ],
    agreement: AgreementOption = None,
    allow_plain: Annotated[
        bool,
        typer.Option(help="Let another host be reached without verified TLS."),
    ] = False,
) -> None:
    """Publish the marts and the agreed client records to a PostgreSQL, all or nothing.

    The agreement decides which roles there are and what each of them sees. It is
    applied with the release; a changed one needs an administrator's connection once.
    """
    from dagster_project.shared_warehouse.connections import ConnectionRefused, checked

    here = places()
    try:
        connection = checked(to, allow_plain=allow_plain)
    except ConnectionRefused as refused:
        _stop(str(refused))
    with _refusals():
        _print_published(_publish(here, _job(here, agreement), connection))


def serve(
    agreement: AgreementOption = None,
    folder: Annotated[
        Path | None,
        typer.Option(
            help="The private server's folder; beside the warehouse if unset."
        ),
    ] = None,
) -> None:
    """Start a private PostgreSQL on this machine, publish, and wait for Ctrl-C.

    It prints a line to try for each role. The example logins' passwords are made anew
    each time and lie in a file that only you can read.
    """
    from dagster_project.shared_warehouse.embedded import serving

    # Also where a shell that put us in the background had SIGINT ignored.
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.default_int_handler)
    here = places()
    try:
        with _refusals():
            job = _job(here, agreement)
            place, days = folder or _folder(here), job.terms.audit_days
            with serving(place, audit_days=days) as server:
                done = _publish(here, job, server.connection(), place)
                lines = _example_logins(here, job, server)
                _print_published(done)
                print(f"\nTry it as each role; passwords are in {here.passwords}.\n")
                print("\n".join(lines))
                print("\nCtrl-C stops the server.", flush=True)
                while True:
                    time.sleep(3600)
    except KeyboardInterrupt:
        # They open nothing any more: the next start makes others.
        here.passwords.unlink(missing_ok=True)
        print("The server has stopped; its folder is kept.")


def _job(here: Places, agreement: Path | None) -> "Job":
    from dagster_project.governance.in_force import in_force
    from dagster_project.shared_warehouse.from_agreement import job_of
    from dagster_project.shared_warehouse.keys import pseudonym_key

    if not here.warehouse.exists():
        _stop(f"There is no warehouse at {here.warehouse} yet; run 'throughline run'.")
    agreed = in_force(agreement or agreement_file(), date.today())
    return job_of(agreed, pseudonym_key(here.pseudonym_key))


def _publish(
    here: Places, job: "Job", connection: str, folder: Path | None = None
) -> "Published":
    """Publish while no run writes the warehouse, and write down to where."""
    from dagster_project.runs import the_only_run
    from dagster_project.shared_warehouse.published_to import Copy, note
    from dagster_project.shared_warehouse.release import publish as publish_release
    from dagster_project.warehouse import open_warehouse

    def written_down(done: "Published") -> None:
        place = str(folder or "")
        copy = Copy(done.database, done.release, done.place, place)
        note(here.shared_databases, copy)

    with (
        the_only_run(here),
        open_warehouse(here.warehouse, read_only=True) as warehouse,
    ):
        return publish_release(warehouse, connection, job, note=written_down)


def _print_published(done: "Published") -> None:
    for change in done.told:
        print(f"  {change}")
    for warning in done.warnings:
        print(f"Warning: {warning}", file=sys.stderr)
    print(f"Release {done.release}: {sum(done.rows.values()):,} rows")
    for table, rows in done.rows.items():
        print(f"  {table.replace('held.', 'marts.'):<40} {rows:>12,}")


def _folder(here: Places) -> Path:
    """Return where the private server's data lie.

    Beside the warehouse, as a rule. As root the server runs as a user of its own, who
    may not be able to go there; nothing is opened for it, another place is taken.
    """
    from hashlib import sha256

    from dagster_project.shared_warehouse.embedded import can_reach

    if can_reach(here.postgres):
        return here.postgres
    digest = sha256(str(here.warehouse).encode()).hexdigest()[:12]
    elsewhere = Path("/var/lib/throughline")
    elsewhere.mkdir(mode=0o711, exist_ok=True)
    return elsewhere / f"postgres-{digest}"


def _example_logins(here: Places, job: "Job", server: "Server") -> list[str]:
    """Make a login per role, keep the passwords, return a psql line for each."""
    import adbc_driver_postgresql.dbapi as postgres

    from dagster_project.shared_warehouse import logins
    from dagster_project.shared_warehouse.embedded import DATABASE, binaries
    from dagster_project.shared_warehouse.passwords import new_password

    made = logins.example_logins(job.terms)
    passwords = {login: new_password() for login in made.values()}
    with postgres.connect(server.connection()) as session, session.cursor() as cursor:
        cursor.execute("select rolname::text from pg_roles")
        there = {name for (name,) in cursor.fetchall()}
        for role, login in made.items():
            for statement in logins.make(login, role, passwords[login], login in there):
                cursor.execute(statement)
        session.commit()
    _keep(
        here.passwords,
        "".join(
            f"127.0.0.1:{server.port}:{DATABASE}:{login}:{password}\n"
            for login, password in passwords.items()
        ),
    )
    psql = shutil.which("psql") or str(binaries() / "psql")
    before = f"PGPASSFILE={shlex.quote(str(here.passwords))} {shlex.quote(psql)}"
    return [
        f"{role:<16} {before} -h 127.0.0.1 -p {server.port} -U {login} {DATABASE}"
        for role, login in made.items()
    ]


def _keep(file: Path, secret: str) -> None:
    """Write a file that nobody else can read, at no moment.

    The passwords are not printed: a terminal's scroll-back, a recorded session or the
    log of a build would keep them longer than the server lives.
    """
    fresh = file.with_name(file.name + ".tmp")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(secret)
    fresh.replace(file)


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn each refusal into one sentence and exit code 1."""
    from dagster_project.governance.read import AgreementRefused
    from dagster_project.runs import RunFailedError
    from dagster_project.shared_warehouse.embedded import ServerError
    from dagster_project.shared_warehouse.keys import KeyRefused
    from dagster_project.shared_warehouse.steps import PublishError
    from dagster_project.shared_warehouse.terms import TermsError
    from dagster_project.warehouse import WarehouseBusyError

    os.umask(PRIVATE)
    try:
        yield
    except (
        AgreementRefused,
        KeyRefused,
        PublishError,
        RunFailedError,
        ServerError,
        TermsError,
        WarehouseBusyError,
    ) as refused:
        _stop(str(refused))


def _stop(sentence: str) -> None:
    """Print one clear sentence and exit with 1."""
    print(sentence, file=sys.stderr)
    raise typer.Exit(1)
