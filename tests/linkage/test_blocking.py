from collections import Counter
from itertools import combinations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.linkage.blocking import (
    RULES,
    TELLING,
    TELLING_BUDGET,
    block,
)
from dagster_project.linkage.blocking_key_table import blocking_key_table
from dagster_project.linkage.blocking_keys import PARTS, KeyParts
from dagster_project.linkage.candidates import Candidates
from dagster_project.linkage.columns import read_columns
from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.encode import encode
from dagster_project.linkage.key_groups import key_groups
from dagster_project.linkage.link import link
from dagster_project.linkage.row_order import in_order
from dagster_project.linkage.standardise import standardise
from tests.linkage.invented_town import invented_records


def key_parts(people: int = 60) -> KeyParts:
    table, _ = invented_records(people, seed=5)
    return KeyParts(encode(standardise(read_columns(table))))


def pairs_of(candidates: Candidates) -> list[tuple[int, int]]:
    left, right = candidates.records()
    return list(zip(left.tolist(), right.tolist(), strict=True))


@given(
    st.lists(st.tuples(*[st.integers(0, 2**31 - 1)] * 3), min_size=1), st.integers(1, 9)
)
def test_rows_are_sorted_as_by_their_tuples(rows, few) -> None:
    """Against Python's own stable sort, with many equal values and with hardly any."""
    for numbers in (rows, [tuple(v % few for v in row) for row in rows]):
        columns = [np.array(column, np.int32) for column in zip(*numbers, strict=True)]
        expected = sorted(range(len(numbers)), key=numbers.__getitem__)
        assert in_order(columns).tolist() == expected


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 6)), max_size=60))
def test_groups_hold_the_records_of_each_key_once(pairs) -> None:
    place = np.random.default_rng(0).permutation(31)
    records = np.array([record for record, _ in pairs], np.int64)
    keys = np.array([key << 40 for _, key in pairs], np.uint64)
    groups = key_groups(records, keys, place)
    found = sorted(
        groups.places[start : start + size].tolist()
        for start, size in zip(groups.starts, groups.sizes, strict=True)
    )
    holders = {key: {int(place[r]) for r, k in pairs if k == key} for _, key in pairs}
    assert found == sorted(sorted(h) for h in holders.values() if len(h) > 1)


def test_every_part_of_every_rule_is_explained():
    assert {part for rule in RULES for part in rule.split("+")} == set(PARTS)


def test_a_telephone_without_its_area_code_has_the_key_of_the_whole_one():
    phones = ["415-555-0142", "555-0142", "628-555-0142", "555-0143", "", "02079460142"]
    records = pa.table(
        {
            "record_id": [str(n) for n in range(len(phones))],
            "last_name": ["Achterberg", "Bui", "Cruz", "Diallo", "Ede", "Fong"],
            "phone": phones,
        }
    )
    parts = KeyParts(encode(standardise(read_columns(records))))
    rows, keys = parts.keys("ph")
    assert rows.tolist() == [0, 1, 2, 3, 5]
    assert len(set(keys[:3].tolist())) == 1 and len(set(keys.tolist())) == 3
    found = pairs_of(block(parts).pairs)
    assert {(0, 1), (0, 2), (1, 2)} <= {tuple(sorted(pair)) for pair in found}


def test_an_unlimited_budget_makes_exactly_the_pairs_that_share_a_key():
    parts = key_parts()
    expected: dict[tuple[int, int], int] = {}
    for number, rule in enumerate(RULES):
        holders: dict[int, set[int]] = {}
        for record, key in zip(*(a.tolist() for a in parts.keys(rule)), strict=True):
            holders.setdefault(key, set()).add(record)
        for records in holders.values():
            for pair in combinations(sorted(records), 2):
                expected.setdefault(pair, number)
    pairs = block(parts, budget=1e9).pairs
    found = pairs_of(pairs)
    assert dict(zip(found, pairs.rule.tolist(), strict=True)) == expected


def test_no_rule_spends_more_than_its_budget_and_the_rest_is_reported():
    parts = key_parts()
    free, held = block(parts, budget=1e9), block(parts, budget=2.0)
    report = held.report.to_pylist()
    for row in report:
        telling = parts.chance_pairs(row["rule"]) <= TELLING * parts.records
        budget = TELLING_BUDGET if telling else 2.0
        assert row["pairs"] <= budget * parts.records, row
    for everything, row in zip(free.report.to_pylist(), report, strict=True):
        assert row["pairs"] + row["pairs_left_out"] == everything["pairs"]
        assert row["keys_used"] + row["keys_left_out"] == everything["keys_used"]
    assert 0 < len(held.pairs.left) < len(free.pairs.left)


def test_the_rarest_keys_are_used_first():
    # Keys are hashes of 64 bits, of which the lowest give way to the place.
    keys = np.array([1, 1, 2, 2, 2, 3, 3], np.uint64) << np.uint64(32)
    groups = key_groups(np.array([0, 1, 2, 3, 4, 5, 5]), keys, np.arange(6))
    assert groups.places.tolist() == [0, 1, 2, 3, 4]
    assert groups.sizes.tolist() == [2, 3], "a record makes no pair with itself"


def test_a_nickname_and_an_alias_meet_the_name():
    rows = [
        dict(record_id="a", first_name="Robert", last_name="Chan", dob="1980-02-03")
        | {"aliases": None},
        dict(record_id="b", first_name="Bob", last_name="Xu", dob="1980-09-09"),
        dict(record_id="c", aliases="Robert", last_name="Oh", dob="1980-05-05"),
    ]
    records = read_columns(pa.Table.from_pylist(rows))
    pairs = block(KeyParts(encode(standardise(records))), budget=1e9).pairs
    assert set(pairs_of(pairs)) == {(0, 1), (0, 2)}


def test_a_person_with_more_records_than_the_budget_is_not_given_up():
    rows = [
        {"record_id": f"heavy{i:03}", "first_name": "Soledad", "last_name": "Quispe"}
        | {"dob": "1971-05-09"}
        for i in range(150)
    ]
    rows += [
        {"record_id": f"other{i:03}", "first_name": f"Ana{i}", "last_name": f"Vu{i}"}
        | {"dob": f"19{50 + i % 40}-0{1 + i % 9}-1{i % 9}"}
        for i in range(50)
    ]
    parts = KeyParts(encode(standardise(read_columns(pa.Table.from_pylist(rows)))))
    pairs = block(parts, budget=0.5).pairs
    group = list(range(len(rows)))
    for left, right in pairs_of(pairs):
        low, high = sorted((group[left], group[right]))
        group = [low if g == high else g for g in group]
    assert len(set(group[:150])) == 1, "every record is reached from every other"
    assert len(pairs.left) < 150 * len(RULES)


def test_the_table_of_keys_says_which_records_may_meet():
    table, _ = invented_records(60, seed=5)
    parts = key_parts()
    ids = read_columns(table)["client_record_id"].combine_chunks()
    keys = blocking_key_table(parts, ids)
    rows = list(zip(*(c.to_pylist() for c in keys.columns), strict=True))
    assert len(set(rows)) == len(rows)
    held: dict[tuple[str, int], set[str]] = {}
    for record, rule, key in rows:
        held.setdefault((rule, key), set()).add(record)
    met = {pair for r in held.values() for pair in combinations(sorted(r), 2)}
    found = block(parts, budget=1e9).pairs
    names = ids.to_pylist()
    assert met == {tuple(sorted((names[a], names[b]))) for a, b in pairs_of(found)}
    assert {rule for _, rule, _ in rows} <= set(RULES)
    counts = Counter((record, rule) for record, rule, _ in rows)
    assert max(counts.values()) > 1


def test_a_key_rests_on_the_value_and_not_on_who_else_is_there():
    table, _ = invented_records(60, seed=5)

    def keys_of(rows: pa.Table) -> pa.Table:
        config = LinkConfig(blocking_keys=True)
        return link(rows, config=config).blocking_keys

    whole, turned = keys_of(table), keys_of(table.take(list(range(len(table)))[::-1]))
    assert whole.equals(turned)
    few = keys_of(table.slice(0, 40)).to_pylist()
    everybody = {tuple(row.values()) for row in whole.to_pylist()}
    assert few and {tuple(row.values()) for row in few} <= everybody
    assert link(table).blocking_keys is None
