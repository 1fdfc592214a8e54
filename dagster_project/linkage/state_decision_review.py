"""Which decisions a state is to ask about again: those whose records changed since.

Belongs here: what the records of a decision said when a state took it up, beside what
they say now. Does not belong here: which decisions there are (``state_decisions``), how
contents are compared (``decisions``, ``decision_contents``).

A file of decisions has no dates. A decision counts as taken anew when it is given with
another reason or by another hand, or again after it was left out.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.linkage.decision_contents import COMPARED, contents
from dagster_project.linkage.decision_review import decision_questions
from dagster_project.linkage.decisions import (
    TO_REVIEW,
    Contents,
    Decision,
    Standing,
    against,
)
from dagster_project.linkage.questions import REVIEW_QUEUE
from dagster_project.linkage.rows_by_id import ids_of, rows_of
from dagster_project.linkage.state_records import union
from dagster_project.linkage.table_decisions import (
    Statement,
    TableDecision,
    records_of,
)

TAKEN = "taken_decisions"
"""Where the settings of a state keep each decision as it was taken up."""


class Taken(NamedTuple):
    """A decision as a state took it up; ``at`` is when, in ISO 8601."""

    at: str
    reason: str
    by: str
    left: Contents
    right: Contents


def contents_now(
    base: pa.Table | None,
    later: pa.Table,
    decided: Sequence[TableDecision],
    key: bytes,
) -> Mapping[str, Contents]:
    """Return what the records say that decisions name, as keyed hashes.

    Args:
        base: the records of the last full run, None before the first.
        later: those since; one whose id the base knows takes its place.
        decided: decisions on known records.
        key: the secret of the person ids.
    """
    named = records_of(decided)
    if not named:
        return {}
    wanted = pa.array(sorted(named, key=str.encode), pa.string())
    found = rows_of(later, wanted)
    if base is not None:
        found = union(rows_of(base, wanted), found)
    # A column that comes or goes without a value is no change.
    for column in COMPARED:
        if column not in found.column_names:
            found = found.append_column(column, pa.nulls(len(found), pa.string()))
    return contents(found, named, key)


def taken_now(
    settings: Mapping[str, Mapping],
    decided: Sequence[TableDecision],
    statements: Mapping[str, Statement] | None,
    now: Mapping[str, Contents],
    at: datetime,
) -> dict[str, Taken]:
    """Return each decision as it was taken up, by its id.

    Args:
        settings: of the state, empty before its first run.
        decided: the decisions on known records.
        statements: what a file says of decisions, by their ids; None without a file.
        now: see ``contents_now``.
        at: time of the run.
    """
    before = {name: Taken(*one) for name, one in settings.get(TAKEN, {}).items()}
    taken = {}
    for decision in decided:
        name = decision.decision_id
        said = Statement()
        if statements is not None:
            said = statements.get(name, said)
        known = before.get(name)
        if known and (statements is None or said == (known.reason, known.by)):
            taken[name] = known
            continue
        both = now[decision.left], now[decision.right]
        taken[name] = Taken(at.isoformat(), *said, *both)
    return taken


def asked_again(
    decided: Sequence[TableDecision],
    taken: Mapping[str, Taken],
    now: Mapping[str, Contents],
) -> list[Decision]:
    """Return the decisions of which a record changed since they were taken up."""
    standing = (against(_as_taken(d, taken[d.decision_id]), now) for d in decided)
    return [d for d in standing if d.status == TO_REVIEW]


def _as_taken(decision: TableDecision, taken: Taken) -> Decision:
    return Decision(
        decision.decision_id,
        *decision,
        taken.reason,
        taken.by,
        datetime.fromisoformat(taken.at),
        taken.left,
        taken.right,
        holds=True,
    )


def questions_again(asked: Sequence[Decision], links: pa.Table) -> pa.Table:
    """Return rows of the review queue for decisions to be asked again.

    Args:
        asked: these decisions.
        links: every record with its person, by record id.
    """
    if not asked:
        return REVIEW_QUEUE.empty_table()
    wanted = sorted({r for d in asked for r in d.records}, key=str.encode)
    found = rows_of(links, pa.array(wanted, pa.string()))
    person = found["person_id"].to_pylist()
    person_of = dict(zip(ids_of(found).to_pylist(), person, strict=True))
    those = pc.is_in(links["person_id"], value_set=pa.array(sorted(set(person))))
    counts = links["person_id"].filter(those).value_counts().to_pylist()
    sizes = {one["values"]: one["counts"] for one in counts}
    return decision_questions(Standing(tuple(asked)), person_of, sizes)
