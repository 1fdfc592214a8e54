"""Standard records come back from a table as they went in."""

from dataclasses import fields

import numpy as np
import pyarrow as pa

from dagster_project.linkage.coded import Coded
from dagster_project.linkage.columns import read_columns
from dagster_project.linkage.standard_table import standard_of, standard_table
from dagster_project.linkage.standardise import Standard, standardise
from tests.linkage.invented_town import invented_records


def same(one: Standard, two: Standard) -> None:
    for field in fields(Standard):
        left, right = getattr(one, field.name), getattr(two, field.name)
        if isinstance(left, Coded):
            assert left.values[0] == right.values[0] == ""
            texts = [[c.values[code] for code in c.codes] for c in (left, right)]
            assert texts[0] == texts[1], field.name
        elif isinstance(left, np.ndarray):
            assert left.tolist() == right.tolist(), field.name
    assert one.record_id.equals(two.record_id)
    for name in {one.last.values[code] for code in one.last.codes} - {""}:
        assert one.surname_words[name] == two.surname_words[name]


def test_a_town_comes_back():
    town = standardise(read_columns(invented_records(150, seed=4)[0]))
    same(town, standard_of(standard_table(town)))
    assert any(len(words) > 1 for words in town.surname_words.values())


def test_words_of_a_surname_outlive_the_record_that_shows_them():
    surnames = ["De La Cruz", "Delacruz", "García Márquez", "van der Meer", None]
    table = pa.table(
        {
            "record_id": [f"r{n}" for n in range(len(surnames))],
            "last_name": surnames,
            "dob": ["1970-05-06"] * len(surnames),
        }
    )
    whole = standardise(read_columns(table))
    same(whole, standard_of(standard_table(whole)))
    one = standard_table(whole).slice(1, 1)
    assert standard_of(one).surname_words["delacruz"] == whole.surname_words["delacruz"]


def test_nobody_comes_back_too():
    nobody = standardise(read_columns(pa.table({"record_id": pa.array([], "string")})))
    same(nobody, standard_of(standard_table(nobody)))


def test_records_that_follow_others_are_as_if_read_with_them():
    records = read_columns(invented_records(150, seed=4)[0])
    whole = standardise(records)
    parts = [standardise(records.slice(0, 90)), standardise(records.slice(90))]
    same(whole, parts[0].followed_by(parts[1]))
    table = standard_table(whole)
    same(whole, standard_of(table[:0]).followed_by(standard_of(table)))
    few = [7, 3, 200]
    same(whole.take(np.array(few)), standard_of(table.take(few)))


def test_a_surname_has_the_words_that_either_part_shows():
    one, two = (
        standardise(pa.table({"client_record_id": [name], "last_name": [name]}))
        for name in ("De La Cruz", "Delacruz")
    )
    assert two.surname_words["delacruz"] != one.surname_words["delacruz"]
    for both in (one.followed_by(two), two.followed_by(one)):
        assert both.surname_words["delacruz"] == ("cruz", "delacruz")
