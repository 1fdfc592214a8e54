"""Tables of linkability: identifiers worked by hand, estimates as the report's."""

import math
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from dagster_project.linkability.identifiers import (
    DELIVERED,
    distinctiveness,
    identifier_rows,
)
from dagster_project.linkability.quality_rows import TOO_FEW
from dagster_project.linkability.tables import (
    SCHEMAS,
    linkability,
    write_linkability,
)
from dagster_project.linkage.columns import read_columns
from dagster_project.linkage.held import IDENTIFIERS, held
from dagster_project.linkage.report.people import Grouping, Recorded
from dagster_project.linkage.standardise import standardise
from dagster_project.linkage.tables import PARTITION
from tests.linkage.report.made_runs import MADE_AT, town

TEN = {
    # Ten records of two departments. Amina has three, in one of which she is unnamed;
    # two people are called Nguyễn at hsh; person -1 is a record too thin to link.
    "client_record_id": [f"r{n}" for n in range(10)],
    "department": ["hsh"] * 6 + ["fire"] * 4,
    "first_name": [
        *("Amina", "Amina", "Hạnh", "Thị", "José", "Wei"),
        *("Amina", "Unknown", "Wei", None),
    ],
    "last_name": [
        *("al-Karim", "Al Karim", "Nguyễn", "Nguyễn", "de la Cruz", "Zhang"),
        *("al-Karim", "Doe", "Zhang", ""),
    ],
    "dob": [
        *("1988-08-08", "1988-08-08", "1975-03-02", "1975-03-02", "1990-02-03", None),
        *("1988-08-08", "1900-01-01", None, None),
    ],
    "ssn": ["750112222", None, "0000", "1234", None, None, None, None, "12", None],
}
PERSON = np.array([0, 0, 1, 2, 3, 4, 0, -1, 4, -1])


@pytest.fixture(scope="module")
def ten():
    records = pa.table(TEN)
    source = Grouping("source", np.array([1] * 6 + [0] * 4), ["fire", "hsh"])
    known = Recorded(held(standardise(read_columns(records))), source, [], [])
    rows = identifier_rows(known, records, PERSON)
    return {(row["department"], row["identifier"]): row for row in rows}


def figures(row):
    names = ("n_records", "n_delivered", "n_usable", "n_distinct")
    return tuple(row[name] for name in names)


def test_what_is_delivered_is_not_always_usable_and_usable_not_always_distinct(ten):
    # Forenames at hsh: all six usable, five different; Amina counts once.
    assert figures(ten["hsh", "forename"]) == (6, 6, 6, 5)
    assert ten["hsh", "forename"]["share_unique"] == 1.0
    assert ten["hsh", "forename"]["entropy_bits"] == pytest.approx(math.log2(5))
    # Surnames: Nguyễn is borne by two of five people, each sharing it with one other.
    assert figures(ten["hsh", "surname"]) == (6, 6, 6, 4)
    assert ten["hsh", "surname"]["share_unique"] == pytest.approx(3 / 5)
    assert ten["hsh", "surname"]["chance_matches"] == pytest.approx(2 / 5)
    expected = -(2 / 5 * math.log2(2 / 5) + 3 / 5 * math.log2(1 / 5))
    assert ten["hsh", "surname"]["entropy_bits"] == pytest.approx(expected)
    # Birth dates: two of four people share theirs. Fire's 1900-01-01 is a default.
    assert figures(ten["hsh", "birth date"]) == (6, 5, 5, 3)
    assert ten["hsh", "birth date"]["chance_matches"] == pytest.approx(2 / 4)
    assert figures(ten["fire", "birth date"]) == (4, 2, 1, 1)
    # Fire delivered three forenames, and 'Unknown' is nobody's.
    assert figures(ten["fire", "forename"]) == (4, 3, 2, 2)
    # One whole number; '0000' gives no last four, '12' is too short.
    assert figures(ten["hsh", "SSN"]) == (6, 1, 1, 1)
    assert figures(ten["hsh", "SSN last 4"]) == (6, 3, 2, 2)
    assert figures(ten["fire", "SSN last 4"]) == (4, 1, 0, 0)
    # A field nobody delivers says nothing about distinctiveness.
    assert figures(ten["hsh", "telephone"]) == (6, 0, 0, 0)
    assert math.isnan(ten["hsh", "telephone"]["entropy_bits"])


def test_every_identifier_has_a_column_it_is_delivered_in(ten):
    assert DELIVERED.keys() == IDENTIFIERS.keys()
    assert len(ten) == 2 * len(IDENTIFIERS)


@pytest.mark.parametrize(
    ("values", "people", "unique", "chance"),
    [
        ([1, 1, 1, 1], [1, 2, 3, 4], 0.0, 3.0),
        ([1, 1, 1, 1], [1, 1, 1, 1], 1.0, 0.0),
        ([1, 2, 3, 4], [1, 2, 3, 4], 1.0, 0.0),
        ([1, 1, 2, 0], [1, 2, 2, 3], 1 / 3, 2 / 3),
    ],
)
def test_repeated_records_of_one_person_are_no_matches_by_chance(
    values, people, unique, chance
):
    told = distinctiveness(np.array(values), np.array(people))
    assert told.share_unique == pytest.approx(unique)
    assert told.chance_matches == pytest.approx(chance)


@pytest.fixture(scope="module")
def measured():
    records, result, _ = town()
    return linkability(result, records, MADE_AT)


def test_both_orders_of_a_pair_say_the_same_and_each_row_how_it_was_estimated(measured):
    rows = measured["link_quality_by_department_pair"].to_pylist()
    by_pair = {(row["department"], row["other_department"]): row for row in rows}
    assert len(by_pair) == len(rows) > 4
    for (one, two), row in by_pair.items():
        other = by_pair[two, one]
        assert row["missed_match_rate"] == other["missed_match_rate"]
        few = 0 < row["n_people_both"] < 11
        assert (row["estimated_by"] == TOO_FEW) is few
        if row["missed_match_rate"] is None:
            continue
        low, high = row["missed_match_rate_low"], row["missed_match_rate_high"]
        assert 0 <= low <= row["missed_match_rate"] <= high <= 1


def test_groups_of_few_people_are_pooled_and_all_records_are_in_some_group(measured):
    rows = measured["link_quality_by_group"].to_pylist()
    total = town()[0].num_rows
    for grouping in {row["grouping"] for row in rows}:
        mine = [row for row in rows if row["grouping"] == grouping]
        assert sum(row["n_records"] for row in mine) == total, grouping
        for row in mine:
            assert (row["missed_link_share"] is None) or row["n_people"] >= 11
    assert {"department", "script of the name"} <= {row["grouping"] for row in rows}


@dataclass(frozen=True)
class Nothing:
    """A run without a record."""

    partition: pa.Table


def test_a_run_without_records_gives_empty_tables():
    empty = linkability(Nothing(PARTITION.empty_table()), pa.table({}), MADE_AT)
    assert {name: rows.schema for name, rows in empty.items()} == SCHEMAS
    assert all(rows.num_rows == 0 for rows in empty.values())


def test_the_tables_are_replaced_together(measured):
    with duckdb.connect() as connection:
        connection.execute("create schema linkage")
        for _ in range(2):
            rows = write_linkability(connection, measured)
        ((held,),) = connection.execute(
            "select count(*) from linkage.identifier_quality"
        ).fetchall()
    assert rows["identifier_quality"] == held == measured["identifier_quality"].num_rows
