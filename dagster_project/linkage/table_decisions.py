"""A steward's decisions on any table of people: two records are one person, or are not.

Belongs here: reading them, refusing those that contradict one another, which of them
are about records that are there. Does not belong here: decisions on a warehouse's
client records (``decisions``, ``decision_file``), linking (``cluster``).

Such a file is the whole of what was decided: a decision that is no longer in it is
withdrawn.
"""

import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import pyarrow as pa

from dagster_project.linkage.answered_pairs import Answer, read_answers
from dagster_project.linkage.cluster import ContradictoryDecisions
from dagster_project.linkage.components import component_labels
from dagster_project.linkage.decisions import (
    CANNOT_LINK,
    KINDS,
    MUST_LINK,
    Decision,
    contradictions,
)
from dagster_project.linkage.people_file import text_of

COLUMNS = ("record_id_l", "record_id_r", "decision", "reason", "by")
"""Columns of a file of decisions. ``reason`` and ``by`` may be absent; they are for
whoever reads the file, and tell a state that a decision was taken anew."""

NO_DATE = datetime(1, 1, 1, tzinfo=UTC)
"""When a decision of a file was taken: the file does not say."""


class TableDecision(NamedTuple):
    """A decision on two records of a table; ``left`` sorts before ``right``."""

    kind: str
    left: str
    right: str

    @property
    def decision_id(self) -> str:
        """Return a name that the same decision has in every file."""
        text = json.dumps(self)
        return f"f{hashlib.sha256(text.encode()).hexdigest()[:16]}"

    def decision(self, **changes: object) -> Decision:
        """Return it as the identity ledger knows decisions."""
        text = (self.decision_id, *self, "", "", NO_DATE)
        return Decision(*text, **changes)


class Statement(NamedTuple):
    """What a file says of a decision beside the decision."""

    reason: str = ""
    by: str = ""


def read_table_decisions(table: pa.Table, name: str) -> dict[TableDecision, Statement]:
    """Return the decisions of a file, sorted, each once, and what it says of each.

    Args:
        table: the file as ``read_people`` gave it.
        name: what the file is called in messages.

    Raises:
        UnreadableRecords: a column is missing, or a row is no decision on two records.
        ContradictoryDecisions: must-links join what cannot-links part; all such
            cannot-links are named, each with the must-links in question.
    """
    answers = read_answers(table, name, "decision", KINDS)
    _check_agreement(answers, name)
    told = [
        text_of(table[column], column).to_pylist()
        if column in table.column_names
        else [None] * table.num_rows
        for column in Statement._fields
    ]
    said: dict[TableDecision, list[set[str]]] = {}
    for answer in answers:
        decision = TableDecision(answer.said, *sorted((answer.left, answer.right)))
        sets = said.setdefault(decision, [set(), set()])
        for texts, column in zip(sets, told, strict=True):
            texts.add((column[answer.row - 1] or "").strip())
    return {
        decision: Statement(*("; ".join(sorted(texts - {""})) for texts in sets))
        for decision, sets in sorted(said.items())
    }


def _check_agreement(answers: Sequence[Answer], name: str) -> None:
    ids = sorted({record for a in answers for record in (a.left, a.right)})
    place = {record: number for number, record in enumerate(ids)}
    must = [a for a in answers if a.said == MUST_LINK]
    label = component_labels(
        len(ids), [place[a.left] for a in must], [place[a.right] for a in must]
    )
    # Following the must-links is slow, so only those that meet a clash are followed.
    joined = {
        label[place[a.left]]
        for a in answers
        if a.said == CANNOT_LINK and label[place[a.left]] == label[place[a.right]]
    }
    clashing = [
        Decision(f"row {a.row}", a.said, a.left, a.right, "", "", NO_DATE)
        for a in answers
        if label[place[a.left]] in joined and label[place[a.right]] in joined
    ]
    if found := contradictions(clashing):
        told = "; ".join(map(str, found))
        raise ContradictoryDecisions(
            f"{name}: decisions contradict one another, so none was used: {told}"
        )


def pairs(decided: Sequence[TableDecision], kind: str) -> list[tuple[str, str]]:
    """Return the pairs of one kind as ``link`` is told them."""
    return [(d.left, d.right) for d in decided if d.kind == kind]


def records_of(decided: Sequence[TableDecision]) -> set[str]:
    """Return the records that decisions name."""
    return {record for d in decided for record in (d.left, d.right)}


def about(
    decided: Sequence[TableDecision], known: Collection[str]
) -> tuple[list[TableDecision], list[str]]:
    """Return the decisions on two known records, and a record that each other lacks.

    Args:
        decided: all decisions.
        known: the record ids there are; a set, or what is as quick to ask.
    """
    stand, lacking = [], []
    for decision in decided:
        unknown = [r for r in (decision.left, decision.right) if r not in known]
        if unknown:
            lacking.append(unknown[0])
        else:
            stand.append(decision)
    return stand, lacking


def joining_nothing(decided: Sequence[TableDecision], partition: pa.Table) -> list[str]:
    """Return of each must-link that cannot hold the record that is nobody's.

    Args:
        decided: decisions on known records.
        partition: as ``link`` returns it.
    """
    must = [d for d in decided if d.kind == MUST_LINK]
    if not must:
        return []
    thin = partition.filter(partition["cluster"].is_null())
    nobody = set(thin["client_record_id"].to_pylist())
    without = ([r for r in (d.left, d.right) if r in nobody] for d in must)
    return [records[0] for records in without if records]
