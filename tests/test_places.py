"""Two variables move the warehouse, and everything beside it moves along."""

from pathlib import Path

from dagster_project.places import REPOSITORY, places


def test_by_default_everything_lies_under_data() -> None:
    here = places({})
    made = [here.landing, here.warehouse, here.published_marts, here.report]
    made += [here.truth, here.dagster_home, here.person_key, here.run_lock]
    assert {path.parent for path in made} == {REPOSITORY / "data"}


def test_variables_move_the_landing_folder_and_the_warehouse(tmp_path: Path) -> None:
    here = places(
        {"LANDING_DIR": str(tmp_path / "in"), "WAREHOUSE_PATH": str(tmp_path / "w.db")}
    )
    assert here.landing == tmp_path / "in"
    assert here.warehouse == tmp_path / "w.db"
    assert here.published_marts == tmp_path / "marts.duckdb"
    assert here.report == tmp_path / "report.html"
    assert here.linkage_report == tmp_path / "linkage_report.html"
