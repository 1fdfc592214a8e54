"""Observed mistakes against the table of the design, and their correlation.

Tolerances (2026-11): three standard errors of a city of 2,500 people, whose ePCRs
belong in large part to a few people, and what the design's section 8 allows.
"""

import numpy as np
import pytest
from identity_cities import book_of_even, book_of_simulated, simulated

from dagster_project.synthetic.codes import KINDS, SYSTEMS
from dagster_project.synthetic.identity import dates
from dagster_project.synthetic.identity.rates import RATES, SOURCES
from dagster_project.synthetic.identity.written_names import (
    NONE,
    PARTIAL,
    RIGHT,
    STREET,
    WRONG,
)

EPCR = SOURCES.index("epcr")
EPCR_SYSTEM = SYSTEMS.index("epcr")
TOLERANCE = {
    "shelter": 0.02,
    "outreach": 0.03,
    "epcr": 0.03,
    "fhir": 0.025,
    "team_log": 0.05,
}


def of_source(source: str):
    """Return records (without planted rows), name states, date states of a source."""
    book = book_of_simulated()
    rows = np.flatnonzero(book.source == SOURCES.index(source))
    return book.records, rows, book.name_state[rows], book.date_state[rows]


@pytest.mark.parametrize("source", SOURCES)
def test_names_are_missing_half_and_wrong_as_often_as_stated(source):
    _, _, state, _ = of_source(source)
    place, allowed = SOURCES.index(source), TOLERANCE[source]
    half = np.isin(state, (PARTIAL, STREET))
    for name, hit in (
        ("no_name", state == NONE),
        ("partial_name", half),
        ("name_error", state == WRONG),
    ):
        assert hit.mean() == pytest.approx(RATES[name][place], abs=allowed), name


@pytest.mark.parametrize("source", SOURCES)
def test_dates_are_missing_half_and_wrong_as_often_as_stated(source):
    _, _, _, state = of_source(source)
    place, allowed = SOURCES.index(source), TOLERANCE[source]
    given = state[state >= dates.WRONG]
    for name, share in (
        ("date_missing", (state == dates.MISSING).mean()),
        ("date_partial", (state == dates.PARTIAL).mean()),
        ("date_wrong_when_given", (given == dates.WRONG).mean()),
    ):
        assert share == pytest.approx(RATES[name][place], abs=allowed), name


@pytest.mark.parametrize("source", SOURCES)
def test_numbers_are_told_as_often_as_stated(source):
    records, rows, _, _ = of_source(source)
    place = SOURCES.index(source)
    length = np.array([len(text) for text in records.ssn[rows]])
    assert (length == 9).mean() == pytest.approx(RATES["ssn_full"][place], abs=0.035)
    assert (length == 4).mean() == pytest.approx(RATES["ssn_last_4"][place], abs=0.025)
    phone = (records.phone[rows] != "").mean()
    assert phone == pytest.approx(RATES["phone"][place], abs=0.045)


def test_anchors_of_the_design():
    _, _, names, born = of_source("epcr")
    assert (names == RIGHT).mean() == pytest.approx(0.76, abs=0.03)
    assert (born == dates.RIGHT).mean() == pytest.approx(0.75, abs=0.04)
    _, _, names, _ = of_source("outreach")
    assert (names != NONE).mean() == pytest.approx(0.94, abs=0.02)


@pytest.mark.parametrize(
    ("system", "begun", "extra"),
    [("hmis", "shelter", 6), ("hmis", "outreach", 14), ("fhir", "fhir", 9)],
)
def test_duplicates_per_hundred_people(system, begun, extra):
    book = book_of_simulated()
    count = len(book.source)
    rows = np.flatnonzero(book.records.system[:count] == SYSTEMS.index(system))
    _, first, profiles = np.unique(
        book.records.person[rows], return_index=True, return_counts=True
    )
    ours = book.source[rows[first]] == SOURCES.index(begun)
    assert 100 * (profiles[ours] - 1).mean() == pytest.approx(extra, abs=3)


@pytest.mark.parametrize("system", ["hmis", "fhir"])
def test_merges_a_year(system):
    records = book_of_simulated().records
    rows = records.system == SYSTEMS.index(system)
    people = len(np.unique(records.person[rows]))
    yearly = 100 * (records.merged_into[rows] >= 0).sum() / people / 2.5
    assert 1.5 < yearly < 3.5


def icc(values: np.ndarray, person: np.ndarray) -> float:
    """Return the one-way intraclass correlation within people."""
    _, place, count = np.unique(person, return_inverse=True, return_counts=True)
    again = count[place] > 1
    _, place, count = np.unique(person[again], return_inverse=True, return_counts=True)
    values = values[again]
    mean = np.bincount(place, values) / count
    between = (count * (mean - values.mean()) ** 2).sum() / (len(count) - 1)
    within = ((values - mean[place]) ** 2).sum() / (len(values) - len(count))
    size = (len(values) - (count**2).sum() / len(values)) / (len(count) - 1)
    return (between - within) / (between + (size - 1) * within)


def test_mistakes_gather_in_people():
    book = book_of_simulated()
    person = book.records.person[: len(book.source)]
    bad = ((book.name_state != RIGHT) | (book.date_state != dates.RIGHT)).astype(float)
    usual = np.array([bad[book.source == code].mean() for code in range(len(SOURCES))])
    assert 0.14 < icc(bad - usual[book.source], person) < 0.30
    epcr = book.source == EPCR
    assert 0.15 < icc(bad[epcr], person[epcr]) < 0.32


def test_nameless_crises_are_those_of_the_sick():
    city, book = simulated(), book_of_simulated()
    at = np.searchsorted(city.contacts.contact, city.reports.contact)
    crisis = (city.reports.system == EPCR_SYSTEM) & (
        city.contacts.kind[at] == KINDS.index("crisis")
    )
    rows = book.records.record_of_report[crisis]
    severity = city.people.severity[city.contacts.person[at[crisis]]]
    nameless = book.name_state[rows] == NONE
    assert severity[nameless].mean() > severity[~nameless].mean() + 0.1


def test_overdoses_are_nameless_twice_as_often():
    book = book_of_even(3000)
    epcr = book.source == EPCR
    reports = np.flatnonzero(np.tile([0, 0, 1, 1, 1, 0, 0, 0, 0], 3000))
    rows = book.records.record_of_report[reports].reshape(-1, 3)
    nameless = (book.name_state[rows] == NONE).mean(axis=0)
    assert nameless[2] > 2 * nameless[:2].mean()
    assert epcr[rows].all()


def test_copied_reports_repeat_the_same_mistake():
    book = book_of_simulated()
    records = book.records
    rows = np.flatnonzero(book.source == EPCR)
    same = records.person[rows[1:]] == records.person[rows[:-1]]
    both = same & (book.date_state[rows[1:]] == dates.WRONG)
    both &= book.date_state[rows[:-1]] == dates.WRONG
    repeated = records.dob[rows[1:]] == records.dob[rows[:-1]]
    assert repeated[both].mean() > 0.4


@pytest.mark.parametrize(
    ("source", "linkable"),
    [
        ("shelter", 0.99),
        ("outreach", 0.88),
        ("epcr", 0.86),
        ("fhir", 0.99),
        ("team_log", 0.20),
    ],
)
def test_linkable_share(source, linkable):
    records, rows, state, _ = of_source(source)
    assert records.linkable[rows].mean() == pytest.approx(linkable, abs=0.03)
    if source == "team_log":
        assert not records.linkable[rows][state == NONE].any()


def test_pairs_of_systems_agree_as_added_up():
    """HMIS, hospital and ePCR, where both hold a whole surname or date."""
    book = book_of_simulated()
    records, surnames, born = book.records, [], []
    count = len(book.source)
    held = {}
    for system in ("hmis", "fhir", "epcr"):
        rows = np.flatnonzero(records.system[:count] == SYSTEMS.index(system))
        _, first = np.unique(records.person[rows], return_index=True)
        held[system] = dict(zip(records.person[rows[first]], rows[first], strict=True))
    for left, right in (("hmis", "fhir"), ("hmis", "epcr"), ("fhir", "epcr")):
        for person in held[left].keys() & held[right].keys():
            pair = [held[left][person], held[right][person]]
            if (book.name_state[pair] > STREET).all():
                surnames.append(len({text.lower() for text in records.last[pair]}) == 1)
            if (book.date_state[pair] > dates.PARTIAL).all():
                born.append(len(set(records.dob[pair])) == 1)
    assert 0.76 < np.mean(surnames) < 0.88
    assert 0.84 < np.mean(born) < 0.95
