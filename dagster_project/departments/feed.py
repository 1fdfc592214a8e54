"""What a feed is: one stream of deliveries and the raw tables it fills.

Belongs here: the two record types. Does not belong here: any feed (``feeds``).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Table:
    """One raw table and the rules a row must meet to enter it.

    Attributes:
        name: Table in schema ``raw``.
        source: File, resource or element the rows come from.
        columns: Source columns, spelled as in the newest version of the source.
        key: Columns that identify a record in its department.
        required: Further columns that may not be blank.
        times: Columns that must hold an ISO date or time whenever they hold anything.
        dated: Further columns that may tell a moment; one of the future holds a row.
        updated: Column that says when the department last touched the record, or else
            the latest moment a record tells of.
        moments: Columns of which one, or a part, tells when the row happened, where no
            single one can be required; two at most.
        deleted: Column that says whether the record was deleted, "" when none does.
        refers: Further columns that name a record, here or in another system.
        codes: Allowed codes, only where a code decides what the row *is*.
        versions: Version name to the columns a file of it may have; empty when there
            is one version only.
        needed: Of a version's columns those a file must have; all when empty. Without
            versions a file must have its key and what is required.
        document: Column that holds a whole document (JSON), "" when none does; what is
            inside it is agreed on element by element.
        lands: Columns whose values may enter; None where nothing was agreed yet, so
            that only a reader's own test sees all of them.
        cut: Columns of which only a part of the text lands, with what was agreed.
        inside: What may land of a document, element by element.
        drops_unknown: Whether a column nobody agreed on is left out and counted; else
            it stops the delivery.
    """

    name: str
    source: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    required: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    dated: tuple[str, ...] = ()
    updated: str = ""
    moments: tuple[str, ...] = ()
    deleted: str = ""
    refers: tuple[str, ...] = ()
    codes: dict[str, frozenset[str]] = field(default_factory=dict)
    versions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    needed: tuple[str, ...] = ()
    document: str = ""
    lands: frozenset[str] | None = None
    cut: Mapping[str, Any] = field(default_factory=dict)
    inside: Any = None
    drops_unknown: bool = False

    def lands_column(self, column: str) -> bool:
        """Say whether the values of a column may enter."""
        return self.lands is None or column in self.lands


@dataclass(frozen=True)
class Feed:
    """One stream of deliveries from one department.

    Attributes:
        name: Feed name, also the prefix of its delivery ids.
        department: Folder under the landing folder.
        title: What a steward would call it.
        pattern: Regular expression a delivery's name must match in full.
        reader: Module of this package that turns its bytes into rows.
        tables: Raw tables it fills.
        every_hours: Usual time between two deliveries.
        stale_after_hours: Age of the newest delivery that deserves a warning.
        encoding: Text encoding agreed with the department.
        local_times: Whether times without an offset are San Francisco's own.
        tells_time: Whether the delivery itself says when it was extracted; if not, its
            name does, or else its newest row.
        may_be_empty: Whether a delivery without a row is honest news.
    """

    name: str
    department: str
    title: str
    pattern: str
    reader: str
    tables: tuple[Table, ...]
    every_hours: int
    stale_after_hours: int
    encoding: str = "utf-8"
    local_times: bool = True
    tells_time: bool = False
    may_be_empty: bool = False

    def matches(self, delivery: str) -> bool:
        """Say whether a delivery of this name belongs to this feed."""
        return re.fullmatch(self.pattern, delivery) is not None

    def table(self, source: str) -> Table:
        """Return the table that one source file, resource or element fills."""
        return next(table for table in self.tables if table.source == source)
