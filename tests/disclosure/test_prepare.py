"""A whole release: shapes, hidden cells, and rows as readers get them."""

import random

import pytest

from dagster_project.disclosure.audit import DisclosureError, check
from dagster_project.disclosure.counts import key_of, system_of
from dagster_project.disclosure.prepare import prepare
from dagster_project.disclosure.public_tables import PUBLIC_TABLES
from tests.disclosure.attackers import relaxed
from tests.disclosure.made_counts import made_counts
from tests.disclosure.made_releases import TABLES, findings, written


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
