import sys
import unicodedata

import jellyfish
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dagster_project.linkage.names import (
    core_tokens,
    fold,
    glue_particles,
    read_suffix,
    split_suffix,
)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("O’Brien-Łukasz", "obrien lukasz"),
        ("Nguyễn Văn Đức", "nguyen van duc"),
        ("Straße", "strasse"),
        ("İbrahim Işık", "ibrahim isik"),
        ("Mam Ajpub’", "mam ajpub"),
        ("ʻAkamu", "akamu"),
        ("김철수", "김철수"),
        ("Ａｌａｎ", "alan"),
        ("Ørsted Þór", "orsted thor"),
        ("Pen\u0303a", "pena"),
        ("John\u00a0A.", "john a"),
        ("  MUÑOZ   Ruiz ", "munoz ruiz"),
        ("محمّد", "محمد"),
        ("", ""),
        (None, ""),
        ("--", ""),
    ],
)
def test_a_name_is_folded_to_what_is_compared(written, folded):
    assert fold(written) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("रीना", "रानी"),
        ("हरी", "हीरा"),
        ("কমল", "কমলা"),
        ("ਮਨਜੀਤ", "ਮਨਜੋਤ"),
        ("மணி", "மாணி"),
        ("రవి", "రావి"),
        ("മണി", "മീന"),
        ("มานี", "มานะ"),
        ("สุดา", "สีดา"),
        ("ຄຳ", "ຄາ"),
        ("សុខ", "សិខ"),
        ("မိုး", "မေး"),
        ("はるか", "ばるか"),
        ("タイキ", "ダイキ"),
        ("ハナ", "パナ"),
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_sign_that_is_a_letter_to_its_readers_tells_two_names_apart(one, other, form):
    assert fold(unicodedata.normalize(form, one)) != fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("José", "Jose"),
        ("Nguyễn", "Nguyen"),
        ("Αλέξανδρος", "Αλεξανδρος"),
        ("Алексе́й", "Алексей"),
        ("שָׂרָה", "שרה"),
        ("فَاطِمَة", "فاطمة"),
        ("ܡܰܪܝܰܡ", "ܡܪܝܡ"),
        ("葛\U000e0100城", "葛城"),
        ("श‍र्मा", "शर्मा"),
        ("ﾊﾞﾙｶ", "バルカ"),
    ],
)
def test_a_mark_that_people_leave_out_makes_no_other_name(one, other):
    assert fold(one) == fold(other)


MARKED = st.text("कखािीुे़्รกัี้ำがかば゙゚ﾞেোাআவொொ가ᄀאָاَ", max_size=8)
"""Letters with signs that compose, decompose, stay or go."""
LATIN_GREEK_CYRILLIC = st.characters(min_codepoint=0x41, max_codepoint=0x52F)


@given(st.text(max_size=20) | st.text(LATIN_GREEK_CYRILLIC, max_size=6) | MARKED)
@example("µÀ")
@settings(max_examples=500)
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=20) | MARKED)
def test_accents_composed_or_not_fold_alike(text):
    assert fold(unicodedata.normalize("NFD", text)) == fold(
        unicodedata.normalize("NFC", text)
    )


def test_every_letter_that_folding_keeps_is_one_grapheme_for_jellyfish():
    for code in range(sys.maxunicode + 1):
        letter = chr(code)
        if unicodedata.category(letter)[0] != "L":
            continue
        kept = fold(letter)
        if any(unicodedata.category(sign)[0] == "M" for sign in kept):
            continue  # a letter that is written as a letter and its sign
        assert jellyfish.levenshtein_distance(f"ab{kept}ab", "") == 4 + len(kept), (
            letter
        )


@pytest.mark.parametrize(
    ("folded", "text", "suffix"),
    [
        ("garcia jr", "garcia", 1),
        ("king sr", "king", 2),
        ("brown iii", "brown", 4),
        ("senior", "senior", 0),
        ("junior", "junior", 0),
        ("le", "le", 0),
    ],
)
def test_a_suffix_leaves_the_name_but_never_all_of_it(folded, text, suffix):
    assert split_suffix(folded) == (text, suffix)


@pytest.mark.parametrize(
    ("words", "glued"),
    [
        ("de la cruz", ["delacruz"]),
        ("garcia de la cruz", ["garcia", "delacruz"]),
        ("van der berg", ["vanderberg"]),
        ("o brien", ["obrien"]),
        ("le", ["le"]),
        ("nguyen van", ["nguyen", "van"]),
    ],
)
def test_particles_join_the_word_after_them(words, glued):
    assert glue_particles(words.split()) == glued


def test_a_surname_shares_its_words_without_particles():
    assert core_tokens("garcia de la cruz") == ["garcia", "cruz"]
    assert core_tokens("de la") == ["la"]


@pytest.mark.parametrize(
    ("alike", "number"),
    [
        ("Jr|JR.|j.r.|J r|Junior|Hijo|fils|Filho|Jr, MD", 1),
        ("Sr|Senior|I|1st|1|the 1st|Padre|père|Pai", 2),
        ("II|2|2nd|the 2nd|The Second", 3),
        ("III|3|3rd|the third", 4),
        ("IV|4th", 5),
        ("V|5", 6),
        ("MD|Esq.|0|the|-", 0),
    ],
)
def test_a_column_of_suffixes_is_read_in_any_spelling(alike, number):
    assert [read_suffix(text) for text in alike.split("|")] == [number] * (
        alike.count("|") + 1
    )


@pytest.mark.parametrize("name", ["rosa i", "ng 2", "ana padre", "lucia hijo"])
def test_a_name_ends_in_no_suffix_that_only_a_column_tells(name):
    assert split_suffix(name) == (name, 0)
