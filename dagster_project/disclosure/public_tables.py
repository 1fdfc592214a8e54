"""The public tables: their rows, their measures, and how coarse they may become.

Belongs here: one declaration per table. Does not belong here: a count's definition;
that is ``dbt_project/models/linked/public_counts_*.sql``, one model per table.

A table's shapes go from fine to coarse. The first that passes the publication score is
published; if none does, nothing of the table is.
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


def _shapes(words: str, *panels: tuple[Variable, ...]) -> tuple[Shape, ...]:
    return (
        Shape(f"year by {words}", "year", panels),
        Shape(f"two years by {words}", "two_years", panels),
    )


PEOPLE_MET = Measure("n_people", "people_met", "n_people")

DEPARTMENT = Variable("department")

PUBLIC_TABLES = (
    PublicTable(
        name="public_people_by_department",
        about="One row per period and department, and one for all: people met.",
        grain=("department",),
        measures=(PEOPLE_MET,),
        shapes=_shapes("department", (DEPARTMENT,)),
        sums=(Sum("department", ("n_people",), is_union=True),),
    ),
    PublicTable(
        name="public_department_overlap",
        about="One row per period and number of departments that met the same people.",
        grain=("n_departments", "departments"),
        measures=(PEOPLE_MET,),
        shapes=_shapes("number of departments", (Variable("n_departments"),)),
        shares=(Share("share_of_people", "n_people", "n_people_of_period"),),
        sums=(
            Sum("n_departments", ("n_people",), deeper=("departments",)),
            Sum("departments", ("n_people",), by=("n_departments",)),
        ),
        detail="departments",
    ),
    PublicTable(
        name="public_contacts_by_team",
        about="One row per period and street team, with sums: contacts and people.",
        grain=("department", "team_code"),
        measures=(
            Measure("n_contacts", "street_contacts", "n_people"),
            Measure("n_people", "street_people", "n_people"),
        ),
        shapes=(
            *_shapes("team", (Variable("team_code"),)),
            Shape("year by department", "year", ((DEPARTMENT,),), ("team_code",)),
            Shape(
                "two years by department",
                "two_years",
                ((DEPARTMENT,),),
                ("team_code",),
            ),
        ),
        sums=(
            Sum("team_code", ("n_contacts",), by=("department",)),
            Sum("department", ("n_contacts",), deeper=("team_code",)),
            Sum("team_code", ("n_people",), by=("department",), is_union=True),
            Sum("department", ("n_people",), deeper=("team_code",), is_union=True),
        ),
        at_most=(("n_people", "n_contacts"),),
        hides_rows=True,
    ),
    PublicTable(
        name="public_offers_by_shelter_type",
        about="One row per period and type of shelter, and one for all: what was "
        "offered, accepted and declined.",
        grain=("shelter_type",),
        measures=(
            Measure("n_offered", "shelter_offered", "n_people_offered"),
            Measure("n_accepted", "shelter_accepted", "n_people_accepted"),
            Measure("n_declined", "shelter_declined", "n_people_declined"),
            Measure("n_other", "shelter_other", "n_people_other", is_published=False),
            Measure(
                "n_not_accepted",
                "shelter_not_accepted",
                "n_people_not_accepted",
                is_published=False,
            ),
            Measure(
                "n_not_declined",
                "shelter_not_declined",
                "n_people_not_declined",
                is_published=False,
            ),
        ),
        shapes=_shapes("type of shelter", (Variable("shelter_type"),)),
        shares=(
            Share("share_accepted", "n_accepted", "n_offered"),
            Share("share_declined", "n_declined", "n_offered"),
        ),
        sums=(
            Sum("shelter_type", ("n_offered", "n_accepted", "n_declined", "n_other")),
        ),
        splits=(
            Split("n_offered", ("n_accepted", "n_declined", "n_other")),
            Split("n_offered", ("n_accepted", "n_not_accepted")),
            Split("n_offered", ("n_declined", "n_not_declined")),
        ),
    ),
    PublicTable(
        name="public_outcomes_by_intervention",
        about="One row per period, type of intervention and type of outcome: people, "
        "and how many had the outcome within 90 days of the landmark.",
        grain=("intervention_type", "outcome_type"),
        measures=(
            Measure("denominator", "outcome_people", "denominator"),
            Measure("numerator", "outcome_yes", "numerator"),
            Measure("n_without", "outcome_no", "n_without", is_published=False),
        ),
        shapes=_shapes("type of intervention", (Variable("intervention_type"),)),
        shares=(Share("rate", "numerator", "denominator", "rate_low", "rate_high"),),
        splits=(Split("denominator", ("numerator", "n_without")),),
    ),
    PublicTable(
        name="public_demographics",
        about="One row per period, characteristic and category, and one for all: "
        "people met.",
        grain=("characteristic", "category"),
        measures=(PEOPLE_MET,),
        shapes=_shapes(
            "age, gender, race and ethnicity, each alone",
            (Variable("age_band", "age_range_years", value=7),),
            (Variable("gender", "gender_identity", "three groups"),),
            (Variable("race_ethnicity", "race_ethnicity", "eight groups"),),
        ),
        shares=(Share("share_of_people", "n_people", "n_people_of_period"),),
        sums=(Sum("category", ("n_people",), by=("characteristic",)),),
    ),
)
"""What the yearly reports of WIC 18999.8 and Admin. Code 20.11-2 and the three
questions need, and no more: a table that is not published cannot leak."""
