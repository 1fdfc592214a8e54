"""What the sharing agreement says, as plain records.

Belongs here: the records, and questions that one record answers. Does not belong here:
reading the file (``read``), whether it makes sense (``meaning``), who may run under it
(``in_force``).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

Class = Literal["direct", "quasi", "sensitive", "part2", "lps", "hiv", "cji", "none"]
"""What a value can do to a client; see the head of ``feeds`` in ``agreement.yaml``."""
Rows = Literal["none", "own_and_shared", "opened", "all"]
"""Which clients' rows a role sees: nobody's; those its department serves, and what
others hold of them; one client's after a logged call; everybody's."""
TIERS = ("raw", "identified", "marts", "public", "audit")
"""Where data lie, from the most to the least restricted, and the log of reads."""


@dataclass(frozen=True)
class Line:
    """A document of the three tiers (MOU, DSA, DUL), or a law: id and words."""

    id: str
    title: str
    under: str = ""
    signed: date | None = None


@dataclass(frozen=True)
class Party:
    """Who shares, from when until when.

    Attributes:
        code: Short name, used everywhere else in the file.
        short: What everybody calls it.
        name: Full name.
        joined: First day under the agreement.
        left: Last day, None while it stays.
        is_department: Whether it holds clients' records and gets a role of its own.
    """

    code: str
    short: str
    name: str
    joined: date
    left: date | None = None
    is_department: bool = False

    def is_party_on(self, day: date) -> bool:
        """Say whether the party is under the agreement on a day."""
        return self.joined <= day and (self.left is None or day <= self.left)


@dataclass(frozen=True)
class Purpose:
    """What data may be used for, under one data use licence."""

    name: str
    title: str
    dul: str
    identifiers: bool


@dataclass(frozen=True)
class Consent:
    """A kind of consent that rows can be bound to.

    Attributes:
        name: Its name.
        title: In words.
        basis: Law that asks for it.
        when_silent: What holds where a client said nothing.
        purposes: Purposes that it decides about.
    """

    name: str
    title: str
    basis: str
    when_silent: Literal["permitted", "refused"]
    purposes: tuple[str, ...]


@dataclass(frozen=True)
class Eligibility:
    """For how long somebody counts as homeless after a record that says so."""

    basis: str
    months: int
    gates: tuple[str, ...]


@dataclass(frozen=True)
class Field:
    """What was agreed about one column, or one element of a document.

    Attributes:
        name: Column as the source spells it; ``resource.x`` for an element inside.
        klass: What its values can do to a client.
        lands: Whether it may enter the warehouse at all.
        purposes: What it may be used for; empty when it does not land.
        withhold_from: Parties that never see it.
        consent: Consent that rows with it are bound to, "" for none.
        matching: Regular expression of the only parts of a text that land, "" for all.
        without: Beginnings of codes that never land.
        line: Where the file says so.
    """

    name: str
    klass: Class
    lands: bool
    purposes: tuple[str, ...] = ()
    withhold_from: tuple[str, ...] = ()
    consent: str = ""
    matching: str = ""
    without: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True)
class FeedTerms:
    """What was agreed about one feed.

    Attributes:
        name: Feed, as ``departments.feeds`` calls it.
        department: Party that delivers it.
        unknown_columns: What becomes of a column that is not named.
        tables: Raw table to column to what was agreed.
        consent: Consent that all its rows are bound to, "" for none.
    """

    name: str
    department: str
    unknown_columns: Literal["drop", "refuse"]
    tables: Mapping[str, Mapping[str, Field]]
    consent: str = ""


@dataclass(frozen=True)
class SharedTable:
    """A table of the shared database: its tier and columns.

    Attributes:
        name: Table.
        tier: ``identified``, ``marts`` or ``public``; the schema it lies in.
        per: Whether a row is about one client or a group.
        columns: Column to what was agreed.
    """

    name: str
    tier: str
    per: Literal["client", "group"]
    columns: Mapping[str, Field]


@dataclass(frozen=True)
class Role:
    """What a person who logs in may do: purposes, rows, tiers."""

    name: str
    title: str
    purposes: tuple[str, ...]
    rows: Rows
    tiers: tuple[str, ...]


@dataclass(frozen=True)
class Retention:
    """How long a tier keeps something: after the last contact, or after it was made."""

    days: int
    after_last_contact: bool


@dataclass(frozen=True)
class Approval:
    """Who approved which content, for which party."""

    by: str
    role: str
    party: str
    on: date
    sha256: str


@dataclass(frozen=True)
class Agreement:
    """The whole agreement.

    Attributes:
        sha256: Hash of the content without the approvals; what approvals name.
        path: The file it was read from.
        shared: Tier to table name to table.
        retention: Tier to how long.
        Others: As in the file.
    """

    id: str
    version: str
    title: str
    effective: date
    expires: date
    small_cell_minimum: int
    mou: Line
    dsa: Line
    duls: Mapping[str, Line]
    legal_basis: tuple[Line, ...]
    parties: Mapping[str, Party]
    purposes: Mapping[str, Purpose]
    consents: Mapping[str, Consent]
    eligibility: Eligibility
    roles: Mapping[str, Role]
    retention: Mapping[str, Retention]
    feeds: Mapping[str, FeedTerms]
    shared: Mapping[str, Mapping[str, SharedTable]]
    approvals: tuple[Approval, ...]
    sha256: str
    path: Path

    @property
    def departments(self) -> tuple[str, ...]:
        """Return the codes of the parties that hold clients' records."""
        return tuple(p.code for p in self.parties.values() if p.is_department)

    def may_see(self, role: Role, department: str | None = None) -> Iterator[tuple]:
        """Yield every shared table with the columns that a role may see.

        Args:
            role: One of ``roles``.
            department: Party the person works for, if the role is a department's.

        Yields:
            (table, columns): In the file's order; a table without columns is left out.
        """
        for tier, tables in self.shared.items():
            if tier not in role.tiers:
                continue
            for table in tables.values():
                seen = tuple(
                    field
                    for field in table.columns.values()
                    if set(field.purposes) & set(role.purposes)
                    and department not in field.withhold_from
                )
                if seen:
                    yield table, seen
