"""Referrals met and offers repeated, counted a second time, person by person.

Whose offer and contact it was is taken from linkage given the truth; the rules of the
two marts are followed here without windows or joins. As linked, each test states how
far the real linkage moves the measure (2026-11-27; seed 7).
"""

import csv
from collections import defaultdict
from datetime import timedelta

import pytest

from dagster_project.places import DBT_PROJECT

pytestmark = pytest.mark.city

HOSPITALS = {"ED", "PES", "INPT"}


@pytest.fixture(scope="module")
def offers(given_truth) -> dict[str, list[tuple]]:
    """Return person -> (day, time, id, department, service, status) in that order."""
    found = defaultdict(list)
    for person, *offer in given_truth(
        "select person_id, offered_on, offered_at, offer_id, department, service_type, "
        "offer_status from marts.offers where is_offer and is_linked "
        "order by person_id, offered_on, offered_at, offer_id"
    ):
        found[person].append(tuple(offer))
    return found


def rate_of(sql, mart: str, columns: str) -> dict[tuple, tuple[int, int, float]]:
    """Return grain -> (denominator, numerator, rate)."""
    rows = sql(f"select {columns}, denominator, numerator, rate from marts.{mart}")
    return {tuple(row[:-3]): tuple(row[-3:]) for row in rows}


def test_offers_repeated_within_days(offers, given_truth, as_linked) -> None:
    began = min(offer[0] for all_offers in offers.values() for offer in all_offers)
    true = defaultdict(lambda: [0, 0])
    for all_offers in offers.values():
        for place, (day, _, _, department, service, _) in enumerate(all_offers):
            for within in (7, 14):
                if (day - began).days < within:
                    continue
                counts = true[department, service, within]
                counts[0] += 1
                counts[1] += any(
                    other[4] == service
                    and other[3] != department
                    and (day - other[0]).days <= within
                    for other in all_offers[:place]
                )
    columns = "department, service_type, within_days"
    told = rate_of(given_truth, "duplicated_offers", columns)
    moved = rate_of(as_linked, "duplicated_offers", columns)
    assert {key: list(row[:2]) for key, row in told.items() if row[0]} == dict(true)
    for department in ("hsh", "dph", "dem"):
        key = department, "shelter", 14
        # An offer whose person is not found repeats nobody's.
        assert 0.6 <= moved[key][2] / told[key][2] <= 0.95


def test_referrals_met(offers, given_truth, as_linked) -> None:
    with (DBT_PROJECT / "seeds" / "referral.csv").open() as file:
        goes_to = {
            (row["department"], row["service_type"]): row["referred_to"]
            for row in csv.DictReader(file)
        }
    contacts = defaultdict(list)
    for person, *contact in given_truth(
        "select person_id, contacted_on, contacted_at, time_precision = 'day', "
        "department, team_code from marts.contacts where is_contact_made and is_linked"
    ):
        contacts[person].append(contact)
    died = dict(
        given_truth(
            "select person_id, died_on from linked.people_by_threshold "
            "where link_threshold = 'default' and died_on is not null"
        )
    )
    ((through,),) = given_truth("select max(data_through) from marts.people")
    true = defaultdict(lambda: [0, 0])
    for person, all_offers in offers.items():
        referrals = {}
        for day, at, _, department, service, status in all_offers:
            to = goes_to.get((department, service))
            if to and status != "declined":
                referrals.setdefault((day, department, to), at)
        for (day, department, to), at in referrals.items():
            for within in (7, 30):
                ends = day + timedelta(within)
                is_met = any(
                    where == to
                    and team not in HOSPITALS
                    and day <= on <= ends
                    and (on > day or is_day or moment >= at)
                    for on, moment, is_day, where, team in contacts[person]
                )
                lives = person not in died or died[person] > ends
                if ends <= through and (is_met or lives):
                    true[department, to, within][0] += 1
                    true[department, to, within][1] += is_met
    columns = "from_department, to_department, within_days"
    told = rate_of(given_truth, "warm_handoffs", columns)
    moved = rate_of(as_linked, "warm_handoffs", columns)
    assert {key: list(row[:2]) for key, row in told.items() if row[0]} == dict(true)
    # HSH and DPH name people well; most of the contact log names nobody.
    assert moved["hsh", "dph", 30][2] == pytest.approx(
        told["hsh", "dph", 30][2], abs=0.02
    )
    assert -0.08 <= moved["dem", "dph", 30][2] - told["dem", "dph", 30][2] <= 0.0
