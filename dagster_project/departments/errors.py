"""The one way a delivery is turned away.

Belongs here: the exception and its sentence. Does not belong here: the rules (each
reader has its own), what happens to a refused delivery (``ledger``).
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class RefusedRows:
    """What was read of a delivery that is refused for its rows.

    Attributes:
        held: Rows that broke a rule.
        first: The first of them as records of ``raw.quarantined_rows``.
        left_out: Raw table to the rows that broke none and stay outside all the same.
    """

    held: int
    first: tuple[tuple, ...]
    left_out: Mapping[str, int]


@dataclass(eq=False)
class Refused(Exception):
    """A whole delivery that must not be taken, and why.

    Readers raise it with what they know; ``named`` adds the rest on the way out.

    Attributes:
        rule: Short stable name of the rule, for counting.
        reason: What is wrong and what to ask the department for.
        department: Department that sent the delivery.
        delivery: Name of the delivery in the landing folder.
        member: File inside the delivery, when it holds several.
        line: Line in that file, counted from 1.
        column: Column, as the source spells it.
        rows: The rows that refuse it, when it is they and not the file.
    """

    rule: str
    reason: str
    department: str = ""
    delivery: str = ""
    member: str = ""
    line: int | None = None
    column: str = ""
    rows: RefusedRows | None = None

    def __str__(self) -> str:
        """Return one sentence a data steward can act on."""
        where = self.member if self.member != self.delivery else ""
        places = [
            f"{self.department}/{self.delivery}".strip("/"),
            where,
            f"line {self.line}" if self.line else "",
            f"column {self.column}" if self.column else "",
        ]
        place = ", ".join(part for part in places if part)
        return f"{place}: {self.reason} [{self.rule}]".removeprefix(": ")

    def named(self, department: str, delivery: str, member: str = "") -> "Refused":
        """Return the same refusal, saying which delivery and file it speaks of."""
        self.department = self.department or department
        self.delivery = self.delivery or delivery
        self.member = self.member or member
        return self
