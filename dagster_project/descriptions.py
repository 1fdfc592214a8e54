"""What a table that Python writes to the marts means, said in the catalogue.

Belongs here: the comments on a table and its columns. Does not belong here: the words
themselves, which stand beside each table's columns.
"""

from collections.abc import Mapping

import duckdb


def describe(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    about: str,
    columns: Mapping[str, str],
) -> None:
    """Comment a table of ``marts`` and its columns; the published copy carries both.

    Args:
        connection: The warehouse.
        table: Name of the table, which is there.
        about: Its grain and use.
        columns: Column to what it means.
    """
    connection.execute(f"comment on table marts.{table} is {quoted_text(about)}")
    for column, meaning in columns.items():
        connection.execute(
            f"comment on column marts.{table}.{column} is {quoted_text(meaning)}"
        )


def quoted_text(text: str) -> str:
    """Return a text as an SQL string."""
    return "'" + text.replace("'", "''") + "'"
