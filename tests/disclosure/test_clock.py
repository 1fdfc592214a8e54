"""Releases that the agreement's clock ends: gone, remembered, never made again."""

from dataclasses import replace
from datetime import date

import pytest

from dagster_project.disclosure.clock import end_releases, ended, last_day, without_rows
from dagster_project.disclosure.prepare import prepare
from dagster_project.disclosure.register import (
    Release,
    ReleaseError,
    closed_periods,
    proposals,
    read_register,
    standing,
    withdraw,
    write_register,
)
from dagster_project.governance.in_force import projects_agreement
from tests.disclosure.made_counts import BOTH, made_counts, made_points

TODAY = date(2026, 11, 27)
LAST = date(2016, 11, 29)
ROW = {"period": "2014", "n_people": 40}


def of(period: str, on: str, **more) -> Release:
    return Release("public_demographics", "by year", period, on, "Sato", (ROW,), **more)


@pytest.mark.parametrize(
    ("register", "gone"),
    [
        ([of("2014", "2016-11-28")], ["2014"]),
        ([of("2014", "2016-11-29")], []),
        ([of("2014", "2015-01-01"), of("2015", "2017-01-01")], ["2014"]),
        # What was withdrawn protects what took its place, as long as that stands.
        (
            [
                of("2014", "2015-01-01", withdrawn_because="twice"),
                of("2014", "2017-01-01"),
            ],
            [],
        ),
        (
            [
                of("2014", "2015-01-01", withdrawn_because="twice"),
                of("2014", "2016-01-01"),
            ],
            ["2014", "2014"],
        ),
        ([of("2014", "2015-01-01", ended_on="2026-01-01")], []),
    ],
)
def test_a_period_ends_with_its_youngest_release(register, gone) -> None:
    assert [one.period for one in ended(register, LAST)] == gone


def test_what_ended_keeps_no_row_and_its_period_is_closed_for_good() -> None:
    register = [
        of("2014", "2015-01-01", withdrawn_because="counted twice (Sato)"),
        of("2014", "2015-06-01"),
        of("2024", "2025-06-01"),
    ]
    left = without_rows(register, LAST, today=TODAY, because="3650 days")
    assert [one.rows for one in left] == [(), (), (ROW,)]
    assert [one.withdrawn_because for one in left] == [
        "counted twice (Sato)",
        "3650 days",
        None,
    ]
    assert [one.period for one in standing(left)] == ["2024"]
    assert closed_periods(left) == {"2014", "2024"}
    with pytest.raises(ReleaseError, match="released: 2024"):
        withdraw(left, "2014", "wrong", "Sato")


def test_no_run_proposes_again_what_ended() -> None:
    seed = made_points()
    first = prepare(made_counts(), seed)
    old = proposals(
        first.rows, first.shapes, released_on="2015-01-01", released_by="王"
    )
    register = [one for one in old if one.period == BOTH]
    left = without_rows(register, LAST, today=TODAY, because="3650 days")
    again = prepare(made_counts(), seed, left)
    periods = {row["period"] for rows in again.rows.values() for row in rows}
    assert BOTH not in periods
    assert periods == {
        row["period"] for rows in first.rows.values() for row in rows
    } - {BOTH}


def test_the_file_is_mended_once_under_the_agreements_days(tmp_path) -> None:
    agreement = projects_agreement(TODAY)
    assert last_day(agreement, TODAY) == LAST
    path = tmp_path / "public_releases.jsonl"
    assert end_releases(path, agreement, TODAY) == []
    assert not path.exists()
    write_register(path, [of("2014", "2016-11-28"), of("2024", "2025-06-01")])
    (gone,) = end_releases(path, agreement, TODAY)
    assert gone.rows == (ROW,)
    told = read_register(path)
    assert told[0] == replace(
        of("2014", "2016-11-28"),
        rows=(),
        withdrawn_because=f"3650 days since its release, as {agreement.id} says",
        ended_on="2026-11-27",
    )
    assert told[1] == of("2024", "2025-06-01")
    assert path.stat().st_mode & 0o777 == 0o600
    before = path.read_bytes()
    assert end_releases(path, agreement, TODAY) == []
    assert path.read_bytes() == before
