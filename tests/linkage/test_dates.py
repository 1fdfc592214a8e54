from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.linkage.date_columns import plain_dates
from dagster_project.linkage.dates import DEFAULT_DATES, read_birth_date


@pytest.mark.parametrize(
    ("text", "precision", "digits"),
    [
        ("1985-03-07", None, 19850307),
        ("1985-03-07", "day", 19850307),
        ("1985-03-07", "month", 19850300),
        ("1985-01-01", "year", 19850000),
        ("19850307", None, 19850307),
        ("03071985", None, 19850307),
        ("3/7/1985", None, 19850307),
        ("3/7/85", None, 19850307),
        ("3/7/05", None, 20050307),
        ("1985", None, 19850000),
        ("1985-03", None, 19850300),
        ("1985-03-07T00:00:00", None, 19850307),
        ("1985-03-07 00:00:00", None, 19850307),
        ("l985-o3-07", None, 19850307),
        ("03/07/1985 0:00", None, 19850307),
        ("03/07/1985 12:00:00 AM", None, 19850307),
        ("3/7/85 11:05 p.m.", None, 19850307),
        ("1985/03/07 00:00:00", None, 19850307),
        ("3/7/1985,   12:00 AM", None, 19850307),
        ("Mar  7 1985 12:00:00:000AM", None, 19850307),
        ("3/7/1985" + " " * 100_000 + "x", None, 0),
        ("1985-03-07T00:00:00.000Z", None, 19850307),
        ("07-MAR-85 12.00.00.000000 AM", None, 19850307),
        ("07-MAR-85", None, 19850307),
        ("07 Mar 1985", None, 19850307),
        ("March 7, 1985", None, 19850307),
        ("Thursday, March 7th, 1985", None, 19850307),
        ("1985-Mar-07", None, 19850307),
        ("7. März 1985", None, 19850307),
        ("7 de marzo de 1985", None, 19850307),
        ("1er août 1985", None, 19850801),
        ("ika-7 ng Marso 1985", None, 0),
        ("Hunyo 7, 1985", None, 19850607),
        ("March 1985", None, 19850300),
        ("March 85", None, 0),
        ("7 Mar Apr 1985", None, 0),
        ("7 Maerz 1985 1986", None, 0),
        ("Maria 7 1985", None, 0),
        ("01-JAN-1900", None, 0),
        ("3071985", None, 19850307),
        ("1980305", None, 0),
        ("٠٣/٠٧/١٩٨٥", None, 19850307),
        ("1985-13-40", None, 19851340),
        ("1900-05-20", None, 19000520),
        ("1857-05-20", None, 18570520),
        ("1900-01-01", None, 0),
        ("1899-12-30", None, 0),
        ("1753-01-01", None, 0),
        ("1970-01-01", None, 0),
        ("2093-01-01", None, 0),
        ("0000-00-00", None, 0),
        ("unknown", None, 0),
        ("", None, 0),
        (None, None, 0),
    ],
)
def test_a_birth_date_in_any_spelling(text, precision, digits):
    assert read_birth_date(text, precision) == digits


@given(
    born=st.dates(date(1905, 1, 1), date(2020, 12, 31)),
    written=st.sampled_from(
        (
            "%m/%d/%Y",
            "%m/%d/%Y 0:00",
            "%m/%d/%Y 12:00:00 AM",
            "%Y/%m/%d 00:00:00",
            "%d %b %Y",
            "%d %B %Y",
            "%B %d, %Y",
            "%A, %B %d, %Y",
            "%d-%b-%Y",
            "%Y%m%d",
            "%m%d%Y",
        )
    ),
    case=st.sampled_from((str, str.upper, str.lower)),
)
def test_every_day_is_read_in_every_spelling(born, written, case):
    expected = int(born.strftime("%Y%m%d"))
    expected = 0 if expected in DEFAULT_DATES else expected
    assert read_birth_date(case(born.strftime(written))) == expected
    if written == "%m%d%Y":
        assert read_birth_date(str(int(born.strftime(written)))) == expected


@pytest.mark.parametrize(
    ("dates", "read"),
    [
        ("05/03/1980 25/03/1980", "03/05/1980 03/25/1980"),
        ("05/03/1980 03/25/1980", "05/03/1980 03/25/1980"),
        ("05.03.80 25.03.80", "03/05/80 03/25/80"),
        # One slip of the month does not turn all of a source.
        ("25/03/1980 03/25/1980 04/26/1980", "25/03/1980 03/25/1980 04/26/1980"),
        ("05/03/1980 1980-03-25", "05/03/1980 1980-03-25"),
        ("25/03/1980 1980-03-25 05/03/1980", "03/25/1980 1980-03-25 03/05/1980"),
        ("31/31/1980 05/03/1980", "31/31/1980 05/03/1980"),
        ("29344 9999", "1980-05-03 1927-05-17"),
        ("29344 1980", "29344 1980"),
        ("29344 1980-05-03", "29344 1980-05-03"),
        ("9999 8000", "9999 8000"),
        ("29344 94103", "29344 94103"),
        ("02139 29344", "02139 29344"),
    ],
)
def test_a_column_tells_what_one_date_does_not(dates, read):
    column = pa.chunked_array([[*dates.split(), None]])
    assert plain_dates(column, None).to_pylist() == [*read.split(), None]


def test_each_source_is_judged_by_itself():
    column = pa.chunked_array([["5/3/1980", "5/3/1980", "31/3/1980", "29344", "1980"]])
    source = pa.chunked_array([["here", "there", "there", "sheet", None]])
    assert plain_dates(column, source).to_pylist() == [
        "5/3/1980",
        "3/5/1980",
        "3/31/1980",
        "1980-05-03",
        "1980",
    ]


def test_a_column_of_plain_dates_is_left_alone():
    column = pa.chunked_array([["1980-05-03", None]])
    assert plain_dates(column, None) is column
