import jellyfish
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.linkage.names import fold
from dagster_project.linkage.similarity import (
    best_possible,
    jaro_winkler,
    text_similarity,
)
from dagster_project.linkage.text_tables import text_table
from dagster_project.linkage.word_lists import words

NAMES = words(
    """
    José Nguyễn Đức Thị Łukasz O’Brien Müller Strauß Ørjan Þóra محمد فاطمة 陈伟 李秀英
    김철수
    佐藤 Иванова Дмитрий Αλέξανδρος שרה สมชาย कुमार Ajpub’ Kiʻilani Nuñez Chukwuemeka
    Oluwaseun Tuiasosopo Abdulrahman Wolfeschlegelsteinhausenbergerdorff
    """
)
ALPHABETS = words("abcd maria aàáâ نورالعليم иванов 陈李王张 김이박")
names = st.one_of(
    st.sampled_from(NAMES),
    st.sampled_from(ALPHABETS).flatmap(
        lambda letters: st.text(alphabet=letters, max_size=12)
    ),
    st.text(max_size=15),
    st.text(alphabet="abcde", min_size=60, max_size=140),
)


def kernel(left: str, right: str) -> float:
    table = text_table(["", left, right])
    a, b = table.rows[1], table.rows[2]
    return jaro_winkler(table.points, a["start"], a["length"], b["start"], b["length"])


@settings(max_examples=600, deadline=None)
@given(names, names)
def test_the_kernel_means_what_jellyfish_means(left, right):
    left, right = fold(left), fold(right)
    meant = jellyfish.jaro_winkler_similarity(left, right)
    assert kernel(left, right) == pytest.approx(meant, abs=1e-12)


@settings(max_examples=400, deadline=None)
@given(names, names)
def test_the_bound_is_never_below_the_similarity(left, right):
    table = text_table(["", fold(left), fold(right)])
    a, b = table.rows[1], table.rows[2]
    bound = best_possible(
        table.points,
        a["start"],
        a["length"],
        b["start"],
        b["length"],
        a["bag"],
        b["bag"],
    )
    exact = kernel(fold(left), fold(right))
    assert bound >= exact - 1e-12
    for floor in (0.78, 0.86, 0.92):
        near = text_similarity(table, np.int64(1), np.int64(2), floor)
        assert (near >= floor) == (exact >= floor)
