"""How a public table is declared: its rows, measures, and what holds between them.

Belongs here: the records a declaration is made of. Does not belong here: the tables
(``public_tables``).
"""

from dataclasses import dataclass

from dagster_project.disclosure.scoring import Variable

ALL = "all"
"""The value of a dimension that a row sums over."""


@dataclass(frozen=True)
class Measure:
    """A column of counts.

    Attributes:
        column: The column of the counts table, and of the public one.
        counted: What it counts; two tables that count the same share their cells.
        people: The column with the people behind it, who decide.
        is_published: False for what is only the difference of published columns.
    """

    column: str
    counted: str
    people: str
    is_published: bool = True


@dataclass(frozen=True)
class Share:
    """A published quotient of two measures, with its interval where it is a rate."""

    column: str
    numerator: str
    denominator: str
    low: str | None = None
    high: str | None = None


@dataclass(frozen=True)
class Sum:
    """Rows whose measures add up to another row's (or, of people, make a union).

    Attributes:
        across: The dimension that is ``all`` in the total.
        by: Dimensions that parts and total share; a total may be over all of them.
        deeper: Dimensions that are ``all`` in parts and total alike.
        columns: The measures it holds for.
        is_union: People may stand in several parts.
    """

    across: str
    columns: tuple[str, ...]
    by: tuple[str, ...] = ()
    deeper: tuple[str, ...] = ()
    is_union: bool = False


@dataclass(frozen=True)
class Within:
    """Rows whose people are among those of another row, whatever else they share.

    Who may still have an outcome is alive, so the people of any outcome are among those
    of death: 1341 and 1340 say that one had the outcome behind.

    Attributes:
        across: The dimension the rows differ in.
        whole: Its value in the row that holds them all.
        columns: The measures it holds for.
    """

    across: str
    whole: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Split:
    """Measures of one row that add up to another of it."""

    total: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Shape:
    """A breakdown a table may be published in.

    Attributes:
        name: In words.
        period_kind: ``year`` or ``two_years``.
        panels: The variables that are crossed; several panels stand side by side and
            are scored one by one (Appendix D, third scenario).
        summed: Dimensions that are published as ``all`` only.
    """

    name: str
    period_kind: str
    panels: tuple[tuple[Variable, ...], ...]
    summed: tuple[str, ...] = ()


@dataclass(frozen=True)
class PublicTable:
    """One public table.

    Attributes:
        name: Of the mart.
        about: Its description, grain first.
        grain: Its dimensions beside the period.
        measures: Its counts.
        shapes: From fine to coarse.
        shares: Its quotients.
        sums: Rows that add up.
        withins: Rows whose people are among another's.
        splits: Measures that add up.
        at_most: Pairs of measures of a row, the first never above the second.
        hides_rows: Whether a row is hidden whole.
        detail: Dimension whose single values are never shown, only its ``all``.
    """

    name: str
    about: str
    grain: tuple[str, ...]
    measures: tuple[Measure, ...]
    shapes: tuple[Shape, ...]
    shares: tuple[Share, ...] = ()
    sums: tuple[Sum, ...] = ()
    withins: tuple[Within, ...] = ()
    splits: tuple[Split, ...] = ()
    at_most: tuple[tuple[str, str], ...] = ()
    hides_rows: bool = False
    detail: str | None = None

    @property
    def counts(self) -> str:
        """Return the model with its counts before suppression."""
        return self.name.replace("public_", "public_counts_", 1)

    @property
    def shown_measures(self) -> tuple[Measure, ...]:
        """Return the measures that are columns of the public table."""
        return tuple(m for m in self.measures if m.is_published)
