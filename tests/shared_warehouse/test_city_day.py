"""Days end at San Francisco's midnight, whatever the clock of the machine."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from dagster_project.shared_warehouse import city_day

from . import midday
from .conftest import Database

SAN_FRANCISCO = ZoneInfo("America/Los_Angeles")


def test_a_day_is_san_francisco_s(
    city_s_zone: str,
    monkeypatch: pytest.MonkeyPatch,
    new_database: Callable[[], Database],
) -> None:
    database = new_database()
    monkeypatch.setattr(city_day, "ZONE", city_s_zone)
    before = datetime.now(SAN_FRANCISCO).date()
    for zone in ("UTC", "UTC+167", "UTC-167"):
        query = f"set timezone = '{zone}';;select {city_day.today_sql()}"
        ((asked,),) = database.ask(query)
        assert before <= asked <= datetime.now(SAN_FRANCISCO).date()
    assert before <= city_day.today() <= datetime.now(SAN_FRANCISCO).date()
    assert city_s_zone in city_day.today_once_sql()


def test_it_is_midday_where_the_other_tests_are(server: object) -> None:
    there = midday.STARTED.astimezone(ZoneInfo(midday.ZONE))
    assert there.hour == 12
    assert city_day.today() == midday.TODAY == there.date()
