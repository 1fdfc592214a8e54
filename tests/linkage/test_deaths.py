from datetime import date

import pyarrow as pa
import pytest

from dagster_project.linkage.deaths import death_questions
from dagster_project.linkage.link import link
from tests.linkage.invented_town import invented_records


def asked(rows, clusters):
    columns = ("client_record_id", "source_system", "died_on", "last_seen_on")
    records = pa.table(
        {
            name: pa.array([row[place] for row in rows], pa.string())
            for place, name in enumerate(columns)
        }
    )
    cluster = pa.chunked_array([pa.array(clusters, pa.string())])
    return [
        (q["client_record_id_l"], q["client_record_id_r"], q["reason"], q["priority"])
        for q in death_questions(records, cluster).to_pylist()
    ]


DEAD = ("a", "fhir", "2025-03-01", "2025-02-20")


@pytest.mark.parametrize(
    ("others", "clusters", "found"),
    [
        ([("b", "epcr", None, "2025-03-01")], "xx", []),
        ([("b", "epcr", None, "2025-03-02")], "xx", []),
        ([("b", "epcr", None, "2025-03-03")], "xx", [("a", "b", "(epcr)", 1.0)]),
        ([("b", "epcr", None, "2025-03-03")], "xy", []),
        ([("b", "epcr", None, None)], "xx", []),
        ([("b", "epcr", None, "perhaps")], "xx", []),
        ([("b", "epcr", None, "2025-06")], "xx", []),
        ([("b", "epcr", None, "06/31/2025")], "xx", []),
        ([("b", "epcr", None, "3/3/2025 0:00")], "xx", [("a", "b", "(epcr)", 1.0)]),
        ([("b", "epcr", None, "3 mar 2025")], "xx", [("a", "b", "(epcr)", 1.0)]),
        ([("b", "epcr", "2025-06-01", "2025-06-01")], "xx", []),
        (
            [
                ("b", "epcr", None, "2025-04-01"),
                ("c", "hmis", None, "2025-05-01 10:00:00"),
                ("d", "epcr", None, "2025-04-30"),
            ],
            "xxxx",
            [("a", "c", "(epcr, hmis)", 6.0)],
        ),
    ],
)
def test_alive_after_a_recorded_death(others, clusters, found):
    told = [
        (left, right, f"seen alive after a recorded death {sources}", priority)
        for left, right, sources, priority in found
    ]
    assert asked([DEAD, *others], list(clusters)) == told


def test_the_earliest_death_of_a_person_counts_and_nobody_has_none():
    later = ("b", "epcr", "2025-06-01", None)
    alive = ("c", "hmis", None, "2025-05-01")
    assert [q[:2] for q in asked([DEAD, later, alive], list("xxx"))] == [("a", "c")]
    assert asked([DEAD, alive], [None, None]) == []
    assert asked([], []) == []


def test_linking_asks_and_leaves_the_link():
    records, _ = invented_records(80, seed=3)
    plain = link(records)
    rows = plain.partition.to_pylist()
    clusters: dict[str, list[str]] = {}
    for row in rows:
        clusters.setdefault(row["cluster"], []).append(row["client_record_id"])
    left, right = next(m for c, m in clusters.items() if c and len(m) >= 2)[:2]
    ids = records["client_record_id"].to_pylist()
    dated = records.append_column(
        "died_on", pa.array([date(2025, 1, 1) if i == left else None for i in ids])
    ).append_column(
        "last_seen_on",
        pa.array([date(2025, 7, 1) if i == right else None for i in ids]),
    )
    result = link(dated)
    assert result.partition.equals(plain.partition)
    deaths = [q for q in result.review_queue.to_pylist() if q["question"] == "death"]
    assert [(q["client_record_id_l"], q["client_record_id_r"]) for q in deaths] == [
        (left, right)
    ]
    assert result.review_queue.num_rows == plain.review_queue.num_rows + 1
