"""What of a sharing agreement the shared warehouse keeps.

Belongs here: who reads which table, column and rows, as plain records. Does not belong
here: the agreement's own words (``governance``), SQL.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,40}")
"""Names that need no quotes, with room for a suffix within PostgreSQL's 63 bytes."""

OWNERS = (
    "warehouse_owner",
    "marts_owner",
    "case_reader",
    "log_reader",
    "erasure_reader",
)
"""Roles without a login that own tables, views and functions. None is a superuser, so
what they own obeys the policies; ``warehouse_owner`` has no policy and sees no row."""

PUBLISHER = "publisher"
CASE_CONFERENCE = "case_conference"
AUDIT_OBJECTS = "audit_objects"
"""Names what ``pgaudit`` watches, where the server has it; see ``pgaudit``."""
RESERVED = frozenset({*OWNERS, PUBLISHER, AUDIT_OBJECTS, "public", "none"})
"""No party and no role of an agreement may bear these names in the database."""

CLIENT_RECORDS = "client_records"
CONFERENCE_LIST = "conference_list"
PERSON = "person_id"
KEYS = ("client_record_id", "department", "person_id")
"""Columns that ``identified.client_records`` has whatever the agreement says: the
policies and ``open_case`` need them. Who reads them the agreement says."""


class TermsError(ValueError):
    """The terms cannot be kept by a database; the message says which and why."""


@dataclass(frozen=True)
class Role:
    """A role that a login may be given.

    Attributes:
        name: Its name in the database: a department's code, or the agreement's name.
        family: Its name in the agreement; roles of one family see one pseudonym.
        department: The department whose records are its own, if any.
        reads_audit: Whether it reads the audit schema.
        opens_cases: Whether it opens one client at a time by a logged call.
    """

    name: str
    family: str
    department: str | None = None
    reads_audit: bool = False
    opens_cases: bool = False


@dataclass(frozen=True)
class Column:
    """A published column, and the roles that may select it.

    Attributes:
        name: As in the warehouse.
        readers: Names of roles; for ``client_records`` also ``case_conference``, which
            sees the column through ``open_case`` only.
    """

    name: str
    readers: frozenset[str]


@dataclass(frozen=True)
class Table:
    """A published table.

    Attributes:
        tier: ``identified``, ``marts`` or ``public``.
        name: As in the warehouse.
        columns: What is published of it; everything else stays behind.
    """

    tier: str
    name: str
    columns: tuple[Column, ...]

    @property
    def readers(self) -> tuple[str, ...]:
        """Return the roles that may select at least one column."""
        return tuple(sorted({role for each in self.columns for role in each.readers}))

    def readable(self, role: str) -> tuple[str, ...]:
        """Return the columns a role may select."""
        return tuple(each.name for each in self.columns if role in each.readers)


@dataclass(frozen=True)
class Party:
    """A department that shares.

    Attributes:
        department: Its code.
        joined: First day it shares.
        left: Last day it shares.
    """

    department: str
    joined: date
    left: date


@dataclass(frozen=True)
class Terms:
    """A sharing agreement as a database can keep it.

    Attributes:
        agreement: Its id and version.
        digest: Hash of the agreement.
        effective: First day anything may be read under it.
        expires: Last day.
        parties: The departments.
        roles: The roles that logins may be given.
        tables: Everything that is published.
        minimum_purpose: Least length of the purpose that ``open_case`` asks for.
        audit_days: Days that an audit row is kept.
    """

    agreement: str
    digest: str
    effective: date
    expires: date
    parties: tuple[Party, ...]
    roles: tuple[Role, ...]
    tables: tuple[Table, ...]
    minimum_purpose: int = 10
    audit_days: int = 2555

    def __post_init__(self) -> None:
        """Refuse terms that no database could keep."""
        _unique("department", [party.department for party in self.parties])
        _unique("role", [role.name for role in self.roles])
        _unique("table", [f"{table.tier}.{table.name}" for table in self.tables])
        names = [role.name for role in self.roles]
        for name in names:
            _usable("role", name)
            if name in RESERVED:
                raise TermsError(f"The role {name} is the database's own; rename it.")
        departments = {party.department for party in self.parties}
        for role in self.roles:
            if role.department is not None and role.department not in departments:
                raise TermsError(
                    f"The role {role.name} is of {role.department}, which is no party."
                )
        openers = {role.name for role in self.roles if role.opens_cases}
        for table in self.tables:
            _check_table(table, set(names), openers)

    @property
    def departments(self) -> tuple[str, ...]:
        """Return the codes of the departments in alphabetical order."""
        return tuple(sorted(party.department for party in self.parties))

    @property
    def client_records(self) -> Table:
        """Return the one table of client records; without columns if unshared."""
        for table in self.of_tier("identified"):
            if table.name == CLIENT_RECORDS:
                return table
        return Table("identified", CLIENT_RECORDS, ())

    @property
    def case_tables(self) -> tuple[Table, ...]:
        """Return the identified tables that a case conference works with."""
        return tuple(
            table
            for table in self.of_tier("identified")
            if table.name != CLIENT_RECORDS
        )

    def narrowed(self, there: Mapping[str, Collection[str]]) -> "Terms":
        """Return the terms of what the warehouse has and somebody reads.

        Args:
            there: Table to the columns that the warehouse has.
        """
        tables = []
        for table in self.tables:
            columns = tuple(
                column
                for column in table.columns
                if column.readers and column.name in there.get(table.name, ())
            )
            if columns:
                tables.append(replace(table, columns=columns))
        return replace(self, tables=tuple(tables))

    def of_tier(self, tier: str) -> tuple[Table, ...]:
        """Return the tables of a tier in the order of their names."""
        return tuple(
            sorted(
                (table for table in self.tables if table.tier == tier),
                key=lambda table: table.name,
            )
        )

    def families(self, table: Table) -> tuple[str, ...]:
        """Return the role families that read a table, each with its pseudonyms."""
        readers = set(table.readers)
        return tuple(
            sorted({role.family for role in self.roles if role.name in readers})
        )


def _check_table(table: Table, roles: set[str], openers: set[str]) -> None:
    """Refuse a table with names or readers that the database does not know."""
    where = f"{table.tier}.{table.name}"
    if table.tier not in ("identified", "marts", "public"):
        raise TermsError(f"{where}: there is no such tier.")
    if table.tier == "identified" and table.name != CLIENT_RECORDS:
        _check_case_table(table, openers)
    _usable("table", table.name)
    _unique(f"column of {where}", [column.name for column in table.columns])
    for column in table.columns:
        _usable(f"column of {where}", column.name)
        if unknown := column.readers - roles:
            raise TermsError(
                f"{where}.{column.name} is read by {', '.join(sorted(unknown))}, "
                "which is no role."
            )


def _check_case_table(table: Table, openers: set[str]) -> None:
    """Refuse an identified table that no row of a client record stands behind."""
    where = f"{table.tier}.{table.name}"
    if table.name == CONFERENCE_LIST:
        raise TermsError(f"{where}: the database's own list has this name; rename it.")
    if PERSON not in {column.name for column in table.columns}:
        raise TermsError(
            f"{where} has no {PERSON}, by which it is told whose rows may be shared."
        )
    if others := set(table.readers) - openers:
        raise TermsError(
            f"{where} is read by {', '.join(sorted(others))}: besides "
            f"{CLIENT_RECORDS}, tier identified is for those who open cases."
        )


def _usable(what: str, name: str) -> None:
    if not IDENTIFIER.fullmatch(name):
        raise TermsError(
            f"{name!r} cannot name a {what}: lowercase letters, digits and "
            "underscores, a letter first, at most 41."
        )


def _unique(what: str, names: list[str]) -> None:
    seen = set()
    for name in names:
        if name in seen:
            raise TermsError(f"The {what} {name} is there twice.")
        seen.add(name)
