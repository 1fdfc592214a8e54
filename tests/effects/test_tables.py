"""The tables say what stands beside each figure, at every linkage threshold."""

import pytest

from dagster_project.effects import columns, tables
from tests.effects.street import day, record
from tests.effects.test_questions import BOTH_ENTER, HALF, NAMES, REST, T

LAST = T + 60


def _linked(entering, young=()):
    """Return a record in which half were visited and some entered a shelter."""
    return record(
        contacts=[
            *[(name, 0, "hsh", "outreach") for name in NAMES],
            *[(name, T, "fire", "crisis") for name in NAMES if name not in young],
            *[(name, LAST - 20, "fire", "crisis") for name in young],
            *[(name, T + 2, "hsh", "outreach") for name in HALF],
        ],
        outcomes=[(who, T + after, "shelter_entry") for who, after in entering.items()],
        last=LAST,
    )


def _rows(table, **wanted):
    return [
        row
        for row in table.to_pylist()
        if all(row[name] == value for name, value in wanted.items())
    ]


@pytest.fixture(scope="module")
def built():
    """The strict links miss two entries of those visited, the loose ones add two."""
    fewer = {who: when for who, when in BOTH_ENTER.items() if who not in HALF[:2]}
    more = BOTH_ENTER | dict.fromkeys(REST[-2:], 9)
    linked = {
        tables.DEFAULT: _linked(BOTH_ENTER),
        tables.STRICT: _linked(fewer),
        tables.LOOSE: _linked(more),
    }
    return tables.build(linked, day(LAST), {"crisis_response": 0.25})


def test_every_column_is_there_and_described(built):
    for name, table in built.items():
        assert table.schema == columns.schema(name)
        assert all(words for _, words in columns.COLUMNS[name].values())


def test_each_threshold_shows_its_own_figure(built):
    """Of 30 people 14 entered by day 30, two fewer and two more: each is a 30th."""
    (row,) = _rows(
        built["outcome_incidence"],
        intervention_type="crisis_response",
        exposure="everyone",
        outcome_type="shelter_entry",
        day=30,
    )
    assert row["incidence_strict"] == pytest.approx(12 / 30)
    assert row["incidence"] == pytest.approx(14 / 30)
    assert row["incidence_loose"] == pytest.approx(16 / 30)
    (found,) = _rows(
        built["adjusted_outcomes"],
        intervention_type="crisis_response",
        exposure="any_other_department",
        outcome_type="shelter_entry",
        horizon_days=37,
    )
    assert found["hazard_ratio_strict"] < found["hazard_ratio"]
    assert found["hazard_ratio_loose"] < found["hazard_ratio"]
    assert found["share_not_linked"] == 0.25
    assert found["meaning"] == "association, not effect"


def test_the_naive_figure_says_that_and_why_it_is_wrong(built):
    found = _rows(built["adjusted_outcomes"], exposure="any_other_department")
    assert found
    for row in found:
        assert row["naive_meaning"].startswith("wrong: ")
        assert "go without the outcome" in row["naive_meaning"]
        assert "differed" in row["naive_meaning"]


def test_days_that_are_not_old_enough_have_no_row():
    """The data end on day 60; 22 of 30 began 20 days before, 8 on day 0.

    Day 7 is known of all 30, days from 21 on of 8.
    """
    young = [name for name in NAMES if name not in HALF[:8]]
    linked = _linked(BOTH_ENTER, young)
    built = tables.build(
        dict.fromkeys((tables.DEFAULT, tables.STRICT, tables.LOOSE), linked),
        day(LAST),
        {},
    )
    wanted = {
        "intervention_type": "crisis_response",
        "exposure": "everyone",
        "outcome_type": "repeat_crisis",
    }
    tabled = _rows(built["outcome_incidence"], **wanted)
    drawn = _rows(built["outcome_incidence_curves"], **wanted)
    assert [row["day"] for row in tabled] == [7]
    assert [row["day"] for row in drawn] == list(range(21))
