"""The three questions, answered from the marts.

Belongs here: the questions' titles, definitions and SQL files. Does not belong here:
how an answer looks (``summary``, ``report``) or a measure that is no short table.
"""

from dataclasses import dataclass
from importlib.resources import files

import duckdb
import pyarrow as pa


@dataclass(frozen=True)
class Question:
    """One question: its words, what its figures mean, and the SQL that answers it.

    Attributes:
        name: Name of the SQL file in ``answers/``.
        title: The question as an analyst asks it.
        definition: What a row and each figure mean, and what they must not be used for.
    """

    name: str
    title: str
    definition: str

    @property
    def sql(self) -> str:
        """Return the query; it reads the schema ``marts`` and nothing else."""
        return (files(__package__) / "answers" / f"{self.name}.sql").read_text()


QUESTIONS = (
    Question(
        name="services",
        title="Which services are offered, accepted, refused, or not to be had?",
        definition=(
            "One row per service. An offer is one resource at one contact. Accepted "
            "includes fulfilled; acceptance = accepted / (accepted + declined + not "
            "fulfilled). No capacity is a want that could not be met, and is no offer; "
            "unmet = no capacity / (offers + no capacity). Pending and unknown are "
            "neither accepted nor refused."
        ),
    ),
    Question(
        name="departments",
        title="How do people meet several departments, and where does it break?",
        definition=(
            "Persons by the number of departments that met them; then, of index "
            "crises and overdoses with seven days of follow-up behind them, the share "
            "in which another department met the person on days 1 to 7 (crisis), or "
            "came to follow up within 72 hours (overdose; the hospital it was driven "
            "to does not count). A later contact is no proof of a hand-off."
        ),
    ),
    Question(
        name="outcomes",
        title="Which outcomes follow, above all those of several departments?",
        definition=(
            "Index crises whose person was alive and without the outcome at the "
            "landmark, seven days after; the share with the outcome in the 90 days "
            "after the landmark, by whether another department had met the person on "
            "days 1 to 7. Mature windows only. Association, not effect: sicker people "
            "are followed up more."
        ),
    ),
)


def answer(connection: duckdb.DuckDBPyConnection, question: Question) -> pa.Table:
    """Return a question's answer as a short table.

    Args:
        connection: The warehouse, or the published copy of its marts.
        question: One of ``QUESTIONS``.
    """
    return connection.execute(question.sql).to_arrow_table()
