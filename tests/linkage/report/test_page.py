"""The page: self-contained, without a name or number, readable by machine and ear."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pyarrow as pa
import pytest

from dagster_project.linkage.link import link
from dagster_project.linkage.report.page import build_report, write_report
from dagster_project.linkage.report.people import columns_for_report
from tests.linkage.report.made_runs import MADE_AT, page, town

VOID = {"meta", "link", "br", "hr", "img", "input"}


class Reader(HTMLParser):
    """Checks that every element is closed in order, and notes what matters."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data) -> None:
        self.words.append(data)


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert not reader.open
    return reader


@pytest.fixture(scope="module")
def whole() -> str:
    records, result, _ = town()
    return build_report(result, records, made_at=MADE_AT)


EXAMPLES = re.compile(r'<section id="examples".*?</section>', re.DOTALL)


def test_what_the_run_kept_makes_the_same_page_as_reading_again(whole) -> None:
    records, result, _ = town()
    groups = columns_for_report(records)
    assert not {"ssn", "first_name", "dob"} & set(groups.column_names)
    given = [records]
    kept = replace(link(given.pop, keep_background=True), seconds=result.seconds)
    assert kept.partition.equals(result.partition)
    page = build_report(kept, groups, made_at=MADE_AT)
    assert EXAMPLES.search(page) and EXAMPLES.search(whole)
    assert EXAMPLES.sub("", page) == EXAMPLES.sub("", whole)
    # The pairs taken apart bear the run's own weights, so nothing is said of others.
    assert "computed anew" in whole and "computed anew" not in page


def test_no_name_number_or_record_id_is_on_the_page(whole) -> None:
    records, _, _ = town()
    words = set(re.findall(r"[\w:'-]+", whole.lower()))
    for column in ("client_record_id", "ssn", "phone", "dob", "address", "zip"):
        for value in set(records[column].to_pylist()) - {None}:
            assert value.lower() not in words, column
            assert column == "zip" or len(value) < 6 or value.lower() not in whole
    names = {
        name.lower()
        for column in ("first_name", "last_name", "aliases")
        for name in records[column].to_pylist()
        if name and len(name) > 2
    }
    # These are words of the page as well as names of somebody.
    assert names & words <= {"may", "will", "unknown", "trauma", "mark", "rose"}


def test_a_canary_in_every_column_stays_inside() -> None:
    row = {
        "record_id": "canary-id",
        "first_name": "Kanarienvogel",
        "last_name": "Vệtvàng",
        "dob": "1971-03-29",
        "source": "hill",
    }
    text = page([row, {**row, "record_id": "canary-again"}])
    for value in ("canary", "kanarien", "Vệtvàng", "vetvang", "1971"):
        assert value.lower() not in text.lower()


def test_the_page_is_whole_html_with_one_heading_and_a_language(whole) -> None:
    reader = read(whole)
    tags = [tag for tag, _ in reader.elements]
    assert tags.count("h1") == 1
    assert dict(reader.elements)["html"]["lang"] == "en"
    ids = [attrs["id"] for _, attrs in reader.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    links = [attrs["href"] for tag, attrs in reader.elements if tag == "a"]
    assert links and all(link[1:] in ids for link in links)


def test_every_picture_says_what_it_shows_and_has_its_table(whole) -> None:
    reader = read(whole)
    pictures = [attrs for tag, attrs in reader.elements if tag == "svg"]
    assert len(pictures) > 10
    for attrs in pictures:
        assert attrs["role"] == "img" and len(attrs["aria-label"]) > 20
    figures = whole.split("<figure>")[1:]
    assert all("<table>" in f for f in figures if "Pairs left out by rule" not in f)


def test_every_figure_bears_its_n_and_its_date(whole) -> None:
    figures = whole.split("<figure>")[1:]
    assert all(re.search(r"n = [\d,]+ .*as of 2026-07-01", f) for f in figures)


def test_the_page_needs_no_network_no_script_and_little_room(whole) -> None:
    assert "<script" not in whole and "@import" not in whole
    assert "http:" not in whole and "https:" not in whole and "url(" not in whole
    assert len(whole.encode()) < 1_000_000


def test_a_level_of_two_fields_has_a_weight_and_no_m_or_u(whole) -> None:
    weighed = re.search("m, u and weight per level.*?</table>", whole, re.DOTALL)[0]
    cell = r"</t[dh]>\s*<td[^>]*>"
    rows = {
        words: re.search(f"{words}{cell}(.*?){cell}(.*?){cell}(.*?)</td>", weighed)
        for words in (
            "full name: some names go together",
            "sex: different, as the forename is",
            "sex different",
        )
    }
    together, as_forename, alone = (row.groups() for row in rows.values())
    assert together[:2] == as_forename[:2] == ("–", "–")
    assert float(together[2].replace("−", "-")) <= 0.0
    assert "–" not in alone
    weights = [float(row[2].replace("−", "-")) for row in (alone, as_forename)]
    assert weights[0] < weights[1] < 0.0


def test_race_is_shown_and_a_gender_of_four_people_is_not(whole) -> None:
    assert "more than one" in whole and "By race" in whole
    assert "non binary" not in whole and "non_binary" not in whole
    assert "Not delivered, so not shown: ethnicity" in whole


def test_what_was_not_delivered_is_named() -> None:
    rows = [{"record_id": f"r{n}", "first_name": "Amal"} for n in range(3)]
    assert "not shown: race, ethnicity, gender, age" in page(rows)


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"record_id": "a"}],
        [
            {
                "record_id": "a",
                "first_name": "Thị",
                "last_name": "Lý",
                "dob": "1980-02-03",
            }
        ],
        [
            {"record_id": "a", "first_name": "Oyelaran", "dob": "1980-02-03"},
            {"record_id": "b", "first_name": "Μαρία", "dob": "1950-12-13"},
            {"record_id": "c", "last_name": "Кузнецов", "dob": "1999-01-30"},
        ],
        [
            {"record_id": f"r{n}", "first_name": "김", "source": f"source {n}"}
            for n in range(3)
        ],
    ],
    ids=["none", "nothing in it", "one", "three apart", "all unlinkable"],
)
def test_empty_and_tiny_runs_still_give_a_page(rows) -> None:
    text = page(rows)
    read(text)
    assert ">nan" not in text and "nan " not in text
    assert "How many people, and how sure" in text


def test_what_sources_and_groups_are_called_is_escaped() -> None:
    row = {"first_name": "Noor", "last_name": "Haddad", "dob": "1980-02-03"}
    rows = [
        {**row, "record_id": f"r{n}", "dob": f"19{n + 20}-02-03", "source": "<b>&"}
        for n in range(30)
    ]
    text = page(rows)
    read(text)
    assert "<b>" not in text and "&lt;b&gt;&amp;" in text


def test_a_clerical_sample_is_told_apart_from_the_models_own_figures() -> None:
    records, result, truth = town()
    person = dict(
        zip(*result.partition.select([0, 1]).to_pydict().values(), strict=True)
    )
    pairs, edges = (
        list(zip(*table.select([0, 1]).to_pydict().values(), strict=True))
        for table in (result.candidate_pairs, result.edges)
    )
    known = [pair for pair in edges if all(person[record] for record in pair)]
    assert len(known) > 300
    thin = next(pair for pair in pairs if not all(person[record] for record in pair))
    left, right = zip(*known[:300], strict=True)
    found = [truth[a] == truth[b] for a, b in zip(left, right, strict=True)]
    sample = pa.table(
        {
            "record_id_l": [*left, "unknown", thin[0]],
            "record_id_r": [*right, "other", thin[1]],
            "is_match": [*found, True, False],
        }
    )
    text = build_report(result, records, made_at=MADE_AT, clerical_sample=sample)
    assert "From pairs that people looked at" in text
    assert "n = 300 pairs looked at" in text
    assert "2 of the sample’s pairs are neither linked nor edges in this run" in text
    assert "nobody has checked these estimates" not in text


def test_the_same_run_gives_the_same_bytes_in_any_row_order(tmp_path, whole) -> None:
    records, result, _ = town()
    turned = records.take(list(range(records.num_rows))[::-1])
    size = write_report(tmp_path / "report.html", result, turned, made_at=MADE_AT)
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == whole
    assert size == len(whole.encode())
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]
