"""What was published of a month stays, and what it is now stands beside it."""

from datetime import datetime

import duckdb
import pytest

from dagster_project.case_conference.flow_revisions import FIGURES, book_flow

JULY, AUGUST, SEPTEMBER = (datetime(2026, month, 1, 12) for month in (7, 8, 9))
BOOK = "select * from marts.by_name_flow_publications order by all"
REVISED = (
    "select flow_month::varchar, figure, first_value, value_now, change, "
    "n_publications from marts.by_name_flow_revisions where change is distinct from 0 "
    "order by all"
)


@pytest.fixture
def warehouse():
    with duckdb.connect() as connection:
        connection.execute("create schema marts")
        yield connection


def publish(warehouse, at, through, months):
    """Publish months given as first day -> (new, active); nobody leaves."""
    listed = ", ".join(f"{name} bigint" for name in FIGURES)
    warehouse.execute(
        "create or replace table marts.by_name_flow "
        f"(flow_month date, {listed}, data_through date)"
    )
    before = 0
    for month, (new, active) in months.items():
        figures = (before, new, 0, 0, 0, 0, 0, active)
        places = ", ".join("?" * (len(figures) + 2))
        warehouse.execute(
            f"insert into marts.by_name_flow values ({places})",
            [month, *figures, through],
        )
        before = active
    return book_flow(warehouse, at)


def test_a_month_restated_is_booked_again_and_the_first_figure_stays(warehouse):
    first = {"2026-05-01": (10, 10), "2026-06-01": (4, 14)}
    publish(warehouse, JULY, "2026-06-30", first)
    assert warehouse.execute(REVISED).fetchall() == []
    # Two of May's people turned out to be one: May and all after it are restated.
    later = {"2026-05-01": (9, 9), "2026-06-01": (4, 13), "2026-07-01": (1, 14)}
    rows = publish(warehouse, AUGUST, "2026-07-31", later)
    assert rows["by_name_flow_publications"] == 5
    assert warehouse.execute(REVISED).fetchall() == [
        ("2026-05-01", "n_active", 10, 9, -1, 2),
        ("2026-05-01", "n_new", 10, 9, -1, 2),
        ("2026-06-01", "n_active", 14, 13, -1, 2),
        ("2026-06-01", "n_active_before", 10, 9, -1, 2),
    ]
    # Back to the first figures: a third publication, and no change from the first.
    publish(warehouse, SEPTEMBER, "2026-07-31", first | {"2026-07-01": (1, 15)})
    assert [row[-1] for row in warehouse.execute(REVISED).fetchall()] == [2, 2]
    assert warehouse.execute(
        "select max(publication_number), min(published_at) "
        "from marts.by_name_flow_publications where flow_month = '2026-05-01'"
    ).fetchone() == (3, JULY)


def test_the_same_figures_again_add_nothing(warehouse):
    months = {"2026-05-01": (10, 10), "2026-06-01": (4, 14)}
    publish(warehouse, JULY, "2026-06-30", months)
    before = warehouse.execute(BOOK).fetchall()
    publish(warehouse, AUGUST, "2026-06-30", months)
    assert warehouse.execute(BOOK).fetchall() == before


def test_a_month_that_is_gone_keeps_what_was_published(warehouse):
    publish(warehouse, JULY, "2026-06-30", {"2026-06-01": (4, 4)})
    publish(warehouse, AUGUST, "2026-07-31", {"2026-07-01": (4, 4)})
    gone = ("2026-06-01", "n_active", 4, None, None, 1)
    assert gone in warehouse.execute(REVISED).fetchall()


def test_a_failed_booking_leaves_the_book_as_it_was(warehouse):
    publish(warehouse, JULY, "2026-06-30", {"2026-06-01": (4, 4)})
    before = warehouse.execute(BOOK).fetchall()
    warehouse.execute("alter table marts.by_name_flow drop column n_active")
    with pytest.raises(duckdb.BinderException):
        book_flow(warehouse, AUGUST)
    assert warehouse.execute(BOOK).fetchall() == before
