"""The rows of a release, as DuckDB reads them and PostgreSQL can take them.

Belongs here: queries over the warehouse and the types they give. Does not belong here:
sending them (``release``), who sees them (``visibility``).
"""

from dataclasses import dataclass, field

from dagster_project.shared_warehouse.desired import quoted
from dagster_project.shared_warehouse.marts import held_column, is_id
from dagster_project.shared_warehouse.terms import Table, Terms

REPLACEMENT = chr(0xFFFD)
"""PostgreSQL's text cannot hold the character NUL: it is replaced, never cut off."""

POSTGRES = {
    "BOOLEAN": "boolean",
    "TINYINT": "smallint",
    "SMALLINT": "smallint",
    "UTINYINT": "smallint",
    "INTEGER": "integer",
    "USMALLINT": "integer",
    "BIGINT": "bigint",
    "UINTEGER": "bigint",
    "UBIGINT": "numeric(20,0)",
    "HUGEINT": "numeric(38,0)",
    "FLOAT": "real",
    "DOUBLE": "double precision",
    "DATE": "date",
    "TIME": "time without time zone",
    "TIMESTAMP": "timestamp without time zone",
    "TIMESTAMP_S": "timestamp without time zone",
    "TIMESTAMP_MS": "timestamp without time zone",
    "TIMESTAMP_NS": "timestamp without time zone",
    "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
    "VARCHAR": "text",
    "UUID": "text",
    "BLOB": "bytea",
    "VARCHAR[]": "text[]",
}
"""DuckDB type to the type that holds every value of it; a nanosecond is the exception,
which PostgreSQL does not know. Any other type is published as JSON text."""


def postgres_type(duckdb_type: str) -> str:
    """Return the PostgreSQL type of a DuckDB type, as the catalog writes it."""
    if duckdb_type.startswith("DECIMAL("):
        return "numeric" + duckdb_type.removeprefix("DECIMAL")
    return POSTGRES.get(duckdb_type, "text")


def value_sql(column: str, duckdb_type: str) -> str:
    """Return the expression that gives a column in a type ADBC can send."""
    name = quoted(column)
    if duckdb_type in ("VARCHAR", "UUID") or duckdb_type.startswith("ENUM"):
        text = f"{name}::varchar"
        # To look for a NUL is cheap; to replace none copies every text.
        return (
            f"case when contains({text}, chr(0)) then replace({text}, chr(0), "
            f"'{REPLACEMENT}') else {text} end"
        )
    if duckdb_type == "VARCHAR[]":
        return f"list_transform({name}, x -> replace(x, chr(0), '{REPLACEMENT}'))"
    if duckdb_type in ("UTINYINT", "TINYINT"):
        return f"{name}::smallint"
    if duckdb_type == "USMALLINT":
        return f"{name}::integer"
    if duckdb_type == "UINTEGER":
        return f"{name}::bigint"
    if duckdb_type in ("UBIGINT", "HUGEINT"):
        return f"{name}::decimal(38, 0)"
    if duckdb_type.startswith("TIMESTAMP_"):
        return f"{name}::timestamp"
    if duckdb_type in POSTGRES or duckdb_type.startswith("DECIMAL("):
        return name
    return f"to_json({name})::varchar"


@dataclass(frozen=True)
class Load:
    """One table of a release.

    Attributes:
        into: Table that is emptied and filled.
        columns: Its columns in the order of the query.
        query: DuckDB query of the rows.
        families: Position of each column of ids to the role family whose pseudonyms
            replace them.
        secured: Whether the table has row-level security. COPY refuses it to whom a
            policy binds; such rows pass through a temporary table.
    """

    into: str
    columns: tuple[str, ...]
    query: str
    families: dict[int, str] = field(default_factory=dict)
    secured: bool = False


def mart_loads(terms: Terms, types: dict[str, dict[str, str]]) -> tuple[Load, ...]:
    """Return how each mart is filled.

    Args:
        terms: The agreement.
        types: Mart to column to DuckDB type.
    """
    found = []
    for tier, schema in (("marts", "held"), ("public", "public")):
        for table in terms.of_tier(tier):
            found.append(_load(terms, table, types[table.name], schema))
    return tuple(found)


def _load(terms: Terms, table: Table, types: dict[str, str], schema: str) -> Load:
    columns, values, families = [], [], {}
    for name in (column.name for column in table.columns):
        if schema == "held" and is_id(name):
            for family in terms.families(table):
                families[len(columns)] = family
                columns.append(held_column(name, family))
                values.append(f"{quoted(name)}::varchar")
        else:
            columns.append(name)
            values.append(value_sql(name, types[name]))
    listed = ", ".join(
        f"{value} as {quoted(column)}"
        for value, column in zip(values, columns, strict=True)
    )
    return Load(
        f"{schema}.{table.name}",
        tuple(columns),
        f"select {listed} from marts.{quoted(table.name)}",
        families,
    )


def endless(types: dict[str, str]) -> str:
    """Return the condition that a row has a date or time without end, or ''.

    ADBC sends an infinite timestamp as a wrong one, and no mart should hold one.
    """
    found = [
        f"isinf({quoted(name)})"
        for name, kind in types.items()
        if kind == "DATE" or kind.startswith("TIMESTAMP")
    ]
    return " or ".join(found)
