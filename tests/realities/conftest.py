"""The street delivered, built and linked once; the crowd linked once."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from dagster_project.defs.linkage import RECORDS
from dagster_project.departments.ledger import take_all
from dagster_project.governance.consent_tables import write_tables
from dagster_project.governance.in_force import checked
from dagster_project.linkage.link import LinkResult, link
from dagster_project.linkage.store import read_events, write_linkage
from dagster_project.places import agreement_file
from dagster_project.warehouse import SETTINGS, open_warehouse
from tests.dbt_project.conftest import run_dbt
from tests.dbt_project.raw_tables import create_after_linkage
from tests.made_once import made_once
from tests.realities import crowd, street

NOW = datetime(2026, 3, 2, 12)
AFTER_LINKAGE = ("path:models/marts", "path:models/linked")


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the street's warehouse: taken twice, built by dbt, linked, answered."""
    return made_once(tmp_path_factory, "street", _build) / "warehouse.duckdb"


def _build(home: Path) -> None:
    path, landing = home / "warehouse.duckdb", home / "landing"
    street.lay_down(landing)
    with open_warehouse(path) as connection:
        take_all(connection, landing, clock=lambda: NOW)
        street.lay_down_late(landing)
        take_all(connection, landing, clock=lambda: NOW)
        agreement = checked(agreement_file())
        write_tables(connection, agreement, home / "consents.jsonl", NOW)
    without_units = ["--exclude-resource-type", "unit_test"]
    without_units += ["--indirect-selection", "buildable"]
    run_dbt(path, home / "t", "build", "--exclude", *AFTER_LINKAGE, *without_units)
    with open_warehouse(path) as connection:
        records = connection.sql(RECORDS).to_arrow_table()
        write_linkage(
            connection,
            link(records),
            records,
            read_events(connection),
            key=b"5e" * 16,
            at=NOW,
            run_id="street",
        )
        create_after_linkage(connection)
    run_dbt(path, home / "t", "build", "--select", *AFTER_LINKAGE, *without_units)


@pytest.fixture(scope="session")
def query(warehouse: Path) -> Callable[[str], list[tuple]]:
    """Return a function that runs SQL on the street's warehouse."""
    connection = duckdb.connect(str(warehouse), read_only=True, config=SETTINGS)
    connection.execute("set TimeZone = 'UTC'")
    return lambda sql: connection.execute(sql).fetchall()


@pytest.fixture(scope="session")
def linked_crowd() -> tuple[LinkResult, dict[str, str | None]]:
    """Return one run of the engine over the crowd, and each record's cluster."""
    return crowd.linked()


@pytest.fixture(scope="session")
def cluster(linked_crowd) -> dict[str, str | None]:
    """Return the cluster of each record of the crowd, None for an unlinkable one."""
    return linked_crowd[1]


@pytest.fixture(scope="session")
def weight(linked_crowd) -> Callable[[str, str], float]:
    """Return a function that tells the match weight of two records of the crowd."""
    weights = {
        (pair["client_record_id_l"], pair["client_record_id_r"]): pair["match_weight"]
        for pair in linked_crowd[0].candidate_pairs.to_pylist()
    }
    return lambda one, other: weights[tuple(sorted((one, other)))]
