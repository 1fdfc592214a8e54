"""One embedded PostgreSQL for all tests here, and a database of its own where asked."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import adbc_driver_postgresql.dbapi as postgres
import pytest

from dagster_project.governance.agreement import Agreement
from dagster_project.governance.in_force import checked
from dagster_project.places import REPOSITORY
from dagster_project.shared_warehouse import city_day, logins
from dagster_project.shared_warehouse.embedded import Server, binaries, serving
from dagster_project.shared_warehouse.from_agreement import terms_of
from dagster_project.shared_warehouse.release import Job, Published, publish
from dagster_project.shared_warehouse.terms import Terms
from dagster_project.warehouse import open_warehouse

from . import midday, small_warehouse

KEY = bytes(range(32))
PATIENCE = 120
"""Seconds within which the server's log collector has written a line, also on a machine
that does four times what it can (2026-11); waited in full only for what never comes."""
_numbers = count(1)


@dataclass
class Session:
    """A session; ``;;`` stands between statements."""

    cursor: postgres.Cursor

    def ask(self, query: str) -> list[tuple]:
        """Run statements and return the last one's rows."""
        rows: list[tuple] = []
        for statement in query.split(";;"):
            self.cursor.execute(statement)
            rows = self.cursor.fetchall() if self.cursor.description else []
        return rows

    def refused(self, query: str) -> str:
        """Run statements that must fail, and return PostgreSQL's message."""
        with pytest.raises(postgres.Error) as caught:
            self.ask(query)
        return str(caught.value)


@dataclass
class Database:
    """A database of the test's own on the one server.

    Attributes:
        server: The server.
        name: The database.
        passwords: Login to password.
    """

    server: Server
    name: str
    passwords: dict[str, str] = field(default_factory=dict)

    def connection(self, login: str | None = None) -> str:
        """Return the connection string of a login, or the administrator's."""
        if login is None:
            base = self.server.connection()
        else:
            base = self.server.connection(login, self.passwords[login])
        return base.rpartition("/")[0] + f"/{self.name}"

    @contextmanager
    def logged_in(self, login: str | None = None) -> Iterator["Session"]:
        """Yield a session of a login, or of the administrator."""
        with (
            postgres.connect(self.connection(login), autocommit=True) as connection,
            connection.cursor() as cursor,
        ):
            yield Session(cursor)

    def ask(self, query: str, login: str | None = None) -> list[tuple]:
        """Run statements in a session of their own; return the last one's rows."""
        with self.logged_in(login) as session:
            return session.ask(query)

    def refused(self, query: str, login: str | None = None) -> str:
        """Run statements that must fail, and return PostgreSQL's message."""
        with self.logged_in(login) as session:
            return session.refused(query)

    def psql(self, script: str, login: str) -> str:
        """Run a script with psql and return what it prints."""
        ran = subprocess.run(
            [binaries() / "psql", "-X", "-A", "-t", self.connection(login)],
            input=script,
            capture_output=True,
            text=True,
            check=False,
        )
        return ran.stdout + ran.stderr

    def add_login(self, login: str, role: str) -> str:
        """Make a login with a role, known to the whole server."""
        password = self.passwords.setdefault(login, f"secret-of-{login}")
        with self.logged_in() as session:
            exists = session.ask(f"select 1 from pg_roles where rolname = '{login}'")
            for statement in logins.make(login, role, password, bool(exists)):
                session.ask(statement)
        return login

    def publish(self, warehouse: Path, terms: Terms, **more: object) -> Published:
        """Publish a warehouse as the administrator."""
        with open_warehouse(warehouse, read_only=True) as opened:
            return publish(opened, self.connection(), Job(terms, KEY, **more))


@pytest.fixture(scope="session", autouse=True)
def city_s_zone() -> Iterator[str]:
    """Let days end where it is midday now; return where they end in earnest."""
    with pytest.MonkeyPatch.context() as patch:
        earnest = city_day.ZONE
        patch.setattr(city_day, "ZONE", midday.ZONE)
        yield earnest


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Start the server; as root it runs as another user, so not below tmp_path."""
    home = Path(tempfile.mkdtemp(prefix="throughline-"))
    home.chmod(0o755)
    try:
        with serving(home / "postgres") as running:
            yield running
    finally:
        shutil.rmtree(home)


@pytest.fixture(scope="session")
def new_database(server: Server) -> Callable[[], Database]:
    """Return a maker of empty databases."""

    def make() -> Database:
        database = Database(server, "throughline")
        name = f"city_{next(_numbers)}"
        database.ask(f"create database {name} template template0")
        return Database(server, name)

    return make


@pytest.fixture
def database(new_database: Callable[[], Database]) -> Database:
    """Return an empty database."""
    return new_database()


@pytest.fixture(scope="session")
def agreement() -> Agreement:
    """Return the repository's agreement."""
    return checked(REPOSITORY / "agreement.yaml")


@pytest.fixture(scope="session")
def terms(agreement: Agreement) -> Terms:
    """Return its terms."""
    return terms_of(agreement)


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the hand-made warehouse."""
    return small_warehouse.make(tmp_path_factory.mktemp("city") / "warehouse.duckdb")


@pytest.fixture(scope="session")
def city(
    new_database: Callable[[], Database], warehouse: Path, terms: Terms
) -> Database:
    """Return a database with one release and a login for each role; read only."""
    database = new_database()
    database.publish(warehouse, terms)
    for role, login in logins.example_logins(terms).items():
        database.add_login(login, role)
    return database
