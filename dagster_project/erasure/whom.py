"""Find whom an erasure concerns, in the tables of the last run.

Belongs here: from a client record or a person to every id that stands for it, and what
those records say of who it is. Does not belong here: erasing.
"""

import duckdb

from dagster_project.erasure.client_keys import NAMING, columns_read, judge
from dagster_project.erasure.orders import Identity

STANDS_FOR = """
    with chosen as (
        select unnest(?) as client_record_id
    ),
    survivors as (
        select history.client_record_id
        from intermediate.int_client_record_history as history
        inner join chosen
            on history.source_client_record_id = chosen.client_record_id
        where history.is_current and history.client_record_id is not null
        union
        select crosswalk.client_record_id
        from intermediate.int_client_record_crosswalk as crosswalk
        inner join chosen
            on crosswalk.source_client_record_id = chosen.client_record_id
        union
        select client_record_id from chosen
    )
    select client_record_id from survivors
    union
    select crosswalk.source_client_record_id
    from intermediate.int_client_record_crosswalk as crosswalk
    inner join survivors
        on crosswalk.client_record_id = survivors.client_record_id
    union
    select history.source_client_record_id
    from intermediate.int_client_record_history as history
    inner join survivors
        on history.client_record_id = survivors.client_record_id
    where history.is_current
    order by all
"""

IDENTITIES = """
    select distinct
        coalesce(first_name, ''),
        coalesce(last_name, ''),
        coalesce(dob, ''),
        coalesce(ssn, '')
    from intermediate.int_client_records
    where client_record_id in (select unnest(?))
    order by all
"""

EMPTIED = """
    select person_id
    from linkage.client_links
    where person_id is not null
    group by person_id
    having bool_and(client_record_id in (select unnest(?)))
    order by all
"""


class NobodyFound(Exception):
    """There is no such client record or person; nothing was changed."""


def of_person(connection: duckdb.DuckDBPyConnection, person_id: str) -> list[str]:
    """Return the client records of a person.

    Raises:
        NobodyFound: The last run knew no such person.
    """
    asked = "select client_record_id from linkage.client_links where person_id = ?"
    found = [r for (r,) in connection.execute(asked, [person_id]).fetchall()]
    if not found:
        raise NobodyFound(
            f"The last run knew no person {person_id!r}; a person_id begins with p_ "
            "and stands in marts.people."
        )
    return sorted(found)


def all_ids(connection: duckdb.DuckDBPyConnection, records: list[str]) -> list[str]:
    """Return every id that stands for these client records, merged-away ones too.

    An id may itself be one that was merged away: then the record that survives goes,
    and all that were merged into it.
    """
    return [r for (r,) in connection.execute(STANDS_FOR, [records]).fetchall()]


def known(connection: duckdb.DuckDBPyConnection, record: str) -> bool:
    """Say whether any delivered row is about a client record."""
    for table, naming in NAMING.items():
        if record.startswith(naming.prefix):
            columns = ", ".join(f'"{column}"' for column in columns_read(table))
            rows = connection.sql(f"select {columns} from raw.{table}")
            out, _ = judge(table, rows.to_arrow_table(), lambda r: r == record)
            if any(out.to_pylist()):
                return True
    return False


def identities(
    connection: duckdb.DuckDBPyConnection, records: list[str]
) -> list[Identity]:
    """Return what client records say of who their clients are."""
    return [Identity(*r) for r in connection.execute(IDENTITIES, [records]).fetchall()]


def emptied(connection: duckdb.DuckDBPyConnection, records: list[str]) -> list[str]:
    """Return the persons who have no client record beside these."""
    return [p for (p,) in connection.execute(EMPTIED, [records]).fetchall()]
