"""Entries of the case list, and what they add up to."""

import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dagster_project.case_conference.entries import REASONS, TEAM_JUDGEMENT, Entry
from dagster_project.case_conference.listing import (
    Refused,
    check_place,
    listing_of,
    next_id,
    replay,
)
from dagster_project.places import DBT_PROJECT

MONDAY = datetime(2026, 6, 1, 9, tzinfo=UTC)


def entry(action: str, day: int = 0, listing: str = "L1", person: str = "p1", **more):
    said = {
        "reason": REASONS[action][0],
        "team_code": "EMS6" if action in ("nominate", "assign") else None,
        "decided_by": "ngozi.o",
        "decided_at": MONDAY + timedelta(day),
    }
    return Entry(listing, action, person, **(said | more))


COURSE = [
    entry("nominate"),
    entry("include", 1),
    entry("assign", 2),
    entry("assign", 5, team_code="OCC"),
    entry("remove", 9),
]


def test_a_listing_goes_from_nomination_to_removal():
    states = [replay(COURSE[:n])["L1"].state for n in range(1, 6)]
    assert states == ["nominated", "included", "assigned", "assigned", "removed"]
    assert replay(COURSE[:4])["L1"].last.team_code == "OCC"
    again = replay([*COURSE, entry("nominate", 20, listing="L2")])
    assert [one.is_open for one in again.values()] == [False, True]
    assert next_id(again) == "L3" and next_id({}) == "L1"


@pytest.mark.parametrize(
    ("before", "new", "said"),
    [
        (0, entry("include"), "There is no listing L1; nominate first."),
        (1, entry("assign", 1), "cannot be assigned: only what is included or"),
        (2, entry("include", 3), "cannot be included: only what is nominated can."),
        (3, entry("assign", 3), "that team leads already."),
        (3, entry("remove", 1), "is before its last entry"),
        (5, entry("remove", 10), "L1 (p1, removed since 2026-06-10) cannot be removed"),
        (5, entry("nominate", 10), "was nominated before."),
        (2, entry("nominate", 3, listing="L2"), "p1 is on the list already: L1 (p1, i"),
        (0, entry("nominate", team_code=None), "Say with --team which team nominates."),
        (2, entry("assign", 2, team_code=""), "Say with --team which team leads."),
        (0, entry("nominate", decided_by="Ngozi Okafor"), "a staff id without spaces"),
        (0, entry("nominate", decided_by=""), "Say who decides with --by"),
        (0, entry("nominate", reason="housed"), "'housed' is no reason to nominate."),
        (1, entry("remove", reason="Wei's request"), "a closed list, so that no name"),
        (0, replace(entry("nominate"), action="drop"), "'drop' is no action"),
    ],
)
def test_what_contradicts_the_list_is_refused_in_a_sentence(before, new, said):
    with pytest.raises(Refused) as refused:
        replay([*COURSE[:before], new])
    assert said in str(refused.value)


def test_two_people_listed_apart_who_turn_out_to_be_one_need_the_listing_named():
    listings = replay([entry("nominate"), entry("nominate", 1, "L2", "p2")])
    now = {"L1": "p1", "L2": "p1"}
    with pytest.raises(Refused, match=r"several open listings.*Name one"):
        listing_of("p1", listings, now)
    assert listing_of("p1", listings, now, "L2") is listings["L2"]
    with pytest.raises(Refused, match="L2 is no open listing of p9"):
        listing_of("p9", listings, now, "L2")
    assert listing_of("p2", listings, now) is None


def test_who_is_on_the_list_is_not_nominated_and_who_is_not_does_not_go_on():
    (one,) = replay(COURSE[:1]).values()
    with pytest.raises(Refused, match="is on the list already"):
        check_place("nominate", "p1", one)
    with pytest.raises(Refused, match="p1 is not on the list; nominate first"):
        check_place("remove", "p1", None)


def test_the_reasons_to_nominate_are_those_the_seed_weighs_and_a_teams_judgement():
    seed = DBT_PROJECT / "seeds" / "case_conference_reason.csv"
    with seed.open(encoding="utf-8") as rows:
        weighed = [row["reason"] for row in csv.DictReader(rows)]
    assert [*weighed, TEAM_JUDGEMENT] == list(REASONS["nominate"])
