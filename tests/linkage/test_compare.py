import pyarrow as pa
import pytest

from dagster_project.linkage.columns import read_columns
from dagster_project.linkage.compare import compare
from dagster_project.linkage.encode import encode
from dagster_project.linkage.fields import FIELDS, field
from dagster_project.linkage.standardise import standardise


def level(name: str, left: dict, right: dict) -> str:
    """Return the level of one field for two records, in words; both ways round."""
    columns = sorted({*left, *right})
    rows = [{"record_id": str(n), **row} for n, row in enumerate((left, right))]
    schema = pa.schema(
        [("record_id", pa.string())]
        + [(c, pa.int32() if c.startswith("birth_") else pa.string()) for c in columns]
    )
    encoded = encode(
        standardise(read_columns(pa.Table.from_pylist(rows, schema=schema)))
    )
    import numpy as np

    levels = compare(encoded, np.array([0, 1]), np.array([1, 0]))[:, field(name)]
    assert levels[0] == levels[1], "a comparison has no direction"
    return FIELDS[field(name)].levels[levels[0] - 1] if levels[0] else "missing"


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("(415) 555-0142", "+1 415 555 0142", "equal"),
        ("555-0142", "5550142", "equal"),
        ("555-0142", "415-555-0142", "nearly_equal"),
        ("415-555-0143", "415-555-0142", "nearly_equal"),
        ("555-0143", "555-0142", "nearly_equal"),
        ("555-0143", "415-555-0142", "different"),
        ("628-555-0142", "415-555-0142", "different"),
        ("15 555-0142", "415-555-0142", "different"),
        ("5-555-0142", "555-0142", "different"),
        ("", "555-0142", "missing"),
    ],
)
def test_telephones(left, right, expected):
    assert level("phone", {"phone": left}, {"phone": right}) == expected


def name(first="", last="", **others):
    return {"first_name": first, "last_name": last, **others}


@pytest.mark.parametrize(
    ("left", "right", "first", "last"),
    [
        (name("José", "Muñoz"), name("JOSE", "Munoz"), "equal", "equal"),
        (name("Robert", "Chan"), name("Bob", "Chan"), "nickname", "equal"),
        (name("Bobby", "Chan"), name("Bob", "Chan"), "nickname", "equal"),
        (name("Michael", "Reyes"), name("Micheal", "Reyes"), "close", "equal"),
        (name("Việt", "Reyes"), name("Biệt", "Reyes"), "alike", "equal"),
        (name("Ama", "Boateng"), name("Ana", "Baoteng"), "alike", "close"),
        (name("Bo", "Ng"), name("Lo", "Ho"), "different", "different"),
        (name("Ying Sau", "Siu"), name("Ying Ling", "Siu"), "different", "equal"),
        (name("Juan Carlos", "Paz"), name("Juan Pablo", "Paz"), "different", "equal"),
        (name("Juan Carlos", "Paz"), name("Juan Carlso", "Paz"), "nickname", "equal"),
        (name("Ana Lupe", "Paz"), name("Ana Guadalupe", "Paz"), "nickname", "equal"),
        (name("Maria Elena", "Paz"), name("Maria E", "Paz"), "nickname", "equal"),
        (name("Wei Ming", "Ouyang"), name("Wei Liang", "Ouyang"), "different", "equal"),
        (name("Keung Lan", "Ho"), name("Kevin Keung Lan", "Ho"), "similar", "equal"),
        (name("J", "Reyes"), name("Juana", "Reyes"), "initial", "equal"),
        (name("Juan Carlos", "Diaz"), name("Juan", "Diaz"), "nickname", "equal"),
        (name("Wei", "Chen"), name("Chen", "Wei"), "swapped", "missing"),
        (name("Nguyen", "Anh"), name("Anh", "Nguyn"), "swapped", "missing"),
        (name("Linh", "Bùi"), name("Bui Ngoc", "Linh"), "swapped", "missing"),
        (name("Linh", "Bùi"), name("Bui", "Ngoc Linh"), "swapped", "missing"),
        (name("Робърт", "Chan"), name("Chan", "Bob"), "different", "as_first"),
        (name("Robert", "Chan"), name("Chan", "Bob"), "swapped", "missing"),
        (name("Дмитро", "Bondar"), name("Bondar", "Dima"), "different", "as_first"),
        (name("Dmytro", "Bondar"), name("Dima", "Bondar"), "nickname", "equal"),
        (name("Lan", "Vo"), name("Vo", "Hung"), "different", "as_first"),
        (name("Min", "Zhao"), name("Chao", "Min"), "swapped", "missing"),
        (name("Rania", "Ali"), name("Ali", "Raneea"), "swapped", "missing"),
        (name("Eyob", "Robel"), name("Rubel", "Eiyob"), "different", "different"),
        (name("Juan", "Ho"), name("Hu", "Juan"), "swapped", "missing"),
        (name("Juan", "Ho"), name("Li", "Juan"), "different", "as_first"),
        (
            name("Dawit", "Filmon", middle_name="Tesfaye"),
            name("Dawit", "Tesfaye"),
            "equal",
            "as_middle",
        ),
        (
            name("Ana", "Jones", middle_name="Smith"),
            name("Ana", "Smith", middle_name="Lee"),
            "equal",
            "as_middle",
        ),
        (name("Ana", "Pérez-Gómez"), name("Ana", "Gomez"), "equal", "shared_word"),
        (name("Ana", "de la Cruz"), name("Ana", "Delacruz"), "equal", "equal"),
        (name("Ana", "de la Cruz"), name("Ana", "Cruz"), "equal", "shared_word"),
        (name("Ana", "Smyth"), name("Ana", "Smith"), "equal", "alike"),
        (name("Ana", "Okafor"), name("Ana", "Lindqvist"), "equal", "different"),
        (name("Unknown", "Doe"), name("Ana", "Reyes"), "missing", "missing"),
        (name("", "Reyes"), name("Ana", "Reyes"), "missing", "equal"),
        (name("Luis", "Sr"), name("Luis", "Soto Jr."), "equal", "different"),
        (
            name("Rosa", "Paz", middle_name="Elena"),
            name("Elena", "Paz"),
            "middle_or_alias",
            "equal",
        ),
        (
            name("", "Paz", aliases="Slim;Red"),
            name("Red", "Paz"),
            "middle_or_alias",
            "equal",
        ),
    ],
)
def test_names(left, right, first, last):
    assert level("first", left, right) == first
    assert level("last", left, right) == last


@pytest.mark.parametrize(
    ("left", "right", "agreement"),
    [
        ("1985-03-07", "1985-03-07", "equal"),
        ("1985-03-07", "1985-07-03", "one_slip"),
        ("1985-03-07", "1958-03-07", "one_slip"),
        ("1985-03-07", "1985-03-17", "one_slip"),
        ("1985-03-07", "1985-03-28", "two_parts"),
        ("1985-03-07", "1985-01-01", "first_of_january"),
        ("1985-03-07", "1986-01-01", "first_of_january"),
        ("1985-03-07", "1949-03-07", "month_and_day"),
        ("1985-03-07", "1986-03-08", "two_digits"),
        ("1985-03-07", "1949-12-28", "different"),
    ],
)
def test_full_birth_dates(left, right, agreement):
    assert level("dob", {"dob": left}, {"dob": right}) == agreement
    assert level("birth_year", {"dob": left}, {"dob": right}) == "missing"


def test_a_year_is_compared_as_a_year_only():
    full, year = {"dob": "1985-03-07"}, {"dob": "1985-01-01", "dob_precision": "year"}
    assert level("dob", full, year) == "missing"
    assert level("birth_year", full, year) == "equal"
    off = {"dob": "1984-01-01", "dob_precision": "year"}
    assert level("birth_year", full, off) == "one_off"


@pytest.mark.parametrize(
    ("low", "high", "agreement"),
    [
        (1980, 1990, "within"),
        (1987, 1997, "two_off"),
        (1970, 1980, "six_off"),
        (1950, 1960, "different"),
    ],
)
def test_an_age_is_an_interval_of_years(low, high, agreement):
    guessed = {"birth_year_low": low, "birth_year_high": high}
    assert level("age", {"dob": "1985-03-07"}, guessed) == agreement


@pytest.mark.parametrize(
    ("left", "right", "full", "last4"),
    [
        ("734112345", "734112345", "equal", "missing"),
        ("734112345", "734112354", "one_slip", "missing"),
        ("734112345", "2345", "missing", "equal"),
        ("734112345", "2346", "missing", "different"),
        ("734112345", "777992345", "last_four", "missing"),
        ("734112345", "899887766", "different", "missing"),
    ],
)
def test_a_partial_number_is_other_evidence_than_a_full_one(left, right, full, last4):
    assert level("ssn", {"ssn": left}, {"ssn": right}) == full
    assert level("ssn_last4", {"ssn": left}, {"ssn": right}) == last4


@pytest.mark.parametrize(
    ("left", "right", "agreement"),
    [
        (dict(address="12 Larch Street"), dict(address="12 Larch St."), "street"),
        (dict(address="1200 Larch St"), dict(address="1200 Larhc St"), "close_street"),
        (dict(zip="94102"), dict(zip="94102"), "zip_alone"),
        (
            dict(zip="94102", address="1 Elm St"),
            dict(zip="94102", address="99 Quay Rd"),
            "zip_other_street",
        ),
        (dict(city="Oakland"), dict(city="Oakland"), "city_alone"),
        (
            dict(city="Oakland", zip="94601"),
            dict(city="Oakland", zip="94607"),
            "city_other_place",
        ),
        (dict(zip="94102"), dict(zip="95014"), "different"),
        (dict(zip="94102"), dict(city="Oakland"), "missing"),
    ],
)
def test_places(left, right, agreement):
    left.setdefault("address", "")
    assert level("address", left, right) == agreement


def test_suffixes_are_told_wherever_they_are_written():
    assert level("suffix", name("Ed", "King Jr"), {"suffix": "Sr."}) == "different"
    assert level("suffix", name("Ed III", "King"), {"suffix": "3rd"}) == "equal"


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        ("Couturière", "COUTURIERE", "equal"),
        ("tailor", "baker", "different"),
        ("Unknown", "baker", "missing"),
        ("N/A", "N/A", "missing"),
        ("木匠", "木匠", "equal"),
    ],
)
@pytest.mark.parametrize("column", ["extra_1", "extra_2"])
def test_a_further_attribute_is_equal_or_not(column, left, right, said):
    assert level(column, {column: left}, {column: right}) == said
