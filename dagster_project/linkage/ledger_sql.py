"""The identity ledger in SQL: who was who at any time, for whoever reads the warehouse.

Belongs here: the table macros, and the check of the current tables against them. Does
not belong here: replaying in Python (``ledger``), writing tables (``store``).

``select * from linkage.person_as_of(timestamp '2026-03-01')`` gives every record linked
then, its person and since when; ``linkage.persons_as_of`` the persons.
"""

import duckdb

from dagster_project.linkage.ledger import LedgerOutOfOrder

WITHHELD = """
create table if not exists linkage.withheld_records (client_record_id varchar not null)
"""
MACROS = (
    """
    create or replace macro linkage.person_as_of(moment) as table
    with last_moves as (
        select
            client_record_id,
            max_by(
                {'kind': kind, 'person_id': person_id, 'at': "at"}, event_id
            ) as move
        from linkage.identity_events
        where
            kind in ('link', 'unlink')
            and "at" <= moment
            and client_record_id not in (
                select client_record_id from linkage.withheld_records
            )
        group by client_record_id
    )
    select
        client_record_id,
        move['person_id'] as person_id,
        move['at'] as linked_at
    from last_moves
    where move['kind'] = 'link'
    """,
    """
    create or replace macro linkage.persons_as_of(moment) as table
    select
        held.person_id,
        min(minted."at") as minted_at,
        count(*) as n_client_records
    from linkage.person_as_of(moment) as held
    inner join linkage.identity_events as minted
        on minted.person_id = held.person_id and minted.kind = 'mint'
    group by held.person_id
    """,
)

DIFFERENCES = {
    "client_links": """
        with told as (
            select * from linkage.person_as_of(timestamp 'infinity')
        ),
        written as (
            select client_record_id, person_id, linked_at
            from linkage.client_links
            where person_id is not null
        )
        select count(*)
        from told
        full join written
            on
                told.client_record_id = written.client_record_id
                and told.person_id = written.person_id
                and told.linked_at = written.linked_at
        where told.person_id is null or written.person_id is null
    """,
    "persons": """
        with told as (
            select * from linkage.persons_as_of(timestamp 'infinity')
        ),
        written as (
            select person_id, minted_at, n_client_records
            from linkage.persons
        )
        select count(*)
        from told
        full join written
            on
                told.person_id = written.person_id
                and told.minted_at = written.minted_at
                and told.n_client_records = written.n_client_records
        where told.person_id is null or written.person_id is null
    """,
}
"""Rows in which a table of the present differs from what the ledger says."""


def withhold(connection: duckdb.DuckDBPyConnection, records: list[str]) -> None:
    """Name the records whose history nobody may ask for: their clients objected.

    The ledger keeps its events, which hold ids only, so that it can be replayed; what
    is asked of it leaves them out, for every moment.
    """
    connection.execute("delete from linkage.withheld_records")
    for record in records:
        connection.execute("insert into linkage.withheld_records values (?)", [record])


def create_macros(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table macros; ``linkage.identity_events`` must be there."""
    connection.execute(WITHHELD)
    for macro in MACROS:
        connection.execute(macro)


def check_present(connection: duckdb.DuckDBPyConnection) -> None:
    """Compare the tables of the present with the ledger.

    Raises:
        LedgerOutOfOrder: a table says something else than the ledger.
    """
    for table, query in DIFFERENCES.items():
        (different,) = connection.execute(query).fetchone()
        if different:
            raise LedgerOutOfOrder(
                f"linkage.{table} differs from identity_events in {different} rows"
            )
