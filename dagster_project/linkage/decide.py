"""Whether a steward's word may be booked; if not, why, in one sentence.

Belongs here: the refusals. Does not belong here: asking for the word
(``decide_commands``), keeping it (``decision_file``).
"""

from collections.abc import Mapping, Sequence

from dagster_project.linkage.decisions import (
    MUST_LINK,
    Contents,
    Decision,
    contradictions,
)


class Refused(ValueError):
    """Nothing is booked; the message says why."""


def check_words(reason: str, by: str) -> None:
    """Refuse a word without a reason or a name."""
    if not reason.strip():
        raise Refused("Say why with --reason; an empty reason explains nothing later.")
    if not by.strip():
        raise Refused("Say who decides with --by.")


def check_records(
    left: str,
    right: str,
    kind: str,
    contents: Mapping[str, Contents],
    merged_into: Mapping[str, str],
    thin: frozenset[str] = frozenset(),
) -> None:
    """Refuse records that are one, unknown, or too thin to be linked.

    Args:
        left: one record.
        right: the other.
        kind: of the decision.
        contents: of the records that are there.
        merged_into: record -> the one its department merged it into.
        thin: records the last run found to carry too little to be linked.
    """
    if left == right:
        raise Refused(f"Both records are {left}; a decision is about two.")
    unknown = [record for record in (left, right) if record not in contents]
    if unknown:
        told = "; ".join(
            f"{record} (its department merged it into {merged_into[record]})"
            if record in merged_into
            else record
            for record in unknown
        )
        raise Refused(f"There is no client record {told}.")
    weak = [record for record in (left, right) if record in thin]
    if kind == MUST_LINK and weak:
        raise Refused(
            f"{' and '.join(weak)} carries too little to be linked to anybody; a "
            "must-link could not hold."
        )


def check_against(new: Decision, taken: Sequence[Decision]) -> None:
    """Refuse a decision that was taken, or that others contradict."""
    others = [d for d in taken if d.withdrawn_at is None]
    for other in others:
        if other.kind == new.kind and set(other.records) == set(new.records):
            raise Refused(
                f"{other} says so already; 'throughline decide confirm "
                f"{other.decision_id}' renews it."
            )
    for found in contradictions([*others, new]):
        involved = [d for d in (*found.must, found.cannot) if d is not new]
        if len(involved) < len(found.must) + 1:
            raise Refused(
                f"This contradicts {', '.join(map(str, involved))}; withdraw one first."
            )


def standing_decision(decision_id: str, taken: Sequence[Decision]) -> Decision:
    """Return a decision that may be confirmed or withdrawn."""
    for decision in taken:
        if decision.decision_id == decision_id:
            if decision.withdrawn_at is not None:
                raise Refused(
                    f"{decision} was withdrawn on {decision.withdrawn_at:%Y-%m-%d} by "
                    f"{decision.withdrawn_by}."
                )
            return decision
    raise Refused(
        f"There is no decision {decision_id}; 'throughline decide list' shows all."
    )


def check_still_there(decision: Decision, contents: Mapping[str, Contents]) -> None:
    """Refuse to confirm a decision on a record that is gone."""
    gone = [record for record in decision.records if record not in contents]
    if gone:
        raise Refused(f"{decision} names {' and '.join(gone)}, which is gone.")


def next_id(taken: Sequence[Decision]) -> str:
    """Return the id of the next decision: one more than the highest ever."""
    numbers = [int(d.decision_id[1:]) for d in taken if d.decision_id[1:].isdecimal()]
    return f"d{max(numbers, default=0) + 1}"
