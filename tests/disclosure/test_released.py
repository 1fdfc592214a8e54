"""What was released stays as it was, and is not told a second time otherwise."""

import copy

import pytest

from dagster_project.disclosure.prepare import Prepared, prepare
from dagster_project.disclosure.register import (
    Release,
    ReleaseError,
    proposals,
    read_register,
    release,
    withdraw,
    write_register,
)
from tests.disclosure.attackers import relaxed
from tests.disclosure.made_counts import BOTH, made_counts
from tests.disclosure.made_releases import TABLES, findings, written


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
