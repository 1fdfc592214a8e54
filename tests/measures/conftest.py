"""The default city twice: as the engine links it, and with linkage given the truth.

With linkage given the truth every client record lies with the person it is about, the
ones too thin to be linked included. What a measure then says must equal what truly
happened; how far it moves with the real linkage is the price of not knowing.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from dagster_project.warehouse import SETTINGS
from tests.dbt_project.conftest import run_dbt
from tests.made_once import alone

Sql = Callable[[str], list[tuple]]

TRUE_LINKS = """
    create or replace table linkage.client_links as
    select
        links.* replace (
            'true:' || identity.person as person_id,
            'true:' || identity.person as person_id_strict,
            'true:' || identity.person as person_id_loose
        )
    from linkage.client_links as links
    left join truth.record_identity as identity
        on links.client_record_id = identity.record_id;
    delete from linkage.persons;
    insert into linkage.persons by name
    select
        person_id,
        count(*) as n_client_records,
        1.0 as min_link_confidence,
        false as needs_review
    from linkage.client_links
    where person_id is not null
    group by person_id
"""
"""At all three thresholds: the truth has only one."""


@pytest.fixture(scope="session")
def true_warehouse(city_run: Path) -> Path:
    """Return the run's warehouse with linkage given the truth and the marts rebuilt."""
    path = city_run / "given_the_truth.duckdb"
    with alone(city_run):
        if not path.exists() or os.environ.get("MADE_UP_CITY"):
            fresh = path.with_suffix(".tmp")
            shutil.copy(city_run / "warehouse.duckdb", fresh)
            _give_the_truth(fresh, city_run)
            models = "path:models/linked", "path:models/marts"
            run_dbt(fresh, city_run / "true_target", "run", "--select", *models)
            fresh.rename(path)
    return path


@pytest.fixture(scope="session")
def as_linked(city_run: Path) -> Iterator[Sql]:
    """Return a function that asks the run's own warehouse; ``truth.x`` is the truth."""
    yield from _ask(city_run / "warehouse.duckdb", city_run)


@pytest.fixture(scope="session")
def given_truth(true_warehouse: Path, city_run: Path) -> Iterator[Sql]:
    """Return a function that asks the warehouse whose linkage was given the truth."""
    yield from _ask(true_warehouse, city_run)


def _ask(warehouse: Path, run: Path) -> Iterator[Sql]:
    connection = duckdb.connect(config=SETTINGS)
    connection.execute(f"attach '{warehouse}' as city (read_only)")
    _attach_truth(connection, run)
    connection.execute("use city")
    yield lambda query: connection.execute(query).fetchall()
    connection.close()


def _give_the_truth(warehouse: Path, run: Path) -> None:
    with duckdb.connect(str(warehouse), config=SETTINGS) as connection:
        _attach_truth(connection, run)
        connection.execute(TRUE_LINKS)
        connection.execute("detach truth")


def _attach_truth(connection: duckdb.DuckDBPyConnection, run: Path) -> None:
    connection.execute("attach ':memory:' as truth")
    for table in sorted((run / "truth").glob("*.parquet")):
        connection.execute(f"create view truth.{table.stem} as select * from '{table}'")
