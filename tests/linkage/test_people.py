from datetime import UTC, datetime

import pyarrow as pa
import pytest

from dagster_project.linkage.identity import reconcile
from dagster_project.linkage.ledger import no_events, replay
from dagster_project.linkage.link import link
from dagster_project.linkage.people import client_links, persons
from tests.linkage.invented_town import invented_records

KEY = b"kept elsewhere"
AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def tables():
    records, _ = invented_records(120, seed=4)
    result = link(records)
    linkable = result.partition.filter(result.partition["cluster"].is_valid())
    events = reconcile(
        replay(no_events()),
        linkable,
        key=KEY,
        run_id="r",
        model_id=result.model_id,
        at=AT,
    )
    ledger = replay(events)
    partition = set(linkable["client_record_id"].to_pylist())
    return result, partition, ledger, client_links(result, ledger, KEY)


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
    result, partition, ledger, links = tables
    departments = pa.table(
        {
            "client_record_id": sorted(partition),
            "department": [r.split(":")[0] for r in sorted(partition)],
        }
    )
    table = persons(links, ledger, departments, result.edges, result.review_queue)
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


def test_a_persons_least_edge_and_question_are_its_own(tables):
    result, _, ledger, links = tables
    none = pa.table({"client_record_id": [""], "department": [""]})
    rows = persons(links, ledger, none, result.edges, result.review_queue).to_pylist()
    person_of = ledger.person_of()
    least: dict[str, float] = {}
    for edge in result.edges.to_pylist():
        # A record too thin to be a person may have an edge and yet join nobody.
        left = person_of.get(edge["client_record_id_l"])
        if left and left == person_of.get(edge["client_record_id_r"]):
            p = edge["match_probability"]
            least[left] = min(p, least.get(left, p))
    assert least
    assert {r["person_id"]: r["min_edge"] for r in rows if r["min_edge"]} == least
    asked = {
        person_of.get(question[side])
        for question in result.review_queue.to_pylist()
        for side in ("client_record_id_l", "client_record_id_r")
    } - {None}
    assert asked
    assert {r["person_id"] for r in rows if r["needs_review"]} == asked
