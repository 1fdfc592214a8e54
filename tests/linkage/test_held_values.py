"""A model's values as a table: what is given back is the model that was taken apart."""

import numpy as np
import pyarrow as pa
import pytest

from dagster_project.linkage.held_values import held_table, with_held, without_held
from dagster_project.linkage.link import link
from dagster_project.linkage.model_file import model_id, model_text, read_model
from tests.linkage.invented_town import invented_records


@pytest.fixture(scope="module")
def text() -> str:
    return link(invented_records(300, seed=4)[0]).models["parameters"][0].as_py()


def test_a_model_gets_its_values_back(text):
    trained = read_model(text)
    assert any(counts.held for counts in trained.counts.values())
    short = model_text(without_held(trained))
    assert len(short) < len(text)
    again = with_held(read_model(short, model_id(short)), held_table(trained))
    assert model_text(again) == text


def test_a_model_without_values_stays_without(text):
    bare = without_held(read_model(text))
    table = held_table(bare)
    assert table.num_rows == 0
    assert model_text(with_held(bare, table)) == model_text(bare)


def test_values_of_a_model_of_other_sources_are_refused(text):
    trained = read_model(text)
    held = held_table(trained)
    size = len(trained.sources) + 1
    wider = pa.FixedSizeListArray.from_arrays(np.ones(held.num_rows * size), size)
    with pytest.raises(ValueError, match="reshape"):
        with_held(trained, held.set_column(2, "weights", wider))
