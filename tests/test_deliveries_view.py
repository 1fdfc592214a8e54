"""The delivery list and the commands that mend, as a steward calls them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dagster_project.cli import app
from dagster_project.departments import arriving, ledger, profiles
from dagster_project.publication import delivery_pictures
from dagster_project.warehouse import open_warehouse
from tests.departments.made_up_deliveries import call, epcr, put

CAD = "cad_20250707.json"


@pytest.fixture
def call_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Return a function that calls the command; two deliveries were taken before."""
    monkeypatch.setattr(arriving, "SETTLE_SECONDS", 0)
    monkeypatch.setenv("LANDING_DIR", str(tmp_path / "landing"))
    monkeypatch.setenv("WAREHOUSE_PATH", str(tmp_path / "warehouse.duckdb"))
    for department in ("dem", "fire"):
        (tmp_path / "landing" / department).mkdir(parents=True)
    rows = [call(n) for n in range(30)] + [{"cad_number": "[/] Şükrü's call"}]
    text = json.dumps(rows, ensure_ascii=False)
    put(tmp_path / "landing", "dem", CAD, text.encode())
    put(tmp_path / "landing", "fire", "epcr_20250707.xml", epcr()[:-20])
    with open_warehouse(tmp_path / "warehouse.duckdb") as warehouse:
        ledger.take_all(warehouse, tmp_path / "landing")
        profiles.profile(warehouse)
    return lambda *words: CliRunner().invoke(app, words)


def test_the_list_says_what_came_and_what_became_of_it(call_it):
    shown = call_it("deliveries")
    assert shown.exit_code == 0
    assert "dem_cad_20250707T000000_" in shown.stdout
    assert "[not_well_formed]" in shown.stdout
    assert "dem_cad (1 of 1)" in shown.stdout
    assert "Şükrü" not in shown.stdout
    assert "throughline replay DELIVERY --file" in shown.stdout
    assert "throughline deliveries --department dem --rows" in shown.stdout
    own = call_it("deliveries", "--department", "fire")
    assert "dem_cad" not in own.stdout
    assert "--rows" not in own.stdout


def test_rows_are_shown_to_their_department_only(call_it):
    assert "name --department" in call_it("deliveries", "--rows").output
    own = call_it("deliveries", "--rows", "--department", "dem")
    assert "[/] Şükrü's call" in own.stdout
    assert "line 1, column received_datetime" in own.stdout
    other = call_it("deliveries", "--rows", "--department", "fire")
    assert "No row of fire waits in quarantine." in other.stdout
    assert (
        "no department 'police'"
        in call_it("deliveries", "--department", "police").output
    )


def test_a_mend_and_a_second_thought(call_it, tmp_path):
    (tmp_path / "mended.json").write_text(json.dumps([call(1), call(2)]))
    mended = call_it("replay", CAD, "--file", str(tmp_path / "mended.json"))
    assert "2 rows, 2 loaded, 0 quarantined." in mended.stdout
    back = call_it("withdraw", CAD, "--reason", "sent by mistake")
    assert "is withdrawn" in back.stdout
    unknown = call_it("replay", "nothing")
    assert unknown.exit_code == 1
    assert "The ledger knows no delivery 'nothing'" in unknown.output
    assert "withdrawn: sent by mistake" in call_it("deliveries").stdout


def test_an_older_warehouse_is_sent_to_a_run(call_it, tmp_path):
    with open_warehouse(tmp_path / "warehouse.duckdb") as warehouse:
        warehouse.execute("drop table raw.column_profiles")
    shown = call_it("deliveries")
    assert (shown.exit_code, "older release" in shown.output) == (1, True)


def test_the_trend_is_a_picture_that_needs_no_network(tmp_path):
    rows = [
        {"feed": "dem_cad", "moment": f"2025-07-0{day}", "rows": day, "became": kind}
        for day, kind in enumerate(delivery_pictures.BECAME, start=1)
    ]
    chart = delivery_pictures.trend_chart(rows)
    delivery_pictures.write(chart, tmp_path / "deliveries.svg")
    svg = (tmp_path / "deliveries.svg").read_text(encoding="utf-8")
    assert svg.lstrip().startswith("<svg")
    assert "<script" not in svg
    assert "dem_cad" in svg
    told = delivery_pictures.as_markdown(chart)
    assert told.startswith("![rows per delivery](data:image/png;base64,")
    assert delivery_pictures.trend_chart([]) is None
