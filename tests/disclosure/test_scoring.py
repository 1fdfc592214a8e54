"""The publication score adds up as CalHHS Appendix D has it."""

import pytest

from dagster_project.disclosure.scoring import (
    PASS_MARK,
    Points,
    Variable,
    meets_condition,
    points,
    score,
)
from tests.disclosure.made_counts import made_points


@pytest.fixture(scope="module")
def seed() -> list[Points]:
    return made_points()


@pytest.mark.parametrize(
    ("variable", "basis", "value", "expected"),
    [
        ("events", "", 1, 7),
        ("events", "", 10, 7),
        ("events", "", 11, 5),
        ("events", "", 99, 5),
        ("events", "", 100, 3),
        ("events", "", 1000, 2),
        ("age_range_years", "", 7, 3),
        ("age_range_years", "", 30, 1),
        ("gender_identity", "three groups", None, 3),
        ("race_ethnicity", "eight groups", None, 3),
        ("programme_enrollment", "", 3_500, 7),
        ("programme_enrollment", "", 20_001, 5),
        ("service_geography", "", 873_965, -3),
        ("time", "2-4 years together", None, -3),
        ("other_variable", "", 4, 3),
        ("other_variable", "", 5, 5),
        ("other_variable", "", 12, 7),
    ],
)
def test_each_case_has_the_points_of_the_guideline(
    seed, variable, basis, value, expected
) -> None:
    assert points(seed, variable, basis=basis, value=value) == expected


def test_a_case_the_guideline_does_not_know_is_refused(seed) -> None:
    with pytest.raises(ValueError, match="shoe_size"):
        points(seed, "shoe_size", value=43)


@pytest.mark.parametrize(
    ("smallest", "n_years", "n_groups", "total"),
    [
        (150, 1, 4, 11),  # departments by year: -3 +7 +3 +3 +1
        (50, 1, 4, 13),  # the same with a cell of fewer than a hundred
        (50, 2, 4, 10),  # two years put together
        (50, 1, 12, 17),  # twelve teams by year
        (150, 2, 12, 12),  # twelve teams by two years, each of a hundred and more
        (9, 2, 5, 14),  # five types of shelter, one cell small
        (11, 2, 5, 12),  # and masked
    ],
)
def test_a_table_of_one_variable(seed, smallest, n_years, n_groups, total) -> None:
    found = score(
        seed,
        smallest=smallest,
        n_years=n_years,
        enrolled=3_400,
        variables=[Variable("group")],
        groups={"group": n_groups},
    )
    assert found.total == total
    assert found.passes is (total <= PASS_MARK)


def test_a_table_without_variables_scores_lowest_above_four(seed) -> None:
    common = {"n_years": 1, "enrolled": 3_400, "variables": [], "groups": {}}
    assert score(seed, smallest=4, **common).interaction == 0
    assert score(seed, smallest=5, **common).interaction == -5


def test_two_variables_crossed_cost_more_than_side_by_side(seed) -> None:
    age, gender = (
        Variable("age", "age_range_years", value=10),
        Variable("gender", "gender_identity", "three groups"),
    )
    common = {"smallest": 50, "n_years": 1, "enrolled": 3_400, "groups": {}}
    crossed = score(seed, variables=[age, gender], **common).total
    assert crossed == 5 - 3 + 0 + 7 + 6 + 2
    assert score(seed, variables=[age], **common).total == crossed - 4


@pytest.mark.parametrize(
    ("smallest", "denominator", "expected"),
    [(11, 20_001, True), (10, 20_001, False), (11, 20_000, False)],
)
def test_the_condition_needs_both(smallest, denominator, expected) -> None:
    assert meets_condition(smallest, denominator, 11) is expected
