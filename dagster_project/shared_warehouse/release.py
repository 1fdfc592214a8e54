"""A release: the agreement applied and every table filled, in one transaction.

Belongs here: the conversation with PostgreSQL. Does not belong here: what is said in it
(``plan``, ``rows``, ``visibility``).

Readers see all of the old release or all of the new, also when the publisher is killed
at some moment. Tables are emptied with DELETE, not TRUNCATE or a swap of tables: a
reader whose snapshot is older than the release would find those empty.
"""

import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import duckdb

from dagster_project.shared_warehouse import city_day, logins
from dagster_project.shared_warehouse.applying import apply, planned
from dagster_project.shared_warehouse.audit_clock import END
from dagster_project.shared_warehouse.catalog import Found
from dagster_project.shared_warehouse.connections import without_secrets
from dagster_project.shared_warehouse.filling import fill, fill_staged, stage
from dagster_project.shared_warehouse.judged_records import judged_records
from dagster_project.shared_warehouse.marts import RELEASES
from dagster_project.shared_warehouse.reading import (
    intermediate_tables,
    refuse_endless,
    types_of,
)
from dagster_project.shared_warehouse.rows import Load, mart_loads
from dagster_project.shared_warehouse.steps import MARTS_OWNER, PublishError
from dagster_project.shared_warehouse.terms import CLIENT_RECORDS, Terms
from dagster_project.shared_warehouse.visibility import (
    case_loads,
    conference_load,
    records_load,
)

OLDEST = 150000
"""PostgreSQL 15: ``security_invoker`` and the JSON log began there."""
LOCK = 0x7468726F
"""Advisory lock of the one first publisher at a time ('thro')."""
LOCK_WAIT = "60s"
"""How long a changed table waits for its readers before the release gives up."""

FIRST = (
    "select release_id from public.releases order by published_at, release_id limit 1"
)
"""What tells a database from every other, whatever it is called by."""
PLACE = (
    "select current_database()::text || ' on ' || "
    "coalesce(host(inet_server_addr()), 'this machine')"
)


@dataclass(frozen=True)
class Job:
    """What to publish.

    Attributes:
        terms: The agreement.
        key: The key behind the pseudonyms.
        eligible_months: How long after the last contact a client is eligible.
        gated: Whether only eligible clients' records are shared.
    """

    terms: Terms
    key: bytes
    eligible_months: int = 12
    gated: bool = True


@dataclass(frozen=True)
class Published:
    """What a release did.

    Attributes:
        release: Its id.
        rows: Rows by table.
        told: What changed for those who use the database, in words.
        warnings: What an operator should know.
        database: Id of the database's first release, by which it is known.
        place: Where the database lies, without a login.
    """

    release: str
    rows: dict[str, int]
    told: tuple[str, ...]
    warnings: tuple[str, ...]
    database: str
    place: str


def publish(
    warehouse: duckdb.DuckDBPyConnection,
    connection: str,
    job: Job,
    *,
    note: Callable[[Published], None] = lambda done: None,
    at: Callable[[str], None] = lambda point: None,
) -> Published:
    """Publish a release.

    Args:
        warehouse: The warehouse, open.
        connection: To whom; checked before (``connections.checked``).
        job: What.
        note: Told what is about to be committed, so that no database ever holds a
            release that nobody wrote down.
        at: Told each point that is passed; tests die there.

    Raises:
        PublishError: With what to do; nothing was changed.
    """
    import adbc_driver_postgresql.dbapi as postgres
    from adbc_driver_manager import Error

    try:
        with postgres.connect(connection) as session, session.cursor() as cursor:
            done = _publish(warehouse, cursor, job, at)
            note(done)
            at("before commit")
            session.commit()
            at("after commit")
    except Error as error:
        text = without_secrets(str(error), connection)
        raise PublishError(f"PostgreSQL refused: {text}") from None
    except duckdb.Error as error:
        # Its message may repeat a value.
        kind = type(error).__name__
        raise PublishError(f"The warehouse could not be read ({kind}).") from None
    return done


def _publish(
    warehouse: duckdb.DuckDBPyConnection,
    cursor: Any,
    job: Job,
    at: Callable[[str], None],
) -> Published:
    def ask(query: str) -> list[tuple]:
        cursor.execute(query)
        return cursor.fetchall()

    def tell(statement: str) -> None:
        cursor.execute(statement)

    _begin(tell, ask)
    release = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
    duckdb_types = types_of(warehouse)
    job = replace(job, terms=job.terms.narrowed(duckdb_types))
    loads = loads_of(job, duckdb_types, intermediate_tables(warehouse))
    refuse_endless(warehouse, duckdb_types, loads)
    rows = {}
    ((is_bound,),) = ask("select not rolsuper from pg_roles where rolname = user")
    staged = [load for load in loads if load.secured and is_bound]
    for load in staged:
        rows[load.into] = stage(warehouse, cursor, load)
    at("staged")
    found, steps = planned(job.terms, duckdb_types, ask)
    apply(steps, found, ask, tell)
    at("agreement applied")
    for load in loads:
        if load in staged:
            fill_staged(tell, load)
        elif load.secured:
            rows[load.into] = fill(warehouse, cursor, load, job.key, release)
    at("client records filled")
    tell(f"set local role {MARTS_OWNER}")
    for load in loads:
        if not load.secured:
            rows[load.into] = fill(warehouse, cursor, load, job.key, release)
    at("marts filled")
    tell(
        "insert into public.releases (release_id, published_at, agreement) values "
        f"('{release}', clock_timestamp(), '{_plain(job.terms.agreement)}')"
    )
    tell("reset role")
    ask(f"select {END.replace('boolean', 'true')}")
    _event(tell, "release published", release, sum(rows.values()))
    for change in (step.told for step in steps.steps if step.told):
        _event(tell, "agreement applied", change)
    if wrong := logins.misplaced(ask, job.terms):
        raise PublishError(wrong[0])
    return Published(
        release,
        rows,
        tuple(step.told for step in steps.steps if step.told),
        _warnings(ask, found),
        ask(FIRST)[0][0],
        ask(PLACE)[0][0],
    )


def loads_of(
    job: Job, types: dict[str, dict[str, str]], there: Collection[str]
) -> tuple[Load, ...]:
    """Return how each table is filled, client records first.

    Args:
        job: What to publish.
        types: Table to column to DuckDB type.
        there: Tables of ``intermediate`` that there are.
    """
    today = city_day.today()
    judged = judged_records(
        job.terms, months=job.eligible_months, today=today, there=there
    )
    return (
        records_load(job.terms, types[CLIENT_RECORDS], judged, gated=job.gated),
        # Without records that somebody reads, nobody's case can be opened.
        conference_load(judged, types if job.terms.client_records.columns else {}),
        *case_loads(job.terms, types, judged, today),
        *mart_loads(job.terms, types),
    )


def _begin(tell: Callable[[str], None], ask: Callable[[str], list[tuple]]) -> None:
    """Open the transaction; one publisher at a time."""
    for setting in (
        "client_min_messages = warning",
        "search_path = ''",
        "statement_timeout = 0",
        "idle_in_transaction_session_timeout = 0",
        f"lock_timeout = '{LOCK_WAIT}'",
        "application_name = 'throughline publish'",
        "timezone = 'UTC'",
    ):
        tell(f"set {setting}")
    ((version,),) = ask("select current_setting('server_version_num')::int")
    if version < OLDEST:
        raise PublishError(
            f"The server is PostgreSQL {version // 10000}; 15 or later is needed."
        )
    is_there = f"to_regclass('{RELEASES}') is not null"
    if ask(f"select {is_there}") == [(False,)]:
        ask(f"select pg_advisory_xact_lock({LOCK})::text")
    if ask(f"select {is_there}") == [(True,)]:
        # Any reader may take an advisory lock, and would stop every release with it.
        tell(f"lock table {RELEASES} in share row exclusive mode")


def _event(
    tell: Callable[[str], None], kind: str, detail: str, rows: int | None = None
) -> None:
    count = "null" if rows is None else str(rows)
    tell(
        "insert into audit.events (kind, detail, n_rows) values "
        f"('{kind}', '{_plain(detail)}', {count})"
    )


def _plain(text: str) -> str:
    return text.replace("'", "''").replace("\\", "")


def _warnings(ask: Callable[[str], list[tuple]], found: Found) -> tuple[str, ...]:
    """Return what lets the agreement or the audit be gone around, if we may know it."""
    if not found.administers:
        return ()
    told = []
    ((collects, kinds),) = ask(
        "select current_setting('logging_collector'), "
        "current_setting('log_destination')"
    )
    if collects != "on" or "jsonlog" not in kinds:
        told.append(
            "The server keeps no log in JSON: audit.who_read_what stays empty. Set "
            "logging_collector = on and log_destination = 'jsonlog' and restart it."
        )
    told += [
        f"Every login may connect to the database {name}, where no agreement holds: "
        f'revoke connect on database "{name}" from public.'
        for (name,) in ask(
            "select datname::text from pg_database where datallowconn "
            "and datname <> current_database() and exists (select from aclexplode("
            "coalesce(datacl, acldefault('d', datdba))) as given "
            "where given.grantee = 0 and given.privilege_type = 'CONNECT') order by 1"
        )
    ]
    return tuple(told)
