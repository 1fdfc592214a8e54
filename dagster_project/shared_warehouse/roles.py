"""Roles, schemas and settings of the shared warehouse.

Belongs here: which roles there are, who owns which schema, what everybody has lost.
Does not belong here: what a role may read (``identified``, ``marts``, ``audit``).
"""

from dagster_project.shared_warehouse.desired import Grant
from dagster_project.shared_warehouse.terms import OWNERS, PUBLISHER, Terms

SCHEMAS = {
    "identified": "warehouse_owner",
    "audit": "warehouse_owner",
    "agreement": "warehouse_owner",
    "held": "marts_owner",
    "marts": "marts_owner",
    "public": "marts_owner",
}
"""``held`` keeps the rows that the views of ``marts`` show, and nobody reads it;
``agreement`` has the functions that policies and views ask."""

SETTINGS = {
    "search_path": "marts, public, identified",
    "statement_timeout": "15min",
    "idle_in_transaction_session_timeout": "10min",
    "log_min_messages": "warning",
    "log_min_error_statement": "error",
    "row_security": "on",
}
"""An idle transaction keeps dead rows of old releases alive; a runaway query slows all.
The log levels are what makes a read leave its trace; only a superuser changes them."""

LARGE_OBJECTS = (
    "pg_catalog.lo_creat(integer)",
    "pg_catalog.lo_create(oid)",
    "pg_catalog.lo_from_bytea(oid,bytea)",
    "pg_catalog.lo_put(oid,bigint,bytea)",
    "pg_catalog.lo_unlink(oid)",
    "pg_catalog.lowrite(integer,bytea)",
)
"""Everybody may make large objects and give them away, where no policy reaches."""

LANGUAGES = ("plpgsql", "sql")
"""A function of one's own sees each row a careless view filters away; none is made."""


def all_roles(terms: Terms) -> tuple[str, ...]:
    """Return every role without a login that is kept."""
    return (*OWNERS, PUBLISHER, *sorted(role.name for role in terms.roles))


def memberships() -> frozenset[tuple[str, str]]:
    """Return (role, member): what roles inherit from one another."""
    return frozenset({("marts_owner", PUBLISHER), ("pg_monitor", "log_reader")})


def grants(terms: Terms, database: str) -> frozenset[Grant]:
    """Return who may connect, use a schema, and make temporary tables."""
    found = {Grant("database", database, PUBLISHER, "CONNECT")}
    # The publisher stages a release in temporary tables; a reader with temporary
    # objects could make functions and views of its own.
    found.add(Grant("database", database, PUBLISHER, "TEMPORARY"))
    for schema in ("identified", "audit"):
        found.add(Grant("schema", schema, PUBLISHER, "USAGE"))
    found.add(Grant("schema", "identified", "case_reader", "USAGE"))
    found.add(Grant("schema", "audit", "case_reader", "USAGE"))
    for owner in ("case_reader", "marts_owner"):
        found.add(Grant("schema", "agreement", owner, "USAGE"))
    for role in terms.roles:
        found.add(Grant("database", database, role.name, "CONNECT"))
        found.add(Grant("schema", "public", role.name, "USAGE"))
        found.add(Grant("schema", "agreement", role.name, "USAGE"))
        if role.reads_audit:
            found.add(Grant("schema", "audit", role.name, "USAGE"))
        if role.opens_cases:
            found.add(Grant("schema", "identified", role.name, "USAGE"))
    for tier in ("identified", "marts"):
        for table in terms.of_tier(tier):
            for reader in table.readers:
                found.add(Grant("schema", tier, reader, "USAGE"))
    return frozenset(found)
