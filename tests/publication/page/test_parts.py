"""A figure says what it means, and everybody can reach it."""

import itertools
import re
from datetime import date
from html import unescape
from html.parser import HTMLParser

import duckdb
import pytest

from dagster_project.publication.page import charts
from dagster_project.publication.page.described import (
    Described,
    NotDescribedError,
    beside,
    describe,
)
from dagster_project.publication.page.frame import Part, frame
from dagster_project.publication.page.parts import Figure, Table, figure, section
from dagster_project.publication.page.rated import Rated, rate_figure
from dagster_project.publication.page.source import Source, words

MEANING = (
    "One row per team. Good for this. Formula: a / b. Window: a year. Not for: that."
)


class Outline(HTMLParser):
    """What a screen reader walks through."""

    VOID = frozenset({"meta", "link", "br", "path", "line", "rect", "circle", "use"})

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.open: list[str] = []
        self.stray: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag in self.VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.stray.append(tag)


def outline(page: str) -> Outline:
    """Return the tags of a page, after seeing that all are closed in order."""
    read = Outline()
    read.feed(page)
    assert (read.open, read.stray) == ([], [])
    return read


@pytest.fixture
def shown() -> Figure:
    """Return a figure of two invented teams."""
    return Figure(
        anchor="people-met",
        title="People met by Ngozi's & Nguyễn's teams",
        described=[Described("people_served", MEANING, {"n_people": "Who <was> met."})],
        basis="n = 40 people · data through 2026-06-30 · run r1",
        table=Table(
            "People met.", {"team": "team", "n_people": "people"}, [["A", "40"]]
        ),
        draw=charts.bars([("A", 40)], "people met"),
        told="Team A met 40.",
    )


@pytest.fixture
def page(shown: Figure) -> str:
    """Return a whole page with that figure."""
    part = section("departments", "Who met whom?", "A sentence.", figure(shown))
    return frame(
        [Part("departments", "Departments", part)],
        facts=[("People known", "3,400 & more")],
        data_through="2026-06-30",
        run_id="r1",
        made_on="2026-07-02",
    )


def test_a_figure_has_its_definition_on_hover_and_beside_it(shown: Figure) -> None:
    text = figure(shown)
    assert text.count(f'title="{MEANING}"') == 2, "on the heading and on the picture"
    assert ">Good for this. Formula: a / b. Not for: that.<" in text
    assert f">{MEANING}<" in text, "in full, one click away"
    assert 'title="Who &lt;was&gt; met."' in text
    assert "<dd>Who &lt;was&gt; met.</dd>" in text


def test_a_figure_says_n_date_run_and_table(shown: Figure) -> None:
    assert (
        "n = 40 people · data through 2026-06-30 · run r1 · marts.people_served"
        in figure(shown)
    )


def test_a_picture_has_a_name_a_description_and_a_table(shown: Figure) -> None:
    read = outline(figure(shown))
    pictures = [attrs for tag, attrs in read.tags if tag == "svg"]
    assert len(pictures) == 2, "one for a phone, one for anything wider"
    ids = {attrs["id"] for _, attrs in read.tags if "id" in attrs}
    for attrs in pictures:
        assert attrs["role"] == "img"
        assert set(attrs["aria-labelledby"].split()) <= ids
    assert "The figures as a table" in figure(shown)


def test_ids_are_unique_and_links_lead_somewhere(page: str) -> None:
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert {link for link in re.findall(r'href="#([^"]+)"', page)} <= set(ids)
    assert set(re.findall(r"url\(#([^)]+)\)", page)) <= set(ids)


def test_the_page_is_walked_by_landmarks_and_headings(page: str) -> None:
    tags = [tag for tag, _ in outline(page).tags]
    for landmark in ("header", "nav", "main", "footer", "h1"):
        assert tags.count(landmark) == 1, landmark
    levels = [int(tag[1]) for tag in tags if re.fullmatch(r"h\d", tag)]
    steps = itertools.pairwise(levels)
    assert all(later - earlier <= 1 for earlier, later in steps), "no level is skipped"
    assert '<html lang="en">' in page
    assert page.index('class="skip"') < page.index("<header>")


def test_what_is_on_hover_is_said_where_the_page_says_without_a_mouse(page) -> None:
    summaries = [
        unescape(re.sub("<[^>]+>", "", inside))
        for inside in re.findall(r"<summary>(.*?)</summary>", page)
    ]
    (named,) = re.findall("Without a mouse: the same words open under “(.*?)”", page)
    assert any(summary.startswith(named) for summary in summaries)
    body = re.sub("<[^>]+>", "\n", page)
    hovered = set(re.findall(r'\btitle="([^"]+)"', page))
    assert hovered and all(f"\n{words}\n" in body for words in hovered)


def test_tables_have_captions_and_scopes_and_the_keyboard_scrolls_them(page) -> None:
    assert page.count("<table>") == page.count("<caption>") == 1
    assert '<th scope="col"' in page
    assert '<th scope="row">A</th>' in page
    assert 'class="scroll" role="region" tabindex="0" aria-label="People met."' in page


def test_the_page_needs_no_network_and_runs_nothing(page: str) -> None:
    tags = outline(page).tags
    assert {tag for tag, _ in tags} & {
        "script",
        "link",
        "img",
        "iframe",
        "object",
    } == set()
    loads = {name for _, attrs in tags for name in attrs} & {
        "src",
        "srcset",
        "xlink:href",
    }
    assert loads == set()
    assert not [n for _, attrs in tags for n in attrs if n.startswith("on")]
    addresses = set(re.findall(r"https?://[^\"' <]+", page))
    assert addresses <= {"http://www.w3.org/2000/svg"}, "a namespace, never fetched"
    assert "default-src 'none'" in page
    assert "@import" not in page and "url(http" not in page


def test_what_is_shown_is_escaped(page: str) -> None:
    assert "3,400 &amp; more" in page
    assert "Ngozi&#x27;s &amp; Nguyễn&#x27;s teams" in page


def test_a_page_is_read_on_a_phone_and_in_print(page: str) -> None:
    assert 'name="viewport"' in page
    assert "@media print" in page
    assert "prefers-reduced-motion" in page


def test_beside_a_figure_stands_what_it_is_and_what_it_is_not() -> None:
    assert beside(MEANING) == "Good for this. Formula: a / b. Not for: that."
    assert beside("One row per person. Good for counting.") == (
        "One row per person. Good for counting."
    )


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("not_fulfilled", "not fulfilled"),
        ("dph;fire;hsh", "DPH + Fire + HSH"),
        (None, "not recorded"),
        (date(2026, 6, 1), "2026-06-01"),
        (3, "3"),
    ],
)
def test_codes_are_words(code, told) -> None:
    assert words(code) == told


@pytest.fixture
def warehouse() -> duckdb.DuckDBPyConnection:
    """Return a warehouse with one rate mart of invented services."""
    connection = duckdb.connect()
    connection.execute("create schema marts")
    connection.execute(
        """create table marts.acceptance as
        select service, 'year' as period_kind, cast(began as date) as period_start,
            n, numerator, denominator, numerator / denominator as rate,
            0.0 as rate_low, 1.0 as rate_high, numerator / denominator as rate_strict,
            (numerator + 40) / denominator as rate_loose, 0.1 as share_not_linked,
            date '2026-06-30' as data_through
        from (values
            ('shelter', '2025-01-01', 1000, 270, 900),
            ('housing', '2025-01-01', 300, 4, 260),
            ('moud', '2025-01-01', 30, 12, 25),
            ('shelter', '2026-01-01', 500, 499, 500)
        ) as r (service, began, n, numerator, denominator)"""
    )
    connection.execute(f"comment on table marts.acceptance is '{MEANING}'")
    connection.execute("comment on column marts.acceptance.rate is 'Yes of known.'")
    return connection


RATED = Rated(
    table="acceptance",
    title="Offers accepted",
    unit="offers",
    by=["service"],
    share="of offers",
)


def test_a_rate_is_shown_of_the_last_whole_year_and_small_cells_hidden(
    warehouse,
) -> None:
    text = figure_text(warehouse)
    rows = [
        [unescape(c) for c in re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", text)
    ]
    nbsp = "\u00a0%"
    assert rows[1:] == [
        [
            "shelter",
            f"30{nbsp}",
            f"27{nbsp} to 33{nbsp}",
            f"30{nbsp}",
            f"34{nbsp}",
            "270",
            "900",
            "1,000",
            f"10{nbsp}",
        ],
        ["housing", "–", "–", "–", "–", "<15", "260", "300", f"10{nbsp}"],
        ["MOUD", "–", "–", "–", "–", "<15", "30", "30", "–"],
    ]
    assert "Offers accepted, 2025" in text
    assert "n up to 1,000 offers · data through 2026-06-30 · run r1" in text
    assert 'title="Yes of known."' in text
    assert "499" not in text, "2026 is not over"


def figure_text(warehouse: duckdb.DuckDBPyConnection) -> str:
    return rate_figure(Source(warehouse, "r1"), RATED)


def test_a_mart_without_rows_is_a_figure_that_says_so(warehouse) -> None:
    warehouse.execute("delete from marts.acceptance")
    text = figure_text(warehouse)
    assert "<svg" not in text and "<table" not in text
    assert "No row of it may be shown" in text


def test_a_table_nobody_described_is_not_shown(warehouse) -> None:
    warehouse.execute("create table marts.silent as select 1 as n")
    with pytest.raises(NotDescribedError, match=r"marts\.silent has no description"):
        describe(warehouse, "silent")
    with pytest.raises(NotDescribedError, match=r"marts\.absent, which is not in"):
        describe(warehouse, "absent")
