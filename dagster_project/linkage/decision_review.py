"""Decisions of stewards as tables: all of them, and those to be asked again.

Belongs here: ``linkage.decisions`` and the decisions' rows of the review queue. Does
not belong here: how a decision stands (``decisions``), the other questions (``review``,
``deaths``).
"""

import json
from collections.abc import Mapping, Sequence

import pyarrow as pa

from dagster_project.linkage.decisions import TO_REVIEW, Decision, Standing
from dagster_project.linkage.questions import CONTRADICTION, DECISION, REVIEW_QUEUE

_MOMENT = pa.timestamp("us", tz="UTC")

DECISIONS = pa.schema(
    [
        ("decision_id", pa.string()),
        ("kind", pa.string()),
        ("client_record_id_l", pa.string()),
        ("client_record_id_r", pa.string()),
        ("reason", pa.string()),
        ("decided_by", pa.string()),
        ("decided_at", _MOMENT),
        ("content_l", pa.string()),
        ("content_r", pa.string()),
        ("status", pa.string()),
        ("is_applied", pa.bool_()),
        ("changed_columns", pa.string()),
        ("withdrawn_by", pa.string()),
        ("withdrawn_at", _MOMENT),
        ("withdrawn_because", pa.string()),
    ]
)


def decision_table(decisions: Sequence[Decision]) -> pa.Table:
    """Return one row per decision ever, with its status in this run."""
    rows = [
        {
            "decision_id": d.decision_id,
            "kind": d.kind,
            "client_record_id_l": d.left,
            "client_record_id_r": d.right,
            "reason": d.reason,
            "decided_by": d.decided_by,
            "decided_at": d.decided_at,
            "content_l": json.dumps(d.left_content, sort_keys=True),
            "content_r": json.dumps(d.right_content, sort_keys=True),
            "status": d.status,
            "is_applied": d.is_applied,
            "changed_columns": ";".join(d.changed) or None,
            "withdrawn_by": d.withdrawn_by,
            "withdrawn_at": d.withdrawn_at,
            "withdrawn_because": d.withdrawn_because,
        }
        for d in decisions
    ]
    return pa.Table.from_pylist(rows, schema=DECISIONS)


def decision_questions(
    standing: Standing,
    person_of: Mapping[str, str],
    sizes: Mapping[str, int],
) -> pa.Table:
    """Return the decisions to be asked again, and those that contradict one another.

    Args:
        standing: how all decisions stand in this run.
        person_of: record -> person after the run.
        sizes: person -> its records.
    """
    rows = []
    for decision in standing.decisions:
        if decision.status == TO_REVIEW:
            changed = ", ".join(decision.changed)
            by = f" by {decision.decided_by}" if decision.decided_by else ""
            reason = (
                f"decided on {decision.decided_at:%Y-%m-%d}{by}, "
                f"since then {changed} changed"
            )
            if not decision.is_applied:
                reason += "; not applied until confirmed"
            rows.append(_row(DECISION, decision, reason, person_of, sizes))
    rows += [
        _row(CONTRADICTION, c.cannot, f"contradictory decisions: {c}", person_of, sizes)
        for c in standing.contradictions
    ]
    return pa.Table.from_pylist(rows, schema=REVIEW_QUEUE)


def _row(
    kind: str,
    decision: Decision,
    reason: str,
    person_of: Mapping[str, str],
    sizes: Mapping[str, int],
) -> dict:
    """Return a question; its priority is how many record pairs the answer decides."""
    persons = [person_of[r] for r in decision.records if r in person_of]
    counts = [sizes[person] for person in persons]
    return {
        "client_record_id_l": decision.left,
        "client_record_id_r": decision.right,
        "question": kind,
        "reason": reason,
        "priority": float(max(counts, default=0) * min(counts, default=0)),
        "match_probability": None,
        "n_client_records": sum({p: sizes[p] for p in persons}.values()),
        "n_persons": len(set(persons)),
    }
