"""Records of clients: shape, ids, numbers, determinism, planted cases."""

import re

import numpy as np
import pytest
from identity_cities import (
    SEED,
    book_of_even,
    book_of_simulated,
    even_city,
    simulated,
)

from dagster_project.synthetic.codes import SYSTEMS
from dagster_project.synthetic.identity import numbers, record_identities

ALLOWED_SSN = re.compile(r"^(73[4-9]|74\d|77[3-9]|7[89]\d|8\d\d)\d{6}$")


def test_every_report_and_stay_has_a_record_of_its_system():
    city, records = simulated(), book_of_simulated().records
    assert (records.record_of_report >= 0).all()
    system = records.system[records.record_of_report]
    assert (system == city.reports.system).all()
    assert (records.system[records.record_of_stay] == SYSTEMS.index("hmis")).all()


def test_columns_are_equally_long():
    columns = vars(book_of_simulated().records).items()
    lengths = {len(v) for name, v in columns if not name.startswith("record_of")}
    assert len(lengths) == 1


def test_ids_are_unique_but_for_retired_ones():
    records = book_of_even(3000).records
    ids = records.record_id.tolist()
    assert len(set(ids)) == len(ids)
    pairs = list(zip(records.system, records.source_record_id, strict=True))
    retired = [row for row, text in enumerate(ids) if text.endswith("~retired")]
    assert len(pairs) - len(set(pairs)) == len(retired) > 0
    for row in retired:
        holder = ids.index(ids[row].removesuffix("~retired"))
        assert 0 <= records.deleted_day[row] < records.created_day[holder]
        assert records.person[row] != records.person[holder]


@pytest.mark.parametrize(
    ("system", "pattern"),
    [
        ("hmis", r"^hsh:hmis:\d{8,9}(~retired)?$"),
        ("epcr", r"^fire:epcr:PCR-\d{10}$"),
        ("fhir", r"^dph:fhir:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-"),
        ("team_log", r"^dem:team_log:a0X[0-9A-Za-z]{15}$"),
    ],
)
def test_ids_look_like_those_of_their_system(system, pattern):
    records = book_of_simulated().records
    ids = records.record_id[records.system == SYSTEMS.index(system)]
    assert all(re.match(pattern, text) for text in ids)
    if system == "fhir":
        assert {len(text) for text in ids} == {len("dph:fhir:") + 36}


def test_letter_case_matters_in_the_team_log():
    records = book_of_even(3000).records
    ids = records.source_record_id[records.system == SYSTEMS.index("team_log")]
    assert len({text.lower() for text in ids}) < len(set(ids)) == len(ids)


def test_no_number_can_be_a_real_persons():
    book = book_of_simulated()
    records, corrections = book.records, book.corrections
    ssns = [*records.ssn, *corrections.before[corrections.field == "ssn"]]
    assert all(ALLOWED_SSN.match(text) for text in ssns if len(text) == 9)
    assert {len(text) for text in ssns} == {0, 4, 9}
    for text in records.phone:
        digits = re.sub(r"\D", "", text)
        assert not text or (digits.startswith("555") and len(digits) == 10)
    domains = {text.split("@")[1] for text in records.email if text}
    assert domains <= {"example.org", "example.com", "example.net"}


def test_numbers_are_nobody_elses():
    person = np.arange(50_000)
    assert len(set(numbers.ssns(person, 3))) == len(person)
    who, version = np.repeat(person, 4), np.tile(np.arange(4), len(person))
    assert len(set(numbers.own_phones(who, version, 3))) == len(who)


def test_same_seed_same_records():
    city, book = even_city(400), book_of_even(400)
    records, corrections = record_identities(*city, SEED)
    for mine, other in ((records, book.records), (corrections, book.corrections)):
        for name, values in vars(mine).items():
            assert (values == getattr(other, name)).all(), name
    other, _ = record_identities(*city, SEED + 1)
    assert set(other.record_id).isdisjoint(records.record_id)


def test_one_more_person_changes_nobody_elses_records():
    few, more = book_of_even(600).records, book_of_even(601).records
    place = {text: row for row, text in enumerate(more.record_id)}
    rows = np.array([place[text] for text in few.record_id])
    for name, values in vars(few).items():
        if name not in {"merged_into", "record_of_report", "record_of_stay"}:
            assert (values == getattr(more, name)[rows]).all(), name
    merged = few.merged_into >= 0
    assert (rows[few.merged_into[merged]] == more.merged_into[rows[merged]]).all()
    added = list(set(range(len(more.person))) - set(rows.tolist()))
    assert set(more.person[added]) == {600}


def test_test_clients_hang_on_nobody():
    records = book_of_simulated().records
    tests = records.test_client
    assert tests.sum() == 5
    assert (records.system[tests] == SYSTEMS.index("hmis")).all()
    assert (records.person[tests] == -1).all()
    assert not records.linkable[tests].any()
    assert (records.person[~tests] >= 0).all()


def test_merges_join_profiles_of_one_person():
    records = book_of_simulated().records
    rows = np.flatnonzero(records.merged_into >= 0)
    into = records.merged_into[rows]
    assert len(rows) > 50
    assert (records.person[rows] == records.person[into]).all()
    assert (records.system[rows] == records.system[into]).all()
    later = np.maximum(records.created_day[rows], records.created_day[into])
    assert (records.merged_day[rows] > later).all()


def test_a_wrong_and_a_right_merge_are_taken_back():
    book = book_of_simulated()
    corrections, records = book.corrections, book.records
    undone = corrections.field == "merged_into"
    rows, before = corrections.row[undone], corrections.before[undone]
    assert len(rows) == 4
    assert len(set(rows)) == 2
    assert (records.merged_into[rows] == -1).all()
    losers = rows[before != "-1"]
    into = before[before != "-1"].astype(int)
    same = records.person[losers] == records.person[into]
    assert sorted(same.tolist()) == [False, True]


def test_an_overlay_puts_two_people_on_one_profile():
    city, records = simulated(), book_of_simulated().records
    place = np.searchsorted(city.contacts.contact, city.reports.contact)
    owner = records.person[records.record_of_report]
    other = owner != city.contacts.person[place]
    assert {SYSTEMS[code] for code in city.reports.system[other]} <= {"hmis", "fhir"}
    assert 0 < other.mean() < 0.02


def test_a_correction_brought_the_value_that_is_there():
    book = book_of_simulated()
    corrections, records = book.corrections, book.records
    assert (corrections.day > records.created_day[corrections.row]).all()
    assert (corrections.day <= records.updated_day[corrections.row]).all()
    last = {}
    for row, field, before in zip(
        corrections.row, corrections.field, corrections.before, strict=True
    ):
        last[row, field] = before
    for (row, field), before in last.items():
        assert str(getattr(records, field)[row]) != before
