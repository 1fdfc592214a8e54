"""The three questions in short, for the terminal at a run's end.

Belongs here: the questions' titles and SQL files. Does not belong here: how an answer
looks (``summary``), a measure with its definition (the marts; ``page`` shows them).
"""

from dataclasses import dataclass
from importlib.resources import files

import duckdb
import pyarrow as pa


@dataclass(frozen=True)
class Question:
    """One question: its words, and the SQL that answers it in short.

    Attributes:
        name: Name of the SQL file in ``answers/``.
        title: The question as an analyst asks it.
    """

    name: str
    title: str

    @property
    def sql(self) -> str:
        """Return the query; it reads the schema ``marts`` and nothing else."""
        return (files(__package__) / "answers" / f"{self.name}.sql").read_text()


QUESTIONS = (
    Question(
        name="services",
        title="Which services are offered, accepted, refused, or not to be had?",
    ),
    Question(
        name="departments",
        title="How do people meet several departments, and where does it break?",
    ),
    Question(
        name="outcomes",
        title="Which outcomes follow, above all those of several departments?",
    ),
)


def answer(connection: duckdb.DuckDBPyConnection, question: Question) -> pa.Table:
    """Return a question's answer as a short table.

    Args:
        connection: The warehouse, or the published copy of its marts.
        question: One of ``QUESTIONS``.
    """
    return connection.execute(question.sql).to_arrow_table()
