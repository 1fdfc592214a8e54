"""A whole release: shapes, hidden cells, rows as readers get them, and its register."""

import copy
import random

import pytest

from dagster_project.disclosure.audit import DisclosureError, check
from dagster_project.disclosure.counts import key_of, system_of
from dagster_project.disclosure.prepare import Prepared, prepare
from dagster_project.disclosure.public_tables import PUBLIC_TABLES
from dagster_project.disclosure.register import (
    Release,
    ReleaseError,
    proposals,
    read_register,
    release,
    withdraw,
    write_register,
)
from dagster_project.disclosure.verify import audit_written
from tests.disclosure.attackers import relaxed
from tests.disclosure.made_counts import BOTH, made_counts, made_points

TABLES = {table.name: table for table in PUBLIC_TABLES}


@pytest.fixture(scope="module")
def seed() -> list:
    return made_points()


@pytest.fixture(scope="module")
def prepared(seed) -> Prepared:
    return prepare(made_counts(), seed, data_through="2026-06-30")


def written(prepared: Prepared) -> dict[str, list[dict]]:
    return {name: [dict(row) for row in rows] for name, rows in prepared.rows.items()}


def findings(prepared: Prepared, rows: dict, register=(), counts=None) -> list:
    return audit_written(rows, prepared.shapes, counts or made_counts(), register, 11)


def test_no_small_cell_of_a_release_is_recovered(prepared) -> None:
    small = [c for c in prepared.system.cells.values() if c.is_small(11)]
    assert small
    for cell in small:
        assert cell.key in prepared.hidden or not cell.is_published
        low, high = relaxed(prepared.system, prepared.hidden, cell.key)
        assert high >= 11 and high - low >= 10, (cell, low, high)
    assert not findings(prepared, written(prepared))


def test_what_derives_from_a_hidden_count_is_hidden_too(prepared) -> None:
    rows = [
        row
        for row in prepared.rows["public_outcomes_by_intervention"]
        if row["outcome_type"] == "death"
    ]
    assert rows
    for row in rows:
        assert row["numerator"] is None and row["denominator"] == 600
        assert row["rate"] is row["rate_low"] is row["rate_high"] is None
        assert row["is_suppressed"] and row["suppression"] == "suppressed"


def test_a_shown_row_tells_its_counts_and_what_derives_from_them(prepared) -> None:
    row = next(
        row
        for row in prepared.rows["public_outcomes_by_intervention"]
        if row["outcome_type"] == "shelter_entry"
    )
    assert row["rate"] == row["numerator"] / row["denominator"]
    assert 0 < row["rate_low"] < row["rate"] < row["rate_high"] < 1
    assert not row["is_suppressed"] and row["suppression"] == "shown"
    assert row["data_through"] == "2026-06-30"


def test_sets_of_departments_are_protected_and_never_shown(prepared) -> None:
    rows = prepared.rows["public_department_overlap"]
    assert rows and all("departments" not in row for row in rows)
    of_sets = [
        key for key in prepared.system.cells if any("departments=" in k for k in key)
    ]
    assert any(";" in part for key in of_sets for part in key)


def test_a_percentage_left_beside_a_hidden_count_is_found(prepared) -> None:
    rows = written(prepared)
    row = next(
        row
        for row in rows["public_outcomes_by_intervention"]
        if row["outcome_type"] == "death"
    )
    row["rate"] = 2 / 600
    (finding,) = findings(prepared, rows)
    assert finding.tables == ("public_outcomes_by_intervention",)
    assert finding.key[0] == "rate" and "derives" in finding.rule


def test_a_hidden_count_put_back_is_found(prepared) -> None:
    rows = written(prepared)
    name = "public_demographics"
    counts = {
        (row["period"], row["category"]): row["n_people"] for row in made_counts()[name]
    }
    hidden = [row for row in rows[name] if row["n_people"] is None]
    assert len(hidden) >= 2
    for row in hidden:
        row["n_people"] = counts[row["period"], row["category"]]
    assert any(f.rule == "it is shown" for f in findings(prepared, rows))


def test_a_complement_put_back_lets_the_small_cell_be_recovered(prepared) -> None:
    rows = written(prepared)
    name = "public_demographics"
    counts = {row["category"]: row for row in made_counts()[name][-30:]}
    large = next(
        row
        for row in rows[name]
        if row["n_people"] is None and counts[row["category"]]["n_people"] > 10
    )
    large["n_people"] = counts[large["category"]]["n_people"]
    large["share_of_people"] = None
    found = findings(prepared, rows)
    assert any("determine" in finding.rule for finding in found)


def test_the_error_names_table_cell_and_interval(prepared) -> None:
    with pytest.raises(DisclosureError) as caught:
        check(prepared.system, frozenset(), 11)
    told = str(caught.value)
    assert "public_demographics: people_met 2024-2025" in told
    assert "lies between" in told and "are not published" in told


def test_naive_suppression_of_a_release_fails_the_audit(prepared) -> None:
    small = {
        cell.key
        for cell in prepared.system.cells.values()
        if cell.is_published and cell.is_small(11)
    }
    with pytest.raises(DisclosureError, match="determine it"):
        check(prepared.system, frozenset(small), 11)


def test_a_table_becomes_coarser_until_it_passes(prepared) -> None:
    offers = [
        row
        for row in prepared.scores
        if row["public_table"] == "public_offers_by_shelter_type"
    ]
    # Five types, the smallest cell below eleven: 7 - 3 + 0 + 7 + 5 + 1 by year, masked
    # 15; two years put together take three points off.
    assert [row["verdict"] for row in offers] == ["fails", "masked"]
    assert [row["score_unmasked"] for row in offers] == [17, 14]
    assert [row["score"] for row in offers] == [15, 12]
    for row in offers:
        parts = {k: v for k, v in row.items() if k.startswith("score_")}
        assert sum(parts.values()) - row["score_unmasked"] == row["score"]


def test_a_table_that_no_shape_lets_pass_is_refused_and_says_so(seed) -> None:
    counts = {
        name: [row for row in rows if row["period_kind"] == "year"]
        for name, rows in made_counts().items()
    }
    prepared = prepare(counts, seed)
    name = "public_offers_by_shelter_type"
    assert prepared.rows[name] == [] and name not in prepared.shapes
    told = [row for row in prepared.scores if row["public_table"] == name]
    assert [row["verdict"] for row in told] == ["fails", "no_data"]
    assert not any(row["is_published"] for row in told)
    assert prepared.rows["public_people_by_department"]


def test_nothing_is_told_of_a_handful_of_people(seed) -> None:
    prepared = prepare(made_counts(people=9), seed)
    rows = [row for rows in prepared.rows.values() for row in rows]
    shown = {value for row in rows for value in row.values() if type(value) is int}
    assert not shown & set(range(1, 11))
    assert prepared.rows["public_people_by_department"] == []


def test_no_whole_year_yet_gives_empty_tables(seed) -> None:
    prepared = prepare({name: [] for name in TABLES}, seed)
    assert all(rows == [] for rows in prepared.rows.values())
    assert {row["verdict"] for row in prepared.scores} == {"no_data"}


def test_the_same_counts_in_another_order_give_the_same_release(prepared, seed) -> None:
    counts = made_counts()
    for rows in counts.values():
        random.Random(3).shuffle(rows)
    again = prepare(counts, seed, data_through="2026-06-30")
    assert again.rows == prepared.rows and again.scores == prepared.scores


def test_counts_that_contradict_one_another_are_refused(seed) -> None:
    counts = made_counts()
    counts["public_demographics"][-1]["n_people"] += 1
    with pytest.raises(ValueError, match="people_met 2024-2025"):
        prepare(counts, seed)


def test_nobody_may_show_counts_below_eleven(seed) -> None:
    with pytest.raises(ValueError, match="never for less"):
        prepare(made_counts(), seed, minimum=5)


def test_an_agreement_may_ask_for_a_higher_minimum(seed) -> None:
    prepared = prepare(made_counts(), seed, minimum=30)
    for rows in prepared.rows.values():
        for row in rows:
            shown = [value for value in row.values() if type(value) is int]
            assert all(value == 0 or value >= 30 for value in shown)


def released(prepared: Prepared) -> list[Release]:
    proposed = proposals(
        prepared.rows,
        prepared.shapes,
        released_on="2026-07-01",
        released_by="Ọlájídé Adébáyọ̀",
    )
    return release([], proposed)


def moved(by: int) -> dict:
    """Return the counts after late records brought more women whom hsh alone met."""
    counts = copy.deepcopy(made_counts())
    theirs = {
        "public_demographics": ("category", ("gender 2", "age_band 3", "race 1")),
        "public_people_by_department": ("department", ("hsh",)),
        "public_department_overlap": ("n_departments", ("1",)),
    }
    for name, (column, values) in theirs.items():
        for row in counts[name]:
            is_of_others = row.get("departments", "all") not in ("all", "hsh")
            if row[column] in (*values, "all") and not is_of_others:
                row["n_people"] += by
    return counts


def test_late_records_do_not_change_what_was_released(prepared, seed) -> None:
    """Two releases that differ by one person would show that person."""
    naive = prepare(moved(1), seed)
    before, after = (
        {
            (row["period"], row["category"]): row["n_people"]
            for row in one.rows["public_demographics"]
        }
        for one in (prepared, naive)
    )
    changes = {
        after[key] - value
        for key, value in before.items()
        if value is not None and after.get(key) is not None
    }
    assert 1 in changes, "without a register the difference of one person shows"
    register = released(prepared)
    kept = prepare(moved(1), seed, register)
    for name, rows in kept.rows.items():
        assert {row["release_status"] for row in rows} == {"released"}
        figures = [
            {k: v for k, v in row.items() if k not in ("release_status", "released_on")}
            for row in rows
        ]
        first = [
            {k: v for k, v in row.items() if k not in ("release_status", "released_on")}
            for row in sorted(prepared.rows[name], key=lambda row: row["period"])
        ]
        assert sorted(map(str, figures)) == sorted(map(str, first))
    assert not findings(kept, written(kept), register, moved(1))


def test_a_released_figure_that_was_changed_is_found(prepared, seed) -> None:
    register = released(prepared)
    kept = prepare(made_counts(), seed, register)
    rows = written(kept)
    rows["public_people_by_department"][0]["n_people"] += 1
    (finding,) = findings(kept, rows, register)
    assert finding.rule == "it was released otherwise"


def test_after_a_withdrawal_small_moves_and_hidden_cells_stay_hidden(
    prepared, seed
) -> None:
    register = withdraw(
        released(prepared), BOTH, "two deliveries were counted twice", "Sato"
    )
    again = prepare(moved(3), seed, register)
    table = TABLES["public_demographics"]
    before = {
        row["category"]: row["n_people"]
        for row in prepared.rows[table.name]
        if row["period"] == BOTH
    }
    after = {
        row["category"]: row["n_people"]
        for row in again.rows[table.name]
        if row["period"] == BOTH
    }
    assert after["gender 2"] is None, "it moved by three people"
    for category, value in before.items():
        if value is None:
            assert after[category] is None, category
        elif after[category] is not None:
            assert abs(after[category] - value) not in range(1, 11)
    for key in again.tender:
        low, high = relaxed(again.system, again.hidden, key)
        assert high - low >= 10
    assert not findings(again, written(again), register, moved(3))


def test_a_table_stays_in_the_shape_it_was_released_in(prepared, seed) -> None:
    register = [
        Release(one.table, "another shape", "2019", "2020-01-01", "José", ())
        for one in released(prepared)
        if one.table == "public_demographics"
    ]
    again = prepare(made_counts(), seed, register)
    assert again.rows["public_demographics"] == []


def test_the_register_is_read_as_it_was_written(tmp_path, prepared) -> None:
    path = tmp_path / "public_releases.jsonl"
    assert read_register(path) == []
    register = released(prepared)
    write_register(path, register)
    assert read_register(path) == register
    assert path.stat().st_mode & 0o077 == 0


def test_a_damaged_register_stops_the_run(tmp_path, prepared) -> None:
    path = tmp_path / "public_releases.jsonl"
    write_register(path, released(prepared))
    path.write_text(path.read_text()[:-40])
    with pytest.raises(ReleaseError, match=r"line \d+ of public_releases.jsonl"):
        read_register(path)


def test_what_stands_released_is_not_released_again(prepared) -> None:
    register = released(prepared)
    with pytest.raises(ReleaseError, match="released already"):
        release(register, [])
    with pytest.raises(ReleaseError, match="Nothing stands released for 2019"):
        withdraw(register, "2019", "wrong", "Sato")
    with pytest.raises(ReleaseError, match="why"):
        withdraw(register, BOTH, " ", "Sato")


def test_every_declared_relation_holds_on_made_counts() -> None:
    counts = made_counts()
    for table in PUBLIC_TABLES:
        for kind in ("year", "two_years"):
            rows = [r for r in counts[table.name] if r["period_kind"] == kind]
            system = system_of([(table, rows)])
            assert {key_of(table, rows[0], m) for m in table.measures} <= set(
                system.cells
            )


@pytest.mark.parametrize("people", [40, 150, 600, 1_500])
@pytest.mark.parametrize("city", [1, 2])
def test_no_small_cell_is_recovered_whatever_the_size_of_the_city(
    seed, people, city
) -> None:
    counts = made_counts(people, city)
    prepared = prepare(counts, seed)
    assert not findings(prepared, written(prepared), counts=counts)
    for cell in prepared.system.cells.values():
        if cell.is_small(11):
            low, high = relaxed(prepared.system, prepared.hidden, cell.key)
            assert high >= 11 and high - low >= 10, (cell, low, high)


def test_people_of_one_department_alone_follow_from_two_tables(seed) -> None:
    """100 people, 95 of them met by hsh: five were met by fire and not by hsh."""
    when = {"period_kind": "two_years", "period": BOTH}
    by_department = {"hsh": 95, "fire": 60, "all": 100}
    by_set = {
        ("1", "hsh"): 40,
        ("1", "fire"): 5,
        ("2", "fire;hsh"): 55,
        ("1", "all"): 45,
        ("2", "all"): 55,
        ("all", "all"): 100,
    }
    counts = {
        "public_people_by_department": [
            when | {"department": name, "n_people": n_people}
            for name, n_people in by_department.items()
        ],
        "public_department_overlap": [
            when | {"n_departments": number, "departments": names, "n_people": n_people}
            for (number, names), n_people in by_set.items()
        ],
    }
    prepared = prepare(counts, seed, tables=[TABLES[name] for name in counts])
    only_fire = ("people_met", BOTH, "n_departments=1", "departments=fire")
    assert relaxed(prepared.system, frozenset(), only_fire) == (5, 5)
    low, high = relaxed(prepared.system, prepared.hidden, only_fire)
    assert high >= 11 and high - low >= 10
    assert prepared.hidden and prepared.shapes.keys() == counts.keys()


OUTCOME_ROWS = {
    # Of 1341 people who could still die one had begun treatment, 29 lived in a home.
    ("crisis_response", "death"): (1341, 0, None),
    ("crisis_response", "moud_start"): (1340, 40, None),
    ("crisis_response", "permanent_housing_exit"): (1312, 45, None),
    # The team that alone answers overdoses met 291 people; three were not watched.
    ("overdose_response", "death"): (288, 0, "SORT"),
    ("overdose_response", "moud_start"): (268, 29, "SORT"),
}


def outcome_counts() -> dict[str, list[dict]]:
    when = {"period_kind": "two_years", "period": BOTH}
    outcomes = [
        when
        | {
            "intervention_type": intervention,
            "outcome_type": outcome,
            "denominator": n_people,
            "numerator": n_with,
            "n_without": n_people - n_with,
            "only_department": team and "fire",
            "only_team_code": team,
        }
        for (intervention, outcome), (n_people, n_with, team) in OUTCOME_ROWS.items()
    ]
    places = {("fire", "SORT"): 291, ("fire", "all"): 291, ("all", "all"): 291}
    teams = [
        when
        | {"department": department, "team_code": team}
        | {"n_contacts": 3 * n_people, "n_people": n_people}
        for (department, team), n_people in places.items()
    ]
    return {
        "public_contacts_by_team": teams,
        "public_outcomes_by_intervention": outcomes,
    }


OF_CRISIS = ("outcome_people", BOTH, "intervention_type=crisis_response")
OF_SORT = ("street_people", BOTH, "department=fire", "team_code=SORT")
WATCHED = "outcome_people intervention_type=overdose_response outcome_type=death"
OUTSIDE = [
    (
        (
            *OF_CRISIS,
            "outcome_type=death",
            "not outcome_people outcome_type=moud_start",
        ),
        1,
    ),
    ((*OF_SORT, f"not {WATCHED}"), 3),
]


@pytest.mark.parametrize(("outside", "n_people"), OUTSIDE)
def test_people_who_had_the_outcome_behind_follow_from_two_denominators(
    seed, outside, n_people
) -> None:
    counts = outcome_counts()
    prepared = prepare(counts, seed, tables=[TABLES[name] for name in counts])
    assert relaxed(prepared.system, frozenset(), outside) == (n_people, n_people)
    low, high = relaxed(prepared.system, prepared.hidden, outside)
    assert high >= 11 and high - low >= 10
    # What is far from every total is told as before.
    told = {
        (row["intervention_type"], row["outcome_type"]): row["denominator"]
        for row in prepared.rows["public_outcomes_by_intervention"]
    }
    assert told["crisis_response", "permanent_housing_exit"] == 1312
    assert told["overdose_response", "moud_start"] == 268


def test_two_denominators_put_back_are_found(seed) -> None:
    counts = outcome_counts()
    tables = [TABLES[name] for name in counts]
    prepared = prepare(counts, seed, tables=tables)
    rows = written(prepared)
    for row in rows["public_outcomes_by_intervention"]:
        told = OUTCOME_ROWS[row["intervention_type"], row["outcome_type"]]
        row["denominator"] = told[0]
    found = audit_written(rows, prepared.shapes, counts, (), 11, tables)
    assert any("not outcome_people" in str(finding.key) for finding in found)


def test_who_came_in_the_second_year_follows_from_two_periods(seed) -> None:
    """Street teams of HSH met 1,997 people in two years; in the first HSH met 1,990."""
    years = {"2024": (1990, 2400), "2025": (1500, 2300)}
    by_department = [
        {"period_kind": "year", "period": year, "department": name, "n_people": n}
        for year, (of_hsh, of_all) in years.items()
        for name, n in (("hsh", of_hsh), ("fire", 800), ("all", of_all))
    ]
    when = {"period_kind": "two_years", "period": BOTH}
    teams = [
        when
        | {"department": department, "team_code": team}
        | {"n_contacts": n_contacts, "n_people": n_people}
        for department, team, n_contacts, n_people in (
            ("hsh", "SFHOT", 9000, 1997),
            ("hsh", "all", 9000, 1997),
            ("fire", "SCRT", 2000, 700),
            ("fire", "all", 2000, 700),
            ("all", "all", 11000, 2500),
        )
    ]
    counts = {
        "public_people_by_department": by_department,
        "public_contacts_by_team": teams,
    }
    prepared = prepare(counts, seed, tables=[TABLES[name] for name in counts])
    second = ("street_people", BOTH, "department=hsh", "not people_met 2024")
    assert relaxed(prepared.system, frozenset(), second) == (7, 7)
    low, high = relaxed(prepared.system, prepared.hidden, second)
    assert high >= 11 and high - low >= 10


def test_a_released_year_is_not_subtracted_from_two_years(seed) -> None:
    """2,490 people were released for 2024; of both years there are 2,498."""
    name = "public_people_by_department"
    tables = [TABLES[name], TABLES["public_demographics"]]

    def of(period: str, kind: str, n_people: int) -> dict:
        return {"period_kind": kind, "period": period} | {"n_people": n_people}

    ages = {"25-34": 1200, "35-44": 800, "45-54": 498}
    counts = {
        name: [
            of("2024", "year", n) | {"department": department}
            for department, n in (("hsh", 2000), ("fire", 1200), ("all", 2490))
        ],
        "public_demographics": [],
    }
    first = prepare(counts, seed, tables=tables)
    register = [
        Release(name, "year by department", "2024", "2025-02-01", "Ngozi", tuple(rows))
        for rows in [first.rows[name]]
    ]
    counts["public_demographics"] = [
        of(BOTH, "two_years", n) | {"characteristic": "age_band", "category": band}
        for band, n in ages.items()
    ] + [
        of(BOTH, "two_years", 2498) | {"characteristic": "all", "category": "all"},
    ]
    later = prepare(counts, seed, register, tables=tables)
    whole = ("people_met", BOTH)
    assert whole in later.tender
    low, high = relaxed(later.system, later.hidden, whole)
    assert high - low >= 10
    told = {
        row["category"]: row["n_people"] for row in later.rows["public_demographics"]
    }
    assert told["all"] is None and None in [told[band] for band in ages]
    again = prepare(counts, seed, tables=tables)
    shown = {
        row["category"]: row["n_people"] for row in again.rows["public_demographics"]
    }
    assert shown == ages | {"all": 2498}, "without the release nothing gives it away"
