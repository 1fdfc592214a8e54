"""What the warehouse holds gives the page that the run itself gives."""

from datetime import datetime

import duckdb
import pyarrow as pa
import pytest

from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.evidence import evidence
from dagster_project.linkage.ledger import no_events
from dagster_project.linkage.link import link
from dagster_project.linkage.report.page import build_report
from dagster_project.linkage.report.stored import OlderLinkageError, stored_result
from dagster_project.linkage.store import write_linkage
from dagster_project.linkage.tables import LinkResult
from tests.linkage.report.made_runs import MADE_AT, town


def written(result: LinkResult, records: pa.Table) -> duckdb.DuckDBPyConnection:
    """Return a warehouse that holds a run."""
    connection = duckdb.connect()
    write_linkage(
        connection,
        result,
        records,
        no_events(),
        key=b"k" * 32,
        at=datetime(2026, 7, 1),
        run_id="run",
    )
    return connection


def test_a_run_read_back_from_the_warehouse_is_the_same_evidence() -> None:
    records, result, _ = town()
    records = records.append_column("department", records["source_system"])
    connection = written(result, records)
    stored = stored_result(connection)
    assert stored.model_id == result.model_id
    one, two = (evidence(r, LinkConfig()) for r in (result, stored))
    assert one.people == two.people
    assert sorted(one.joined.posterior) == sorted(two.joined.posterior)
    assert sorted(one.sizes) == sorted(two.sizes)
    assert one.asked.tolist() == two.asked.tolist()
    page = build_report(stored, records, made_at=MADE_AT)
    assert "By race" in page
    persons = connection.execute("select person_id from linkage.persons").fetchall()
    assert persons and not any(person in page for (person,) in persons)


def test_a_run_that_knows_no_client_yet_has_a_page() -> None:
    records, _, _ = town()
    nobody = records.append_column("department", records["source_system"]).slice(0, 0)
    result = link(nobody)
    connection = written(result, nobody)
    stored = stored_result(connection)
    assert stored.model_id == result.model_id
    assert "Never compared" in build_report(stored, nobody, made_at=MADE_AT)


def test_a_run_of_an_earlier_release_has_a_page_or_says_what_it_lacks() -> None:
    records, result, _ = town()
    records = records.append_column("department", records["source_system"])
    connection = written(result, records)
    connection.execute("alter table linkage.blocking_report drop pairs_filtered")
    stored = stored_result(connection)
    assert set(stored.blocking_report["pairs_filtered"].to_pylist()) == {0}
    assert "only glanced at" not in build_report(stored, records, made_at=MADE_AT)
    connection.execute("alter table linkage.client_links drop link_confidence")
    with pytest.raises(OlderLinkageError, match=r"client_links.*lacks link_confidence"):
        stored_result(connection)
