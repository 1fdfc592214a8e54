from datetime import UTC, datetime

import pytest

from dagster_project.linkage.identity import no_events, reconcile
from dagster_project.linkage.link import link
from dagster_project.linkage.people import client_links, persons
from tests.linkage.invented_town import invented_records

KEY = b"kept elsewhere"
AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def tables():
    records, _ = invented_records(120, seed=4)
    result = link(records)
    partition = {
        r["client_record_id"]: r["cluster"]
        for r in result.partition.to_pylist()
        if r["cluster"] is not None
    }
    events = reconcile(
        no_events(), partition, key=KEY, run_id="r", model_id=result.model_id, at=AT
    )
    return result, partition, events, client_links(result, events, KEY)


def test_every_record_has_one_row_and_unlinkable_ones_no_person(tables):
    result, partition, _, links = tables
    assert links["client_record_id"].to_pylist() == (
        result.partition["client_record_id"].to_pylist()
    )
    for row in links.to_pylist():
        linkable = row["client_record_id"] in partition
        assert (row["person_id"] is not None) == linkable
        assert (row["link_status"] != "unlinkable") == linkable
        assert (row["person_id_strict"] is not None) == linkable


def test_loose_persons_join_and_strict_ones_part_whole_persons(tables):
    rows = [r for r in tables[3].to_pylist() if r["person_id"]]
    people = {r["person_id"] for r in rows}
    assert {r["person_id_loose"] for r in rows} <= people
    assert len({(r["person_id"], r["person_id_loose"]) for r in rows}) == len(people)
    strict = {r["person_id_strict"] for r in rows}
    assert people <= strict
    assert len({(r["person_id"], r["person_id_strict"]) for r in rows}) == len(strict)


def test_persons_count_their_records(tables):
    result, partition, events, links = tables
    departments = {r: r.split(":")[0] for r in partition}
    table = persons(links, events, departments, result.review_queue)
    rows = table.to_pylist()
    assert sum(r["n_client_records"] for r in rows) == len(partition)
    assert [r["person_id"] for r in rows] == sorted(
        {p for p in links["person_id"].to_pylist() if p}
    )
    several = [r for r in rows if ";" in r["departments"]]
    assert several and all(r["n_client_records"] > 1 for r in several)
    assert all(
        (r["min_link_confidence"] is None) == (r["n_client_records"] == 1) for r in rows
    )
