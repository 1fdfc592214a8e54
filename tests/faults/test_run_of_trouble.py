"""Rows 17, 20, 21, 23, 30, 51 and 53, in every layer of one whole run."""

import shutil
from pathlib import Path

import duckdb
import pytest

from dagster_project.warehouse import SETTINGS
from tests.commands import anew
from tests.finished_runs import environment

from .troubled_village import HUB, JINJA

pytestmark = [pytest.mark.faults, pytest.mark.city]


@pytest.fixture(scope="module")
def sql(finished: Path):
    path = str(finished / "warehouse.duckdb")
    with duckdb.connect(path, read_only=True, config=SETTINGS) as connection:
        yield lambda query: connection.sql(query).fetchall()


def test_row_17_and_20_one_version_of_each_record_is_in_force(sql) -> None:
    found = sql(
        "select disposition_code from staging.stg_dem__cad_calls "
        "where cad_number = '269990001'"
    )
    assert found == [("V3",)], "a version that came later but is older does not win"


def test_row_21_who_asked_to_be_erased_is_in_no_layer_after_raw(sql) -> None:
    for table in ("staging.stg_dem__team_log", "intermediate.int_client_records"):
        assert "Gonçalves-Quill" not in str(sql(f"from {table}")), table
    gone = sql(
        "select count(*) from linkage.client_links "
        "where client_record_id like '%0039Z000000500QAAA'"
    )
    assert gone == [(0,)]


def test_row_23_the_hours_that_are_missing_or_there_twice(sql) -> None:
    found = dict(
        (number, rest)
        for number, *rest in sql(
            "select cad_number, cast(received_at as varchar), is_ambiguous_time "
            "from staging.stg_dem__cad_calls where cad_number like '26999%'"
        )
    )
    assert found["269990003"] == ["2025-11-02 09:30:00", True], "the later of the two"
    assert found["269990002"] == ["2026-03-08 10:30:00", True], "an hour of no clock"
    assert found["269990001"] == ["2026-07-01 17:00:00", False]


def test_row_30_a_new_code_is_loaded_and_named_in_the_list(
    sql, landing: Path, finished: Path, tmp_path: Path
) -> None:
    assert sql(
        "select disposition_code from staging.stg_dem__cad_calls "
        "where cad_number = '269990004'"
    ) == [("ZZZ",)]
    home = shutil.copytree(finished, tmp_path / "home")
    around = environment(landing, home)
    listed = anew("deliveries", "--limit", "5", environment=around)
    assert listed.returncode == 0, listed.stderr
    assert "dem_cad_20260704T120000_" in listed.stdout
    named = sql("select delivery_id from raw.code_profiles where code = 'ZZZ'")
    assert named[0][0].startswith("dem_cad_20260703T120000_")


def test_row_51_template_text_in_a_name_is_never_rendered(sql) -> None:
    found = sql(
        "select first_name from staging.stg_dem__team_log where last_name = 'Xitlali'"
    )
    assert found == [(JINJA,)]


def test_row_53_a_name_that_many_share_makes_no_giant(sql) -> None:
    ((largest,),) = sql(
        "select max(n) from (select count(*) as n from linkage.client_links "
        "where client_record_id like '%0039Z0000%' and person_id is not null "
        "group by person_id)"
    )
    assert (largest or 0) < HUB / 10


def test_no_quarantined_text_leaves_raw_but_to_its_department(finished: Path) -> None:
    path = str(finished / "warehouse.duckdb")
    with duckdb.connect(path, read_only=True, config=SETTINGS) as connection:
        texts = [
            text.encode()[:60]
            for (text,) in connection.sql(
                "select original from raw.quarantined_rows where length(original) > 30"
            ).fetchall()
        ]
    assert texts
    told = [finished / "told", finished / "report.html", finished / "deliveries.svg"]
    told += [finished / "marts.duckdb"]
    told += [p for p in (finished / "dagster").rglob("*") if p.is_file()]
    told += [p for p in (finished / "dbt_target").rglob("*") if p.is_file()]
    for file in told:
        content = file.read_bytes()
        assert not any(text in content for text in texts), file
    assert {p.parent.name for p in finished.glob("quarantine/*/*")} >= {"dem", "hsh"}
