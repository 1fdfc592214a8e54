"""Questions to a shared database outside a release, answered in counts.

Belongs here: asking with the publisher's rights. Does not belong here: releases.
"""

from dagster_project.shared_warehouse.audit_clock import END
from dagster_project.shared_warehouse.connections import checked, without_secrets
from dagster_project.shared_warehouse.steps import PublishError


def ended_events(connection: str) -> int:
    """Return how many audit events are older than the agreement keeps them.

    Raises:
        ConnectionRefused: The connection string cannot be used.
        PublishError: The database does not answer, or was never published to.
    """
    ((count,),) = _ask(checked(connection), f"select {END.replace('boolean', 'false')}")
    return count


def _ask(connection: str, query: str) -> list[tuple]:
    import adbc_driver_postgresql.dbapi as postgres
    from adbc_driver_manager import Error

    try:
        with postgres.connect(connection) as session, session.cursor() as cursor:
            cursor.execute("set search_path = ''")
            cursor.execute(query)
            return cursor.fetchall()
    except Error as error:
        text = without_secrets(str(error), connection)
        raise PublishError(f"PostgreSQL refused: {text}") from None
