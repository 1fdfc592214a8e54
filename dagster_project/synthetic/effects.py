"""The true effects, as numbers a good estimate must find.

Belongs here: averages over twins, and the stated parameters. Does not belong here: an
estimate from observed data.
"""

import numpy as np

from dagster_project.synthetic.chronicle import Chronicle
from dagster_project.synthetic.city import Effects, IndexEvents
from dagster_project.synthetic.parameters import Parameters

STATED = {
    "follow_up_other_department": ("hr_follow_up", "hazard_ratio"),
    "follow_up_same_department": ("hr_same_department", "hazard_ratio"),
    "warm_hand_off_moud": ("moud_hand_off", "risk_difference_stated"),
    "moud_death": ("moud_death", "hazard_ratio"),
    "encampment_operation_housing": ("encampment_housing", "hazard_ratio"),
    "case_management_crises": ("case_management_crises", "rate_ratio"),
    "priority_list_housing": ("priority_housing", "hazard_ratio"),
    "encampment_operation_contact": ("encampment_contact", "rate_ratio"),
}
"""Effect: (its parameter, what kind of number it is)."""


def effects(
    parameters: Parameters, index: IndexEvents, chronicle: Chronicle
) -> Effects:
    """Return every stated effect, then the averages the twins show."""
    rows = [
        (name, measure, float(getattr(parameters.effects, key)), 0)
        for name, (key, measure) in STATED.items()
    ]
    exposed = index.exposed_day >= 0
    count, met = len(exposed), int(exposed.sum())
    for days in (37, 90):
        treated = getattr(index, f"treated_{days}").astype(float)
        untreated = getattr(index, f"untreated_{days}").astype(float)
        gain = treated - untreated
        name = "follow_up_other_department"
        rows += [
            (name, f"risk_if_treated_{days}", _mean(treated), count),
            (name, f"risk_if_untreated_{days}", _mean(untreated), count),
            (name, f"average_effect_{days}", _mean(gain), count),
            (name, f"effect_in_treated_{days}", _mean(gain[exposed]), met),
        ]
    overdoses = chronicle.overdoses
    with_it = overdoses.column("starts_with").astype(float)
    without = overdoses.column("starts_without").astype(float)
    handed = overdoses.column("hand_off")
    gain = with_it - without
    rows += [
        ("warm_hand_off_moud", "average_effect_30", _mean(gain), len(gain)),
        (
            "warm_hand_off_moud",
            "effect_in_treated_30",
            _mean(gain[handed]),
            int(handed.sum()),
        ),
    ]
    names, measures, values, counts = zip(*rows, strict=True)
    return Effects(
        effect=names,
        measure=measures,
        value=np.array(values),
        n=np.array(counts, dtype=np.int32),
    )


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")
