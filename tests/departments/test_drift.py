"""What is unusual about a delivery is said, and what is usual is not."""

import json
from datetime import datetime, timedelta

import pytest

from dagster_project.departments import ledger, overview, profiles
from dagster_project.departments.drift import warnings

from .made_up_deliveries import call, fhir_files, hmis_files, put

WEEKS = [f"202507{day:02d}" for day in (1, 8, 15, 22, 29)] + ["20250805"]
NOW = datetime(2025, 8, 6)
USUAL = {"agency": "Police", "disposition": "HAN", "priority_final": "B"}


def week(number: int, rows: int = 100, **more) -> list[dict]:
    told = USUAL | more
    return [call(number * 1000 + at, **told) for at in range(rows)]


def deliver(landing_dir, weeks: list[list[dict]], names: list[str] = WEEKS) -> None:
    for name, rows in zip(names, weeks, strict=True):
        content = json.dumps(
            [{k: v for k, v in row.items() if v is not None} for row in rows]
        )
        put(landing_dir, "dem", f"cad_{name}.json", content.encode())


def told(warehouse, landing_dir) -> list[tuple[str, str, str]]:
    ledger.take_all(warehouse, landing_dir)
    profiles.profile(warehouse)
    return [(w.delivery_id[8:16], w.rule, w.sentence) for w in warnings(warehouse)]


def test_weeks_like_the_others_are_passed_over(warehouse, landing_dir):
    deliver(landing_dir, [week(n, 100 + 7 * (n % 3)) for n in range(6)])
    assert told(warehouse, landing_dir) == []


@pytest.mark.parametrize(
    ("last", "rule", "sentence"),
    [
        (week(5, 45), "volume", "45 rows where 100 are usual; was the file cut off?"),
        (week(5, 250), "volume", "250 rows where 100 are usual"),
        (
            week(5, disposition="XYZ"),
            "codes",
            "dem_cad_calls.disposition holds codes not seen before: 'XYZ' (100 rows)",
        ),
        (
            week(5, 60, disposition=None) + week(6, 40),
            "empty_fields",
            "dem_cad_calls.disposition is filled in 40% of the rows, usual 100%",
        ),
        (
            week(5, colour="red"),
            "columns",
            "dem_cad_calls: column 'colour' is not agreed and was left out",
        ),
        (
            week(5, 90) + [call(n, received_datetime="soon") for n in range(10)],
            "quarantine",
            "10 of 100 rows wait in quarantine",
        ),
    ],
)
def test_a_week_unlike_the_others_is_named(
    warehouse, landing_dir, last, rule, sentence
):
    deliver(landing_dir, [*(week(n) for n in range(5)), last])
    assert told(warehouse, landing_dir) == [("20250805", rule, sentence)]


def test_a_file_that_an_export_lacks_is_named(warehouse, landing_dir):
    lacking = {k: v for k, v in hmis_files().items() if k != "Event.csv"}
    put(landing_dir, "hsh", "hmis_20250701", lacking)
    (found,) = told(warehouse, landing_dir)
    assert found[1] == "columns"
    assert found[2] == "hsh_event: its file was not delivered; earlier rows stay"


def test_a_new_code_inside_a_document_is_named(warehouse, landing_dir):
    for number, name in enumerate(WEEKS):
        status = "finished" if number < 5 else "completed"
        visit = {"resourceType": "Encounter", "id": f"e{number}", "status": status}
        visit |= {"class": {"code": "AMB"}}
        at = f"{name[:4]}-{name[4:6]}-{name[6:]}T04:00:00Z"
        put(landing_dir, "dph", f"fhir_{name}", fhir_files(at, Encounter=[visit]))
    assert told(warehouse, landing_dir)[-1][1:] == (
        "codes",
        "dph_encounter.status holds codes not seen before: 'completed' (1 rows)",
    )


def test_a_missing_week_is_asked_for(warehouse, landing_dir):
    deliver(landing_dir, [week(n) for n in range(5)], [*WEEKS[:3], *WEEKS[4:]])
    assert told(warehouse, landing_dir) == [
        ("20250729", "period", "14 days after the delivery before; is one missing?")
    ]


def test_periods_that_leave_days_out(warehouse, landing_dir):
    deliver(landing_dir, [week(0), week(1)], WEEKS[:2])
    for name, start, end in (
        (WEEKS[0], "2025-06-24", "2025-06-30"),
        (WEEKS[1], "2025-07-03", "2025-07-08"),
    ):
        promise = {"period_start": start, "period_end": end}
        content = json.dumps(promise).encode()
        put(landing_dir, "dem", f"cad_{name}.json.manifest.json", content)
    assert told(warehouse, landing_dir) == [
        (
            "20250708",
            "period",
            "its period starts on 2025-07-03, the one before ended on 2025-06-30",
        )
    ]


def test_profiles_follow_what_is_in_force(warehouse, landing_dir):
    deliver(landing_dir, [week(n) for n in range(5)], WEEKS[:5])
    told(warehouse, landing_dir)
    profiled = "select count(distinct delivery_id) from raw.column_profiles"
    assert warehouse.sql(profiled).fetchone() == (5,)
    before = warehouse.sql("from raw.code_profiles order by all").fetchall()
    profiles.profile(warehouse)
    assert warehouse.sql("from raw.code_profiles order by all").fetchall() == before
    warehouse.execute("update raw.deliveries set status = 'withdrawn'")
    profiles.profile(warehouse)
    assert warehouse.sql(profiled).fetchone() == (0,)


def test_no_person_is_in_the_profiles(warehouse, landing_dir):
    typed = "Gia Hân Nguyễn called from her mother's in the Sunset District, again"
    rows = [*week(0), call(999, disposition=typed)]
    deliver(landing_dir, [rows], WEEKS[:1])
    told(warehouse, landing_dir)
    kept = warehouse.sql("from raw.code_profiles").fetchall()
    assert "Nguyễn" not in str(kept)


@pytest.mark.parametrize(
    ("days", "state"), [(1, "in time"), (8, "late"), (20, "stale")]
)
def test_a_feed_that_is_silent_is_late_and_then_stale(
    warehouse, landing_dir, days, state
):
    deliver(landing_dir, [week(0)], WEEKS[:1])
    told(warehouse, landing_dir)
    moment = datetime(2025, 7, 1) + timedelta(days=days)
    seen = {feed.feed: feed for feed in overview.feeds_seen(warehouse, moment)}
    assert (seen["dem_cad"].state, seen["hsh_hmis"].state) == (state, "none")
    _, about = overview.unusual(warehouse, list(seen.values()))
    assert ("nothing came since 2025-07-01" in str(about)) == (state != "in time")
    assert "no manifest came with dem_cad (1 of 1)" in about[-1]


def test_the_list_and_the_trend_hold_every_delivery(warehouse, landing_dir):
    deliver(landing_dir, [week(0), week(1, 90), []], WEEKS[:3])
    ledger.take_all(warehouse, landing_dir)
    listed = overview.newest_deliveries(warehouse, 10, "dem")
    assert [row["status"] for row in listed] == ["quarantined", "taken", "taken"]
    assert overview.newest_deliveries(warehouse, 10, "hsh") == []
    assert [(row["rows"], row["became"]) for row in overview.trend(warehouse)] == [
        (100, "taken"),
        (90, "taken"),
        (0, "refused"),
    ]


def test_two_deliveries_of_one_moment_are_told_of(warehouse, landing_dir):
    deliver(landing_dir, [week(0), week(1)], WEEKS[:2])
    assert told(warehouse, landing_dir) == []
    mended = json.dumps(week(1, disposition="GOA")).encode()
    put(landing_dir, "dem", f"cad_{WEEKS[1]}.json", mended)
    found = told(warehouse, landing_dir)
    assert [(day, rule) for day, rule, _ in found] == [("20250708", "same_time")] * 2
    assert all("withdraw the one" in sentence for _, _, sentence in found)
