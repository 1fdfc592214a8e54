"""Which names of one letter or sign are names, in every place where that matters."""

import pyarrow as pa
import pytest

from dagster_project.linkage.columns import read_columns
from dagster_project.linkage.initials import is_name
from dagster_project.linkage.linkable import may_found
from dagster_project.linkage.standardise import standardise
from dagster_project.linkage.word_lists import words
from tests.linkage.test_compare import level, name


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        *(("王", True), ("李", True), ("김", True), ("伟", True), ("か", True)),
        *(("リ", True), ("𠮷", True), ("wu", True), ("o", False), ("я", False)),
        *(("ш", False), ("ㄱ", False), ("ا", False), ("ქ", False), ("", False)),
    ],
)
def test_a_sign_is_a_name_and_a_letter_is_an_initial(text, whole):
    assert is_name(text) is whole


@pytest.mark.parametrize(
    ("left", "right", "first", "last"),
    [
        (name("小明", "王"), name("小明", "王"), "equal", "equal"),
        (name("小明", "王"), name("小明", "李"), "equal", "different"),
        (name("伟", "王"), name("伟", "王"), "equal", "equal"),
        (name("伟", "王"), name("强", "王"), "different", "equal"),
        (name("伟", "王"), name("伟强", "王"), "similar", "equal"),
        (name("민준", "김"), name("김", "민준"), "swapped", "missing"),
        (name("민준", "박"), name("민준", "김"), "equal", "different"),
        (name("か", "田中"), name("リ", "田中"), "different", "equal"),
        (name("W", "Wang"), name("Wei", "Wang"), "initial", "equal"),
    ],
)
def test_names_of_one_sign_are_compared_whole(left, right, first, last):
    assert level("first", left, right) == first
    assert level("last", left, right) == last


def test_a_middle_name_of_one_sign_is_no_initial():
    one, other = (
        name("伟", "王", middle_name="明"),
        name("伟", "王", middle_name="明亮"),
    )
    assert level("middle", one, one) == "equal"
    assert level("middle", one, other) == "same_letter"


@pytest.mark.parametrize(
    "surname",
    words(
        """
    Vo Võ Ly Lý Ng Wu Li Le Lê Do Đỗ Ho Hồ Yi Bui Su Xu Ma Na Oh Ko An 王 李 김
    """
    ),
)
@pytest.mark.parametrize("forename", ["Anh", "Minh Thu", "伟"])
def test_a_short_surname_is_a_name(surname, forename):
    read = read_one(first_name=forename, last_name=surname, address="12 Larch St")
    assert read.last.codes[0] > 0
    assert may_found(read).tolist() == [True], "both names and a street"


def test_a_letter_beside_a_birth_date_is_nobody():
    assert may_found(read_one(last_name="王", dob="1980-02-03")).tolist() == [True]
    assert may_found(read_one(last_name="W", dob="1980-02-03")).tolist() == [False]


def read_one(**columns: str):
    """Return one record as it is compared."""
    values = {column: [value] for column, value in columns.items()}
    return standardise(read_columns(pa.table({"record_id": ["a"], **values})))
