"""What a table and its columns mean, as the warehouse itself says it.

Belongs here: reading the descriptions that dbt (or the asset that wrote the table)
left on it. Does not belong here: a definition in other words; there is one of each.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

LABELS = ("Grain", "Formula", "Denominator", "Window", "Maturity", "Not for", "Follows")
"""How the parts of a measure's description begin, as the marts write them."""
BESIDE = ("", "Formula", "Not for")
"""The parts that stand beside a figure; all of them are on hover and one click away."""


class NotDescribedError(LookupError):
    """A table of the page is missing, or bears no description."""


@dataclass(frozen=True)
class Described:
    """A table's meaning.

    Attributes:
        table: Its name in the schema ``marts``.
        text: What a row is, what it is good for and what it must not be used for.
        columns: What each column means, by name.
    """

    table: str
    text: str
    columns: Mapping[str, str]


def beside(text: str) -> str:
    """Return what of a description stands beside a figure: all, if it has no parts.

    >>> beside("One row per team. Good for this. Formula: a / b. Window: a year.")
    'Good for this. Formula: a / b.'
    """
    found = re.split(rf"\b({'|'.join(LABELS)}):", text)
    if len(found) == 1:
        return text
    parts = dict(zip(["", *found[1::2]], found[::2], strict=True))
    # The first sentence is the grain of the table; the figure shows some of its rows.
    opening = parts[""].strip()
    good = re.search(r"\bGood (for|as|to)\b.*", opening)
    parts[""] = good[0] if good else opening
    return " ".join(
        f"{label}: {parts[label].strip()}" if label else parts[label].strip()
        for label in BESIDE
        if label in parts
    )


def describe(connection: duckdb.DuckDBPyConnection, table: str) -> Described:
    """Return the description of a mart.

    Args:
        connection: The warehouse.
        table: A table of the schema ``marts``.

    Raises:
        NotDescribedError: The table is not there, or nobody wrote what it means.
    """
    found = connection.execute(
        "select comment from duckdb_tables() where schema_name = 'marts' "
        "and database_name = current_database() and table_name = ?",
        [table],
    ).fetchone()
    if found is None:
        raise NotDescribedError(
            f"The report page shows marts.{table}, which is not in the warehouse; "
            "run 'throughline run'."
        )
    if not found[0]:
        raise NotDescribedError(
            f"marts.{table} has no description in the warehouse, and the report page "
            "shows no figure without one; describe it where it is made."
        )
    columns = connection.execute(
        "select column_name, comment from duckdb_columns() where schema_name = 'marts' "
        "and database_name = current_database() and table_name = ? "
        "and comment is not null order by column_index",
        [table],
    ).fetchall()
    return Described(
        table=table,
        text=" ".join(found[0].split()),
        columns={name: " ".join(text.split()) for name, text in columns},
    )
