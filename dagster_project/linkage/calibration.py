"""What a model states about its pairs, and what stewards said about them.

Belongs here: the figures kept with a model. Does not belong here: estimates for the
report page.
"""

import json
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pyarrow as pa

from dagster_project.linkage.decisions import MUST_LINK, WITHDRAWN, Decision

BINS = (0.5, 0.8, 0.95, 0.99, 1.0)
"""The floor of review, the threshold, the strict threshold, and one cut in between."""


def calibration(edges: pa.Table, decisions: Sequence[Decision]) -> str:
    """Return JSON with one entry per bin of match probability.

    Each has the pairs in it, their mean probability, which is the share of true pairs
    the model states, and how many of them stewards joined and parted. Stewards are
    asked about doubtful pairs, so their share is not that of all pairs.
    """
    stated = edges["match_probability"].to_numpy()
    place = np.clip(np.searchsorted(BINS, stated, side="right") - 1, 0, len(BINS) - 2)
    answers = {
        frozenset(d.records): d.kind == MUST_LINK
        for d in decisions
        if d.status != WITHDRAWN
    }
    joined = np.zeros(len(BINS) - 1, np.int64)
    parted = np.zeros(len(BINS) - 1, np.int64)
    if answers:
        left = edges["client_record_id_l"].to_pylist()
        right = edges["client_record_id_r"].to_pylist()
        for row, pair in enumerate(zip(left, right, strict=True)):
            answer = answers.get(frozenset(pair))
            if answer is not None:
                (joined if answer else parted)[place[row]] += 1
    return json.dumps(
        [
            {
                "from": low,
                "to": high,
                "n_pairs": int((place == number).sum()),
                "mean_probability": round(float(stated[place == number].mean()), 6)
                if (place == number).any()
                else None,
                "n_joined_by_stewards": int(joined[number]),
                "n_parted_by_stewards": int(parted[number]),
            }
            for number, (low, high) in enumerate(pairwise(BINS))
        ]
    )
