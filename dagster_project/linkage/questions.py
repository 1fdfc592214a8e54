"""The review queue: what a steward is asked, and what hangs on the answer.

Belongs here: the shape of a question and of the queue. Does not belong here: finding
the questions (``review``, ``deaths``, ``decision_review``).
"""

from collections.abc import Iterable
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

LINK, DECISION = "link", "decision"
CONTRADICTION, DEATH = "contradiction", "death"
KINDS = (LINK, DECISION, CONTRADICTION, DEATH)
"""Are they one person? Does a decision still hold? Which of these decisions holds? Are
they one person although seen alive after a recorded death?"""

REVIEW_QUEUE = pa.schema(
    [
        ("client_record_id_l", pa.string()),
        ("client_record_id_r", pa.string()),
        ("question", pa.string()),
        ("reason", pa.string()),
        ("priority", pa.float64()),
        ("match_probability", pa.float64()),
        ("n_client_records", pa.int64()),
        ("n_persons", pa.int64()),
    ]
)
"""``n_client_records`` of ``n_persons`` would be one person after a yes."""


class Question(NamedTuple):
    """One question about two records, by their places, and all linked with them."""

    kind: str
    left: int
    right: int
    reason: str
    priority: float
    probability: float | None
    client_records: int
    persons: int


def asked_of_decisions(queue: pa.Table) -> int:
    """Return how many decisions a queue asks about again."""
    return pc.sum(pc.equal(queue["question"], DECISION)).as_py() or 0


def question_table(questions: Iterable[Question], ids: pa.Array) -> pa.Table:
    """Return questions about records by their ids."""
    columns = list(zip(*questions, strict=True)) or [()] * len(Question._fields)
    kind, left, right, reason, priority, probability, records, persons = columns
    return pa.table(
        {
            "client_record_id_l": ids.take(pa.array(left, pa.int64())),
            "client_record_id_r": ids.take(pa.array(right, pa.int64())),
            "question": pa.array(kind, pa.string()),
            "reason": pa.array(reason, pa.string()),
            "priority": pa.array(priority, pa.float64()),
            "match_probability": pa.array(probability, pa.float64()),
            "n_client_records": pa.array(records, pa.int64()),
            "n_persons": pa.array(persons, pa.int64()),
        }
    ).cast(REVIEW_QUEUE)


def most_useful_first(queue: pa.Table) -> pa.Table:
    """Return the queue by priority, ties by the records' ids."""
    return queue.sort_by(
        [
            ("priority", "descending"),
            ("client_record_id_l", "ascending"),
            ("client_record_id_r", "ascending"),
            ("question", "ascending"),
            ("reason", "ascending"),
        ]
    )
