"""The pairs that the page takes apart, and the model read back for them."""

import json

import numpy as np
import pyarrow as pa
import pytest

from dagster_project.linkage.coded import code_column
from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.evidence import evidence
from dagster_project.linkage.fields import (
    FIELD_COUNT,
    FIELD_NAMES,
    LEVEL_SLOTS,
    TERM_COLUMNS,
)
from dagster_project.linkage.model import Model
from dagster_project.linkage.report.examples import (
    chosen_pairs,
    examples,
    model_of,
)
from dagster_project.linkage.report.people import recorded
from dagster_project.linkage.strata import strata
from dagster_project.linkage.tables import model_table
from tests.linkage.report.made_runs import MADE_AT, town

CONFIG = LinkConfig()


def test_a_model_is_read_back_as_it_was_written() -> None:
    draw = np.random.default_rng(1)
    model = Model(
        m=draw.random((FIELD_COUNT, LEVEL_SLOTS)),
        household=draw.random((FIELD_COUNT, LEVEL_SLOTS)),
        u=draw.random((3, FIELD_COUNT, LEVEL_SLOTS)),
        prior=draw.random((3, 3)) * 1e-7,
        agreement=draw.random((3, len(TERM_COLUMNS))),
        twins=0.0123,
        name_dependence=3.25,
        steps=41,
    )
    source = code_column(pa.chunked_array([["hmis", "epcr"]]), 2)
    text = model_table(model, strata(source.codes, source.values), 2, 1)["parameters"]
    text = text[0].as_py()
    assert [name for name, _ in json.loads(text)["fields"]] == list(FIELD_NAMES)
    back = model_of(text)
    assert (back.twins, back.name_dependence, back.steps) == (0.0123, 3.25, 41)
    for name in ("m", "household", "u", "agreement"):
        assert getattr(back, name) == pytest.approx(getattr(model, name), abs=1e-9)
    assert back.prior == pytest.approx(model.prior, rel=1e-6)


def test_each_example_bears_the_weight_that_the_run_gave_the_pair() -> None:
    records, result, _ = town()
    found = evidence(result, CONFIG)
    standard = recorded(records, found.ids, CONFIG, MADE_AT).standard
    shown = examples(result, found, standard, CONFIG)
    assert [e.title.split(",")[0] for e in shown] == 2 * ["Linked"] + 2 * ["Apart"]
    weights = {
        (pair["client_record_id_l"], pair["client_record_id_r"]): pair["match_weight"]
        for pair in result.candidate_pairs.to_pylist()
    }
    for example, (_, places) in zip(
        shown, chosen_pairs(result, found, CONFIG), strict=True
    ):
        pair = tuple(sorted(found.ids[place].as_py() for place in places))
        # The run counted values in the persons of its first pass, the page in those
        # that it published.
        said = example.explained.match_weight
        assert said == pytest.approx(weights[pair], abs=0.25), example.title
