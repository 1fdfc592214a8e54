import numpy as np
import pyarrow as pa
import pytest

from dagster_project.linkage.columns import UnreadableRecords
from dagster_project.linkage.errors_found import crossing_pairs, mixed_groups
from dagster_project.linkage.evaluation_report import figures, lines
from dagster_project.linkage.partition_file import read_pairs, read_partition

TRUTH = {**dict(zip("abcdefy", "1112239", strict=True)), "n": None}
LINKS = {**dict(zip("abcdfxn", "ppqqrst", strict=True)), "e": None}
"""One false pair (c d), two missed with c, one with e."""


def test_every_figure_of_a_small_case():
    said = figures(LINKS, TRUTH)
    assert said["records"] == {
        "compared": 6,
        "only_in_links": 1,
        "only_in_truth": 1,
        "without_true_person": 1,
        "without_person_in_links": 1,
    }
    assert said["people"] == {"found": 4, "true": 3}
    assert said["pairs"] == {
        "true": 4,
        "found": 2,
        "right": 1,
        "false": 1,
        "missed": 3,
    }
    assert said["pairwise"] == {
        "precision": 0.5,
        "recall": 0.25,
        "f1": pytest.approx(1 / 3),
    }
    assert said["clusters_by_size"] == [
        {"sizes": "1", "groups": 2, "mixed": 0, "records": 0},
        {"sizes": "2", "groups": 2, "mixed": 1, "records": 2},
    ]
    assert said["people_by_size"] == [
        {"sizes": "1", "groups": 1, "mixed": 0, "records": 0},
        {"sizes": "2", "groups": 1, "mixed": 1, "records": 2},
        {"sizes": "3-5", "groups": 1, "mixed": 1, "records": 3},
    ]


def test_which_fields_agree_among_wrong_pairs_and_which_were_scored():
    names = ["Ana", "Ana", "Anna", "Bao", "Bao", "Chidi", "Y", "N"]
    records = pa.table(
        {
            "record_id": list(TRUTH),
            "first_name": names,
            "last_name": ["Reyes"] * 8,
        }
    )
    said = figures(LINKS, TRUTH, records, [("c", "a"), ("a", "b")])
    false = {f["field"]: f for f in said["false_pairs_by_field"]["fields"]}
    assert false["first"] == {
        "field": "first",
        "compared": 1,
        "equal": 0,
        "different": 1,
    }
    assert false["last"]["equal"] == 1
    missed = {f["field"]: f for f in said["missed_pairs_by_field"]["fields"]}
    assert missed["first"]["compared"] == 3 and missed["first"]["equal"] == 1
    assert said["missed_pairs_scored"] == {
        "looked_at": 3,
        "in_edges": 1,
        "not_in_edges": 2,
    }
    text = "\n".join(lines(said))
    for words in ("1 only in the truth", "1 pairs right", "Of 3 missed pairs 1 are"):
        assert words in text


def test_perfect_links_have_nothing_to_look_at():
    truth = {"a": "1", "b": "1", "c": "2"}
    records = pa.table({"record_id": ["a", "b", "c"], "last_name": ["Xu"] * 3})
    said = figures(truth, truth, records, [])
    assert said["pairwise"]["f1"] == said["b_cubed"]["f1"] == 1.0
    assert "False pairs: none to look at." in lines(said)


@pytest.mark.parametrize("seed", range(5))
def test_crossing_pairs_are_exactly_the_wrong_ones(seed):
    draw = np.random.default_rng(seed)
    group, other = draw.integers(0, 9, 60), draw.integers(0, 4, 60)
    left, right = crossing_pairs(group, other)
    found = set(zip(left.tolist(), right.tolist(), strict=True))
    assert found == {
        (i, j)
        for i in range(60)
        for j in range(i + 1, 60)
        if group[i] == group[j] and other[i] != other[j]
    }
    assert len(found) == len(left)
    assert len(crossing_pairs(group, other, most=7)[0]) == 7
    mixed = sum(row.mixed for row in mixed_groups(group, other))
    assert mixed == len({int(g) for g in group[left]})


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"id": ["a"], "person_id": ["p"]}, "no column record_id; its columns are: id"),
        ({"record_id": ["a"], "x": [1], "y": [2]}, "no column person_id"),
        ({"record_id": ["a"]}, "no column person_id; its other columns are: none"),
        ({"record_id": ["a", "a"], "p": [1, 2]}, "more than once: 'a'"),
        ({"record_id": ["a", None], "p": [1, 2]}, "empty in 1 record"),
        ({"record_id": [], "p": []}, "holds no records"),
    ],
)
def test_what_is_no_partition_is_refused_in_words(columns, said):
    with pytest.raises(UnreadableRecords, match=said):
        read_partition(pa.table(columns), "truth.csv")


def test_the_other_column_may_have_any_name_and_type():
    table = pa.table({"who": [7.0, None], "client_record_id": [1, 2]})
    assert read_partition(table, "t") == {"1": "7", "2": None}


def test_pairs_are_read_under_both_names():
    table = pa.table({"client_record_id_l": ["a"], "client_record_id_r": ["b"]})
    assert read_pairs(table, "e") == [("a", "b")]
    with pytest.raises(UnreadableRecords, match="no columns record_id_l"):
        read_pairs(pa.table({"a": [1]}), "e.csv")
