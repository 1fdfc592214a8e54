"""Files of made-up people: the same from the same seed, and as hard as asked for."""

import pytest

from benchmarks import sets
from benchmarks.made_up_people import PROFILES, made_up_people


@pytest.mark.parametrize("profile", PROFILES)
def test_the_same_seed_makes_the_same_file(profile):
    table = made_up_people(2000, profile, seed=3)
    assert table.equals(made_up_people(2000, profile, seed=3))
    assert not table.equals(made_up_people(2000, profile, seed=4))


@pytest.mark.parametrize(("profile", "kind"), PROFILES.items())
def test_a_file_has_the_columns_of_its_profile_and_a_truth_for_each_record(
    profile, kind
):
    table = made_up_people(2000, profile)
    assert table.column_names == ["record_id", "source", *kind.columns, "true_person"]
    assert len(set(table["record_id"].to_pylist())) == 2000
    assert table["true_person"].null_count == 0
    assert len(set(table["source"].to_pylist())) == len(kind.sources)


def test_more_noise_leaves_fewer_records_of_a_person_alike():
    alike = []
    for noise in (0.2, 1.0, 3.0):
        rows = made_up_people(4000, "full", noise).to_pylist()
        seen = {(row["true_person"], row["dob"]) for row in rows if row["dob"]}
        people = {row["true_person"] for row in rows if row["dob"]}
        alike.append(len(people) / len(seen))
    assert alike == sorted(alike, reverse=True)
    assert alike[0] > 0.97 > alike[2]


def test_one_source_holds_a_person_once_where_the_profile_says_so():
    rows = made_up_people(3000, "names_and_address_two_sources").to_pylist()
    held = [(row["true_person"], row["source"]) for row in rows]
    assert len(set(held)) == len(held)


def test_noise_of_the_city_is_put_back_after_use():
    from dagster_project.synthetic.identity.rates import RATES

    usual = dict(RATES)
    table = sets.load("city:60:2")
    assert usual == RATES
    assert table["true_person"].null_count < len(table)


@pytest.mark.parametrize("name", ["febrl5", "full", "town:10", "city:few"])
def test_a_set_nobody_knows_is_refused(name):
    with pytest.raises(ValueError):
        sets.load(name)
