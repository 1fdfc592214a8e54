"""The publication score of the CalHHS Data De-Identification Guidelines.

Belongs here: adding the points of Appendix D up, and the numerator-denominator
condition. Does not belong here: what to do with a table that fails (``choose``).

Step 2: every numerator at least 11 and every denominator at least 20,001 passes.
Step 3: otherwise points are added, and 12 or fewer pass, for 4.4.1 asks for masking
from 13 on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PASS_MARK = 12
"""The highest score that passes: "suppress cells <11 when total score ≥13" (4.4.1)."""

DENOMINATOR_MINIMUM = 20_001
"""The smallest denominator of the numerator-denominator condition (16.1)."""

CITY_POPULATION = 873_965
"""San Francisco in the census of 2020; the services are the city's, so it is the
service geography of every table (Table 25)."""

INTERACTIONS = ("events, time, population only", "plus 1 variable", "plus 2 variables")
"""How the seed names the number of variables that are crossed (Table 27)."""


@dataclass(frozen=True)
class Points:
    """One row of the seed ``calhhs_publication_score``.

    Attributes:
        variable: What is scored.
        basis: What the range is of, or which case applies.
        low: Lowest value of the range; None without.
        high: Highest value of the range; None without.
        score: Points.
    """

    variable: str
    basis: str
    low: int | None
    high: int | None
    score: int


@dataclass(frozen=True)
class Variable:
    """A characteristic that a table breaks people down by.

    Attributes:
        column: The column of the table.
        scored_as: The seed's variable.
        basis: The seed's basis where it is not a range.
        value: The value in the seed's range; of ``other_variable`` it is counted.
    """

    column: str
    scored_as: str = "other_variable"
    basis: str | None = None
    value: int | None = None


@dataclass(frozen=True)
class Score:
    """The points of one table, part by part."""

    events: int
    service_geography: int
    time: int
    programme_enrollment: int
    variables: int
    interaction: int

    @property
    def total(self) -> int:
        """Return the sum."""
        return sum(vars(self).values())

    @property
    def passes(self) -> bool:
        """Return whether the sum is low enough."""
        return self.total <= PASS_MARK


def points(
    seed: Sequence[Points], variable: str, *, basis: str = "", value: int | None = None
) -> int:
    """Return the points of one case.

    Args:
        seed: The rows of the seed.
        variable: The seed's variable.
        basis: The case, where the seed tells cases apart by name.
        value: The value, where it tells them apart by range.

    Raises:
        ValueError: The seed knows no such case.
    """
    for row in seed:
        is_case = not basis or row.basis == basis
        is_in_range = value is None or (
            (row.low is None or row.low <= value)
            and (row.high is None or value <= row.high)
        )
        if row.variable == variable and is_case and is_in_range:
            return row.score
    raise ValueError(
        f"seed calhhs_publication_score has no row for {variable} "
        f"{basis or value}; add it, or score the table by other_variable"
    )


def score(
    seed: Sequence[Points],
    *,
    smallest: int,
    n_years: int,
    enrolled: int,
    variables: Sequence[Variable],
    groups: Mapping[str, int],
) -> Score:
    """Return the score of a table.

    Read cautiously: being in any of these tables means having used a programme for
    people without a home, so each is scored as programme enrolment too, by its size.

    Args:
        seed: The rows of the seed.
        smallest: People behind the smallest cell that is not zero.
        n_years: Calendar years put together.
        enrolled: People the whole table is about.
        variables: What people are broken down by, crossed with one another.
        groups: Categories by column, for variables scored by their number.
    """
    alone = smallest >= 5 and not variables
    interaction = INTERACTIONS[len(variables)] + ("; smallest cell >= 5" * alone)
    time = "1 year" if n_years == 1 else "2-4 years together"
    return Score(
        events=points(seed, "events", value=smallest),
        service_geography=points(seed, "service_geography", value=CITY_POPULATION),
        time=points(seed, "time", basis=time),
        programme_enrollment=points(seed, "programme_enrollment", value=enrolled),
        variables=sum(
            points(
                seed,
                variable.scored_as,
                basis=variable.basis or "",
                value=groups[variable.column]
                if variable.scored_as == "other_variable"
                else variable.value,
            )
            for variable in variables
        ),
        interaction=points(seed, "interaction", basis=interaction),
    )


def meets_condition(smallest: int, denominator: int, minimum: int) -> bool:
    """Return whether the numerator-denominator condition (step 2) is met."""
    return smallest >= minimum and denominator >= DENOMINATOR_MINIMUM
