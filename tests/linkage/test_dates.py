import pytest

from dagster_project.linkage.dates import read_birth_date


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
