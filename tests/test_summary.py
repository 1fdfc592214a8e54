"""What a run prints at its end: figures as a reader expects them."""

import pytest

from dagster_project.summary import heading, shown


@pytest.mark.parametrize(
    ("value", "column", "expected"),
    [
        (0.25, "acceptance_rate", "25.0 %"),
        (0.0, "outcome_share", "0.0 %"),
        (None, "unmet_rate", "–"),
        (1234, "n_offers", "1,234"),
        (3.14159, "days", "3.1"),
        ("medical_care", "service_type", "medical care"),
        ("hmis_20260701T120000.zip", "name", "hmis_20260701T120000.zip"),
    ],
)
def test_a_figure_is_shown_as_a_reader_expects(value, column, expected) -> None:
    assert shown(value, column) == expected


def test_a_heading_is_words() -> None:
    assert heading("n_no_capacity") == "no capacity"
