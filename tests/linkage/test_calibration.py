import json
from datetime import UTC, datetime

import pyarrow as pa

from dagster_project.linkage.calibration import calibration
from dagster_project.linkage.decisions import Decision
from dagster_project.linkage.tables import EDGES


def test_each_bin_has_what_is_stated_and_what_stewards_said():
    pairs = [("a", "b", 0.5), ("a", "c", 0.7), ("c", "d", 0.95), ("e", "f", 1.0)]
    edges = pa.Table.from_pylist(
        [
            {
                "client_record_id_l": left,
                "client_record_id_r": right,
                "match_probability": p,
            }
            for left, right, p in pairs
        ],
        schema=EDGES,
    )
    at = datetime(2026, 1, 1, tzinfo=UTC)
    told = [
        Decision("d1", "must_link", "c", "a", "seen", "Abebe", at),
        Decision("d2", "cannot_link", "c", "d", "seen", "Abebe", at),
        Decision(
            "d3", "cannot_link", "e", "f", "seen", "Abebe", at, status="withdrawn"
        ),
        Decision("d4", "cannot_link", "e", "z", "seen", "Abebe", at),
    ]
    bins = json.loads(calibration(edges, told))
    assert [
        (
            b["from"],
            b["n_pairs"],
            b["mean_probability"],
            b["n_joined_by_stewards"],
            b["n_parted_by_stewards"],
        )
        for b in bins
    ] == [
        (0.5, 2, 0.6, 1, 0),
        (0.8, 0, None, 0, 0),
        (0.95, 1, 0.95, 0, 1),
        (0.99, 1, 1.0, 0, 0),
    ]
