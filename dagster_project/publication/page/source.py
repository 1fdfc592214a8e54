"""What a section is given to make its figures from.

Belongs here: reading marts, codes in words, the words every figure ends in. Does not
belong here: which figures a section has, figures of rate marts (``rated``).
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import duckdb

from dagster_project.publication.page.rounding import (
    NOTHING,
    count_shown,
)

NAMES = {
    "hsh": "HSH",
    "dph": "DPH",
    "dem": "DEM",
    "fire": "Fire",
    "moud": "MOUD",
    "hmis": "HMIS",
    "epcr": "ePCR",
    "fhir": "FHIR",
    "ed": "ED",
}
"""Codes that are read as abbreviations; the head of the page spells them out."""


@dataclass(frozen=True)
class Source:
    """The warehouse, and what every figure is dated with.

    Attributes:
        connection: The warehouse; only ``marts`` is read of people, and the ledger.
        run_id: The run that makes the page.
    """

    connection: duckdb.DuckDBPyConnection
    run_id: str

    def rows(self, sql: str) -> list[dict]:
        """Return the rows of a query; a decimal, as sums are, is a plain number."""
        return [
            {
                name: float(value) if isinstance(value, Decimal) else value
                for name, value in row.items()
            }
            for row in self.connection.execute(sql).to_arrow_table().to_pylist()
        ]

    def basis(
        self, n: float, unit: str, through: date | None, *, most: bool = False
    ) -> str:
        """Return the words under a figure: how many, until when, which run.

        Args:
            n: How many were looked at.
            unit: What they are.
            through: The last day of the data.
            most: Whether n is that of the largest row, the others being in the table.
        """
        counted = f"n up to {count_shown(n)}" if most else f"n = {count_shown(n)}"
        return (
            f"{counted} {unit} · data through {through or NOTHING} · run {self.run_id}"
        )

    def period(self, table: str) -> tuple[str, str]:
        """Return the last whole year of a mart as SQL and in words, else all time.

        Args:
            table: A mart with ``period_kind``, ``period_start`` and ``data_through``.
        """
        (year,) = self.connection.execute(
            f"select max(period_start) from marts.{table} where period_kind = 'year' "
            "and period_start + interval 1 year <= data_through + interval 1 day"
        ).fetchone()
        if year is None:
            return "period_kind = 'all'", ", all years"
        return (
            f"period_kind = 'year' and period_start = date '{year}'",
            f", {year.year}",
        )


def words(value: object) -> str:
    """Return a code, a day or a column's name as words.

    >>> words("not_fulfilled"), words("dph;fire"), words(None), words(date(2026, 6, 1))
    ('not fulfilled', 'DPH + Fire', 'not recorded', '2026-06-01')
    """
    if value is None:
        return "not recorded"
    parts = str(value).split(";")
    return " + ".join(NAMES.get(part, part.replace("_", " ")) for part in parts)
