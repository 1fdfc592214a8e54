"""One comparison as a row of ``adjusted_outcomes``.

Belongs here: which figure stands in which column, and the words beside it. Does not
belong here: making a comparison, other tables (``tables``).
"""

from collections.abc import Mapping
from typing import Any

from dagster_project.effects import columns, questions
from dagster_project.effects.outcomes import OUTCOMES

STRICT, LOOSE = "strict", "loose"
TIME_ZERO = (
    "first intervention of the type, and each 38 days or more after the last; on the "
    "street that day, 180 days of record before it, no outcome yet, no clinic or "
    "hospital met the same illness in the 38 days before; exposure counts from when it "
    "happened, and its own day is compared with nothing"
)


def competing_words(outcome: str) -> str:
    """Return what ends the watch of an outcome without it."""
    return "; ".join(OUTCOMES[outcome].competing) or "none"


def adjusted_row(
    answer: questions.Answer, others: Mapping[str, questions.Answer | None]
) -> dict[str, Any]:
    """Return one row of ``adjusted_outcomes``."""
    result = answer.result
    row = {
        "intervention_type": answer.intervention,
        "exposure": result.exposure,
        "compared_with": answer.compared_with,
        "outcome_type": answer.outcome,
        "horizon_days": result.horizon,
        "n": result.n,
        "n_persons": result.persons,
        "n_exposed": result.exposed,
        "n_outcomes": result.outcomes,
        "n_outcomes_exposed": result.outcomes_exposed,
        "risk_exposed": result.risk_exposed,
        "risk_unexposed": result.risk_unexposed,
        "covariates": result.covariates,
        "time_zero": TIME_ZERO,
        "why_no_estimate": result.why_none,
        "competing_events": competing_words(answer.outcome),
    }
    for name, interval in (
        ("hazard_ratio", result.hazard_ratio),
        ("risk_difference", result.difference),
        ("risk_ratio", result.ratio),
    ):
        row[name] = interval and interval.value
        row[f"{name}_low"] = interval and interval.low
        row[f"{name}_high"] = interval and interval.high
    for threshold, other in others.items():
        ratio = other and other.result.hazard_ratio
        difference = other and other.result.difference
        row[f"hazard_ratio_{threshold}"] = ratio and ratio.value
        row[f"risk_difference_{threshold}"] = difference and difference.value
    crude, shared = result.naive, result.overlap
    return row | {
        "naive_risk_exposed": crude and crude.exposed,
        "naive_risk_unexposed": crude and crude.unexposed,
        "naive_risk_difference": crude and crude.difference,
        "naive_risk_difference_low": crude and crude.low,
        "naive_risk_difference_high": crude and crude.high,
        "naive_risk_ratio": crude and crude.ratio,
        "naive_meaning": _why_naive_is_wrong(answer.compared_with),
        "n_effective": shared and shared.n_effective,
        "share_overlap": shared and shared.share,
        "imbalance_before": shared and shared.before,
        "imbalance_after": shared and shared.after,
    }


def _why_naive_is_wrong(compared_with: str) -> str:
    if compared_with == questions.NOT_YET:
        return f"wrong: {columns.IMMORTAL}, and {columns.CONFOUNDED}"
    return f"wrong: {columns.CONFOUNDED}"
