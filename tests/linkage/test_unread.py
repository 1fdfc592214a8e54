import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.linkage.unread import shape, unread


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("dob", ["1980-05-03", "05/03/1980 0:00", "3 May 1980", None], None),
        ("dob", ["29344", "1980-05-03"], ("dob", 1, 2, "99999")),
        ("dob", ["5 мая 1980", "7 мая 1981", "1980"], ("dob", 2, 3, "9 aaa 9999")),
        # A tie goes to the shape that is first in order, wherever its row stands.
        ("dob", ["5/1980 Q", "12:30"], ("dob", 2, 2, "9/9999 a")),
        ("dob", ["unknown", "00/00/0000", "0", "9999-12-31"], None),
        ("ssn", ["536221234", "xxx-xx-4321", "999-99-9999", "refused"], None),
        ("ssn", ["5.36221E+08", "12"], ("ssn", 2, 2, "9.99999a+99")),
        ("phone", ["(415) 555-0123 x12", "555-0123 / 555-0124", "1234567"], None),
        ("phone", ["4.15555E+09", "415"], ("phone", 2, 2, "9.99999a+99")),
        ("zip", ["94103", "2139", "94103-1234", "00000"], None),
        ("zip", ["N1 9GU", "E2 8AA", None], ("zip", 2, 2, "a9 9aa")),
        ("city", ["5"], None),
    ],
)
def test_what_nobody_can_read_is_counted_and_its_shape_shown(column, values, said):
    table = pa.table({column: pa.array(values, pa.string())})
    assert unread(table) == ([said] if said else [])


@given(st.text())
def test_a_shape_holds_no_letter_or_digit_of_the_value(text):
    assert set(filter(str.isalnum, shape(text))) <= {"9", "a"} | {
        sign for sign in text if sign.isnumeric() and not sign.isdecimal()
    }
    assert len(shape(text)) <= 25
