"""What the shared warehouse costs: publishing, and reading through row-level security.

Belongs here: made-up rows and clocks. Does not belong here: what is published.

The database is the embedded one, on this machine. The rows come from one million
invented contacts and as many client records; neither stands for a city.
"""

import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from dagster_project.governance.in_force import checked
from dagster_project.places import REPOSITORY
from dagster_project.shared_warehouse import logins
from dagster_project.shared_warehouse.embedded import Server, serving
from dagster_project.shared_warehouse.from_agreement import terms_of
from dagster_project.shared_warehouse.release import Job, publish
from dagster_project.shared_warehouse.terms import Terms

QUERIES = {
    "count": "select count(last_name) from identified.client_records",
    "group": "select department, count(*), max(last_seen_on) "
    "from identified.client_records group by department",
    "filter": "select first_name, dob from identified.client_records "
    "where last_name = 'Okonkwo77'",
    "one client": "select first_name from identified.client_records "
    "where person_id = 'p_4242'",
}
ROUNDS = 7
HEAD = f"{'query':>12} {'rows seen':>10} {'plain s':>9} {'RLS s':>9} {'ratio':>6}"


@dataclass(frozen=True)
class Ratio:
    """One query with and without row-level security, in seconds (median)."""

    query: str
    plain: float
    secured: float
    rows: int

    def line(self) -> str:
        """Return one row of the table."""
        return (
            f"{self.query:>12} {self.rows:>10,} {self.plain:>9.4f} "
            f"{self.secured:>9.4f} {self.secured / self.plain:>6.2f}"
        )


def measure(rows: int) -> Iterator[str]:
    """Yield the lines of the report, as they are measured.

    Args:
        rows: How many rows each publication has.
    """
    home = Path(tempfile.mkdtemp(prefix="throughline-"))
    home.chmod(0o755)
    terms = terms_of(checked(REPOSITORY / "agreement.yaml"))
    try:
        with serving(home / "postgres") as server:
            for title, contacts, records in (
                ("contacts of a mart", rows, 1000),
                ("client records", 1000, rows),
            ):
                path = home / f"{contacts}-{records}.duckdb"
                _made_up(path, contacts, records)
                yield from _published(server, terms, path, f"{rows:,} {title}")
            yield HEAD
            yield from (ratio.line() for ratio in _ratios(server, terms))
    finally:
        shutil.rmtree(home)


def _published(server: Server, terms: Terms, path: Path, title: str) -> Iterator[str]:
    """Publish twice: into empty tables, and over the release before."""
    with duckdb.connect(str(path), read_only=True) as warehouse:
        warehouse.execute("set threads = 2")
        for kind in ("first release", "next release"):
            began, worked = time.perf_counter(), time.process_time()
            done = publish(warehouse, server.connection(), Job(terms, bytes(32)))
            seconds = time.perf_counter() - began
            worked = time.process_time() - worked
            rows = sum(done.rows.values())
            yield (
                f"{title}, {kind}: {seconds:.2f} s, {worked:.2f} CPU s without the "
                f"server's ({rows:,} rows)"
            )


def _ratios(server: Server, terms: Terms) -> Iterator[Ratio]:
    """Compare a department's queries with the same by one whom no policy binds.

    Both go over all rows; the department is shown a part of them.
    """
    login = logins.example_logins(terms)["hsh"]
    with _asking(server.connection()) as administrator:
        for statement in logins.make(login, "hsh", "benchmark", exists=False):
            administrator(statement)
        administrator("vacuum identified.client_records")
        administrator("analyze")
        with _asking(server.connection(login, "benchmark")) as department:
            for name, query in QUERIES.items():
                plain, secured = [], []
                for _ in range(ROUNDS):
                    plain.append(_clock(administrator, query))
                    secured.append(_clock(department, query))
                (n,) = department("select count(*) from identified.client_records")[0]
                yield Ratio(
                    name, statistics.median(plain), statistics.median(secured), n
                )


def _clock(ask, query: str) -> float:
    began = time.perf_counter()
    ask(query)
    return time.perf_counter() - began


@contextmanager
def _asking(connection: str):
    import adbc_driver_postgresql.dbapi as postgres

    with (
        postgres.connect(connection, autocommit=True) as session,
        session.cursor() as cursor,
    ):

        def ask(query: str) -> list[tuple]:
            cursor.execute(query)
            return cursor.fetchall() if cursor.description else []

        yield ask


def _made_up(path: Path, contacts: int, records: int) -> None:
    """Write a warehouse with so many contacts and client records."""
    with duckdb.connect(str(path)) as warehouse:
        for schema in ("intermediate", "linkage", "staging", "marts"):
            warehouse.execute(f"create schema {schema}")
        warehouse.execute(
            f"""
            create table intermediate.int_client_records as
            select
                ['hsh', 'fire', 'dph', 'dem'][1 + n % 4] || ':x:' || n
                    as client_record_id,
                ['hsh', 'fire', 'dph', 'dem'][1 + n % 4] as department,
                'x' as source_system, n::varchar as source_record_id,
                'Amara' || n % 1000 as first_name, 'Okonkwo' || n % 5000 as last_name,
                date '1960-01-01' + (n % 15000)::int as dob,
                '415555' || lpad((n % 10000)::varchar, 4, '0') as phone,
                n % 900 || ' Larkspur Steps' as address, '94102' as zip,
                current_date - (n % 300)::int as first_seen_on,
                current_date - (n % 300)::int as last_seen_on
            from range({records}) as made (n)
            """
        )
        warehouse.execute(
            "create table linkage.client_links as select client_record_id, "
            "'p_' || hash(source_record_id) % "
            f"{max(records // 3, 1)} as person_id from intermediate.int_client_records"
        )
        warehouse.execute(
            "create table staging.stg_dph__encounter "
            "(patient_id varchar, is_part2 boolean)"
        )
        warehouse.execute(
            "create table intermediate.int_client_record_crosswalk as select "
            "client_record_id as source_client_record_id, client_record_id "
            "from intermediate.int_client_records"
        )
        warehouse.execute(
            "create table intermediate.int_part2_consents "
            "(source_client_record_id varchar, valid_to date)"
        )
        warehouse.execute(
            "create table marts.people as select distinct person_id, '25-34' as "
            "age_band, current_date as data_through from linkage.client_links "
            "limit 1000"
        )
        warehouse.execute(
            f"""
            create table marts.contacts as
            select
                'c_' || n as contact_id, 'p_' || n % 9000 as person_id,
                true as is_linked, 'hsh' as department, 'SFHOT' as team_code,
                'outreach' as contact_kind, true as is_contact_made,
                1::bigint as n_reports,
                timestamp '2025-01-01' + to_minutes(n) as contacted_at,
                date '2025-01-01' + (n % 700)::int as contacted_on,
                'Mission' as neighborhood, date '2026-11-01' as data_through
            from range({contacts}) as made (n)
            """
        )
