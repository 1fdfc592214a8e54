"""The wait from offer to fulfilment against lifelines, an implementation not ours.

The SQL is the models' own, compiled by dbt and run on offers of one case for each kind
of service: days waited, and whether the service began or the offer is still open.
"""

import re
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest
from lifelines import KaplanMeierFitter
from lifelines.utils import median_survival_times

from tests.dbt_project.conftest import run_dbt

THROUGH = date(2025, 4, 20)
OFFERED = date(2025, 1, 5)
"""All offers of a case are of one day or, when open, of as long ago as watched."""

CASES: dict[str, list[tuple[int, bool]]] = {
    "all fulfilled": [(day, True) for day in (0, 1, 1, 2, 3, 5, 8, 13, 21, 34)],
    "none fulfilled": [(day, False) for day in (0, 4, 9, 30)],
    "one offer": [(7, True)],
    "half on a plateau": [(1, True), (2, True), (9, False), (9, False)],
    "ties of both kinds": [(2, True), (2, False), (2, True), (4, True), (4, False)],
    "all at once": [(0, True)] * 12,
    "never half": [(1, True), *[(40, False)] * 9],
    "last one open": [(1, True), (3, True), (5, True), (60, False)],
}


def drawn(seed: int) -> list[tuple[int, bool]]:
    """Return two hundred waits, a third of them still open."""
    draws = np.random.default_rng(seed)
    days = draws.geometric(0.08, 200) - 1
    watched = draws.integers(0, 90, 200)
    return [
        (int(min(day, end)), bool(day <= end))
        for day, end in zip(days, watched, strict=True)
    ]


CASES |= {f"drawn {seed}": drawn(seed) for seed in (7, 11, 2026)}


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """Return a database with the curve and the median of every case, by dbt's SQL."""
    connection = duckdb.connect()
    connection.execute(
        "create schema linked; create schema marts; create table linked.resource_offers"
        " (department varchar, service_type varchar, year_start date, offered_on date,"
        " offer_status varchar, is_accepted boolean, fulfilled_on date,"
        " is_linked boolean, data_through date)"
    )
    for case, waits in CASES.items():
        for days, is_fulfilled in waits:
            offered = OFFERED if is_fulfilled else THROUGH - timedelta(days)
            ends = OFFERED + timedelta(days) if is_fulfilled else None
            status = "fulfilled" if is_fulfilled else "accepted"
            connection.execute(
                "insert into linked.resource_offers values "
                "('hsh', ?, '2025-01-01', ?, ?, true, ?, true, ?)",
                [case, offered, status, ends, THROUGH],
            )
    target = tmp_path_factory.mktemp("compiled")
    models = ("days_to_fulfilment_curve", "days_to_fulfilment")
    run_dbt(target / "warehouse.duckdb", target, "compile", "--select", *models)
    for model in models:
        connection.execute(f"create table marts.{model} as {_compiled(target, model)}")
    return connection


def _compiled(target: Path, model: str) -> str:
    (file,) = target.glob(f"compiled/**/{model}.sql")
    return re.sub(r'"warehouse"\.', "", file.read_text())


def fitted(case: str) -> KaplanMeierFitter:
    """Return lifelines' curve of a case."""
    days, is_fulfilled = zip(*CASES[case], strict=True)
    return KaplanMeierFitter().fit(days, is_fulfilled)


@pytest.mark.parametrize("case", CASES)
def test_the_curve_is_kaplan_and_meiers(tables, case) -> None:
    rows = tables.execute(
        "select days_after_offer, n_at_risk, n_fulfilled, n_censored, share_waiting, "
        "share_waiting_low, share_waiting_high from marts.days_to_fulfilment_curve "
        "where service_type = ? and scope_kind = 'all' and period_kind = 'all' "
        "order by 1",
        [case],
    ).fetchall()
    theirs = fitted(case)
    interval = theirs.confidence_interval_survival_function_
    assert [row[0] for row in rows] == sorted({days for days, _ in CASES[case]})
    for day, at_risk, fulfilled, censored, share, low, high in rows:
        event = theirs.event_table.loc[day]
        assert (at_risk, fulfilled, censored) == (
            event["at_risk"],
            event["observed"],
            event["censored"],
        ), day
        assert share == pytest.approx(theirs.survival_function_.loc[day].item()), day
        if share < 1:
            ends = interval.loc[day].to_numpy()
            assert [low, high] == pytest.approx(ends, abs=1e-9), day
        else:
            assert low is None and high is None


@pytest.mark.parametrize("case", CASES)
def test_the_median_and_its_interval_are_theirs(tables, case) -> None:
    (ours,) = tables.execute(
        "select median_days, median_days_low, median_days_high "
        "from marts.days_to_fulfilment "
        "where service_type = ? and scope_kind = 'all' and period_kind = 'all'",
        [case],
    ).fetchall()
    theirs = fitted(case)
    ends = median_survival_times(theirs.confidence_interval_survival_function_)
    expected = [theirs.median_survival_time_, *np.ravel(ends)]
    assert [np.inf if end is None else end for end in ours] == expected
