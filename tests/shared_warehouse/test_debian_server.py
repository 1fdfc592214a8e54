"""A PostgreSQL as an operator has it: TLS with a certificate of one's own, pgaudit.

The embedded server is built without either, so these need Debian's packages
``postgresql`` and ``postgresql-*-pgaudit``, and say so where they are missing.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import adbc_driver_postgresql.dbapi as postgres
import pytest

from dagster_project.shared_warehouse import embedded
from dagster_project.shared_warehouse.connections import checked
from dagster_project.shared_warehouse.embedded import Server, serving
from dagster_project.shared_warehouse.release import Job, publish
from dagster_project.shared_warehouse.steps import PublishError
from dagster_project.shared_warehouse.terms import Terms
from dagster_project.warehouse import open_warehouse

from .conftest import KEY, PATIENCE, Database

NAME = "warehouse.example"
FOUND = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
HAS_AUDIT = [p for p in FOUND if (p.parents[1] / "lib" / "pgaudit.so").exists()]
pytestmark = [
    pytest.mark.skipif(not HAS_AUDIT, reason="postgresql-*-pgaudit is not installed"),
    pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed"),
]


def openssl(folder: Path, *words: str) -> None:
    subprocess.run(
        ["openssl", *words], cwd=folder, check=True, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="throughline-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def certificates(home: Path) -> Path:
    """Return a folder with two authorities, and a certificate by the first."""
    for authority in ("ours", "theirs"):
        openssl(
            home,
            *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", f"/CN=authority of {authority}"),
            *("-keyout", f"{authority}.key", "-out", f"{authority}.pem"),
        )
    openssl(
        home,
        *("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={NAME}"),
        *("-keyout", "server.key", "-out", "server.csr"),
    )
    (home / "names").write_text(f"subjectAltName=DNS:{NAME}\n")
    openssl(
        home,
        *("x509", "-req", "-in", "server.csr", "-CA", "ours.pem", "-days", "2"),
        *("-CAkey", "ours.key", "-CAcreateserial", "-extfile", "names"),
        *("-out", "server.pem"),
    )
    user = embedded._system_user()
    if user:
        os.chown(home / "server.key", pwd.getpwnam(user).pw_uid, -1)
    (home / "server.key").chmod(0o600)
    return home


@pytest.fixture(scope="module")
def debian(server: Server, certificates: Path) -> Iterator[Server]:
    """Start Debian's server with TLS and pgaudit, once the embedded one is up."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedded, "binaries", lambda: HAS_AUDIT[-1].parent)
        patch.setattr(
            embedded,
            "SETTINGS",
            embedded.SETTINGS
            | {
                "shared_preload_libraries": "'pgaudit'",
                "ssl": "on",
                "ssl_cert_file": f"'{certificates / 'server.pem'}'",
                "ssl_key_file": f"'{certificates / 'server.key'}'",
            },
        )
        with serving(certificates / "postgres") as running:
            yield running


def line(server: Server, authority: Path, host: str = NAME) -> str:
    """Return a connection string by a name that leads to this machine."""
    return checked(
        f"host={host} hostaddr=127.0.0.1 port={server.port} dbname=throughline "
        f"user={embedded.ADMINISTRATOR} password={server.password} "
        f"sslrootcert={authority}",
        environment={},
    )


@pytest.fixture(scope="module")
def released(debian: Server, warehouse: Path, terms: Terms, home: Path) -> Database:
    """Return Debian's database with one release, sent over TLS."""
    with open_warehouse(warehouse, read_only=True) as opened:
        publish(opened, line(debian, home / "ours.pem"), Job(terms, KEY))
    return Database(debian, "throughline")


def test_a_release_goes_over_tls_to_whom_the_authority_names(
    released: Database, debian: Server, home: Path
) -> None:
    connection = line(debian, home / "ours.pem")
    assert connection.endswith(" sslmode=verify-full")
    with postgres.connect(connection) as session, session.cursor() as cursor:
        cursor.execute("select ssl from pg_stat_ssl where pid = pg_backend_pid()")
        assert cursor.fetchall() == [(True,)]
        cursor.execute("select count(*) from public.releases")
        assert cursor.fetchall() == [(1,)]


@pytest.mark.parametrize(
    ("authority", "host", "told"),
    [
        ("theirs.pem", NAME, "certificate verify failed"),
        ("ours.pem", "other.example", "does not match host name"),
        ("none.pem", NAME, "does not exist"),
    ],
)
def test_nobody_else_is_sent_anything(
    debian: Server,
    warehouse: Path,
    terms: Terms,
    home: Path,
    authority: str,
    host: str,
    told: str,
) -> None:
    connection = line(debian, home / authority, host)
    with (
        open_warehouse(warehouse, read_only=True) as opened,
        pytest.raises(PublishError, match=told) as caught,
    ):
        publish(opened, connection, Job(terms, KEY))
    assert debian.password not in str(caught.value)


def test_a_server_without_tls_is_sent_nothing(
    server: Server, warehouse: Path, terms: Terms, certificates: Path
) -> None:
    with (
        open_warehouse(warehouse, read_only=True) as opened,
        pytest.raises(PublishError, match="server does not support SSL"),
    ):
        publish(opened, line(server, certificates / "ours.pem"), Job(terms, KEY))


def waited(database: Database, query: str) -> list[tuple]:
    end = time.monotonic() + PATIENCE
    while not (rows := database.ask(query)) and time.monotonic() < end:
        time.sleep(0.1)
    return rows


def test_pgaudit_watches_client_records_and_no_reader_stops_it(
    released: Database, warehouse: Path, terms: Terms
) -> None:
    assert released.publish(warehouse, terms).told == ()
    login = released.add_login("noor_haddad", "hsh")
    set_to = "select current_setting('pgaudit.role'), current_setting('pgaudit.log')"
    assert released.ask(set_to, login) == [("audit_objects", "role, ddl")]
    for change in ("pgaudit.log = 'none'", "pgaudit.role = ''"):
        assert "permission denied" in released.refused(f"set {change}", login)
    seen = released.ask("select count(*) from identified.client_records", login)
    released.psql("select last_name from identified.client_records;", login)
    found = waited(
        released,
        "select kind, relation, n_rows from audit.who_read_what where kind = 'pgaudit' "
        "and login = 'noor_haddad' and statement like 'select last_name%'",
    )
    assert found == [("pgaudit", "identified.client_records", seen[0][0])]
    forged = "AUDIT: OBJECT,1,1,READ,SELECT,TABLE,identified.client_records,x,<none>,77"
    released.refused(f"select '{forged}'::int", login)
    refused = (
        "select kind from audit.who_read_what where kind = 'refused' "
        "and login = 'noor_haddad' and statement like '%::int%'"
    )
    assert waited(released, refused) == [("refused",)]
    assert not released.ask("select from audit.who_read_what where n_rows = 77")


def test_the_role_that_is_watched_sees_nothing_and_is_given_to_nobody(
    released: Database, warehouse: Path, terms: Terms
) -> None:
    released.ask("create role watcher login password 'w'")
    released.passwords["watcher"] = "w"
    released.ask("grant audit_objects to watcher")
    try:
        with pytest.raises(PublishError, match="role audit_objects, which reaches"):
            released.publish(warehouse, terms)
    finally:
        released.ask("drop role watcher")
