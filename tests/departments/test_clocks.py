from datetime import datetime

import pytest

from dagster_project.departments.clocks import in_name, utc
from dagster_project.departments.errors import Refused
from dagster_project.departments.row_rules import is_time


@pytest.mark.parametrize(
    ("text", "is_local", "moment"),
    [
        ("2025-06-30 21:00:00", True, datetime(2025, 7, 1, 4)),
        ("2025-01-15T21:00:00.000", True, datetime(2025, 1, 16, 5)),
        ("2025-11-02 01:30:00", True, datetime(2025, 11, 2, 8, 30)),
        ("2025-03-09 02:30:00", True, datetime(2025, 3, 9, 10, 30)),
        ("2025-06-30T21:00:00", False, datetime(2025, 6, 30, 21)),
        ("2025-06-30T21:00:00Z", True, datetime(2025, 6, 30, 21)),
        ("2024-08-06T14:12:57-04:00", True, datetime(2024, 8, 6, 18, 12, 57)),
        ("soon", True, None),
        (None, True, None),
    ],
)
def test_utc(text, is_local, moment):
    assert utc(text, is_local=is_local) == moment


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("cad_20250707T040000.json", datetime(2025, 7, 7, 4)),
        ("cad_20250707T0405.json", datetime(2025, 7, 7, 4, 5)),
        ("cad_20250707.json", datetime(2025, 7, 7)),
        ("cad_20251399.json", None),
        ("cad.json", None),
    ],
)
def test_time_in_a_name(name, moment):
    assert in_name(name) == moment


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("2025-03-04", True),
        ("2025-03-04 08:00", True),
        ("2025-03-04T08:00:00.123", True),
        ("2025-03-04T08:00:00.000Z", True),
        ("2025-03-04T08:00:00-07:00", True),
        ("2024-02-29", True),
        ("2025-02-29", False),
        ("2025-02-29T08:00:00", False),
        ("2025-13-01", False),
        ("03/04/2025", False),
        ("20250304", False),
        ("2025-03-04T25:00:00", False),
        ("45720", False),
        ("", False),
    ],
)
def test_is_time(text, is_one):
    assert is_time(text) is is_one


def test_a_refusal_is_one_clear_sentence():
    refused = Refused("ragged", "a row has 4 fields", line=7, column="DOB")
    refused.named("dem", "log.csv", "log.csv")
    assert (
        str(refused) == "dem/log.csv, line 7, column DOB: a row has 4 fields [ragged]"
    )
    refused = Refused("ragged", "a row has 4 fields").named("hsh", "h.zip", "Exit.csv")
    assert str(refused) == "hsh/h.zip, Exit.csv: a row has 4 fields [ragged]"
