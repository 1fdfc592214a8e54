import unicodedata

import jellyfish
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.linkage.names import fold
from dagster_project.linkage.similarity import (
    best_possible,
    jaro_winkler,
    one_edit,
    text_similarity,
)
from dagster_project.linkage.text_tables import text_table
from dagster_project.linkage.word_lists import words

NAMES = words(
    """
    José Nguyễn Đức Thị Łukasz O’Brien Müller Strauß Ørjan Þóra محمد فاطمة 陈伟 李秀英
    김철수
    佐藤 Иванова Дмитрий Αλέξανδρος שרה สมชาย कुमार रीना はるか Ajpub’
    Kiʻilani Nuñez Chukwuemeka Oluwaseun Tuiasosopo
    Abdulrahman Wolfeschlegelsteinhausenbergerdorff
    """
)
ALPHABETS = words(
    "abcd maria aàáâ نورالعليم иванов 陈李王张 김이박 रनाीिक् ขันติ์ ばはか゛"
)
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


def spelled(*names: str) -> list[str]:
    """Return names with a letter in the place of every mark.

    jellyfish counts a mark as a part of its letter, the kernel as a letter.
    """
    signs = sorted(set("".join(names)))
    marks = [sign for sign in signs if unicodedata.category(sign)[0] == "M"]
    letters = {ord(mark): chr(0x2A000 + place) for place, mark in enumerate(marks)}
    return [name.translate(letters) for name in names]


@settings(max_examples=600, deadline=None)
@given(names, names)
def test_the_kernel_means_what_jellyfish_means(left, right):
    left, right = fold(left), fold(right)
    meant = jellyfish.jaro_winkler_similarity(*spelled(left, right))
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


@st.composite
def near_names(draw):
    """Return a name, and the same after up to two slips."""
    name = list(fold(draw(names)))
    slipped = list(name)
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, max(len(slipped) - 1, 0)))
        kind = draw(st.sampled_from(("drop", "add", "change", "swap")))
        if kind == "add" or not slipped:
            slipped.insert(place, draw(st.sampled_from("aeñ陈م")))
        elif kind == "drop":
            del slipped[place]
        elif kind == "change":
            slipped[place] = draw(st.sampled_from("aeñ陈م"))
        else:
            slipped[place : place + 2] = reversed(slipped[place : place + 2])
    return "".join(name), "".join(slipped)


@settings(max_examples=600, deadline=None)
@given(near_names())
def test_one_edit_is_a_distance_of_one(pair):
    table = text_table(["", *pair])
    distance = jellyfish.damerau_levenshtein_distance(*spelled(*pair))
    assert distance == 0 or one_edit(table, 1, 2) == (distance == 1)
