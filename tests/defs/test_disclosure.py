"""Nothing downstream of the public tables runs when a small cell can be recovered."""

from datetime import date

import dagster as dg
import pytest

from dagster_project.defs.disclosure import AUDIT, PUBLIC, hide_small_cells
from dagster_project.defs.resources import Warehouse
from dagster_project.disclosure import prepare, tables
from dagster_project.disclosure.register import (
    proposals,
    read_register,
    write_register,
)
from dagster_project.governance.approve import approve
from dagster_project.places import agreement_file
from dagster_project.warehouse import open_warehouse
from tests.disclosure.made_counts import made_warehouse


@dg.asset(deps=PUBLIC)
def published() -> None:
    """Stand for what is published."""


@pytest.fixture
def path(tmp_path):
    made_warehouse(tmp_path / "warehouse.duckdb")
    return tmp_path / "warehouse.duckdb"


def run(path) -> dg.ExecuteInProcessResult:
    job = dg.Definitions(
        assets=[hide_small_cells, published],
        jobs=[dg.define_asset_job("all_of_it", executor_def=dg.in_process_executor)],
        resources={"warehouse": Warehouse(path=str(path), landing=str(path.parent))},
    ).resolve_job_def("all_of_it")
    with dg.DagsterInstance.ephemeral() as instance:
        return job.execute_in_process(instance=instance, raise_on_error=False)


def is_published(result: dg.ExecuteInProcessResult) -> bool:
    return bool(result.asset_materializations_for_node("published"))


def test_a_release_that_keeps_the_rule_is_published(path) -> None:
    result = run(path)
    checks = result.get_asset_check_evaluations()
    assert {check.check_name for check in checks} == {AUDIT}
    assert len(checks) == len(PUBLIC) - 1 and all(check.passed for check in checks)
    assert is_published(result)


def smallest_shown(path) -> int:
    with open_warehouse(path, read_only=True) as connection:
        (least,) = connection.sql(
            "select min(n_people) from marts.public_demographics where n_people > 0"
        ).fetchone()
    return least


def test_the_minimum_is_the_agreements(path, tmp_path, monkeypatch) -> None:
    run(path)
    assert 11 <= smallest_shown(path) < 40
    text = agreement_file().read_text(encoding="utf-8")
    ours = tmp_path / "agreement.yaml"
    ours.write_text(text.replace("small_cell_minimum: 11", "small_cell_minimum: 40"))
    for by, party in (("Zoë Ó Briain", "hsh"), ("김 하늘", "fire")):
        approve(ours, by=by, role="Director", party=party, on=date(2026, 11, 28))
    monkeypatch.setenv("AGREEMENT_PATH", str(ours))
    result = run(path)
    assert is_published(result)
    assert all(check.passed for check in result.get_asset_check_evaluations())
    assert smallest_shown(path) >= 40


def test_the_same_counts_give_the_same_tables(path) -> None:
    found = []
    for _ in range(2):
        run(path)
        with open_warehouse(path, read_only=True) as connection:
            found.append(
                [
                    connection.sql(f"from marts.{key.path[-1]}").fetchall()
                    for key in PUBLIC
                ]
            )
    assert found[0] == found[1]


def test_suppression_that_forgets_complements_fails_the_run(path, monkeypatch) -> None:
    def naive(system, minimum, also=()):
        return system.rows_of([k for k, c in system.cells.items() if c.is_small(11)])

    monkeypatch.setattr(prepare, "suppress", naive)
    result = run(path)
    assert not result.success and not is_published(result)
    (failure,) = [
        event.event_specific_data.error.cause.message
        for event in result.all_events
        if event.is_step_failure
    ]
    assert "DisclosureError" in failure and "public_demographics" in failure
    with open_warehouse(path, read_only=True) as connection:
        names = connection.sql("select table_name from duckdb_tables()").fetchall()
    assert not {name for (name,) in names if name.startswith("public_people")}


def test_a_table_written_otherwise_than_meant_blocks_publication(
    path, monkeypatch
) -> None:
    written = tables.write_public

    def careless(connection, prepared):
        rows = written(connection, prepared)
        connection.execute(
            "update marts.public_outcomes_by_intervention set rate = .0033 "
            "where numerator is null"
        )
        return rows

    monkeypatch.setattr(tables, "write_public", careless)
    result = run(path)
    broken = [c for c in result.get_asset_check_evaluations() if not c.passed]
    assert [check.asset_key.path[-1] for check in broken] == [
        "public_outcomes_by_intervention"
    ]
    assert not is_published(result)


def test_a_release_older_than_its_clock_leaves_the_tables(path) -> None:
    run(path)
    with open_warehouse(path, read_only=True) as connection:
        rows, shapes = tables.read_public(connection), tables.read_shapes(connection)
    long_ago = proposals(
        rows, shapes, released_on="2015-02-03", released_by="Ama Boateng"
    )
    register = path.parent / "public_releases.jsonl"
    write_register(register, long_ago)
    assert all(row["period"] for row in rows["public_demographics"])
    result = run(path)
    assert is_published(result)
    assert all(check.passed for check in result.get_asset_check_evaluations())
    with open_warehouse(path, read_only=True) as connection:
        left = tables.read_public(connection)
    assert set(map(len, left.values())) == {0}
    assert {one.rows for one in read_register(register)} == {()}
