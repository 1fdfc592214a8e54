"""The by-name list on random lives, against a walk through every day of each life."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import duckdb
import jinja2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.dbt_project.by_name_walk import CAME, LEFT, Life, walk

MODELS = Path(__file__).resolve().parents[2] / "dbt_project" / "models"
FIRST, DAYS = date(2025, 11, 1), 240
THROUGH = FIRST + timedelta(DAYS)
LAST_WHOLE = date(2026, 6, 1)

days = st.integers(0, DAYS - 1)
spans = st.tuples(days, st.integers(0, 60)).map(lambda s: (s[0], s[0] + s[1]))
lives = st.lists(
    st.builds(
        Life,
        shown=st.lists(spans | days.map(lambda d: (d, d)), max_size=6),
        homes=st.lists(spans, max_size=2),
        moves=st.lists(days, max_size=2),
        died=st.none() | days,
    ),
    min_size=1,
    max_size=6,
)


def on(day: int) -> date:
    return FIRST + timedelta(day)


def sql(model: str) -> str:
    text = (MODELS / model).read_text()
    return jinja2.Template(text).render(ref=lambda name: name)


@pytest.fixture(scope="module")
def city():
    with duckdb.connect() as connection:
        connection.execute(
            "create table int_data_through as select 'overall' as feed, "
            f"date '{THROUGH}' as data_through;"
            "create table homeless_evidence (person_id varchar, link_threshold varchar,"
            " shown_from date, shown_to date);"
            "create table people_by_threshold (person_id varchar, link_threshold "
            "varchar, died_on date);"
            "create table stays_by_threshold (person_id varchar, link_threshold "
            "varchar, stay_kind varchar, entered_on date, left_on date);"
            "create table outcomes_by_threshold (person_id varchar, link_threshold "
            "varchar, outcome_type varchar, occurred_on date);"
            "create table contacts_by_threshold (person_id varchar, link_threshold "
            "varchar, is_contact_made boolean, contact_kind varchar, contacted_on date)"
        )
        for model in (
            "linked/active_spells.sql",
            "marts/case_conference/by_name_flow.sql",
        ):
            name = Path(model).stem
            connection.execute(f"create view {name} as {sql(model)}")
        yield connection


def told(city, people) -> dict[date, tuple]:
    for table in ("homeless_evidence", "people_by_threshold", "stays_by_threshold"):
        city.execute(f"delete from {table}")
    city.execute("delete from outcomes_by_threshold")

    def insert(table, rows):
        for row in rows:
            places = ", ".join("?" * len(row))
            city.execute(f"insert into {table} values ({places})", row)

    for number, life in enumerate(people):
        who = (f"p{number}", "default")
        insert(
            "homeless_evidence",
            [(*who, on(a), min(on(b), THROUGH)) for a, b in life.shown],
        )
        homes = [(*who, "permanent_housing", on(a), on(b)) for a, b in life.homes]
        insert("stays_by_threshold", homes)
        moves = [(*who, "permanent_housing_exit", on(day)) for day in life.moves]
        insert("outcomes_by_threshold", moves)
        if life.died is not None:
            insert("people_by_threshold", [(*who, on(life.died))])
    rows = city.execute(
        "select flow_month, n_active_before, n_new, n_returned_housing, "
        "n_returned_inactive, n_housed, n_inactive, n_deceased, n_active "
        "from by_name_flow order by flow_month"
    ).fetchall()
    return {month: tuple(figures) for month, *figures in rows}


@settings(max_examples=60, deadline=None)
@given(lives)
def test_every_month_balances_and_agrees_with_a_walk_through_the_days(city, people):
    by_month = told(city, people)
    true: dict[date, Counter] = {}
    for life in people:
        for day, what in walk(life, DAYS):
            true.setdefault(on(day).replace(day=1), Counter())[what] += 1
    active = 0
    for month in sorted(true.keys() | by_month.keys()):
        if month >= LAST_WHOLE and month not in by_month:
            continue
        happened = true.get(month, Counter())
        figures = [happened[what] for what in (*CAME, *LEFT)]
        before = active
        active += sum(figures[:3]) - sum(figures[3:])
        assert by_month[month] == (before, *figures, active), month
