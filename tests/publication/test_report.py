"""The report page: self-contained, escaped, every figure with its words and date."""

import pyarrow as pa
import pytest

from dagster_project.publication.answers import QUESTIONS
from dagster_project.publication.report import Section, build_report, heading, shown


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


def test_the_page_needs_no_network_and_escapes_what_it_shows() -> None:
    table = pa.table({"service_type": ["<script>alert(1)</script>"], "n_offers": [7]})
    page = build_report(
        [Section(QUESTIONS[0], table, "<svg></svg>")],
        facts=[("Persons", "3,500 & more")],
        data_through="2026-06-30",
        run_id="abc",
    )
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "3,500 &amp; more" in page
    assert "http://" not in page and "https://" not in page
    assert QUESTIONS[0].title in page
    assert "2026-06-30" in page
    assert "acceptance = accepted /" in page
