"""The page of the default city: whole, small enough, and without a small count."""

import re
import shutil
from datetime import datetime
from html import unescape
from pathlib import Path

import duckdb
import pytest

from dagster_project.publication.page.build import SECTIONS, build_page
from dagster_project.warehouse import open_warehouse

from .test_parts import outline

pytestmark = pytest.mark.city

MEGABYTES = 3
"""The page is mailed and read on phones."""
NOT_COUNTS = {
    "95 % interval",
    "a quarter within, days",
    "at most",
    "bits",
    "breakdown",
    "covered to",
    "deliveries",
    "half within, days",
    "hazard ratio",
    "median days",
    "newest delivery",
    "refused whole",
    "score",
    "visits",
    "weight",
    "with hidden figures",
    "with manifest",
}
"""Columns whose numbers count no person, contact or offer."""


@pytest.fixture(scope="module")
def warehouse(city_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the city's warehouse."""
    return shutil.copy(
        city_run / "warehouse.duckdb", tmp_path_factory.mktemp("page") / "w.duckdb"
    )


def built(warehouse: Path) -> str:
    with open_warehouse(warehouse, read_only=True) as connection:
        return build_page(connection, run_id="r1", made_at=datetime(2026, 7, 2, 5))


@pytest.fixture(scope="module")
def page(warehouse: Path) -> str:
    return built(warehouse)


def tables(page: str) -> list[tuple[str, list[str], list[list[str]]]]:
    """Return caption, headings and rows of each table."""
    found = []
    for table in re.findall(r"<table>(.*?)</table>", page, re.S):
        caption = re.search(r"<caption>(.*?)</caption>", table)[1]
        head, *rows = [
            [
                unescape(re.sub(r"<[^>]+>", "", cell))
                for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)
            ]
            for row in re.findall(r"<tr>(.*?)</tr>", table)
        ]
        found.append((unescape(caption), head, rows))
    return found


def test_the_page_is_small_enough_and_well_formed(page: str) -> None:
    assert len(page.encode()) <= MEGABYTES * 1_000_000
    outline(page)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert "<script" not in page
    assert "{{" not in page, "no description is left unfilled"


def test_every_section_has_figures_and_every_figure_its_words(page: str) -> None:
    parts = dict(
        re.findall(
            r'<section id="([^"]+)" aria-labelledby=.*?>(.*?)</section>', page, re.S
        )
    )
    assert set(parts) == {"basis", *(anchor for anchor, _, _ in SECTIONS)}
    figures = re.findall(r"<figure .*?</figure>", page, re.S)
    assert len(figures) >= 30
    for figure in figures:
        name = re.search(r'id="([^"]+)"', figure)[1]
        assert re.search(r'<h3 [^>]*title="[^"]{80,}"', figure), name
        assert re.search(r'<p class="note">[^<]{60,}', figure), name
        basis = re.search(r'<p class="basis">([^<]+)</p>', figure)[1]
        assert re.match(r"n (=|up to) [\d,]+ ", basis), (name, basis)
        assert "data through 2026-06-30 · run r1 · marts." in basis, name
        assert "<table>" in figure, name


def test_no_count_below_fifteen_is_on_the_page(page: str) -> None:
    seen = 0
    for caption, head, rows in tables(page):
        if caption.startswith("Public tables"):
            continue  # it counts rows of tables
        for row in rows:
            for heading, cell in zip(head[1:], row[1:], strict=True):
                if heading in NOT_COUNTS or not re.fullmatch(r"[\d,]+", cell):
                    continue
                count = int(cell.replace(",", ""))
                seen += 1
                place = (caption, row[0], heading)
                assert count == 0 or count >= 20, place
                assert count % 10 == 0, place
    assert seen > 300


def test_nobody_is_named_on_the_page(page: str, warehouse: Path) -> None:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        people = connection.sql(
            "select person_id from marts.people limit 200"
        ).fetchall()
        names = connection.sql(
            "select distinct first_name || ' ' || last_name "
            "from intermediate.int_client_records "
            "where length(first_name) > 3 and length(last_name) > 3 limit 500"
        ).fetchall()
    assert not [text for (text,) in people + names if text in page]


def test_the_same_warehouse_gives_the_same_page(page: str, warehouse: Path) -> None:
    assert built(warehouse) == page


def test_a_warehouse_without_a_row_has_a_page_too(warehouse: Path) -> None:
    empty = warehouse.with_name("empty.duckdb")
    shutil.copy(warehouse, empty)
    with open_warehouse(empty) as connection:
        for (table,) in connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'marts'"
        ).fetchall():
            connection.execute(f'delete from marts."{table}"')
    page = built(empty)
    outline(page)
    assert "<svg" not in page
    assert page.count("No row of it may be shown") >= 25
