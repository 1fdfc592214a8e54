"""The columns of the public tables: type and meaning.

Belongs here: what a reader is told of a column. Does not belong here: how it comes
about (``public_rows``), which table has it (``public_tables``).
"""

import pyarrow as pa

from dagster_project.disclosure.declaration import PublicTable

SUPPRESSED_NULL = " Null when suppressed."

_COUNTS = {
    "n_people": "People, each once.",
    "n_contacts": "Contacts of street teams at which the client was met.",
    "n_offered": "Offers of shelter, whatever became of them.",
    "n_accepted": "Of n_offered, offers the client accepted.",
    "n_declined": "Of n_offered, offers the client declined.",
    "denominator": (
        "People at risk at the landmark of their first intervention of the type in the "
        "period whose 90 days lie within the data."
    ),
    "numerator": "Of denominator, people with the outcome within the 90 days.",
}

_SHARES = {
    "share_of_people": "Of the people met in the period, the share of this row.",
    "share_accepted": "n_accepted / n_offered.",
    "share_declined": "n_declined / n_offered.",
    "rate": "numerator / denominator; association with the intervention, not effect.",
    "rate_low": "Lower end of Wilson's interval at 95 %.",
    "rate_high": "Upper end of Wilson's interval at 95 %.",
}

_DIMENSIONS = {
    "period_kind": "year or two_years.",
    "period": "Whole local calendar year or years, as 2025 or 2024-2025.",
    "department": "Department that met the people; all for all of them.",
    "n_departments": "Number of departments that met the person; all for any.",
    "team_code": "Street team; all for the department's street teams together.",
    "shelter_type": "Type of shelter; not_recorded, or all for all of them.",
    "intervention_type": "Type of intervention, as in interventions.",
    "outcome_type": "Type of outcome, as in interventions_to_outcomes.",
    "characteristic": "age_band, gender or race_ethnicity; all for the total.",
    "category": (
        "Category of the characteristic, age as of the last day of the data; "
        "not_recorded if unknown, all for the total."
    ),
}

_STATE = {
    "is_suppressed": ("bool", "Whether any figure of the row is hidden."),
    "suppression": (
        "string",
        "shown, or suppressed: fewer people than the agreement lets be shown (11, or "
        "more), or needed to protect such a cell; which of the two is not told.",
    ),
    "release_status": (
        "string",
        "proposed, or released: then the row never changes again.",
    ),
    "released_on": ("date", "Day of the release; null while proposed."),
    "data_through": ("date", "Last local day that the data covered whole."),
}

SCORES = {
    "public_table": ("string", "Public table."),
    "shape": ("string", "Breakdown that was tried."),
    "shape_order": ("int", "1 is the finest breakdown of the table."),
    "verdict": (
        "string",
        "passes: published as counted; masked: published coarser, or with cells "
        "hidden; finer_chosen: not needed; fails: scored too high, not published; "
        "no_data: no whole period with a cell that may be shown.",
    ),
    "is_published": ("bool", "Whether the table is published in this breakdown."),
    "score": ("int", "Publication score with small cells hidden."),
    "score_events": ("int", "Its part for the smallest cell that may be shown."),
    "score_service_geography": ("int", "Its part for the city's population."),
    "score_time": ("int", "Its part for the length of the period."),
    "score_programme_enrollment": ("int", "Its part for the number of people."),
    "score_variables": ("int", "Its part for what people are broken down by."),
    "score_interaction": ("int", "Its part for crossing these with one another."),
    "score_unmasked": ("int", "Publication score if every cell were shown."),
    "pass_mark": ("int", "Highest score that passes."),
    "meets_numerator_denominator": (
        "bool",
        "Whether every count is 11 (or what the agreement asks) or more out of 20,001 "
        "or more; then no score is needed.",
    ),
    "n_rows": ("int", "Rows published in this breakdown."),
    "n_rows_suppressed": ("int", "Of these, rows with a hidden figure."),
}
"""Columns of ``public_table_scores``: type and meaning."""

TYPES = {
    "string": pa.string(),
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "date": pa.string(),
}
"""Arrow types; a date travels as ISO text and becomes one in the warehouse."""


def columns_of(table: PublicTable) -> dict[str, tuple[str, str]]:
    """Return the columns of a public table in order, each with type and meaning."""
    grain = [name for name in table.grain if name != table.detail]
    shares = [
        name
        for share in table.shares
        for name in (share.column, share.low, share.high)
        if name
    ]
    return {
        **{
            name: ("string", _DIMENSIONS[name])
            for name in ("period_kind", "period", *grain)
        },
        **{
            measure.column: ("int", _COUNTS[measure.column] + SUPPRESSED_NULL)
            for measure in table.shown_measures
        },
        **{name: ("float", _SHARES[name] + SUPPRESSED_NULL) for name in shares},
        **_STATE,
    }
