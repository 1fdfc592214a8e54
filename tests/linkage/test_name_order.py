"""Files in which a tenth of the names stand in the other order.

Belongs here: what either order may not do to two people. Does not belong here: whether
one person is found in both orders (``test_must_hold``).
"""

import random

import pyarrow as pa
import pytest

from dagster_project.linkage.link import link
from dagster_project.linkage.word_lists import words
from tests.linkage.invented_names import FORENAMES, SURNAMES

GIVEN = words("Lan Mai Linh Hoa Thu Nga Hương Trang Minh Hùng Dũng Tuấn Phúc Quang")
FAMILY = words("Nguyễn Trần Lê Phạm Huỳnh Hoàng Phan Vũ Võ Đặng Bùi Đỗ Ngô Dương Lý")
PEOPLE = 2400


def _person(draw: random.Random) -> dict:
    year, month = draw.randint(1940, 2005), draw.randint(1, 12)
    return {
        "first_name": draw.choice([*FORENAMES, *GIVEN]),
        "last_name": draw.choice([*SURNAMES, *FAMILY]),
        "dob": f"{year}-{month:02}-{draw.randint(1, 28):02}",
        **_home(draw),
    }


def _home(draw: random.Random) -> dict:
    return {
        "phone": f"415{draw.randint(2_000_000, 9_999_999)}",
        "address": f"{draw.randint(1, 9999)} Larch Street",
        "zip": f"941{draw.randint(2, 34):02}",
    }


def exchanged(record: dict) -> dict:
    return record | {
        "first_name": record["last_name"],
        "last_name": record["first_name"],
    }


@pytest.fixture(scope="module")
def clinic() -> tuple[dict[str, int], list[list[str]]]:
    """Return the cluster of every record, and the four records of each two people."""
    draw = random.Random(5)
    rows, planted = [], []
    for _ in range(PEOPLE):
        person = _person(draw)
        for _ in range(draw.choice((1, 2, 3))):
            moved = _home(draw) if draw.random() < 0.5 else {}
            rows.append((exchanged(person) if draw.random() < 0.1 else person) | moved)
    for _ in range(20):
        one, other = _person(draw), _person(draw)
        one["first_name"] = draw.choice(GIVEN)
        one["last_name"], other["last_name"] = draw.sample(FAMILY, 2)
        other |= {name: one[name] for name in ("first_name", "dob")}
        planted.append([f"r{len(rows) + n:05}" for n in range(4)])
        rows += [one, exchanged(one), other, exchanged(other)]
    ids = [f"r{n:05}" for n in range(len(rows))]
    table = pa.Table.from_pylist(
        [{"record_id": i} | row for i, row in zip(ids, rows, strict=True)]
    )
    found = link(table).partition
    clusters = found.select(["client_record_id", "cluster"]).to_pydict()
    return dict(zip(*clusters.values(), strict=True)), planted


def test_two_who_share_a_forename_stay_two_though_both_stand_in_both_orders(clinic):
    cluster, planted = clinic
    joined = [
        records
        for records in planted
        if {cluster[r] for r in records[:2]} & {cluster[r] for r in records[2:]}
    ]
    assert not joined


def test_each_of_them_is_found_in_both_orders(clinic):
    cluster, planted = clinic
    halves = [half for records in planted for half in (records[:2], records[2:])]
    assert sum(cluster[one] == cluster[two] for one, two in halves) >= 38
