"""Questions to a shared database outside a release, answered without a row.

Belongs here: asking with the publisher's rights. Does not belong here: releases.
"""

from dagster_project.shared_warehouse.absence import LEFT_OF
from dagster_project.shared_warehouse.audit_clock import END
from dagster_project.shared_warehouse.connections import checked, without_secrets
from dagster_project.shared_warehouse.desired import literal
from dagster_project.shared_warehouse.release import FIRST
from dagster_project.shared_warehouse.steps import PublishError


def ended_events(connection: str) -> int:
    """Return how many audit events are older than the agreement keeps them.

    Raises:
        ConnectionRefused: The connection string cannot be used.
        PublishError: The database does not answer, or was never published to.
    """
    ((count,),) = _ask(checked(connection), f"select {END.replace('boolean', 'false')}")
    return count


def database_of(connection: str) -> str:
    """Return the id of a database's first release, by which it is known.

    Raises:
        ConnectionRefused: The connection string cannot be used.
        PublishError: The database does not answer, or was never published to.
    """
    found = _ask(checked(connection), FIRST)
    return found[0][0] if found else ""


def left_of(connection: str, ids: list[str]) -> list[str]:
    """Return the tables of ``identified`` in which one of some ids still stands.

    Args:
        connection: The database, by a login with the role ``publisher``.
        ids: Client record ids and person ids.

    Raises:
        ConnectionRefused: The connection string cannot be used.
        PublishError: The database does not answer.
    """
    listed = ", ".join(map(literal, ids))
    asked = LEFT_OF.replace("text[]", f"array[{listed}]::text[]")
    return [table for (table,) in _ask(checked(connection), f"select {asked}")]


def _ask(connection: str, query: str) -> list[tuple]:
    import adbc_driver_postgresql.dbapi as postgres
    from adbc_driver_manager import Error

    try:
        with postgres.connect(connection) as session, session.cursor() as cursor:
            cursor.execute("set search_path = ''")
            cursor.execute(query)
            rows = cursor.fetchall()
            session.commit()
            return rows
    except Error as error:
        text = without_secrets(str(error), connection)
        raise PublishError(f"PostgreSQL refused: {text}") from None
