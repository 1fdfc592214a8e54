"""The tables of outcomes after interventions: their columns, types and descriptions.

Belongs here: what each column means and must not be used for. Does not belong here:
how it is computed.
"""

import pyarrow as pa

TEXT, COUNT, NUMBER, DAY = pa.string(), pa.int64(), pa.float64(), pa.date32()

ASSOCIATION = "association, not effect"
CONFOUNDED = "those exposed differed from the others before"
IMMORTAL = "to be exposed one had to go without the outcome until then"

TABLES = {
    "outcome_incidence": (
        "One row per intervention type, exposure by day 7, outcome and day 7, 30, 60, "
        "90 or 180: how many had the outcome by then (Aalen and Johansen: death "
        "competes, what is not over by data_through is censored). A day that fewer "
        "than 11 interventions are old enough for has no row, unless all are. Good for "
        "what followed; a person may stand in several types, so publish no sum. Not "
        "for effects: those who were followed up differ from those who were not."
    ),
    "outcome_incidence_curves": (
        "One row per curve of outcome_incidence and day 0 to 90, for pictures. Not for "
        "counting people."
    ),
    "adjusted_outcomes": (
        "One row per intervention type, exposure, outcome and horizon: outcomes after "
        "another department's follow-up compared with none yet, adjusted for what the "
        "linked record knows at time zero, exposure counted from when it "
        "happened. Good for asking whether follow-up and outcome go together once "
        "history is the same. Not for a claim that one brings the other: association, "
        "not effect, and only as good as what was recorded. Where the truth is known, "
        "in the made-up city, a tenth of the log hazard ratio is lost, since any visit "
        "counts as follow-up (decision 0013)."
    ),
}
"""Table: its grain, its use, and what it must not be used for."""

_WHAT = {
    "intervention_type": (
        TEXT,
        "Type of the intervention at time zero, as in marts.interventions.",
    ),
    "outcome_type": (
        TEXT,
        "permanent_housing_exit, shelter_entry, moud_start, repeat_crisis or death.",
    ),
}
_ABOUT = {
    "competing_events": (TEXT, "What ends the watch without the outcome."),
    "meaning": (TEXT, f"Always '{ASSOCIATION}'."),
    "share_not_linked": (
        NUMBER,
        "Share of this type's contacts or offers linked to no person: they open no "
        "watch.",
    ),
    "data_through": (DAY, "Nothing beyond this day is judged."),
}
_CLASS = {
    **_WHAT,
    "exposure": (
        TEXT,
        "everyone, or what day 7 found: no_follow_up, same_department_only, "
        "one_other_department, several_other_departments. A visit on days 1 to 7 "
        "outside hospital counts, a new crisis or overdose answered does not.",
    ),
    "landmark_day": (
        COUNT,
        "Day of the intervention's watch on which the curve begins: 0 for everyone; 7 "
        "for the others, among those alive and without the outcome by then.",
    ),
    "day": (COUNT, "Days since the landmark."),
}
_CURVE = {
    "incidence": (NUMBER, "Share with the outcome by this day."),
    "incidence_low": (
        NUMBER,
        "Lower 95 % limit; persons are the clusters.",
    ),
    "incidence_high": (NUMBER, "Upper 95 % limit."),
    "n_at_risk": (COUNT, "Interventions still watched on this day."),
}


def _interval(name: str, what: str) -> dict:
    return {
        name: (NUMBER, f"{what}; null without an estimate."),
        f"{name}_low": (NUMBER, "Lower 95 % limit; persons are the clusters."),
        f"{name}_high": (NUMBER, "Upper 95 % limit."),
    }


def _thresholds(name: str) -> dict:
    return {
        f"{name}_strict": (NUMBER, "The same where only joins of .99 and up count."),
        f"{name}_loose": (NUMBER, "The same where joins of .5 and up count."),
    }


COLUMNS = {
    "outcome_incidence": {
        **_CLASS,
        "n": (COUNT, "Interventions at risk at the landmark."),
        "n_persons": (COUNT, "Persons they happened to."),
        "n_outcomes": (COUNT, "Of them with the outcome by this day."),
        "n_competing": (COUNT, "Of them ended by a competing event by this day."),
        "n_censored": (COUNT, "Of them no longer watched by this day: data_through."),
        **_CURVE,
        **_thresholds("incidence"),
        **_ABOUT,
    },
    "outcome_incidence_curves": {
        **_CLASS,
        **_CURVE,
        "data_through": _ABOUT["data_through"],
    },
    "adjusted_outcomes": {
        **_WHAT,
        "exposure": (
            TEXT,
            "any_other_department, one_other_department, several_other_departments or "
            "same_department, on days 1 to 7; warm_hand_off to MOUD, at an overdose a "
            "team's log tells of; or encampment_operation, the negative control: it "
            "should show nothing.",
        ),
        "compared_with": (
            TEXT,
            "no_follow_up_yet, no_warm_hand_off or ordinary_outreach.",
        ),
        "horizon_days": (
            COUNT,
            "Days from time zero to which risks are given: 37 (a week for follow-up, "
            "30 days after it) or 90. The hazard ratio is the same in both rows.",
        ),
        "n": (COUNT, "Eligible interventions at risk at time zero."),
        "n_persons": (COUNT, "Persons they happened to."),
        "n_exposed": (COUNT, "Of them exposed while still watched."),
        "n_outcomes": (COUNT, "Outcomes in 90 days."),
        "n_outcomes_exposed": (COUNT, "Of them after exposure."),
        "n_effective": (
            NUMBER,
            "Interventions as many as the comparison is worth (Kish, inverse chance of "
            "exposure).",
        ),
        **_interval(
            "hazard_ratio",
            "Hazard in the 30 days from exposure on (90 for the control) over hazard "
            "without it, same history",
        ),
        **_thresholds("hazard_ratio"),
        "risk_exposed": (NUMBER, "Risk by the horizon had all been exposed, averaged."),
        "risk_unexposed": (NUMBER, "Risk by the horizon had nobody been exposed."),
        **_interval("risk_difference", "risk_exposed less risk_unexposed"),
        **_thresholds("risk_difference"),
        **_interval("risk_ratio", "risk_exposed over risk_unexposed"),
        "naive_risk_exposed": (
            NUMBER,
            "The figure not to use: risk of those ever exposed by day 7, unadjusted.",
        ),
        "naive_risk_unexposed": (NUMBER, "The same of those never exposed."),
        "naive_risk_difference": (
            NUMBER,
            "Their difference: biased, shown to compare.",
        ),
        "naive_risk_difference_low": (NUMBER, "Lower 95 % limit."),
        "naive_risk_difference_high": (NUMBER, "Upper 95 % limit."),
        "naive_risk_ratio": (NUMBER, "Their ratio: biased, shown to compare."),
        "naive_meaning": (TEXT, "Why the naive figure is wrong, in words."),
        "share_overlap": (
            NUMBER,
            "Share of interventions whose chance of exposure lies between .05 and .95.",
        ),
        "imbalance_before": (
            NUMBER,
            "Largest difference of a covariate between exposed and not, in standard "
            "deviations.",
        ),
        "imbalance_after": (
            NUMBER,
            "The same weighted by the inverse chance of exposure; above .1 the sides "
            "differ in what is adjusted for.",
        ),
        "covariates": (TEXT, "What is adjusted for, in words."),
        "time_zero": (TEXT, "Who is eligible, and when the watch begins."),
        "why_no_estimate": (TEXT, "Why the estimate is null; null where there is one."),
        **_ABOUT,
    },
}
"""Table: column: (type, description)."""


def schema(table: str) -> pa.Schema:
    """Return a table's schema."""
    return pa.schema([(name, kind) for name, (kind, _) in COLUMNS[table].items()])
