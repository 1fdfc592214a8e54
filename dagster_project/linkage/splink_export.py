"""Write a model as settings of Splink, so that a sceptic can check any weight.

Belongs here: the model in Splink's words. Does not belong here: Splink itself, which
the product never imports; reading and writing files.

Each field is a comparison, each level a text in a column of the field's name, as in an
edge's ``agreement_pattern``: a pair whose pattern reads ``first=equal dob=one_slip`` is
scored by giving Splink two rows that both hold ``first='equal', dob='one_slip'`` and
null for the rest. Splink's match weight is then ours of that pattern.

What Splink has no words for, and what an edge's weight holds beside: how common the
agreeing values are (ours per source, clipped, and halved on nearly equal names), the
household class, and one table of u and one prior per pair of sources: settings hold one
pair of sources. How a level is decided is not in the settings either: SQL cannot say
it.
"""

import json
from typing import Any

import numpy as np

from dagster_project.linkage.fields import FIELDS
from dagster_project.linkage.model import Model
from dagster_project.linkage.weights import MATCH


def splink_settings(model: Model, stratum: int = 0) -> dict[str, Any]:
    """Return the settings of one pair of sources.

    Args:
        model: a fitted model.
        stratum: number of the pair of sources.

    Raises:
        IndexError: the model has no such pair of sources.
    """
    if not 0 <= stratum < len(model.prior):
        raise IndexError(f"the model has {len(model.prior)} pairs of sources")
    odds = float(model.prior[stratum, MATCH])
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "record_id",
        "probability_two_random_records_match": odds / (1.0 + odds),
        "comparisons": [
            _comparison(model, stratum, place) for place in range(len(FIELDS))
        ],
        "blocking_rules_to_generate_predictions": [],
        "retain_intermediate_calculation_columns": True,
    }


def settings_text(model: Model, stratum: int = 0) -> str:
    """Return the settings as JSON, the same bytes for the same model."""
    return json.dumps(splink_settings(model, stratum), indent=2) + "\n"


def _comparison(model: Model, stratum: int, place: int) -> dict[str, Any]:
    name = FIELDS[place].name
    factor = np.exp(model.weights().match[stratum, place])
    levels = [
        {
            "sql_condition": f'"{name}_l" is null or "{name}_r" is null',
            "label_for_charts": "missing",
            "is_null_level": True,
        }
    ]
    for number, level in enumerate(FIELDS[place].levels, start=1):
        u = float(model.u[stratum, place, number])
        both = f"\"{name}_l\" = '{level}' and \"{name}_r\" = '{level}'"
        levels.append(
            {
                "sql_condition": both,
                "label_for_charts": level,
                "m_probability": u * float(factor[number]),
                "u_probability": u,
            }
        )
    return {"output_column_name": name, "comparison_levels": levels}
