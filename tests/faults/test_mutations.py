"""Whatever is put down, a run goes on: mutated deliveries of every feed.

Nothing here says which of them are taken. It says that none stops the run, that the
books add up, and that the models and the blocking promises hold over what got in.
"""

from datetime import datetime
from random import Random

import great_expectations as gx
import pytest

from dagster_project.defs.checks import read_suites, run_suite
from dagster_project.governance.consent_tables import write_tables
from dagster_project.warehouse import open_warehouse
from tests.dbt_project.conftest import run_dbt
from tests.departments.made_up_deliveries import AGREEMENT, put

from . import mutations
from .aftermath import is_balanced, raw, take

AFTERWARDS = datetime(2026, 8, 1, 6)
"""After the last of the valid deliveries says it was made."""

pytestmark = pytest.mark.faults

NAMES = {
    ("hsh", "_2024"): "hmis{}00",
    ("hsh", "_2026"): "hmis{}59",
    ("fire", ".xml"): "epcr{}.xml",
    ("fire", ".json"): "calls{}.json",
    ("fire", ".csv"): "calls{}.csv",
    ("dph", "_fhir"): "fhir{}",
    ("dem", ".json"): "cad{}.json",
    ("dem", ".csv"): "cad{}.csv",
    ("dem", "_log.csv"): "team_log{}.csv",
    ("datasf", ".json"): "cases{}.json",
    ("datasf", ".csv"): "cases{}.csv",
}
"""How a department names its deliveries, so that the reader itself must cope."""
PER_FORM = 40
"""Mutated deliveries of each feed and form; the seeds are fixed, so they are always
the same ones."""


def lay_down(home, seed: int, count: int) -> None:
    for (department, ending), content in mutations.valid().items():
        put(home.landing, department, f"valid{ending}", content)
        for number in range(count):
            random = Random(f"{department} {ending} {seed} {number}")
            changed = mutations.mutated(content, ending, random)
            name = NAMES[department, ending].format(f"_20250601T0{number:03}")
            if number % 3 == 0:  # known by what it holds alone
                name = f"export {number:03}{ending}"
            put(home.landing, department, name, changed)


def test_no_delivery_stops_a_run_and_the_books_add_up(home):
    lay_down(home, seed=1, count=PER_FORM)
    outcomes = take(home, clock=lambda: AFTERWARDS)
    found = raw(home.warehouse)
    is_balanced(found)
    status = {row[3]: row[14] for row in found["deliveries"]}
    assert all(status[n] == "taken" for n in status if n.startswith("valid"))
    refused = [o for o in outcomes if o.status == "quarantined"]
    assert len(outcomes) // 4 < len(refused) < len(outcomes) * 3 // 4
    assert all(o.reason.endswith("]") for o in refused), "each says its rule"
    assert found["quarantined_rows"]

    with open_warehouse(home.warehouse) as connection:
        statements = home.folder / "statements.csv"
        write_tables(connection, AGREEMENT, statements, AFTERWARDS)
    run_dbt(
        home.warehouse,
        home.folder / "target",
        "build",
        *("--exclude", "path:models/linked", "path:models/marts"),
        *("--exclude-resource-type", "unit_test"),
        *("--indirect-selection", "buildable"),
    )
    context = gx.get_context(mode="ephemeral")
    source = context.data_sources.add_pandas("warehouse")
    with open_warehouse(home.warehouse, read_only=True) as connection:
        for suite in read_suites():
            if suite.schema != "raw" or suite.table not in found:
                continue
            rows = connection.sql(f"from raw.{suite.table}").df()
            asset = source.add_dataframe_asset(suite.table)
            whole = asset.add_batch_definition_whole_dataframe("all")
            batch = whole.get_batch({"dataframe": rows})
            for result in run_suite(suite, batch):
                is_warning = result.check_name == "warnings"
                assert result.passed or is_warning, (suite.table, result.metadata)
