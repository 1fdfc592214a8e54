import pyarrow as pa
import pytest

from dagster_project.linkage import placeholders
from dagster_project.linkage.columns import read_columns
from dagster_project.linkage.names import fold
from dagster_project.linkage.placeholders import (
    is_placeholder,
    is_placeholder_surname,
    is_unnamed_pair,
)
from dagster_project.linkage.standardise import standardise


@pytest.mark.parametrize(
    ("forename", "missing"),
    [
        ("unknown", True),
        ("baby boy", True),
        ("man of the house", True),
        ("xxx", True),
        ("trauma", True),
        ("mr", True),
        ("male unknown", True),
        ("fnu", True),
        ("n a", True),
        ("mom of maria", True),
        ("baby girl of ana", True),
        ("not known", True),
        ("guadalupe", False),
        ("an", False),
        ("ii", False),
    ],
)
def test_forenames_that_say_nobody_knew(forename, missing):
    assert is_placeholder(forename) is missing


@pytest.mark.parametrize(
    ("surname", "forename", "missing"),
    [
        ("doe", "john", True),
        ("doe", "jonh", True),
        ("doe", "jahn", True),
        ("doe", "", True),
        ("doe", "samira", False),
        ("null", "jennifer", False),
        ("null", "", True),
        ("na", "eun ji", False),
        ("lnu", "fnu", True),
        ("lnu", "amina", True),
        ("n a", "n a", True),
        ("unknown", "maria", True),
        ("son", "heung min", False),
        ("child", "julia", False),
        ("g", "maria", True),
        ("nguyen", "", False),
    ],
)
def test_a_doubtful_surname_is_believed_beside_a_real_forename(
    surname, forename, missing
):
    assert is_placeholder_surname(surname, forename) is missing


def test_john_and_jane_doe_have_no_forename_either():
    assert is_unnamed_pair("jane", "doe")
    assert not is_unnamed_pair("jane", "duong")


@pytest.mark.parametrize(
    "said",
    [
        *("Desconocido", "DESCONOCIDA", "Sin nombre", "No tiene", "Ninguno", "No sabe"),
        *("No dio nombre", "Fulano", "Anónimo", "Inconnue", "Unbekannt", "Onbekend"),
        *("Não informado", "Неизвестно", "Неизвестный", "Невідомий", "Άγνωστος"),
        *(
            "不明",
            "無名",
            "无名氏",
            "未知",
            "匿名",
            "미상",
            "알 수 없음",
            "مجهول",
            "अज्ञात",
        ),
        *("Không rõ", "Không có", "Hindi alam", "Walang pangalan", "TBD", "T.B.A."),
        *("Deceased", "CONFIDENTIAL", "Redacted", "Test", "None given", "Not Provided"),
        *("Name withheld", "Unnamed", "Newborn", "Homeless", "NaN", "Nil", "Guest"),
        *("Do Not Use", "DO NOT USE", "Neonate", "Unkown", "Blank"),
    ],
)
def test_nobody_is_called_unknown_in_any_tongue(said):
    assert name_read(record(f"{said}|{said}", dob="1984-06-02")) == ("", "")


@pytest.mark.parametrize(
    "name",
    [
        *("No|Tiene", "Sin|Nombre", "None|Given", "Not|Provided", "No dio|nombre"),
        *("No|dio nombre", "Hindi|alam", "To be|determined", "Duplicate|Record"),
        *("First|Last", "Do|Not Use", "Mickey|Mouse", "Alpha|Trauma", "Guest|Nil"),
    ],
)
def test_a_phrase_may_be_written_into_both_fields(name):
    assert name_read(record(name, dob="1984-06-02")) == ("", "")


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Nada|Petrović",
            "Nil|Yıldız",
            "Nan|Li",
            "Nino|Beridze",
            "Danh|Võ",
            "Võ|Danh",
        ),
        *("Khổng|Rõ", "Maria|Given", "Eun|No", "Lucia|Blank", "Minh|Co", "Sin|Ho"),
        *("Ana|Nombre", "An|Không", "Alma|Test", "未知|田中", "無一|田中", "明美|王林"),
        *("Harold|Guest", "Ana|Nil", "Edgar|Guest", "Mickey|Rooney", "Minnie|Mouse"),
        *("Alpha|Diallo", "Maria|Trauma", "Harvey|Last", "Nan|Nan Li"),
    ],
)
def test_names_that_look_like_an_answer_stay(name):
    forename, surname = name.split("|")
    read = name_read(record(name, dob="1984-06-02"))
    assert read == (fold(forename), fold(surname))


@pytest.mark.parametrize(
    "listed",
    [
        placeholders.PLACEHOLDERS,
        placeholders.UNKNOWN_ELSEWHERE,
        placeholders.FORENAMES_TOO,
        placeholders.GROWN_FORENAMES,
        placeholders.PHRASES,
    ],
)
def test_every_listed_word_is_written_as_folding_leaves_it(listed):
    assert [word for word in sorted(listed) if fold(word) != word] == []


def test_what_is_a_name_too_is_on_the_list_of_placeholders():
    for word in placeholders.FORENAMES_TOO | placeholders.GROWN_FORENAMES:
        assert is_placeholder(word)
    assert all(map(is_placeholder, placeholders.SURNAMES_TOO))


def name_read(record: dict[str, str]) -> tuple[str, str]:
    """Return forename and surname that a record with these values is compared by."""
    table = pa.table({"record_id": ["r1"], **{k: [v] for k, v in record.items()}})
    read = standardise(read_columns(table))
    return read.first.values[read.first.codes[0]], read.last.values[read.last.codes[0]]


def forename_read(record: dict[str, str]) -> str:
    """Return the forename of ``name_read``."""
    return name_read(record)[0]


def record(name: str, **more: str) -> dict[str, str]:
    """Return a record of 'forename|surname' with further values."""
    first, last = name.split("|")
    return {"first_name": first, "last_name": last, **more}


@pytest.mark.parametrize(
    ("name", "dob", "read"),
    [
        ("Sơn|Nguyễn", "1984-06-02", "son"),
        ("Son|Dang", "06/02/1984", "son"),
        ("Na|Li", "1991-11-23", "na"),
        ("NA|LI", "1991-11-23", "na"),
        ("na|li", "1991-11-23", "na"),
        ("na|Garcia", "1991-11-23", ""),
        ("Lady|Gómez", "1999-03-14", "lady"),
        ("Mom|Chea", "1958-08-30", "mom"),
        ("Mẫn|Trần", "1970-02-17", "man"),
        ("Boy|Santos", "1972-05-05", "boy"),
        ("Baby|Reyes", "1965-12-08", "baby"),
        ("Minor|Vargas", "1985-10-19", "minor"),
        ("Infant|Selvaraj", "1988-07-21", "infant"),
        ("Son|Nguyen", "", ""),
        ("Son|Nguyen", "1984", ""),
        ("Mom|Garcia", "1900-01-01", ""),
        ("Lady|", "1984-06-02", ""),
        ("Lady|Unknown", "1984-06-02", ""),
        ("Lady|Doe", "1984-06-02", ""),
        ("Son|Na", "1984-06-02", ""),
        ("Man|Head", "1984-06-02", ""),
        ("Baby|Lopez", "2021-04-09", ""),
        ("Boy|Lopez", "2021-04-09", ""),
        ("Baby|Girl", "1984-06-02", ""),
        ("Baby Boy|Lopez", "1984-06-02", ""),
        ("Baby Girl|Lopez", "2021-04-09", ""),
        ("Unknown|Male", "1984-06-02", ""),
        ("Unknown Male|Ruiz", "1984-06-02", ""),
        ("John|Doe", "1984-06-02", ""),
        ("John|Doe", "1900-01-01", ""),
        ("Mom of Maria|Garcia", "1984-06-02", ""),
        ("Wife|Garcia", "1984-06-02", ""),
        ("Unknown|Garcia", "1984-06-02", ""),
        ("Maria|Garcia", "", "maria"),
        ("Nan|Garcia", "1984-06-02", "nan"),
        ("nan|Garcia", "1984-06-02", ""),
        ("Nan|Garcia", "", ""),
        ("John Doe 5|Smith", "1984-06-02", ""),
        ("Jane Doe|Smith", "1984-06-02", ""),
        ("Samira Doe|Smith", "1984-06-02", "samira doe"),
        ("Trauma Alpha|Trauma", "1984-06-02", ""),
        ("Guest|Smith", "1984-06-02", ""),
        ("BB|King", "1925-09-16", "bb"),
        ("BB|Smith", "2024-03-05", ""),
    ],
)
def test_a_word_that_is_a_forename_too_is_believed_of_a_known_person(name, dob, read):
    assert forename_read(record(name, dob=dob)) == read


@pytest.mark.parametrize(
    ("name", "ssn", "read"),
    [
        ("Son|Nguyen", "219-09-4711", "son"),
        ("Baby|Reyes", "219-09-4711", ""),
        ("Son|Nguyen", "4711", ""),
    ],
)
def test_an_ssn_tells_of_a_known_person_as_a_birth_date_does(name, ssn, read):
    assert forename_read(record(name, ssn=ssn)) == read


@pytest.mark.parametrize("column", ["middle_name", "email", "zip"])
@pytest.mark.parametrize("said", ["NA", "NaN"])
def test_na_is_no_forename_where_the_system_writes_it_for_nothing(column, said):
    known = record(f"{said}|Garcia", dob="1991-11-23", **{column: said})
    assert forename_read(known) == ""


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("NMN", ""),
        ("None", ""),
        ("Unknown", ""),
        ("Lady", "lady"),
        ("Na", "na"),
        ("Thị", "thi"),
        ("E", "e"),
    ],
)
def test_who_has_no_middle_name_has_none(said, read):
    known = record("Ana|Garcia", middle_name=said)
    table = pa.table({"record_id": ["r1"], **{k: [v] for k, v in known.items()}})
    middle = standardise(read_columns(table)).middle
    assert middle.values[middle.codes[0]] == read


def test_each_record_is_judged_by_its_own_values():
    names = ["Na", "Maria", "Na", "Na", "Unknown", "Baby", "Baby"]
    surnames = ["Li", "Li", "", "Li", "Li", "Cruz", "Cruz"]
    dates = ["1991-11-23"] * 3 + [None, "1991-11-23", "1964-01-09", "2020-01-09"]
    table = pa.table(
        {
            "record_id": [f"r{place}" for place in range(len(names))],
            "first_name": names,
            "last_name": surnames,
            "dob": dates,
        }
    )
    first = standardise(read_columns(table)).first
    read = [first.values[code] for code in first.codes]
    assert read == ["na", "maria", "", "", "", "baby", ""]
    assert sorted(first.values) == ["", "baby", "maria", "na"]
