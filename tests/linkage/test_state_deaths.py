"""Who is seen alive after a recorded death is asked about, whichever batch told it."""

import pyarrow as pa
import pytest

from dagster_project.linkage.link import link
from dagster_project.linkage.questions import DEATH
from dagster_project.linkage.state_result import StateRun
from tests.linkage.invented_town import invented_records
from tests.linkage.state_lives import Life, clusters

pytestmark = pytest.mark.usefixtures("small_files_wait_too")


@pytest.fixture(scope="module")
def town() -> pa.Table:
    """Return records without a date of death, by their ids."""
    table = invented_records(220, seed=8)[0].sort_by("client_record_id")
    for name in ("died_on", "last_seen_on"):
        table = table.append_column(name, pa.nulls(table.num_rows, pa.string()))
    return table


@pytest.fixture(scope="module")
def pair(town) -> tuple[int, int]:
    """Return the rows of the two records of one person."""
    rows: dict[str, list[int]] = {}
    for row, cluster in enumerate(clusters(link(town).partition).values()):
        rows.setdefault(cluster, []).append(row)
    return next(tuple(two) for one, two in rows.items() if one and len(two) == 2)


def dated(table: pa.Table, row: int, **values: str | None) -> pa.Table:
    """Return one row with a date of death or of being seen."""
    (record,) = table.slice(row, 1).to_pylist()
    return pa.Table.from_pylist([{**record, **values}], schema=table.schema)


def asked(found: StateRun) -> list[tuple[str, str]]:
    return [
        (q["client_record_id_l"], q["client_record_id_r"])
        for q in found.review_queue.to_pylist()
        if q["question"] == DEATH
    ]


def test_a_death_of_the_first_run_and_a_visit_of_a_later_one(town, pair, tmp_path):
    dead, seen = pair
    ids = [town["client_record_id"][row].as_py() for row in pair]
    life = Life(tmp_path / "state")
    others = [town.slice(0, dead), town.slice(dead + 1)]
    assert not asked(
        life.run(pa.concat_tables([*others, dated(town, dead, died_on="1 May 2025")]))
    )
    later = life.run(dated(town, seen, last_seen_on="06/01/2025"))
    assert not later.is_full
    assert asked(later) == [tuple(ids)]
    assert asked(life.run(town.slice(0, 0))) == [tuple(ids)]
    before = life.run(dated(town, seen, last_seen_on="2025-04-01"))
    assert not asked(before)
    assert clusters(before.partition)[ids[0]] == clusters(before.partition)[ids[1]]


def test_a_question_of_the_first_run_stands_until_one_of_its_records_changes(
    town, pair, tmp_path
):
    dead, seen = pair
    ids = [town["client_record_id"][row].as_py() for row in pair]
    told = [
        dated(town, dead, died_on="2025-05-01"),
        dated(town, seen, last_seen_on="2025-06-01"),
    ]
    others = [row for row in range(town.num_rows) if row not in pair]
    life = Life(tmp_path / "state")
    first = life.run(pa.concat_tables([town.take(pa.array(others)), *told]))
    assert asked(first) == [tuple(ids)]
    assert asked(life.run(dated(town, others[5], phone=None))) == [tuple(ids)]
    assert not asked(life.run(dated(town, dead, died_on=None)))
