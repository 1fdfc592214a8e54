"""The public tables: their rows, their measures, and how coarse they may become.

Belongs here: one declaration per table. Does not belong here: a count's definition;
that is ``dbt_project/models/linked/public_counts_*.sql``, one model per table.

A table's shapes go from fine to coarse. The first that passes the publication score is
published; if none does, nothing of the table is.
"""

from dagster_project.disclosure.declaration import (
    Measure,
    PublicTable,
    Shape,
    Share,
    Split,
    Sum,
    Within,
)
from dagster_project.disclosure.scoring import Variable


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
        withins=(Within("outcome_type", "death", ("denominator",)),),
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
