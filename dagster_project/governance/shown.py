"""What a role is shown in the shared database, told from the agreement alone.

Belongs here: tables, whose rows, columns, as a person asks for them. Does not belong
here: printing, and what a database needs to keep it (``shared_warehouse``).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dagster_project.governance.agreement import Agreement, Field, Role, SharedTable
from dagster_project.governance.difference_of_fields import listed

DEPARTMENT, PUBLISHER, EVERYBODY = "department", "publisher", "public"
"""Roles of the agreement by whose name more is meant than by the others': a worker's of
each department, the pipeline's, and anybody's, which every role may do as well."""


@dataclass(frozen=True)
class Shown:
    """A table, whose rows of it, and its columns."""

    tier: str
    table: str
    rows: str
    columns: tuple[str, ...]


def shown(agreement: Agreement, role: Role, department: str = "") -> Iterator[Shown]:
    """Yield what a role is shown, in the file's order.

    Args:
        agreement: The agreement.
        role: One of its roles.
        department: Party whose worker it is; only of the role ``department``. Where it
            is not said, a column tells from which departments it is withheld.
    """
    told = set()
    for table, fields in agreement.may_see(role, department or None):
        if table.tier == "identified" and role.rows == "none":
            continue
        told.add(table.name)
        is_open = role.name == DEPARTMENT and not department
        names = (
            _column(agreement, field) if is_open else field.name for field in fields
        )
        yield Shown(table.tier, table.name, _rows(role, table), tuple(names))
    if role.rows == "opened" and "identified" in role.tiers:
        columns = ("person_id", "eligible_until")
        yield Shown(
            "identified", "conference_list", "whose case may be opened", columns
        )
    everybody = agreement.roles.get(EVERYBODY)
    if everybody and role.name not in (EVERYBODY, PUBLISHER):
        for table, fields in agreement.may_see(everybody):
            if table.name not in told:
                names = tuple(field.name for field in fields)
                yield Shown(table.tier, table.name, _rows(role, table), names)
    if "audit" in role.tiers:
        yield Shown(
            "audit", "who_read_what", "all", ("who, when, what, how many rows",)
        )
        yield Shown("audit", "events", "all", ("cases, releases, changed terms",))


def _rows(role: Role, table: SharedTable) -> str:
    """Return whose rows are shown of a table, in a word or two."""
    if role.name == PUBLISHER:
        return "fills all, reads none"
    if table.tier == "identified":
        return role.rows.replace("_", " ")
    return "groups" if table.per == "group" else "pseudonyms"


def _column(agreement: Agreement, field: Field) -> str:
    """Return a column's name, and the departments that do not see it."""
    if not field.withhold_from:
        return field.name
    shorts = [agreement.parties[party].short for party in field.withhold_from]
    return f"{field.name} (not {listed(shorts)})"
