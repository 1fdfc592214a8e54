"""The calendar of deliveries, the clock, and the bookkeeping of changes."""

import itertools
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from dagster_project.synthetic.codes import DAY_ZERO
from dagster_project.synthetic.export import batches, clock

SAN_FRANCISCO = ZoneInfo("America/Los_Angeles")


@pytest.mark.parametrize(
    ("feed", "count", "full"),
    [("hsh_hmis", 19, 7), ("dem_team_log", 19, 1), ("fire_epcr", 79, 1)],
)
def test_cadence(feed, count, full):
    deliveries = batches.calendar(feed)
    assert len(deliveries) == count
    assert sum(delivery.is_full for delivery in deliveries) == full
    assert deliveries[0].is_full
    assert deliveries[-1].until == batches.END
    for before, after in itertools.pairwise(deliveries):
        assert after.is_full or after.since == before.until


@pytest.mark.parametrize(
    "moment",
    [
        "2025-03-09T09:59:59+00:00",
        "2025-03-09T10:00:00+00:00",
        "2025-11-02T08:30:00+00:00",
        "2025-11-02T09:30:00+00:00",
        "2026-03-08T10:00:01+00:00",
        "2026-07-01T12:00:00+00:00",
    ],
)
def test_local_time_near_clock_changes(moment):
    at = datetime.fromisoformat(moment)
    second = np.array([int(at.timestamp())])
    local = at.astimezone(SAN_FRANCISCO)
    assert clock.with_offset(second) == [local.isoformat()]
    assert clock.floating(second) == [local.strftime("%Y-%m-%dT%H:%M:%S.000")]
    assert clock.local_day(second)[0] == (local.date() - DAY_ZERO).days


def test_wall_time_to_moment_and_back():
    days = np.arange(912)
    noon = clock.day_second(days, np.int64(12 * clock.HOUR))
    assert clock.local_day(noon).tolist() == days.tolist()
    assert set(clock.local_minutes(noon)) == {"12:00"}


def test_changes_fall_into_one_delivery_each():
    created = np.array([10, 10, 10, 50])
    amended = np.array([clock.NEVER, 30, 5, 60])
    deleted = np.array([clock.NEVER, clock.NEVER, 40, clock.NEVER])
    changes = batches.Changes(created, amended, deleted=deleted)
    assert changes.between(-1, 20).tolist() == [0, 1, 2]
    assert changes.between(20, 45).tolist() == [1, 2]
    assert changes.between(45, 100).tolist() == [3]
    assert changes.last(np.arange(4), 55).tolist() == [10, 30, 40, 50]
