"""What the shared warehouse should be: the records that a plan compares.

Belongs here: roles, tables, pieces of code and grants as plain records, and how a name
or a text is written in SQL. Does not belong here: what they are for (``roles``,
``identified``, ``marts``, ``audit``, ``guard``) or what there is now (``catalog``).
"""

import hashlib
from dataclasses import dataclass, field


def quoted(name: str) -> str:
    """Return a name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: object) -> str:
    """Return a text or date as SQL writes it, whatever characters it has."""
    text = str(value).replace("'", "''")
    return f"E'{text.replace(chr(92), chr(92) * 2)}'" if "\\" in text else f"'{text}'"


@dataclass(frozen=True)
class Grant:
    """One privilege.

    Attributes:
        kind: table, function, schema, database or language; a view is a table.
        on: The object, schema-qualified and unquoted as the catalog names it.
        column: The column, if it is about one.
        to: The role; ``public`` is everybody.
        privilege: SELECT, EXECUTE, ...
    """

    kind: str
    on: str
    to: str
    privilege: str
    column: str = ""


@dataclass(frozen=True)
class Piece:
    """A function, policy, view or trigger that is written whole.

    Attributes:
        kind: function, view, policy, trigger or event trigger.
        name: As the catalog names it: ``audit.reading(text)``, ``marts.contacts``,
            ``department_reads on identified.client_records``.
        create: Statement that makes it.
        owner: Role that owns it, if it is owned.
        replaces: Whether ``create`` replaces an older one; else that is dropped first.
    """

    kind: str
    name: str
    create: str
    owner: str = ""
    replaces: bool = False

    @property
    def digest(self) -> str:
        """Return a hash of what it should be."""
        return hashlib.sha256(f"{self.owner}\n{self.create}".encode()).hexdigest()[:16]

    @property
    def comment_on(self) -> str:
        """Return what a comment on it is a comment on."""
        return f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Shape:
    """A table and its columns.

    Attributes:
        name: Schema and name.
        owner: Role that owns it.
        columns: Name to PostgreSQL type, with ``not null`` or a default if any.
        secured: Whether row-level security is enabled and forced.
        key: Columns of its primary key.
        indexes: Columns to index, each by itself.
        silent: Whether no statistics are kept, so that a plan's estimates tell nothing
            about rows that the reader does not see.
        lasting: Whether its rows outlive a release; then no column is ever dropped.
        comment: What it is.
    """

    name: str
    owner: str
    columns: dict[str, str]
    secured: bool = False
    key: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()
    silent: bool = False
    lasting: bool = False
    comment: str = ""


@dataclass(frozen=True)
class Desired:
    """Everything that should be, in the order in which it is made.

    Attributes:
        roles: Group roles.
        memberships: (role, member) among them.
        schemas: Schema to owner.
        tables: Tables by name.
        pieces: Functions first, then views and policies, then the event trigger.
        grants: Every privilege that anybody but an owner has.
        settings: Setting to value, of the database.
    """

    roles: tuple[str, ...]
    memberships: frozenset[tuple[str, str]]
    schemas: dict[str, str]
    tables: tuple[Shape, ...]
    pieces: tuple[Piece, ...]
    grants: frozenset[Grant]
    settings: dict[str, str] = field(default_factory=dict)
