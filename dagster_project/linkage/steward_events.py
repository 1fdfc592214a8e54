"""What a steward's decision did to people, as events of the identity ledger.

Belongs here: whether a decision took effect in a run, or ceased to. Does not belong
here: which decisions apply (``decisions``), the other events (``identity``).
"""

import json
from collections.abc import Mapping, Sequence, Set
from typing import NamedTuple

from dagster_project.linkage.decisions import MUST_LINK, Decision
from dagster_project.linkage.ledger import HOLDS, LIFTED


class StewardEvent(NamedTuple):
    """The columns of a ``steward`` event that are its own."""

    person_id: str
    other_person_id: str | None
    client_record_id: str
    evidence: str


def steward_events(
    decisions: Sequence[Decision],
    in_force: Set[str],
    before: Mapping[str, str | None],
    now: Mapping[str, str | None],
) -> list[StewardEvent]:
    """Return the events of the decisions that changed who is who in this run.

    A decision that applies took effect when its two records stand as it says now and
    did not before; one that no longer applies is lifted when they do not stand so now
    and an earlier event said that it held. Else nothing of it changed anything.

    Args:
        decisions: all of them, as they stand in this run.
        in_force: decisions that the ledger says hold.
        before: record -> person before the run.
        now: record -> person after it.
    """
    events = []
    for decision in sorted(decisions, key=lambda d: d.decision_id):
        left, right = now.get(decision.left), now.get(decision.right)
        if left is None or right is None:
            continue
        was = _agrees(decision, before)
        is_ = _agrees(decision, now)
        begins = decision.is_applied and is_ and not was
        ends = not decision.is_applied and was and not is_
        if not begins and not (ends and decision.decision_id in in_force):
            continue
        evidence = {
            "decision_id": decision.decision_id,
            "decision": decision.kind,
            "effect": HOLDS if begins else LIFTED,
            "other_client_record_id": decision.right,
        }
        other = right if right != left else None
        events.append(
            StewardEvent(
                left, other, decision.left, json.dumps(evidence, sort_keys=True)
            )
        )
    return events


def _agrees(decision: Decision, person_of: Mapping[str, str | None]) -> bool:
    """Say whether two records stand as a decision wants them."""
    left, right = person_of.get(decision.left), person_of.get(decision.right)
    together = left is not None and left == right
    return together == (decision.kind == MUST_LINK)
