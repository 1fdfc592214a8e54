"""Rows 16 to 20 and 24: the same again, renamed, late, and out of order."""

import json
from datetime import datetime, timedelta

import pytest

from tests.departments.made_up_deliveries import call, city, put

from .aftermath import assert_survived, raw, take

pytestmark = pytest.mark.faults


def calls(*numbers: int, **more) -> bytes:
    return json.dumps([call(number, **more) for number in numbers]).encode()


def statuses(home, **more) -> list[str]:
    return [outcome.status for outcome in take(home, **more)]


def newest(found: dict) -> dict[str, str]:
    """Return call -> disposition of its newest version, as staging chooses it."""
    from dagster_project.departments.soda_columns import CAD_CALLS

    at = {name: place for place, name in enumerate(CAD_CALLS)}
    rows = sorted(
        found["dem_cad_calls"],
        key=lambda row: (row[at["call_last_updated_at"]] or "", row[-2], row[-1]),
    )
    return {row[at["cad_number"]]: row[at["disposition"]] for row in rows}


def test_row_16_the_same_file_twice_is_taken_once(home):
    put(home.landing, "dem", "cad_20250707.json", calls(1, 2))
    put(home.landing, "dem", "cad_20250708.json", calls(1, 2))
    assert sorted(statuses(home)) == ["known", "taken"]
    assert len(assert_survived(home)["dem_cad_calls"]) == 2


def test_row_17_the_same_records_in_a_new_file_are_kept_and_counted(home):
    put(home.landing, "dem", "cad_20250707.json", calls(1, 2))
    put(home.landing, "dem", "cad_20250714.json", calls(1, 2, 3))
    assert statuses(home) == ["taken", "taken"]
    after = assert_survived(home)
    assert [row[11] for row in after["deliveries"]] == [2, 3]
    assert len(newest(after)) == 3, "one version of each is the newest"


def test_row_18_a_new_name_or_an_old_date_is_no_new_content(home):
    path = put(home.landing, "dem", "cad_20250714.json", calls(1))
    take(home)
    path.rename(path.with_name("cad_20200101.json"))
    put(home.landing, "dem", "Anrufe, nochmals.json", calls(1))
    assert statuses(home) == ["known", "known"]
    assert len(assert_survived(home, clean=False)["deliveries"]) == 1


def test_row_19_a_late_amendment_changes_what_is_true_not_when_it_was(home):
    put(home.landing, "dem", "cad_20250707.json", calls(1, disposition="UTL"))
    take(home)
    late = {"disposition": "HAN", "call_last_updated_at": "2025-09-30 10:00:00"}
    put(home.landing, "dem", "cad_20251001.json", calls(1, **late))
    take(home, clock=lambda: datetime(2025, 10, 2))
    after = assert_survived(home, clean=False)
    assert newest(after) == {"251880001": "HAN"}
    assert {str(row[1 + 1])[:10] for row in after["dem_cad_calls"]} == {"2025-07-06"}
    assert [row[16] for row in after["deliveries"]] == [
        datetime(2025, 8, 1, 6),
        datetime(2025, 10, 2),
    ], "the time of the event and the time it was taken are both kept"


def test_row_20_a_version_that_comes_late_does_not_win(home):
    for name, version, moment in (
        ("cad_20250721.json", "V3", "2025-07-20 10:00:00"),
        ("cad_20250714.json", "V2", "2025-07-13 10:00:00"),
        ("cad_20250722.json", "V2", "2025-07-13 10:00:00"),
    ):
        more = {"disposition": version, "call_last_updated_at": moment}
        put(home.landing, "dem", name, calls(1, **more))
        take(home)
    assert newest(raw(home.warehouse)) == {"251880001": "V3"}
    assert_survived(home)


def test_row_24_a_clock_that_goes_backwards_changes_no_order(home):
    city(home.landing)
    moments = iter(range(10_000))
    start = datetime(2025, 8, 1, 6)
    take(home, clock=lambda: start - timedelta(hours=next(moments)))
    backwards = [row[:16] for row in raw(home.warehouse)["deliveries"]]
    home.warehouse.unlink()
    take(home)
    assert [row[:16] for row in raw(home.warehouse)["deliveries"]] == backwards
    assert_survived(home)
