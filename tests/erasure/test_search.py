"""The search goes through every table, also one that holds keys instead of values."""

import duckdb
import pytest

from dagster_project.erasure.needles import needles_of
from dagster_project.erasure.search import search
from dagster_project.linkage.warehouse_tables import create_empty
from dagster_project.places import Places


@pytest.mark.parametrize(
    ("record", "is_found"), [("hsh:hmis:7", True), ("hsh:hmis:77", False)]
)
def test_a_blocking_key_of_an_erased_client_is_found(tmp_path, record, is_found):
    here = Places(tmp_path / "landing", tmp_path / "home" / "warehouse.duckdb")
    here.warehouse.parent.mkdir()
    with duckdb.connect(str(here.warehouse)) as connection:
        create_empty(connection)
        connection.execute(
            "insert into linkage.blocking_keys "
            "values (?, 's4+by', 18446744073709551615), ('fire:epcr:Ж1', 'b+f', 7)",
            [record],
        )
    found = search(here, ["hsh:hmis:7"], needles_of(["hsh:hmis:7"], [], []))
    assert found.rows == 2
    where = {trace.where for trace in found.traces}
    assert ("warehouse.duckdb: linkage.blocking_keys" in where) == is_found
