"""Every query of docs/analysts.md runs against the published copy and answers."""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dagster_project.places import REPOSITORY

pytestmark = pytest.mark.city

PAGE = (REPOSITORY / "docs" / "analysts.md").read_text(encoding="utf-8")
HEADING = re.compile(r"^### (\d+)\. (.+)$", re.M)
QUERY = re.compile(r"```sql\n(.*?)```", re.S)


def queries() -> Iterator[tuple[str, str, bool]]:
    """Yield the heading, the query, and whether it may be empty."""
    for part in re.split(r"^(?=#{2,3} )", PAGE, flags=re.M):
        heading = part.splitlines()[0].strip("# ")
        for query in QUERY.findall(part):
            yield heading, query, "*May be empty.*" in part


EACH = list(queries())


@pytest.fixture(scope="module")
def copy(city_run: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return the published copy as an analyst opens it."""
    connection = duckdb.connect(str(city_run / "marts.duckdb"), read_only=True)
    yield connection
    connection.close()


def test_there_is_a_query_for_each_of_the_25_measures() -> None:
    assert [int(number) for number, _ in HEADING.findall(PAGE)] == list(range(1, 26))
    answered = {heading for heading, _, _ in EACH}
    assert {f"{n}. {name}" for n, name in HEADING.findall(PAGE)} <= answered


@pytest.mark.parametrize(
    ("query", "may_be_empty"),
    [each[1:] for each in EACH],
    ids=[f"{number}-{each[0]}" for number, each in enumerate(EACH)],
)
def test_a_query_answers(copy, query: str, may_be_empty: bool) -> None:
    found = copy.execute(query)
    columns = [column[0] for column in found.description]
    assert columns and len(columns) == len(set(columns))
    assert not set(columns) & {"person_id", "client_record_id"}, "people are counted"
    rows = found.fetchall()
    assert rows or may_be_empty
    if rows:
        answered = [any(row[place] is not None for row in rows) for place in range(2)]
        assert all(answered), "the first two columns say what and how many"


def test_a_reader_is_refused_to_write(copy) -> None:
    with pytest.raises(duckdb.InvalidInputException, match="read-only"):
        copy.execute("create table note as select 1")
