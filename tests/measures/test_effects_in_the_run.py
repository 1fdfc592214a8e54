"""The tables of outcomes after interventions, as a run of the default city writes them.

What is estimated from them is tested on many cities in ``tests/effects``; here: that
they start from the marts' own interventions, and that real linkage leaves the truth in.
"""

from collections import Counter
from pathlib import Path

import duckdb
import pytest

from dagster_project.defs.effects import DATA_THROUGH, READ
from dagster_project.effects.history import from_tables
from dagster_project.effects.indexes import index_interventions, types_of
from dagster_project.warehouse import SETTINGS

pytestmark = pytest.mark.city

FOLLOW_UP = """
    from marts.adjusted_outcomes
    where intervention_type = 'crisis_response' and outcome_type = 'shelter_entry'
        and exposure = 'any_other_department' and horizon_days = 37
"""


def test_time_zero_is_that_of_the_mart_interventions(city_run: Path) -> None:
    path = str(city_run / "warehouse.duckdb")
    with duckdb.connect(path, read_only=True, config=SETTINGS) as connection:
        (through,) = connection.execute(DATA_THROUGH).fetchone()
        linked = from_tables(
            **{
                name: connection.execute(
                    query, {"threshold": "default"}
                ).to_arrow_table()
                for name, query in READ.items()
            },
            data_through=through,
        )
        marts = connection.execute(
            "select intervention_type, department, "
            "date_diff('day', date '1970-01-01', intervened_on) "
            "from marts.interventions where intervened_on <= ?",
            [through],
        ).fetchall()
    found = Counter()
    for kind in types_of(linked):
        at = index_interventions(linked, kind)
        found.update(
            (kind, department, int(day))
            for department, day in zip(at.department, at.day, strict=True)
        )
    assert found == Counter(marts)


def test_the_truth_lies_within_the_limits(as_linked) -> None:
    ((low, high, difference_low, difference_high),) = as_linked(
        "select hazard_ratio_low, hazard_ratio_high, "
        "risk_difference_low, risk_difference_high " + FOLLOW_UP
    )
    true = dict(
        as_linked(
            "select measure, value from truth.effects "
            "where effect = 'follow_up_other_department'"
        )
    )
    assert low <= true["hazard_ratio"] <= high
    assert difference_low <= true["average_effect_37"] <= difference_high


def test_a_warm_hand_off_is_found_in_the_log_and_covers_what_is_true(as_linked) -> None:
    """The city hands off 45 of 100; naively it brings more than is stated."""
    ((n, exposed, low, high, stated, naive, meaning),) = as_linked(
        "select n, n_exposed, risk_difference_low, risk_difference_high, "
        "(select value from truth.effects where effect = 'warm_hand_off_moud' "
        "and measure = 'risk_difference_stated'), naive_risk_difference, naive_meaning "
        "from marts.adjusted_outcomes "
        "where exposure = 'warm_hand_off' and horizon_days = 37"
    )
    assert 0.3 < exposed / n < 0.6
    assert low <= stated <= high
    assert naive is not None
    assert meaning.startswith("wrong: ")


def test_thresholds_move_the_estimate_less_than_its_limits(as_linked) -> None:
    ((low, high, strict, loose),) = as_linked(
        "select hazard_ratio_low, hazard_ratio_high, hazard_ratio_strict, "
        "hazard_ratio_loose " + FOLLOW_UP
    )
    assert low < strict < high
    assert low < loose < high


def test_every_row_says_what_it_is(as_linked) -> None:
    for table in ("adjusted_outcomes", "outcome_incidence"):
        assert as_linked(f"select distinct meaning from marts.{table}") == [
            ("association, not effect",)
        ]
        ((undescribed,),) = as_linked(
            "select count(*) from duckdb_columns() where comment is null "
            f"and schema_name = 'marts' and table_name = '{table}'"
        )
        assert undescribed == 0


def test_incidence_of_everybody_counts_each_intervention_once(as_linked) -> None:
    """Nobody is at risk twice, and what ended by day 90 adds up to who began."""
    rows = as_linked(
        "select n, n_outcomes, n_competing, n_censored, n_at_risk "
        "from marts.outcome_incidence where exposure = 'everyone' and day = 90"
    )
    assert rows
    for n, outcomes, competing, censored, at_risk in rows:
        # Who is watched on day 90 may have the outcome on that very day.
        assert n <= outcomes + competing + censored + at_risk <= n + at_risk
