import pyarrow as pa
import pytest

from dagster_project.linkage.columns import read_columns
from dagster_project.linkage.standardise import LONGEST, standardise

PASTED = "12 larch street " * 4_000


def standard(**columns):
    rows = len(next(iter(columns.values())))
    ids = [f"r{row}" for row in range(rows)]
    return standardise(read_columns(pa.table({"client_record_id": ids, **columns})))


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("first_name", "first"),
        ("middle_name", "middle"),
        ("last_name", "last"),
        ("aliases", "alias"),
        ("address", "street"),
        ("email", "email"),
    ],
)
def test_of_a_page_pasted_into_a_cell_only_the_beginning_is_compared(column, field):
    at = "a@b." if column == "email" else ""
    longest = max(getattr(standard(**{column: [at + PASTED]}), field).values, key=len)
    assert 50 < len(longest) <= LONGEST
    assert longest == longest.strip()


@pytest.mark.parametrize(
    "name",
    [
        "Pedro de Alcantara Francisco Antonio Joao Carlos Xavier de Paula Miguel",
        "Wolfeschlegelsteinhausenbergerdorff",
        "Taumatawhakatangihangakoauauotamateapokaiwhenuakitanatahu",
        "Shivaramakrishnan Venkatasubramanian Iyer Thiruvananthapuram",
    ],
)
def test_a_long_name_stays_whole(name):
    told = standard(first_name=[name, name + "x"]).first
    assert len(set(told.codes.tolist())) == 2
    assert name.lower() in told.values


def test_a_suffix_in_its_own_column_is_read_as_people_write_it():
    told = standard(last_name=["Cruz"] * 4, suffix=["the 2nd", "Hijo", "père", None])
    assert told.suffix.tolist() == [3, 1, 2, 0]


@pytest.mark.parametrize(
    ("text", "sex"),
    [
        ("Female", 2),
        ("m", 1),
        ("Woman", 2),
        ("Mujer", 2),
        ("HOMBRE", 1),
        ("女", 2),
        ("x", 0),
        ("", 0),
    ],
)
def test_a_sex_is_read_in_the_words_of_the_city(text, sex):
    table = read_columns(pa.table({"record_id": ["1"], "sex": [text]}))
    assert standardise(table).sex.tolist() == [sex]
