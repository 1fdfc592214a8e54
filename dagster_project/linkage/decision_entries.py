"""Decisions of stewards as lines of text, one JSON object each.

Belongs here: writing a line, reading lines. Does not belong here: the file
(``decision_file``), how a decision stands today (``decisions``).

A decision is one line; confirming or withdrawing it is a further line. No line is ever
changed, so the lines are the whole history.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from dagster_project.linkage.decisions import KINDS, Contents, Decision


class UnreadableDecisions(ValueError):
    """A line is no entry; the message says which and why."""


def decision_line(decision: Decision) -> str:
    """Return the line that books a new decision."""
    return _line(
        entry="decision",
        decision_id=decision.decision_id,
        kind=decision.kind,
        client_record_id_l=decision.left,
        client_record_id_r=decision.right,
        reason=decision.reason,
        by=decision.decided_by,
        at=decision.decided_at.isoformat(),
        content_l=decision.left_content,
        content_r=decision.right_content,
    )


def withdrawal_line(decision_id: str, reason: str, by: str, at: datetime) -> str:
    """Return the line that withdraws a decision."""
    return _line(
        entry="withdrawal",
        decision_id=decision_id,
        reason=reason,
        by=by,
        at=at.isoformat(),
    )


def confirmation_line(
    decision_id: str,
    reason: str,
    by: str,
    at: datetime,
    left_content: Contents,
    right_content: Contents,
) -> str:
    """Return the line that confirms a decision on what its records say now."""
    return _line(
        entry="confirmation",
        decision_id=decision_id,
        reason=reason,
        by=by,
        at=at.isoformat(),
        content_l=left_content,
        content_r=right_content,
    )


def _line(**entry: object) -> str:
    return json.dumps(entry, ensure_ascii=False)


def read_lines(lines: Iterable[str]) -> list[Decision]:
    """Return the decisions in the order they were taken.

    Raises:
        UnreadableDecisions: a line is no entry, repeats an id, or names a decision that
            no line before it took.
    """
    found: dict[str, Decision] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            _take(json.loads(line), found)
        except KeyError as error:
            raise UnreadableDecisions(f"line {number}: {error} is missing") from error
        except (TypeError, AttributeError) as error:
            raise UnreadableDecisions(f"line {number}: not an entry") from error
        except ValueError as error:
            raise UnreadableDecisions(f"line {number}: {error}") from error
    return list(found.values())


def _take(entry: dict, found: dict[str, Decision]) -> None:
    """Add what one entry says to the decisions found so far."""
    which, said = entry["decision_id"], entry["entry"]
    reason, by = entry["reason"], entry["by"]
    at = datetime.fromisoformat(entry["at"])
    if at.tzinfo is None:
        raise ValueError(f"{entry['at']} does not say its time zone")
    if said == "decision":
        left, right = entry["client_record_id_l"], entry["client_record_id_r"]
        if which in found:
            raise ValueError(f"{which} was taken before")
        if entry["kind"] not in KINDS:
            raise ValueError(f"{entry['kind']} is no kind; the kinds are {KINDS}")
        if left == right:
            raise ValueError(f"{which} names {left} twice")
        found[which] = Decision(
            decision_id=which,
            kind=entry["kind"],
            left=left,
            right=right,
            reason=reason,
            decided_by=by,
            decided_at=at,
            left_content=dict(entry["content_l"]),
            right_content=dict(entry["content_r"]),
        )
        return
    if which not in found:
        raise ValueError(f"there is no decision {which} before it")
    if said == "withdrawal":
        found[which] = replace(
            found[which], withdrawn_by=by, withdrawn_at=at, withdrawn_because=reason
        )
    elif said == "confirmation":
        found[which] = replace(
            found[which],
            reason=reason,
            decided_by=by,
            decided_at=at,
            left_content=dict(entry["content_l"]),
            right_content=dict(entry["content_r"]),
        )
    else:
        raise ValueError(f"{said} is no entry")
