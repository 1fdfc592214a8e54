"""Columns of text as whole numbers."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.linkage.coded import code_column

TEXTS = st.lists(
    st.sampled_from([None, "", "Nguyễn", "O'Brien", "李", " "]), max_size=20
)


@given(TEXTS, TEXTS)
def test_a_code_leads_to_its_text_and_the_missing_one_is_zero(one, two) -> None:
    for column in (
        pa.chunked_array([pa.array(part, pa.string()) for part in (one, two)]),
        pa.array([*one, *two], pa.large_string()),
    ):
        coded = code_column(column, len(column))
        texts = [text or "" for text in column.to_pylist()]
        assert [coded.values[code] for code in coded.codes] == texts
        assert coded.values == ["", *dict.fromkeys(filter(None, texts))]


def test_a_column_that_is_not_there_is_missing_throughout() -> None:
    coded = code_column(None, 3)
    assert coded.values == [""]
    assert coded.codes.tolist() == [0, 0, 0]
