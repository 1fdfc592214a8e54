"""One person written again and again is one, also where a file holds little else."""

import numpy as np
import pyarrow as pa
import pytest

from dagster_project.linkage.columns import read_columns
from dagster_project.linkage.encode import encode
from dagster_project.linkage.fields import field
from dagster_project.linkage.link import link
from dagster_project.linkage.repeated import repeated
from dagster_project.linkage.standardise import standardise
from dagster_project.linkage.strata import strata
from tests.linkage.invented_names import FORENAMES, SURNAMES
from tests.linkage.state_lives import clusters, shuffled

WANJIRU = {"first_name": "Wanjirũ", "last_name": "Kamau", "dob": "1980-05-03"}
SSN = {"ssn": "219-45-1234"}
OTHERS = [
    {"first_name": "Lì", "last_name": "Wèi", "dob": "1970-01-02"},
    {"first_name": "Omar", "last_name": "Haddad", "dob": "1991-07-12"},
]


def people(*groups: tuple[int, dict]) -> pa.Table:
    """Return so many rows of each; ``record_id`` begins with the place of the group."""
    rows = [
        {"record_id": f"{place} {number}", **row}
        for place, (count, row) in enumerate(groups)
        for number in range(count)
    ]
    columns = sorted({name for row in rows for name in row})
    return pa.table({name: [row.get(name) for row in rows] for name in columns})


def found(table: pa.Table) -> list[set[str]]:
    """Return the people, each as the groups that its rows are of."""
    members: dict[str, set[str]] = {}
    for record, cluster in clusters(link(table).partition).items():
        members.setdefault(cluster or record, set()).add(record)
    return sorted({row.split()[0] for row in rows} for rows in members.values())


@pytest.mark.parametrize("count", [2, 5, 12, 20, 50, 300])
@pytest.mark.parametrize("others", [0, 2])
@pytest.mark.parametrize("more", [{}, SSN, {"phone": "415-555-0142"}])
def test_rows_that_are_alike_in_all_are_one_person(count, others, more):
    rows = people((count, WANJIRU | more), *((1, row) for row in OTHERS[:others]))
    assert found(rows) == [{str(n)} for n in range(1 + others)]


def test_several_people_may_be_written_again_and_again():
    rows = [(9, {**row, "ssn": f"219-45-12{n}4"}) for n, row in enumerate(OTHERS)]
    assert found(people(*rows, (30, WANJIRU | SSN))) == [{"0"}, {"1"}, {"2"}]


def test_one_ssn_of_sixty_people_makes_nobody_of_them():
    rows = [
        {
            "first_name": FORENAMES[n % len(FORENAMES)],
            "last_name": SURNAMES[(7 * n) % len(SURNAMES)],
            "dob": f"{1940 + n}-{1 + n % 12:02}-{2 + n % 27:02}",
            **SSN,
        }
        for n in range(60)
    ]
    assert len(found(people(*((1, row) for row in rows)))) == 60


@pytest.mark.parametrize("more", [{}, SSN])
def test_john_doe_is_linked_to_no_one(more):
    nobody = {"first_name": "John", "last_name": "Doe", "dob": "1900-01-01"}
    assert len(found(people((40, nobody | more)))) == 40


def test_two_rows_of_one_name_and_home_but_other_dates_are_no_person_by_themselves():
    home = {"address": "12 Larch Street", "phone": "4155550142"}
    father = WANJIRU | home | {"dob": "1955-01-31"}
    assert len(found(people((1, WANJIRU | home), (1, father)))) == 2


def alike(table: pa.Table):
    standard = standardise(read_columns(table))
    encoded = encode(standard)
    sources = strata(standard.source.codes, standard.source.values)
    return repeated(encoded, sources), encoded, sources


def test_rows_count_as_one_and_their_pairs_as_one_whatever_their_source():
    rows = people((5, WANJIRU), (2, OTHERS[0]), (1, OTHERS[1]), (3, WANJIRU | SSN))
    source = pa.array(["shelter", "street"] * 5 + ["shelter"])
    told, encoded, sources = alike(rows.append_column("source", source))
    assert told.weights.tolist() == [0.2] * 5 + [1.0] * 3 + [1 / 3] * 3
    assert told.rows.tolist() == [[3, 2], [2, 1]]
    # 3 pairs in one source, 6 between, 1 in the other of the five rows; 1 and 2.
    pairs = np.array([3, 6, 1]) * 0.9 + np.array([1, 2, 0]) * 2 / 3
    levels = told.levels(encoded, sources)
    assert levels[:, field("dob"), 1] == pytest.approx(pairs)
    assert levels[:, field("ssn"), 1] == pytest.approx([2 / 3, 4 / 3, 0])


@pytest.mark.parametrize(
    "lacking", [{"first_name": "J"}, {"last_name": None}, {"dob": "1980-05"}]
)
def test_rows_without_a_full_name_and_a_whole_date_count_one_by_one(lacking):
    told, _, _ = alike(people((5, WANJIRU | SSN | lacking)))
    assert told.weights.tolist() == [1.0] * 5 and len(told.rows) == 0


def test_a_few_rows_among_many_are_left_to_the_model():
    others = [
        {"first_name": f, "last_name": s, "dob": f"{1930 + n}-04-{2 + n % 27:02}"}
        for n, (f, s) in enumerate(zip(FORENAMES, SURNAMES, strict=False))
    ]
    told, _, _ = alike(people((3, WANJIRU), *((1, row) for row in others)))
    assert len(others) > 24 and len(told.rows) == 0
    assert told.weights.tolist() == [1.0] * (3 + len(others))


def test_row_order_does_not_change_a_byte():
    rows = [(9, {**row, "ssn": f"219-45-12{n}4"}) for n, row in enumerate(OTHERS)]
    table = people(*rows, (30, WANJIRU | SSN))
    one, other = link(table), link(shuffled(table, 3))
    for name in ("edges", "partition", "models"):
        assert getattr(one, name).equals(getattr(other, name))
