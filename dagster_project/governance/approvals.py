"""Which approvals of an agreement count.

Belongs here: whose approval, of which content, on which day. Does not belong here: how
many are needed (``in_force``), writing one (``approve``).

The file keeps the approvals of earlier contents, in the order in which they were given.
Whoever goes back to an earlier content changes the agreement, and its old approvals do
not count again.
"""

import unicodedata
from collections.abc import Iterator
from datetime import date

from dagster_project.governance.agreement import Agreement, Approval


def person(name: str) -> tuple[str, ...]:
    """Return the words of a name, alike for one person however it is written.

    Case, accents, width, spaces, marks, unseen characters and the order of words do not
    make another person; a name without a letter is nobody's.

    >>> person("Ó Briain,  ZOE") == person("Zoë Ó Briain"), person(" . ")
    (True, ())
    """
    split = unicodedata.normalize("NFKD", name).casefold()
    kept = "".join(c for c in split if unicodedata.category(c) not in ("Mn", "Cf"))
    words = "".join(c if c.isalnum() else " " for c in kept).split()
    return tuple(sorted(words))


def judged(agreement: Agreement, today: date) -> Iterator[tuple[int, Approval, str]]:
    """Yield the approvals of exactly this content, and why one does not count.

    Args:
        agreement: What was approved.
        today: The day; an approval cannot be of a later one.

    Yields:
        (place, approval, why): Its place in the list; ``why`` is empty if it counts.
    """
    others = [
        (place, approval.on)
        for place, approval in enumerate(agreement.approvals)
        if approval.sha256 != agreement.sha256
    ]
    last = max((place for place, _ in others), default=-1)
    changed = max((day for _, day in others), default=date.min)
    signed = max(
        document.signed or date.min
        for document in (agreement.mou, agreement.dsa, *agreement.duls.values())
    )
    for place, approval in enumerate(agreement.approvals):
        if approval.sha256 != agreement.sha256:
            continue
        told = f"{approval.by} approved it on {approval.on}"
        why = ""
        if not person(approval.by):
            why = f"{approval.by!r} is nobody's name; give the full name"
        elif approval.on > today:
            why = f"{told}, a day still to come; correct the day"
        elif place < last or approval.on < changed:
            why = f"{told}, and it was changed since (another content was approved on "
            why += f"{changed}, or below); approve it again"
        elif approval.on < signed:
            why = f"{told}, before a document it names was signed ({signed}); correct "
            why += "one of the days"
        elif not _is_party(agreement, approval):
            why = f"{told} for {approval.party}, which was no party on that day; "
            why += "somebody of another party must"
        yield place, approval, why


def _is_party(agreement: Agreement, approval: Approval) -> bool:
    """Say whether a party was one on the day, or founds the agreement."""
    party = agreement.parties.get(approval.party)
    return party is not None and party.is_party_on(
        max(approval.on, agreement.effective)
    )


def counted(agreement: Agreement, today: date) -> list[Approval]:
    """Return the approvals of exactly this content that count."""
    return [approval for _, approval, why in judged(agreement, today) if not why]
