"""A text's number is its own, and the same everywhere."""

import subprocess
import sys

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.linkage.text_hash import text_hashes

WRITTEN = (
    "",
    "zoë",
    "nguyễn",
    "o brien",
    "محمد",
    "Ωμέγα",
    "李小龙",
    "יוסי",
    "🦉",
    "a\x00",
)


@given(st.lists(st.text(max_size=12), unique=True, max_size=200))
def test_distinct_texts_have_distinct_numbers(texts):
    numbers = text_hashes(texts)
    assert len(set(numbers.tolist())) == len(texts)
    assert [n == 0 for n in numbers.tolist()] == [t == "" for t in texts]


@given(st.lists(st.text(max_size=12), max_size=30), st.integers(0, 29))
def test_a_number_does_not_depend_on_the_texts_beside_it(texts, place):
    for text in texts[place : place + 1]:
        assert text_hashes(texts)[place] == text_hashes([text])[0]


def test_no_two_of_many_short_texts_meet():
    letters = "abcdefghijklmnopqrstuvwxyzàßłøñ李王ムД"
    pairs = [a + b for a in letters for b in letters]
    texts = [*letters, *pairs, *(p + c for p in pairs for c in letters)]
    texts += [f"{n:07}" for n in range(200_000)]
    assert len(np.unique(text_hashes(texts))) == len(texts)


def test_anagrams_repetitions_and_zeros_differ():
    texts = ["ab", "ba", "aab", "aba", "a", "aa", "\x00", "\x00\x00", "a\x00", "\x00a"]
    assert len(np.unique(text_hashes(texts))) == len(texts)


def test_long_texts_differ_in_any_letter():
    long = "Žofia " * 20_000
    texts = [long, long[:-1], long[1:], long + "a", "A" + long[1:], long[:-1] + "b"]
    numbers = text_hashes(texts)
    assert len(np.unique(numbers)) == len(texts)
    assert numbers[0] == text_hashes([long])[0]


def test_no_texts_have_no_numbers():
    assert text_hashes([]).tolist() == []
    assert text_hashes(["", ""]).tolist() == [0, 0]


def test_every_process_finds_the_same_numbers():
    # Blocking keys are kept on disk: a number that changes would lose every key.
    code = (
        "from dagster_project.linkage.text_hash import text_hashes\n"
        f"print(text_hashes({list(WRITTEN)!r}).tolist())"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert told == {str(text_hashes(list(WRITTEN)).tolist())}
    assert text_hashes(["quispe"]).tolist() == [KEPT]


KEPT = 43846230181148528
"""The number of 'quispe' since version 1 of the state's files."""
