"""The pairs that the page takes apart, and the model read back for them."""

import pytest

from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.evidence import evidence
from dagster_project.linkage.link import link
from dagster_project.linkage.model_file import read_model
from dagster_project.linkage.report.examples import (
    chosen_pairs,
    examples,
)
from tests.linkage.report.made_runs import town

CONFIG = LinkConfig()


@pytest.mark.parametrize(
    ("kept", "off"),
    [
        (True, 1e-3),
        # Values are counted in the persons that are published, not in those that the
        # run expected: a few tenths of a bit where few bear a name.
        (False, 0.75),
    ],
)
def test_each_example_bears_the_weight_that_the_run_gave_the_pair(kept, off) -> None:
    records, result, _ = town()
    pairs = result.candidate_pairs
    if kept:
        result = link(records, keep_background=True)
    found = evidence(result, CONFIG)
    model = read_model(result.models["parameters"][0].as_py()).model
    shown = examples(result, model, found, records, CONFIG)
    assert [e.title.split(",")[0] for e in shown] == 2 * ["Linked"] + 2 * ["Apart"]
    weights = {
        (pair["client_record_id_l"], pair["client_record_id_r"]): pair["match_weight"]
        for pair in pairs.to_pylist()
    }
    for example, (_, places) in zip(
        shown, chosen_pairs(result, found, CONFIG), strict=True
    ):
        pair = tuple(sorted(found.ids[place].as_py() for place in places))
        said = example.explained.match_weight
        assert said == pytest.approx(weights[pair], abs=off), example.title
