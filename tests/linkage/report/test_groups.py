"""Groups, scripts and identifiers: who is counted where, and who is not shown."""

import numpy as np
import pytest

from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.evidence import evidence
from dagster_project.linkage.held import LACKING
from dagster_project.linkage.report.distinctiveness import distinctiveness
from dagster_project.linkage.report.groups import (
    in_several_sources,
    measures,
    people_per_label,
    pooled,
    sources_of_people,
)
from dagster_project.linkage.report.people import Grouping, recorded, script
from dagster_project.linkage.report.sources import pairs_of_sources, source_sets
from tests.linkage.report.made_runs import MADE_AT, town

CONFIG = LinkConfig()


@pytest.fixture(scope="module")
def run():
    records, result, _ = town()
    found = evidence(result, CONFIG)
    return found, recorded(records, found.ids, CONFIG, MADE_AT), result


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Nguyễn Thị", "Latin with accents"),
        ("O'Brien-Smith", "Latin without accents"),
        ("Nguye\u0302\u0303n", "Latin with accents"),
        ("Иванова", "Cyrillic"),
        ("محمد", "Arabic"),
        ("王小明", "Han"),
        ("たなか", "Kana"),
        ("김민준", "Hangul"),
        ("Ольга Smith", "several scripts"),
        ("123", ""),
    ],
)
def test_the_script_of_a_name(name, expected) -> None:
    assert script(name) == expected


def test_joins_cover_every_pair_of_linked_records(run) -> None:
    found, _, _ = run
    sizes = found.sizes
    assert found.joined.pairs.sum() == (sizes * (sizes - 1) // 2).sum()
    assert len(found.joined.posterior) == (sizes - 1).sum()
    assert (found.apart.posterior < CONFIG.threshold).all()
    assert (found.joined.posterior >= CONFIG.threshold - 1e-12).all()


def test_small_groups_are_pooled_until_subtraction_tells_nothing(run) -> None:
    found, told, _ = run
    gender = next(g for g in told.groups if g.name == "gender")
    assert "non binary" in gender.labels
    shown = pooled(found, gender)
    assert "non binary" not in shown.labels
    people = people_per_label(found, shown)
    assert (people >= 11).all()
    assert len(shown.codes) == len(gender.codes)


def test_a_grouping_of_too_few_people_is_one_group(run) -> None:
    found, _, _ = run
    nobody = Grouping("x", np.arange(len(found.ids)), [str(n) for n in range(9999)])
    assert len(pooled(found, nobody).labels) == 1


def test_measures_add_up_over_groups(run) -> None:
    found, told, _ = run
    elsewhere = in_several_sources(found, told.source)
    for grouping in [told.source, *told.groups]:
        rows = measures(found, grouping, elsewhere)
        assert sum(row.records for row in rows) == len(found.ids)
        lost = sum(row.records * row.unlinkable for row in rows)
        assert lost == pytest.approx((found.cluster < 0).sum())
        for row in rows:
            assert row.missed.low <= row.missed.value <= row.missed.high


def test_measures_are_means_over_the_records_of_each_group(run) -> None:
    found, told, _ = run
    elsewhere = in_several_sources(found, told.source)
    for grouping in [told.source, *told.groups]:
        shown = pooled(found, grouping)
        for number, row in enumerate(measures(found, grouping, elsewhere)):
            inside = shown.codes == number
            able, sure = (
                inside & (found.cluster >= 0),
                inside & ~np.isnan(found.confidence),
            )
            missed = found.missed_by_cluster[found.cluster[able]]
            assert row.records == inside.sum()
            for stated, values in (
                (row.false.value, 1.0 - found.confidence[sure]),
                (row.confidence, found.confidence[sure]),
                (row.missed.value, missed),
                (row.elsewhere, elsewhere[able]),
                (row.asked, found.asked[able]),
            ):
                expected = values.mean() if len(values) else np.nan
                assert stated == pytest.approx(expected, nan_ok=True)


def test_records_joined_to_one_another_rest_on_one_decision(run) -> None:
    found, _, _ = run
    decision, chance = found.decisions
    assert (chance[decision] == found.confidence[found.order]).all()
    pairs = set(
        zip(found.cluster[found.order].tolist(), chance[decision].tolist(), strict=True)
    )
    assert len(pairs) == len(chance)


def test_sets_and_pairs_of_sources_count_every_person_once(run) -> None:
    found, told, _ = run
    assert sum(size for _, size in source_sets(found, told.source)) == found.people
    inside = sources_of_people(found, told.source) > 0
    labels = told.source.labels
    for row in pairs_of_sources(found, told.source, CONFIG):
        a, b = labels.index(row.one), labels.index(row.two)
        if a != b:
            assert row.both == (inside[:, a] & inside[:, b]).sum()


def test_an_unlinkable_record_has_a_reason(run) -> None:
    found, told, _ = run
    why, reasons = told.held.lacking, LACKING
    counts = np.bincount(why[found.cluster < 0], minlength=len(reasons))
    assert counts.sum() == (found.cluster < 0).sum() and counts[0] > 0


def test_entropy_is_in_bits() -> None:
    assert distinctiveness(np.array([1, 2, 3, 4])) == (1.0, 1.0, 2.0)
    assert distinctiveness(np.array([7, 7, 0, 0])) == (0.5, 0.5, 0.0)
    present, distinct, bits = distinctiveness(np.array([0, 0]))
    assert present == 0 and np.isnan(distinct) and np.isnan(bits)
