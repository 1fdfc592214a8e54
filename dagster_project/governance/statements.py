"""What was said about consent: revocations, objections, and their taking back.

Belongs here: one statement, its line of text, and which statement holds. Does not
belong here: the file (``statement_file``), which rows a statement reaches (dbt's
``int_consents`` and ``int_objections``).
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Literal

from dagster_project.governance.agreement import Agreement

Said = Literal["revoked", "objected", "given"]
RECORD = re.compile(r"[a-z]+:[a-z_]+:\S{1,200}")
"""A client_record_id: department, system, the department's own id."""


class CannotStateError(Exception):
    """Nothing was written, and why, in a sentence."""


@dataclass(frozen=True)
class Statement:
    """One thing said about one client record.

    Attributes:
        said: ``revoked`` a consent, ``objected`` to purposes, or ``given`` again.
        client_record_id: Record it speaks of, and with it all that stands for it.
        consent: Kind of consent, as the agreement names it.
        purposes: Purposes it is about.
        on: Day it was said.
        at: When it was written down (UTC).
        by: Who wrote it down; a department's feed for what it delivered.
        reason: Why; stays in the file and enters no table.
        consent_id: The one consent it ends, where a department delivered it.
    """

    said: Said
    client_record_id: str
    consent: str
    purposes: tuple[str, ...]
    on: date
    at: datetime
    by: str
    reason: str
    consent_id: str = ""

    def line(self) -> str:
        """Return the statement as one line of JSON."""
        told = asdict(self) | {"on": str(self.on), "at": self.at.isoformat()}
        return json.dumps(told, ensure_ascii=False, sort_keys=True)


def parsed(line: str) -> Statement:
    """Return the statement that a line holds.

    Raises:
        ValueError: It holds none.
    """
    try:
        told = json.loads(line)
        told |= {
            "purposes": tuple(told["purposes"]),
            "on": date.fromisoformat(told["on"]),
            "at": datetime.fromisoformat(told["at"]),
        }
        return Statement(**told)
    except (KeyError, TypeError) as fault:
        raise ValueError(f"it is no statement about consent ({fault})") from None


def stated(
    agreement: Agreement,
    said: Said,
    client_record_id: str,
    *,
    consent: str = "",
    purposes: Sequence[str] = (),
    on: date,
    at: datetime,
    by: str,
    reason: str,
) -> Statement:
    """Return a steward's statement, once it is known to mean something.

    Args:
        agreement: Declares the kinds of consent and the purposes.
        said: What was said.
        client_record_id: Of whom.
        consent: Kind of consent; ``objection`` if unset.
        purposes: Purposes it is about; all the consent decides about if unset.
        on: Day it was said.
        at: When it is written down (UTC).
        by: Who writes it down.
        reason: Why.

    Raises:
        CannotStateError: A word of it means nothing here.
    """
    consent = consent or "objection"
    if not RECORD.fullmatch(client_record_id):
        raise CannotStateError(
            f"{client_record_id!r} is no client record id; it is written "
            "department:system:id, as in hsh:hmis:1234."
        )
    department = client_record_id.partition(":")[0]
    if department not in agreement.departments:
        known = ", ".join(agreement.departments)
        raise CannotStateError(f"{department!r} is no department; there are {known}.")
    if consent not in agreement.consents:
        known = ", ".join(agreement.consents)
        raise CannotStateError(f"There is no consent {consent!r}; there are {known}.")
    terms = agreement.consents[consent]
    for purpose in purposes:
        if purpose not in terms.purposes:
            raise CannotStateError(
                f"{consent} does not decide about {purpose!r}, but about "
                f"{', '.join(terms.purposes)}."
            )
    if said == "given" and terms.when_silent == "refused":
        raise CannotStateError(
            f"{terms.title} is given to the department, in writing, and comes with its "
            "next delivery; it cannot be given here."
        )
    if not by.strip() or not reason.strip():
        raise CannotStateError("Say --by whom and for which --reason.")
    return Statement(
        said=said,
        client_record_id=client_record_id,
        consent=consent,
        purposes=tuple(purposes or terms.purposes),
        on=on,
        at=at,
        by=by.strip(),
        reason=reason.strip(),
    )


def holding(statements: Iterable[Statement]) -> list[tuple]:
    """Return what holds: the last word per record, consent and purpose.

    Returns:
        Rows (client_record_id, consent, purpose, said, said_on, consent_id), sorted. A
        consent that a department's delivery ended stays ended: its id is never revived.
    """
    last: dict[tuple, Statement] = {}
    for statement in statements:
        for purpose in statement.purposes:
            key = (
                statement.client_record_id,
                statement.consent,
                purpose,
                statement.consent_id,
            )
            last[key] = statement
    return sorted(
        (record, consent, purpose, told.said, told.on, consent_id)
        for (record, consent, purpose, consent_id), told in last.items()
    )
