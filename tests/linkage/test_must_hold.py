"""Cases that must hold, whatever the model: planted among two thousand invented people.

Belongs here: what must become of the records of ``planted_cases``. Does not belong
here: how well the engine does on the whole (``test_link``).

A case that does not hold yet is marked with what was measured; the mark is strict, so
that it has to go once the case holds.
"""

import pytest

from dagster_project.linkage.link import link
from dagster_project.linkage.questions import DEATH, LINK
from dagster_project.linkage.tables import LinkResult
from tests.linkage.planted_cases import Planted
from tests.linkage.planted_names import ONE_PERSON_TWO_NAMES


@pytest.fixture(scope="module")
def planted() -> Planted:
    return Planted(people=2000, seed=19)


@pytest.fixture(scope="module")
def result(planted) -> LinkResult:
    return link(planted.records)


@pytest.fixture(scope="module")
def rows(result) -> dict[str, dict]:
    return {row["client_record_id"]: row for row in result.partition.to_pylist()}


def clusters(rows: dict, records: list[str], column: str = "cluster") -> set:
    return {rows[record][column] for record in records}


def are_one(rows: dict, records: list[str], column: str = "cluster") -> bool:
    found = clusters(rows, records, column)
    return len(found) == 1 and None not in found


def open_case(why: str) -> pytest.MarkDecorator:
    return pytest.mark.xfail(strict=True, raises=AssertionError, reason=why)


@pytest.mark.parametrize(
    "case",
    [
        "twins",
        pytest.param(
            "twins of like names",
            marks=open_case(
                "2026-11-24: joined at .9998; a pair weighs 10 bits, the forename +8.0"
            ),
        ),
        pytest.param(
            "twins of like names with SSNs",
            marks=open_case("2026-11-24: joined at .981; the town errs in 3 % of SSNs"),
        ),
        "father and son",
    ],
)
def test_people_of_one_home_stay_two(planted, rows, case):
    people = planted.of[case]
    assert len(people) >= 8
    for one, other in zip(people[::2], people[1::2], strict=True):
        assert not clusters(rows, one) & clusters(rows, other), (one, other)


def test_the_records_of_father_and_of_son_are_found(planted, rows):
    assert all(are_one(rows, records) for records in planted.of["father and son"])


def test_a_day_and_month_exchanged_never_part_silently(planted, result, rows):
    asked = {
        frozenset((q["client_record_id_l"], q["client_record_id_r"]))
        for q in result.review_queue.to_pylist()
        if q["question"] == LINK
    }
    people = planted.of["day and month swapped"]
    assert len(people) >= 6
    for records in people:
        assert are_one(rows, records) or frozenset(records) in asked, records


NAMES = [
    f"{case} {number}"
    for case, people in ONE_PERSON_TWO_NAMES.items()
    for number in range(len(people))
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_written_in_two_ways_is_found(planted, rows, name):
    case, number = name.rsplit(" ", 1)
    assert are_one(rows, planted.of[case][int(number)])


def test_john_doe_links_to_no_one(planted, result, rows):
    records = {record for person in planted.of["John Doe"] for record in person}
    assert len(records) >= 5
    for column in ("cluster", "cluster_loose", "cluster_strict"):
        assert clusters(rows, list(records), column) == {None}
    for pair in result.edges.to_pylist():
        assert not records & {pair["client_record_id_l"], pair["client_record_id_r"]}


def test_one_ssn_of_sixty_people_joins_none_of_them(planted, rows):
    people = planted.of["one SSN for sixty"]
    assert len(people) == 60
    found = [rows[record]["cluster"] for records in people for record in records]
    assert None not in found and len(set(found)) == 60


@pytest.mark.parametrize("case", ["wrong digit in the SSN", "another sex"])
def test_what_never_parts_two_records(planted, rows, case):
    people = planted.of[case]
    assert len(people) >= 4
    assert all(are_one(rows, records) for records in people)


def test_who_changes_forename_and_sex_is_found_or_asked_about(planted, result, rows):
    asked = {
        frozenset((q["client_record_id_l"], q["client_record_id_r"]))
        for q in result.review_queue.to_pylist()
    }
    people = planted.of["another forename and sex"]
    assert len(people) >= 4
    for records in people:
        assert are_one(rows, records) or frozenset(records) in asked


def test_who_is_seen_alive_after_a_recorded_death_goes_to_review(planted, result, rows):
    asked = {
        frozenset((q["client_record_id_l"], q["client_record_id_r"])): q["reason"]
        for q in result.review_queue.to_pylist()
        if q["question"] == DEATH
    }
    people = planted.of["alive after a death"]
    assert len(people) >= 4 and len(asked) == len(people)
    for records in people:
        assert are_one(rows, records), "a question parts nobody"
        dead, _, seen_last = records
        assert "(epcr, hmis)" in asked[frozenset((dead, seen_last))]
