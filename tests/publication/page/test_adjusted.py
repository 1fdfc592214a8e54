"""The crude difference is shown as far as its rounded counts tell, and no further."""

import pytest

from dagster_project.publication.page.sections.adjusted import crude, is_hidden

ROW = {
    "n": 1000,
    "n_exposed": 230,
    "n_outcomes_exposed": 69,
    "risk_difference": 0.1,
    "naive_risk_exposed": 0.3,
    "naive_risk_unexposed": 0.2,
}


def test_the_difference_is_of_shares_of_rounded_counts() -> None:
    # 69 of 230 is shown as 70 of 230, 30.4; 154 of 770 as 150 of 770, 19.5.
    assert crude(ROW) == 11


def test_a_count_within_rounding_gives_the_same_difference() -> None:
    one_more = ROW | {"naive_risk_exposed": 70 / 230, "n_outcomes_exposed": 70}
    assert crude(one_more) == crude(ROW)


@pytest.mark.parametrize(
    "changed",
    [
        {"n_outcomes_exposed": 14},
        {"n_exposed": 49},
        {"risk_difference": None},
        {"naive_risk_exposed": 10 / 230},
        {"naive_risk_unexposed": 764 / 770},
        {"naive_risk_unexposed": None},
    ],
)
def test_where_few_would_show_there_is_none(changed: dict) -> None:
    assert crude(ROW | changed) is None


def test_an_estimate_of_few_is_hidden_whole() -> None:
    assert is_hidden(ROW | {"n_outcomes_exposed": 3})
    assert not is_hidden(ROW)
